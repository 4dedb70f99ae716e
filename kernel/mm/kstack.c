/* SPDX-License-Identifier: MIT */
/*
 * kstack.c - kernel stacks with guards.
 *
 * What: the first gigabyte of the vmalloc window is cut into slots of 32 KB;
 * a stack is the upper half of a slot.
 *
 *     slot n                          slot n+1
 *     |--- guard 16 KB ---|== stack ==|--- guard ---|== stack ==|
 *                                   ^ first sp
 *
 * Running off the stack's end gives a fault instead of somebody else's data,
 * and trap entry sees it from one bit of sp (riscv/memlayout.h).
 *
 * How: a bitmap says which slots are taken; the lowest free one is used, so
 * that few page tables are needed.  A few freed stacks stay mapped, per hart,
 * for the next fork.
 *
 * Invariants: a slot's bit is set while its stack is mapped, cached stacks
 * included; frames of stacks, and only they, count as NR_KERNEL_STACK.
 *
 * Locks: slot_lock for the bitmap; a cache's lock for the cache.  Neither is
 * held while memory is allocated or freed.
 *
 * See: vmalloc.c for when the TLBs are flushed.
 */
#include "core/cpu.h"
#include "core/spinlock.h"
#include "lib/assert.h"
#include "lib/bitmap.h"
#include "mm/page_alloc.h"
#include "mm/vmalloc.h"

enum {
    MAX_CACHED = 4,
    PAGES_PER_CACHED = 1024, /* cache one stack for so many pages a hart */
};
#define NR_SLOTS ((KSTACK_AREA_END - VMALLOC_START) / KERNEL_STACK_ALIGN)

struct stack_cache {
    struct spinlock lock;
    unsigned nr; /* under lock */
    void *stack[MAX_CACHED];
} __aligned(CACHE_LINE_BYTES);

static struct stack_cache stack_caches[NR_CPUS];
static unsigned max_cached; /* (c) */

static struct spinlock slot_lock = SPINLOCK_INIT(RANK_VMALLOC, "kstack");
static BITMAP(slots, NR_SLOTS);
static size_t lowest_free; /* none below is */

void
kstack_init(void)
{
    uint64_t most = total_ram_pages() / nr_cpus / PAGES_PER_CACHED;

    max_cached = (unsigned)MAX(MIN(most, (uint64_t)MAX_CACHED), 1UL);
    for_each_cpu(i)
        spin_init(&stack_caches[i].lock, RANK_VMALLOC, "kstack cache");
}

/* => NR_SLOTS if all are taken */
static size_t
take_slot(void)
{
    size_t slot;

    spin_lock(&slot_lock);
    slot = bitmap_next_zero(slots, NR_SLOTS, lowest_free);
    lowest_free = slot;
    if (slot < NR_SLOTS)
        bitmap_set(slots, slot);
    spin_unlock(&slot_lock);
    return slot;
}

static void
release_slot(size_t slot)
{
    spin_lock(&slot_lock);
    bitmap_clear(slots, slot);
    lowest_free = MIN(lowest_free, slot);
    spin_unlock(&slot_lock);
}

static void
account(vaddr_t stack, int64_t delta)
{
    for (size_t at = 0; at < KERNEL_STACK_SIZE; at += PAGE_SIZE)
        zone_stat_add(vmalloc_to_page((void *)(stack + at)), NR_KERNEL_STACK,
                      delta);
}

static void *
new_stack(void)
{
    size_t slot = take_slot();
    vaddr_t stack = VMALLOC_START + slot * KERNEL_STACK_ALIGN +
                    (KERNEL_STACK_ALIGN - KERNEL_STACK_SIZE);

    if (slot == NR_SLOTS)
        return NULL;
    if (!vmap_frames(stack, KERNEL_STACK_SIZE, false)) {
        release_slot(slot);
        return NULL;
    }
    account(stack, 1);
    return (void *)stack;
}

static void
destroy_stack(void *stack)
{
    account((vaddr_t)stack, -1);
    vunmap_frames((vaddr_t)stack, KERNEL_STACK_SIZE);
    release_slot(((vaddr_t)stack - VMALLOC_START) / KERNEL_STACK_ALIGN);
}

static void *
pop_cached(struct stack_cache *cache)
{
    void *stack = NULL;

    spin_lock(&cache->lock);
    if (cache->nr > 0)
        stack = cache->stack[--cache->nr];
    spin_unlock(&cache->lock);
    return stack;
}

void *
kstack_alloc(void)
{
    void *stack = pop_cached(&stack_caches[hart_index()]);

    return stack ? stack : new_stack();
}

void
kstack_free(void *stack)
{
    struct stack_cache *cache = &stack_caches[hart_index()];
    bool cached;

    DEBUG_ASSERT((vaddr_t)stack % KERNEL_STACK_ALIGN == KERNEL_STACK_SIZE);
    spin_lock(&cache->lock);
    cached = cache->nr < max_cached;
    if (cached)
        cache->stack[cache->nr++] = stack;
    spin_unlock(&cache->lock);
    if (!cached)
        destroy_stack(stack);
}

void
kstack_drain(void)
{
    for_each_cpu(i) {
        void *stack;

        while ((stack = pop_cached(&stack_caches[i])))
            destroy_stack(stack);
    }
}
