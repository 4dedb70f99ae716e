/* SPDX-License-Identifier: MIT */
/* sources: riscv/asid.c */
/*
 * ASIDs, against a model of harts whose TLBs remember under each ASID the
 * address space that last ran with it there: what the hart finds in its TLB
 * when it runs an address space must be that one's.
 */
#include "host.h"

#include <pthread.h>

#include "lib/macros.h"
#include "riscv/asid.h"
#include "riscv/hart.h"

enum { MAX_MMS = 40, MAX_ASIDS = 64 };

struct mm {
    asid_t asid;
    uint64_t id; /* never comes back */
};

struct hart {
    uint64_t tlb[MAX_ASIDS];   /* id of the address space; 0: nothing */
    uint64_t generation;       /* of the last flush */
    _Atomic(struct mm *) runs; /* NULL: the kernel's address space */
    _Atomic uint64_t number;   /* the ASID it runs that with */
};

static struct mm mms[MAX_MMS];
static struct hart harts[MAX_HARTS];
static unsigned nr_harts_here;
static uint64_t nr_asids, last_id;

static void
start(unsigned nr, uint64_t asids)
{
    memset(mms, 0, sizeof(mms));
    memset(harts, 0, sizeof(harts));
    nr_harts_here = nr;
    nr_asids = asids;
    asid_init(asids, nr);
    for (unsigned i = 0; i < MAX_MMS; i++)
        mms[i].id = ++last_id;
}

static bool
is_running(const struct mm *mm)
{
    for (unsigned i = 0; i < nr_harts_here; i++)
        if (harts[i].runs == mm)
            return true;
    return false;
}

/* Hart h runs mm: what it does itself, and what must hold then. */
static void
run(unsigned h, struct mm *mm)
{
    struct hart *hart = &harts[h];
    bool flush;
    uint64_t number = asid_activate(&mm->asid, h, &flush);

    assert_in_range(number, 1, nr_asids - 1);
    if (flush)
        memset(hart->tlb, 0, sizeof(hart->tlb));
    if (hart->tlb[number] && hart->tlb[number] != mm->id)
        fail_msg("hart %u runs %lu with ASID %lu, its TLB has %lu's", h, mm->id,
                 number, hart->tlb[number]);
    hart->tlb[number] = mm->id;
    atomic_store(&hart->number, number);
    atomic_store(&hart->runs, mm);
    for (unsigned i = 0; i < nr_harts_here; i++) {
        struct mm *other = atomic_load(&harts[i].runs);
        uint64_t its = atomic_load(&harts[i].number);

        if (!other || atomic_load(&harts[i].runs) != other)
            continue;
        if ((other == mm) != (its == number))
            fail_msg("hart %u: %lu with ASID %lu; hart %u: %lu with %lu", h,
                     mm->id, number, i, other->id, its);
    }
}

/* One hart at a time: more can be said then. */
static void
check_generations(unsigned h, const struct mm *mm, uint64_t before)
{
    uint64_t generation = mm->asid >> ASID_BITS_MAX;

    assert_int_equal(ASID_NUMBER(mm->asid), harts[h].number);
    assert_true(mm->asid >= before);
    for (unsigned i = 0; i < MAX_MMS; i++)
        for (unsigned j = 0; j < i; j++)
            if (mms[i].asid && mms[i].asid == mms[j].asid)
                fail_msg("%lu and %lu share %lx", mms[i].id, mms[j].id,
                         (uint64_t)mms[i].asid);
    if (generation == harts[h].generation)
        return;
    /* It has flushed: nothing is left but what was put in just now. */
    for (uint64_t n = 0; n < nr_asids; n++)
        assert_int_equal(harts[h].tlb[n], n == harts[h].number ? mm->id : 0);
    harts[h].generation = generation;
}

static void
random_switches(unsigned times)
{
    for (unsigned n = 0; n < times; n++) {
        unsigned h = (unsigned)rnd_below(nr_harts_here);
        struct mm *mm = &mms[rnd_below(MAX_MMS)];
        uint64_t before = mm->asid;

        switch (rnd_below(8)) {
        case 0: /* it ends, and another begins in its memory */
            if (!is_running(mm))
                *mm = (struct mm){.id = ++last_id};
            break;
        case 1:
            harts[h].runs = NULL;
            break;
        default:
            if (rnd_below(3) == 0)
                mm = &mms[rnd_below(3)]; /* some run everywhere */
            before = mm->asid;
            run(h, mm);
            check_generations(h, mm, before);
        }
    }
}

static void
asid_random(void **state)
{
    (void)state;
    for (unsigned nr = 1; nr <= MAX_HARTS; nr++)
        for (uint64_t spare = 2; spare < 8; spare++) {
            start(nr, nr + spare);
            random_switches(scaled(4000));
        }
}

/* All harts but one never switch; generations pass on that one. */
static void
asid_keeps_what_runs(void **state)
{
    (void)state;
    start(4, 8);
    for (unsigned h = 1; h < 4; h++)
        run(h, &mms[h]);
    for (unsigned n = 0; n < 1000; n++) {
        *(&mms[4 + n % 30]) = (struct mm){.id = ++last_id};
        run(0, &mms[4 + n % 30]);
    }
    for (unsigned h = 1; h < 4; h++) {
        run(0, &mms[h]); /* with the ASID that it has over there */
        assert_int_equal(harts[0].number, harts[h].number);
    }
}

static void
asid_fewer_than_harts_need(void **state)
{
    asid_t asid = 0;
    bool flush = false;

    (void)state;
    for (uint64_t nr = 1; nr <= 5; nr++) {
        asid_init(nr, 4);
        assert_int_equal(asid_activate(&asid, 2, &flush), 0);
        assert_true(flush);
    }
    asid_init(6, 4);
    assert_int_equal(asid_activate(&asid, 2, &flush), 1);
    assert_false(flush);
}

/* --- harts that are threads ----------------------------------------------- */

static void *
hart_thread(void *arg)
{
    unsigned h = (unsigned)(uintptr_t)arg;
    uint64_t x = last_id + h;

    for (unsigned n = 0; n < scaled(20000); n++) {
        x = x * 6364136223846793005UL + 1442695040888963407UL;
        atomic_store(&harts[h].runs, NULL);
        run(h, &mms[(x >> 33) % (x >> 62 ? MAX_MMS : 3)]);
    }
    return NULL;
}

static void
asid_threads(void **state)
{
    pthread_t threads[4];

    (void)state;
    start(4, 4 + 3);
    for (uintptr_t h = 0; h < 4; h++)
        assert_int_equal(
            pthread_create(&threads[h], NULL, hart_thread, (void *)h), 0);
    for (unsigned h = 0; h < 4; h++)
        pthread_join(threads[h], NULL);
}

HOST_TESTS(HOST_TEST(asid_random), HOST_TEST(asid_keeps_what_runs),
           HOST_TEST(asid_fewer_than_harts_need), HOST_TEST(asid_threads))
