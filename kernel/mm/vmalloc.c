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
 * See: doc/memory.md.
 */
#include "mm/vmalloc.h"

#include "core/lockdep.h"
#include "mm/kpgtable.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "riscv/tlb.h"

struct vmap_area {
    struct list_head list; /* (a) */
    vaddr_t start;         /* (c) */
    size_t size;           /* (c) whole pages, without the guard page */
};

static LIST_HEAD(areas);
static struct spinlock area_lock = SPINLOCK_INIT(RANK_VMALLOC, "vmalloc");

/* A new area without PTEs, or NULL if there is no room. */
static struct vmap_area *
new_area(size_t size)
{
    struct vmap_area *area, *next;
    vaddr_t at = KSTACK_AREA_END;
    bool fits;

    if (size == 0 || size > VMALLOC_END - KSTACK_AREA_END)
        return NULL;
    area = kmalloc(sizeof(*area), GFP_KERNEL);
    if (!area)
        return NULL;
    area->size = ALIGN_UP(size, PAGE_SIZE);
    spin_lock(&area_lock);
    list_for_each_entry(next, &areas, list) {
        if (next->start - at > area->size)
            break;
        at = next->start + next->size + PAGE_SIZE;
    }
    fits = at < VMALLOC_END && VMALLOC_END - at > area->size;
    if (fits) {
        area->start = at;
        list_add_tail(&area->list, &next->list); /* or at the end */
    }
    spin_unlock(&area_lock);
    if (fits)
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

void
vunmap_frames(vaddr_t va, size_t size, enum zone_stat stat)
{
    for (vaddr_t at = va; at < va + size; at += PAGE_SIZE) {
        struct page *page = pfn_to_page(kunmap_page(at));

        zone_stat_add(page, stat, -1);
        free_pages(page, 0);
    }
}

bool
vmap_frames(vaddr_t va, size_t size, enum zone_stat stat)
{
    might_sleep();
    for (vaddr_t at = va; at < va + size; at += PAGE_SIZE) {
        struct page *page = alloc_page(GFP_KERNEL);

        if (page && kmap_page(at, page_to_phys(page)) == 0) {
            zone_stat_add(page, stat, 1);
            continue;
        }
        if (page)
            free_pages(page, 0);
        vunmap_frames(va, at - va, stat);
        return false;
    }
    flush_tlb_kernel(va, size);
    return true;
}

void *
vmalloc(size_t size)
{
    struct vmap_area *area = new_area(size);

    if (!area)
        return NULL;
    if (vmap_frames(area->start, area->size, NR_VMALLOC))
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
    spin_lock(&area_lock);
    list_for_each_entry(area, &areas, list)
        if (area->start == (vaddr_t)va)
            break;
    spin_unlock(&area_lock);
    ASSERT(&area->list != &areas); /* not from vmalloc, or freed twice */
    vunmap_frames(area->start, area->size, NR_VMALLOC);
    delete_area(area);
}

void *
ioremap(paddr_t pa, size_t size)
{
    size_t offset = pa % PAGE_SIZE;
    struct vmap_area *area = size ? new_area(size + offset) : NULL;

    if (!area)
        return NULL;
    for (size_t at = 0; at < area->size; at += PAGE_SIZE)
        if (kmap_page(area->start + at, pa - offset + at) != 0)
            return NULL; /* at boot: what is mapped already stays */
    flush_tlb_kernel(area->start, area->size);
    return (char *)area->start + offset;
}
