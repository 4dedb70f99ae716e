/* SPDX-License-Identifier: MIT */
/* test: proc-pagemap ram=16M harts=1-8 swap=64 time=120 */
/*
 * /proc/PID/pagemap and kpageflags follow a page: untouched, read, written,
 * shared with a child after fork and copied, swapped out, brought back; a page
 * of a file and of shared memory. A user sees no frame numbers, and may not
 * open the others' files. Fails when a bit is wrong, or when a swapped page has
 * no slot.
 */
#include "test.h"

#define PM_PRESENT (1UL << 63)
#define PM_SWAP (1UL << 62)
#define PM_FILE (1UL << 61)
#define PM_EXCLUSIVE (1UL << 56)
#define PM_FRAME ((1UL << 55) - 1)

enum { USER = 1000, SMALL_MB = 64 };
enum {
    KPF_UPTODATE = 3,
    KPF_LRU = 5,
    KPF_SLAB = 7,
    KPF_BUDDY = 10,
    KPF_MMAP = 11,
    KPF_ANON = 12,
    KPF_SWAPBACKED = 14,
    KPF_NOPAGE = 20,
    KPF_ZERO_PAGE = 24,
    KPF_PGTABLE = 26,
};

static uint64_t
word_of(const char *path, uint64_t index)
{
    int fd = (int)CHECK_OK(open(path, O_RDONLY));
    uint64_t word;

    CHECK_EQ(pread(fd, &word, sizeof(word), (off_t)(index * sizeof(word))),
             sizeof(word));
    CHECK_OK(close(fd));
    return word;
}

static uint64_t
entry_of(const volatile void *p)
{
    return word_of("/proc/self/pagemap", (uintptr_t)p / PAGE);
}

static void
check_bits(int line, uint64_t word, uint64_t bits)
{
    if ((word & ~PM_FRAME) != bits)
        test_fail(line, "entry: expected bits %llx, seen %llx",
                  (unsigned long long)bits, (unsigned long long)word);
}
#define CHECK_BITS(p, bits) check_bits(__LINE__, entry_of(p), (bits))

static uint64_t
flags_of(const volatile void *p)
{
    return word_of("/proc/kpageflags", entry_of(p) & PM_FRAME);
}

static bool
has(uint64_t flags, int bit)
{
    return flags >> bit & 1;
}

static void
see_copy(void *arg)
{
    volatile char *p = arg;
    uint64_t shared = entry_of(p);

    CHECK_BITS(p, PM_PRESENT);
    *p = 2;
    CHECK_BITS(p, PM_PRESENT | PM_EXCLUSIVE);
    CHECK((entry_of(p) & PM_FRAME) != (shared & PM_FRAME));
}

static void
check_anonymous(void)
{
    volatile char *p = map_memory(PAGE);

    CHECK_EQ(entry_of(p), 0);
    (void)*p;
    CHECK_BITS(p, PM_PRESENT); /* the page of zeroes */
    CHECK(has(flags_of(p), KPF_ZERO_PAGE));
    *p = 1;
    CHECK_BITS(p, PM_PRESENT | PM_EXCLUSIVE);
    CHECK(has(flags_of(p), KPF_ANON) && has(flags_of(p), KPF_MMAP) &&
          has(flags_of(p), KPF_SWAPBACKED));
    reap_ok(start_child(see_copy, (void *)p));
    CHECK_BITS(p, PM_PRESENT | PM_EXCLUSIVE);
    CHECK_EQ(*p, 1);
    CHECK_OK(mprotect((void *)p, PAGE, PROT_NONE));
    CHECK_BITS(p, PM_PRESENT | PM_EXCLUSIVE);
    CHECK_OK(munmap((void *)p, PAGE));
    CHECK_EQ(entry_of(p), 0);
}

static void
see_shared(void *arg)
{
    look_at_byte(arg);
    CHECK_BITS(arg, PM_PRESENT | PM_FILE);
}

static void
check_shared(void)
{
    volatile char *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    CHECK(p != MAP_FAILED);
    *p = 1;
    CHECK_BITS(p, PM_PRESENT | PM_FILE | PM_EXCLUSIVE);
    CHECK(!has(flags_of(p), KPF_ANON) && has(flags_of(p), KPF_SWAPBACKED));
    reap_ok(start_child(see_shared, (void *)p));
}

static void
check_file_page(void)
{
    volatile char *p;
    int fd;

    make_file("file", PAGE, 1);
    fd = (int)CHECK_OK(open("file", O_RDONLY));
    p = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    CHECK(p != MAP_FAILED);
    (void)*p;
    CHECK_BITS(p, PM_PRESENT | PM_FILE | PM_EXCLUSIVE);
    CHECK(has(flags_of(p), KPF_UPTODATE) && has(flags_of(p), KPF_LRU) &&
          !has(flags_of(p), KPF_SWAPBACKED));
    CHECK_OK(close(fd));
}

/* All frames: as many as MemFree says are free, within what moves. */
static void
check_frames(void)
{
    static uint64_t words[512];
    int fd = (int)CHECK_OK(open("/proc/kpageflags", O_RDONLY));
    long free_before = proc_number("/proc/meminfo", "MemFree:");
    long kinds[64] = {0}, n, free_kb;
    uint64_t pfn = entry_of(words) & PM_FRAME;

    while ((n = CHECK_OK(read(fd, words, sizeof(words)))) > 0)
        for (size_t i = 0; i < (size_t)n / 8; i++)
            for (int bit = 0; bit < 64; bit++)
                kinds[bit] += (long)has(words[i], bit);
    CHECK_OK(close(fd));
    free_kb = kinds[KPF_BUDDY] * (PAGE / 1024);
    if (free_kb < free_before - 2048 || free_kb > free_before + 2048)
        FAIL("free: expected about %ld kB, seen %ld", free_before, free_kb);
    CHECK(kinds[KPF_SLAB] > 0 && kinds[KPF_PGTABLE] > 0);
    CHECK(pfn > 0 && word_of("/proc/kpageflags", 0) == 1UL << KPF_NOPAGE);
}

/* Write more than there is RAM: most of it is in swap, each in its slot. */
static void
check_swap(void)
{
    size_t size = (ram_mb() + 8) * MB, swapped = 0;
    char *p = map_memory(size);
    char *first = NULL;
    long kb;

    for (size_t i = 0; i < size; i += PAGE)
        p[i] = (char)(1 + i / PAGE % 100);
    for (size_t i = 0; i < size; i += 8 * PAGE)
        if (entry_of(p + i) & PM_SWAP) {
            swapped++;
            first = first != NULL ? first : p + i;
        }
    CHECK(swapped >= 8 * MB / PAGE / 16);
    kb = proc_number("/proc/self/status", "VmSwap:");
    CHECK(kb >= 8 * MB / 1024 / 2);
    CHECK_BITS(first, PM_SWAP);
    CHECK((entry_of(first) & PM_FRAME) >> 5 > 0); /* slot 0 is the header */
    CHECK_EQ(*first, 1 + (first - p) / PAGE % 100);
    CHECK_BITS(first, PM_PRESENT | PM_EXCLUSIVE);
    CHECK(has(flags_of(first), KPF_ANON));
    CHECK_OK(munmap(p, size));
    CHECK(proc_number("/proc/self/status", "VmSwap:") < kb);
}

static void
be_user(void *arg)
{
    CHECK_OK(setuid(USER));
    CHECK_ERR(open("/proc/kpageflags", O_RDONLY), EACCES);
    CHECK_ERR(open("/proc/1/pagemap", O_RDONLY), EACCES);
    touch_byte(arg);
    CHECK_EQ(entry_of(arg), PM_PRESENT | PM_EXCLUSIVE);
}

int
main(void)
{
    enter_scratch();
    check_anonymous();
    check_shared();
    check_file_page();
    check_frames();
    reap_ok(start_child(be_user, map_memory(PAGE)));
    if (ram_mb() < SMALL_MB)
        check_swap();
    return 0;
}
