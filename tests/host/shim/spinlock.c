/* SPDX-License-Identifier: MIT */
/*
 * spinlock.c - locks for one host thread that plays one hart at a time.
 *
 * A lock that is held cannot be waited for: taking it is a panic.  Ranks are
 * checked by nobody; that all locks are released is checked after each test.
 */
#include "host.h"

#include "core/lockdep.h"
#include "core/panic.h"
#include "core/spinlock.h"

static struct thread the_thread;
struct thread *const host_thread = &the_thread;
static unsigned nr_held;

void
host_set_hart(unsigned hart)
{
    the_thread.hart = hart;
}

unsigned
host_locks_held(void)
{
    return nr_held;
}

void
host_drop_locks(void)
{
    nr_held = 0;
    the_thread.irq_depth = 0;
    the_thread.preempt_count = 0;
    the_thread.scope = 0;
    the_thread.nr_held = 0;
}

static bool
try_lock(struct spinlock *l)
{
    if (!raw_trylock(&l->word, hart_index() + 1))
        return false;
    nr_held++;
    the_thread.irq_depth++;
    return true;
}

void
spin_lock_nested(struct spinlock *l, unsigned subclass)
{
    (void)subclass;
    if (!try_lock(l))
        panic("deadlock: lock %s is already held", l->name);
}

void
spin_lock(struct spinlock *l)
{
    spin_lock_nested(l, 0);
}

void
spin_unlock(struct spinlock *l)
{
    if (!spin_held(l))
        panic("lock %s is not held", l->name);
    nr_held--;
    the_thread.irq_depth--;
    raw_unlock(&l->word);
}

void
irq_disable(void)
{
    the_thread.irq_depth++;
}

void
irq_enable(void)
{
    the_thread.irq_depth--;
}
