/* SPDX-License-Identifier: MIT */
/*
 * vmalloc.c - the kernel's own virtual space.
 *
 * What: the vmalloc window has two parts.  Its first gigabyte is cut into
 * slots of 32 KB for kernel stacks; the rest holds areas of any size, backed
 * by single frames (vmalloc), so contiguous only for the kernel's eyes, or by
 * device registers (ioremap).
 *
 *     slot n                          slot n+1
 *     |--- guard 16 KB ---|== stack ==|--- guard ---|== stack ==|
 *                                   ^ first sp
 *
 * A stack is the upper half of its slot.  Running off its end gives a fault
 * instead of somebody else's data, and trap entry sees it from one bit of sp
 * (riscv/memlayout.h).
 *
 * How: a bitmap says which slots are taken; the lowest free one is used, so
 * that few page tables are needed.  A few freed stacks stay mapped for the
 * next fork.  The areas in use are on a list sorted by address; a new one goes
 * into the first gap that holds it and an unmapped guard page behind it.
 *
 * Translations are flushed lazily: unmapping leaves them in the TLBs, and
 * they are flushed on every hart before the address is mapped again and
 * handed out.  That one flush also drops a remembered "not mapped".
 *
 * Invariants
 *   I1  Areas ascend, do not overlap, and have a free page between them.
 *   I2  An address without an area or stack has no PTE; a TLB may still have
 *       one.
 *   I3  A slot's bit is set while its stack is mapped, cached stacks included;
 *       frames of stacks, and only they, count as NR_KERNEL_STACK.
 *
 * Locks: vmalloc_lock for the list, the bitmap and the cached stacks; not held
 * while memory is allocated or freed.  The PTEs of an area or stack belong to
 * its owner.
 *
 * Not done: a tree for the areas; there are a few dozen.  Big areas do not
 * use 2 MB leaves.
 *
 * See: doc/memory.md.
 */
#include "mm/vmalloc.h"

#include "core/lockdep.h"
#include "lib/bitmap.h"
#include "mm/kpgtable.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "riscv/tlb.h"

#define KSTACK_AREA_END (VMALLOC_START + (1UL << 30))
#define NR_SLOTS ((KSTACK_AREA_END - VMALLOC_START) / KERNEL_STACK_ALIGN)
enum { MAX_CACHED = 8 };

struct vmap_area {
    struct list_head list; /* (v) */
    vaddr_t start;         /* (c) */
    size_t size;           /* (c) whole pages, without the guard page */
};

static struct spinlock vmalloc_lock = SPINLOCK_INIT(RANK_VMALLOC, "vmalloc");
static LIST_HEAD(areas);
static BITMAP(slots, NR_SLOTS);
static void *cached[MAX_CACHED]; /* stacks */
static unsigned nr_cached;

/* Unmap [va, va + size) of the window and free its frames. */
static void
unmap_frames(vaddr_t va, size_t size, enum zone_stat stat)
{
    for (vaddr_t at = va; at < va + size; at += PAGE_SIZE) {
        pte_t old = pte_xchg(kpgtable_walk(at, 0), PTE_NONE);
        struct page *page = pfn_to_page(pte_pfn(old));

        ASSERT(pte_present(old)); /* was never mapped */
        zone_stat_add(page, stat, -1);
        free_pages(page, 0);
    }
}

/*
 * Back [va, va + size) with new frames, counted as stat.
 * => false: no memory, nothing is mapped; may sleep
 */
static bool
map_frames(vaddr_t va, size_t size, enum zone_stat stat)
{
    might_sleep();
    for (vaddr_t at = va; at < va + size; at += PAGE_SIZE) {
        pte_t *pte = kpgtable_walk(at, 0);
        struct page *page = pte ? alloc_page(GFP_KERNEL) : NULL;

        if (!page) {
            unmap_frames(va, at - va, stat);
            return false;
        }
        ASSERT(pte_none(pte_read(pte)));
        pte_set(pte, pte_make(page_to_pfn(page), PROT_KERNEL_RW));
        zone_stat_add(page, stat, 1);
    }
    flush_tlb_kernel(va, size);
    return true;
}

/* --- Areas -------------------------------------------------------------- */

/* A new area without PTEs, or NULL if there is no room. */
static struct vmap_area *
new_area(size_t size)
{
    struct vmap_area *area = kmalloc(sizeof(*area), GFP_KERNEL), *next;
    vaddr_t at = KSTACK_AREA_END;
    bool fits;

    if (!area)
        return NULL;
    area->size = size = ALIGN_UP(size, PAGE_SIZE);
    spin_lock(&vmalloc_lock);
    list_for_each_entry(next, &areas, list) {
        if (next->start - at > size)
            break;
        at = next->start + next->size + PAGE_SIZE;
    }
    fits = size > 0 && VMALLOC_END - at > size;
    if (fits) {
        area->start = at;
        list_add_tail(&area->list, &next->list); /* or at the end */
    }
    spin_unlock(&vmalloc_lock);
    if (fits)
        return area;
    kfree(area);
    return NULL;
}

/* => the area has no PTEs */
static void
delete_area(struct vmap_area *area)
{
    spin_lock(&vmalloc_lock);
    list_del(&area->list);
    spin_unlock(&vmalloc_lock);
    kfree(area);
}

void *
vmalloc(size_t size)
{
    struct vmap_area *area = new_area(size);

    if (!area)
        return NULL;
    if (map_frames(area->start, area->size, NR_VMALLOC))
        return (void *)area->start;
    delete_area(area);
    return NULL;
}

void
vfree(void *va)
{
    struct vmap_area *area;

    if (!va)
        return;
    spin_lock(&vmalloc_lock);
    list_for_each_entry(area, &areas, list)
        if (area->start == (vaddr_t)va)
            break;
    spin_unlock(&vmalloc_lock);
    ASSERT(&area->list != &areas); /* not from vmalloc, or freed twice */
    unmap_frames(area->start, area->size, NR_VMALLOC);
    delete_area(area);
}

void *
ioremap(paddr_t pa, size_t size)
{
    size_t offset = pa % PAGE_SIZE;
    struct vmap_area *area = size ? new_area(size + offset) : NULL;
    pte_t *pte;

    if (!area)
        return NULL;
    for (size_t at = 0; at < area->size; at += PAGE_SIZE) {
        pte = kpgtable_walk(area->start + at, 0);
        if (!pte)
            return NULL; /* at boot: what is mapped already stays */
        pte_set(pte, pte_make((pa + at) >> PAGE_SHIFT, PROT_KERNEL_RW));
    }
    flush_tlb_kernel(area->start, area->size);
    return (char *)area->start + offset;
}

/* --- Stacks ------------------------------------------------------------- */

static void *
pop_cached(void)
{
    void *stack = NULL;

    spin_lock(&vmalloc_lock);
    if (nr_cached > 0)
        stack = cached[--nr_cached];
    spin_unlock(&vmalloc_lock);
    return stack;
}

/* Unmap what is mapped of a stack, and give its slot back. */
static void
destroy_stack(void *stack, size_t mapped)
{
    unmap_frames((vaddr_t)stack, mapped, NR_KERNEL_STACK);
    spin_lock(&vmalloc_lock);
    bitmap_clear(slots, ((vaddr_t)stack - VMALLOC_START) / KERNEL_STACK_ALIGN);
    spin_unlock(&vmalloc_lock);
}

void *
kstack_alloc(void)
{
    void *stack = pop_cached();
    size_t slot;

    if (stack)
        return stack;
    spin_lock(&vmalloc_lock);
    slot = bitmap_next_zero(slots, NR_SLOTS, 0);
    if (slot < NR_SLOTS)
        bitmap_set(slots, slot);
    spin_unlock(&vmalloc_lock);
    if (slot == NR_SLOTS)
        return NULL;
    stack = (void *)(VMALLOC_START + (slot + 1) * KERNEL_STACK_ALIGN -
                     KERNEL_STACK_SIZE);
    if (map_frames((vaddr_t)stack, KERNEL_STACK_SIZE, NR_KERNEL_STACK))
        return stack;
    destroy_stack(stack, 0);
    return NULL;
}

void
kstack_free(void *stack)
{
    bool keep;

    DEBUG_ASSERT((vaddr_t)stack % KERNEL_STACK_ALIGN == KERNEL_STACK_SIZE);
    spin_lock(&vmalloc_lock);
    keep = nr_cached < MAX_CACHED;
    if (keep)
        cached[nr_cached++] = stack;
    spin_unlock(&vmalloc_lock);
    if (!keep)
        destroy_stack(stack, KERNEL_STACK_SIZE);
}

void
kstack_drain(void)
{
    void *stack;

    while ((stack = pop_cached()))
        destroy_stack(stack, KERNEL_STACK_SIZE);
}
