/* SPDX-License-Identifier: MIT */
/*
 * memmap: the machine's frames, drawn by who has them.
 *
 * Usage: memmap [-1] [-u FRAMES] [-d SECONDS] [-f FILE]
 *   -1   one picture, and end; otherwise one every second (-d) on a clear
 *        screen
 *   -u   frames a character; otherwise so many that the map fits a screen
 *   -f   another file in the format of /proc/kpageflags
 *
 * A line begins with the physical address of its first frame.  A character
 * shows who has most of its frames:
 *
 *   0-9 X   free, in a block of that order (X: 10), the largest there is
 *   S slab   T page table   A anonymous   M shared memory   F file
 *   C swap cache   K the kernel's otherwise   R reserved   (blank) no RAM
 *
 * in lower case if others have some of them too.  Below it the sum of each.
 *
 * Linux's kpageflags does not tell orders.  They follow from what is free:
 * buddies that are both free are one block, so the blocks are the largest
 * aligned ones (not so across the border of two zones).  Frames that a hart
 * keeps on its own list are the kernel's here.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "util.h"

/* Linux's include/uapi/linux/kernel-page-flags.h; 32 is not ABI there. */
enum kpf {
    KPF_LRU = 5,
    KPF_SLAB = 7,
    KPF_BUDDY = 10,
    KPF_ANON = 12,
    KPF_SWAPCACHE = 13,
    KPF_SWAPBACKED = 14,
    KPF_NOPAGE = 20,
    KPF_PGTABLE = 26,
    KPF_RESERVED = 32,
};

enum {
    MAX_ORDER = 10,
    BLOCK = 1 << MAX_ORDER, /* frames read at a time: the largest block */
    COLUMNS = 64,
    ROWS = 16, /* of a map that fits a screen with its sums */
    NS_PER_SECOND = 1000000000,
};

enum owner {
    FREE,
    SLAB,
    PGTABLE,
    ANON,
    SHMEM,
    PAGE_CACHE,
    SWAPCACHE,
    KERNEL,
    RESERVED,
    NOTHING,
    OWNERS
};

static const struct {
    char letter;
    const char *name, *colour;
} owners[OWNERS] = {
    [FREE] = {'0', "free", "\033[32m"},
    [SLAB] = {'S', "slab", "\033[35m"},
    [PGTABLE] = {'T', "page table", "\033[33m"},
    [ANON] = {'A', "anonymous", "\033[31m"},
    [SHMEM] = {'M', "shared", "\033[91m"},
    [PAGE_CACHE] = {'F', "file", "\033[34m"},
    [SWAPCACHE] = {'C', "swap cache", "\033[36m"},
    [KERNEL] = {'K', "kernel", "\033[90m"},
    [RESERVED] = {'R', "reserved", "\033[37m"},
    [NOTHING] = {' ', "", ""},
};

/* What a character stands for, and what all do. */
struct tally {
    uint64_t of[OWNERS];
    int order; /* of the largest free block */
};

static int fd;
static const char *path = "/proc/kpageflags";
static uint64_t first, frames; /* the RAM, holes inside it included */
static uint64_t unit;          /* frames a character */
static bool colours;

static bool
has(uint64_t flags, enum kpf bit)
{
    return flags >> bit & 1;
}

static enum owner
owner_of(uint64_t flags)
{
    static const struct {
        enum kpf bit;
        enum owner owner;
    } first_that_is_set[] = {
        {KPF_NOPAGE, NOTHING},  {KPF_RESERVED, RESERVED},
        {KPF_BUDDY, FREE},      {KPF_SLAB, SLAB},
        {KPF_PGTABLE, PGTABLE}, {KPF_SWAPCACHE, SWAPCACHE},
        {KPF_ANON, ANON},       {KPF_SWAPBACKED, SHMEM},
        {KPF_LRU, PAGE_CACHE},
    };

    for (size_t i = 0;
         i < sizeof(first_that_is_set) / sizeof(first_that_is_set[0]); i++)
        if (has(flags, first_that_is_set[i].bit))
            return first_that_is_set[i].owner;
    return KERNEL;
}

/* The flags of up to BLOCK frames. => how many there are */
static size_t
read_flags(uint64_t pfn, uint64_t flags[BLOCK])
{
    size_t want = BLOCK * sizeof(flags[0]), got = 0;

    while (got < want) {
        ssize_t n = pread(fd, (char *)flags + got, want - got,
                          (off_t)(pfn * sizeof(flags[0]) + got));

        if (n < 0)
            die(path);
        if (n == 0)
            break;
        got += (size_t)n;
    }
    return got / sizeof(flags[0]);
}

/* Where does the RAM begin and end? */
static void
find_ram(void)
{
    static uint64_t flags[BLOCK];
    uint64_t end = 0;
    size_t n;

    first = UINT64_MAX;
    for (uint64_t pfn = 0; (n = read_flags(pfn, flags)) > 0; pfn += n)
        for (size_t i = 0; i < n; i++)
            if (!has(flags[i], KPF_NOPAGE)) {
                first = pfn + i < first ? pfn + i : first;
                end = pfn + i + 1;
            }
    if (end == 0)
        die_about(path, "no frame in it");
    first &= ~(uint64_t)(BLOCK - 1);
    frames = end - first;
}

/* Find the blocks in 2^order frames; orders[i] is -1 where frame i is in use */
static void
find_orders(const uint64_t *flags, int8_t *orders, int order)
{
    size_t count = (size_t)1 << order, i = 0;

    while (i < count && has(flags[i], KPF_BUDDY))
        i++;
    if (i == count || order == 0) {
        memset(orders, i == count ? order : -1, count);
        return;
    }
    find_orders(flags, orders, order - 1);
    find_orders(flags + count / 2, orders + count / 2, order - 1);
}

static char
letter_of(const struct tally *cell, enum owner owner)
{
    char letter = owners[owner].letter;

    if (owner == FREE)
        return "0123456789X"[cell->order];
    for (int i = 0; i < OWNERS; i++)
        if (i != (int)owner && cell->of[i] > 0 && letter != ' ')
            return (char)(letter | 0x20); /* ASCII: lower case */
    return letter;
}

static void
print_cell(const struct tally *cell, uint64_t nr)
{
    static const char *colour; /* of what was printed last */
    unsigned long page = (unsigned long)sysconf(_SC_PAGESIZE);
    enum owner most = FREE;

    if (nr % COLUMNS == 0)
        printf("%s%9lx  ", nr > 0 ? "\n" : "",
               (unsigned long)(first + nr * unit) * page);
    for (int i = 1; i < OWNERS; i++)
        if (cell->of[i] > cell->of[most])
            most = (enum owner)i;
    if (colours && owners[most].colour != colour)
        fputs(colour = owners[most].colour, stdout);
    putchar(letter_of(cell, most));
}

static void
print_sums(const struct tally *all)
{
    unsigned long kb = (unsigned long)sysconf(_SC_PAGESIZE) / 1024;

    fputs(colours ? "\033[0m" : "", stdout);
    printf("\n\n%lu frames of %luK, %lu a character\n", (unsigned long)frames,
           kb, (unsigned long)unit);
    for (int i = 0; i < NOTHING; i++)
        printf("%c %-10s %8lu %9luK%s", owners[i].letter, owners[i].name,
               (unsigned long)all->of[i], (unsigned long)all->of[i] * kb,
               i % 2 || i + 1 == NOTHING ? "\n" : "      ");
    fflush(stdout);
}

static void
draw(void)
{
    static uint64_t flags[BLOCK];
    static int8_t orders[BLOCK];
    struct tally all = {{0}, 0}, cell = {{0}, 0};
    uint64_t nr = 0;

    for (uint64_t done = 0; done < frames; done++) {
        size_t at = done % BLOCK;
        enum owner owner;

        if (at == 0) {
            memset(flags, 0, sizeof(flags));
            read_flags(first + done, flags);
            find_orders(flags, orders, MAX_ORDER);
        }
        owner = owner_of(flags[at]);
        all.of[owner]++;
        cell.of[owner]++;
        if (orders[at] > cell.order)
            cell.order = orders[at];
        if ((done + 1) % unit == 0 || done + 1 == frames) {
            print_cell(&cell, nr++);
            memset(&cell, 0, sizeof(cell));
        }
    }
    print_sums(&all);
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-1] [-u frames] [-d seconds] [-f file]";
    uint64_t pause_ns = NS_PER_SECOND;
    long long frames_each = 0;
    struct timespec wait;
    bool once = false;
    int option;

    prog_init(argv);
    while ((option = getopt(argc, argv, "1u:d:f:")) != -1) {
        if (option == '?' ||
            (option == 'u' &&
             (!parse_number(optarg, &frames_each) || frames_each < 1)) ||
            (option == 'd' && !parse_duration(optarg, &pause_ns)))
            usage(help);
        once |= option == '1';
        if (option == 'f')
            path = optarg;
    }
    fd = open(path, O_RDONLY);
    if (fd < 0)
        die(path);
    find_ram();
    for (unit = 1; unit * COLUMNS * ROWS < frames;)
        unit *= 2;
    unit = frames_each > 0 ? (uint64_t)frames_each : unit;
    colours = isatty(STDOUT_FILENO);
    wait.tv_sec = (time_t)(pause_ns / NS_PER_SECOND);
    wait.tv_nsec = (long)(pause_ns % NS_PER_SECOND);
    for (;;) {
        if (!once)
            fputs("\033[H\033[2J", stdout);
        draw();
        if (once)
            return finish(0);
        nanosleep(&wait, NULL);
    }
}
