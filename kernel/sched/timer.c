/* SPDX-License-Identifier: MIT */
/*
 * timer.c - one-shot timers, the tick, and sleeping with a timeout.
 *
 * How.  Each hart has a red-black tree of armed timers by deadline and
 * programs its clock for the earliest, or for the tick if that comes first.
 * A timer fires on the hart that armed it.  The tick goes on as long as
 * sched_tick() wants it; it is started when an idle hart gets a task.
 *
 * A timer has one owner at a time, who starts and cancels it; only the firing
 * goes on beside it.  ktimer_cancel() returns when fn does not run any more,
 * so a timer may be on the stack of who waits for it.
 *
 * Invariants
 *   I1  t->hart >= 0: t is in that hart's tree.  Changes under its lock.
 *   I2  `first` is the leftmost node; `running` was set before t->hart became
 *       -1 for firing, and is cleared after fn has returned.
 *   I3  The hart's clock is set to `programmed`, which is never later than
 *       the first deadline and the tick.
 *
 * Locks: base->lock (RANK_TIMER), one at a time; fn runs without it.
 */
#include "sched/timer.h"

#include "core/cpu.h"
#include "core/spinlock.h"
#include "lib/assert.h"
#include "riscv/timer.h"
#include "sched/runqueue.h"

/* Keys: (b) lock; (h) own hart, interrupts off; (a) atomic. */
struct timer_base {
    struct spinlock lock;
    struct rb_root tree;            /* (b) by deadline */
    struct ktimer *first;           /* (b) */
    struct ktimer *_Atomic running; /* (a) */
    uint64_t next_tick;             /* (h) TIMER_NEVER: no tick */
    uint64_t programmed;            /* (h) */
};

static PER_CPU(struct timer_base, bases);
static uint64_t tick_period; /* (c) */

/* Set this hart's clock if it would come too late. */
static void
program(struct timer_base *base, uint64_t deadline)
{
    if (deadline >= base->programmed)
        return;
    base->programmed = deadline;
    timer_set_deadline(deadline);
}

void
tick_start(uint64_t now)
{
    struct timer_base *base = &bases[hart_index()].v;

    if (base->next_tick != TIMER_NEVER)
        return;
    base->next_tick = now + tick_period;
    program(base, base->next_tick);
}

void
ktimer_init(struct ktimer *t, void (*fn)(struct ktimer *))
{
    t->fn = fn;
    t->hart = -1;
}

static void
insert_locked(struct timer_base *base, struct ktimer *t)
{
    struct rb_node **link = &base->tree.node, *parent = NULL;
    bool leftmost = true;

    while (*link) {
        parent = *link;
        if (t->deadline < rb_entry(parent, struct ktimer, node)->deadline) {
            link = &parent->rb_left;
        } else {
            link = &parent->rb_right;
            leftmost = false;
        }
    }
    rb_link_node(&t->node, parent, link);
    rb_insert(&base->tree, &t->node, NULL);
    if (leftmost)
        base->first = t;
}

static void
remove_locked(struct timer_base *base, struct ktimer *t)
{
    if (base->first == t) {
        struct rb_node *next = rb_next(&t->node);

        base->first = next ? rb_entry(next, struct ktimer, node) : NULL;
    }
    rb_erase(&base->tree, &t->node, NULL);
    /* After `running` was set, if it was: see ktimer_cancel(). */
    __atomic_store_n(&t->hart, -1, __ATOMIC_RELEASE);
}

/* Take t out of whatever tree it is in. */
static void
disarm(struct ktimer *t)
{
    int32_t hart;

    while ((hart = __atomic_load_n(&t->hart, __ATOMIC_ACQUIRE)) >= 0) {
        struct timer_base *base = &bases[hart].v;

        spin_lock(&base->lock);
        if (t->hart == hart) /* else it fired meanwhile */
            remove_locked(base, t);
        spin_unlock(&base->lock);
    }
}

void
ktimer_start(struct ktimer *t, uint64_t deadline)
{
    struct timer_base *base;

    disarm(t);
    irq_disable(); /* stay on this hart */
    base = &bases[hart_index()].v;
    spin_lock(&base->lock);
    t->deadline = deadline;
    insert_locked(base, t);
    t->hart = (int32_t)hart_index();
    program(base, deadline);
    spin_unlock(&base->lock);
    irq_enable();
}

void
ktimer_cancel(struct ktimer *t)
{
    do {
        disarm(t);
        /* Not for fn itself: then it runs on this very hart. */
        for_each_cpu(i)
            while (atomic_load(&bases[i].v.running) == t && i != hart_index())
                cpu_relax();
    } while (__atomic_load_n(&t->hart, __ATOMIC_ACQUIRE) >= 0);
}

/* Take the first timer off the tree if it is due, as `running`. */
static struct ktimer *
take_expired(struct timer_base *base, uint64_t now)
{
    struct ktimer *t;

    spin_lock(&base->lock);
    t = base->first;
    if (t && t->deadline <= now) {
        atomic_store(&base->running, t);
        remove_locked(base, t);
    } else {
        t = NULL;
    }
    spin_unlock(&base->lock);
    return t;
}

/* riscv -> sched: the deadline has passed.  Interrupt, no lock held. */
static void
timer_tick(void)
{
    struct timer_base *base = &bases[hart_index()].v;
    uint64_t now = timer_read();
    struct ktimer *t;

    base->programmed = TIMER_NEVER;
    while ((t = take_expired(base, now))) {
        t->fn(t); /* may free t, or start it again */
        atomic_store(&base->running, NULL);
    }
    if (now >= base->next_tick)
        base->next_tick = sched_tick() ? now + tick_period : TIMER_NEVER;
    program(base, base->next_tick);
    spin_lock(&base->lock);
    if (base->first)
        program(base, base->first->deadline);
    spin_unlock(&base->lock);
}

static const struct timer_ops sched_timer_ops = {.tick = timer_tick};

void
timers_init(void)
{
    tick_period = ms_to_ticks(TICK_MS);
    for_each_cpu(i) {
        struct timer_base *base = &bases[i].v;

        spin_init(&base->lock, RANK_TIMER, "timers");
        base->tree = RB_ROOT_INIT;
        base->next_tick = base->programmed = TIMER_NEVER;
    }
    timer_register(&sched_timer_ops);
}

struct sleeper {
    struct ktimer timer;
    struct task *task;
};

static void
wake_sleeper(struct ktimer *timer)
{
    struct sleeper *s = container_of(timer, struct sleeper, timer);

    wake_up_task(s->task, TASK_ASLEEP);
}

int64_t
schedule_timeout(int64_t ticks)
{
    struct sleeper s = {.task = current};
    uint64_t now, deadline;

    if (ticks == WAIT_FOREVER) {
        schedule();
        return ticks;
    }
    deadline = timer_read() + (uint64_t)(ticks > 0 ? ticks : 0);
    ktimer_init(&s.timer, wake_sleeper);
    ktimer_start(&s.timer, deadline);
    schedule();
    ktimer_cancel(&s.timer);
    now = timer_read();
    return now < deadline ? (int64_t)(deadline - now) : 0;
}
