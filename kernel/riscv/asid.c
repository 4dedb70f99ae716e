/* SPDX-License-Identifier: MIT */
/*
 * asid.c - handing out ASIDs, in generations.
 *
 * Translations in a TLB carry the ASID of their address space, so switching
 * between address spaces flushes nothing.  But there are fewer ASIDs than there
 * will ever be address spaces.  They are handed out in order; when they run out
 * a new generation begins, in which every address space needs a new one, and
 * each hart flushes its whole TLB before it runs the first of that generation.
 *
 * What a hart runs at that moment must go on meanwhile, and on all harts that
 * run it with one ASID, since a flush of other harts names one.  So the ASIDs
 * in use are reserved: their address spaces keep them in the new generation,
 * and nobody else gets them until the next.
 *
 *   hart 0   A: 1.1   B: 1.2   C: 1.3   D: 2.1 (new generation, flush)
 *   hart 1   E: 1.4 ............................. E: 2.4 (kept, flush)
 *                   4 was reserved when generation 2 began
 *
 * The pure part of mmu.c: it touches no register, and is tested on the host
 * against a model of TLBs.
 *
 * Invariants
 *   I1  In one generation an ASID belongs to one address space.
 *   I2  Address spaces that run now on several harts have one ASID there.
 *   I3  A hart runs an ASID of the present generation only after it has
 *       flushed since that began; so its TLB holds no older meaning of it.
 *
 * Locks: asid_lock, a raw lock, innermost, taken with interrupts off.  The
 * usual case takes none: `active` of a hart changes from one address space of
 * this generation to another by compare-exchange, and a new generation takes
 * all of them away by exchange; so either that one sees what the hart runs
 * now, or the hart sees that it must look closer.
 *
 * See: Linux, arch/arm64/mm/context.c.
 */
#include "riscv/asid.h"

#include "lib/macros.h"
#include "lib/string.h"
#include "riscv/hart.h"

enum { ASID_FIRST = 1 }; /* 0 is the kernel's own address space */

static struct {
    asid_t active;     /* what it runs; 0 since a new generation has begun */
    uint64_t reserved; /* what it ran then; asid_lock */
    bool must_flush;   /* before it runs one of this generation; asid_lock */
} __aligned(64) harts[MAX_HARTS]; /* a cache line for each */

static unsigned nr_harts_used; /* (c) */
static uint64_t nr_asids;      /* (c) 0: do without */
static asid_t last;            /* the newest one; asid_lock to write */
static _Atomic uint32_t asid_lock;

void
asid_init(uint64_t nr, unsigned nr_of_harts)
{
    /* All harts may reserve one, and then somebody must still get one. */
    nr_asids = nr > nr_of_harts + ASID_FIRST ? nr : 0;
    nr_harts_used = nr_of_harts;
    memset(harts, 0, sizeof(harts));
    atomic_set(&last, 1UL << ASID_BITS_MAX);
}

static bool
same_generation(uint64_t a, uint64_t b)
{
    return (a ^ b) >> ASID_BITS_MAX == 0;
}

/* => the value before the first one of a new generation */
static uint64_t
begin_generation(void)
{
    uint64_t base = ((last >> ASID_BITS_MAX) + 1) << ASID_BITS_MAX;

    atomic_store(&last, base); /* before we look at what runs */
    for (unsigned i = 0; i < nr_harts_used; i++) {
        uint64_t running = atomic_exchange(&harts[i].active, 0);

        if (running)
            harts[i].reserved = running;
        harts[i].must_flush = true;
    }
    return base;
}

static bool
is_reserved(uint64_t ctx)
{
    for (unsigned i = 0; i < nr_harts_used; i++)
        if (ASID_NUMBER(harts[i].reserved) == ASID_NUMBER(ctx))
            return true;
    return false;
}

/* A value of the present generation for an older one.  => asid_lock held */
static uint64_t
renew(uint64_t old)
{
    uint64_t kept = (last & ~ASID_NUMBER(~0UL)) | ASID_NUMBER(old);
    bool reserved = false;

    for (unsigned i = 0; i < nr_harts_used; i++) {
        if (old && harts[i].reserved == old) {
            harts[i].reserved = kept;
            reserved = true;
        }
    }
    if (reserved)
        return kept;
    do {
        uint64_t next = last + 1;

        if (ASID_NUMBER(next) == ASID_NUMBER(nr_asids))
            next = begin_generation() + ASID_FIRST;
        atomic_store(&last, next);
    } while (is_reserved(last));
    return last;
}

uint64_t
asid_activate(asid_t *ctx, uint64_t hart, bool *flush)
{
    uint64_t now = atomic_read(ctx);
    uint64_t before = atomic_read(&harts[hart].active);

    *flush = false;
    if (before && same_generation(now, atomic_read(&last)) &&
        atomic_compare_exchange_weak(&harts[hart].active, &before, now))
        return ASID_NUMBER(now);
    if (nr_asids == 0) {
        *flush = true;
        return 0;
    }

    while (!raw_trylock(&asid_lock, 1))
        cpu_relax();
    now = atomic_read(ctx); /* another hart may have seen to it */
    if (!same_generation(now, last)) {
        now = renew(now);
        atomic_store(ctx, now);
    }
    *flush = harts[hart].must_flush;
    harts[hart].must_flush = false;
    atomic_store(&harts[hart].active, now);
    raw_unlock(&asid_lock);
    return ASID_NUMBER(now);
}
