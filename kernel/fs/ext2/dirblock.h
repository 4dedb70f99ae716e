/* SPDX-License-Identifier: MIT */
/*
 * dirblock.h - one block of a directory, as bytes.  Pure: no locks, no I/O.
 *
 * Every entry is checked before it is used; a block with a bad one is
 * damaged, and is left as it is.  ERR_PTR(-EIO) says so.  To remove an entry,
 * set its inode to 0.
 */
#pragma once

#include <stdint.h>

#include "include/ext2_fs.h"

struct dir_context;

/* What to do with a block: find a name, put it in, or (ctx) read all names. */
struct dir_query {
    const char *name;
    unsigned len;
    struct dir_context *ctx;
};

/* The entry behind e, used (inode != 0) or not; e NULL: the first.  NULL: none */
struct ext2_dir_entry *dirblock_next(void *block, struct ext2_dir_entry *e);
/* The entry of a name, or NULL. */
struct ext2_dir_entry *dirblock_find(void *block, const struct dir_query *q);
/* A name put where there is room, for its inode and type; or NULL. */
struct ext2_dir_entry *dirblock_insert(void *block, const struct dir_query *q);
