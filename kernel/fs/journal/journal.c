/* SPDX-License-Identifier: MIT */
/*
 * journal.c - the seam of the journal: handles without a log behind them.
 *
 * A handle is the time in which one operation changes metadata: what it
 * changes belongs together.  It puts the thread under NOFS scope, so that an
 * allocation inside it does not enter the file system again, and holds a
 * reader/writer lock for reading, which gives it its place in the order of
 * locks.  Whoever has the lock for writing knows that no operation is
 * half-way: freezing does, and a commit will.
 *
 * Locks: `handles`, RANK_JOURNAL_HANDLE; of all file systems, since only
 * power-off takes it for writing.
 *
 * Not done: the log itself, so a crash may leave metadata half written;
 * e2fsck mends it then.  A log needs to know in each handle which pages it
 * changed and how many they may be.
 */
#include "fs/journal/journal.h"

#include "fs/fs.h"

static struct rwsem handles = RWSEM_INIT(handles, RANK_JOURNAL_HANDLE);

int
journal_start(const struct super_block *sb)
{
    down_read(&handles);
    if (sb && sb->flags & MS_RDONLY) {
        up_read(&handles);
        return -EROFS;
    }
    DEBUG_ASSERT(!(current_thread()->scope & SCOPE_NOFS)); /* no nesting */
    memalloc_scope_save(SCOPE_NOFS);
    return 0;
}

void
journal_stop(void)
{
    current_thread()->scope &= ~(uint32_t)SCOPE_NOFS;
    up_read(&handles);
}

void
journal_freeze(struct super_block *sb)
{
    down_write(&handles);
    sb->flags |= MS_RDONLY;
    up_write(&handles);
}
