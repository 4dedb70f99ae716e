/* SPDX-License-Identifier: MIT */
/*
 * crowd.c: what a page out and a page in cost as the processes, the VMAs or
 * the RAM become more.
 *
 * Always the same is done with 5/8 of the RAM, the set:
 *
 *   set up   the processes map the set and write to it: it fits
 *   out      as much is mapped beside it and written to: the set, which is
 *            older, goes; the write faults themselves are taken off
 *   in       that is unmapped, and the set read again: nothing has to go
 *
 * and divided by the pages that went out and came in. The first process is
 * this one; the others wait for its commands. Processes with a part of their
 * own read all at once. Those that share the set read it one after the other,
 * a chunk at a time, so that each finds in memory what the first brought in.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "util.h"
#include "bench.h"

enum { MOST = 16, CHUNK = 512, RUNS = 3, COLUMNS = 3 };

/* How the set is mapped. */
enum kind {
    OWN_PARTS, /* each process has a part of its own */
    FORKED,    /* one mapping, which fork shares */
    SPLIT,     /* one mapping, cut after its first write */
    SHMEM,     /* the same with shared memory */
    APART,     /* mappings with gaps between them */
};

struct load {
    enum kind kind;
    unsigned processes;
    size_t vmas;
};

struct cost {
    uint64_t out, in;
};

struct range { /* pages of the set */
    size_t first, pages;
};

static char *set;
static size_t stride; /* pages from one piece of an APART set to the next, */
static size_t piece;  /* and in each */
static int orders[MOST][2], done[2];
static pid_t pids[MOST];

/* => a counter of /proc/vmstat */
uint64_t
vmstat(const char *name)
{
    char *text = read_whole("/proc/vmstat", NULL);
    uint64_t n;

    need(text != NULL, "/proc/vmstat");
    n = proc_field(text, name);
    free(text);
    return n;
}

static volatile char *
page_of_set(size_t i)
{
    return set + (i / piece * stride + i % piece) * PAGE;
}

static void
read_range(struct range r)
{
    for (size_t i = r.first; i < r.first + r.pages; i++)
        (void)*page_of_set(i);
}

/* ---- the set ----------------------------------------------------------- */

/* Map pages in so many VMAs and write to them. */
static void
map_set(enum kind kind, size_t pages, size_t vmas)
{
    int shared = kind == SHMEM ? MAP_SHARED : MAP_PRIVATE;
    size_t size;

    piece = pages / vmas;
    stride = kind == APART ? piece + 1 : piece;
    size = vmas * stride * PAGE;
    set =
        mmap(NULL, size, PROT_READ | PROT_WRITE, shared | MAP_ANONYMOUS, -1, 0);
    need(set != MAP_FAILED, "mmap");
    if (kind != APART)
        *page_of_set(0) = 1;
    for (size_t i = 0; i < vmas && vmas > 1; i++) {
        char *p = set + i * stride * PAGE;

        if (kind == APART)
            need(munmap(p + piece * PAGE, PAGE) == 0, "munmap");
        else if (i % 2)
            need(mprotect(p, piece * PAGE,
                          PROT_READ | PROT_WRITE | PROT_EXEC) == 0,
                 "mprotect");
    }
    for (size_t i = 0; i < piece * vmas; i++)
        *page_of_set(i) = 1;
}

/* ---- the processes ----------------------------------------------------- */

/* A process that reads what it is told to, after it has made its own part. */
static void
serve(int in, const struct load *l, size_t pages)
{
    struct range r;

    if (l->kind == OWN_PARTS)
        map_set(OWN_PARTS, pages, 1);
    do
        need(write(done[1], "", 1) == 1, "pipe");
    while (read(in, &r, sizeof(r)) == sizeof(r) && (read_range(r), true));
    _exit(0);
}

static void
await_one(void)
{
    char c;

    need(read(done[0], &c, 1) == 1, "pipe");
}

static void
gather_crowd(const struct load *l, size_t pages)
{
    need(pipe(done) == 0, "pipe");
    for (unsigned i = 1; i < l->processes; i++) {
        need(pipe(orders[i]) == 0, "pipe");
        pids[i] = fork();
        need(pids[i] >= 0, "fork");
        if (pids[i] == 0) {
            for (unsigned j = 1; j <= i; j++)
                close(orders[j][1]);
            serve(orders[i][0], l, pages);
        }
        await_one();
    }
}

static void
dismiss_crowd(const struct load *l)
{
    for (unsigned i = 1; i < l->processes; i++) {
        close(orders[i][0]);
        close(orders[i][1]);
        waitpid(pids[i], NULL, 0);
    }
    close(done[0]);
    close(done[1]);
}

static void
order(unsigned i, struct range r)
{
    need(write(orders[i][1], &r, sizeof(r)) == sizeof(r), "pipe");
}

static void
read_set(const struct load *l, size_t pages)
{
    if (l->kind == OWN_PARTS) {
        for (unsigned i = 1; i < l->processes; i++)
            order(i, (struct range){0, pages});
        read_range((struct range){0, pages});
        for (unsigned i = 1; i < l->processes; i++)
            await_one();
        return;
    }
    for (size_t first = 0; first < pages; first += CHUNK) {
        size_t n = pages - first < CHUNK ? pages - first : CHUNK;

        read_range((struct range){first, n});
        for (unsigned i = 1; i < l->processes; i++) {
            order(i, (struct range){first, n});
            await_one();
        }
    }
}

/* ---- one measurement --------------------------------------------------- */

static uint64_t
per_page(uint64_t n, uint64_t pages)
{
    need(pages > 0, "nothing was swapped");
    return n / pages;
}

static struct cost
measure(const struct load *l)
{
    size_t size = (size_t)sysconf(_SC_PHYS_PAGES) * 5 / 8;
    size_t part = size / (l->kind == OWN_PARTS ? l->processes : 1);
    static uint64_t fault; /* of the first run, when memory is free */
    uint64_t out, in;
    struct cost c;
    char *other;

    fault = fault ? fault : write_fault();
    if (l->kind == OWN_PARTS) {
        gather_crowd(l, part);
        map_set(l->kind, part, l->vmas);
    } else {
        map_set(l->kind, part, l->vmas);
        gather_crowd(l, part);
    }
    part = piece * l->vmas; /* what there is of it */

    out = vmstat("pswpout");
    other = map_pages(size);
    start();
    touch(other, size);
    c.out = stop(1) - fault * size;
    c.out = per_page(c.out, vmstat("pswpout") - out);
    munmap(other, size * PAGE);

    in = vmstat("pswpin");
    start();
    read_set(l, part);
    c.in = stop(1);
    c.in = per_page(c.in, vmstat("pswpin") - in);

    dismiss_crowd(l);
    munmap(set, l->vmas * stride * PAGE);
    return c;
}

/* The least of some runs. */
static struct cost
cost_of(const struct load *l)
{
    struct cost least = {UINT64_MAX, UINT64_MAX};

    for (int i = 0; i < RUNS; i++) {
        struct cost c = measure(l);

        least.out = c.out < least.out ? c.out : least.out;
        least.in = c.in < least.in ? c.in : least.in;
    }
    return least;
}

/* ---- the tables -------------------------------------------------------- */

/* Two rows: out and in, with a column for each load. */
static void
print_loads(const char *what, const struct load *loads, size_t n)
{
    struct cost costs[COLUMNS];

    for (size_t i = 0; i < n; i++)
        costs[i] = cost_of(&loads[i]);
    for (int in = 0; in < 2; in++) {
        printf("| page %s, %s |", in ? "in" : "out", what);
        for (size_t i = 0; i < n; i++)
            printf(" %llu |",
                   (unsigned long long)(in ? costs[i].in : costs[i].out));
        printf("\n");
    }
    fflush(stdout);
}

void
print_processes(void)
{
    static const struct load own[] = {
        {OWN_PARTS, 1, 1}, {OWN_PARTS, 4, 1}, {OWN_PARTS, 16, 1}};
    static const struct load forked[] = {
        {FORKED, 1, 1}, {FORKED, 4, 1}, {FORKED, 16, 1}};

    printf("| instructions per page | 1 process | 4 | 16 |\n"
           "|---|---:|---:|---:|\n");
    print_loads("a part of its own for each process", own, COLUMNS);
    print_loads("one mapping that fork shares", forked, COLUMNS);
}

void
print_swapped_vmas(void)
{
    static const struct load apart[] = {
        {APART, 1, 16}, {APART, 1, 256}, {APART, 1, 4096}};
    static const struct load split[] = {
        {SPLIT, 1, 16}, {SPLIT, 1, 256}, {SPLIT, 1, 4096}};
    static const struct load shmem[] = {
        {SHMEM, 1, 16}, {SHMEM, 1, 256}, {SHMEM, 1, 4096}};

    printf("| instructions per page | 16 VMAs | 256 | 4096 |\n"
           "|---|---:|---:|---:|\n");
    print_loads("mappings with gaps between", apart, COLUMNS);
    print_loads("one mapping, split by mprotect", split, COLUMNS);
    print_loads("shared memory, split by mprotect", shmem, COLUMNS);
}

void
print_ram(const char *ram)
{
    static const struct load one = {OWN_PARTS, 1, 1};

    printf("| instructions per page | %s |\n|---|---:|\n", ram);
    print_loads("a set in proportion to the RAM", &one, 1);
}
