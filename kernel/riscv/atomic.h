/* SPDX-License-Identifier: MIT */
/*
 * Atomic counters and flags: thin names over C11 <stdatomic.h>, so that the
 * memory order is visible where it matters.  Plain functions are
 * sequentially consistent; `_relaxed`, `_acquire`, `_release` say otherwise.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef _Atomic int32_t atomic32_t;
typedef _Atomic int64_t atomic64_t;

#define atomic_read(p) atomic_load_explicit(p, memory_order_relaxed)
#define atomic_set(p, v) atomic_store_explicit(p, v, memory_order_relaxed)
#define atomic_add(p, v)                                                       \
    ((void)atomic_fetch_add_explicit(p, v, memory_order_relaxed))
#define atomic_sub(p, v)                                                       \
    ((void)atomic_fetch_sub_explicit(p, v, memory_order_relaxed))
#define atomic_inc(p) atomic_add(p, 1)
#define atomic_dec(p) atomic_sub(p, 1)
#define atomic_inc_return(p) (atomic_fetch_add(p, 1) + 1)
/* True if the counter reached zero: everything before is visible then. */
#define atomic_dec_and_test(p)                                                 \
    (atomic_fetch_sub_explicit(p, 1, memory_order_acq_rel) == 1)

/* Increment unless zero; false if it was zero (the object is dying). */
static inline bool
atomic_inc_not_zero(atomic32_t *p)
{
    int32_t old = atomic_load_explicit(p, memory_order_relaxed);

    while (old != 0)
        if (atomic_compare_exchange_weak(p, &old, old + 1))
            return true;
    return false;
}

/* In a loop that waits for another hart. */
#define cpu_relax() __asm__ volatile("" ::: "memory")

/*
 * The raw lock under spinlocks: `owner` is not 0.  Interrupts are off.
 */
static inline bool
raw_trylock(_Atomic uint32_t *word, uint32_t owner)
{
    uint32_t free = 0;

    return atomic_compare_exchange_strong_explicit(
        word, &free, owner, memory_order_acquire, memory_order_relaxed);
}

#define raw_unlock(word) atomic_store_explicit(word, 0, memory_order_release)

#define smp_mb() __asm__ volatile("fence rw, rw" ::: "memory")
#define smp_wmb() __asm__ volatile("fence w, w" ::: "memory")
#define smp_rmb() __asm__ volatile("fence r, r" ::: "memory")
/* Order memory and device accesses (virtio rings, MMIO). */
#define io_mb() __asm__ volatile("fence iorw, iorw" ::: "memory")
