/* SPDX-License-Identifier: MIT */
/*
 * vmalloc.c - the kernel's own virtual space.
 *
 * What: memory that is contiguous only for the kernel's eyes, backed by single
 * frames (vmalloc) or by device registers (ioremap); and kernel stacks.
 *
 * How: the vmalloc window is cut into slots of 32 KB; a bitmap says which are
 * taken.  The lowest free ones are used, so that few page tables are needed.
 *
 *     |-- guard --|== stack ==|== vmalloc, ioremap ====|- guard -|-- guard --|=
 *     ^ slot n                ^ slot n+1     ^ slot n+2          ^ slot n+3
 *
 * A stack is the upper half of its slot.  Running off its end gives a fault
 * instead of somebody else's data, and trap entry sees it from one bit of sp
 * (riscv/memlayout.h).  Anything else begins with a slot and leaves at least
 * the last page of its last slot unmapped; so its size need not be kept.  A few
 * freed stacks stay mapped for the next fork.
 *
 * Translations are flushed lazily: unmapping leaves them in the TLBs, and
 * they are flushed on every hart before the address is mapped again and
 * handed out.  That one flush also drops a remembered "not mapped".
 *
 * Invariants
 *   I1  A slot's bit is set while a page of it is mapped, those of cached
 *       stacks included; a slot that is free has no PTE, though a TLB may
 *       still have one.
 *   I2  Frames of stacks, and only they, count as NR_KERNEL_STACK; those of
 *       vmalloc as NR_VMALLOC.
 *
 * Locks: vmalloc_lock for the bitmap; not held while memory is allocated or
 * freed.  Cached stacks come and go by atomic exchange.  The PTEs of a slot
 * belong to its owner.
 *
 * Not done: 2 MB leaves for what is large; a search for n slots that skips the
 * full part of the bitmap.
 *
 * See: doc/memory.md.
 */
#include "mm/vmalloc.h"

#include "core/lockdep.h"
#include "lib/bitmap.h"
#include "mm/kpgtable.h"
#include "mm/page_alloc.h"
#include "riscv/mmu.h"

#define SLOT_SIZE ((size_t)KERNEL_STACK_ALIGN)
#define NR_SLOTS ((VMALLOC_END - VMALLOC_START) / SLOT_SIZE)
enum { MAX_CACHED = 8 };

static struct spinlock vmalloc_lock = SPINLOCK_INIT(RANK_VMALLOC, "vmalloc");
static BITMAP(slots, NR_SLOTS);
static void *_Atomic cached[MAX_CACHED]; /* stacks, or NULL */

/* Take n slots in a row.  => their address; 0: there are none */
static vaddr_t
take_slots(size_t n)
{
    size_t first, end = 0;

    spin_lock(&vmalloc_lock);
    do {
        first = bitmap_next_zero(slots, NR_SLOTS, end);
        end = bitmap_next_set(slots, MIN(first + n, NR_SLOTS), first);
    } while (end - first < n && end < NR_SLOTS);
    for (size_t i = first; end - first == n && i < end; i++)
        bitmap_set(slots, i);
    spin_unlock(&vmalloc_lock);
    return end - first == n ? VMALLOC_START + first * SLOT_SIZE : 0;
}

static void
give_slots(vaddr_t va, size_t n)
{
    size_t first = (va - VMALLOC_START) / SLOT_SIZE;

    spin_lock(&vmalloc_lock);
    for (size_t i = first; i < first + n; i++)
        bitmap_clear(slots, i);
    spin_unlock(&vmalloc_lock);
}

/* Unmap and free the frames of [va, end) up to the first that is none.  => it */
static vaddr_t
unmap_frames(vaddr_t va, vaddr_t end, enum zone_stat stat)
{
    for (; va < end; va += PAGE_SIZE) {
        pte_t *pte = kpgtable_walk(va, 0);
        struct page *page;

        if (!pte || pte_none(pte_read(pte)))
            break;
        page = pfn_to_page(pte_pfn(pte_xchg(pte, PTE_NONE)));
        zone_stat_add(page, stat, -1);
        free_pages(page, 0);
    }
    return va;
}

/*
 * New slots with new frames, counted as stat, from this offset on.
 * => NULL: no memory or no room; may sleep
 */
static void *
map_frames(size_t nr_slots, size_t offset, size_t size, enum zone_stat stat)
{
    vaddr_t start = take_slots(nr_slots), va = start + offset;

    might_sleep();
    if (!start)
        return NULL;
    for (vaddr_t at = va; at < va + size; at += PAGE_SIZE) {
        pte_t *pte = kpgtable_walk(at, 0);
        struct page *page = pte ? alloc_page(GFP_KERNEL) : NULL;

        if (!page) {
            unmap_frames(va, at, stat);
            give_slots(start, nr_slots);
            return NULL;
        }
        ASSERT(pte_none(pte_read(pte)));
        pte_set(pte, pte_make(page_to_pfn(page), PROT_KERNEL_RW));
        zone_stat_add(page, stat, 1);
    }
    flush_tlb_kernel(va, size);
    return (void *)va;
}

void *
vmalloc(size_t size)
{
    size = ALIGN_UP(size, PAGE_SIZE);
    return size ? map_frames(size / SLOT_SIZE + 1, 0, size, NR_VMALLOC) : NULL;
}

void
vfree(void *p)
{
    vaddr_t va = (vaddr_t)p, end;

    if (!p)
        return;
    end = unmap_frames(va, VMALLOC_END, NR_VMALLOC);
    ASSERT(end > va); /* not from vmalloc, or freed twice */
    give_slots(va, (end - va) / SLOT_SIZE + 1);
}

void *
ioremap(paddr_t pa, size_t size)
{
    size_t offset = pa % PAGE_SIZE, end = ALIGN_UP(offset + size, PAGE_SIZE);
    /* Not for a range that goes round the address space. */
    vaddr_t va = size && end >= size ? take_slots(end / SLOT_SIZE + 1) : 0;

    for (size_t at = 0; va && at < end; at += PAGE_SIZE) {
        pte_t *pte = kpgtable_walk(va + at, 0);

        if (!pte)
            return NULL; /* at boot: what is mapped already stays */
        pte_set(pte, pte_make((pa + at) >> PAGE_SHIFT, PROT_KERNEL_RW));
    }
    flush_tlb_kernel(va, end);
    return va ? (char *)va + offset : NULL;
}

/* --- Stacks ------------------------------------------------------------- */

static void
destroy_stack(void *stack)
{
    vaddr_t va = (vaddr_t)stack;

    unmap_frames(va, va + KERNEL_STACK_SIZE, NR_KERNEL_STACK);
    give_slots(va, 1);
}

void *
kstack_alloc(void)
{
    void *stack = NULL;

    for (unsigned i = 0; i < MAX_CACHED && !stack; i++)
        stack = atomic_exchange(&cached[i], NULL);
    return stack
               ?: map_frames(1, SLOT_SIZE - KERNEL_STACK_SIZE,
                             KERNEL_STACK_SIZE, NR_KERNEL_STACK);
}

void
kstack_free(void *stack)
{
    DEBUG_ASSERT((vaddr_t)stack % KERNEL_STACK_ALIGN == KERNEL_STACK_SIZE);
    /* Each takes the place of the one before, until one finds a free place. */
    for (unsigned i = 0; i < MAX_CACHED && stack; i++)
        stack = atomic_exchange(&cached[i], stack);
    if (stack)
        destroy_stack(stack);
}

void
kstack_drain(void)
{
    for (unsigned i = 0; i < MAX_CACHED; i++) {
        void *stack = atomic_exchange(&cached[i], NULL);

        if (stack)
            destroy_stack(stack);
    }
}
