/* SPDX-License-Identifier: MIT */
/*
 * timer.c - one-shot timers, sleeping with a timeout, and what time it is.
 *
 * How.  Each hart has a red-black tree of armed timers by deadline and
 * programs its clock for the earliest.  A timer fires on the hart that armed
 * it.
 *
 * A timer has one owner at a time, who starts and cancels it; only the firing
 * goes on beside it, and fn may start it again.  ktimer_cancel() returns when
 * fn does not run any more, so a timer may be on the stack of who waits for it.
 *
 * Invariants
 *   I1  t->armed: t is in the tree of t->hart, which does not change then, nor
 *       while t is that hart's `running`.
 *   I2  A timer is armed, or `running`, or nobody will call its fn.
 *       Cancelling while fn runs waits for it; fn that runs on this hart has
 *       interrupted us, and is over before we go on.
 *   I3  The hart's clock is set to `programmed`, which is never later than
 *       the first deadline.
 *
 * The clocks all derive from the hart's `time`, which counts since reset and is
 * the same on all harts; the realtime clock is an offset to it, set from the
 * RTC and by settimeofday.
 *
 * Locks: base->lock (RANK_TIMER), one at a time; fn runs without it.
 */
#include "sched/timer.h"

#include "lib/assert.h"
#include "sched/runqueue.h"

/* Keys: (b) lock; (h) own hart, interrupts off. */
struct timer_base {
    struct spinlock lock;
    struct rb_root tree;    /* (b) by deadline */
    struct ktimer *running; /* (b) fired: its fn is being called */
    uint64_t programmed;    /* (h) */
} __aligned(CACHE_LINE_BYTES);

static struct timer_base bases[NR_CPUS] = {
    [0 ... NR_CPUS - 1] = {.lock = SPINLOCK_INIT(RANK_TIMER, "timers"),
                           .programmed = TIMER_NEVER},
};

/* Set this hart's clock if it would come too late. */
static void
program(struct timer_base *base, uint64_t deadline)
{
    if (deadline >= base->programmed)
        return;
    base->programmed = deadline;
    timer_set_deadline(deadline);
}

/* Equal deadlines fire in the order of their arming. */
void
ktimer_start(struct ktimer *t, uint64_t deadline)
{
    struct timer_base *base;
    struct rb_node **link, *parent = NULL;

    irq_disable(); /* stay on this hart */
    base = &bases[hart_index()];
    spin_lock(&base->lock);
    ASSERT(!t->armed);
    for (link = &base->tree.node; *link;) {
        parent = *link;
        link = deadline < rb_entry(parent, struct ktimer, node)->deadline
                   ? &parent->rb_left
                   : &parent->rb_right;
    }
    rb_link_node(&t->node, parent, link);
    rb_insert(&base->tree, &t->node, NULL);
    t->hart = hart_index();
    t->deadline = deadline;
    t->armed = true;
    program(base, deadline);
    spin_unlock(&base->lock);
    irq_enable();
}

/*
 * The timer's hart cannot change here: only its owner, who is in this function,
 * and its fn start it, and fn does so on the hart that it runs on.
 */
void
ktimer_cancel(struct ktimer *t)
{
    struct timer_base *base = &bases[t->hart];
    bool busy;

    do { /* ends when fn does; it may have armed t once more */
        spin_lock(&base->lock);
        if (t->armed)
            rb_erase(&base->tree, &t->node, NULL);
        t->armed = false;
        busy = base->running == t;
        spin_unlock(&base->lock);
    } while (busy);
}

/* riscv -> sched: the deadline has passed.  Interrupt, no lock held. */
void
run_timers(void)
{
    struct timer_base *base = &bases[hart_index()];
    uint64_t now = timer_read();
    struct rb_node *node;

    base->programmed = TIMER_NEVER;
    spin_lock(&base->lock);
    while ((node = rb_first(&base->tree))) {
        struct ktimer *t = rb_entry(node, struct ktimer, node);

        if (t->deadline > now) {
            program(base, t->deadline);
            break;
        }
        rb_erase(&base->tree, &t->node, NULL);
        t->armed = false;
        base->running = t;
        spin_unlock(&base->lock);
        t->fn(t);
        spin_lock(&base->lock);
        base->running = NULL; /* t may be gone from here on */
    }
    spin_unlock(&base->lock);
}

/* --- Sleeping */

static void
wake_sleeper(struct ktimer *t)
{
    wake_up_task(t->sleeper, TASK_ASLEEP);
}

/*
 * A wakeup of any kind ends the sleep, and ktimer_cancel() waits for a timer
 * that is just firing: it must not touch our stack after we have gone.
 */
int64_t
schedule_timeout(int64_t ticks)
{
    struct ktimer t = {.fn = wake_sleeper, .sleeper = current};
    uint64_t now, deadline;

    if (ticks == WAIT_FOREVER) {
        schedule();
        return ticks;
    }
    deadline = timer_read() + (uint64_t)ticks;
    ktimer_start(&t, deadline);
    schedule();
    ktimer_cancel(&t);
    now = timer_read();
    return now < deadline ? (int64_t)(deadline - now) : 0;
}

/* --- What time it is */

static _Atomic int64_t realtime_offset_ns;

/* What scales to more than 2^63 ticks is for ever (WAIT_FOREVER). */
uint64_t
ns_to_ticks(uint64_t ns)
{
    return ns / NSEC_PER_SEC < INT64_MAX / timebase_hz ? timer_from_ns(ns)
                                                       : INT64_MAX;
}

int64_t
clock_realtime_ns(void)
{
    return (int64_t)timer_ns() + atomic_read(&realtime_offset_ns);
}

void
clock_set_realtime(int64_t ns_since_epoch)
{
    atomic_set(&realtime_offset_ns, ns_since_epoch - (int64_t)timer_ns());
}

struct timespec
ns_to_timespec(int64_t ns)
{
    int64_t sec = ns / NSEC_PER_SEC - (ns % NSEC_PER_SEC < 0); /* before 1970 */

    return (struct timespec){sec, ns - sec * NSEC_PER_SEC};
}
