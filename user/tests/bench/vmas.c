/* SPDX-License-Identifier: MIT */
/*
 * vmas.c: what the calls on a process's memory cost with few VMAs and many.
 *
 * The VMAs lie in a row, three pages each with a gap of one between them, and
 * are visited in an order that jumps about, so that neither the last one found
 * nor its neighbour is the next.
 */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "bench.h"

enum {
    RUNS = 3,
    PIECE = 3,   /* pages of a VMA, */
    STRIDE = 4,  /* and to the next */
    JUMP = 7919, /* a prime */
    VISITS = 1000,
    FORKS = 10,
};

static char *row;
static size_t vmas;

static void
map_row(size_t n)
{
    vmas = n;
    row = map_pages(n * STRIDE);
    for (size_t i = 0; i < n; i++)
        need(munmap(row + (i * STRIDE + PIECE) * PAGE, PAGE) == 0, "munmap");
}

static void
unmap_row(void)
{
    munmap(row, vmas * STRIDE * PAGE);
}

/* The middle page of the VMA that is visited after i others. */
static char *
visited(size_t i)
{
    return row + (i * JUMP % vmas * STRIDE + 1) * PAGE;
}

/* ---- rows: one measurement each, with the row mapped ------------------- */

static uint64_t
map_unmap(void)
{
    start();
    for (size_t i = 0; i < VISITS; i++) /* too large for a gap */
        munmap(map_pages(2), 2 * PAGE);
    return stop(VISITS);
}

static uint64_t
find(void)
{
    start();
    for (size_t i = 0; i < VISITS; i++)
        need(madvise(visited(i), PAGE, MADV_DONTNEED) == 0, "madvise");
    return stop(VISITS);
}

static uint64_t
split_merge(void)
{
    start();
    for (size_t i = 0; i < VISITS; i++)
        need(mprotect(visited(i), PAGE, PROT_READ) == 0 &&
                 mprotect(visited(i), PAGE, PROT_READ | PROT_WRITE) == 0,
             "mprotect");
    return stop(VISITS);
}

/* The first page of each; the first of all has brought the tables along. */
static uint64_t
first_touches(void)
{
    for (size_t i = 0; i < vmas; i += 512 / STRIDE)
        touch(row + i * STRIDE * PAGE, 1);
    start();
    for (size_t i = 0; i < vmas; i++)
        if (i * JUMP % vmas % (512 / STRIDE))
            touch(visited(i) - PAGE, 1);
    return stop(vmas - (vmas + 512 / STRIDE - 1) / (512 / STRIDE));
}

/* Each of the second page: the VMA has a page already. */
static uint64_t
second_touches(void)
{
    first_touches();
    start();
    for (size_t i = 0; i < vmas; i++)
        touch(visited(i), 1);
    return stop(vmas);
}

static uint64_t
forks(void)
{
    start();
    for (int i = 0; i < FORKS; i++) {
        pid_t pid = fork();

        if (pid == 0)
            _exit(0);
        need(pid > 0 && waitpid(pid, NULL, 0) == pid, "fork");
    }
    return stop(FORKS);
}

static uint64_t
forks_touched(void)
{
    first_touches();
    return forks();
}

/* ---- the tables -------------------------------------------------------- */

static uint64_t
least(uint64_t (*measure)(void), size_t n)
{
    uint64_t best = UINT64_MAX;

    for (int i = 0; i < RUNS; i++) {
        uint64_t cost;

        map_row(n);
        cost = measure();
        unmap_row();
        best = cost < best ? cost : best;
    }
    return best;
}

void
print_vmas(void)
{
    static const struct {
        const char *name;
        uint64_t (*measure)(void);
    } rows[] = {
        {"mmap and munmap of two pages", map_unmap},
        {"find a VMA: madvise of an untouched page", find},
        {"split and merge: mprotect of a page and back", split_merge},
        {"write fault, the first of its VMA", first_touches},
        {"write fault, the second of its VMA", second_touches},
    };

    printf("| instructions per operation | 10 VMAs | 10000 VMAs |\n"
           "|---|---:|---:|\n");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        printf("| %s | %llu | %llu |\n", rows[i].name,
               (unsigned long long)least(rows[i].measure, 10),
               (unsigned long long)least(rows[i].measure, 10000));
}

void
print_forks(void)
{
    static const struct {
        const char *name;
        uint64_t (*measure)(void);
    } rows[] = {
        {"fork+exit+wait, per untouched VMA", forks},
        {"fork+exit+wait, per VMA with a page", forks_touched},
    };
    uint64_t small = least(forks, 1);

    printf("| instructions per VMA | 10 VMAs | 1000 VMAs |\n"
           "|---|---:|---:|\n");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        printf("| %s | %llu | %llu |\n", rows[i].name,
               (unsigned long long)(least(rows[i].measure, 10) - small) / 10,
               (unsigned long long)(least(rows[i].measure, 1000) - small) /
                   1000);
}
