/* SPDX-License-Identifier: MIT */
/*
 * fault.c - page faults: how every user page arrives.
 *
 *   handle_user_fault     lock, find the VMA (grow the stack), account
 *     handle_mm_fault     may it?  walk to the PTE; what is there?
 *
 *        PTE            access      VMA         handler
 *        -------------  ----------  ----------  -----------------------------
 *        none           read        anonymous   do_anonymous_page: zero page
 *        none           read        device      do_anonymous_page: its frame
 *        none           write       anonymous   do_anonymous_page: new frame
 *        none           read, exec  file        do_read_fault      (fault_
 *        none           write       private     do_cow_fault        file.c)
 *        swap entry     any         any         do_swap_page (fault_swap.c)
 *        none, no W     write       shared      do_shared_fault     (there too)
 *        present, no W  write       private     do_wp_page: reuse or copy
 *        present        any         any         mend_pte: set A, D; spurious
 *
 * The PTE is looked at without a lock; what the handler needs, it gets (and
 * may sleep for) without a lock; then under page_table_lock the PTE must still
 * be what it was.  If not, another thread was faster: the access is repeated
 * and faults again if it has to.
 *
 * Installing an entry where there was none flushes nothing.  A hart that
 * remembers the absence faults once more, finds a valid entry, and mend_pte
 * flushes: a spurious fault is cheaper than a flush a fault.
 *
 * Locks: mmap_lock for reading, also while waiting for the disk (killable);
 * page_table_lock; never an inode lock.
 *
 * Rare handlers are kept out of line, so that the common ones save few
 * registers.
 *
 * Not done: page faults that let go of mmap_lock while they wait.
 *
 * See: privileged architecture, 4.3.2 (A and D bits) and 4.2.1 (sfence.vma).
 */
#include "vm/fault.h"

#include "vm/reclaim.h"
#include "vm/swap.h"

void
sync_icache_page(struct page *page)
{
    if (page_test(page, PG_icache))
        return;
    fence_i_all();
    page_set(page, PG_icache);
}

/*
 * The entry allows the access.  Either the hardware leaves A and D to us: set
 * them; or the hart remembered less than the table says now: a spurious
 * fault.  What it remembered may then have been a missing upper level, which
 * only a flush of everything makes it forget.
 * => flushes this hart only: others find out by spurious faults of their own
 */
static __noinline enum vm_fault
mend_pte(struct fault_ctx *c)
{
    uint64_t bits = c->access == FAULT_WRITE ? PTE_A | PTE_D : PTE_A;
    bool spurious = (c->orig.val & bits) == bits;

    spin_lock(&c->mm->page_table_lock);
    if (fault_unchanged(c))
        pte_or(c->pte, bits);
    spin_unlock(&c->mm->page_table_lock);
    if (spurious)
        local_flush_tlb_all();
    else
        local_flush_tlb_page(c->addr);
    return VM_FAULT_DONE;
}

enum vm_fault
make_private_page(struct fault_ctx *c, struct page *from)
{
    struct page *page, *old = NULL;
    pte_t entry;

    if (unlikely(!c->vma->anon_vma) && anon_vma_prepare(c->vma))
        return VM_FAULT_OOM;
    page = alloc_page(from ? GFP_USER_MOVABLE : GFP_USER_MOVABLE | __GFP_ZERO);
    if (!page)
        return VM_FAULT_OOM;
    if (from)
        copy_frame(page, from);
    entry = fault_entry(c, page, PTE_W | PTE_D);
    spin_lock(&c->mm->page_table_lock);
    if (unlikely(!fault_unchanged(c))) {
        spin_unlock(&c->mm->page_table_lock);
        put_page(page);
        return VM_FAULT_DONE;
    }
    if (unlikely(pte_mapped(c->orig))) {
        /* No two threads may ever see two pages here: take, flush, give. */
        pte_xchg(c->pte, PTE_NONE);
        mmu_flush_range(&c->mm->mmu, c->addr, c->addr + PAGE_SIZE);
        if (!pte_special(c->orig)) {
            old = pfn_to_page(pte_pfn(c->orig));
            atomic_dec(&c->mm->rss[page_counter(old)]);
            page_remove_rmap(old);
        }
    }
    page_add_new_anon_rmap(page, c->vma, c->addr);
    lru_add(page); /* now: behind the lock its only reference may go */
    /* With release: who sees the entry, on any hart, sees what is in the page. */
    pte_xchg(c->pte, entry);
    spin_unlock(&c->mm->page_table_lock);
    atomic_inc(&c->mm->rss[MM_ANONPAGES]);
    if (old)
        put_page(old);
    return VM_FAULT_DONE;
}

/*
 * First touch of anonymous memory: reading costs no frame, writing one.  A
 * device's memory is never writable; vm_pgoff says where it is.
 */
static enum vm_fault
do_anonymous_page(struct fault_ctx *c)
{
    bool device = c->vma->vm_flags & VM_PFNMAP;
    uint64_t prot = vm_prot(c->vma->vm_flags) | PTE_A | PTE_SPECIAL;

    if (c->access == FAULT_WRITE)
        return make_private_page(c, NULL);
    spin_lock(&c->mm->page_table_lock);
    if (fault_unchanged(c))
        pte_set(c->pte, pte_make(device ? vma_index(c->vma, c->addr) : zero_pfn,
                                 prot & ~(uint64_t)PTE_W));
    spin_unlock(&c->mm->page_table_lock);
    return VM_FAULT_DONE;
}

/*
 * Are we the only user of an anonymous page?  Nobody can become another one
 * meanwhile: fork needs mmap_lock for writing, which we hold for reading, and
 * no PTE has its swap entry.  Whoever has it, or is just turning it into a
 * mapping under the page lock, keeps the page in the swap cache, which has a
 * reference.
 * => page_table_lock held
 */
static bool
can_reuse(struct page *page)
{
    if (!page_test(page, PG_anon) || atomic_read(&page->mapcount) != 1)
        return false;
    if (page_test(page, PG_swapcache) && trylock_page(page)) {
        try_to_free_swap(page);
        unlock_page(page);
    }
    return atomic_read(&page->refcount) == 1;
}

/*
 * Write to a page that is present without W, in a private VMA that may be
 * written: take the frame over if nobody shares it, else copy.
 */
static __noinline enum vm_fault
do_wp_page(struct fault_ctx *c)
{
    struct page *old = pfn_to_page(pte_pfn(c->orig));
    enum vm_fault r;

    if (pte_special(c->orig)) /* the zero page */
        return make_private_page(c, NULL);
    spin_lock(&c->mm->page_table_lock);
    if (!fault_unchanged(c)) {
        spin_unlock(&c->mm->page_table_lock);
        return VM_FAULT_DONE;
    }
    if (can_reuse(old)) {
        /* What it was shared with is gone: fewer VMAs to look at. */
        old->anon_vma = c->vma->anon_vma;
        pte_or(c->pte, PTE_W | PTE_A | PTE_D);
        spin_unlock(&c->mm->page_table_lock);
        count_vm_event(PGREUSE);
        local_flush_tlb_page(c->addr); /* it remembers: no W */
        return VM_FAULT_DONE;
    }
    get_page(old); /* reclaim may unmap it while we copy */
    spin_unlock(&c->mm->page_table_lock);
    r = make_private_page(c, old);
    put_page(old);
    return r;
}

/* Any of these in vm_flags; what can be written can be read on RISC-V. */
static const uint8_t access_needs[] = {
    [FAULT_READ] = VM_READ | VM_WRITE,
    [FAULT_WRITE] = VM_WRITE,
    [FAULT_EXEC] = VM_EXEC,
    [FAULT_UNSWAP] = VM_MAYREAD,
};

/* The table of the file's header. */
enum vm_fault
handle_mm_fault(struct vm_area *vma, uint64_t addr, enum fault_access access)
{
    bool write = access == FAULT_WRITE;
    struct fault_ctx c;
    enum vm_fault r;

    if (!(vma->vm_flags & access_needs[access]))
        return VM_FAULT_SIGSEGV_ACCERR;
    c.mm = vma->vm_mm;
    c.vma = vma;
    c.addr = addr & PAGE_MASK;
    c.access = access;
    c.major = false;
    c.pte = pgtable_find(c.mm, addr);
    if (unlikely(!c.pte)) {
        c.pte = pgtable_alloc(c.mm, addr);
        if (!c.pte)
            return VM_FAULT_OOM;
    }
    c.orig = pte_read(c.pte);
    smp_rmb(); /* `unstable` is older than what was reaped: oom.c, I3 */
    if (pte_swapped(c.orig))
        r = do_swap_page(&c);
    else if (access == FAULT_UNSWAP)
        r = VM_FAULT_DONE; /* it has just come back, or gone */
    else if (unlikely(READ_ONCE(c.mm->unstable)))
        r = VM_FAULT_KILLED; /* what is missing may have been reaped */
    else if (pte_none(c.orig) && !vma->mapping)
        r = do_anonymous_page(&c);
    else if (pte_none(c.orig) && !write)
        r = do_read_fault(&c);
    else if (!write || pte_write(c.orig))
        r = mend_pte(&c);
    else if (vma->vm_flags & VM_SHARED)
        r = do_shared_fault(&c);
    else if (pte_none(c.orig))
        r = do_cow_fault(&c);
    else
        r = do_wp_page(&c);
    if (unlikely(c.major)) {
        count_vm_event(PGMAJFAULT);
        current->used.maj_flt++;
    } else {
        current->used.min_flt++;
    }
    return r;
}

enum vm_fault
handle_user_fault(struct mm *mm, uint64_t addr, enum fault_access access)
{
    struct vm_area *vma;
    enum vm_fault r;

    count_vm_event(PGFAULT);
    if (down_read_killable(&mm->mmap_lock))
        return VM_FAULT_KILLED;
    vma = vma_for_fault(mm, addr);
    r = vma ? handle_mm_fault(vma, addr, access) : VM_FAULT_SIGSEGV_MAPERR;
    up_read(&mm->mmap_lock);
    return r;
}
