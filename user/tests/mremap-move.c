/* SPDX-License-Identifier: MIT */
/* test: mremap-move ram=16M harts=1-8 swap=0 time=60 */
/*
 * A mapping grows where it is, moves, shrinks and grows again: contents stay,
 * what is new is zero, the old place is gone, and moving costs no page fault
 * and no frame. So it is with anonymous memory, with pages shared by fork and
 * with those of a file. Fails when an entry is lost or doubled at a table's end,
 * or a stale one is used.
 */
#include <sys/resource.h>
#include "test.h"

enum { BIG = 5 * MB / 2, STEP = 7 * PAGE, ROUNDS = 12 };

static long
faults(void)
{
    struct rusage usage;

    CHECK_OK(getrusage(RUSAGE_SELF, &usage));
    return usage.ru_minflt + usage.ru_majflt;
}

/* A free place for size bytes, `skew` pages into a 4 MB stretch. */
static char *
place(size_t size, size_t skew)
{
    char *p = mmap(NULL, size + 8 * MB, PROT_NONE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    CHECK(p != MAP_FAILED);
    CHECK_OK(munmap(p, size + 8 * MB));
    return (char *)(((uintptr_t)p + 4 * MB) & ~(uintptr_t)(4 * MB - 1)) +
           skew * PAGE;
}

static char *
move_to(char *old, size_t old_size, size_t size, char *to)
{
    char *p = mremap(old, old_size, size, MREMAP_MAYMOVE | MREMAP_FIXED, to);

    if (p != to)
        FAIL("mremap: expected %p, seen %p (%s)", (void *)to, (void *)p,
             strerror(errno));
    return p;
}

/* First of all: nothing larger was there before. */
static void
check_peak(void)
{
    char *p = map_memory(BIG);
    long peak = proc_number("/proc/self/status", "VmPeak:");

    p = move_to(p, BIG, BIG, p - 2 * BIG);
    CHECK(proc_number("/proc/self/status", "VmPeak:") - peak < BIG / 2048);
    CHECK_OK(munmap(p, BIG));
}

/* Across the ends of tables at both places, again and again. */
static void
check_move(void)
{
    char *p = map_memory(BIG);

    fill(p, BIG, 1);
    for (int i = 0; i < ROUNDS; i++) {
        char *old = p, *to = place(BIG, (size_t)(i * 37 % 512));
        long before = faults();

        p = move_to(p, BIG, BIG, to);
        CHECK_EQ(pages_resident(p, BIG / PAGE), BIG / PAGE);
        check_fill(p, BIG, 1);
        CHECK(faults() - before < 5);
        if (i % 4 == 0) {
            CHECK_DIES(look_at_byte, old, SIGSEGV);
            CHECK_DIES(look_at_byte, old + BIG - PAGE, SIGSEGV);
        }
    }
    CHECK_OK(munmap(p, BIG));
}

static void
check_sizes(void)
{
    char *p = map_memory(STEP), *q;

    fill(p, STEP, 2);
    /* something behind it: it has to move */
    CHECK_OK(mmap(p + STEP, PAGE, PROT_READ,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
    CHECK_ERR(mremap(p, STEP, 2 * STEP, 0), ENOMEM);
    q = mremap(p, STEP, 2 * STEP, MREMAP_MAYMOVE);
    CHECK(q != MAP_FAILED && q != p);
    check_fill(q, STEP, 2);
    check_zero(q + STEP, STEP);
    CHECK_DIES(look_at_byte, p, SIGSEGV);
    CHECK_OK(munmap(p + STEP, PAGE));
    fill(q, 2 * STEP, 3);
    CHECK(mremap(q, 2 * STEP, STEP, 0) == q);
    CHECK_DIES(look_at_byte, q + STEP, SIGSEGV);
    CHECK(mremap(q, STEP, 2 * STEP, 0) == q); /* there is room again */
    check_zero(q + STEP, STEP);
    CHECK_OK(mremap(q, 2 * STEP, 1, 0)); /* whole pages */
    CHECK_DIES(look_at_byte, q + PAGE, SIGSEGV);
    look_at_byte(q + PAGE - 1);
    CHECK_OK(munmap(q, PAGE));
}

/* The middle of an area goes; its ends stay where they are. */
static void
check_middle(void)
{
    char *p = map_memory(3 * STEP), *to = place(STEP, 3);

    fill(p, STEP, 4);
    fill(p + STEP, STEP, 5);
    fill(p + 2 * STEP, STEP, 6);
    CHECK_OK(mprotect(p, 3 * STEP, PROT_READ));
    to = move_to(p + STEP, STEP, STEP, to);
    check_fill(p, STEP, 4);
    check_fill(to, STEP, 5);
    check_fill(p + 2 * STEP, STEP, 6);
    CHECK_DIES(look_at_byte, p + STEP, SIGSEGV);
    CHECK_DIES(touch_byte, to, SIGSEGV);
    to = move_to(to, STEP, STEP, p + STEP); /* and back: one area again */
    CHECK(mremap(p, 3 * STEP, 4 * STEP, MREMAP_MAYMOVE) != MAP_FAILED);
}

/* On what it replaces, and on a part of its own area. */
static void
check_fixed(void)
{
    char *p = map_memory(4 * STEP);

    fill(p, STEP, 7);
    fill(p + 2 * STEP, 2 * STEP, 8);
    move_to(p, STEP, STEP, p + 2 * STEP);
    check_fill(p + 2 * STEP, STEP, 7);
    CHECK_DIES(look_at_byte, p, SIGSEGV);
    move_to(p + 2 * STEP, STEP, PAGE, p); /* shrinks on its way */
    CHECK_DIES(look_at_byte, p + PAGE, SIGSEGV);
    CHECK_DIES(look_at_byte, p + 2 * STEP, SIGSEGV);
    CHECK_OK(munmap(p, 4 * STEP));
}

static void
write_all(void *arg)
{
    char *p = arg;

    check_fill(p, BIG, 9);
    fill(p, BIG, 10);
    check_fill(p, BIG, 10);
}

/* Pages that parent and child share: each writes its own. */
static void
check_shared_by_fork(void)
{
    char *p = map_memory(BIG);
    struct gate gate;
    pid_t pid;

    fill(p, BIG, 9);
    gate_make(&gate);
    pid = fork();
    CHECK_OK(pid);
    if (pid == 0) {
        gate_pass(&gate);
        p = move_to(p, BIG, BIG, place(BIG, 100));
        write_all(p);
        _exit(0);
    }
    p = move_to(p, BIG, BIG, place(BIG, 200));
    gate_open(&gate);
    write_all(p);
    reap_ok(pid);
    check_fill(p, BIG, 10);
    CHECK_OK(munmap(p, BIG));
}

static void
check_file_mapping(void)
{
    char *p, *q;
    int fd;

    make_file("f", 4 * STEP, 11);
    CHECK_OK(fd = open("f", O_RDONLY));
    p = mmap(NULL, 4 * STEP, PROT_READ, MAP_SHARED, fd, 0);
    CHECK(p != MAP_FAILED);
    CHECK_ERR(mremap(p, 0, STEP, MREMAP_MAYMOVE), EINVAL);
    q = move_to(p, 4 * STEP, 4 * STEP, place(4 * STEP, 1));
    check_fill(q, 4 * STEP, 11);
    CHECK_OK(truncate("f", STEP)); /* finds the pages where they are now */
    CHECK_DIES(look_at_byte, q + STEP, SIGBUS);
    close(fd);
    CHECK_OK(munmap(q, 4 * STEP));
    make_file("f", 4 * STEP, 12);
    CHECK_OK(fd = open("f", O_RDONLY));
    p = mmap(NULL, STEP, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    CHECK(p != MAP_FAILED);
    p[0] ^= 1; /* a page of ours among the file's */
    q = mremap(p, STEP, 4 * STEP, MREMAP_MAYMOVE);
    CHECK(q != MAP_FAILED);
    q[0] ^= 1;
    check_fill(q, 4 * STEP, 12);
    close(fd);
}

int
main(void)
{
    enter_scratch();
    check_peak();
    check_move();
    check_sizes();
    check_middle();
    check_fixed();
    check_shared_by_fork();
    check_file_mapping();
    return 0;
}
