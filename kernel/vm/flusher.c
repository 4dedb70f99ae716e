/* SPDX-License-Identifier: MIT */
/*
 * flusher.c - which mappings have dirty pages; writes them back by age and
 * amount, and makes writers wait when there are too many.
 *
 * A mapping with dirty pages is on dirty_mappings, oldest first.  Who writes
 * takes it off, pins it (wb_pins), writes, and puts it back if pages remain,
 * be it that their writes have not ended: sync waits for these, too.
 * close_mapping(), called before the mapping goes away, waits for pins.
 * Shared memory, which has no tag for dirty, is on swapped_mappings in the
 * same way while it has slots of swap areas: for swapoff.
 *
 * The flusher wakes every writeback_centisecs while anything is dirty (and
 * sleeps for good when nothing is): it writes every mapping that has been dirty
 * for longer than expire_centisecs; and, while more pages are dirty than the
 * background ratio allows, the oldest mappings whatever their age.
 *
 * A writer that finds more than `ratio` dirty or under writeback sleeps, with
 * nothing held, until writes have ended; the sleep ends with a fatal signal.
 *
 * Locks: writeout_mutex makes rounds of writing exclude each other, so that
 * sync does not miss a mapping the flusher has in hand.  dirty_lock is
 * innermost and held for list operations only.  Counters are read without
 * locks: being off by a few pages delays a wakeup, and the timeout bounds
 * that.
 */
#include "vm/pagecache.h"

#include "sched/sched.h"

struct dirty_tunables dirty_tunables = {10, 20, 3000, 500};

LIST_HEAD(dirty_mappings);
LIST_HEAD(swapped_mappings);

static struct spinlock dirty_lock =
    SPINLOCK_INIT(RANK_DIRTY_LIST, "dirty_list");
static struct wait_queue unpin_wait = WAIT_QUEUE_INIT(unpin_wait);
static struct wait_queue flusher_wait = WAIT_QUEUE_INIT(flusher_wait);
struct wait_queue progress_wait = WAIT_QUEUE_INIT(progress_wait);
static _Atomic uint32_t kicked; /* do not wait for the time to come */
static struct mutex writeout_mutex = MUTEX_INIT(writeout_mutex, RANK_WRITEOUT);

/* --- The lists of mappings */

void
queue_mapping(struct address_space *m)
{
    struct list_head *list =
        mapping_is_shmem(m) ? &swapped_mappings : &dirty_mappings;
    bool first;

    spin_lock(&dirty_lock);
    first = list_empty(list);
    if (list_empty(&m->dirty_link)) {
        m->dirtied_when = clock_ticks();
        list_add_tail(&m->dirty_link, list);
    }
    spin_unlock(&dirty_lock);
    if (first)
        wake_up_all(&flusher_wait); /* it sleeps while nothing is dirty */
}

struct address_space *
take_mapping(struct list_head *list, uint64_t before)
{
    struct address_space *m;

    spin_lock(&dirty_lock);
    m = list_first_entry_or_null(list, struct address_space, dirty_link);
    if (m && m->dirtied_when > before)
        m = NULL;
    if (m) {
        list_del_init(&m->dirty_link);
        m->wb_pins++;
    }
    spin_unlock(&dirty_lock);
    return m;
}

void
unpin_mapping(struct address_space *m)
{
    bool some;

    spin_lock(&m->tree_lock);
    some = m->nr_swapped > 0 || radix_tree_tagged(&m->pages, RADIX_TAG_DIRTY) ||
           radix_tree_tagged(&m->pages, RADIX_TAG_WRITEBACK);
    spin_unlock(&m->tree_lock);
    if (some) /* it goes back before the pin goes */
        queue_mapping(m);
    spin_lock(&dirty_lock);
    m->wb_pins--;
    spin_unlock(&dirty_lock);
    wake_up_all(&unpin_wait);
}

static bool
mapping_forgotten(struct address_space *m)
{
    bool idle;

    spin_lock(&dirty_lock);
    list_del_init(&m->dirty_link);
    idle = m->wb_pins == 0;
    spin_unlock(&dirty_lock);
    return idle;
}

void
close_mapping(struct address_space *m)
{
    truncate_pages(m, 0);
    wait_event(&unpin_wait, mapping_forgotten(m));
    /* swapoff may have come too late for an entry, and put zeroes there. */
    if (mapping_is_shmem(m))
        truncate_pages(m, 0);
    ASSERT(m->nr_pages == 0 && m->nr_swapped == 0 && !m->i_mmap.node);
}

/* --- How much is dirty */

/*
 * Is more dirty than its share of the pages that may be dirty?  limit: than the
 * share at which writers wait.
 */
static bool
too_dirty(bool limit)
{
    uint64_t most = global_free_pages() + zone_sum(nr_lru[LRU_INACTIVE_FILE]) +
                    zone_sum(nr_lru[LRU_ACTIVE_FILE]);
    uint64_t pages = global_zone_stat(NR_FILE_DIRTY);
    uint64_t ratio = dirty_tunables.background_ratio;

    if (limit) {
        pages += global_zone_stat(NR_WRITEBACK);
        ratio = dirty_tunables.ratio;
    }
    return pages > most * ratio / 100;
}

void
balance_dirty_pages(void)
{
    if (!too_dirty(false))
        return;
    do {
        /* Its last round may have left out what is new. */
        atomic_store(&kicked, true);
        wake_up_all(&flusher_wait);
        __wait_event(&progress_wait, !too_dirty(true), TASK_KILLABLE,
                     (int64_t)ms_to_ticks(100));
    } while (too_dirty(true) && !fatal_signal_pending(current));
}

void
write_mappings(uint64_t before, bool all)
{
    struct address_space *m;
    uint64_t start;

    mutex_lock(&writeout_mutex);
    /* Mappings that come, or come back, from now on wait for the next round. */
    start = clock_ticks();
    while ((m = take_mapping(&dirty_mappings,
                             all || too_dirty(false) ? start : before))) {
        if (all)
            sync_mapping(m);
        else
            write_mapping(m);
        unpin_mapping(m);
    }
    mutex_unlock(&writeout_mutex);
}

/* --- The flusher */

static void
flusher_thread(void)
{
    memalloc_scope_save(SCOPE_NOFS | SCOPE_MEMALLOC);
    for (;;) {
        uint64_t expire = ms_to_ticks(dirty_tunables.expire_centisecs * 10UL);
        uint64_t now;

        wait_event(&flusher_wait, !list_empty(&dirty_mappings));
        __wait_event(
            &flusher_wait, atomic_load(&kicked), TASK_UNINTERRUPTIBLE,
            (int64_t)ms_to_ticks(dirty_tunables.writeback_centisecs * 10UL));
        atomic_store(&kicked, false);
        now = clock_ticks();
        write_mappings(now - MIN(now, expire), false);
    }
}

void
writeback_start(void)
{
    kthread_run("kflushd", flusher_thread);
}
