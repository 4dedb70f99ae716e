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
 * Interface: memblock_add, then memblock_trim once, then
 * memblock_alloc until mm_init() has walked the gaps of memblock_reserved.
 *
 * Invariants (checked by tests/host/test_memblock.c)
 *   I1  The ranges of a table ascend and neither overlap nor touch.
 *   I2  Ranges need not be whole pages: a page counts as RAM if all of it is,
 *       and as reserved if any of it is.
 *   I3  After memblock_trim one range of RAM is left: [ram_start, ram_end).
 *
 * Locks: none; the boot hart alone, before other harts run.
 *
 * Not done: freeing; more ranges than MAX_RANGES.  The device tree brings no
 * more than two lists of ranges, and what is allocated here lies side by side.
 *
 * See: doc/boot.md.
 */
#include "mm/memblock.h"

#include "core/machine.h"
#include "core/printk.h"
#include "lib/assert.h"
#include "lib/string.h"
#include "riscv/memlayout.h"

enum { MAX_RANGES = 3 * MACHINE_MAX_RANGES };
#define PHYS_LIMIT (1UL << 56) /* Sv39: 56-bit physical addresses */

struct range {
    paddr_t start, end;
};

struct range_table {
    unsigned nr;
    struct range range[MAX_RANGES];
};

struct range_table memblock_ram, memblock_reserved, memblock_nomap;
paddr_t ram_start, ram_end;
paddr_t memblock_limit = PHYS_LIMIT;

void
memblock_add(struct range_table *t, paddr_t base, uint64_t size)
{
    struct range r = {MIN(base, PHYS_LIMIT), PHYS_LIMIT}; /* no more counts */
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

static void
report_ignored(paddr_t start, paddr_t end, const char *why)
{
    if (start < end)
        pr_warn("RAM [mem 0x%016lx-0x%016lx] ignored: %s", start, end - 1, why);
}

void
memblock_trim(paddr_t kernel, paddr_t lowest, uint64_t max_size)
{
    ram_start = ram_end = 0;
    for (unsigned i = 0; i < memblock_ram.nr; i++) {
        const struct range *r = &memblock_ram.range[i];

        if (r->start <= kernel && kernel < r->end) {
            ram_start = ALIGN_UP(MAX(r->start, lowest), PAGE_SIZE);
            ram_end = ram_start + MIN(r->end - ram_start, max_size);
            ram_end = ALIGN_DOWN(ram_end, PAGE_SIZE);
            report_ignored(r->start, ram_start, "below the direct map");
            report_ignored(ram_end, r->end, "too much");
        } else {
            report_ignored(r->start, r->end, "apart from the kernel's");
        }
    }
    if (ram_end == 0)
        panic("memblock: no RAM at the kernel's address 0x%lx", kernel);
}

/* From the highest address that will do. */
void *
memblock_alloc(uint64_t size, uint64_t align)
{
    const struct range *reserved = memblock_reserved.range;
    paddr_t top = MIN(ram_end, memblock_limit);

    /* The gap below the i-th reserved range is [floor, top). */
    for (unsigned i = memblock_reserved.nr;; i--) {
        paddr_t floor = i ? MAX(ram_start, reserved[i - 1].end) : ram_start;

        if (top > floor && top - floor >= size &&
            ALIGN_DOWN(top - size, align) >= floor) {
            top = ALIGN_DOWN(top - size, align);
            memblock_add(&memblock_reserved, top, size);
            return memset(__va(top), 0, size);
        }
        if (i == 0)
            panic("memblock: out of memory (%lu bytes)", size);
        top = MIN(top, reserved[i - 1].start);
    }
}

void
memblock_walk_gaps(const struct range_table *t,
                   void (*fn)(paddr_t start, paddr_t end))
{
    paddr_t at = ram_start;

    for (unsigned i = 0; i < t->nr; i++) {
        paddr_t end = MIN(ram_end, ALIGN_DOWN(t->range[i].start, PAGE_SIZE));

        if (at < end)
            fn(at, end);
        at = MAX(at, ALIGN_UP(t->range[i].end, PAGE_SIZE));
    }
    if (at < ram_end)
        fn(at, ram_end);
}
