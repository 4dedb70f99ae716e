/* SPDX-License-Identifier: MIT */
/*
 * fault.h - what the fault handlers share.  See fault.c.
 */
#pragma once

#include "mm/gfp.h"
#include "mm/vmevent.h"
#include "riscv/mmu.h"
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
    bool major; /* it took I/O */
};

/* The VMA that contains addr; see grow_stack_to(). */
static inline struct vm_area *
vma_for_fault(struct mm *mm, uint64_t addr)
{
    struct vm_area *vma = find_vma(mm, addr);

    return likely(vma && vma->vm_start <= addr) ? vma : grow_stack_to(mm, addr);
}

/* Before page gets an executable PTE: let all harts see its code. */
void sync_icache_page(struct page *page);

/*
 * The entry for a page that is being accessed now; may: PTE_W, PTE_D where the
 * page may be written, and is.
 */
static inline pte_t
fault_entry(const struct fault_ctx *c, struct page *page, uint64_t may)
{
    uint64_t prot = vm_prot(c->vma->vm_flags) & ~(uint64_t)PTE_W;

    if (prot & PTE_X)
        sync_icache_page(page);
    return pte_make(page_to_pfn(page), prot | PTE_A | may);
}

/* Is the entry still c->orig?  => page_table_lock held, if that shall last */
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

/*
 * What an errno means for who faults (-EAGAIN: all has changed, the access is
 * repeated), and the other way round (0: none).
 */
enum vm_fault fault_of(long err);
int fault_error(enum vm_fault r);

/* fault_file.c: the page is not there and the VMA has a mapping. */
enum vm_fault do_read_fault(struct fault_ctx *c);
enum vm_fault do_cow_fault(struct fault_ctx *c);
/* A write to a shared mapping: the page is not there, or has no W. */
enum vm_fault do_shared_fault(struct fault_ctx *c);

/*
 * fault_swap.c: the entry is a swap entry.
 * => VM_FAULT_SIGBUS if the area cannot be read
 */
enum vm_fault do_swap_page(struct fault_ctx *c);
