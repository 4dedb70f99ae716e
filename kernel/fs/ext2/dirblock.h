/* SPDX-License-Identifier: MIT */
/*
 * dirblock.h - one block of a directory, as bytes.  Pure: no locks, no I/O.
 *
 * Every entry is checked before it is used; a block with a bad one is
 * damaged, and is left as it is.
 */
#pragma once

#include <stdint.h>

#include "include/ext2_fs.h"

/*
 * The entry at byte `at`, used (inode != 0) or not; the next one is rec_len
 * further on.  => NULL: it cannot be believed
 */
struct ext2_dir_entry *dirblock_entry(void *block, unsigned at);
/* The entry of this name, and the one before it or NULL.  => 1, 0, -EIO */
int dirblock_find(void *block, const char *name, unsigned len,
                  struct ext2_dir_entry **out, struct ext2_dir_entry **before);
/* Put an entry where there is room.  => 1, 0: no room, -EIO */
int dirblock_insert(void *block, const char *name, unsigned len, uint32_t ino,
                    uint8_t type);
/* Remove what dirblock_find() found. */
void dirblock_remove(struct ext2_dir_entry *e, struct ext2_dir_entry *before);
