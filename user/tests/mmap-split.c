/* SPDX-License-Identifier: MIT */
/* test: mmap-split ram=16M harts=1-8 swap=0 time=30 */
/*
 * munmap and MAP_FIXED cut areas at any page: at both ends, in the middle,
 * across several; /proc/self/maps tells the same story, sorted and without
 * overlaps, and what was not touched keeps its contents. Fails when a split
 * loses a page, leaves one too many, or when the list and the tree of areas
 * disagree.
 */
#include "test.h"

enum { PAGES = 10, FAR = 64 * PAGE };

static char *base;

static void
touch(void *address)
{
    *(volatile char *)address = 1;
}

static void
look(void *address)
{
    (void)*(volatile char *)address;
}

/* Bit i: page i of base lies in an area, says /proc/self/maps. */
static unsigned
mapped_pages(void)
{
    FILE *f = fopen("/proc/self/maps", "r");
    unsigned long start, end, last = 0;
    char line[256], perms[8];
    unsigned bits = 0;

    CHECK(f != NULL);
    while (fgets(line, sizeof(line), f) != NULL) {
        if (sscanf(line, "%lx-%lx %4s", &start, &end, perms) != 3)
            FAIL("/proc/self/maps: seen %s", line);
        CHECK(start < end && start >= last);
        CHECK(start % PAGE == 0 && end % PAGE == 0);
        last = end;
        for (unsigned i = 0; i < PAGES; i++)
            if (start <= (unsigned long)base + i * PAGE &&
                (unsigned long)base + i * PAGE < end)
                bits |= 1U << i;
    }
    fclose(f);
    return bits;
}

static void
map_at(char *address, int pages, int prot)
{
    CHECK(mmap(address, (size_t)pages * PAGE, prot,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == address);
}

static void
refill(void)
{
    map_at(base, PAGES, PROT_READ | PROT_WRITE);
    for (unsigned i = 0; i < PAGES; i++)
        fill(base + i * PAGE, PAGE, i);
}

/* The pages of `bits` are there with their contents, the others are not. */
static void
check_pages(unsigned bits)
{
    unsigned seen = mapped_pages();

    if (seen != bits)
        FAIL("pages in maps: expected %#x, seen %#x", bits, seen);
    for (unsigned i = 0; i < PAGES; i++)
        if (bits & 1U << i)
            check_fill(base + i * PAGE, PAGE, i);
        else
            CHECK_DIES(look, base + i * PAGE, SIGSEGV);
}

static void
check_unmap(void)
{
    refill();
    CHECK_OK(munmap(base + 4 * PAGE, 2 * PAGE));
    check_pages(0x3cf);
    CHECK_OK(munmap(base + 3 * PAGE, 4 * PAGE)); /* across the hole */
    check_pages(0x387);
    CHECK_OK(munmap(base, PAGE));
    CHECK_OK(munmap(base + 9 * PAGE, PAGE));
    check_pages(0x186);
    CHECK_OK(munmap(base + 4 * PAGE, PAGE)); /* nothing there: fine */
    CHECK_OK(munmap(base, PAGES * PAGE));
    check_pages(0);
}

static void
check_fixed(void)
{
    char *p;

    refill();
    map_at(base + 3 * PAGE, 2, PROT_READ | PROT_WRITE);
    check_zero(base + 3 * PAGE, 2 * PAGE);
    fill(base + 3 * PAGE, PAGE, 3);
    fill(base + 4 * PAGE, PAGE, 4);
    check_pages(0x3ff);
    map_at(base + 5 * PAGE, 1, PROT_READ);
    check_zero(base + 5 * PAGE, PAGE);
    CHECK_DIES(touch, base + 5 * PAGE, SIGSEGV);
    p = mmap(base + 5 * PAGE, PAGE, PROT_READ,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    CHECK(p == MAP_FAILED && errno == EEXIST);
    CHECK_OK(munmap(base + 5 * PAGE, PAGE));
    p = mmap(base + 5 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1,
             0); /* a hint that can be followed */
    CHECK(p == base + 5 * PAGE);
}

static void
check_errors(void)
{
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS;

    CHECK_ERR(mmap(NULL, 0, PROT_READ, flags, -1, 0), EINVAL);
    CHECK_ERR(mmap(NULL, PAGE, PROT_READ, MAP_ANONYMOUS, -1, 0), EINVAL);
    CHECK_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, -1, 0), EBADF);
    CHECK_ERR(mmap(base + 1, PAGE, PROT_READ, flags | MAP_FIXED, -1, 0),
              EINVAL);
    CHECK_ERR(mmap(NULL, 1UL << 62, PROT_READ, flags, -1, 0), ENOMEM);
    CHECK_ERR(
        mmap(wild(~0UL - PAGE + 1), PAGE, PROT_READ, flags | MAP_FIXED, -1, 0),
        ENOMEM);
    CHECK_ERR(munmap(base + 1, PAGE), EINVAL);
    CHECK_ERR(munmap(base, 0), EINVAL);
    CHECK_ERR(munmap(wild(~0UL - PAGE + 1), PAGE), EINVAL);
}

int
main(void)
{
    base = map_memory(FAR) + FAR / 2;
    CHECK_OK(munmap(base - FAR / 2, FAR));
    check_unmap();
    check_fixed();
    check_errors();
    return 0;
}
