/* SPDX-License-Identifier: MIT */
/*
 * flusher.c - writes dirty pages back by age and amount, and makes writers
 * wait when there are too many.
 *
 * The flusher wakes every writeback_centisecs while anything is dirty (and
 * sleeps for good when nothing is): it lets the file system write dirty
 * inodes into their blocks, then writes every mapping that has been dirty
 * for longer than expire_centisecs; and, while more pages are dirty than the
 * background ratio allows, the oldest mappings whatever their age.
 *
 * A writer that finds more than `ratio` dirty or under writeback sleeps, with
 * nothing held, until writes have ended; the sleep ends with a fatal signal.
 *
 * Locks: writeout_mutex makes rounds of writing exclude each other, so that
 * sync does not miss a mapping the flusher has in hand.  Counters are read
 * without locks: being off by a few pages delays a wakeup, and the timeout
 * bounds that.
 */
#include "vm/pagecache.h"

#include "block/bio.h"
#include "block/blkdev.h"
#include "sched/kthread.h"
#include "sched/sched.h"
#include "sched/timer.h"

struct dirty_tunables dirty_tunables = {10, 20, 3000, 500};

static struct wait_queue flusher_wait = WAIT_QUEUE_INIT(flusher_wait);
static struct wait_queue progress_wait = WAIT_QUEUE_INIT(progress_wait);
static _Atomic uint32_t kicked; /* do not wait for the time to come */
static struct mutex writeout_mutex =
    MUTEX_INIT(writeout_mutex, RANK_WRITEOUT, "writeout");

uint64_t
dirty_limit(uint32_t ratio)
{
    uint64_t pages = global_free_pages();

    for_each_zone(z)
        pages += z->nr_lru[LRU_INACTIVE_FILE] + z->nr_lru[LRU_ACTIVE_FILE];
    return pages * ratio / 100;
}

static bool
over_background(void)
{
    return global_zone_stat(NR_FILE_DIRTY) >
           dirty_limit(dirty_tunables.background_ratio);
}

static bool
over_limit(void)
{
    return global_zone_stat(NR_FILE_DIRTY) + global_zone_stat(NR_WRITEBACK) >
           dirty_limit(dirty_tunables.ratio);
}

void
wake_flusher(bool now)
{
    if (now)
        atomic_store(&kicked, true);
    wake_up_all(&flusher_wait);
}

void
note_write_progress(void)
{
    wake_up_all(&progress_wait);
}

void
wait_for_write_progress(uint64_t ticks)
{
    struct wait_entry wait;

    wait_entry_init(&wait);
    prepare_to_wait(&progress_wait, &wait, TASK_UNINTERRUPTIBLE);
    if (global_zone_stat(NR_WRITEBACK) > 0)
        schedule_timeout((int64_t)ticks);
    finish_wait(&progress_wait, &wait);
}

void
balance_dirty_pages(void)
{
    if (!over_background())
        return;
    do {
        wake_flusher(true); /* its last round may have left out what is new */
        __wait_event(&progress_wait, !over_limit(), TASK_KILLABLE,
                     (int64_t)ms_to_ticks(100));
    } while (over_limit() && !fatal_signal_pending(current));
}

/*
 * Write mappings dirtied at or before `before`.  all: and wait for the ends;
 * else: and younger ones too while over background.
 */
static void
write_mappings(uint64_t before, bool all)
{
    uint64_t start = clock_ticks();
    struct address_space *m;

    mutex_lock(&writeout_mutex);
    /* Mappings dirtied after `start` wait for the next round. */
    while (
        (m = next_dirty_mapping(!all && over_background() ? start : before))) {
        write_mapping(m);
        if (all)
            wait_mapping(m);
        unpin_mapping(m);
    }
    mutex_unlock(&writeout_mutex);
}

static void
flusher_thread(void *arg)
{
    (void)arg;
    memalloc_scope_save(SCOPE_NOFS | SCOPE_MEMALLOC);
    for (;;) {
        uint64_t expire = ms_to_ticks(dirty_tunables.expire_centisecs * 10UL);
        uint64_t now, before;

        wait_event(&flusher_wait, dirty_mappings_exist());
        __wait_event(
            &flusher_wait, atomic_load(&kicked), TASK_UNINTERRUPTIBLE,
            (int64_t)ms_to_ticks(dirty_tunables.writeback_centisecs * 10UL));
        atomic_store(&kicked, false);
        now = clock_ticks();
        before = now > expire ? now - expire : 0;
        write_mappings(before, false);
    }
}

void
writeback_start(void)
{
    if (!kthread_run("kflushd", flusher_thread, NULL))
        panic("cannot start the flusher");
}

int
sync_all(void)
{
    struct block_device *bdev = NULL;
    int err = 0;

    write_mappings(clock_ticks(), true);
    /*
     * Metadata of the devices, then the disks' own caches.  Partitions come
     * after their disk: flush once more, behind them.
     */
    for (int round = 0; round < 2; round++) {
        while ((bdev = blkdev_next(bdev))) {
            int failed = sync_mapping(bdev->mapping);
            int lost = bdev->partno == 0 ? blkdev_issue_flush(bdev) : 0;

            err = err ? err : failed ? failed : lost;
        }
    }
    return err;
}
