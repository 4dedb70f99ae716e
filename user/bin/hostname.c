/* SPDX-License-Identifier: MIT */
/*
 * hostname: print or set the name of the machine.
 *
 * Usage: hostname [name]
 */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "util.h"

int
main(int argc, char **argv)
{
    struct utsname names;

    prog_init(argv);
    if (argc > 2)
        usage("[name]");
    if (argc == 2)
        return sethostname(argv[1], strlen(argv[1])) < 0 ? complain(argv[1])
                                                         : 0;
    if (uname(&names) < 0)
        die("uname");
    puts(names.nodename);
    return finish(0);
}
