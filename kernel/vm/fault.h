/* SPDX-License-Identifier: MIT */
/*
 * fault.h - what the fault handlers share.  See fault.c.
 */
#pragma once

#include "mm/gfp.h"
#include "mm/vmevent.h"
#include "riscv/tlb.h"
#include "sched/task.h"
#include "vm/pgtable.h"
#include "vm/vma.h"

/* A fault being resolved. */
struct fault_ctx {
    struct mm *mm;
    struct vm_area *vma;
    vaddr_t addr; /* of the page */
    enum fault_access access;
    pte_t *pte; /* its entry, and what it was when we looked */
    pte_t orig;
};

/* The page of the VMA's file. */
static inline uint64_t
fault_index(const struct fault_ctx *c)
{
    return vma_index(c->vma, c->addr);
}

/* The VMA that contains addr; see grow_stack_to(). */
static inline struct vm_area *
vma_for_fault(struct mm *mm, uint64_t addr)
{
    struct vm_area *vma = find_vma(mm, addr);

    return likely(vma && vma->vm_start <= addr) ? vma : grow_stack_to(mm, addr);
}

/* Before page gets an executable PTE: let all harts see its code. */
void sync_icache_page(struct page *page);

/* The entry for a page that is being accessed now. */
static inline pte_t
fault_entry(const struct fault_ctx *c, struct page *page)
{
    uint64_t prot = vm_prot(c->vma->vm_flags) | PTE_A;

    if (prot & PTE_X)
        sync_icache_page(page);
    return pte_make(page_to_pfn(page), prot);
}

/* No time passed, from c->orig to now?  => page_table_lock held */
static inline bool
fault_unchanged(const struct fault_ctx *c)
{
    return pte_read(c->pte).val == c->orig.val;
}

/*
 * Give the task a page of its own, writable, in the place of what c->orig
 * says: a copy of `from`, or (NULL) zeroes.
 * => refs: `from` stays the caller's, so that no other page can look like it
 */
enum vm_fault make_private_page(struct fault_ctx *c, struct page *from);

static inline void
count_fault(bool major)
{
    if (major) {
        count_vm_event(PGMAJFAULT);
        current->maj_flt++;
    } else {
        current->min_flt++;
    }
}

/* What an errno means for who faults, and the other way round (0: none). */
enum vm_fault fault_of(long err);
int fault_error(enum vm_fault r);

/* fault_file.c: the page is not there and the VMA has a mapping. */
enum vm_fault do_read_fault(struct fault_ctx *c);
enum vm_fault do_cow_fault(struct fault_ctx *c);
/* A write to a shared mapping: the page is not there, or has no W. */
enum vm_fault do_shared_fault(struct fault_ctx *c);

/*
 * fault_swap.c: the entry is a swap entry.  gfp: for the page.
 * => VM_FAULT_SIGBUS if the area cannot be read
 */
enum vm_fault do_swap_page(struct fault_ctx *c, gfp_t gfp);
/* Bring back what addr has in a swap area, if anything.  For swapoff. */
enum vm_fault unswap_page(struct vm_area *vma, vaddr_t addr);
