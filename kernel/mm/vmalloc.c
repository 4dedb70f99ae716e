/* SPDX-License-Identifier: MIT */
/*
 * vmalloc.c - memory that is contiguous only for the kernel's eyes.
 *
 * What: ranges of the vmalloc window, backed by single frames (vmalloc) or
 * by device registers (ioremap).  kstack.c manages its own part of the window
 * and uses the mapping functions here.
 *
 * How: the areas in use are on a list sorted by address; a new one goes into
 * the first gap that holds it and an unmapped guard page behind it.
 *
 * Translations are flushed lazily: unmapping leaves them in the TLBs, and
 * they are flushed on every hart before the address is mapped again and
 * handed out.  That one flush also drops a remembered "not mapped".
 *
 * Invariants
 *   I1  Areas ascend, do not overlap, and have a free page between them.
 *   I2  An address without an area has no PTE; a TLB may still have one.
 *
 * Locks: area_lock for the list.  The PTEs of an area belong to its owner.
 *
 * Not done: a tree for the areas; there are a few dozen.  Big areas do not
 * use 2 MB leaves.
 *
 * See: doc/ch-slab, "vmalloc".
 */
#include "mm/vmalloc.h"

#include "core/lockdep.h"
#include "core/spinlock.h"
#include "lib/assert.h"
#include "mm/kpgtable.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "riscv/tlb.h"

struct vmap_area {
    struct list_head list; /* (a) */
    vaddr_t start;         /* (c) */
    size_t size;           /* (c) without the guard page */
};

static LIST_HEAD(areas);
static struct spinlock area_lock = SPINLOCK_INIT(RANK_VMALLOC, "vmalloc");

/* => area_lock held; the area has its size; false if no gap is large enough */
static bool
insert_area(struct vmap_area *area)
{
    struct vmap_area *next;
    vaddr_t at = KSTACK_AREA_END;

    list_for_each_entry(next, &areas, list) {
        if (next->start - at > area->size)
            break;
        at = next->start + next->size + PAGE_SIZE;
    }
    if (at >= VMALLOC_END || VMALLOC_END - at <= area->size)
        return false;
    area->start = at;
    list_add_tail(&area->list, &next->list); /* before next, or at the end */
    return true;
}

static struct vmap_area *
new_area(size_t size)
{
    struct vmap_area *area;
    bool found;

    if (size == 0 || size > VMALLOC_END - KSTACK_AREA_END)
        return NULL;
    area = kmalloc(sizeof(*area), GFP_KERNEL);
    if (!area)
        return NULL;
    area->size = ALIGN_UP(size, PAGE_SIZE);
    spin_lock(&area_lock);
    found = insert_area(area);
    spin_unlock(&area_lock);
    if (found)
        return area;
    kfree(area);
    return NULL;
}

/* => the area has no PTEs */
static void
delete_area(struct vmap_area *area)
{
    spin_lock(&area_lock);
    list_del(&area->list);
    spin_unlock(&area_lock);
    kfree(area);
}

static struct vmap_area *
find_area(vaddr_t start)
{
    struct vmap_area *area, *found = NULL;

    spin_lock(&area_lock);
    list_for_each_entry(area, &areas, list) {
        if (area->start == start) {
            found = area;
            break;
        }
    }
    spin_unlock(&area_lock);
    return found;
}

void
vunmap_frames(vaddr_t va, size_t size)
{
    for (vaddr_t at = va; at < va + size; at += PAGE_SIZE)
        free_pages(pfn_to_page(kunmap_page(at)), 0);
}

bool
vmap_frames(vaddr_t va, size_t size, bool zero)
{
    gfp_t gfp = zero ? GFP_KERNEL | __GFP_ZERO : GFP_KERNEL;

    might_sleep();
    for (vaddr_t at = va; at < va + size; at += PAGE_SIZE) {
        struct page *page = alloc_page(gfp);

        if (page && kmap_page(at, page_to_phys(page), PROT_KERNEL_RW) == 0)
            continue;
        if (page)
            free_pages(page, 0);
        vunmap_frames(va, at - va);
        return false;
    }
    flush_tlb_kernel(va, size);
    return true;
}

static void *
alloc(size_t size, bool zero)
{
    struct vmap_area *area = new_area(size);

    if (!area)
        return NULL;
    if (vmap_frames(area->start, area->size, zero))
        return (void *)area->start;
    delete_area(area);
    return NULL;
}

void *
vmalloc(size_t size)
{
    return alloc(size, false);
}

void *
vzalloc(size_t size)
{
    return alloc(size, true);
}

void
vfree(void *va)
{
    struct vmap_area *area;

    if (!va)
        return;
    area = find_area((vaddr_t)va);
    ASSERT(area); /* not from vmalloc, or freed twice */
    vunmap_frames(area->start, area->size);
    delete_area(area);
}

void *
ioremap(paddr_t pa, size_t size)
{
    size_t offset = pa % PAGE_SIZE;
    struct vmap_area *area = size ? new_area(size + offset) : NULL;

    if (!area)
        return NULL;
    for (size_t at = 0; at < area->size; at += PAGE_SIZE) {
        if (kmap_page(area->start + at, pa - offset + at, PROT_KERNEL_RW) == 0)
            continue;
        while (at > 0)
            kunmap_page(area->start + (at -= PAGE_SIZE));
        delete_area(area);
        return NULL;
    }
    flush_tlb_kernel(area->start, area->size);
    return (char *)area->start + offset;
}

uint64_t
vmalloc_used_bytes(void)
{
    struct vmap_area *area;
    uint64_t bytes = 0;

    spin_lock(&area_lock);
    list_for_each_entry(area, &areas, list)
        bytes += area->size;
    spin_unlock(&area_lock);
    return bytes;
}

struct page *
vmalloc_to_page(const void *va)
{
    const pte_t *pte = kernel_pte((vaddr_t)va);
    pfn_t pfn;

    if (!pte || (vaddr_t)va < VMALLOC_START || (vaddr_t)va >= VMALLOC_END)
        return NULL;
    pfn = pte_pfn(pte_read(pte));
    return pfn_valid(pfn) ? pfn_to_page(pfn) : NULL; /* not of a device */
}
