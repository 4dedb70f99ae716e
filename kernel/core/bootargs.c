/* SPDX-License-Identifier: MIT */
/*
 * bootargs.c - the words of the kernel command line.
 *
 * Besides the line itself there is a copy whose blanks are zeros, so that a
 * value is a string that can be returned as it lies.  Nobody tells us which
 * names exist: who wants one asks for it, by name, when it is initialised.
 * Unknown names are no error: they are for init, which finds them in
 * /proc/cmdline.
 *
 *     args    root=vda1 quiet asidbits=4
 *     words   root=vda1.quiet.asidbits=4........   (. is a zero)
 *
 * Locks: none; nothing is written after bootargs_init().
 * Not done: quotes, and so values with blanks.
 */
#include "core/bootargs.h"

#include "core/printk.h"
#include "lib/string.h"

enum { LINE_BYTES = 1024 };

char bootargs_line[LINE_BYTES];
static char words[LINE_BYTES];

void
bootargs_init(const char *line)
{
    char *args = bootargs_line;

    if (line && strlcpy(args, line, LINE_BYTES) >= LINE_BYTES)
        pr_warn("boot arguments cut at %d bytes", LINE_BYTES - 1);
    for (size_t i = 0; args[i]; i++)
        words[i] = args[i] == ' ' ? '\0' : args[i];
}

const char *
bootarg_find(const char *name)
{
    size_t len = strlen(name);
    const char *found = NULL;

    for (const char *w = words; w < words + LINE_BYTES; w += strlen(w) + 1)
        if (strncmp(w, name, len) == 0 && (w[len] == '=' || w[len] == '\0'))
            found = w + len + (w[len] == '=');
    return found;
}

uint64_t
bootarg_get_size(const char *name, uint64_t default_value)
{
    const char *s = bootarg_find(name);
    uint64_t value;

    if (s && memparse(s, &s, &value) == 0 && *s == '\0')
        return value;
    if (s)
        pr_warn("boot argument %s: not a number", name);
    return default_value;
}

bool
bootarg_get_bool(const char *name, bool default_value)
{
    const char *s = bootarg_find(name);

    if (!s)
        return default_value;
    return *s != '0' && *s != 'n' && strncmp(s, "of", 2) != 0;
}
