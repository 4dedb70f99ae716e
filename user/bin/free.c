/* SPDX-License-Identifier: MIT */
/*
 * free: how memory is used.
 *
 * Usage: free [-b|-k|-m|-g|-h] [-t] [-s seconds] [-c count]
 *   -h with units   -t a line with the sums   -s again and again
 *
 * buff/cache is what could be dropped: the page cache, the metadata of
 * devices, and slabs that can be reclaimed; used is the rest that is not free.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "util.h"

enum { NS_PER_SECOND = 1000000000 };

static int shift; /* from KB to the unit: by how much to the right */
static bool human, bytes;

static void
print_cell(uint64_t kb)
{
    char text[HUMAN_CHARS];

    if (human)
        printf(" %11s", human_size(text, kb * 1024));
    else if (bytes)
        printf(" %11llu", (unsigned long long)kb * 1024);
    else
        printf(" %11llu", (unsigned long long)kb >> shift);
}

static void
print_row(const char *name, const uint64_t *cells, int count)
{
    printf("%-7s", name);
    for (int i = 0; i < count; i++)
        print_cell(cells[i]);
    putchar('\n');
}

static uint64_t
difference(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

static void
show(bool sums)
{
    char *text = read_whole("/proc/meminfo", NULL);
    uint64_t memory[6], swap[3], sum[3], total, unused, cache;

    if (text == NULL)
        die("/proc/meminfo");
    total = proc_field(text, "MemTotal");
    unused = proc_field(text, "MemFree");
    cache = proc_field(text, "Buffers") + proc_field(text, "Cached") +
            proc_field(text, "SReclaimable");
    memory[0] = total;
    memory[1] = difference(difference(total, unused), cache);
    memory[2] = unused;
    memory[3] = proc_field(text, "Shmem");
    memory[4] = cache;
    memory[5] = proc_field(text, "MemAvailable");
    swap[0] = proc_field(text, "SwapTotal");
    swap[2] = proc_field(text, "SwapFree");
    swap[1] = difference(swap[0], swap[2]);
    free(text);
    printf("%19s%12s%12s%12s%12s%12s\n", "total", "used", "free", "shared",
           "buff/cache", "available");
    print_row("Mem:", memory, 6);
    print_row("Swap:", swap, 3);
    for (int i = 0; i < 3; i++)
        sum[i] = memory[i] + swap[i];
    if (sums)
        print_row("Total:", sum, 3);
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-bkmght] [-s seconds] [-c count]";
    struct timespec wait = {0, 0};
    uint64_t pause_ns = 0;
    long long count = 0;
    bool sums = false;
    int option;

    prog_init(argv);
    while ((option = getopt(argc, argv, "bkmghts:c:")) != -1) {
        if (option == '?' ||
            (option == 's' && !parse_duration(optarg, &pause_ns)) ||
            (option == 'c' && !parse_number(optarg, &count)))
            usage(help);
        bytes |= option == 'b';
        human |= option == 'h';
        sums |= option == 't';
        if (option == 'm' || option == 'g')
            shift = option == 'm' ? 10 : 20;
    }
    if (pause_ns == 0)
        pause_ns = count != 0 ? NS_PER_SECOND : 0;
    wait.tv_sec = (time_t)(pause_ns / NS_PER_SECOND);
    wait.tv_nsec = (long)(pause_ns % NS_PER_SECOND);
    for (show(sums); pause_ns != 0 && count != 1; show(sums)) {
        putchar('\n');
        fflush(stdout);
        nanosleep(&wait, NULL);
        count -= count > 0;
    }
    return finish(0);
}
