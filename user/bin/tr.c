/* SPDX-License-Identifier: MIT */
/*
 * tr: replace, delete or squeeze characters.
 *
 * Usage: tr [-cds] set1 [set2]
 *   tr set1 set2   a character of set1 becomes the same one of set2, which is
 *                  made as long as set1 by repeating its last
 *   -d   delete what is in set1    -c   set1 means all that is not in it
 *   -s   runs of a character of the last set become one
 * A set holds characters, ranges a-z, \n \t \r \\ \NNN, [:alpha:] and the like.
 *
 * Not done: [c*n], [=c=].
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

enum { CHARS = 256, MAX_SET = 1024 };

struct set {
    int count;
    unsigned char chars[MAX_SET]; /* in the order they were given */
    bool has[CHARS];
};

static void
add(struct set *set, int c)
{
    if (set->count < MAX_SET)
        set->chars[set->count++] = (unsigned char)c;
    set->has[c] = true;
}

/* One character, which may be an escape. */
static int
read_char(const char **p)
{
    static const char from[] = "abfnrtv\\", to[] = "\a\b\f\n\r\t\v\\";
    int c = (unsigned char)*(*p)++, value = 0;
    const char *found;

    if (c != '\\' || **p == '\0')
        return c;
    if (**p >= '0' && **p <= '7') {
        for (int i = 0; i < 3 && **p >= '0' && **p <= '7'; i++)
            value = value * 8 + *(*p)++ - '0';
        return value & 0xff;
    }
    c = (unsigned char)*(*p)++;
    found = strchr(from, c);
    return found != NULL ? to[found - from] : c;
}

/* [:name:] => false if there is none at p */
static bool
add_class(struct set *set, const char **p)
{
    static const struct {
        const char *name;
        int (*test)(int);
    } classes[] = {
        {"[:alpha:]", isalpha}, {"[:digit:]", isdigit},
        {"[:alnum:]", isalnum}, {"[:upper:]", isupper},
        {"[:lower:]", islower}, {"[:space:]", isspace},
        {"[:blank:]", isblank}, {"[:punct:]", ispunct},
        {"[:print:]", isprint}, {"[:graph:]", isgraph},
        {"[:cntrl:]", iscntrl}, {"[:xdigit:]", isxdigit},
    };

    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
        size_t length = strlen(classes[i].name);

        if (strncmp(*p, classes[i].name, length) != 0)
            continue;
        for (int c = 0; c < CHARS; c++)
            if (classes[i].test(c))
                add(set, c);
        *p += length;
        return true;
    }
    return false;
}

static void
parse_set(struct set *set, const char *p)
{
    while (*p != '\0') {
        int low, high;

        if (*p == '[' && add_class(set, &p))
            continue;
        low = high = read_char(&p);
        if (p[0] == '-' && p[1] != '\0') {
            p++;
            high = read_char(&p);
            if (high < low)
                die_about("range", "ends before it starts");
        }
        for (int c = low; c <= high; c++)
            add(set, c);
    }
}

static void
complement(struct set *set)
{
    struct set old = *set;

    memset(set, 0, sizeof(*set));
    for (int c = 0; c < CHARS; c++)
        if (!old.has[c])
            add(set, c);
}

/* Fill map so that map[c] replaces c. */
static void
make_map(unsigned char map[CHARS], const struct set *from, const struct set *to)
{
    for (int c = 0; c < CHARS; c++)
        map[c] = (unsigned char)c;
    for (int i = 0; i < from->count && to->count > 0; i++) {
        int j = i < to->count ? i : to->count - 1;

        map[from->chars[i]] = to->chars[j];
    }
}

static void
translate(const unsigned char map[CHARS], const bool *deleted,
          const bool *squeezed)
{
    static unsigned char buf[4096];
    int last = -1;
    ssize_t n;

    while ((n = read(STDIN_FILENO, buf, sizeof(buf))) > 0) {
        for (ssize_t i = 0; i < n; i++) {
            int c = map[buf[i]];

            if (deleted != NULL && deleted[buf[i]])
                continue;
            if (squeezed != NULL && squeezed[c] && c == last)
                continue;
            putchar(c);
            last = c;
        }
        if (fflush(stdout) != 0)
            die("write error");
    }
    if (n < 0)
        die("read error");
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-cds] set1 [set2]";
    static struct set sets[2];
    bool invert = false, delete = false, squeeze = false;
    unsigned char map[CHARS];
    int option, count;

    prog_init(argv);
    while ((option = getopt(argc, argv, "cCds")) != -1) {
        if (option == 'c' || option == 'C')
            invert = true;
        else if (option == 'd')
            delete = true;
        else if (option == 's')
            squeeze = true;
        else
            usage(help);
    }
    count = argc - optind;
    if (count < 1 || count > 2 || (count == 1 && !delete &&!squeeze))
        usage(help);
    for (int i = 0; i < count; i++)
        parse_set(&sets[i], argv[optind + i]);
    if (invert)
        complement(&sets[0]);
    make_map(map, &sets[0], delete ? &(struct set){0} : &sets[1]);
    translate(map, delete ? sets[0].has : NULL,
              squeeze ? sets[count - 1].has : NULL);
    return finish(0);
}
