/* SPDX-License-Identifier: MIT */
/*
 * The seam of the journal: every change of metadata happens while a handle
 * is open; see journal.c.
 */
#pragma once

struct super_block;

/*
 * Open a handle, which is the current task's.  Handles do not nest.
 * => no page lock held; may sleep; -EROFS
 */
int journal_start(struct super_block *sb);
/* The same, when what is left of a deleted file has to go even so. */
void journal_start_delete(void);
void journal_stop(void);
/* Make sb read-only: on return no handle is open and no new one opens. */
void journal_freeze(struct super_block *sb);
