/* SPDX-License-Identifier: MIT */
/*
 * journal.c - the seam of the journal: handles without a log behind them.
 *
 * A handle puts the thread under NOFS scope, so that an allocation inside it
 * does not enter the file system again, and counts as a lock of rank
 * RANK_JOURNAL_HANDLE.  Declared metadata simply becomes dirty.
 *
 * Not done: the log itself, so a crash may leave metadata half written;
 * e2fsck mends it then.
 */
#include "fs/journal/journal.h"

#include "core/lockdep.h"
#include "fs/fs.h"
#include "include/errno.h"

static atomic32_t open_handles; /* of all file systems */
static struct wait_queue closed_wait = WAIT_QUEUE_INIT(closed_wait);
static struct thread *freezer; /* may change a read-only file system */

static void
count_closed(void)
{
    if (atomic_fetch_sub(&open_handles, 1) == 1)
        wake_up_all(&closed_wait);
}

int
journal_start(struct journal_handle *h, struct super_block *sb, unsigned blocks)
{
    (void)blocks;
    might_sleep();
    /* Count first, look then; journal_freeze() does it the other way round. */
    atomic_fetch_add(&open_handles, 1);
    smp_mb();
    if (READ_ONCE(sb->flags) & (SB_RDONLY | SB_FROZEN) &&
        freezer != current_thread()) {
        count_closed();
        return -EROFS;
    }
    lock_check_order(sb, RANK_JOURNAL_HANDLE, 0);
    lock_acquired(sb, RANK_JOURNAL_HANDLE, 0, RETURN_ADDRESS);
    h->sb = sb;
    h->scope = memalloc_nofs_save();
    return 0;
}

void
journal_stop(struct journal_handle *h)
{
    memalloc_nofs_restore(h->scope);
    lock_released(h->sb);
    count_closed();
}

void
journal_freeze(struct super_block *sb)
{
    sb->flags |= SB_FROZEN;
    smp_mb();
    wait_event(&closed_wait, atomic_read(&open_handles) == 0);
    sb->flags |= SB_RDONLY;
    freezer = current_thread();
}

void
journal_freeze_end(void)
{
    freezer = NULL;
}

int
journal_get_write_access(struct journal_handle *h, struct page *page)
{
    (void)h;
    (void)page;
    return 0;
}

void
journal_dirty_metadata(struct journal_handle *h, struct page *page)
{
    (void)h;
    set_page_dirty(page);
}

void
journal_forget(struct journal_handle *h, struct page *page)
{
    (void)h;
    cancel_dirty_page(page);
}
