/* SPDX-License-Identifier: MIT */
/*
 * task.c - making and freeing struct task; kernel threads; in_group().
 *
 * A task and its kernel stack are two objects: the stack goes back right after
 * the task has left it for the last time (sched.c), the struct stays while
 * anybody has a reference, as a zombie does.
 *
 * References.  The table holds one until the task is reaped, the scheduler one
 * from its start until its last switch, and get_task() one for each who looks
 * at it longer than he holds pid_lock.  So a task that is found under pid_lock
 * is alive, and one that is held may be over: its fields still say what it was.
 *
 * The top of the stack is reserved for the registers of user mode
 * (thread.frame), where trap entry stores them.
 *
 * A kernel thread is a task without user memory and a child of nobody.  The few
 * that there are begin at boot and never end.
 */
#include "sched/task.h"

#include "core/panic.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "riscv/trap.h"
#include "sched/runqueue.h"

struct kmem_cache *task_cache;

struct task *
alloc_task(const char *comm, void (*entry)(void))
{
    struct task *t = kmem_cache_alloc(task_cache, GFP_KERNEL | __GFP_ZERO);

    if (!t)
        return NULL;
    t->stack = kstack_alloc();
    if (!t->stack) {
        kmem_cache_free(task_cache, t);
        return NULL;
    }
    /* As if switched out just before the first instruction of task_start(). */
    t->thread.stack_base = (uint64_t)t->stack;
    t->thread.kernel_sp = t->thread.stack_base + KERNEL_STACK_SIZE;
    t->thread.frame = (struct trapframe *)t->thread.kernel_sp - 1;
    t->thread.context.ra = (uint64_t)task_start;
    t->thread.context.sp = (uint64_t)t->thread.frame;
    t->thread.context.s[START_ENTRY] = (uint64_t)entry;
    t->thread.irq_depth = 1;
    t->thread.irq_saved = true;
    t->thread.preempt_count = 1;

    atomic_set(&t->state, TASK_UNINTERRUPTIBLE);
    atomic_set(&t->refcount, 1);
    strlcpy(t->comm, comm, sizeof(t->comm));
    t->mmu = &kernel_mmu;
    t->start_time = timer_read();
    list_init(&t->children);
    list_init(&t->pid_link);
    list_init(&t->sibling); /* the first process has none */
    list_init(&t->thread_link);
    t->leader = t;
    t->nr_threads = 1;
    wait_queue_init(&t->child_exit);
    spin_init(&t->sig.sig_lock, RANK_SIGNAL, "signals");
    spin_init(&t->lock, RANK_TASK, "task");
    return t;
}

void
put_task(struct task *t)
{
    ASSERT(!t || atomic_read(&t->refcount) > 0);
    if (!t || !atomic_dec_and_test(&t->refcount))
        return;
    ASSERT(!t->on_rq && !atomic_read(&t->on_cpu) && list_empty(&t->pid_link));
    if (t->stack) /* it never ran */
        kstack_free(t->stack);
    kmem_cache_free(task_cache, t);
}

void
kthread_run(const char *name, void (*entry)(void))
{
    struct task *t = alloc_task(name, entry);

    spin_lock(&pid_lock);
    if (!t || attach_pid_locked(t))
        panic("cannot start %s", name);
    spin_unlock(&pid_lock);
    atomic_set(&t->flags, TF_KTHREAD);
    wake_up_new_task(t);
}

bool
in_group(gid_t gid)
{
    const struct cred *c = &current->cred;

    for (uint32_t i = 0; i < c->ngroups; i++)
        if (c->groups[i] == gid)
            return true;
    return c->egid == gid;
}
