/* SPDX-License-Identifier: MIT */
/*
 * memory.c - what /proc tells of the machine's memory, in Linux's formats:
 * meminfo buddyinfo zoneinfo slabinfo vmstat.
 *
 * Nothing is kept for these files.  Each zone counts its free pages, the pages
 * on its LRU lists and what pages are used for (enum zone_stat); a file adds
 * the zones up, or shows one of them, when it is read.  So:
 *
 *   meminfo    MemTotal is what the buddy system got at boot.  The page cache
 *              is Buffers, the pages of block devices, and Cached, the pages of
 *              files.  Active and Inactive are the LRU lists: anonymous and
 *              file pages.  What MemAvailable adds to MemFree is an estimate.
 *   buddyinfo  free blocks of 1, 2, 4, ... pages, zone by zone
 *   zoneinfo   the same counters zone by zone, the watermarks that wake the
 *              reclaimer, the reserve that each zone keeps from requests which
 *              a higher zone could serve, the lists of each hart
 *   vmstat     all counters together, then what happened since boot
 *   slabinfo   objects and slabs of each cache
 *
 * The numbers of one file are read one after the other while they change, so
 * their sums are right only while nothing happens.
 *
 * After sync and drop_caches the counters show what is really in use, so two
 * readings of meminfo and slabinfo differ by what leaked between them.
 *
 * Locks: zone->lock for a zone's free lists; every other counter is one word.
 *
 * Not done: what Linux counts and we have not (huge pages, NUMA, cgroups) is
 * left out; programs take it for 0.
 */
#include "fs/procfs/proc.h"

#include "mm/slab_impl.h"
#include "vm/vma.h"
#include "vm/swap.h"

#define ZONE_FORMAT "\n      %-12s %lu"
#define VMSTAT_FORMAT "%s %lu\n"

static const char *const lru_names[NR_LRU_LISTS] = {
    "nr_inactive_anon", "nr_active_anon", "nr_inactive_file", "nr_active_file"};

/* As vmstat and zoneinfo call them; the others are in meminfo only. */
/* clang-format off */
static const char *const stat_names[NR_ZONE_STATS] = {
    [NR_ANON_PAGES] = "nr_anon_pages", [NR_FILE_MAPPED] = "nr_mapped",
    [NR_FILE_PAGES] = "nr_file_pages", /* there with the swap cache */
    [NR_FILE_DIRTY] = "nr_dirty", [NR_WRITEBACK] = "nr_writeback",
    [NR_SHMEM] = "nr_shmem", [NR_SWAPCACHE] = "nr_swapcached",
    [NR_SLAB_RECLAIMABLE] = "nr_slab_reclaimable",
    [NR_SLAB_UNRECLAIMABLE] = "nr_slab_unreclaimable",
    [NR_PAGETABLE] = "nr_page_table_pages",
    [NR_KERNEL_STACK] = "nr_kernel_stack", /* there in KB */
};
/* clang-format on */

#define count(stat) global_zone_stat(stat)

#define lru(list) zone_sum(nr_lru[list])

/*
 * Half of the page cache and of the reclaimable slabs counts at least, all
 * but a low watermark at best: some of it is in use and would come back.  What
 * user allocations cannot have, reserves and high watermarks, does not count.
 */
static uint64_t
available_pages(void)
{
    uint64_t slab = count(NR_SLAB_RECLAIMABLE);
    uint64_t cache = lru(LRU_ACTIVE_FILE) + lru(LRU_INACTIVE_FILE);
    uint64_t low = zone_sum(watermark[WMARK_LOW]), reserved = 0, sum;

    for_each_zone(zone)
        reserved +=
            MIN(zone->managed,
                zone->watermark[WMARK_HIGH] +
                    zone->lowmem_reserve[ZONE_NORMAL] /* the largest */);
    sum = global_free_pages() + cache - MIN(cache / 2, low) + slab -
          MIN(slab / 2, low);
    return sum - MIN(sum, reserved);
}

void
show_meminfo(struct seq *s)
{
    /* Two counters that are read one after the other may disagree: MIN. */
    uint64_t cache = count(NR_FILE_PAGES);
    uint64_t buffers = MIN(nr_buffer_pages(), cache),
             locked = atomic_read(&vm_locked);
    uint64_t reclaimable = count(NR_SLAB_RECLAIMABLE);
    uint64_t unreclaimable = count(NR_SLAB_UNRECLAIMABLE);
    /* clang-format off */
    const struct {
        const char *name;
        uint64_t pages;
    } v[] = {
        {"MemTotal:", total_ram_pages()}, {"MemFree:", global_free_pages()},
        {"MemAvailable:", available_pages()},
        {"Buffers:", buffers}, {"Cached:", cache - buffers},
        {"SwapCached:", count(NR_SWAPCACHE)},
        {"Active:", lru(LRU_ACTIVE_ANON) + lru(LRU_ACTIVE_FILE)},
        {"Inactive:", lru(LRU_INACTIVE_ANON) + lru(LRU_INACTIVE_FILE)},
        {"Active(anon):", lru(LRU_ACTIVE_ANON)},
        {"Inactive(anon):", lru(LRU_INACTIVE_ANON)},
        {"Active(file):", lru(LRU_ACTIVE_FILE)},
        {"Inactive(file):", lru(LRU_INACTIVE_FILE)},
        {"Unevictable:", locked}, {"Mlocked:", locked},
        {"SwapTotal:", total_swap_pages()}, {"SwapFree:", free_swap_pages()},
        {"Dirty:", count(NR_FILE_DIRTY)}, {"Writeback:", count(NR_WRITEBACK)},
        {"AnonPages:", count(NR_ANON_PAGES)},
        {"Mapped:", count(NR_FILE_MAPPED)}, {"Shmem:", count(NR_SHMEM)},
        {"KReclaimable:", reclaimable}, {"Slab:", reclaimable + unreclaimable},
        {"SReclaimable:", reclaimable}, {"SUnreclaim:", unreclaimable},
        {"KernelStack:", count(NR_KERNEL_STACK)},
        {"PageTables:", count(NR_PAGETABLE)},
        {"CommitLimit:", commit_limit()},
        {"Committed_AS:", (uint64_t)atomic_read(&vm_committed)},
        {"VmallocTotal:", (VMALLOC_END - VMALLOC_START) / PAGE_SIZE},
        {"VmallocUsed:", count(NR_VMALLOC)},
    };
    /* clang-format on */

    for (size_t i = 0; i < ARRAY_SIZE(v); i++)
        seq_printf(s, "%-16s%8lu kB\n", v[i].name, v[i].pages * KB_PER_PAGE);
}

/* --- Zones */

void
show_buddyinfo(struct seq *s)
{
    for_each_zone(z) {
        seq_printf(s, "Node 0, zone %8s ", z->name);
        spin_lock(&z->lock);
        for (unsigned i = 0; i <= MAX_ORDER; i++)
            seq_printf(s, "%6lu ", z->free_area[i].nr_free);
        spin_unlock(&z->lock);
        seq_printf(s, "\n");
    }
}

/* What vmstat and zoneinfo say of all zones together. */
static void
show_node_values(struct seq *s, const char *fmt)
{
    for (enum lru_list l = 0; l < NR_LRU_LISTS; l++)
        seq_printf(s, fmt, lru_names[l], lru(l));
    seq_printf(s, fmt, "nr_unevictable", atomic_read(&vm_locked));
    for (enum zone_stat i = 0; i < NR_ZONE_STATS; i++) {
        uint64_t value = count(i);

        if (i == NR_FILE_PAGES)
            value += count(NR_SWAPCACHE);
        if (i == NR_KERNEL_STACK)
            value *= KB_PER_PAGE;
        if (stat_names[i])
            seq_printf(s, fmt, stat_names[i], value);
    }
}

/* A record for every zone, even an empty one; the first tells of all, too. */
void
show_zoneinfo(struct seq *s)
{
    struct zone *z = &zones[s->cursor];
    uint64_t low = z->watermark[WMARK_LOW], high = z->watermark[WMARK_HIGH];
    uint64_t unused = atomic_read(&z->free_pages);

    seq_printf(s, "Node 0, zone %8s", z->name);
    if (s->cursor == 0) {
        seq_printf(s, "\n  per-node stats");
        show_node_values(s, ZONE_FORMAT);
    }
    seq_printf(s,
               "\n  pages free     %lu\n        boost    0"
               "\n        min      %lu\n        low      %lu"
               "\n        high     %lu\n        promo    %lu"
               "\n        spanned  %lu\n        present  %lu"
               "\n        managed  %lu\n        cma      0"
               "\n        protection: (",
               unused, z->watermark[WMARK_MIN], low, high, high + (high - low),
               z->end_pfn - z->start_pfn, z->present, z->managed);
    for (unsigned i = 0; i < NR_ZONES; i++)
        seq_printf(s, "%s%lu", i ? ", " : "", z->lowmem_reserve[i]);
    seq_printf(s, ")" ZONE_FORMAT, "nr_free_pages", unused);
    for (enum lru_list l = 0; l < NR_LRU_LISTS; l++)
        seq_printf(s, "\n      nr_zone_%s %lu", lru_names[l] + strlen("nr_"),
                   atomic_read(&z->nr_lru[l]));
    seq_printf(s, ZONE_FORMAT "\n  pagesets", "nr_zone_write_pending",
               atomic_read(&z->stat[NR_FILE_DIRTY]) +
                   atomic_read(&z->stat[NR_WRITEBACK]));
    for_each_cpu(i)
        seq_printf(s,
                   "\n    cpu: %u\n              count: %u"
                   "\n              high:  %u\n              batch: %u"
                   "\n  vm stats threshold: 0",
                   i, READ_ONCE(z->pcp[i].count),
                   z->pcp_batch * PCP_HIGH_BATCHES, z->pcp_batch);
    seq_printf(s, "\n  node_unreclaimable:  0\n  start_pfn:           %lu\n",
               z->start_pfn);
    s->more = ++s->cursor < NR_ZONES;
}

void
show_vmstat(struct seq *s)
{
    seq_printf(s, VMSTAT_FORMAT, "nr_free_pages", global_free_pages());
    show_node_values(s, VMSTAT_FORMAT);
    for (unsigned e = 0; e < NR_VM_EVENTS; e++) {
        for (const char *c = vm_event_names[e]; *c; c++)
            seq_printf(s, "%c", *c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
        seq_printf(s, " %lu\n", vm_event_sum(e));
    }
}

/* --- Slab caches */

void
show_slabinfo(struct seq *s)
{
    seq_printf(s, "slabinfo - version: 2.1\n# name            <active_objs> "
                  "<num_objs> <objsize> <objperslab> <pagesperslab> : "
                  "tunables <limit> <batchcount> <sharedfactor> : slabdata "
                  "<active_slabs> <num_slabs> <sharedavail>\n");
    for (struct kmem_cache *c = cache_chain; c; c = c->next)
        seq_printf(s,
                   "%-17s %6lu %6lu %6lu %4u %4u : tunables    0    0    0 : "
                   "slabdata %6lu %6lu      0\n",
                   c->name, kmem_cache_active(c), c->nr_slabs * c->per_slab,
                   c->slot_size, c->per_slab, 1u << c->order,
                   c->nr_slabs - c->nr_empty, c->nr_slabs);
}
