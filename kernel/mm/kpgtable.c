/* SPDX-License-Identifier: MIT */
/*
 * kpgtable.c - the kernel's half of every page table.
 *
 * What: builds the final map at boot: all RAM at a constant offset, each part
 * with the least rights; and maps single pages in the vmalloc window later.
 *
 *     RAM                            leaves        rights
 *     firmware (memblock nomap)      -             not mapped
 *     kernel text                    4 KB          R-X
 *     kernel rodata                  4 KB          R--
 *     the rest of those megabytes    4 KB          RW-
 *     the rest of that gigabyte      2 MB          RW-
 *     other gigabytes                1 GB          RW-
 *
 * How: each stretch of RAM with the same rights is covered by the largest
 * leaves that fit its alignment; the table above follows by itself.
 *
 * Every process has the kernel's half in its own root table.  The root entries
 * never change after boot, the vmalloc window's four included, so they are
 * copied when a root table is made and need no synchronisation.
 *
 * Invariants
 *   I1  No page is both writable and executable, and none is mapped twice
 *       (the vmalloc window maps pages of the direct map again, RW-).
 *   I2  Kernel leaves have A, D and G: the hardware never writes to them.
 *   I3  A table page of the kernel's half is never freed.
 *
 * Locks: none.  Tables are linked by compare-and-exchange; a leaf belongs to
 * whoever owns its address (vmalloc.c).
 *
 * See: RISC-V privileged architecture, "Sv39"; doc/boot.md.
 */
#include "mm/kpgtable.h"

#include "mm/memblock.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "riscv/mmu.h"

#define VMALLOC_ROOT_ENTRIES                                                   \
    ((VMALLOC_END - VMALLOC_START) / PT_LEVEL_SIZE(PT_ROOT_LEVEL))

static pte_t *root;

/* The table below *entry, made and linked if there is none.  => NULL: no memory */
static pte_t *
next_table(pte_t *entry)
{
    void *table;

    if (!pte_present(pte_read(entry))) {
        table = total_ram_pages() ? alloc_kpages(GFP_KERNEL | __GFP_ZERO, 0)
                                  : memblock_alloc(PAGE_SIZE, PAGE_SIZE);
        if (!table)
            return NULL;
        if (!pte_cmpxchg(entry, PTE_NONE,
                         pte_make(__pa(table) >> PAGE_SHIFT, PTE_TABLE)))
            kfree(table); /* somebody else was first */
    }
    return __va(pte_pfn(pte_read(entry)) << PAGE_SHIFT);
}

pte_t *
kpgtable_walk(vaddr_t va, unsigned level)
{
    pte_t *table = root;

    for (unsigned l = PT_ROOT_LEVEL; table && l > level; l--)
        table = next_table(&table[pte_index(va, l)]);
    return table ? &table[pte_index(va, level)] : NULL;
}

static void
map_ram(paddr_t at, paddr_t end)
{
    const struct {
        const char *end;
        uint64_t prot;
    } parts[] = {
        {_text_start, PROT_KERNEL_RW},   {_text_end, PROT_KERNEL_RX},
        {_rodata_start, PROT_KERNEL_RW}, {_rodata_end, PROT_KERNEL_RO},
        {__va(end), PROT_KERNEL_RW},
    };

    for (unsigned i = 0; at < end;) {
        paddr_t to = MIN(end, __pa(parts[i].end));
        vaddr_t va = (vaddr_t)__va(at);
        unsigned level = PT_ROOT_LEVEL;

        if (at >= to) {
            i++;
            continue;
        }
        while (!IS_ALIGNED(va, PT_LEVEL_SIZE(level)) ||
               to - at < PT_LEVEL_SIZE(level))
            level--;
        pte_set(kpgtable_walk(va, level),
                pte_make(at >> PAGE_SHIFT, parts[i].prot));
        at += PT_LEVEL_SIZE(level);
    }
}

void
kpgtable_init(void)
{
    /* Until the switch below, only these gigabytes can be touched. */
    memblock_limit =
        __pa(DIRECT_MAP_BASE) + ((paddr_t)BOOT_MAP_GIGABYTES << GIGABYTE_SHIFT);
    root = memblock_alloc(PAGE_SIZE, PAGE_SIZE);
    memblock_walk_gaps(&memblock_nomap, map_ram);
    for (unsigned i = 0; i < VMALLOC_ROOT_ENTRIES; i++)
        next_table(&root[pte_index(VMALLOC_START, PT_ROOT_LEVEL) + i]);
    mmu_install_kernel(__pa(root));
    memblock_limit = ram_end;
}

void
kpgtable_copy_root(pte_t *to)
{
    const unsigned first = pte_index(DIRECT_MAP_BASE, PT_ROOT_LEVEL);
    const unsigned last = pte_index((vaddr_t)__va(ram_end - 1), PT_ROOT_LEVEL);
    const unsigned vmalloc = pte_index(VMALLOC_START, PT_ROOT_LEVEL);

    for (unsigned i = first; i <= last; i++)
        to[i] = root[i];
    for (unsigned i = vmalloc; i < vmalloc + VMALLOC_ROOT_ENTRIES; i++)
        to[i] = root[i];
}
