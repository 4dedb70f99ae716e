/* SPDX-License-Identifier: MIT */
/*
 * The seam of the journal: every change of metadata happens while a handle
 * is open; see journal.c.
 */
#pragma once

struct super_block;

/*
 * Open a handle, which is the current task's.  Handles do not nest.  sb NULL:
 * what is left of a deleted file has to go, even if it is read-only now.
 * => no page lock held; may sleep; -EROFS
 */
int journal_start(const struct super_block *sb);
void journal_stop(void);
/* Make sb read-only: on return no handle is open and no new one opens. */
void journal_freeze(struct super_block *sb);
