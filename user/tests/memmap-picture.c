/* SPDX-License-Identifier: MIT */
/* test: memmap-picture ram=16M time=20 */
/*
 * memmap draws what a file in the format of /proc/kpageflags says: it skips
 * where there is no RAM, shows an owner by its letter, in lower case where
 * others have a part, and a free frame by the order of the block it must lie
 * in. Then it draws the machine: this process's memory is in it. Fails when a
 * flag has another bit than in Linux, or free blocks are not the largest
 * aligned ones.
 */
#include "test.h"

enum { BASE = 1024, FRAMES = 64 };

/* Linux's KPF_ bits. */
enum {
    LRU = 1 << 5,
    SLAB = 1 << 7,
    BUDDY = 1 << 10,
    ANON = 1 << 12,
    SWAPCACHE = 1 << 13,
    SWAPBACKED = 1 << 14,
    NOPAGE = 1 << 20,
    PGTABLE = 1 << 26,
};

static const char *text;

static void
write_flags(const char *path)
{
    static const struct {
        unsigned count;
        uint64_t flags;
    } runs[] = {
        {BASE, NOPAGE},
        {4, 1UL << 32}, /* reserved */
        {1, SLAB},
        {1, PGTABLE},
        {2, LRU | ANON | SWAPBACKED},
        {3, LRU},
        {1, LRU | SWAPBACKED},
        {2, LRU | ANON | SWAPCACHE | SWAPBACKED},
        {1, 0},
        {17, BUDDY}, /* from frame 15: a single one, then 16 */
        {32, SLAB},
    };
    int fd = (int)CHECK_OK(open(path, O_CREAT | O_RDWR, 0600));

    for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
        for (unsigned n = 0; n < runs[i].count; n++)
            CHECK_EQ(write(fd, &runs[i].flags, 8), 8);
    close(fd);
}

static void
expect(const char *what)
{
    if (strstr(text, what) == NULL)
        FAIL("expected \"%s\", seen: %s", what, text);
}

int
main(void)
{
    char *memory = map_memory(MB);

    enter_scratch();
    write_flags("flags");
    text = output_of("memmap -1 -f flags");
    expect("400000  RRRRSTAAFFFMCCK04444444444444444SSSSSSSSSSSSSSSS");
    expect("64 frames of 4K, 1 a character");
    expect("K kernel            1");
    text = output_of("memmap -1 -u 4 -f flags");
    expect("400000  Rafc4444SSSSSSSS");
    fill(memory, MB, 1);
    if (access("/proc/kpageflags", R_OK) == 0) {
        const char *at;

        text = output_of("memmap -1");
        at = strstr(text, "A anonymous");
        CHECK(at != NULL);
        CHECK(strtol(at + strlen("A anonymous"), NULL, 10) >= MB / PAGE);
    }
    return 0;
}
