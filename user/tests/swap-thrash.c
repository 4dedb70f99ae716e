/* SPDX-License-Identifier: MIT */
/* test: swap-thrash ram=16M harts=1-8 swap=64 time=120 */
/*
 * Four processes use together more memory than the machine has: each fills
 * its own sequentially, changes words at random and in strides, forks a child
 * that writes to half of the pages, and finds every word as it left it. Fails
 * when a page comes back from the swap area as another's, as an older one, or
 * not at all, or when copy on write shares a page that was swapped.
 *
 * On a machine with plenty of memory it shows the same without a swap-out.
 */
#include "test.h"

enum { PROCESSES = 4, PAGE_WORDS = PAGE / 8, ROUNDS = 2, STRIDE = 37 };

static size_t pages; /* of each process */

static uint64_t
word_of(uint64_t who, size_t page, size_t word, uint64_t round)
{
    uint64_t state = (who << 48) + (round << 40) + (page << 12) + word + 1;

    return next_random(&state);
}

/* What a page was written with last: its round, kept apart. */
static void
write_page(uint64_t *memory, size_t page, uint64_t who, uint64_t round)
{
    for (size_t w = 0; w < PAGE_WORDS; w++)
        memory[page * PAGE_WORDS + w] = word_of(who, page, w, round);
}

static void
check_page(const uint64_t *memory, size_t page, uint64_t who, uint64_t round)
{
    for (size_t w = 0; w < PAGE_WORDS; w++)
        if (memory[page * PAGE_WORDS + w] != word_of(who, page, w, round))
            FAIL("process %d page %zu word %zu round %d: expected %llx, "
                 "seen %llx",
                 (int)who, page, w, (int)round,
                 (unsigned long long)word_of(who, page, w, round),
                 (unsigned long long)memory[page * PAGE_WORDS + w]);
}

static void
check_all(const uint64_t *memory, const uint8_t *rounds, uint64_t who)
{
    for (size_t i = 0; i < pages; i++)
        check_page(memory, i, who, rounds[i]);
}

/* A child that changes every other page; its parent must not notice. */
static void
write_as_child(uint64_t *memory, uint8_t *rounds, uint64_t who)
{
    pid_t pid = fork();

    CHECK_OK(pid);
    if (pid == 0) {
        for (size_t i = 0; i < pages; i += 2) {
            check_page(memory, i, who, rounds[i]);
            rounds[i] = 99;
            write_page(memory, i, who, 99);
        }
        check_all(memory, rounds, who);
        _exit(0);
    }
    reap_ok(pid);
}

static void
work(void *arg)
{
    uint64_t who = (uintptr_t)arg, random = who + 7;
    uint64_t *memory = (uint64_t *)map_memory(pages * PAGE);
    uint8_t *rounds = calloc(pages, 1);

    CHECK(rounds != NULL);
    for (size_t i = 0; i < pages; i++)
        write_page(memory, i, who, 0);
    for (int round = 1; round <= ROUNDS; round++) {
        for (size_t n = 0; n < pages / 2; n++) {
            size_t i = next_random(&random) % pages;

            check_page(memory, i, who, rounds[i]);
            rounds[i] = (uint8_t)round;
            write_page(memory, i, who, rounds[i]);
        }
        for (size_t i = 0; i < pages; i++)
            check_page(memory, i * STRIDE % pages, who,
                       rounds[i * STRIDE % pages]);
        if (who == 0)
            write_as_child(memory, rounds, who);
    }
    check_all(memory, rounds, who);
}

/* swap-thrash [MB of each process] */
int
main(int argc, char **argv)
{
    pid_t child[PROCESSES];

    /* Together twice the RAM, but no more than 40 MB. */
    pages = ram_mb() * MB / PAGE * 2 / PROCESSES;
    if (pages > 10 * MB / PAGE)
        pages = 10 * MB / PAGE;
    if (argc > 1)
        pages = (size_t)atoi(argv[1]) * MB / PAGE;
    if (pages % STRIDE == 0)
        pages--;
    for (size_t i = 0; i < PROCESSES; i++)
        child[i] = start_child(work, (void *)i);
    for (size_t i = 0; i < PROCESSES; i++)
        reap_ok(child[i]);
    return 0;
}
