/* SPDX-License-Identifier: MIT */
/*
 * dirblock.h - one block of a directory, as bytes.  Pure: no locks, no I/O.
 *
 * Every function checks each entry before it uses it and returns -EIO for a
 * damaged block, which it then leaves as it is.
 */
#ifndef FS_EXT2_DIRBLOCK_H
#define FS_EXT2_DIRBLOCK_H

#include <stdint.h>

#include "include/ext2_fs.h"

/* The entry of this name in *out.  => 1, 0: not here, -EIO */
int dirblock_find(void *block, const char *name, unsigned len,
                  struct ext2_dir_entry **out);
/* Put an entry where there is room.  => 1, 0: no room, -EIO */
int dirblock_insert(void *block, const char *name, unsigned len, uint32_t ino,
                    uint8_t type);
/* => 1: removed, 0: not here, -EIO */
int dirblock_remove(void *block, const char *name, unsigned len);
/* Make it one unused entry. */
void dirblock_init(void *block);
/*
 * The first used entry at or after byte `from`, which need not be where an
 * entry begins, as `start` is; *at becomes its place.  => 1, 0: no more, -EIO
 */
int dirblock_next(void *block, unsigned start, unsigned from, unsigned *at,
                  struct ext2_dir_entry **out);

#endif
