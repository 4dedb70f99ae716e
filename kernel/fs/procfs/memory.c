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
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "sched/task.h"
#include "vm/cache_internal.h"

enum { KB_PER_PAGE = PAGE_SIZE / 1024, COMMIT_PERCENT = 50 };

/* --- Counters by name: of a zone, or of all */

enum item_kind { ZERO, FREE, LRU, STAT, PENDING, STACK_KB };

struct item {
    const char *name;
    uint8_t kind; /* enum item_kind */
    uint8_t which; /* of enum lru_list or enum zone_stat */
};

/* clang-format off: tables */
static const struct item zone_items[] = {
    { "nr_free_pages", FREE, 0 },
    { "nr_zone_inactive_anon", LRU, LRU_INACTIVE_ANON },
    { "nr_zone_active_anon", LRU, LRU_ACTIVE_ANON },
    { "nr_zone_inactive_file", LRU, LRU_INACTIVE_FILE },
    { "nr_zone_active_file", LRU, LRU_ACTIVE_FILE },
    { "nr_zone_unevictable", LRU, LRU_UNEVICTABLE },
    { "nr_zone_write_pending", PENDING, 0 },
    { "nr_mlock", ZERO, 0 }, { "nr_bounce", ZERO, 0 },
    { "nr_zspages", ZERO, 0 }, { "nr_free_cma", ZERO, 0 },
};

static const struct item node_items[] = {
    { "nr_inactive_anon", LRU, LRU_INACTIVE_ANON },
    { "nr_active_anon", LRU, LRU_ACTIVE_ANON },
    { "nr_inactive_file", LRU, LRU_INACTIVE_FILE },
    { "nr_active_file", LRU, LRU_ACTIVE_FILE },
    { "nr_unevictable", LRU, LRU_UNEVICTABLE },
    { "nr_slab_reclaimable", STAT, NR_SLAB_RECLAIMABLE },
    { "nr_slab_unreclaimable", STAT, NR_SLAB_UNRECLAIMABLE },
    { "nr_isolated_anon", ZERO, 0 }, { "nr_isolated_file", ZERO, 0 },
    { "workingset_nodes", ZERO, 0 },
    { "workingset_refault_anon", ZERO, 0 },
    { "workingset_refault_file", ZERO, 0 },
    { "workingset_activate_anon", ZERO, 0 },
    { "workingset_activate_file", ZERO, 0 },
    { "workingset_restore_anon", ZERO, 0 },
    { "workingset_restore_file", ZERO, 0 },
    { "workingset_nodereclaim", ZERO, 0 },
    { "nr_anon_pages", STAT, NR_ANON_PAGES },
    { "nr_mapped", STAT, NR_FILE_MAPPED },
    { "nr_file_pages", STAT, NR_FILE_PAGES },
    { "nr_dirty", STAT, NR_FILE_DIRTY },
    { "nr_writeback", STAT, NR_WRITEBACK },
    { "nr_writeback_temp", ZERO, 0 },
    { "nr_shmem", STAT, NR_SHMEM },
    { "nr_vmscan_write", ZERO, 0 },
    { "nr_vmscan_immediate_reclaim", ZERO, 0 },
    { "nr_dirtied", ZERO, 0 }, { "nr_written", ZERO, 0 },
    { "nr_kernel_stack", STACK_KB, 0 },
    { "nr_page_table_pages", STAT, NR_PAGETABLE },
    { "nr_swapcached", STAT, NR_SWAPCACHE },
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
    case STAT:
        return stat_of(z, it->which);
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

static uint64_t
lru_sum(enum lru_list l)
{
    return item_sum(&(struct item){ NULL, LRU, (uint8_t)l });
}

/* --- meminfo */

enum mem_value {
    NIL, TOTAL, UNUSED, AVAILABLE, BUFFERS, CACHED, SWAPCACHED, ACTIVE,
    INACTIVE, ACT_ANON, INACT_ANON, ACT_FILE, INACT_FILE, UNEVICTABLE, DIRTY,
    WRITEBACK, ANON, MAPPED, SHMEM, RECLAIMABLE, SLAB, UNRECLAIMABLE, STACKS,
    TABLES, COMMIT_LIMIT, VM_TOTAL, VM_USED, NR_MEM_VALUES
};

/* clang-format off: table */
static const struct {
    const char *name;
    enum mem_value value;
} mem_lines[] = {
    { "MemTotal:", TOTAL }, { "MemFree:", UNUSED },
    { "MemAvailable:", AVAILABLE }, { "Buffers:", BUFFERS },
    { "Cached:", CACHED }, { "SwapCached:", SWAPCACHED },
    { "Active:", ACTIVE }, { "Inactive:", INACTIVE },
    { "Active(anon):", ACT_ANON }, { "Inactive(anon):", INACT_ANON },
    { "Active(file):", ACT_FILE }, { "Inactive(file):", INACT_FILE },
    { "Unevictable:", UNEVICTABLE }, { "Mlocked:", NIL },
    { "SwapTotal:", NIL }, { "SwapFree:", NIL },
    { "Zswap:", NIL }, { "Zswapped:", NIL },
    { "Dirty:", DIRTY }, { "Writeback:", WRITEBACK },
    { "AnonPages:", ANON }, { "Mapped:", MAPPED }, { "Shmem:", SHMEM },
    { "KReclaimable:", RECLAIMABLE }, { "Slab:", SLAB },
    { "SReclaimable:", RECLAIMABLE }, { "SUnreclaim:", UNRECLAIMABLE },
    { "KernelStack:", STACKS }, { "PageTables:", TABLES },
    { "SecPageTables:", NIL }, { "NFS_Unstable:", NIL }, { "Bounce:", NIL },
    { "WritebackTmp:", NIL }, { "CommitLimit:", COMMIT_LIMIT },
    { "Committed_AS:", NIL }, { "VmallocTotal:", VM_TOTAL },
    { "VmallocUsed:", VM_USED }, { "VmallocChunk:", NIL }, { "Percpu:", NIL },
    { "AnonHugePages:", NIL }, { "ShmemHugePages:", NIL },
    { "ShmemPmdMapped:", NIL }, { "FileHugePages:", NIL },
    { "FilePmdMapped:", NIL },
};
/* clang-format on */

/* All in pages. */
static void
mem_values(uint64_t v[NR_MEM_VALUES])
{
    v[NIL] = 0;
    v[TOTAL] = total_ram_pages();
    v[UNUSED] = global_free_pages();
    v[AVAILABLE] = mem_available_pages();
    v[SWAPCACHED] = global_zone_stat(NR_SWAPCACHE);
    v[CACHED] = global_zone_stat(NR_FILE_PAGES);
    v[BUFFERS] = MIN(nr_buffer_pages(), v[CACHED]);
    v[CACHED] -= v[BUFFERS];
    v[ACT_ANON] = lru_sum(LRU_ACTIVE_ANON);
    v[INACT_ANON] = lru_sum(LRU_INACTIVE_ANON);
    v[ACT_FILE] = lru_sum(LRU_ACTIVE_FILE);
    v[INACT_FILE] = lru_sum(LRU_INACTIVE_FILE);
    v[ACTIVE] = v[ACT_ANON] + v[ACT_FILE];
    v[INACTIVE] = v[INACT_ANON] + v[INACT_FILE];
    v[UNEVICTABLE] = lru_sum(LRU_UNEVICTABLE);
    v[DIRTY] = global_zone_stat(NR_FILE_DIRTY);
    v[WRITEBACK] = global_zone_stat(NR_WRITEBACK);
    v[ANON] = global_zone_stat(NR_ANON_PAGES);
    v[MAPPED] = global_zone_stat(NR_FILE_MAPPED);
    v[SHMEM] = global_zone_stat(NR_SHMEM);
    v[RECLAIMABLE] = global_zone_stat(NR_SLAB_RECLAIMABLE);
    v[UNRECLAIMABLE] = global_zone_stat(NR_SLAB_UNRECLAIMABLE);
    v[SLAB] = v[RECLAIMABLE] + v[UNRECLAIMABLE];
    v[STACKS] = global_zone_stat(NR_KERNEL_STACK);
    v[TABLES] = global_zone_stat(NR_PAGETABLE);
    v[COMMIT_LIMIT] = v[TOTAL] * COMMIT_PERCENT / 100;
    v[VM_TOTAL] = (VMALLOC_END - VMALLOC_START) / PAGE_SIZE;
    v[VM_USED] = vmalloc_used_bytes() / PAGE_SIZE;
}

int
show_meminfo(struct seq *s)
{
    uint64_t v[NR_MEM_VALUES];

    mem_values(v);
    for (size_t i = 0; i < ARRAY_SIZE(mem_lines); i++)
        seq_printf(s, "%-16s%8lu kB\n", mem_lines[i].name,
                   v[mem_lines[i].value] * KB_PER_PAGE);
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
               z->end_pfn - z->start_pfn, z->present,
               atomic_read(&z->managed));
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
        seq_printf(s, "%s %lu\n", zone_items[i].name,
                   item_sum(&zone_items[i]));
    for (size_t i = 0; i < ARRAY_SIZE(node_items); i++)
        seq_printf(s, "%s %lu\n", node_items[i].name,
                   item_sum(&node_items[i]));
    seq_printf(s,
               "nr_dirty_threshold %lu\nnr_dirty_background_threshold %lu\n",
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
    kmem_for_each_cache(show_cache, s);
    return 0;
}

static void
show_cache_use(const struct slab_stats *c, void *arg)
{
    seq_printf(arg, "cache:%s %lu\n", c->name, c->active_objs);
}

int
show_ledger(struct seq *s)
{
    static const struct item lines[] = {
        { "anon_pages", STAT, NR_ANON_PAGES },
        { "page_table_pages", STAT, NR_PAGETABLE },
        { "kernel_stack_pages", STAT, NR_KERNEL_STACK },
        { "file_mapped_pages", STAT, NR_FILE_MAPPED },
        { "shmem_pages", STAT, NR_SHMEM },
        { "swapcache_pages", STAT, NR_SWAPCACHE },
        { "dirty_pages", PENDING, 0 },
    };
    struct block_device *bdev = NULL;
    uint64_t writers = 0;

    while ((bdev = blkdev_next(bdev)))
        writers += READ_ONCE(bdev->writers);
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
        seq_printf(s, "%s %lu\n", lines[i].name, item_sum(&lines[i]));
    seq_printf(s, "vmalloc_bytes %lu\ntasks %u\nblock_writers %lu\n",
               vmalloc_used_bytes(), nr_tasks(), writers);
    kmem_for_each_cache(show_cache_use, s);
    return 0;
}
