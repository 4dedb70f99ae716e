/* SPDX-License-Identifier: MIT */
/*
 * id: who we are.
 *
 * Usage: id [-u | -g | -G] [-n]
 *   -u the user   -g the group   -G all groups   -n their names
 */
#include <limits.h>
#include <stdio.h>
#include <unistd.h>
#include "util.h"

static void
print_groups(bool names)
{
    gid_t groups[NGROUPS_MAX], own = getegid();
    int count = getgroups(NGROUPS_MAX, groups);

    if (names)
        fputs(group_name(own), stdout);
    else
        printf("%u", own);
    for (int i = 0; i < count; i++) {
        if (groups[i] == own)
            continue;
        if (names)
            printf(" %s", group_name(groups[i]));
        else
            printf(" %u", groups[i]);
    }
    putchar('\n');
}

static void
print_all(void)
{
    gid_t groups[NGROUPS_MAX];
    int count = getgroups(NGROUPS_MAX, groups);

    printf("uid=%u(%s)", geteuid(), user_name(geteuid()));
    printf(" gid=%u(%s)", getegid(), group_name(getegid()));
    for (int i = 0; i < count; i++)
        printf("%s%u(%s)", i == 0 ? " groups=" : ",", groups[i],
               group_name(groups[i]));
    putchar('\n');
}

int
main(int argc, char **argv)
{
    bool names = false;
    int option, what = 0;

    prog_init(argv);
    while ((option = getopt(argc, argv, "ugGn")) != -1) {
        if (option == '?')
            usage("[-u | -g | -G] [-n]");
        else if (option == 'n')
            names = true;
        else
            what = option;
    }
    if (what == 0)
        print_all();
    else if (what == 'G')
        print_groups(names);
    else if (what == 'u' && names)
        puts(user_name(geteuid()));
    else if (what == 'g' && names)
        puts(group_name(getegid()));
    else
        printf("%u\n", what == 'u' ? geteuid() : getegid());
    return finish(0);
}
