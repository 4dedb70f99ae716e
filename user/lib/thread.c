/* SPDX-License-Identifier: MIT */
/*
 * thread.c - threads by clone, and a lock by futex.
 *
 * A thread has a mapping of its own: a guard page, the stack, and on top its
 * struct thread, to which its tp points (syscall.c). Its end is seen by
 * CLONE_CHILD_CLEARTID: the kernel clears `running` and wakes it when the
 * thread will never use its stack again.
 */
#include "thread.h"
#include <sched.h>
#include <stddef.h>
#include <sys/futex.h>
#include <sys/mman.h>

enum { GUARD = 4096, STACK = 65536 };

static int
run(void *arg)
{
    struct thread *t = arg;

    t->result = t->function(t->arg);
    return 0;
}

struct thread *
thread_start(int (*function)(void *), void *arg)
{
    const int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SYSVSEM |
                      CLONE_SIGHAND | CLONE_THREAD | CLONE_SETTLS |
                      CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
    char *stack = mmap(NULL, GUARD + STACK, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    struct thread *t = (struct thread *)(stack + GUARD + STACK) - 1;

    if (stack == MAP_FAILED)
        return NULL;
    mprotect(stack, GUARD, PROT_NONE);
    *t = (struct thread){.function = function, .arg = arg, .running = 1};
    t->tid = clone(run, t, flags, t, NULL, t, (int *)&t->running);
    if (t->tid > 0)
        return t;
    munmap(stack, GUARD + STACK);
    return NULL;
}

int
thread_join(struct thread *t)
{
    int id, result;

    while ((id = t->running) != 0)
        futex((uint32_t *)&t->running, FUTEX_WAIT, (uint32_t)id, NULL);
    result = t->result;
    munmap((char *)(t + 1) - GUARD - STACK, GUARD + STACK);
    return result;
}

void
futex_lock(uint32_t *lock)
{
    uint32_t seen = 0;

    if (__atomic_compare_exchange_n(lock, &seen, 1, 0, __ATOMIC_ACQUIRE,
                                    __ATOMIC_RELAXED))
        return;
    while (__atomic_exchange_n(lock, 2, __ATOMIC_ACQUIRE) != 0)
        futex(lock, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 2, NULL);
}

void
futex_unlock(uint32_t *lock)
{
    if (__atomic_exchange_n(lock, 0, __ATOMIC_RELEASE) == 2)
        futex(lock, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL);
}
