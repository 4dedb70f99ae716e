/* SPDX-License-Identifier: MIT */
/*
 * echo: print the arguments.
 *
 * Usage: echo [-n] [-e] [word ...]
 *   -n   no newline at the end
 *   -e   expand \n \t \r \b \a \f \v \e \\ \0NNN, and \c which ends the output
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "util.h"

/* Expand one escape; *p points behind the backslash. => EOF for \c */
static int
expand(const char **p)
{
    static const char from[] = "abefnrtv\\", to[] = "\a\b\033\f\n\r\t\v\\";
    const char *found = strchr(from, **p);
    int value = 0;

    if (**p == 'c')
        return EOF;
    if (**p == '0') {
        (*p)++;
        for (int i = 0; i < 3 && **p >= '0' && **p <= '7'; i++)
            value = value * 8 + *(*p)++ - '0';
        return value & 0xff;
    }
    if (**p == '\0' || found == NULL)
        return '\\';
    (*p)++;
    return to[found - from];
}

/* => false if the word ends the output */
static bool
print_word(const char *word, bool escapes)
{
    while (*word != '\0') {
        int c = (unsigned char)*word++;

        if (c == '\\' && escapes)
            c = expand(&word);
        if (c == EOF)
            return false;
        putchar(c);
    }
    return true;
}

int
main(int argc, char **argv)
{
    bool newline = true, escapes = false;
    int i = 1;

    prog_init(argv);
    for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0' &&
           strspn(argv[i] + 1, "neE") == strlen(argv[i] + 1);
         i++) {
        if (strchr(argv[i], 'n') != NULL)
            newline = false;
        if (strchr(argv[i], 'e') != NULL)
            escapes = true;
    }
    for (int first = i; i < argc; i++) {
        if (i > first)
            putchar(' ');
        if (!print_word(argv[i], escapes))
            return finish(0);
    }
    if (newline)
        putchar('\n');
    return finish(0);
}
