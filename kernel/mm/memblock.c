/* SPDX-License-Identifier: MIT */
/*
 * memblock.c - RAM before the buddy system exists.
 *
 * What: boot code tells which physical ranges are RAM and which of them are
 * in use (kernel image, device tree, firmware); early allocations carve more
 * off the top.  What nobody reserved goes to the buddy lists, once.
 *
 * How: three tables of ranges, each sorted by address and with ranges that
 * touch joined:
 *
 *     memory    |======================================|
 *     nomap     |=|                                        (firmware)
 *     reserved  |=| |=kernel=|              |==||=dtb==|
 *     free         ^          ^^^^^^^^^^^^^^    ^
 *
 * Adding a range swallows every range that it touches.  An allocation starts
 * at the top of RAM and steps below each reserved range in its way; from the
 * top, because low frames (ZONE_DMA) are scarcer.
 *
 * Interface: memblock_add, memblock_reserve*, then memblock_trim once, then
 * memblock_alloc until mem_init() has walked memblock_walk_free.
 *
 * Invariants (checked by tests/host/test_memblock.c)
 *   I1  The ranges of a table ascend and neither overlap nor touch.
 *   I2  Memory ranges are whole pages; reserved ones need not be, and count
 *       for every page that they touch.
 *   I3  After memblock_trim there is exactly one memory range.
 *
 * Locks: none; the boot hart alone, before other harts run.
 *
 * Not done: freeing; more ranges than MAX_RANGES: the device tree's reader
 * stops long before that, and what is allocated here lies side by side.
 *
 * See: doc/boot.md.
 */
#include "mm/memblock.h"

#include "core/panic.h"
#include "core/printk.h"
#include "lib/string.h"
#include "riscv/memlayout.h"

enum { MAX_RANGES = 64 };
#define PHYS_LIMIT (1UL << 56) /* Sv39: 56-bit physical addresses */

struct range {
    paddr_t start, end;
};

struct range_table {
    unsigned nr;
    struct range range[MAX_RANGES];
};

static struct range_table memory, reserved, nomap;
static paddr_t limit = PHYS_LIMIT; /* of allocations */

/* Make [base, base + size), as far as it can be addressed, part of t. */
static void
table_add(struct range_table *t, paddr_t base, uint64_t size)
{
    struct range r = {MIN(base, PHYS_LIMIT), PHYS_LIMIT};
    unsigned first = 0, last;

    r.end = r.start + MIN(size, PHYS_LIMIT - r.start);
    if (r.start == r.end)
        return;
    /* Ranges first..last-1 touch the new one and become part of it. */
    while (first < t->nr && t->range[first].end < r.start)
        first++;
    for (last = first; last < t->nr && t->range[last].start <= r.end; last++) {
        r.start = MIN(r.start, t->range[last].start);
        r.end = MAX(r.end, t->range[last].end);
    }
    ASSERT(first < last || t->nr < MAX_RANGES);
    memmove(&t->range[first + 1], &t->range[last],
            (t->nr - last) * sizeof(t->range[0]));
    t->range[first] = r;
    t->nr += first + 1 - last;
}

void
memblock_add(paddr_t base, uint64_t size)
{
    paddr_t start = ALIGN_UP(MIN(base, PHYS_LIMIT), PAGE_SIZE);
    paddr_t end = ALIGN_DOWN(base + MIN(size, UINT64_MAX - base), PAGE_SIZE);

    if (start < end)
        table_add(&memory, start, end - start);
}

void
memblock_reserve(paddr_t base, uint64_t size)
{
    table_add(&reserved, base, size);
}

void
memblock_reserve_nomap(paddr_t base, uint64_t size)
{
    table_add(&reserved, base, size);
    table_add(&nomap, base, size);
}

static void
report_ignored(paddr_t start, paddr_t end, const char *why)
{
    pr_warn("RAM [mem 0x%016lx-0x%016lx] ignored: %s", start, end - 1, why);
}

void
memblock_trim(paddr_t kernel, paddr_t lowest, uint64_t max_size)
{
    struct range keep = {0, 0};

    for (unsigned i = 0; i < memory.nr; i++) {
        const struct range *r = &memory.range[i];

        if (r->start <= kernel && kernel < r->end)
            keep = *r;
        else
            report_ignored(r->start, r->end, "apart from the kernel's");
    }
    if (keep.end == 0)
        panic("memblock: no RAM at the kernel's address 0x%lx", kernel);
    if (keep.start < lowest) {
        report_ignored(keep.start, lowest, "below the direct map");
        keep.start = lowest;
    }
    if (keep.end - keep.start > max_size) {
        report_ignored(keep.start + max_size, keep.end, "too much");
        keep.end = keep.start + max_size;
    }
    memory.nr = 1;
    memory.range[0] = keep;
}

/* The highest aligned address of size free bytes; 0 if there is none. */
static paddr_t
find_free(uint64_t size, uint64_t align)
{
    paddr_t start = memory.range[0].start;
    paddr_t top = MIN(memory.range[0].end, limit);

    /* The gap below the i-th reserved range is [floor, top). */
    for (unsigned i = reserved.nr;; i--) {
        paddr_t floor = i ? MAX(start, reserved.range[i - 1].end) : start;

        if (top > floor && top - floor >= size &&
            ALIGN_DOWN(top - size, align) >= floor)
            return ALIGN_DOWN(top - size, align);
        if (i == 0)
            return 0;
        top = MIN(top, reserved.range[i - 1].start);
    }
}

void
memblock_set_limit(paddr_t end)
{
    limit = end;
}

void *
memblock_alloc(uint64_t size, uint64_t align)
{
    paddr_t at = find_free(size, align);

    if (at == 0)
        panic("memblock: out of memory (%lu bytes)", size);
    memblock_reserve(at, size);
    return memset(__va(at), 0, size);
}

paddr_t
memblock_start(void)
{
    return memory.range[0].start;
}

paddr_t
memblock_end(void)
{
    return memory.range[0].end;
}

/* Call fn for the whole pages of RAM between the ranges of t. */
static void
walk_gaps(const struct range_table *t, memblock_fn *fn)
{
    paddr_t at = memblock_start(), end = memblock_end();

    for (unsigned i = 0; i < t->nr; i++) {
        if (at < MIN(end, t->range[i].start & PAGE_MASK))
            fn(at, MIN(end, t->range[i].start & PAGE_MASK));
        at = MAX(at, ALIGN_UP(t->range[i].end, PAGE_SIZE));
    }
    if (at < end)
        fn(at, end);
}

void
memblock_walk_free(memblock_fn *fn)
{
    walk_gaps(&reserved, fn);
}

void
memblock_walk_mapped(memblock_fn *fn)
{
    walk_gaps(&nomap, fn);
}
