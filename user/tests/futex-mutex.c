/* SPDX-License-Identifier: MIT */
/* test: futex-mutex ram=16M harts=1-8 swap=0 time=30 */
/*
 * Eight threads count under one lock made of a futex; no count is lost and
 * all come to their end. Fails when two are inside at once, and hangs when a
 * wakeup is lost.
 */
#include <sched.h>
#include <thread.h>
#include "test.h"

enum { THREADS = 8, COUNTS = 3000 };

static uint32_t lock;
static volatile long count, inside;

static int
work(void *arg)
{
    for (int i = 0; i < COUNTS; i++) {
        futex_lock(&lock);
        if (inside++ != 0)
            return 1;
        count++;
        if (i % 16 == 0)
            sched_yield(); /* so that others come to wait */
        inside--;
        futex_unlock(&lock);
    }
    return (int)(intptr_t)arg;
}

int
main(void)
{
    struct thread *t[THREADS];

    for (long i = 0; i < THREADS; i++) {
        t[i] = thread_start(work, (void *)(i + 2));
        CHECK(t[i] != NULL);
    }
    for (int i = 0; i < THREADS; i++)
        CHECK_EQ(thread_join(t[i]), i + 2);
    CHECK_EQ(count, THREADS * COUNTS);
    CHECK_EQ(lock, 0);
    return 0;
}
