/* SPDX-License-Identifier: MIT */
/*
 * pte.h - Sv39 page-table entries.
 *
 *   63      54 53                   10 9 8 7 6 5 4 3 2 1 0
 *  +----------+-----------------------+---+-+-+-+-+-+-+-+-+
 *  | reserved |  page frame number    |sw |D|A|G|U|X|W|R|V|
 *  +----------+-----------------------+---+-+-+-+-+-+-+-+-+
 *
 * An entry with R, W and X clear points to the next table.  With V clear the
 * other 63 bits belong to the kernel (swap entries).  Levels count from the
 * leaves: 0 maps 4 KB, 1 maps 2 MB, 2 (the root) maps 1 GB an entry.
 *
 * I1  The hardware sets A and D at any moment, so an entry that may be valid
 *     changes only by pte_xchg, pte_cmpxchg, pte_and and pte_or.  pte_set is
 *     for entries that no walk can reach yet, or that are invalid.
 * I2  Kernel entries carry A and D from the start.
 */
#pragma once

#include "lib/macros.h"
#include "lib/types.h"

/* clang-format off */
enum {
    PTE_V = 1 << 0, PTE_R = 1 << 1, PTE_W = 1 << 2, PTE_X = 1 << 3,
    PTE_U = 1 << 4, PTE_G = 1 << 5, PTE_A = 1 << 6, PTE_D = 1 << 7,
    PTE_SOFT0 = 1 << 8, PTE_SOFT1 = 1 << 9, /* both free for vm/ */
    PTE_TABLE = PTE_V,

    /* whole sets of bits for kernel mappings */
    PROT_KERNEL_RO = PTE_V | PTE_R | PTE_G | PTE_A | PTE_D,
    PROT_KERNEL_RX = PROT_KERNEL_RO | PTE_X,
    PROT_KERNEL_RW = PROT_KERNEL_RO | PTE_W,

    PTE_PFN_SHIFT = 10, PTRS_PER_TABLE = 512, PT_LEVEL_BITS = 9,
    PT_ROOT_LEVEL = 2,
    KERNEL_ROOT_INDEX = PTRS_PER_TABLE / 2, /* upper half: the kernel's */
};
/* clang-format on */

/* Bytes that one entry of this level maps. */
#define PT_LEVEL_SHIFT(level) (PAGE_SHIFT + PT_LEVEL_BITS * (level))
#define PT_LEVEL_SIZE(level) (1UL << PT_LEVEL_SHIFT(level))

typedef struct {
    uint64_t val;
} pte_t;

#define PTE_NONE ((pte_t){0})

static inline unsigned
pte_index(vaddr_t va, unsigned level)
{
    return (va >> PT_LEVEL_SHIFT(level)) & (PTRS_PER_TABLE - 1);
}

static inline pte_t
pte_make(pfn_t pfn, uint64_t prot)
{
    return (pte_t){pfn << PTE_PFN_SHIFT | prot};
}

static inline pfn_t
pte_pfn(pte_t pte)
{
    return pte.val << 10 >> (10 + PTE_PFN_SHIFT);
}

static inline bool
pte_none(pte_t pte)
{
    return pte.val == 0;
}

/* pte_present(pte), ...: does the entry have (one of) these bits? */
#define PTE_TEST(name, bits)                                                   \
    static inline bool pte_##name(pte_t pte)                                   \
    {                                                                          \
        return pte.val & (bits);                                               \
    }

PTE_TEST(present, PTE_V)
PTE_TEST(write, PTE_W)
PTE_TEST(accessed, PTE_A)
PTE_TEST(dirty, PTE_D)

/* One look at an entry that others may change. */
#define pte_read(p) ((pte_t){READ_ONCE((p)->val)})
/* I1: the entry is invalid, or its table is not linked yet. */
#define pte_set(p, pte) WRITE_ONCE((p)->val, (pte).val)

/* => the old entry */
static inline pte_t
pte_xchg(pte_t *p, pte_t pte)
{
    return (pte_t){__atomic_exchange_n(&p->val, pte.val, __ATOMIC_ACQ_REL)};
}

/* Keep only the bits of mask. => the old entry */
static inline pte_t
pte_and(pte_t *p, uint64_t mask)
{
    return (pte_t){__atomic_fetch_and(&p->val, mask, __ATOMIC_ACQ_REL)};
}

/* => the old entry */
static inline pte_t
pte_or(pte_t *p, uint64_t bits)
{
    return (pte_t){__atomic_fetch_or(&p->val, bits, __ATOMIC_ACQ_REL)};
}

/* Replace old by pte. => false if the entry was not old */
static inline bool
pte_cmpxchg(pte_t *p, pte_t old, pte_t pte)
{
    return __atomic_compare_exchange_n(&p->val, &old.val, pte.val, false,
                                       __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}
