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
 * that few page tables are needed.  A few freed stacks stay mapped for the
 * next fork.
 *
 * Invariants: a slot's bit is set while its stack is mapped, cached stacks
 * included; frames of stacks, and only they, count as NR_KERNEL_STACK.
 *
 * Locks: kstack_lock for everything here; not held while memory is allocated
 * or freed.
 *
 * See: vmalloc.c for when the TLBs are flushed.
 */
#include "lib/bitmap.h"
#include "mm/page_alloc.h"
#include "mm/vmalloc.h"

enum {
    MAX_CACHED = 32,
    PAGES_PER_CACHED = 1024, /* cache one stack for so much RAM */
};
#define NR_SLOTS ((KSTACK_AREA_END - VMALLOC_START) / KERNEL_STACK_ALIGN)

static struct spinlock kstack_lock = SPINLOCK_INIT(RANK_VMALLOC, "kstack");
static BITMAP(slots, NR_SLOTS);
static size_t lowest_free; /* none below is */
static void *cached[MAX_CACHED];
static unsigned nr_cached;

static void *
pop_cached(void)
{
    void *stack = NULL;

    spin_lock(&kstack_lock);
    if (nr_cached > 0)
        stack = cached[--nr_cached];
    spin_unlock(&kstack_lock);
    return stack;
}

/* => NR_SLOTS if all are taken */
static size_t
take_slot(void)
{
    size_t slot;

    spin_lock(&kstack_lock);
    slot = bitmap_next_zero(slots, NR_SLOTS, lowest_free);
    lowest_free = slot;
    if (slot < NR_SLOTS)
        bitmap_set(slots, slot);
    spin_unlock(&kstack_lock);
    return slot;
}

static void
release_slot(size_t slot)
{
    spin_lock(&kstack_lock);
    bitmap_clear(slots, slot);
    lowest_free = MIN(lowest_free, slot);
    spin_unlock(&kstack_lock);
}

void *
kstack_alloc(void)
{
    void *stack = pop_cached();
    vaddr_t start;
    size_t slot;

    if (stack)
        return stack;
    slot = take_slot();
    if (slot == NR_SLOTS)
        return NULL;
    start = VMALLOC_START + (slot + 1) * KERNEL_STACK_ALIGN - KERNEL_STACK_SIZE;
    if (vmap_frames(start, KERNEL_STACK_SIZE, NR_KERNEL_STACK))
        return (void *)start;
    release_slot(slot);
    return NULL;
}

static void
destroy_stack(void *stack)
{
    vunmap_frames((vaddr_t)stack, KERNEL_STACK_SIZE, NR_KERNEL_STACK);
    release_slot(((vaddr_t)stack - VMALLOC_START) / KERNEL_STACK_ALIGN);
}

void
kstack_free(void *stack)
{
    uint64_t most = total_ram_pages() / PAGES_PER_CACHED;
    bool keep;

    DEBUG_ASSERT((vaddr_t)stack % KERNEL_STACK_ALIGN == KERNEL_STACK_SIZE);
    spin_lock(&kstack_lock);
    keep = nr_cached < MIN(most, (uint64_t)MAX_CACHED);
    if (keep)
        cached[nr_cached++] = stack;
    spin_unlock(&kstack_lock);
    if (!keep)
        destroy_stack(stack);
}

void
kstack_drain(void)
{
    void *stack;

    while ((stack = pop_cached()))
        destroy_stack(stack);
}
