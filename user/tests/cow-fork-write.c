/* SPDX-License-Identifier: MIT */
/* test: cow-fork-write ram=16M harts=1-8 swap=0 time=30 */
/*
 * After fork, parent and child write to the same pages of heap, data, stack
 * and a private mapping, and each sees its own words only; system calls that
 * write to user memory break the sharing too. Fails when a write fault maps
 * the old frame writable, or when the kernel's own write goes to both.
 */
#include "test.h"

enum { PAGES = 64, WORDS = PAGE / 8 };

static uint64_t data[PAGES * WORDS] = {1};
static int to_child[2], to_parent[2];

static void
set_all(volatile uint64_t *p, uint64_t base)
{
    for (size_t i = 0; i < PAGES; i++)
        p[i * WORDS] = base + i;
}

static void
check_all(volatile uint64_t *p, uint64_t base)
{
    for (size_t i = 0; i < PAGES; i++)
        CHECK_EQ(p[i * WORDS], base + i);
}

static void
child(volatile uint64_t *heap, volatile uint64_t *stack)
{
    check_all(heap, 1000);
    check_all(data, 2000);
    check_all(stack, 3000);
    set_all(heap, 10000);
    set_all(data, 20000);
    set_all(stack, 30000);
    put_byte(to_parent[1], 'w');
    get_byte(to_child[0]);
    check_all(heap, 10000);
    check_all(data, 20000);
    check_all(stack, 30000);
    _exit(0);
}

/* read() into a shared page must copy it first. */
static void
check_kernel_write(void)
{
    char *p = map_memory(PAGE);
    pid_t pid;

    memset(p, 'o', PAGE);
    pid = fork();
    CHECK_OK(pid);
    if (pid == 0) {
        get_byte(to_child[0]);
        CHECK_EQ(p[0], 'o');
        CHECK_EQ(p[PAGE - 1], 'o');
        _exit(0);
    }
    CHECK_EQ(write(to_parent[1], "new", 3), 3);
    CHECK_EQ(read(to_parent[0], p, 3), 3);
    CHECK(memcmp(p, "newoo", 5) == 0);
    put_byte(to_child[1], 'g');
    reap_ok(pid);
    CHECK_OK(munmap(p, PAGE));
}

int
main(void)
{
    uint64_t stack[PAGES * WORDS];
    volatile uint64_t *heap = malloc(sizeof(stack));
    pid_t pid;

    CHECK(heap != NULL);
    CHECK_OK(pipe(to_child));
    CHECK_OK(pipe(to_parent));
    set_all(heap, 1000);
    set_all(data, 2000);
    set_all(stack, 3000);
    pid = fork();
    CHECK_OK(pid);
    if (pid == 0)
        child(heap, stack);
    CHECK_EQ(get_byte(to_parent[0]), 'w');
    check_all(heap, 1000);
    check_all(data, 2000);
    check_all(stack, 3000);
    set_all(heap, 4000);
    set_all(data, 5000);
    set_all(stack, 6000);
    put_byte(to_child[1], 'g');
    reap_ok(pid);
    check_all(heap, 4000);
    check_all(data, 5000);
    check_all(stack, 6000);
    check_kernel_write();
    return 0;
}
