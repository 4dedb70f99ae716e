/* SPDX-License-Identifier: MIT */
/*
 * The seam of the journal: every change of metadata happens while a handle
 * is open; see journal.c.
 */
#pragma once

#include <stdint.h>

struct super_block;

struct journal_handle {
    uint32_t scope; /* to restore */
};

/*
 * Open a handle.  Handles do not nest.
 * => no page lock held; may sleep; -EROFS
 */
int journal_start(struct journal_handle *h, struct super_block *sb);
/* The same, when what is left of a deleted file has to go even so. */
void journal_start_delete(struct journal_handle *h);
void journal_stop(struct journal_handle *h);
/* Make sb read-only: on return no handle is open and no new one opens. */
void journal_freeze(struct super_block *sb);
