/* SPDX-License-Identifier: MIT */
/* test: swap-policies ram=16M harts=1-8 swap=64 time=180 */
/*
 * Under each replacement policy a process uses more memory than there is, at
 * random and with a part that it uses often, while a file is read through the
 * page cache; every word is right, and the policy that was chosen is the one
 * in force. An unknown policy is refused. Fails when a policy never lets a
 * page go (it hangs), lets one go that is in use, or cannot be left again.
 */
#include "test.h"

#define POLICY "/proc/sys/vm/reclaim_policy"

enum { WORDS = PAGE / 8, ACCESSES = 6000, HOT = 64, MOST_MB = 24 };

static const char *const policies[] = {"fifo", "clock", "lfu", "lru"};

static int
set_policy(const char *name)
{
    int fd = open(POLICY, O_WRONLY), err = 0;

    CHECK_OK(fd);
    if (write(fd, name, strlen(name)) < 0)
        err = errno;
    close(fd);
    return err;
}

static void
check_policy(const char *name)
{
    char text[32] = "";
    int fd = open(POLICY, O_RDONLY);

    CHECK_OK(fd);
    CHECK_OK(read(fd, text, sizeof(text) - 1));
    close(fd);
    CHECK(strncmp(text, name, strlen(name)) == 0);
}

static void
use_memory(uint64_t seed)
{
    size_t pages = ram_mb() * MB / PAGE * 5 / 4;
    uint64_t random = seed;
    uint64_t *memory;

    if (pages > MOST_MB * MB / PAGE)
        pages = MOST_MB * MB / PAGE;
    memory = (uint64_t *)map_memory(pages * PAGE);
    for (size_t i = 0; i < pages; i++)
        memory[i * WORDS + i % WORDS] = seed + i;
    for (size_t n = 0; n < ACCESSES; n++) {
        size_t i = next_random(&random) % (n % 2 ? pages : HOT);

        CHECK_EQ(memory[i * WORDS + i % WORDS], seed + i);
    }
    CHECK_OK(munmap(memory, pages * PAGE));
}

static void
read_whole(const char *name)
{
    static char buf[4 * PAGE];
    int fd = open(name, O_RDONLY);

    CHECK_OK(fd);
    while (CHECK_OK(read(fd, buf, sizeof(buf))) > 0)
        ;
    close(fd);
}

int
main(void)
{
    CHECK_EQ(set_policy("best"), EINVAL);
    for (size_t i = 0; i < sizeof(policies) / sizeof(*policies); i++) {
        CHECK_EQ(set_policy(policies[i]), 0);
        check_policy(policies[i]);
        use_memory(1000000 * (i + 1));
        read_whole("/tests/bench");
    }
    return 0;
}
