/* SPDX-License-Identifier: MIT */
/*
 * crowd.c: what a page out and a page in cost as the processes, the VMAs or
 * the RAM become more.
 *
 * Always the same is done with 5/8 of the memory that is free, the set:
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

enum { MOST = 16, CHUNK = 512, RUNS = 3, COLUMNS = 3, NAME_CHARS = 80 };

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

/* => a number in one of the files of /proc */
static uint64_t
proc_number(const char *path, const char *name)
{
    char *text = read_whole(path, NULL);
    uint64_t n;

    need(text != NULL, path);
    n = proc_field(text, name);
    free(text);
    return n;
}

uint64_t
vmstat(const char *name)
{
    return proc_number("/proc/vmstat", name);
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

/* Write to as much as the set again. */
static uint64_t
push_out(size_t size, uint64_t fault)
{
    uint64_t out = vmstat("pswpout"), n;
    char *other = map_pages(size);

    start();
    touch(other, size);
    n = stop(1) - fault * size;
    out = vmstat("pswpout") - out;
    munmap(other, size * PAGE);
    return per_page(n, out);
}

static uint64_t
take_in(const struct load *l, size_t pages)
{
    uint64_t in = vmstat("pswpin"), n;

    start();
    read_set(l, pages);
    n = stop(1);
    return per_page(n, vmstat("pswpin") - in);
}

static struct cost
measure(const struct load *l)
{
    static uint64_t fault, size; /* of the first run, when memory is free */
    struct cost c;
    size_t part;

    if (size == 0) {
        fault = write_fault();
        size =
            proc_number("/proc/meminfo", "MemAvailable") * 1024 / PAGE * 5 / 8;
    }
    part = l->kind == OWN_PARTS ? size / l->processes : size;
    if (l->kind == OWN_PARTS)
        gather_crowd(l, part);
    map_set(l->kind, part, l->vmas);
    if (l->kind != OWN_PARTS)
        gather_crowd(l, part);
    c.out = push_out(size, fault);
    c.in = take_in(l, piece * l->vmas);
    dismiss_crowd(l);
    munmap(set, stride * l->vmas * PAGE);
    return c;
}

static int
by_size(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* The medians of some runs. */
static struct cost
cost_of(const struct load *l)
{
    uint64_t out[RUNS], in[RUNS];

    for (int i = 0; i < RUNS; i++) {
        struct cost c = measure(l);

        out[i] = c.out;
        in[i] = c.in;
    }
    qsort(out, RUNS, sizeof(out[0]), by_size);
    qsort(in, RUNS, sizeof(in[0]), by_size);
    return (struct cost){out[RUNS / 2], in[RUNS / 2]};
}

/* ---- the tables -------------------------------------------------------- */

static void
print_row(const char *what, const uint64_t *costs, size_t n)
{
    printf("| %s |", what);
    for (size_t i = 0; i < n; i++)
        printf(costs[i] ? " %llu |" : " - |", (unsigned long long)costs[i]);
    printf("\n");
}

/* A row for out and one for in, with a column for each load. */
static void
print_loads(const char *what, const struct load *loads, size_t n)
{
    uint64_t cost[2][COLUMNS], more[2][COLUMNS] = {{0}};
    char name[NAME_CHARS];

    for (size_t i = 0; i < n; i++) {
        struct cost c = cost_of(&loads[i]);

        cost[0][i] = c.out;
        cost[1][i] = c.in;
        for (int in = 0; in < 2 && i > 0; in++)
            more[in][i] =
                (cost[in][i] - cost[in][0]) / (loads[i].processes - 1);
    }
    for (int in = 0; in < 2; in++) {
        snprintf(name, sizeof(name), "page %s, %s", in ? "in" : "out", what);
        print_row(name, cost[in], n);
        if (loads[0].kind == FORKED)
            print_row("- for each process more", more[in], n);
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
