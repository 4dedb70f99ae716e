/* SPDX-License-Identifier: MIT */
/* test: oom-largest ram=16M harts=1-8 swap=0 time=180 */
/*
 * A process that writes to more and more memory is ended by SIGKILL when there
 * is none left; its parent and a small bystander live on and find their memory
 * as it was; the log says who was killed and why; and the machine has its
 * memory back. Twice, so that the first killing leaves nothing in the way of
 * the second. Fails when another is killed, nobody is (it hangs), or the
 * kernel panics.
 */
#include "test.h"

enum { MOST_RAM_MB = 300, ROUNDS = 2, OWN = 64 * PAGE };

static int question[2], answer[2];
static char *own;

static void
eat_memory(void *arg)
{
    (void)arg;
    for (;;) {
        volatile char *p = mmap(NULL, MB, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (p == MAP_FAILED)
            _exit(2);
        for (size_t i = 0; i < MB; i += PAGE)
            p[i] = 1;
    }
}

static void
stand_by(void *arg)
{
    char *mine = map_memory(OWN);

    (void)arg;
    fill(mine, OWN, 2);
    for (int i = 0; i < ROUNDS; i++) {
        put_byte(answer[1], get_byte(question[0]) + 1);
        check_fill(mine, OWN, 2);
        check_fill(own, OWN, 1);
    }
}

int
main(void)
{
    pid_t bystander, victim;
    int status;

    if (ram_mb() > MOST_RAM_MB)
        SKIP("too much memory to use it all up");
    own = map_memory(OWN);
    fill(own, OWN, 1);
    CHECK_OK(pipe(question));
    CHECK_OK(pipe(answer));
    bystander = start_child(stand_by, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        size_t before = free_mb();

        victim = start_child(eat_memory, NULL);
        status = reap(victim);
        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
            FAIL("expected SIGKILL, seen status %#x", (unsigned)status);
        check_fill(own, OWN, 1);
        put_byte(question[1], i);
        CHECK_EQ(get_byte(answer[0]), i + 1);
        CHECK(log_says("Out of memory", victim));
        CHECK(free_mb() + 1 >= before);
    }
    reap_ok(bystander);
    return 0;
}
