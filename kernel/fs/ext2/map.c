/* SPDX-License-Identifier: MIT */
/*
 * map.c - the block map of an inode: from a block of the file to a block of
 * the disk.
 *
 *   block[0..11]  data
 *   block[12]     -> 1024 data            level 1
 *   block[13]     -> 1024 -> 1024 data    level 2
 *   block[14]     -> 1024 -> ... -> data  level 3
 *
 * Number 0 is a hole.  Reading follows the path of the index; writing
 * allocates what is missing on it, an indirect block before what it points
 * to; truncation walks the trees from the first index to go.
 *
 * Invariants
 *   I1  block[] and the indirect blocks change only with map_lock held for
 *       writing; i_blocks counts every block, indirect ones included.
 *   I2  A block is linked only after it is valid: an indirect block is zeroed
 *       before its number is stored.
 *   I3  Freeing an indirect block, or a directory's block, discards its page
 *       of the partition's mapping.
 *
 * Freeing stops at the first sign of damage (a number that cannot be, a block
 * that is free already): so a map that leads in circles costs no more than
 * there are blocks, and e2fsck does the rest.
 */
#include "fs/ext2/ext2.h"
#include "include/errno.h"
#include "lib/err.h"
#include "lib/macros.h"

enum { ADDR_SHIFT = 10, MAX_LEVEL = 3, LEAF_FANOUT = EXT2_ADDR_PER_BLOCK };

/* The way to a block: block[slot[0]], then slot[i] of each indirect block. */
struct map_path {
    unsigned level; /* indirect blocks on the way */
    uint32_t slot[MAX_LEVEL + 1];
};

static int
index_to_path(uint64_t index, struct map_path *p)
{
    if (index < EXT2_NDIR_BLOCKS) {
        p->level = 0;
        p->slot[0] = (uint32_t)index;
        return 0;
    }
    index -= EXT2_NDIR_BLOCKS;
    for (unsigned level = 1; level <= MAX_LEVEL; level++) {
        uint64_t span = 1UL << (ADDR_SHIFT * level);

        if (index < span) {
            p->level = level;
            p->slot[0] = EXT2_NDIR_BLOCKS + level - 1;
            for (unsigned i = level; i > 0; i--) {
                p->slot[i] = index % LEAF_FANOUT;
                index /= LEAF_FANOUT;
            }
            return 0;
        }
        index -= span;
    }
    return -EFBIG;
}

/* --- Reading */

static int
bad_block(struct inode *inode, uint64_t block)
{
    return ext2_error(inode->sb, "inode %lu: bad block number %lu", inode->ino,
                      block);
}

/* An indirect block: referenced and valid, or ERR_PTR. */
static struct page *
read_indirect(struct inode *inode, uint32_t block)
{
    if (!ext2_block_usable(inode->sb, block))
        return ERR_PTR(bad_block(inode, block));
    return ext2_bread(inode->sb, block);
}

/*
 * The array that holds the path's last slot.  => referenced in *page if it
 * is an indirect block; NULL with *err 0: a hole further up
 */
static uint32_t *
find_leaf(struct inode *inode, const struct map_path *p, struct page **page,
          int *err)
{
    uint32_t *array = ext2_i(inode)->block;

    *page = NULL;
    *err = 0;
    for (unsigned i = 0; i < p->level; i++) {
        uint32_t next = array[p->slot[i]];
        struct page *child = NULL;

        if (next)
            child = read_indirect(inode, next);
        if (*page)
            put_page(*page);
        *page = NULL;
        if (!next)
            return NULL;
        if (IS_ERR(child)) {
            *err = (int)PTR_ERR(child);
            return NULL;
        }
        *page = child;
        array = page_address(child);
    }
    return array;
}

/* How many slots from `at` on continue what begins there. */
static unsigned
run_length(const uint32_t *array, uint32_t at, uint32_t limit)
{
    uint32_t first = array[at];
    unsigned n = 1;

    while (n < limit && array[at + n] == (first ? first + n : 0))
        n++;
    return n;
}

int
ext2_map_blocks(struct inode *inode, uint64_t index, unsigned max,
                uint64_t *block)
{
    struct map_path p;
    struct page *page;
    uint32_t *leaf, last, limit;
    int ret = index_to_path(index, &p);

    *block = 0;
    if (ret)
        return 1; /* beyond what a file can have: a hole */
    last = p.slot[p.level];
    limit = MIN(max,
                (p.level ? (uint32_t)LEAF_FANOUT : (uint32_t)EXT2_NDIR_BLOCKS) -
                    last);
    down_read(&ext2_i(inode)->map_lock);
    leaf = find_leaf(inode, &p, &page, &ret);
    if (leaf) {
        *block = leaf[last];
        ret = (int)run_length(leaf, last, limit);
        if (*block &&
            (!ext2_block_usable(inode->sb, *block) ||
             !ext2_block_usable(inode->sb, *block + (unsigned)ret - 1)))
            ret = bad_block(inode, *block);
        if (page)
            put_page(page);
    } else if (!ret) {
        ret = (int)limit;
    }
    up_read(&ext2_i(inode)->map_lock);
    return ret;
}

/* --- Allocating */

/* A new block for the file; near the last one. */
static uint32_t
new_block(struct journal_handle *h, struct inode *inode, int *err)
{
    struct ext2_inode_info *info = ext2_i(inode);
    uint32_t block = ext2_alloc_block(h, inode->sb, info->goal, err);

    if (block) {
        info->goal = block + 1;
        inode->blocks += EXT2_SECTORS_PER_BLOCK;
    }
    return block;
}

/* The indirect block in *slot, made if there is none.  ERR_PTR */
static struct page *
get_indirect(struct journal_handle *h, struct inode *inode, uint32_t *slot)
{
    struct page *page;
    uint32_t block;
    int err;

    if (*slot)
        return read_indirect(inode, *slot);
    block = new_block(h, inode, &err);
    if (!block)
        return ERR_PTR(err);
    page = ext2_new_meta(inode->sb, block);
    if (IS_ERR(page)) {
        ext2_free_blocks(h, inode->sb, block, 1);
        inode->blocks -= EXT2_SECTORS_PER_BLOCK;
        return page;
    }
    journal_dirty_metadata(h, page);
    *slot = block;
    return page;
}

/* => map_lock held for writing */
static int
get_block_locked(struct journal_handle *h, struct inode *inode,
                 const struct map_path *p, uint64_t *block, bool *fresh)
{
    uint32_t *slot = &ext2_i(inode)->block[p->slot[0]];
    struct page *parent = NULL;
    int err = 0;

    for (unsigned i = 1; i <= p->level; i++) {
        struct page *page = get_indirect(h, inode, slot);

        if (parent) {
            journal_dirty_metadata(h, parent);
            put_page(parent);
        }
        if (IS_ERR(page))
            return (int)PTR_ERR(page);
        parent = page;
        slot = (uint32_t *)page_address(page) + p->slot[i];
    }
    *fresh = *slot == 0;
    if (*fresh) {
        uint32_t b = new_block(h, inode, &err);

        if (b) {
            if (parent)
                journal_get_write_access(h, parent);
            *slot = b;
            if (parent)
                journal_dirty_metadata(h, parent);
        }
    } else if (!ext2_block_usable(inode->sb, *slot)) {
        err = bad_block(inode, *slot);
    }
    *block = *slot;
    if (parent)
        put_page(parent);
    return err;
}

int
ext2_get_block(struct journal_handle *h, struct inode *inode, uint64_t index,
               uint64_t *block, bool *fresh)
{
    struct map_path p;
    int err = index_to_path(index, &p);

    if (err)
        return err;
    down_write(&ext2_i(inode)->map_lock);
    err = get_block_locked(h, inode, &p, block, fresh);
    up_write(&ext2_i(inode)->map_lock);
    mark_inode_dirty(inode);
    return err;
}

/* --- Truncating */

struct free_ctx {
    struct journal_handle *h;
    struct inode *inode;
    uint64_t first;        /* file block from which to free */
    uint32_t run, run_len; /* data blocks gathered */
    bool damaged;          /* stop */
};

static void
flush_run(struct free_ctx *c)
{
    if (c->run_len && ext2_free_blocks(c->h, c->inode->sb, c->run, c->run_len))
        c->damaged = true;
    c->run_len = 0;
}

static void
uncount_block(struct inode *inode)
{
    if (inode->blocks >= EXT2_SECTORS_PER_BLOCK) /* else it was wrong */
        inode->blocks -= EXT2_SECTORS_PER_BLOCK;
}

static void
free_data(struct free_ctx *c, uint32_t block)
{
    uncount_block(c->inode);
    if (S_ISDIR(c->inode->mode))
        discard_page(bdev_mapping(c->inode->sb->bdev), block);
    if (c->run_len && c->run + c->run_len == block) {
        c->run_len++;
        return;
    }
    flush_run(c);
    c->run = block;
    c->run_len = 1;
}

static void
free_indirect(struct free_ctx *c, uint32_t block)
{
    uncount_block(c->inode);
    discard_page(bdev_mapping(c->inode->sb->bdev), block);
    if (ext2_free_blocks(c->h, c->inode->sb, block, 1))
        c->damaged = true;
}

/*
 * Free what *slot leads to, from c->first on; `start` is the first file block
 * below it.  At most MAX_LEVEL deep.
 */
static void
free_branch(struct free_ctx *c, uint32_t *slot, unsigned level, uint64_t start)
{
    uint64_t span = 1UL << (ADDR_SHIFT * level);
    struct page *page;
    uint32_t block = *slot;

    if (!block || start + span <= c->first || c->damaged)
        return;
    if (!ext2_block_usable(c->inode->sb, block)) {
        bad_block(c->inode, block);
        c->damaged = true;
        return;
    }
    if (level == 0) {
        *slot = 0;
        free_data(c, block);
        return;
    }
    page = ext2_bread(c->inode->sb, block);
    if (IS_ERR(page))
        return; /* reported; its blocks stay allocated */
    journal_get_write_access(c->h, page);
    for (uint32_t i = 0; i < LEAF_FANOUT; i++)
        free_branch(c, (uint32_t *)page_address(page) + i, level - 1,
                    start + ((uint64_t)i << (ADDR_SHIFT * (level - 1))));
    flush_run(c);
    if (start >= c->first && !c->damaged) {
        put_page(page);
        *slot = 0;
        free_indirect(c, block);
    } else {
        journal_dirty_metadata(c->h, page);
        put_page(page);
    }
}

void
ext2_free_from(struct journal_handle *h, struct inode *inode, uint64_t first)
{
    struct ext2_inode_info *info = ext2_i(inode);
    struct free_ctx c = {.h = h, .inode = inode, .first = first};
    uint64_t start = 0;

    down_write(&info->map_lock);
    for (unsigned i = 0; i < EXT2_N_BLOCKS; i++) {
        unsigned level = i < EXT2_NDIR_BLOCKS ? 0 : i - EXT2_NDIR_BLOCKS + 1;

        free_branch(&c, &info->block[i], level, start);
        start += 1UL << (ADDR_SHIFT * level);
    }
    flush_run(&c);
    up_write(&info->map_lock);
    mark_inode_dirty(inode);
}

int
ext2_truncate(struct inode *inode, off_t size)
{
    uint64_t first = DIV_ROUND_UP((uint64_t)size, PAGE_SIZE);
    struct journal_handle h;
    off_t old = inode_size(inode);
    int err = journal_start(&h, inode->sb, EXT2_HANDLE_BLOCKS);

    if (err)
        return err;
    if (size > old)
        truncate_pages(&inode->data, old); /* clears the last page's tail */
    atomic_store(&inode->data.size, size);
    mark_inode_dirty(inode);
    if (size < old) {
        truncate_pages(&inode->data, size);
        ext2_free_from(&h, inode, first);
        /*
         * A reader that saw the old size may have brought a page back while
         * its block was still in the map; written to later, it would go there.
         */
        truncate_pages(&inode->data, (off_t)(first * PAGE_SIZE));
    }
    journal_stop(&h);
    return 0;
}
