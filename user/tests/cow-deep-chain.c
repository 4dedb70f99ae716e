/* SPDX-License-Identifier: MIT */
/* test: cow-deep-chain ram=16M harts=1-8 swap=0 time=30 */
/*
 * A chain of forty generations: each forks the next, changes one page of the
 * common memory and leaves the others alone; from the youngest back to the
 * eldest each then finds its own picture. Fails when the count of a page's
 * users is wrong somewhere in the chain: a page is reused too early, freed too
 * early, or not at all (the ledger sees it).
 */
#include "test.h"

enum { GENERATIONS = 40, WORDS = PAGE / 8, BORN_BASE = 1000 };

static volatile uint64_t *memory;

/* Page i holds what generation i wrote before it forked, or 0. */
static void
check_picture(size_t generation)
{
    for (size_t i = 0; i < GENERATIONS; i++) {
        uint64_t want = i <= generation ? BORN_BASE + i : 0;

        CHECK_EQ(memory[i * WORDS], want);
        CHECK_EQ(memory[i * WORDS + WORDS - 1], want);
    }
}

static void
live(size_t generation)
{
    pid_t pid;

    memory[generation * WORDS] = BORN_BASE + generation;
    memory[generation * WORDS + WORDS - 1] = BORN_BASE + generation;
    check_picture(generation);
    if (generation + 1 < GENERATIONS) {
        pid = fork();
        CHECK_OK(pid);
        if (pid == 0) {
            live(generation + 1);
            _exit(0);
        }
        reap_ok(pid);
        check_picture(generation);
    }
    for (size_t i = 0; i < GENERATIONS; i++)
        memory[i * WORDS] = ~generation;
}

int
main(void)
{
    memory = (volatile uint64_t *)map_memory(GENERATIONS * PAGE);
    live(0);
    return 0;
}
