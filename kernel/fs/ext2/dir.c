/* SPDX-License-Identifier: MIT */
/*
 * dir.c - whole directories: a file whose blocks are dirblocks.
 *
 * A directory's blocks are metadata: pages of the partition's mapping, found
 * through its block map.  A name is looked for block by block (linear; the
 * dentry cache in front makes that rare), added where there is room or in a
 * new block at the end.  Directories do not shrink.
 *
 * Locks: the directory's inode lock, which the VFS holds.
 */
#include "fs/ext2/dirblock.h"
#include "fs/ext2/ext2.h"
#include "include/dirent.h"
#include "include/errno.h"
#include "lib/err.h"
#include "lib/string.h"

static uint64_t
dir_blocks(const struct inode *dir)
{
    return (uint64_t)inode_size(dir) / EXT2_BLOCK_SIZE;
}

/* Block i of the directory, referenced.  ERR_PTR */
static struct page *
dir_page(struct inode *dir, uint64_t i)
{
    uint64_t block;
    int n = ext2_map_blocks(dir, i, 1, &block);

    if (n < 0)
        return ERR_PTR(n);
    if (!block)
        return ERR_PTR(
            ext2_error(dir->sb, "directory %lu has a hole", dir->ino));
    return ext2_bread(dir->sb, block);
}

static int
damaged(struct inode *dir, uint64_t i)
{
    return ext2_error(dir->sb, "directory %lu: block %lu is damaged", dir->ino,
                      i);
}

static uint8_t
type_of(const struct inode *inode)
{
    switch (inode->mode & S_IFMT) {
    case S_IFREG:
        return EXT2_FT_REG_FILE;
    case S_IFDIR:
        return EXT2_FT_DIR;
    case S_IFCHR:
        return EXT2_FT_CHRDEV;
    case S_IFBLK:
        return EXT2_FT_BLKDEV;
    case S_IFIFO:
        return EXT2_FT_FIFO;
    case S_IFSOCK:
        return EXT2_FT_SOCK;
    case S_IFLNK:
        return EXT2_FT_SYMLINK;
    default:
        return EXT2_FT_UNKNOWN;
    }
}

/* Find a name: its block's page (referenced) and entry.  1, 0, -errno */
static int
find_entry(struct inode *dir, const char *name, unsigned len,
           struct page **page, struct ext2_dir_entry **e)
{
    for (uint64_t i = 0; i < dir_blocks(dir); i++) {
        int ret;

        *page = dir_page(dir, i);
        if (IS_ERR(*page))
            return (int)PTR_ERR(*page);
        ret = dirblock_find(page_address(*page), name, len, e);
        if (ret > 0)
            return ret;
        put_page(*page);
        if (ret < 0)
            return damaged(dir, i);
    }
    return 0;
}

int64_t
ext2_find_name(struct inode *dir, const char *name, unsigned len)
{
    struct ext2_dir_entry *e;
    struct page *page;
    int64_t ret = find_entry(dir, name, len, &page, &e);

    if (ret > 0) {
        ret = e->inode;
        put_page(page);
    }
    return ret;
}

/* A new block at the end of the directory, referenced.  ERR_PTR */
static struct page *
append_block(struct journal_handle *h, struct inode *dir)
{
    uint64_t i = dir_blocks(dir), block;
    struct page *page;
    bool fresh;
    int err = ext2_get_block(h, dir, i, &block, &fresh);

    if (err)
        return ERR_PTR(err);
    page = ext2_new_meta(dir->sb, block);
    if (IS_ERR(page)) {
        ext2_free_from(h, dir, i);
        return page;
    }
    dirblock_init(page_address(page));
    journal_dirty_metadata(h, page);
    atomic_store(&dir->data.size, (int64_t)((i + 1) * EXT2_BLOCK_SIZE));
    return page;
}

int
ext2_add_name(struct journal_handle *h, struct inode *dir, const char *name,
              unsigned len, struct inode *inode)
{
    struct page *page = NULL;
    int ret = 0;

    for (uint64_t i = 0; ret == 0; i++) {
        bool last = i >= dir_blocks(dir);

        page = last ? append_block(h, dir) : dir_page(dir, i);
        if (IS_ERR(page))
            return (int)PTR_ERR(page);
        journal_get_write_access(h, page);
        ret = dirblock_insert(page_address(page), name, len,
                              (uint32_t)inode->ino, type_of(inode));
        if (ret > 0)
            journal_dirty_metadata(h, page);
        put_page(page);
        if (ret < 0)
            return damaged(dir, i);
    }
    ext2_i(dir)->disk_flags &= ~(uint32_t)EXT2_INDEX_FL;
    inode_touch(dir, TOUCH_MTIME | TOUCH_CTIME);
    return 0;
}

int
ext2_remove_name(struct journal_handle *h, struct inode *dir, const char *name,
                 unsigned len)
{
    struct ext2_dir_entry *e;
    struct page *page;
    int ret = find_entry(dir, name, len, &page, &e);

    if (ret <= 0)
        return ret ? ret : -ENOENT;
    journal_get_write_access(h, page);
    dirblock_remove(page_address(page), name, len);
    journal_dirty_metadata(h, page);
    put_page(page);
    inode_touch(dir, TOUCH_MTIME | TOUCH_CTIME);
    return 0;
}

int
ext2_change_name(struct journal_handle *h, struct inode *dir, const char *name,
                 unsigned len, struct inode *inode)
{
    struct ext2_dir_entry *e;
    struct page *page;
    int ret = find_entry(dir, name, len, &page, &e);

    if (ret <= 0)
        return ret ? ret : -ENOENT;
    journal_get_write_access(h, page);
    e->inode = (uint32_t)inode->ino;
    e->file_type = type_of(inode);
    journal_dirty_metadata(h, page);
    put_page(page);
    inode_touch(dir, TOUCH_MTIME | TOUCH_CTIME);
    return 0;
}

int
ext2_make_empty(struct journal_handle *h, struct inode *dir,
                struct inode *parent)
{
    int err = ext2_add_name(h, dir, ".", 1, dir);

    return err ? err : ext2_add_name(h, dir, "..", 2, parent);
}

static bool
is_dots(const struct ext2_dir_entry *e)
{
    return (e->name_len == 1 && e->name[0] == '.') ||
           (e->name_len == 2 && e->name[0] == '.' && e->name[1] == '.');
}

int
ext2_dir_is_empty(struct inode *dir)
{
    for (uint64_t i = 0; i < dir_blocks(dir); i++) {
        struct page *page = dir_page(dir, i);
        struct ext2_dir_entry *e;
        unsigned at = 0;
        int ret;

        if (IS_ERR(page))
            return (int)PTR_ERR(page);
        while ((ret = dirblock_next(page_address(page), at, at, &at, &e)) > 0) {
            if (!is_dots(e))
                break;
            at += e->rec_len;
        }
        put_page(page);
        if (ret)
            return ret < 0 ? damaged(dir, i) : 0;
    }
    return 1;
}

static unsigned
dirent_type(const struct ext2_dir_entry *e)
{
    static const uint8_t types[] = {
        [EXT2_FT_REG_FILE] = DT_REG, [EXT2_FT_DIR] = DT_DIR,
        [EXT2_FT_CHRDEV] = DT_CHR,   [EXT2_FT_BLKDEV] = DT_BLK,
        [EXT2_FT_FIFO] = DT_FIFO,    [EXT2_FT_SOCK] = DT_SOCK,
        [EXT2_FT_SYMLINK] = DT_LNK,
    };

    return e->file_type < sizeof(types) ? types[e->file_type] : DT_UNKNOWN;
}

/* A name that a path walk would read otherwise cannot be right. */
static bool
name_ok(const struct ext2_dir_entry *e)
{
    return !memchr(e->name, '/', e->name_len) &&
           !memchr(e->name, '\0', e->name_len);
}

/* Give out the entries of block i from byte ctx->pos on.  0: go on */
static int
iterate_block(struct inode *dir, uint64_t i, struct dir_context *ctx)
{
    struct page *page = dir_page(dir, i);
    unsigned at = (unsigned)((uint64_t)ctx->pos % EXT2_BLOCK_SIZE);
    off_t base = (off_t)(i * EXT2_BLOCK_SIZE);
    struct ext2_dir_entry *e;
    unsigned start = 0; /* of an entry that we know */
    int ret;

    if (IS_ERR(page))
        return (int)PTR_ERR(page);
    while ((ret = dirblock_next(page_address(page), start, at, &at, &e)) > 0) {
        off_t next = base + at + e->rec_len;

        if (!name_ok(e)) {
            ret = -EIO;
            break;
        }
        if (!ctx->emit(ctx, e->name, e->name_len, e->inode, dirent_type(e),
                       next))
            break;
        ctx->pos = next;
        start = at += e->rec_len;
    }
    put_page(page);
    if (ret == 0)
        ctx->pos = base + (off_t)EXT2_BLOCK_SIZE;
    return ret < 0 ? damaged(dir, i) : ret;
}

int
ext2_iterate(struct file *f, struct dir_context *ctx)
{
    struct inode *dir = f->inode;
    int ret = 0;

    while (ret == 0 && (uint64_t)ctx->pos < (uint64_t)inode_size(dir))
        ret = iterate_block(dir, (uint64_t)ctx->pos / EXT2_BLOCK_SIZE, ctx);
    return ret < 0 ? ret : 0;
}
