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
 * So block 5000 of a file, the 3964th of those behind the first 12 + 1024, is
 * found at level 2: block[13], in it number 3964 / 1024 = 3, in that one
 * number 3964 % 1024 = 892.
 *
 * Number 0 is a hole.  find_slot() walks from the inode to the place that
 * holds a block's number; reading looks what is there, writing makes what is
 * missing on the way, an indirect block before what it points to; truncation
 * walks the trees from the first block to go.  Blocks that lie together on
 * the disk are read by one request and freed by one visit to their bitmap.
 *
 * Invariants
 *   I1  block[] and the indirect blocks change only with map_lock held for
 *       writing; i_blocks counts every block, indirect ones included.
 *   I2  A block is linked only after it is valid: an indirect block is zeroed
 *       before its number is stored.
 *   I3  Freeing a block of metadata (an indirect one, or one of a directory or
 *       symlink) discards its page of the partition's mapping.
 *
 * Freeing stops at the first sign of damage (a number that cannot be, a block
 * that is free already): so a map that leads in circles costs no more than
 * there are blocks, and e2fsck does the rest.
 *
 * Locks: map_lock; the caller has a journal handle open for all but reading.
 *
 * Not done: freeing an indirect block that has become empty of its own; a
 * handle for each part of a long truncation, which a log of limited size
 * would need.
 *
 * See: the page table of an address space, a tree of the same kind
 * (vm/pgtable.c).
 */
#include "fs/ext2/ext2.h"
#include "lib/err.h"

enum { ADDR_SHIFT = 10, MAX_LEVEL = 3, FANOUT = EXT2_ADDR_PER_BLOCK };

/* --- Blocks of the disk */

/* Can this be a block of a file?  0, -EIO */
static int
check_block(struct inode *inode, uint64_t block)
{
    if (ext2_block_usable(inode->sb, block))
        return 0;
    return ext2_error(inode->sb, "inode %lu: bad block number %lu", inode->ino,
                      block);
}

/* A block of metadata.  ERR_PTR */
static struct page *
read_meta(struct inode *inode, uint64_t block)
{
    int err = check_block(inode, block);

    return err ? ERR_PTR(err) : ext2_bread(inode->sb, block);
}

/* --- Finding */

/* The place of a block's number: in the inode or in an indirect block. */
struct slot {
    uint32_t *at;      /* NULL: a hole begins further up */
    uint32_t room;     /* places from here to the end of the array */
    struct page *page; /* the indirect block, referenced, or NULL */
};

/* => map_lock held for writing */
static void
slot_set(struct slot *s, uint32_t block)
{
    *s->at = block;
    if (s->page)
        set_page_dirty(s->page);
}

static void
slot_put(struct slot *s)
{
    if (s->page)
        put_page(s->page);
}

/* A new block of metadata, its number in the slot; zeroed.  ERR_PTR */
static struct page *
new_meta(struct inode *inode, struct slot *s)
{
    int64_t block = ext2_alloc_block(inode);
    struct page *page;

    if (block < 0)
        return ERR_PTR(block);
    page = grab_cache_page(bdev_mapping(inode->sb->bdev), (uint64_t)block);
    if (IS_ERR(page)) {
        ext2_free_blocks(inode, (uint32_t)block, 1);
        return page;
    }
    clear_frame(page);
    page_set(page, PG_uptodate);
    set_page_dirty(page);
    unlock_page(page);
    slot_set(s, (uint32_t)block);
    return page;
}

/*
 * Find the slot of file block `index`; make: with what is missing on the way.
 * => map_lock held, for writing if make; refs: slot_put(), even on errors
 */
static int
find_slot(struct inode *inode, uint64_t index, bool make, struct slot *s)
{
    uint64_t span = 1;
    unsigned level;

    *s = (struct slot){.at = ext2_i(inode)->block};
    if (index < EXT2_NDIR_BLOCKS) {
        s->at += index;
        s->room = EXT2_NDIR_BLOCKS - (uint32_t)index;
        return 0;
    }
    index -= EXT2_NDIR_BLOCKS;
    for (level = 1; index >= span * FANOUT; level++) {
        span *= FANOUT;
        index -= span;
    }
    ASSERT(level <= MAX_LEVEL); /* max_bytes is less */
    s->at += EXT2_NDIR_BLOCKS + level - 1;
    for (; span > 0; span /= FANOUT) {
        uint32_t i = index / span % FANOUT;
        struct page *child = NULL;

        if (s->at && *s->at)
            child = read_meta(inode, *s->at);
        else if (make)
            child = new_meta(inode, s);
        if (IS_ERR(child))
            return (int)PTR_ERR(child);
        slot_put(s);
        s->page = child;
        s->at = child ? (uint32_t *)page_address(child) + i : NULL;
        s->room = FANOUT - i;
    }
    return 0;
}

/* How many blocks from this slot on lie together, or are a hole. */
static unsigned
run_length(const struct slot *s, unsigned max)
{
    unsigned n = 1;

    if (!s->at)
        return MIN(max, s->room);
    while (n < max && n < s->room && s->at[n] == (*s->at ? *s->at + n : 0))
        n++;
    return n;
}

int
ext2_map_blocks(struct address_space *m, uint64_t index, unsigned max,
                uint64_t *block)
{
    struct inode *inode = m->host;
    struct slot s;
    int ret;

    *block = 0;
    down_read(&ext2_i(inode)->map_lock);
    ret = find_slot(inode, index, false, &s);
    if (!ret) {
        ret = (int)run_length(&s, max);
        *block = s.at ? *s.at : 0;
        if (*block && (check_block(inode, *block) ||
                       (ret > 1 && check_block(inode, *block + ret - 1))))
            ret = -EIO;
    }
    slot_put(&s);
    up_read(&ext2_i(inode)->map_lock);
    return ret;
}

int64_t
ext2_get_block(struct inode *inode, uint64_t index, bool *fresh)
{
    struct slot s;
    int64_t ret;

    *fresh = false;
    down_write(&ext2_i(inode)->map_lock);
    ret = find_slot(inode, index, true, &s);
    if (!ret && *s.at) {
        ret = check_block(inode, *s.at);
        if (!ret)
            ret = *s.at;
    } else if (!ret) {
        ret = ext2_alloc_block(inode);
        *fresh = ret > 0;
        if (*fresh)
            slot_set(&s, (uint32_t)ret);
    }
    slot_put(&s);
    up_write(&ext2_i(inode)->map_lock);
    mark_inode_dirty(inode);
    return ret;
}

struct page *
ext2_read_block(struct inode *inode, uint64_t index)
{
    uint64_t block;
    int n = ext2_map_blocks(&inode->data, index, 1, &block);

    if (n > 0 && !block)
        n = check_block(inode, 0); /* a hole does not belong there */
    return n < 0 ? ERR_PTR(n) : ext2_bread(inode->sb, block);
}

struct page *
ext2_add_block(struct inode *inode, uint64_t index)
{
    struct page *page;
    struct slot s;
    int err;

    down_write(&ext2_i(inode)->map_lock);
    err = find_slot(inode, index, true, &s);
    page = err ? ERR_PTR(err) : new_meta(inode, &s);
    slot_put(&s);
    up_write(&ext2_i(inode)->map_lock);
    mark_inode_dirty(inode);
    return page;
}

/* --- Truncating */

struct free_ctx {
    struct inode *inode;
    uint64_t first;        /* file block from which to free */
    uint32_t run, run_len; /* blocks gathered, of one group */
    bool stop;             /* damage was seen */
};

/* Give the gathered blocks back. */
static void
flush_run(struct free_ctx *c)
{
    if (c->run_len && ext2_free_blocks(c->inode, c->run, c->run_len))
        c->stop = true;
    c->run_len = 0;
}

/* Gather a block to be freed.  => nothing refers to it any more */
static void
free_block(struct free_ctx *c, uint32_t block, bool metadata)
{
    if (metadata)
        discard_page(bdev_mapping(c->inode->sb->bdev), block);
    if (block != c->run + c->run_len || block % EXT2_BLOCKS_PER_GROUP == 0)
        flush_run(c);
    if (c->run_len++ == 0)
        c->run = block;
}

/*
 * Free what *slot leads to, from c->first on; `start` is the first file block
 * below it.  At most MAX_LEVEL deep.
 */
static void
free_branch(struct free_ctx *c, uint32_t *slot, unsigned level, uint64_t start)
{
    uint64_t span = 1UL << (ADDR_SHIFT * level);
    uint32_t block = *slot;
    struct page *page;

    if (!block || start + span <= c->first || c->stop)
        return;
    page = level > 0 ? read_meta(c->inode, block) : NULL;
    if (IS_ERR(page) || (!page && check_block(c->inode, block))) {
        c->stop = true;
        return;
    }
    if (page) {
        span /= FANOUT;
        for (uint32_t i = 0; i < FANOUT; i++)
            free_branch(c, (uint32_t *)page_address(page) + i, level - 1,
                        start + i * span);
        set_page_dirty(page);
        put_page(page);
    }
    if (start >= c->first && !c->stop) {
        *slot = 0;
        free_block(c, block, level > 0 || !S_ISREG(c->inode->mode));
    }
}

void
ext2_free_from(struct inode *inode, uint64_t first)
{
    struct ext2_inode_info *info = ext2_i(inode);
    struct free_ctx c = {.inode = inode, .first = first};
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
    int err = journal_start(&h, inode->sb);

    if (err)
        return err;
    if (size > old)
        truncate_pages(&inode->data, old); /* clears the last page's tail */
    atomic_store(&inode->data.size, size);
    mark_inode_dirty(inode);
    if (size < old) {
        truncate_pages(&inode->data, size);
        ext2_free_from(inode, first);
        /*
         * A reader that saw the old size may have brought a page back while
         * its block was still in the map; written to later, it would go there.
         */
        truncate_pages(&inode->data, (off_t)(first * PAGE_SIZE));
    }
    journal_stop(&h);
    return 0;
}
