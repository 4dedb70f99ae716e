/* SPDX-License-Identifier: MIT */
/* test: oom-swap-full ram=16M harts=1-8 swap=64 time=180 */
/*
 * A process that writes to memory until RAM and swap are full is ended by
 * SIGKILL; its parent and a bystander, most of whose memory is in the swap
 * area by then, live on and find every word. Afterwards the slots are free
 * again. Fails when another is killed, when nobody is (it hangs), when a page
 * is lost while memory is shortest, or when slots leak.
 */
#include "test.h"

enum { MOST_RAM_MB = 140, OWN = 2 * MB, SPARE_KB = 4096 };

static void
eat_memory(void *arg)
{
    (void)arg;
    for (uint64_t n = 1;; n++) {
        uint64_t *p = mmap(NULL, MB, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (p == MAP_FAILED)
            _exit(2);
        for (size_t i = 0; i < MB / sizeof(*p); i++)
            p[i] = n * i + 1; /* no page of zeroes: those cost no slot */
    }
}

int
main(void)
{
    int question[2], answer[2], status;
    char *own = map_memory(OWN);
    pid_t bystander, hog;
    long before;

    if (ram_mb() > MOST_RAM_MB)
        SKIP("too much memory to use it all up");
    CHECK(meminfo_kb("SwapTotal:") > 0);
    fill(own, OWN, 1);
    CHECK_OK(pipe(question));
    CHECK_OK(pipe(answer));
    bystander = fork();
    CHECK_OK(bystander);
    if (bystander == 0) {
        char *mine = map_memory(OWN);

        close(question[1]);
        fill(mine, OWN, 2);
        put_byte(answer[1], 1);
        CHECK_EQ(get_byte(question[0]), 2);
        check_fill(mine, OWN, 2);
        check_fill(own, OWN, 1);
        _exit(0);
    }
    CHECK_EQ(get_byte(answer[0]), 1);
    before = meminfo_kb("SwapFree:");
    hog = start_child(eat_memory, NULL);
    status = reap(hog);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    check_fill(own, OWN, 1);
    put_byte(question[1], 2);
    reap_ok(bystander);
    CHECK(meminfo_kb("SwapFree:") >= before - SPARE_KB);
    return 0;
}
