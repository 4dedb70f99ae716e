/* SPDX-License-Identifier: MIT */
/*
 * bootargs.c - see bootargs.h.  Unknown names are not an error: they are for
 * init, which finds them in /proc/cmdline.
 */
#include "core/bootargs.h"

#include "core/printk.h"
#include "lib/macros.h"
#include "lib/string.h"

enum { LINE_BYTES = 1024 };

static char args[LINE_BYTES];

void
bootargs_init(const char *line)
{
    if (line && strlcpy(args, line, sizeof(args)) >= sizeof(args))
        pr_warn("boot arguments cut at %zu bytes", sizeof(args) - 1);
}

const char *
bootargs_line(void)
{
    return args;
}

static size_t
word_length(const char *s)
{
    size_t n = 0;

    while (s[n] && s[n] != ' ')
        n++;
    return n;
}

const char *
bootarg_find(const char *name, size_t *len)
{
    size_t name_len = strlen(name);
    const char *found = NULL;

    for (const char *word = skip_spaces(args); *word;) {
        size_t word_len = word_length(word);

        if (word_len >= name_len && strncmp(word, name, name_len) == 0 &&
            (word_len == name_len || word[name_len] == '=')) {
            found = word + MIN(name_len + 1, word_len);
            *len = (size_t)(word + word_len - found);
        }
        word = skip_spaces(word + word_len);
    }
    return found;
}

bool
bootarg_get_str(const char *name, char *buf, size_t size)
{
    size_t len;
    const char *value = bootarg_find(name, &len);

    if (!value)
        return false;
    len = MIN(len, size - 1);
    memcpy(buf, value, len);
    buf[len] = '\0';
    return true;
}

static uint64_t
get_number(const char *name, uint64_t default_value, bool suffix)
{
    uint64_t value;
    size_t len;
    const char *end;
    const char *s = bootarg_find(name, &len);

    if (!s)
        return default_value;

    int error =
        suffix ? memparse(s, &end, &value) : parse_u64(s, &end, 0, &value);

    if (error || end != s + len) {
        pr_warn("boot argument %s: not a number", name);
        return default_value;
    }
    return value;
}

uint64_t
bootarg_get_u64(const char *name, uint64_t default_value)
{
    return get_number(name, default_value, false);
}

uint64_t
bootarg_get_size(const char *name, uint64_t default_value)
{
    return get_number(name, default_value, true);
}

bool
bootarg_get_bool(const char *name, bool default_value)
{
    size_t len;
    const char *s = bootarg_find(name, &len);

    if (!s)
        return default_value;
    return !(*s == '0' || *s == 'n' || (len >= 2 && !memcmp(s, "of", 2)));
}
