/* SPDX-License-Identifier: MIT */
/* sources: riscv/asid.c */
/*
 * ASIDs, against a model of harts whose TLBs remember under each ASID whose
 * page table was read, and what they found: its version.  What a hart finds in
 * its TLB must be of the address space that it runs, and may not be older than
 * the last flush that has returned.
 */
#include "host.h"

#include <pthread.h>

#include "lib/macros.h"
#include "riscv/mmu.h"

enum { MAX_MMS = 40, MAX_ASIDS = 64 };

/* An address space, as each hart sees it. */
struct mm {
    asid_t asid[MAX_HARTS];
    _Atomic uint64_t version[MAX_HARTS], flushed[MAX_HARTS];
};

struct hart {
    uint64_t tlb[MAX_ASIDS]; /* 0: nothing */
    const struct mm *owner[MAX_ASIDS];
    uint64_t generation; /* of the last flush */
    uint64_t number;     /* the ASID it ran last */
    _Atomic(struct mm *) runs;
    _Atomic bool fenced; /* another one wants it to flush all */
};

static struct mm mms[MAX_MMS];
static struct hart harts[MAX_HARTS];
static uint64_t nr_asids;
static _Atomic uint64_t last_version;

/* The page table changes (or it is another mm now); flush it on hart h. */
static void
change(struct mm *mm, unsigned h)
{
    uint64_t version = ++last_version;

    atomic_store(&mm->version[h], version);
    atomic_store(&mm->asid[h], 0);
    if (atomic_load(&harts[h].runs) == mm)
        atomic_store(&harts[h].fenced, true);
    atomic_store(&mm->flushed[h], version);
}

static void
start(uint64_t asids)
{
    memset(harts, 0, sizeof(harts));
    nr_asids = asids;
    asid_init(asids);
    for (unsigned i = 0; i < MAX_MMS; i++)
        for (unsigned h = 0; h < MAX_HARTS; h++)
            change(&mms[i], h);
}

/* Hart h runs mm: what it does itself, and what must hold then. */
static void
run(unsigned h, struct mm *mm)
{
    struct hart *hart = &harts[h];
    uint64_t number, oldest;
    bool flush;

    atomic_store(&hart->runs, mm);
    oldest = mm->flushed[h];
    number = asid_activate(&mm->asid[h], h, &flush);
    assert_in_range(number, 1, nr_asids - 1);
    if (atomic_exchange(&hart->fenced, false) || flush)
        memset(hart->tlb, 0, sizeof(hart->tlb));
    if (hart->tlb[number] &&
        (hart->tlb[number] < oldest || hart->owner[number] != mm))
        fail_msg("hart %u: ASID %lu has version %lu, not %lu of %ld", h, number,
                 hart->tlb[number], oldest, mm - mms);
    hart->tlb[number] = mm->version[h];
    hart->owner[number] = mm;
    hart->number = number;
    atomic_store(&hart->runs, NULL);
}

/* One hart at a time: more can be said then. */
static void
check_generations(unsigned h, const struct mm *mm, uint64_t before)
{
    uint64_t generation = mm->asid[h] >> ASID_BITS_MAX;

    assert_int_equal(ASID_NUMBER(mm->asid[h]), harts[h].number);
    assert_int_equal(harts[h].tlb[harts[h].number], mm->version[h]);
    assert_true(mm->asid[h] >= before);
    for (unsigned i = 0; i < MAX_MMS; i++)
        if (&mms[i] != mm && mms[i].asid[h] == mm->asid[h])
            fail_msg("two share %lx", (uint64_t)mm->asid[h]);
    if (generation == harts[h].generation)
        return;
    /* It has flushed: nothing is left but what was put in just now. */
    for (uint64_t n = 0; n < nr_asids; n++)
        assert_int_equal(harts[h].tlb[n],
                         n == harts[h].number ? mm->version[h] : 0);
    harts[h].generation = generation;
}

static void
random_switches(unsigned times)
{
    for (unsigned n = 0; n < times; n++) {
        unsigned h = (unsigned)rnd_below(MAX_HARTS);
        struct mm *mm = &mms[rnd_below(rnd_below(3) ? MAX_MMS : 3)];
        uint64_t before = mm->asid[h], version = mm->version[h];

        if (rnd_below(8) == 0) {
            change(mm, h);
            continue;
        }
        run(h, mm);
        check_generations(h, mm, before);
        if (before >> ASID_BITS_MAX == harts[h].generation)
            assert_true(mm->asid[h] == before && mm->version[h] == version);
    }
}

static void
asid_random(void **state)
{
    (void)state;
    for (uint64_t nr = 2; nr < MAX_ASIDS; nr++) {
        start(nr);
        random_switches(scaled(4000));
    }
}

/* Generations pass on one hart; the others keep what they have. */
static void
asid_harts_go_alone(void **state)
{
    uint64_t kept;

    (void)state;
    start(8);
    run(1, &mms[0]);
    kept = mms[0].asid[1];
    for (unsigned n = 0; n < 1000; n++) {
        change(&mms[n % 30], 0);
        run(0, &mms[n % 30]);
    }
    assert_true(mms[9].asid[0] >> ASID_BITS_MAX > 100);
    run(1, &mms[0]);
    assert_true(mms[0].asid[1] == kept);
}

static void
asid_none(void **state)
{
    asid_t asid = 0;
    bool flush = false;

    (void)state;
    for (uint64_t nr = 0; nr <= 1; nr++) {
        asid_init(nr);
        assert_int_equal(asid_activate(&asid, 2, &flush), 0);
        assert_true(flush);
    }
    asid_init(2);
    assert_int_equal(asid_activate(&asid, 2, &flush), 1);
    assert_false(flush);
}

/* --- harts that are threads, and change each other's ---------------------- */

static void *
hart_thread(void *arg)
{
    unsigned h = (unsigned)(uintptr_t)arg;
    uint64_t x = last_version + h;

    for (unsigned n = 0; n < scaled(20000); n++) {
        x = x * 6364136223846793005UL + 1442695040888963407UL;
        run(h, &mms[(x >> 33) % (x >> 62 ? MAX_MMS : 3)]);
        if (x >> 60 == 0)
            change(&mms[(x >> 40) % MAX_MMS], (x >> 50) % 4);
    }
    return NULL;
}

static void
asid_threads(void **state)
{
    pthread_t threads[4];

    (void)state;
    start(7);
    for (uintptr_t h = 0; h < 4; h++)
        assert_int_equal(
            pthread_create(&threads[h], NULL, hart_thread, (void *)h), 0);
    for (unsigned h = 0; h < 4; h++)
        pthread_join(threads[h], NULL);
}

HOST_TESTS(HOST_TEST(asid_random), HOST_TEST(asid_harts_go_alone),
           HOST_TEST(asid_none), HOST_TEST(asid_threads))
