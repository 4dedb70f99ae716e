/* SPDX-License-Identifier: MIT */
/*
 * dir.c - whole directories: a file whose blocks are dirblocks.
 *
 * A directory's blocks are metadata: pages of the partition's mapping, found
 * through its block map.  A name is looked for block by block (linear; the
 * dentry cache in front makes that rare), added where there is room or in a
 * new block at the end.  An entry that was found is a pointer into its block,
 * which keeps the block pinned; as long as it is in use it does not move.
 *
 * Names are unique: the VFS adds one only after a lookup found none, with the
 * directory locked all that time.  "." and ".." are entries like others.
 *
 * A position in a directory, as readdir's callers keep it, is a byte offset
 * behind an entry.  The block may have changed by the next call, so that an
 * entry begins elsewhere: iterating walks from the block's start to the first
 * entry at or after the position.
 *
 * Locks: the directory's inode lock, which the VFS holds.
 *
 * Not done: hashed directories (an existing hash is dropped at the first
 * change); directories do not shrink.
 */
#include "fs/ext2/dirblock.h"
#include "fs/ext2/ext2.h"

/* readdir's type, which is the file type's bits of i_mode, by EXT2_FT_* */
static const uint8_t dirent_types[] = {DT_UNKNOWN, DT_REG,  DT_DIR,  DT_CHR,
                                       DT_BLK,     DT_FIFO, DT_SOCK, DT_LNK};

/* The EXT2_FT_* of an inode. */
static uint8_t
file_type(const struct inode *inode)
{
    const uint8_t *found = memchr(dirent_types, (int)(inode->mode >> DT_SHIFT),
                                  sizeof(dirent_types));

    return found ? (uint8_t)(found - dirent_types) : EXT2_FT_UNKNOWN;
}

static uint64_t
dir_blocks(const struct inode *dir)
{
    return (uint64_t)inode_size(dir) / EXT2_BLOCK_SIZE;
}

/*
 * Let `look` see one block after the other, the i-th first, until it finds an
 * entry.  => that, pinned; NULL: there is none; ERR_PTR
 */
static struct ext2_dir_entry *
search(struct inode *dir, uint64_t i,
       struct ext2_dir_entry *(*look)(void *, const struct dir_query *),
       const struct dir_query *q)
{
    struct ext2_dir_entry *e = NULL;

    for (; !e && i < dir_blocks(dir); i++) {
        void *block = ext2_meta_block(dir, i, false);

        if (IS_ERR(block))
            return block;
        e = look(block, q);
        if (IS_ERR(e))
            ext2_error(dir->sb, "damaged: directory", dir->ino);
        if (!e || IS_ERR(e))
            ext2_put(block);
    }
    return e;
}

/* --- Names */

struct ext2_dir_entry *
ext2_find_name(struct inode *dir, const char *name, unsigned len,
               const struct inode *inode)
{
    struct dir_query q = {.name = name, .len = len};
    struct ext2_dir_entry *e = search(dir, 0, dirblock_find, &q);

    if (!inode || IS_ERR(e) || (e && e->inode == inode->ino))
        return e;
    ext2_put(e);
    return ERR_PTR(ext2_error(dir->sb, "lost its name: inode", inode->ino));
}

void
ext2_set_entry(struct inode *dir, struct ext2_dir_entry *e, struct inode *inode)
{
    e->inode = inode ? (uint32_t)inode->ino : 0;
    e->file_type = inode ? file_type(inode) : EXT2_FT_UNKNOWN;
    ext2_dirty(e);
    inode_touch(dir, TOUCH_MTIME | TOUCH_CTIME);
}

int
ext2_add_name(struct inode *dir, const char *name, unsigned len,
              struct inode *inode)
{
    struct dir_query q = {.name = name, .len = len};
    struct ext2_dir_entry *e = search(dir, 0, dirblock_insert, &q);

    if (!e) { /* no room: a block more, which is one unused entry */
        e = ext2_meta_block(dir, dir_blocks(dir), true);
        if (!IS_ERR(e)) {
            e->rec_len = EXT2_BLOCK_SIZE;
            dirblock_insert(e, &q);
            atomic_fetch_add(&dir->data.size, EXT2_BLOCK_SIZE);
        }
    }
    if (!IS_ERR(e))
        ext2_set_entry(dir, e, inode);
    ext2_put(e);
    return PTR_ERR_OR_ZERO(e);
}

/* An entry of another name than "." and "..", which an empty block lacks. */
static struct ext2_dir_entry *
find_other(void *block, const struct dir_query *q __maybe_unused)
{
    struct ext2_dir_entry *e = NULL;

    while ((e = dirblock_next(block, e)) && !IS_ERR(e))
        if (e->inode && (e->name_len > 2 || e->name[0] != '.' ||
                         e->name[e->name_len - 1] != '.'))
            break;
    return e;
}

int
ext2_check_empty(struct inode *inode)
{
    struct ext2_dir_entry *e =
        S_ISDIR(inode->mode) ? search(inode, 0, find_other, NULL) : NULL;

    ext2_put(e);
    return PTR_ERR_OR_ZERO(e) ?: (e ? -ENOTEMPTY : 0);
}

/* --- readdir */

/*
 * Give out the entries of the block in which the position is, from there on.
 * A name that a path walk would read otherwise cannot be right.
 * => an entry that was not wanted any more
 */
static struct ext2_dir_entry *
emit_block(void *block, const struct dir_query *q)
{
    struct dir_context *ctx = q->ctx;
    off_t pos = ctx->pos - ctx->pos % (off_t)EXT2_BLOCK_SIZE;
    struct ext2_dir_entry *e = NULL;

    for (; (e = dirblock_next(block, e)) && !IS_ERR(e); pos += e->rec_len) {
        if (!e->inode || pos < ctx->pos)
            continue;
        if (memchr(e->name, '/', e->name_len) ||
            memchr(e->name, '\0', e->name_len))
            return ERR_PTR(-EIO);
        if (!ctx->emit(ctx, e->name, e->name_len, e->inode,
                       e->file_type < sizeof(dirent_types)
                           ? dirent_types[e->file_type]
                           : DT_UNKNOWN,
                       pos + e->rec_len))
            return e;
    }
    if (!e)
        ctx->pos = pos;
    return e;
}

static int
ext2_iterate(struct file *f, struct dir_context *ctx)
{
    struct ext2_dir_entry *e =
        search(f->inode, (uint64_t)ctx->pos / EXT2_BLOCK_SIZE, emit_block,
               &(struct dir_query){.ctx = ctx});

    ext2_put(e);
    return PTR_ERR_OR_ZERO(e);
}

const struct file_operations ext2_dir_ops = {.iterate = ext2_iterate};
