/* SPDX-License-Identifier: MIT */
/*
 * dirblock.c - one block of a directory; see dirblock.h.
 *
 *     | ino 12 | rec_len 16 | "." | ino 2 | rec_len 24 | "name" ..... | ...
 *
 * Entries fill the block without gaps: rec_len leads from one to the next and
 * the last one's reaches the block's end.  Removing an entry lengthens the
 * one before it (the first one becomes unused, with inode 0); inserting
 * splits an entry that is longer than its name needs.
 */
#include "fs/ext2/dirblock.h"

#include <stdbool.h>

#include "include/errno.h"
#include "lib/string.h"

static struct ext2_dir_entry *
entry_at(void *block, unsigned at)
{
    return (struct ext2_dir_entry *)((uint8_t *)block + at);
}

/* Can the entry at byte `at` be believed? */
static bool
entry_ok(void *block, unsigned at)
{
    struct ext2_dir_entry *e = entry_at(block, at);

    if (at > EXT2_BLOCK_SIZE - EXT2_DIR_REC_LEN(1))
        return false;
    return e->rec_len >= EXT2_DIR_REC_LEN(1) &&
           e->rec_len % EXT2_DIR_PAD == 0 &&
           e->rec_len <= EXT2_BLOCK_SIZE - at &&
           (e->inode == 0 ||
            (e->name_len > 0 && EXT2_DIR_REC_LEN(e->name_len) <= e->rec_len));
}

/* Bytes of an entry that are in use. */
static unsigned
used_bytes(const struct ext2_dir_entry *e)
{
    return e->inode ? (unsigned)EXT2_DIR_REC_LEN(e->name_len) : 0;
}

static bool
is_named(const struct ext2_dir_entry *e, const char *name, unsigned len)
{
    return e->inode && e->name_len == len && memcmp(e->name, name, len) == 0;
}

int
dirblock_find(void *block, const char *name, unsigned len,
              struct ext2_dir_entry **out)
{
    for (unsigned at = 0; at < EXT2_BLOCK_SIZE;) {
        struct ext2_dir_entry *e = entry_at(block, at);

        if (!entry_ok(block, at))
            return -EIO;
        if (is_named(e, name, len)) {
            *out = e;
            return 1;
        }
        at += e->rec_len;
    }
    return 0;
}

static void
fill_entry(struct ext2_dir_entry *e, const char *name, unsigned len,
           uint32_t ino, uint8_t type)
{
    e->inode = ino;
    e->name_len = (uint8_t)len;
    e->file_type = type;
    memcpy(e->name, name, len);
}

int
dirblock_insert(void *block, const char *name, unsigned len, uint32_t ino,
                uint8_t type)
{
    unsigned need = (unsigned)EXT2_DIR_REC_LEN(len);

    for (unsigned at = 0; at < EXT2_BLOCK_SIZE;) {
        struct ext2_dir_entry *e = entry_at(block, at);
        unsigned used;

        if (!entry_ok(block, at))
            return -EIO;
        used = used_bytes(e);
        if (e->rec_len - used >= need) {
            if (used) { /* split: the new one gets what is left over */
                struct ext2_dir_entry *tail = entry_at(block, at + used);

                tail->rec_len = (uint16_t)(e->rec_len - used);
                e->rec_len = (uint16_t)used;
                e = tail;
            }
            fill_entry(e, name, len, ino, type);
            return 1;
        }
        at += e->rec_len;
    }
    return 0;
}

int
dirblock_remove(void *block, const char *name, unsigned len)
{
    struct ext2_dir_entry *previous = NULL;

    for (unsigned at = 0; at < EXT2_BLOCK_SIZE;) {
        struct ext2_dir_entry *e = entry_at(block, at);

        if (!entry_ok(block, at))
            return -EIO;
        if (is_named(e, name, len)) {
            if (previous)
                previous->rec_len = (uint16_t)(previous->rec_len + e->rec_len);
            else
                e->inode = 0;
            return 1;
        }
        previous = e;
        at += e->rec_len;
    }
    return 0;
}

void
dirblock_init(void *block)
{
    struct ext2_dir_entry *e = block;

    memset(block, 0, EXT2_BLOCK_SIZE);
    e->rec_len = EXT2_BLOCK_SIZE;
}

int
dirblock_next(void *block, unsigned start, unsigned from, unsigned *at,
              struct ext2_dir_entry **out)
{
    while (start < EXT2_BLOCK_SIZE) {
        struct ext2_dir_entry *e = entry_at(block, start);

        if (!entry_ok(block, start))
            return -EIO;
        if (start >= from && e->inode) {
            *at = start;
            *out = e;
            return 1;
        }
        start += e->rec_len;
    }
    return 0;
}
