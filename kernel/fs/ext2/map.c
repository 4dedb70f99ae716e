/* SPDX-License-Identifier: MIT */
/*
 * map.c - the block map of an inode: from a block of the file to a block of
 * the disk; and with it, reading and writing files.
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
 * the disk are read by one request.
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
 * Reading a file is the page cache's own business: it asks only where blocks
 * are.  A page that is to be written to gets its block at once (bind_page), so
 * that a dirty page always has one (DESIGN.md section 8); a page over a block
 * that is new starts as zeroes, whatever the disk has there.  The first store
 * to a page of a shared mapping does the same.
 *
 * Locks: inode lock > journal handle > page lock > map_lock; all but reading
 * needs a handle; that of a write lives from begin_write to end_write.
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

/* A block of metadata.  ERR_PTR */
static struct page *
read_meta(struct inode *inode, uint64_t block)
{
    int err = ext2_check_block(inode, block);

    return err ? ERR_PTR(err) : ext2_bread(inode->sb, block);
}

/* A new block of metadata, its number in the slot; zeroed.  ERR_PTR */
static struct page *
new_meta(struct inode *inode, struct slot *s)
{
    int64_t block = ext2_alloc_block(inode);
    struct page *page;

    if (block < 0)
        return ERR_PTR(block);
    page = grab_cache_page(inode->sb->bdev->mapping, (uint64_t)block);
    if (IS_ERR(page)) {
        ext2_free_block(inode, (uint32_t)block);
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

    *s = (struct slot){.at = ext2_i(inode)->raw->i_block};
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

static int
map_blocks(struct address_space *m, uint64_t index, unsigned max,
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
        if (*block && (ext2_check_block(inode, *block) ||
                       ext2_check_block(inode, *block + (unsigned)ret - 1)))
            ret = -EIO;
    }
    slot_put(&s);
    up_read(&ext2_i(inode)->map_lock);
    return ret;
}

struct page *
ext2_read_block(struct inode *inode, uint64_t index)
{
    uint64_t block;
    int n = map_blocks(&inode->data, index, 1, &block);

    if (n > 0 && !block)
        n = ext2_check_block(inode, 0); /* a hole does not belong there */
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
    uint64_t first; /* file block from which to free */
    bool stop;      /* damage was seen */
};

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
    if (IS_ERR(page) || (!page && ext2_check_block(c->inode, block))) {
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
    if (start < c->first || c->stop)
        return;
    *slot = 0;
    if (level > 0 || !S_ISREG(c->inode->mode)) /* metadata */
        discard_page(c->inode->sb->bdev->mapping, block);
    c->stop = ext2_free_block(c->inode, block) != 0;
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

        free_branch(&c, &info->raw->i_block[i], level, start);
        start += 1UL << (ADDR_SHIFT * level);
    }
    up_write(&info->map_lock);
}

int
ext2_truncate(struct inode *inode, off_t size)
{
    uint64_t first = DIV_ROUND_UP((uint64_t)size, PAGE_SIZE);
    off_t old = inode_size(inode);
    int err = journal_start(inode->sb);

    if (err)
        return err;
    if (size > old)
        truncate_pages(&inode->data, old); /* clears the last page's tail */
    atomic_store(&inode->data.size, size);
    if (size < old) {
        truncate_pages(&inode->data, size);
        ext2_free_from(inode, first);
        /*
         * A reader that saw the old size may have brought a page back while
         * its block was still in the map; written to later, it would go there.
         */
        truncate_pages(&inode->data, (off_t)(first * PAGE_SIZE));
    }
    mark_inode_dirty(inode);
    journal_stop();
    return 0;
}

/* --- Reading and writing files; see vm/pagecache.h */

static int
begin_write(struct address_space *m)
{
    return journal_start(m->host->sb);
}

static int
bind_page(struct address_space *m, struct page *page)
{
    struct inode *inode = m->host;
    bool fresh = false;
    int64_t block;
    struct slot s;

    if (page->private) /* block + 1 */
        return 0;
    down_write(&ext2_i(inode)->map_lock);
    block = find_slot(inode, page->index, true, &s);
    if (!block && *s.at) {
        block = ext2_check_block(inode, *s.at) ?: (int64_t)*s.at;
    } else if (!block) {
        block = ext2_alloc_block(inode);
        fresh = block > 0;
        if (fresh)
            slot_set(&s, (uint32_t)block);
    }
    slot_put(&s);
    up_write(&ext2_i(inode)->map_lock);
    if (block < 0)
        return (int)block;
    page->private = (uint64_t)block + 1;
    return fresh;
}

static void
end_write(struct address_space *m, bool undo)
{
    off_t size = inode_size(m->host);

    if (undo) {
        truncate_pages(m, size);
        ext2_free_from(m->host, DIV_ROUND_UP((uint64_t)size, PAGE_SIZE));
    }
    mark_inode_dirty(m->host);
    journal_stop();
}

/*
 * The first write to a page of a shared mapping.  The page is up to date, so
 * a hole's is zero already.
 */
static int
page_mkwrite(struct address_space *m, struct page *page)
{
    int err = journal_start(m->host->sb);

    if (err)
        return err;
    err = lock_mapped_page(m, page);
    if (!err) {
        err = bind_page(m, page);
        if (err < 0)
            unlock_page(page);
        else
            set_page_dirty(page);
        inode_touch(m->host, TOUCH_MTIME | TOUCH_CTIME);
    }
    journal_stop();
    return MIN(err, 0);
}

const struct address_space_ops ext2_aops = {
    .map_blocks = map_blocks,
    .begin_write = begin_write,
    .end_write = end_write,
    .bind_page = bind_page,
    .page_mkwrite = page_mkwrite,
};
