/* SPDX-License-Identifier: MIT */
/*
 * lockdep.c - no lock order is checked on the host; sleeping under a lock is.
 */
#include "host.h"

#include "core/lockdep.h"
#include "core/panic.h"

void
lock_released_below(const void *lock)
{
    (void)lock;
}

void
lock_check_order(const void *lock, unsigned rank, unsigned subclass)
{
    (void)lock, (void)rank, (void)subclass;
}

void
might_sleep(void)
{
    if (current_thread()->irq_depth || current_thread()->preempt_count)
        panic("sleeping with a lock held");
}
