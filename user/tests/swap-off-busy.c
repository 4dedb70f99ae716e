/* SPDX-License-Identifier: MIT */
/* test: swap-off-busy ram=16M harts=1-8 swap=64 time=120 */
/*
 * swapoff while processes use what is in the area. When RAM cannot hold it
 * all, swapoff says ENOMEM, nobody is killed, the area stays in use and no
 * word is lost; when it can, everything comes back, though a child goes on
 * reading and writing meanwhile, and the area is empty and gone. Put to use
 * again it has the priority that it had. Errors are those of Linux. Fails when
 * a page is lost on the way back, when a slot is forgotten (swapoff does not
 * end), or when the kernel kills for it.
 */
#include <sys/swap.h>
#include "test.h"

#define AREA "/dev/vda2"

enum { MOST_RAM_MB = 64, ROUNDS = 3, WORDS = PAGE / 8, SMALL_MB = 4 };

static void
write_all(uint64_t *memory, size_t pages, uint64_t round)
{
    for (size_t i = 0; i < pages; i++)
        for (size_t w = 0; w < WORDS; w += 64)
            memory[i * WORDS + w] = (round << 32) + i * WORDS + w;
}

static void
check_all(const uint64_t *memory, size_t pages, uint64_t round)
{
    for (size_t i = 0; i < pages; i++)
        for (size_t w = 0; w < WORDS; w += 64)
            CHECK_EQ(memory[i * WORDS + w], (round << 32) + i * WORDS + w);
}

/* Read and write until the gate opens. */
static void
keep_using(uint64_t *memory, size_t pages, int stop)
{
    uint64_t round = 2;
    char c;

    CHECK_OK(fcntl(stop, F_SETFL, O_NONBLOCK));
    do {
        write_all(memory, pages, ++round);
        check_all(memory, pages, round);
    } while (read(stop, &c, 1) != 0);
}

/* The last field of /proc/swaps. */
static int
priority(void)
{
    char text[512] = "";
    int fd = (int)CHECK_OK(open("/proc/swaps", O_RDONLY));

    CHECK(read(fd, text, sizeof(text) - 1) > 0);
    CHECK_OK(close(fd));
    return atoi(strrchr(text, '\t'));
}

int
main(void)
{
    size_t pages, small = SMALL_MB * MB / PAGE;
    uint64_t *memory;
    int stop[2], before = priority();
    pid_t child;

    if (ram_mb() > MOST_RAM_MB)
        SKIP("too much memory to fill it");
    CHECK_ERR(swapoff("/dev/null"), EINVAL);
    CHECK_ERR(swapoff("/dev/nothing"), ENOENT);
    CHECK_ERR(swapoff("/dev/vda1"), EINVAL);
    CHECK_ERR(swapon("/dev/vda1", 0), EBUSY);
    CHECK_ERR(swapon(AREA, 0), EBUSY);

    pages = ram_mb() * MB / PAGE * 3 / 2;
    memory = (uint64_t *)map_memory(pages * PAGE);
    write_all(memory, pages, 1);
    CHECK_ERR(swapoff(AREA), ENOMEM);
    CHECK(meminfo_kb("SwapTotal:") > 0);
    check_all(memory, pages, 1);
    write_all(memory, pages, 2);
    check_all(memory, pages, 2);
    CHECK_OK(munmap((char *)memory + small * PAGE, (pages - small) * PAGE));

    for (int i = 0; i < ROUNDS; i++) {
        /* Push most of what is left out again. */
        char *big = map_memory(pages * PAGE);

        for (size_t n = 0; n < pages; n++)
            big[n * PAGE] = 1;
        CHECK_OK(munmap(big, pages * PAGE));
        CHECK_OK(pipe(stop));
        child = fork();
        CHECK_OK(child);
        if (child == 0) {
            close(stop[1]);
            keep_using(memory, small, stop[0]);
            _exit(0);
        }
        CHECK_OK(swapoff(AREA));
        CHECK_EQ(meminfo_kb("SwapTotal:"), 0);
        close(stop[1]);
        close(stop[0]);
        reap_ok(child);
        check_all(memory, small, 2);
        CHECK_OK(swapon(AREA, 0));
        CHECK_EQ(priority(), before);
    }
    return 0;
}
