/* SPDX-License-Identifier: MIT */
/*
 * asid.c - handing out ASIDs, in generations, on each hart by itself.
 *
 * Translations in a TLB carry the ASID of their address space, so switching
 * between address spaces flushes nothing.  But there are fewer ASIDs than there
 * will ever be address spaces.  A hart hands them out in order; when they run
 * out a new generation begins on it: it flushes its whole TLB, and every
 * address space needs a new ASID there, in which the first is number 1 again.
 *
 *   hart 0   A: 1.1   B: 1.2   C: 1.3 | flush, D: 2.1   A: 2.2
 *   hart 1   E: 1.1   A: 1.2   E: 1.1
 *
 * A TLB is a hart's own, so what an ASID means may be that, too: an address
 * space has one for every hart, harts never agree about any, and there is no
 * lock.  And to make a hart forget an address space that it does not run, its
 * ASID there is taken away (mmu.c); that costs no flush.
 *
 * The pure part of mmu.c: it touches no register, and is tested on the host
 * against a model of TLBs.
 *
 * Invariants
 *   I1  In one generation of a hart an ASID belongs to one address space, and
 *       to that for one time: who lost it gets another.
 *   I2  A hart runs an ASID of its generation only after it has flushed since
 *       that began; so its TLB holds no older meaning of it.
 *
 * Locks: none.  What a hart hands out is its own, with interrupts off.  Its
 * entry of an address space is written by it, and cleared by any.
 *
 * Not done: one ASID for an address space on all harts (Linux's arm64), which
 * lets one remote fence name it; here that must name addresses, or flush all.
 * See: Linux, arch/mips, get_new_mmu_context().
 */
#include "riscv/mmu.h"

#include "lib/macros.h"

enum { ASID_FIRST = 1 }; /* 0 is the kernel's own address space */

static uint64_t nr_asids; /* (c) 0: do without */
static struct {
    uint64_t newest;              /* generation and number */
} __aligned(64) harts[MAX_HARTS]; /* a cache line for each */

void
asid_init(uint64_t nr)
{
    nr_asids = nr > ASID_FIRST ? nr : 0;
    for (unsigned i = 0; i < MAX_HARTS; i++)
        harts[i].newest = 1UL << ASID_BITS_MAX; /* a generation, no number */
}

uint64_t
asid_activate(asid_t *asid, uint64_t hart, bool *flush)
{
    uint64_t *newest = &harts[hart].newest, now = atomic_read(asid);

    *flush = nr_asids == 0;
    if (*flush)
        return 0;
    if ((now ^ *newest) >> ASID_BITS_MAX != 0) { /* of no generation: none */
        now = *newest + 1;
        *flush = ASID_NUMBER(now) == ASID_NUMBER(nr_asids);
        if (*flush)
            now =
                ((*newest >> ASID_BITS_MAX) + 1) << ASID_BITS_MAX | ASID_FIRST;
        *newest = now;
        atomic_set(asid, now);
    }
    return ASID_NUMBER(now);
}
