/* SPDX-License-Identifier: MIT */
/*
 * memory.c - what /proc tells of the machine's memory, in Linux's formats:
 * meminfo buddyinfo zoneinfo slabinfo vmstat; and our own ledger.
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
 * The ledger is for tests: after sync and drop_caches it lists what is left
 * by kind, so that two readings differ by what leaked between them.
 *
 * Locks: zone->lock for a zone's free lists; pid_lock and task->lock for what
 * is locked in memory, which only VMAs say (range.c); every other counter is one word.
 */
#include "fs/procfs/proc.h"

#include "block/blkdev.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "sched/task.h"
#include "vm/cache_internal.h"
#include "vm/vma.h"
#include "vm/swap.h"

enum { KB_PER_PAGE = PAGE_SIZE / 1024 };

#define ZONE_FORMAT "\n      %-12.*s %lu"
#define VMSTAT_FORMAT "%.*s %lu\n"

/* Names that Linux has and we have nothing for. */
#define NONE(names)                                                            \
    {                                                                          \
        names, 0                                                               \
    }

/* A counter of a zone, or of all (NULL). */
static uint64_t
count(struct zone *z, enum zone_stat s)
{
    return z ? (uint64_t)MAX(atomic_read(&z->stat[s]), (int64_t)0)
             : global_zone_stat(s);
}

static uint64_t
lru(struct zone *z, enum lru_list l)
{
    uint64_t sum = 0;

    if (z)
        return atomic_read(&z->nr_lru[l]);
    for_each_zone(each)
        sum += atomic_read(&each->nr_lru[l]);
    return sum;
}

/* Of all processes; what two have locked counts twice. */
static uint64_t
locked_pages(void)
{
    uint64_t sum = 0;
    struct task *t;

    spin_lock(&pid_lock);
    list_for_each_entry(t, &all_tasks, all_link) {
        spin_lock(&t->lock);
        sum += t->mm ? READ_ONCE(t->mm->locked_vm) : 0;
        spin_unlock(&t->lock);
    }
    spin_unlock(&pid_lock);
    return sum;
}

static uint64_t
pending(struct zone *z)
{
    return count(z, NR_FILE_DIRTY) + count(z, NR_WRITEBACK);
}

void
show_meminfo(struct seq *s)
{
    uint64_t cache = count(NULL, NR_FILE_PAGES);
    uint64_t buffers = MIN(nr_buffer_pages(), cache);
    uint64_t inactive_anon = lru(NULL, LRU_INACTIVE_ANON);
    uint64_t active_anon = lru(NULL, LRU_ACTIVE_ANON);
    uint64_t inactive_file = lru(NULL, LRU_INACTIVE_FILE);
    uint64_t active_file = lru(NULL, LRU_ACTIVE_FILE);
    uint64_t reclaimable = count(NULL, NR_SLAB_RECLAIMABLE);
    uint64_t unreclaimable = count(NULL, NR_SLAB_UNRECLAIMABLE);
    struct seq_value v[] = {
        {"MemTotal:", total_ram_pages()},
        {"MemFree:", global_free_pages()},
        {"MemAvailable:", mem_available_pages()},
        {"Buffers:", buffers},
        {"Cached:", cache - buffers},
        {"SwapCached:", count(NULL, NR_SWAPCACHE)},
        {"Active:", active_anon + active_file},
        {"Inactive:", inactive_anon + inactive_file},
        {"Active(anon):", active_anon},
        {"Inactive(anon):", inactive_anon},
        {"Active(file):", active_file},
        {"Inactive(file):", inactive_file},
        {"Unevictable: Mlocked:", locked_pages()},
        {"SwapTotal:", total_swap_pages()},
        {"SwapFree:", free_swap_pages()},
        NONE("Zswap: Zswapped:"),
        {"Dirty:", count(NULL, NR_FILE_DIRTY)},
        {"Writeback:", count(NULL, NR_WRITEBACK)},
        {"AnonPages:", count(NULL, NR_ANON_PAGES)},
        {"Mapped:", count(NULL, NR_FILE_MAPPED)},
        {"Shmem:", count(NULL, NR_SHMEM)},
        {"KReclaimable:", reclaimable},
        {"Slab:", reclaimable + unreclaimable},
        {"SReclaimable:", reclaimable},
        {"SUnreclaim:", unreclaimable},
        {"KernelStack:", count(NULL, NR_KERNEL_STACK)},
        {"PageTables:", count(NULL, NR_PAGETABLE)},
        NONE("SecPageTables: NFS_Unstable: Bounce: WritebackTmp:"),
        {"CommitLimit:", commit_limit()},
        {"Committed_AS:", (uint64_t)atomic_read(&vm_committed)},
        {"VmallocTotal:", (VMALLOC_END - VMALLOC_START) / PAGE_SIZE},
        {"VmallocUsed:", count(NULL, NR_VMALLOC)},
        NONE("VmallocChunk: Percpu: AnonHugePages: ShmemHugePages: "
             "ShmemPmdMapped: FileHugePages: FilePmdMapped:"),
    };

    for (size_t i = 0; i < ARRAY_SIZE(v); i++)
        v[i].value *= KB_PER_PAGE;
    seq_values(s, "%-16.*s%8lu kB\n", v, ARRAY_SIZE(v));
    seq_printf(s, "HugePages_Total:       0\nHugePages_Free:        0\n"
                  "HugePages_Rsvd:        0\nHugePages_Surp:        0\n"
                  "Hugepagesize:       2048 kB\nHugetlb:               0 kB\n");
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

/* What zoneinfo says of a zone that has memory, and vmstat of all. */
static void
show_zone_values(struct seq *s, const char *fmt, struct zone *z)
{
    const struct seq_value v[] = {
        {"nr_free_pages",
         z ? atomic_read(&z->free_pages) : global_free_pages()},
        {"nr_zone_inactive_anon", lru(z, LRU_INACTIVE_ANON)},
        {"nr_zone_active_anon", lru(z, LRU_ACTIVE_ANON)},
        {"nr_zone_inactive_file", lru(z, LRU_INACTIVE_FILE)},
        {"nr_zone_active_file", lru(z, LRU_ACTIVE_FILE)},
        NONE("nr_zone_unevictable"),
        {"nr_zone_write_pending", pending(z)},
        NONE("nr_mlock nr_bounce nr_zspages nr_free_cma numa_hit numa_miss "
             "numa_foreign numa_interleave numa_local numa_other"),
    };

    seq_values(s, fmt, v, ARRAY_SIZE(v));
}

/* What both say of all zones together. */
static void
show_node_values(struct seq *s, const char *fmt)
{
    const struct seq_value v[] = {
        {"nr_inactive_anon", lru(NULL, LRU_INACTIVE_ANON)},
        {"nr_active_anon", lru(NULL, LRU_ACTIVE_ANON)},
        {"nr_inactive_file", lru(NULL, LRU_INACTIVE_FILE)},
        {"nr_active_file", lru(NULL, LRU_ACTIVE_FILE)},
        {"nr_unevictable", locked_pages()},
        {"nr_slab_reclaimable", count(NULL, NR_SLAB_RECLAIMABLE)},
        {"nr_slab_unreclaimable", count(NULL, NR_SLAB_UNRECLAIMABLE)},
        NONE("nr_isolated_anon nr_isolated_file workingset_nodes "
             "workingset_refault_anon workingset_refault_file "
             "workingset_activate_anon workingset_activate_file "
             "workingset_restore_anon workingset_restore_file "
             "workingset_nodereclaim"),
        {"nr_anon_pages", count(NULL, NR_ANON_PAGES)},
        {"nr_mapped", count(NULL, NR_FILE_MAPPED)},
        {"nr_file_pages",
         count(NULL, NR_FILE_PAGES) + count(NULL, NR_SWAPCACHE)},
        {"nr_dirty", count(NULL, NR_FILE_DIRTY)},
        {"nr_writeback", count(NULL, NR_WRITEBACK)},
        NONE("nr_writeback_temp"),
        {"nr_shmem", count(NULL, NR_SHMEM)},
        NONE("nr_shmem_hugepages nr_shmem_pmdmapped nr_file_hugepages "
             "nr_file_pmdmapped nr_anon_transparent_hugepages nr_vmscan_write "
             "nr_vmscan_immediate_reclaim nr_dirtied nr_written "
             "nr_throttled_written nr_kernel_misc_reclaimable "
             "nr_foll_pin_acquired nr_foll_pin_released"),
        {"nr_kernel_stack", count(NULL, NR_KERNEL_STACK) * KB_PER_PAGE},
        {"nr_page_table_pages", count(NULL, NR_PAGETABLE)},
        NONE("nr_sec_page_table_pages nr_iommu_pages"),
        {"nr_swapcached", count(NULL, NR_SWAPCACHE)},
        NONE("pgpromote_success pgpromote_candidate pgdemote_kswapd "
             "pgdemote_direct pgdemote_khugepaged"),
    };

    seq_values(s, fmt, v, ARRAY_SIZE(v));
}

/* What zoneinfo says of every zone, even an empty one. */
static void
show_zone_head(struct seq *s, struct zone *z)
{
    uint64_t low = z->watermark[WMARK_LOW], high = z->watermark[WMARK_HIGH];

    seq_printf(s,
               "\n  pages free     %lu\n        boost    0"
               "\n        min      %lu\n        low      %lu"
               "\n        high     %lu\n        promo    %lu"
               "\n        spanned  %lu\n        present  %lu"
               "\n        managed  %lu\n        cma      0"
               "\n        protection: (",
               atomic_read(&z->free_pages), z->watermark[WMARK_MIN], low, high,
               high + (high - low), z->end_pfn - z->start_pfn, z->present,
               z->managed);
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

void
show_zoneinfo(struct seq *s)
{
    bool first = true;

    for (struct zone *z = zones; z < zones + NR_ZONES; z++) {
        seq_printf(s, "Node 0, zone %8s", z->name);
        if (z->present && first) {
            first = false;
            seq_printf(s, "\n  per-node stats");
            show_node_values(s, ZONE_FORMAT);
        }
        show_zone_head(s, z);
        if (z->present) {
            show_zone_values(s, ZONE_FORMAT, z);
            show_pagesets(s, z);
        }
        seq_printf(s, "\n");
    }
}

void
show_vmstat(struct seq *s)
{
    show_zone_values(s, VMSTAT_FORMAT, NULL);
    show_node_values(s, VMSTAT_FORMAT);
    seq_printf(s, "nr_dirty_threshold %lu\nnr_dirty_background_threshold %lu\n",
               dirty_limit(dirty_tunables.ratio),
               dirty_limit(dirty_tunables.background_ratio));
    for (unsigned e = 0; e < NR_VM_EVENTS; e++)
        seq_printf(s, "%s %lu\n", vm_event_names[e], vm_event_sum(e));
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

void
show_slabinfo(struct seq *s)
{
    seq_printf(s, "slabinfo - version: 2.1\n# name            <active_objs> "
                  "<num_objs> <objsize> <objperslab> <pagesperslab> : "
                  "tunables <limit> <batchcount> <sharedfactor> : slabdata "
                  "<active_slabs> <num_slabs> <sharedavail>\n");
    kmem_for_each_cache(show_cache, s)
        ;
}

static void
show_cache_use(const struct slab_stats *c, void *arg)
{
    /* The allocator's own: a matter of how full slabs and magazines are. */
    if (strcmp(c->name, "slab_desc") == 0 || strcmp(c->name, "magazine") == 0)
        return;
    seq_printf(arg, "cache:%s %lu\n", c->name, c->active_objs);
}

void
show_ledger(struct seq *s)
{
    struct block_device *bdev = NULL;
    uint64_t writers = 0;

    while ((bdev = blkdev_next(bdev)))
        writers += READ_ONCE(bdev->writers);
    seq_printf(s,
               "anon_pages %lu\npage_table_pages %lu\nkernel_stack_pages %lu\n"
               "file_mapped_pages %lu\nshmem_pages %lu\nswapcache_pages %lu\n"
               "dirty_pages %lu\nvmalloc_bytes %lu\ntasks %u\n"
               "block_writers %lu\ncommitted_pages %ld\n",
               count(NULL, NR_ANON_PAGES), count(NULL, NR_PAGETABLE),
               count(NULL, NR_KERNEL_STACK), count(NULL, NR_FILE_MAPPED),
               count(NULL, NR_SHMEM), count(NULL, NR_SWAPCACHE), pending(NULL),
               count(NULL, NR_VMALLOC) * PAGE_SIZE, nr_tasks(), writers,
               atomic_read(&vm_committed));
    kmem_for_each_cache(show_cache_use, s)
        ;
}
