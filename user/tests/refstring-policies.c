/* SPDX-License-Identifier: MIT */
/* test: refstring-policies ram=16M harts=1-8 swap=64 time=120 */
/*
 * refstring uses more memory than the machine has, once with each policy, and
 * finds its pages as it left them. Then it uses pages that fit: each faults
 * once, and none has to be read. Fails when a policy cannot be chosen, gives
 * up (a process is killed), or loses a page, and when a page that is there
 * faults again.
 *
 * On a machine with plenty of memory the first part shows only the choice.
 */
#include "test.h"

enum { SMALL_PAGES = 200, BIG_PAGES = 5500, ACCESSES = 20000 };

static const char *text;
static const char policy_file[] = "/proc/sys/vm/reclaim_policy";

static void
choose(const char *policy)
{
    char line[32] = "";
    int fd = (int)CHECK_OK(open(policy_file, O_RDWR));
    size_t n = strlen(policy);

    CHECK_EQ(write(fd, policy, n), n);
    close(fd);
    fd = (int)CHECK_OK(open(policy_file, O_RDONLY));
    CHECK_EQ(read(fd, line, sizeof(line) - 1), n + 1);
    close(fd);
    CHECK(strncmp(line, policy, n) == 0);
}

static void
run(const char *pattern, int pages)
{
    char command[128];

    snprintf(command, sizeof(command), "refstring %s %d %d", pattern, pages,
             ACCESSES);
    text = output_of(command);
}

/* The number behind a word of what refstring printed. */
static long
number_after(const char *word)
{
    const char *at = strstr(text, word);

    if (at == NULL)
        FAIL("no \"%s\" in: %s", word, text);
    return strtol(at + strlen(word), NULL, 10);
}

int
main(void)
{
    static const char *const policies[] = {"fifo", "lfu", "clock", "lru"};
    char before[32] = "";
    int fd = (int)CHECK_OK(open(policy_file, O_RDONLY));

    enter_scratch();
    CHECK(read(fd, before, sizeof(before) - 1) > 0);
    close(fd);
    before[strcspn(before, "\n")] = '\0';
    for (size_t i = 0; i < 4; i++) {
        choose(policies[i]);
        run("random", BIG_PAGES);
        CHECK(strstr(text, policies[i]) != NULL);
        if (ram_mb() * MB / PAGE < BIG_PAGES)
            CHECK(number_after("out ") > 0);
    }
    choose(before);
    run("loop", SMALL_PAGES);
    CHECK_EQ(number_after("major "), 0);
    CHECK(number_after("minor ") >= SMALL_PAGES);
    CHECK(number_after("minor ") < SMALL_PAGES + SMALL_PAGES / 2);
    return 0;
}
