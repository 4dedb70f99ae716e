/* SPDX-License-Identifier: MIT */
/*
 * dir.c - whole directories: a file whose blocks are dirblocks.
 *
 * A directory's blocks are metadata: pages of the partition's mapping, found
 * through its block map.  A name is looked for block by block (linear; the
 * dentry cache in front makes that rare), added where there is room or in a
 * new block at the end.
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
#include "lib/err.h"

/* readdir's type, which is the file type's bits of i_mode, by EXT2_FT_* */
enum { MODE_TYPE_SHIFT = 12 };
static const uint8_t dirent_types[] = {
    [EXT2_FT_UNKNOWN] = DT_UNKNOWN, [EXT2_FT_REG_FILE] = DT_REG,
    [EXT2_FT_DIR] = DT_DIR,         [EXT2_FT_CHRDEV] = DT_CHR,
    [EXT2_FT_BLKDEV] = DT_BLK,      [EXT2_FT_FIFO] = DT_FIFO,
    [EXT2_FT_SOCK] = DT_SOCK,       [EXT2_FT_SYMLINK] = DT_LNK,
};

/* The EXT2_FT_* of an inode. */
static uint8_t
file_type(const struct inode *inode)
{
    uint8_t ft = EXT2_FT_SYMLINK;

    while (ft > 0 && dirent_types[ft] != inode->mode >> MODE_TYPE_SHIFT)
        ft--;
    return ft;
}

static uint64_t
dir_blocks(const struct inode *dir)
{
    return (uint64_t)inode_size(dir) / EXT2_BLOCK_SIZE;
}

static int
damaged(struct inode *dir, uint64_t i)
{
    return ext2_error(dir->sb, "directory %lu: block %lu is damaged", dir->ino,
                      i);
}

/* --- Names */

/* A name found: its entry, the one before it in the block, the block. */
struct found {
    struct ext2_dir_entry *e, *before;
    struct page *page; /* referenced */
};

/* => 1: f is filled, page referenced; 0: no such name; -errno */
static int
find_entry(struct inode *dir, const char *name, unsigned len, struct found *f)
{
    for (uint64_t i = 0; i < dir_blocks(dir); i++) {
        int ret;

        f->page = ext2_read_block(dir, i);
        if (IS_ERR(f->page))
            return (int)PTR_ERR(f->page);
        ret =
            dirblock_find(page_address(f->page), name, len, &f->e, &f->before);
        if (ret > 0)
            return ret;
        put_page(f->page);
        if (ret < 0)
            return damaged(dir, i);
    }
    return 0;
}

int64_t
ext2_find_name(struct inode *dir, const char *name, unsigned len)
{
    struct found f;
    int64_t ret = find_entry(dir, name, len, &f);

    if (ret > 0) {
        ret = f.e->inode;
        put_page(f.page);
    }
    return ret;
}

/* A block of the directory was changed.  => refs: consumes page */
static void
end_change(struct inode *dir, struct page *page)
{
    set_page_dirty(page);
    put_page(page);
    inode_touch(dir, TOUCH_MTIME | TOUCH_CTIME);
}

/* A new block at the end, one unused entry.  ERR_PTR */
static struct page *
append_block(struct inode *dir)
{
    struct page *page = ext2_add_block(dir, dir_blocks(dir));

    if (!IS_ERR(page)) {
        ((struct ext2_dir_entry *)page_address(page))->rec_len =
            EXT2_BLOCK_SIZE;
        atomic_fetch_add(&dir->data.size, EXT2_BLOCK_SIZE);
    }
    return page;
}

int
ext2_add_name(struct inode *dir, const char *name, unsigned len,
              struct inode *inode)
{
    for (uint64_t i = 0;; i++) {
        struct page *page =
            i < dir_blocks(dir) ? ext2_read_block(dir, i) : append_block(dir);
        int ret;

        if (IS_ERR(page))
            return (int)PTR_ERR(page);
        ret = dirblock_insert(page_address(page), name, len,
                              (uint32_t)inode->ino, file_type(inode));
        if (ret > 0) {
            end_change(dir, page);
            return 0;
        }
        put_page(page);
        if (ret < 0)
            return damaged(dir, i);
    }
}

int
ext2_set_name(struct inode *dir, const char *name, unsigned len,
              struct inode *inode)
{
    struct found f;
    int ret = find_entry(dir, name, len, &f);

    if (ret <= 0)
        return ret ? ret : -ENOENT;
    if (inode) {
        f.e->inode = (uint32_t)inode->ino;
        f.e->file_type = file_type(inode);
    } else {
        dirblock_remove(f.e, f.before);
    }
    end_change(dir, f.page);
    return 0;
}

/* --- All entries */

/*
 * Give out the entries of block i from byte `from` on; stops when `emit` says
 * false.  => 0: go on, 1: stopped, -EIO
 */
static int
iterate_block(struct inode *dir, uint64_t i, struct dir_context *ctx)
{
    struct page *page = ext2_read_block(dir, i);
    off_t base = (off_t)(i * EXT2_BLOCK_SIZE);
    struct ext2_dir_entry *e;
    int ret = 0;

    if (IS_ERR(page))
        return (int)PTR_ERR(page);
    for (unsigned at = 0; at < EXT2_BLOCK_SIZE && !ret; at += e->rec_len) {
        off_t next;

        e = dirblock_entry(page_address(page), at);
        if (e && (base + at < ctx->pos || !e->inode))
            continue;
        /* A name that a path walk would read otherwise cannot be right. */
        if (!e || memchr(e->name, '/', e->name_len) ||
            memchr(e->name, '\0', e->name_len)) {
            ret = damaged(dir, i);
            break;
        }
        next = base + at + e->rec_len;
        ret = !ctx->emit(ctx, e->name, e->name_len, e->inode,
                         e->file_type < sizeof(dirent_types)
                             ? dirent_types[e->file_type]
                             : DT_UNKNOWN,
                         next);
        if (!ret)
            ctx->pos = next;
    }
    put_page(page);
    if (!ret)
        ctx->pos = base + (off_t)EXT2_BLOCK_SIZE;
    return ret;
}

/* => 0: to the end, 1: stopped, -errno */
static int
iterate(struct inode *dir, struct dir_context *ctx)
{
    int ret = 0;

    while (!ret && (uint64_t)ctx->pos < (uint64_t)inode_size(dir))
        ret = iterate_block(dir, (uint64_t)ctx->pos / EXT2_BLOCK_SIZE, ctx);
    return ret;
}

static int
ext2_iterate(struct file *f, struct dir_context *ctx)
{
    int ret = iterate(f->inode, ctx);

    return ret < 0 ? ret : 0;
}

/* An emit that goes on as long as there are only "." and "..". */
static bool
is_dots(struct dir_context *ctx, const char *name, unsigned len, uint64_t ino,
        unsigned type, off_t next)
{
    (void)ctx, (void)ino, (void)type, (void)next;
    return len <= 2 && name[0] == '.' && (len == 1 || name[1] == '.');
}

int
ext2_check_empty(struct inode *inode)
{
    struct dir_context ctx = {.emit = is_dots};
    int ret = S_ISDIR(inode->mode) ? iterate(inode, &ctx) : 0;

    return ret > 0 ? -ENOTEMPTY : ret;
}

const struct file_operations ext2_dir_ops = {.iterate = ext2_iterate};
