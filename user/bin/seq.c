/* SPDX-License-Identifier: MIT */
/*
 * seq: print numbers in a row.
 *
 * Usage: seq [-s separator] [-w] [first [step]] last
 *   -w   pad with zeros to equal width
 *
 * Not done: fractions.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

static long long
number(const char *s)
{
    long long value;

    if (!parse_number(s, &value))
        die_about(s, "not a number");
    return value;
}

/* Is s a negative number? getopt() would take it for an option. */
static bool
is_negative(const char *s)
{
    return s[0] == '-' && s[1] >= '0' && s[1] <= '9';
}

static void
print_all(long long first, long long step, long long last,
          const char *separator, int width)
{
    bool any = false;

    for (long long n = first; step > 0 ? n <= last : n >= last;) {
        printf("%s%0*lld", any ? separator : "", width, n);
        any = true;
        if (__builtin_add_overflow(n, step, &n) || ferror(stdout))
            break;
    }
    if (any)
        putchar('\n');
}

int
main(int argc, char **argv)
{
    const char *separator = "\n";
    bool pad = false;
    long long first = 1, step = 1, last;
    char text[24];
    int count, width = 0;

    prog_init(argv);
    while (optind < argc && !is_negative(argv[optind])) {
        int option = getopt(argc, argv, "+s:w");

        if (option == -1)
            break;
        if (option == 's')
            separator = optarg;
        else if (option == 'w')
            pad = true;
        else
            optind = argc;
    }
    count = argc - optind;
    if (count < 1 || count > 3)
        usage("[-w] [-s separator] [first [step]] last");
    last = number(argv[argc - 1]);
    if (count > 1)
        first = number(argv[optind]);
    if (count > 2)
        step = number(argv[optind + 1]);
    if (step == 0)
        die_about("step", "must not be 0");
    if (pad) {
        int other = snprintf(text, sizeof(text), "%lld", first);

        width = snprintf(text, sizeof(text), "%lld", last);
        width = width > other ? width : other;
    }
    print_all(first, step, last, separator, width);
    return finish(0);
}
