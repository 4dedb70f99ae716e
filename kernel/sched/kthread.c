/* SPDX-License-Identifier: MIT */
/*
 * kthread.c - kernel threads: tasks without user memory.  They are children
 * of nobody, so nobody waits for them: one that ends is gone at once.
 */
#include "sched/kthread.h"

#include "lib/assert.h"
#include "sched/sched.h"

void
kthread_exit(void)
{
    ASSERT(current->flags & TF_KTHREAD);
    spin_lock(&pid_lock);
    detach_pid_locked(current);
    spin_unlock(&pid_lock);
    put_task(current); /* the table's; the scheduler still has one */
    set_current_state(TASK_DEAD);
    schedule();
    panic("a dead kernel thread runs again");
}

struct task *
kthread_run(const char *name, void (*fn)(void *), void *arg)
{
    struct task *t = alloc_task(name, fn, arg);
    int err;

    if (!t)
        return NULL;
    atomic_set(&t->flags, TF_KTHREAD);
    spin_lock(&pid_lock);
    err = attach_pid_locked(t);
    spin_unlock(&pid_lock);
    if (err) {
        put_task(t);
        return NULL;
    }
    wake_up_new_task(t);
    return t;
}
