/* SPDX-License-Identifier: MIT */
/*
 * pmap: show the address space of processes.
 *
 * Usage: pmap [-x] [-q] pid ...
 *   -x   what is resident and dirty, and in swap, too
 *   -q   without the first and the last line
 *
 * A line for each VMA: address, KB, access, and the file it maps. The sizes
 * are those of /proc/PID/smaps, or of maps where there is no smaps.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

struct area {
    unsigned long long start, end;
    char access[8];
    char name[128];
    uint64_t rss, dirty, swap;
};

static bool details, quiet;
static struct area total;

static void
print_area(const struct area *area)
{
    uint64_t kb = (area->end - area->start) / 1024;

    total.end += area->end - area->start;
    total.rss += area->rss;
    total.dirty += area->dirty;
    total.swap += area->swap;
    if (details)
        printf("%016llx %7llu %7llu %7llu %7llu %-5s %s\n", area->start,
               (unsigned long long)kb, (unsigned long long)area->rss,
               (unsigned long long)area->dirty, (unsigned long long)area->swap,
               area->access, area->name);
    else
        printf("%016llx %6lluK %-5s %s\n", area->start, (unsigned long long)kb,
               area->access, area->name);
}

/* => false if the line is not the first of an area */
static bool
parse_area(const char *line, struct area *area)
{
    int name_at = 0;

    memset(area, 0, sizeof(*area));
    if (sscanf(line, "%llx-%llx %7s %*s %*s %*s %n", &area->start, &area->end,
               area->access, &name_at) < 3)
        return false;
    snprintf(area->name, sizeof(area->name), "%s",
             name_at > 0 && line[name_at] != '\0' ? line + name_at
                                                  : "[ anon ]");
    /* "r-xp" becomes "r-x--", "rw-s" becomes "rw-s-". */
    if (area->access[3] == 'p')
        area->access[3] = '-';
    area->access[4] = '-';
    area->access[5] = '\0';
    return true;
}

static void
add_detail(const char *line, struct area *area)
{
    area->rss += proc_field(line, "Rss");
    area->dirty +=
        proc_field(line, "Shared_Dirty") + proc_field(line, "Private_Dirty");
    area->swap += proc_field(line, "Swap");
}

static void
print_areas(char *text)
{
    struct area area, next;
    bool have_area = false;

    for (char *line = strtok(text, "\n"); line != NULL;
         line = strtok(NULL, "\n")) {
        if (isxdigit((unsigned char)line[0]) && strchr(line, '-') != NULL &&
            parse_area(line, &next)) {
            if (have_area)
                print_area(&area);
            area = next;
            have_area = true;
        } else if (have_area) {
            add_detail(line, &area);
        }
    }
    if (have_area)
        print_area(&area);
}

static char *
read_file_of(const char *pid, const char *name)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/%s/%s", pid, name);
    return read_whole(path, NULL);
}

static void
print_title(const char *pid)
{
    char *comm = read_file_of(pid, "comm");

    if (comm != NULL)
        comm[strcspn(comm, "\n")] = '\0';
    printf("%s:   %s\n", pid, comm != NULL ? comm : "?");
    if (details)
        puts("Address           Kbytes     RSS   Dirty    Swap Mode  Mapping");
    free(comm);
}

static int
show(const char *pid)
{
    char *text = details ? read_file_of(pid, "smaps") : NULL;

    if (text == NULL)
        text = read_file_of(pid, "maps");
    if (text == NULL)
        return complain(pid);
    memset(&total, 0, sizeof(total));
    if (!quiet)
        print_title(pid);
    print_areas(text);
    free(text);
    if (quiet)
        return 0;
    if (details)
        printf("%-16s %7llu %7llu %7llu %7llu\n", "total kB", total.end / 1024,
               (unsigned long long)total.rss, (unsigned long long)total.dirty,
               (unsigned long long)total.swap);
    else
        printf(" total %16lluK\n", total.end / 1024);
    return 0;
}

int
main(int argc, char **argv)
{
    int option, status = 0;

    prog_init(argv);
    while ((option = getopt(argc, argv, "xq")) != -1) {
        if (option == '?')
            usage("[-xq] pid ...");
        details |= option == 'x';
        quiet |= option == 'q';
    }
    if (optind == argc)
        usage("[-xq] pid ...");
    for (int i = optind; i < argc; i++)
        status |= show(argv[i]);
    return finish(status);
}
