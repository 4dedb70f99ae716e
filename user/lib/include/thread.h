/* SPDX-License-Identifier: MIT */
/*
 * thread.h: threads, as small as they can be; not POSIX's.
 *
 * A thread shares everything with its starter. Of this library only what keeps
 * no state may be used by several at once: system calls and string functions,
 * not malloc or streams.
 */
#ifndef USER_THREAD_H
#define USER_THREAD_H

#include <stdint.h>

struct thread {
    int error; /* its errno */
    int (*function)(void *);
    void *arg;
    int tid;              /* as clone gave it */
    volatile int running; /* its id; 0, and a futex, once it has ended */
    int result;           /* what function returned */
};

/* Run function(arg) in a new thread. => NULL: errno says why */
struct thread *thread_start(int (*function)(void *), void *arg);
/* Wait for its end; it is gone then. => what function returned */
int thread_join(struct thread *thread);

/* A lock that sleeps: 0 is free, 1 is held, 2 is held and waited for. */
void futex_lock(uint32_t *lock);
void futex_unlock(uint32_t *lock);

#endif
