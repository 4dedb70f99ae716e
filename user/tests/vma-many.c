/* SPDX-License-Identifier: MIT */
/* test: vma-many ram=16M harts=1-8 swap=0 time=60 */
/*
 * Five thousand areas in one process: every second page of a stretch has
 * another protection. Each page obeys its own, /proc/self/maps lists them all,
 * equal neighbours become one area again, and a fork copies them. Fails when
 * the tree of areas loses one, or when finding one takes time in proportion
 * to all (the test then runs out of time).
 */
#include "test.h"

enum { AREAS = 5000, STEP = 7 };

static char *base;
static int probe[2];

/* May the kernel read this page for us? */
static bool
readable(int page)
{
    char c;

    if (write(probe[1], base + (size_t)page * PAGE, 1) == 1)
        return read(probe[0], &c, 1) == 1;
    CHECK_EQ(errno, EFAULT);
    return false;
}

static int
areas_in_maps(void)
{
    FILE *f = fopen("/proc/self/maps", "r");
    unsigned long start, end;
    char line[256];
    int count = 0;

    CHECK(f != NULL);
    while (fgets(line, sizeof(line), f) != NULL)
        if (sscanf(line, "%lx-%lx", &start, &end) == 2 &&
            start >= (unsigned long)base &&
            end <= (unsigned long)base + (size_t)AREAS * PAGE)
            count++;
    fclose(f);
    return count;
}

static void
check_pages(void *arg)
{
    (void)arg;
    for (int i = 0; i < AREAS; i += STEP)
        CHECK_EQ(readable(i), i % 2 == 0);
}

static void
protect_odd(int prot)
{
    for (int i = 1; i < AREAS; i += 2)
        CHECK_OK(mprotect(base + (size_t)i * PAGE, PAGE, prot));
}

int
main(void)
{
    size_t size = (size_t)AREAS * PAGE;

    CHECK_OK(pipe(probe));
    /* a page more on each side keeps neighbours from merging with ours */
    base = mmap(NULL, size + 2 * PAGE, PROT_NONE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(base != MAP_FAILED);
    base += PAGE;
    CHECK_OK(munmap(base - PAGE, PAGE));
    CHECK_OK(munmap(base + size, PAGE));
    CHECK_OK(mprotect(base, size, PROT_READ));
    protect_odd(PROT_NONE);
    check_pages(NULL);
    CHECK_EQ(areas_in_maps(), AREAS);
    reap_ok(start_child(check_pages, NULL));
    protect_odd(PROT_READ);
    CHECK_EQ(areas_in_maps(), 1);
    for (int i = 1; i < AREAS; i += 2)
        CHECK_OK(munmap(base + (size_t)i * PAGE, PAGE));
    check_pages(NULL);
    CHECK_EQ(areas_in_maps(), AREAS / 2);
    CHECK_OK(munmap(base, size));
    CHECK_EQ(areas_in_maps(), 0);
    CHECK(!readable(0));
    return 0;
}
