/* SPDX-License-Identifier: MIT */
/* test: madvise-fork ram=16M harts=1-8 swap=0 time=30 */
/*
 * MADV_DONTFORK keeps pages from a child, MADV_DOFORK undoes it; flags split
 * an area in the list of areas, and equal ones become one again. Fails when a
 * child has what it should not have, lacks what it should, or when areas are
 * left in pieces.
 */
#include "test.h"

enum { PAGES = 9 };

static char *base;

/* Areas of /proc/self/maps that lie in ours. */
static int
areas(void)
{
    FILE *f = fopen("/proc/self/maps", "r");
    unsigned long start, end;
    char line[256];
    int count = 0;

    CHECK(f != NULL);
    while (fgets(line, sizeof(line), f) != NULL)
        if (sscanf(line, "%lx-%lx", &start, &end) == 2 &&
            start >= (unsigned long)base &&
            end <= (unsigned long)base + PAGES * PAGE)
            count++;
    fclose(f);
    return count;
}

static void
child_has_rest(void *arg)
{
    unsigned char vec[PAGES];

    (void)arg;
    check_fill(base, 3 * PAGE, 1);
    CHECK_ERR(mincore(base + 3 * PAGE, 2 * PAGE, vec), ENOMEM);
    CHECK_DIES(look_at_byte, base + 3 * PAGE, SIGSEGV);
    CHECK_DIES(look_at_byte, base + 5 * PAGE - 1, SIGSEGV);
    check_fill(base + 5 * PAGE, 4 * PAGE, 3);
    /* the place is free */
    CHECK(mmap(base + 3 * PAGE, PAGE, PROT_READ,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
               0) == base + 3 * PAGE);
}

static void
child_has_all(void *arg)
{
    (void)arg;
    check_fill(base, 3 * PAGE, 1);
    check_fill(base + 3 * PAGE, 2 * PAGE, 2);
    check_fill(base + 5 * PAGE, 4 * PAGE, 3);
}

int
main(void)
{
    char *p = mmap(NULL, (PAGES + 2) * PAGE, PROT_NONE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(p != MAP_FAILED);
    base = p + PAGE; /* a page on each side that is no neighbour of ours */
    CHECK_OK(mprotect(base, PAGES * PAGE, PROT_READ | PROT_WRITE));
    CHECK_EQ(areas(), 1);
    fill(base, 3 * PAGE, 1);
    fill(base + 3 * PAGE, 2 * PAGE, 2);
    fill(base + 5 * PAGE, 4 * PAGE, 3);
    for (int i = 0; i < 10; i++) {
        CHECK_OK(madvise(base + 3 * PAGE, 2 * PAGE, MADV_DONTFORK));
        CHECK_EQ(areas(), 3);
        reap_ok(start_child(child_has_rest, NULL));
        CHECK_OK(madvise(base + 3 * PAGE, PAGE, MADV_DOFORK));
        CHECK_OK(madvise(base, PAGES * PAGE, MADV_DOFORK));
        CHECK_EQ(areas(), 1);
        reap_ok(start_child(child_has_all, NULL));
        CHECK_OK(madvise(base + i % PAGES * PAGE, PAGE, MADV_RANDOM));
        CHECK_OK(madvise(base, PAGES * PAGE, MADV_NORMAL));
        CHECK_EQ(areas(), 1);
    }
    return 0;
}
