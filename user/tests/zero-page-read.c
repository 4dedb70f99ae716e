/* SPDX-License-Identifier: MIT */
/* test: zero-page-read ram=16M harts=1-8 swap=0 time=30 */
/*
 * Reading 64 MB of memory that nobody has written to gives zeroes and costs no
 * frames, even on a machine of 16 MB; writing one page costs one. Fails when
 * every page that is read gets a frame of its own (the process grows, or is
 * killed), or when a write goes to the shared zero page.
 */
#include "test.h"
#include "util.h"

enum { SIZE_MB = 64, SLACK_KB = 512 };

static size_t
resident_kb(void)
{
    char *text = read_whole("/proc/self/status", NULL);
    size_t kb;

    if (text == NULL)
        FAIL("/proc/self/status: %s", strerror(errno));
    kb = proc_field(text, "VmRSS");
    free(text);
    return kb;
}

int
main(void)
{
    size_t before, size = (size_t)SIZE_MB * MB;
    char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    volatile char *q = p;

    CHECK(p != MAP_FAILED);
    before = resident_kb();
    CHECK(before > 0);
    for (size_t i = 0; i < size; i += PAGE)
        CHECK_EQ(q[i], 0);
    CHECK(resident_kb() < before + SLACK_KB);
    for (size_t i = 0; i < size; i += size / 16)
        q[i] = (char)(i / (size / 16) + 1);
    for (size_t i = 0; i < size; i += size / 16) {
        CHECK_EQ(q[i], i / (size / 16) + 1);
        check_zero(p + i + 1, PAGE - 1);
        CHECK_EQ(q[i + PAGE], 0);
    }
    CHECK(resident_kb() < before + SLACK_KB);
    return 0;
}
