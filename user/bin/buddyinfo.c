/* SPDX-License-Identifier: MIT */
/*
 * buddyinfo: show the free blocks of the buddy allocator.
 *
 * Usage: buddyinfo [-r]
 *   -r   the numbers of /proc/buddyinfo as they are
 *
 * For each zone a table: the order, the size of its blocks, how many are free,
 * how much memory that is, and how unusable the free memory is for a request
 * of that order: the part of it that lies in smaller blocks, in percent. 0
 * means no fragmentation, 100 that such a request fails.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

enum { MAX_ORDERS = 20 };

static unsigned long page_kb;

static void
print_zone(const char *name, const unsigned long *blocks, int orders)
{
    unsigned long pages = 0, smaller = 0;

    for (int order = 0; order < orders; order++)
        pages += blocks[order] << order;
    printf("Zone %s: %lu pages free (%luK)\n", name, pages, pages * page_kb);
    puts("  order   block    free      memory  unusable");
    for (int order = 0; order < orders; order++) {
        unsigned long here = blocks[order] << order;

        printf("  %5d %6luK %7lu %10luK %8lu%%\n", order, page_kb << order,
               blocks[order], here * page_kb,
               pages != 0 ? smaller * 100 / pages : 100);
        smaller += here;
    }
}

/* "Node 0, zone   Normal  1 2 3 ..." */
static void
show_line(const char *line)
{
    unsigned long blocks[MAX_ORDERS];
    char name[32], *end;
    int at = 0, orders = 0;

    if (sscanf(line, "Node %*d, zone %31s %n", name, &at) < 1 || at == 0)
        return;
    for (const char *p = line + at; orders < MAX_ORDERS; p = end) {
        blocks[orders] = strtoul(p, &end, 10);
        if (end == p)
            break;
        orders++;
    }
    print_zone(name, blocks, orders);
}

int
main(int argc, char **argv)
{
    char *text = read_whole("/proc/buddyinfo", NULL);
    int option;

    prog_init(argv);
    if (text == NULL)
        die("/proc/buddyinfo");
    while ((option = getopt(argc, argv, "r")) != -1) {
        if (option == '?')
            usage("[-r]");
        fputs(text, stdout);
        return finish(0);
    }
    page_kb = (unsigned long)sysconf(_SC_PAGESIZE) / 1024;
    for (char *line = strtok(text, "\n"); line != NULL;
         line = strtok(NULL, "\n"))
        show_line(line);
    return finish(0);
}
