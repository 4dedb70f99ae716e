/* SPDX-License-Identifier: MIT */
/*
 * uname: names of the system.
 *
 * Usage: uname [-asnrvm]    -s system (the default) -n machine's name
 *                           -r release -v version -m kind of machine -a all
 */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "util.h"

static void
print_part(const char *wanted, char letter, const char *text)
{
    static bool any;

    if (strchr(wanted, letter) == NULL && strchr(wanted, 'a') == NULL)
        return;
    printf("%s%s", any ? " " : "", text);
    any = true;
}

int
main(int argc, char **argv)
{
    struct utsname names;
    char wanted[16] = "";
    int option, used = 0;

    prog_init(argv);
    while ((option = getopt(argc, argv, "asnrvm")) != -1) {
        if (option == '?')
            usage("[-asnrvm]");
        if (strchr(wanted, option) == NULL) {
            wanted[used++] = (char)option;
            wanted[used] = '\0';
        }
    }
    if (uname(&names) < 0)
        die("uname");
    if (used == 0)
        wanted[0] = 's';
    print_part(wanted, 's', names.sysname);
    print_part(wanted, 'n', names.nodename);
    print_part(wanted, 'r', names.release);
    print_part(wanted, 'v', names.version);
    print_part(wanted, 'm', names.machine);
    putchar('\n');
    return finish(0);
}
