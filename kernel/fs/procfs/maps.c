/* SPDX-License-Identifier: MIT */
/*
 * maps.c - what /proc tells of address spaces and of page frames, in Linux's
 * formats.
 *
 *   PID/maps          a line for each VMA
 *   PID/smaps         the same, and what its pages are
 *   PID/pagemap       a word for each page of the address space:
 *
 *        63      62     61     56                  54..0
 *     +-------+------+------+-----------+---+-------------------------+
 *     |present| swap | file | exclusive | 0 | pfn, or type|offset << 5|
 *     +-------+------+------+-----------+---+-------------------------+
 *
 *   kpageflags        a word for each frame: KPF_ bits
 *
 * smaps adds up what it finds in the page table, entry by entry.  Pss divides
 * a page by its mapcount, SwapPss a slot by the number of its holders.  All
 * sums are in 2^-12 bytes, so that what is rounded off does not show.
 *
 * The text goes to the reader's memory later (seq.c), so no lock is held then,
 * and between two records or pieces the address space may change.
 *
 * Locks: mmap_lock for reading, killable; page_table_lock for the entries of
 * one table, which keeps their pages and swap slots.  Frames are looked at
 * without a lock: a struct page is always there, what it says may be old.
 *
 * Not done: soft-dirty; a position that is not a multiple of 8 is no error.
 *
 * See: Linux, Documentation/admin-guide/mm/pagemap.rst.
 */
#include "fs/procfs/proc.h"

#include "vm/shmem.h"
#include "vm/vma.h"

enum { MAPS_NAME_COLUMN = 73, WORD = sizeof(uint64_t) };

/* --- maps */

/*
 * start-end, what it allows, offset, device, inode, name: all but the name in
 * columns of fixed width as far as they can be.
 */
static void
show_vma(struct seq *s, const struct vm_area *vma)
{
    bool is_shm = vma_is_anon_shmem(vma);
    const struct file *f = is_shm ? NULL : vma->vm_file;
    dev_t dev = f ? f->inode->sb->dev : makedev(0, is_shm);
    uint32_t flags = vma->vm_flags;
    const struct mm *mm = vma->vm_mm;
    const char *name = NULL;
    size_t mark = s->len;

    if (is_shm)
        name = "/dev/zero (deleted)";
    else if (vma->vm_start < mm->brk && vma->vm_end > mm->start_brk)
        name = "[heap]";
    else if (vma->vm_start <= mm->start_stack && vma->vm_end >= mm->start_stack)
        name = "[stack]";
    seq_printf(s, "%08lx-%08lx %c%c%c%c %08lx %02x:%02x %lu ", vma->vm_start,
               vma->vm_end, flags & VM_READ ? 'r' : '-',
               flags & VM_WRITE ? 'w' : '-', flags & VM_EXEC ? 'x' : '-',
               flags & VM_SHARED ? 's' : 'p',
               vma->vm_file ? vma->vm_pgoff << PAGE_SHIFT : 0, major(dev),
               minor(dev), f ? f->inode->ino : 0);
    if (f || name)
        seq_printf(s, "%*s%s", MAPS_NAME_COLUMN - (int)(s->len - mark), "",
                   f ? "" : name);
    if (f)
        seq_path(s, f->dentry, "\n");
    seq_printf(s, "\n");
}

/* --- smaps */

/* What is summed up, in the order of the file. */
/* clang-format off */
enum use {
    RSS, PSS, PSS_DIRTY, SHARED_CLEAN, SHARED_DIRTY, PRIVATE_CLEAN,
    PRIVATE_DIRTY, REFERENCED, ANONYMOUS, LAZY_FREE, SWAP, SWAP_PSS, LOCKED,
    NR_USES,
};
static const char *const use_names[NR_USES] = {
    "Rss:", "Pss:", "Pss_Dirty:", "Shared_Clean:", "Shared_Dirty:",
    "Private_Clean:", "Private_Dirty:", "Referenced:", "Anonymous:",
    "LazyFree:", "Swap:", "SwapPss:", "Locked:",
};
/* clang-format on */

enum { FRACTION_BITS = 12, KB_BITS = FRACTION_BITS + 10 };
#define WHOLE_PAGE (PAGE_SIZE << FRACTION_BITS)

/* Two letters for each bit of vm_flags. */
static const char vm_flag_names[] =
    "rdwrexshmrmwme--gd--pf----lo--srrrdc--lfacnr";

/*
 * What one page adds.  Dirty is what a PTE or the page says; MADV_FREE takes
 * the page out of what swap must save, until it is written again.
 */
static void
add_entry(uint64_t sum[NR_USES], pte_t pte, bool locked)
{
    struct page *page;
    uint64_t holders, share;
    bool dirty, anon;

    if (pte_swapped(pte)) {
        holders = swap_count(pte_to_swp_entry(pte));
        sum[SWAP] += WHOLE_PAGE;
        sum[SWAP_PSS] += WHOLE_PAGE / MAX(holders, (uint64_t)1);
        return;
    }
    if (!pte_mapped(pte) || pte_special(pte))
        return;
    page = pfn_to_page(pte_pfn(pte));
    holders = (uint64_t)MAX(atomic_read(&page->mapcount), 1);
    share = WHOLE_PAGE / holders;
    dirty = pte_dirty(pte) || page_test(page, PG_dirty);
    anon = page_test(page, PG_anon);
    sum[RSS] += WHOLE_PAGE;
    sum[PSS] += share;
    sum[PSS_DIRTY] += dirty ? share : 0;
    sum[(holders > 1 ? SHARED_CLEAN : PRIVATE_CLEAN) + dirty] += WHOLE_PAGE;
    if (pte_accessed(pte) || page_test(page, PG_referenced))
        sum[REFERENCED] += WHOLE_PAGE;
    if (anon)
        sum[ANONYMOUS] += WHOLE_PAGE;
    if (anon && !dirty && !page_test(page, PG_swapbacked))
        sum[LAZY_FREE] += WHOLE_PAGE;
    sum[LOCKED] += locked ? share : 0;
}

/* What the pages of an area are.  => mmap_lock held */
static void
show_details(struct seq *s, const struct vm_area *vma)
{
    uint64_t sum[NR_USES] = {0};
    vaddr_t a = vma->vm_start, stop;
    uint64_t index = vma->vm_pgoff;
    struct mm *mm = vma->vm_mm;
    bool is_shmem;
    void *item;
    pte_t *p;

    while ((p = pgtable_next(mm, &a, vma->vm_end, &stop))) {
        spin_lock(&mm->page_table_lock);
        for (; a < stop; a += PAGE_SIZE)
            add_entry(sum, pte_read(p++), vma->vm_flags & VM_LOCKED);
        spin_unlock(&mm->page_table_lock);
    }
    /* Shared memory is swapped out of its mapping; no PTE tells. */
    is_shmem = vma->mapping && mapping_is_shmem(vma->mapping) &&
               READ_ONCE(vma->mapping->nr_swapped);
    for (; is_shmem && (item = shmem_find_next(vma->mapping, &index)) &&
           index - vma->vm_pgoff < vma_pages(vma);
         index++) {
        p = pgtable_find(mm, vma->vm_start +
                                 ((index - vma->vm_pgoff) << PAGE_SHIFT));
        if (item_to_swp_entry(item).val && (!p || pte_none(pte_read(p))))
            sum[SWAP] += WHOLE_PAGE;
    }
    seq_printf(s,
               "Size:           %8lu kB\nKernelPageSize:        4 kB\n"
               "MMUPageSize:           4 kB\n",
               (vma->vm_end - vma->vm_start) / 1024);
    for (enum use i = 0; i < NR_USES; i++)
        seq_printf(s, "%-16s%8lu kB\n", use_names[i], sum[i] >> KB_BITS);
    seq_printf(s, "VmFlags: ");
    for (unsigned i = 0; vm_flag_names[2 * i]; i++)
        if (vma->vm_flags & BIT(i))
            seq_printf(s, "%.*s ", 2, vm_flag_names + 2 * i);
    seq_printf(s, "\n");
}

/* --- Both */

/* Show one area; the cursor is the address behind the last one shown. */
void
show_maps(struct seq *s)
{
    struct vm_area *vma;

    if (!s->mm || down_read_killable(&s->mm->mmap_lock))
        return; /* killed: nobody will miss it */
    vma = find_vma(s->mm, s->cursor);
    if (vma) {
        show_vma(s, vma);
        if (s->entry->details)
            show_details(s, vma);
        s->cursor = vma->vm_end;
        s->more = true;
    }
    up_read(&s->mm->mmap_lock);
}

/* --- Words: pagemap and kpageflags */

/* Word after word as far as there is room; the cursor is in bytes. */
static void
show_words(struct seq *s, uint64_t end, uint64_t (*word)(struct mm *, uint64_t))
{
    s->overflow = s->size - s->len < WORD;
    while (s->size - s->len >= WORD && s->cursor / WORD < end) {
        uint64_t value = word(s->mm, s->cursor / WORD);
        size_t skip = s->cursor % WORD;

        memcpy(s->buf + s->len, (const char *)&value + skip, WORD - skip);
        s->len += WORD - skip;
        s->cursor += WORD - skip;
    }
    s->more = s->cursor / WORD < end;
}

#define PM_PRESENT BIT(63)
#define PM_SWAP BIT(62)
#define PM_FILE BIT(61)
#define PM_EXCLUSIVE BIT(56)

/* Linux's names; the numbers are its interface. */
enum { KPF_BUDDY = 10, KPF_MMAP = 11, KPF_NOPAGE = 20, KPF_ZERO_PAGE = 24 };
enum { KPF_ANON = 12, KPF_PGTABLE = 26, KPF_RESERVED = 32 };

/* Our flag for each of its bits. */
/* clang-format off */
static const uint64_t kpf_flags[] = {
    BIT(PG_locked), BIT(PG_error), BIT(PG_referenced), BIT(PG_uptodate),
    BIT(PG_dirty), BIT(PG_lru), BIT(PG_active), BIT(PG_slab),
    BIT(PG_writeback), BIT(PG_reclaim),
    [KPF_ANON] = BIT(PG_anon), BIT(PG_swapcache), BIT(PG_swapbacked),
    [KPF_PGTABLE] = BIT(PG_table),
    [KPF_RESERVED] = BIT(PG_reserved),
};
/* clang-format on */

/* Where in memory things lie is for root to know. */
static uint64_t
pagemap_word(struct mm *mm, uint64_t index)
{
    pte_t *p = pgtable_find(mm, index << PAGE_SHIFT);
    pte_t pte = p ? pte_read(p) : PTE_NONE; /* no lock: one word */
    uint64_t word = PM_PRESENT, frame = pte_pfn(pte);

    if (pte_swapped(pte)) {
        word = PM_SWAP;
        frame = pte_to_swp_entry(pte).val; /* as Linux has it */
    } else if (!pte_mapped(pte)) {
        return 0;
    } else if (!pte_special(pte)) {
        struct page *page = pfn_to_page(frame);

        word |= page_test(page, PG_anon) ? 0 : PM_FILE;
        word |= atomic_read(&page->mapcount) == 1 ? PM_EXCLUSIVE : 0;
    }
    return word | (is_root(&current->cred) ? frame : 0);
}

void
show_pagemap(struct seq *s)
{
    if (!s->mm || down_read_killable(&s->mm->mmap_lock))
        return;
    show_words(s, USER_END >> PAGE_SHIFT, pagemap_word);
    up_read(&s->mm->mmap_lock);
}

static uint64_t
kpageflags_word(struct mm *mm __maybe_unused, uint64_t pfn)
{
    struct page *page = pfn_to_page(pfn), *first;
    uint64_t word = 0;

    if (!pfn_valid(pfn))
        return BIT(KPF_NOPAGE);
    for (size_t i = 0; i < ARRAY_SIZE(kpf_flags); i++)
        if (atomic_read(&page->flags) & kpf_flags[i])
            word |= BIT(i);
    /* Only the first frame of a free block is marked. */
    for (unsigned order = 0; order <= MAX_ORDER; order++) {
        pfn_t start = ALIGN_DOWN(pfn, 1UL << order);

        first = pfn_to_page(start);
        if (pfn_valid(start) && page_test(first, PG_buddy) &&
            first->private >= order)
            word |= BIT(KPF_BUDDY);
    }
    if (atomic_read(&page->mapcount) > 0)
        word |= BIT(KPF_MMAP);
    return pfn == zero_pfn ? word | BIT(KPF_ZERO_PAGE) : word;
}

void
show_kpageflags(struct seq *s)
{
    show_words(s, first_pfn + nr_pfns, kpageflags_word);
}
