/* SPDX-License-Identifier: MIT */
/*
 * memory.c - what /proc tells of the machine's memory, in Linux's formats:
 * meminfo buddyinfo zoneinfo slabinfo vmstat; and our own ledger.
 *
 * A name that Linux has and this kernel has nothing for shows 0.
 *
 * The ledger is for tests: after sync and drop_caches it lists what is left
 * by kind, so that two readings differ by what leaked between them.
 */
#include "fs/procfs/proc.h"

#include "block/blkdev.h"
#include "lib/string.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "sched/task.h"
#include "vm/cache_internal.h"
#include "vm/limits.h"

enum { KB_PER_PAGE = PAGE_SIZE / 1024 };

/* --- Counters by name: of a zone, or of all */

/* clang-format off */
enum item_kind {
    ZERO, FREE, LRU, LRU_BOTH, STAT, PENDING, SLABS, STACK_KB, /* a zone's */
    TOTAL, AVAILABLE, BUFFERS, CACHED, COMMIT_LIMIT, COMMITTED,
    VM_TOTAL, VM_USED,
};
/* clang-format on */

struct item {
    const char *name;
    uint8_t kind;  /* enum item_kind */
    uint8_t which; /* of enum lru_list or enum zone_stat */
};

/* clang-format off */
static const struct item zone_items[] = {
    {"nr_free_pages", FREE, 0},
    {"nr_zone_inactive_anon", LRU, LRU_INACTIVE_ANON},
    {"nr_zone_active_anon", LRU, LRU_ACTIVE_ANON},
    {"nr_zone_inactive_file", LRU, LRU_INACTIVE_FILE},
    {"nr_zone_active_file", LRU, LRU_ACTIVE_FILE},
    {"nr_zone_unevictable", LRU, LRU_UNEVICTABLE},
    {"nr_zone_write_pending", PENDING, 0}, {"nr_mlock", ZERO, 0},
    {"nr_bounce", ZERO, 0}, {"nr_zspages", ZERO, 0}, {"nr_free_cma", ZERO, 0},
    {"numa_hit", ZERO, 0}, {"numa_miss", ZERO, 0}, {"numa_foreign", ZERO, 0},
    {"numa_interleave", ZERO, 0}, {"numa_local", ZERO, 0},
    {"numa_other", ZERO, 0},
};

static const struct item node_items[] = {
    {"nr_inactive_anon", LRU, LRU_INACTIVE_ANON},
    {"nr_active_anon", LRU, LRU_ACTIVE_ANON},
    {"nr_inactive_file", LRU, LRU_INACTIVE_FILE},
    {"nr_active_file", LRU, LRU_ACTIVE_FILE},
    {"nr_unevictable", LRU, LRU_UNEVICTABLE},
    {"nr_slab_reclaimable", STAT, NR_SLAB_RECLAIMABLE},
    {"nr_slab_unreclaimable", STAT, NR_SLAB_UNRECLAIMABLE},
    {"nr_isolated_anon", ZERO, 0}, {"nr_isolated_file", ZERO, 0},
    {"workingset_nodes", ZERO, 0}, {"workingset_refault_anon", ZERO, 0},
    {"workingset_refault_file", ZERO, 0},
    {"workingset_activate_anon", ZERO, 0},
    {"workingset_activate_file", ZERO, 0},
    {"workingset_restore_anon", ZERO, 0}, {"workingset_restore_file", ZERO, 0},
    {"workingset_nodereclaim", ZERO, 0},
    {"nr_anon_pages", STAT, NR_ANON_PAGES},
    {"nr_mapped", STAT, NR_FILE_MAPPED},
    {"nr_file_pages", STAT, NR_FILE_PAGES}, {"nr_dirty", STAT, NR_FILE_DIRTY},
    {"nr_writeback", STAT, NR_WRITEBACK}, {"nr_writeback_temp", ZERO, 0},
    {"nr_shmem", STAT, NR_SHMEM}, {"nr_shmem_hugepages", ZERO, 0},
    {"nr_shmem_pmdmapped", ZERO, 0}, {"nr_file_hugepages", ZERO, 0},
    {"nr_file_pmdmapped", ZERO, 0}, {"nr_anon_transparent_hugepages", ZERO, 0},
    {"nr_vmscan_write", ZERO, 0}, {"nr_vmscan_immediate_reclaim", ZERO, 0},
    {"nr_dirtied", ZERO, 0}, {"nr_written", ZERO, 0},
    {"nr_throttled_written", ZERO, 0}, {"nr_kernel_misc_reclaimable", ZERO, 0},
    {"nr_foll_pin_acquired", ZERO, 0}, {"nr_foll_pin_released", ZERO, 0},
    {"nr_kernel_stack", STACK_KB, 0},
    {"nr_page_table_pages", STAT, NR_PAGETABLE},
    {"nr_sec_page_table_pages", ZERO, 0}, {"nr_iommu_pages", ZERO, 0},
    {"nr_swapcached", STAT, NR_SWAPCACHE}, {"pgpromote_success", ZERO, 0},
    {"pgpromote_candidate", ZERO, 0}, {"pgdemote_kswapd", ZERO, 0},
    {"pgdemote_direct", ZERO, 0}, {"pgdemote_khugepaged", ZERO, 0},
};
/* clang-format on */

static uint64_t
stat_of(struct zone *z, enum zone_stat s)
{
    int64_t n = atomic_read(&z->stat[s]);

    return n > 0 ? (uint64_t)n : 0;
}

static uint64_t
item_of(struct zone *z, const struct item *it)
{
    switch (it->kind) {
    case FREE:
        return atomic_read(&z->free_pages);
    case LRU:
        return atomic_read(&z->nr_lru[it->which]);
    case LRU_BOTH: /* the anonymous list and, two further on, the file list */
        return atomic_read(&z->nr_lru[it->which]) +
               atomic_read(&z->nr_lru[it->which + LRU_INACTIVE_FILE]);
    case STAT:
        return stat_of(z, it->which);
    case SLABS:
        return stat_of(z, NR_SLAB_RECLAIMABLE) +
               stat_of(z, NR_SLAB_UNRECLAIMABLE);
    case PENDING:
        return stat_of(z, NR_FILE_DIRTY) + stat_of(z, NR_WRITEBACK);
    case STACK_KB:
        return stat_of(z, NR_KERNEL_STACK) * KB_PER_PAGE;
    default:
        return 0;
    }
}

static uint64_t
item_sum(const struct item *it)
{
    uint64_t sum = 0;

    for_each_zone(z)
        sum += item_of(z, it);
    return sum;
}

/* --- meminfo */

/* clang-format off */
static const struct item mem_items[] = {
    {"MemTotal:", TOTAL, 0}, {"MemFree:", FREE, 0},
    {"MemAvailable:", AVAILABLE, 0}, {"Buffers:", BUFFERS, 0},
    {"Cached:", CACHED, 0}, {"SwapCached:", STAT, NR_SWAPCACHE},
    {"Active:", LRU_BOTH, LRU_ACTIVE_ANON},
    {"Inactive:", LRU_BOTH, LRU_INACTIVE_ANON},
    {"Active(anon):", LRU, LRU_ACTIVE_ANON},
    {"Inactive(anon):", LRU, LRU_INACTIVE_ANON},
    {"Active(file):", LRU, LRU_ACTIVE_FILE},
    {"Inactive(file):", LRU, LRU_INACTIVE_FILE},
    {"Unevictable:", LRU, LRU_UNEVICTABLE}, {"Mlocked:", ZERO, 0},
    {"SwapTotal:", ZERO, 0}, {"SwapFree:", ZERO, 0}, {"Zswap:", ZERO, 0},
    {"Zswapped:", ZERO, 0}, {"Dirty:", STAT, NR_FILE_DIRTY},
    {"Writeback:", STAT, NR_WRITEBACK}, {"AnonPages:", STAT, NR_ANON_PAGES},
    {"Mapped:", STAT, NR_FILE_MAPPED}, {"Shmem:", STAT, NR_SHMEM},
    {"KReclaimable:", STAT, NR_SLAB_RECLAIMABLE}, {"Slab:", SLABS, 0},
    {"SReclaimable:", STAT, NR_SLAB_RECLAIMABLE},
    {"SUnreclaim:", STAT, NR_SLAB_UNRECLAIMABLE},
    {"KernelStack:", STAT, NR_KERNEL_STACK},
    {"PageTables:", STAT, NR_PAGETABLE}, {"SecPageTables:", ZERO, 0},
    {"NFS_Unstable:", ZERO, 0}, {"Bounce:", ZERO, 0},
    {"WritebackTmp:", ZERO, 0}, {"CommitLimit:", COMMIT_LIMIT, 0},
    {"Committed_AS:", COMMITTED, 0}, {"VmallocTotal:", VM_TOTAL, 0},
    {"VmallocUsed:", VM_USED, 0}, {"VmallocChunk:", ZERO, 0},
    {"Percpu:", ZERO, 0}, {"AnonHugePages:", ZERO, 0},
    {"ShmemHugePages:", ZERO, 0}, {"ShmemPmdMapped:", ZERO, 0},
    {"FileHugePages:", ZERO, 0}, {"FilePmdMapped:", ZERO, 0},
};
/* clang-format on */

/* In pages. */
static uint64_t
mem_value(const struct item *it)
{
    uint64_t cache, buffers;

    switch (it->kind) {
    case TOTAL:
        return total_ram_pages();
    case AVAILABLE:
        return mem_available_pages();
    case BUFFERS:
    case CACHED:
        cache = global_zone_stat(NR_FILE_PAGES);
        buffers = MIN(nr_buffer_pages(), cache);
        return it->kind == BUFFERS ? buffers : cache - buffers;
    case COMMIT_LIMIT:
        return commit_limit();
    case COMMITTED:
        return (uint64_t)atomic_read(&vm_committed);
    case VM_TOTAL:
        return (VMALLOC_END - VMALLOC_START) / PAGE_SIZE;
    case VM_USED:
        return vmalloc_used_bytes() / PAGE_SIZE;
    default:
        return item_sum(it);
    }
}

int
show_meminfo(struct seq *s)
{
    for (size_t i = 0; i < ARRAY_SIZE(mem_items); i++)
        seq_printf(s, "%-16s%8lu kB\n", mem_items[i].name,
                   mem_value(&mem_items[i]) * KB_PER_PAGE);
    seq_printf(s, "HugePages_Total:       0\nHugePages_Free:        0\n"
                  "HugePages_Rsvd:        0\nHugePages_Surp:        0\n"
                  "Hugepagesize:       2048 kB\nHugetlb:               0 kB\n");
    return 0;
}

/* --- Zones */

int
show_buddyinfo(struct seq *s)
{
    for_each_zone(z) {
        uint64_t nr_free[MAX_ORDER + 1];

        spin_lock(&z->lock);
        for (unsigned i = 0; i <= MAX_ORDER; i++)
            nr_free[i] = z->free_area[i].nr_free;
        spin_unlock(&z->lock);
        seq_printf(s, "Node 0, zone %8s ", z->name);
        for (unsigned i = 0; i <= MAX_ORDER; i++)
            seq_printf(s, "%6lu ", nr_free[i]);
        seq_printf(s, "\n");
    }
    return 0;
}

/* What zoneinfo says of every zone, even an empty one. */
static void
show_zone_head(struct seq *s, struct zone *z)
{
    uint64_t high = z->watermark[WMARK_HIGH];

    seq_printf(s,
               "\n  pages free     %lu\n        boost    0"
               "\n        min      %lu\n        low      %lu"
               "\n        high     %lu\n        promo    %lu"
               "\n        spanned  %lu\n        present  %lu"
               "\n        managed  %lu\n        cma      0"
               "\n        protection: (",
               atomic_read(&z->free_pages), z->watermark[WMARK_MIN],
               z->watermark[WMARK_LOW], high,
               high + (high - z->watermark[WMARK_LOW]),
               z->end_pfn - z->start_pfn, z->present, atomic_read(&z->managed));
    for (unsigned i = 0; i < NR_ZONES; i++)
        seq_printf(s, "%s%lu", i ? ", " : "", z->lowmem_reserve[i]);
    seq_printf(s, ")");
}

static void
show_pagesets(struct seq *s, struct zone *z)
{
    seq_printf(s, "\n  pagesets");
    for_each_cpu(i)
        seq_printf(s,
                   "\n    cpu: %u\n              count: %u"
                   "\n              high:  %u\n              batch: %u"
                   "\n  vm stats threshold: 0",
                   i, READ_ONCE(z->pcp[i].count), z->pcp[i].high,
                   z->pcp[i].batch);
    seq_printf(s, "\n  node_unreclaimable:  0\n  start_pfn:           %lu",
               z->start_pfn);
}

int
show_zoneinfo(struct seq *s)
{
    bool first = true;

    for (struct zone *z = zones; z < zones + NR_ZONES; z++) {
        seq_printf(s, "Node 0, zone %8s", z->name);
        if (z->present && first) {
            first = false;
            seq_printf(s, "\n  per-node stats");
            for (size_t i = 0; i < ARRAY_SIZE(node_items); i++)
                seq_printf(s, "\n      %-12s %lu", node_items[i].name,
                           item_sum(&node_items[i]));
        }
        show_zone_head(s, z);
        if (z->present) {
            for (size_t i = 0; i < ARRAY_SIZE(zone_items); i++)
                seq_printf(s, "\n      %-12s %lu", zone_items[i].name,
                           item_of(z, &zone_items[i]));
            show_pagesets(s, z);
        }
        seq_printf(s, "\n");
    }
    return 0;
}

int
show_vmstat(struct seq *s)
{
    uint64_t background, limit;

    dirty_limits(&background, &limit);
    for (size_t i = 0; i < ARRAY_SIZE(zone_items); i++)
        seq_printf(s, "%s %lu\n", zone_items[i].name, item_sum(&zone_items[i]));
    for (size_t i = 0; i < ARRAY_SIZE(node_items); i++)
        seq_printf(s, "%s %lu\n", node_items[i].name, item_sum(&node_items[i]));
    seq_printf(s, "nr_dirty_threshold %lu\nnr_dirty_background_threshold %lu\n",
               limit, background);
    for (unsigned e = 0; e < NR_VM_EVENTS; e++)
        seq_printf(s, "%s %lu\n", vm_event_names[e], vm_event_sum(e));
    return 0;
}

/* --- Slab caches, the ledger */

static void
show_cache(const struct slab_stats *c, void *arg)
{
    seq_printf(arg,
               "%-17s %6lu %6lu %6lu %4lu %4lu : tunables    0    0    0 : "
               "slabdata %6lu %6lu      0\n",
               c->name, c->active_objs, c->num_objs, c->obj_size,
               c->objs_per_slab, c->pages_per_slab, c->active_slabs,
               c->num_slabs);
}

int
show_slabinfo(struct seq *s)
{
    seq_printf(s, "slabinfo - version: 2.1\n# name            <active_objs> "
                  "<num_objs> <objsize> <objperslab> <pagesperslab> : "
                  "tunables <limit> <batchcount> <sharedfactor> : slabdata "
                  "<active_slabs> <num_slabs> <sharedavail>\n");
    kmem_for_each_cache(show_cache, s)
        ;
    return 0;
}

static void
show_cache_use(const struct slab_stats *c, void *arg)
{
    /* The allocator's own: a matter of how full slabs and magazines are. */
    if (strcmp(c->name, "slab_desc") == 0 || strcmp(c->name, "magazine") == 0)
        return;
    seq_printf(arg, "cache:%s %lu\n", c->name, c->active_objs);
}

int
show_ledger(struct seq *s)
{
    static const struct item lines[] = {
        {"anon_pages", STAT, NR_ANON_PAGES},
        {"page_table_pages", STAT, NR_PAGETABLE},
        {"kernel_stack_pages", STAT, NR_KERNEL_STACK},
        {"file_mapped_pages", STAT, NR_FILE_MAPPED},
        {"shmem_pages", STAT, NR_SHMEM},
        {"swapcache_pages", STAT, NR_SWAPCACHE},
        {"dirty_pages", PENDING, 0},
    };
    struct block_device *bdev = NULL;
    uint64_t writers = 0;

    while ((bdev = blkdev_next(bdev)))
        writers += READ_ONCE(bdev->writers);
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
        seq_printf(s, "%s %lu\n", lines[i].name, item_sum(&lines[i]));
    seq_printf(s,
               "vmalloc_bytes %lu\ntasks %u\nblock_writers %lu\n"
               "committed_pages %ld\n",
               vmalloc_used_bytes(), nr_tasks(), writers,
               atomic_read(&vm_committed));
    kmem_for_each_cache(show_cache_use, s)
        ;
    return 0;
}
