/* SPDX-License-Identifier: MIT */
/*
 * read.c - the builtin command "read": a line from the standard input into
 * variables, split at $IFS; the last variable gets what is left.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "builtin.h"
#include "pool.h"
#include "sh.h"
#include "text.h"
#include "vars.h"

/*
 * Read a line byte by byte: the rest of the input is for others. Without -r a
 * backslash protects the next character and joins lines.
 * => false if the input ended first
 */
static bool
read_line(struct text *line, bool raw)
{
    bool escaped = false;
    char c;

    while (read(STDIN_FILENO, &c, 1) == 1) {
        if (escaped) {
            escaped = false;
            if (c != '\n')
                text_add(line, c, CHAR_QUOTED);
        } else if (c == '\\' && !raw) {
            escaped = true;
        } else if (c == '\n') {
            return true;
        } else if (c != '\0') {
            text_add(line, c, CHAR_EXPANDED);
        }
    }
    return false;
}

static bool
separates(const struct text *line, size_t i, const char *set)
{
    return i < line->length && line->kinds[i] == CHAR_EXPANDED &&
           strchr(set, line->chars[i]) != NULL;
}

/* The blanks of $IFS. */
static const char *
blank_set(const char *ifs)
{
    char buf[4];
    size_t n = 0;

    for (const char *p = " \t\n"; *p != '\0'; p++)
        if (strchr(ifs, *p) != NULL)
            buf[n++] = *p;
    return pool_strndup(&scratch, buf, n);
}

/*
 * Assign the characters from `at` to a variable: up to a separator, or, for the
 * last variable, all without the blanks at the end.
 * => the position behind the field and its separator
 */
static size_t
assign_field(const char *name, const struct text *line, size_t at, bool last)
{
    const char *ifs = var_get("IFS") != NULL ? var_get("IFS") : " \t\n";
    const char *blanks = blank_set(ifs);
    size_t end;

    while (separates(line, at, blanks))
        at++;
    end = at;
    if (last) {
        end = line->length;
        while (end > at && separates(line, end - 1, blanks))
            end--;
    } else {
        while (end < line->length && !separates(line, end, ifs))
            end++;
    }
    var_set(name,
            end > at ? pool_strndup(&scratch, line->chars + at, end - at) : "",
            0);
    while (separates(line, end, blanks))
        end++;
    return separates(line, end, ifs) ? end + 1 : end;
}

int
builtin_read(int argc, char **argv)
{
    struct text line = {0};
    bool raw = false;
    size_t at = 0;
    int i = 1;
    bool complete;

    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "-r") == 0) {
            raw = true;
        } else if (strcmp(argv[i], "-p") == 0 && i + 1 < argc) {
            fprintf(stderr, "%s", argv[++i]);
        } else {
            complain_sh("read: %s: unknown option", argv[i]);
            return STATUS_USAGE;
        }
    }
    fflush(stdout);
    complete = read_line(&line, raw);
    if (i == argc)
        assign_field("REPLY", &line, 0, true);
    for (; i < argc; i++)
        at = assign_field(argv[i], &line, at, i + 1 == argc);
    text_free(&line);
    return complete ? 0 : 1;
}
