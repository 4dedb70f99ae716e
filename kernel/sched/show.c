/* SPDX-License-Identifier: MIT */
/*
 * show.c - the tasks, for panic and for ^P on the console: what each does,
 * where the sleepers sleep, who holds which lock.  Takes no lock, so what it
 * shows may be torn; it must not make things worse.
 */
#include "core/lockdep.h"
#include "core/panic.h"
#include "core/printk.h"
#include "riscv/timer.h"
#include "sched/runqueue.h"
#include "mm/zone.h"

enum { MAX_SHOWN = 256 }; /* a torn list may be a ring */

static char
state_letter(const struct task *t)
{
    static const struct {
        uint32_t state;
        char letter;
    } names[] = {
        {TASK_INTERRUPTIBLE, 'S'},   {TASK_KILLABLE, 'D'},
        {TASK_UNINTERRUPTIBLE, 'D'}, {TASK_STOPPED, 'T'},
        {TASK_ZOMBIE, 'Z'},          {TASK_DEAD, 'X'},
    };
    uint32_t state = atomic_load(&((struct task *)t)->state);

    for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
        if (names[i].state & state)
            return names[i].letter;
    return 'R';
}

static void
show_task(struct task *t)
{
    bool on_cpu = atomic_read(&t->on_cpu);

    printk("%5d %c%c %-15s hart %u%s", t->pid, state_letter(t),
           on_cpu ? '*' : ' ', t->comm, t->hart, t->on_rq ? ", queued" : "");
    if (!on_cpu && t->stack)
        backtrace_from(&t->thread, t->thread.context.s[0],
                       t->thread.context.ra);
    show_held_locks(&t->thread);
}

static void
show_tasks(void)
{
    struct task *t;
    unsigned n = 0;

    printk("tasks: %u, running %lu", nr_tasks(), nr_running());
    for_each_cpu(i)
        show_task(run_queues[i].running);
    list_for_each_entry(t, &all_tasks, all_link) {
        if (++n > MAX_SHOWN)
            break;
        if (!atomic_read(&t->on_cpu))
            show_task(t);
    }
}

static const char *
thread_name(const struct thread *t)
{
    return ((const struct task *)t)->comm;
}

static const struct panic_ops sched_panic_ops = {
    .show_tasks = show_tasks,
    .show_memory = show_zones,
    .thread_name = thread_name,
};

void
show_tasks_init(void)
{
    panic_ops = &sched_panic_ops;
}
