/* SPDX-License-Identifier: MIT */
/*
 * The journal's interface, without a journal yet: every change of metadata
 * happens between journal_start and journal_stop, and each metadata page is
 * declared before (get_write_access) and after (dirty_metadata) its change.
 * What is missing is the log itself; a handle is NOFS scope and a lock rank.
 */
#ifndef FS_JOURNAL_H
#define FS_JOURNAL_H

#include <stdint.h>

struct page;
struct super_block;

struct journal_handle {
    struct super_block *sb;
    uint32_t scope; /* to restore */
};

/*
 * Open a handle for at most `blocks` metadata blocks.  Handles do not nest:
 * pass the handle on.  => no page lock held; 0 or -EIO (aborted), -EROFS
 */
int journal_start(struct journal_handle *h, struct super_block *sb,
                  unsigned blocks);
void journal_stop(struct journal_handle *h);
/*
 * Make sb read-only and wait until all handles are closed.  Until
 * journal_freeze_end() the caller, and nobody else, may still open some.
 * => mount mutex held
 */
void journal_freeze(struct super_block *sb);
void journal_freeze_end(void);
/* The page will be changed: => page locked or its owner's lock held */
int journal_get_write_access(struct journal_handle *h, struct page *page);
/* The page was changed. */
void journal_dirty_metadata(struct journal_handle *h, struct page *page);
/* The block was freed: its page must not be written any more. */
void journal_forget(struct journal_handle *h, struct page *page);

#endif
