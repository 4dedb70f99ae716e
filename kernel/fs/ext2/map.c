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
 * A slot is the place that holds a block's number: in the inode or in an
 * indirect block, pinned either way.  Number 0 is a hole.  find_slot() walks
 * from the inode to a slot; reading looks what is there, writing makes what is
 * missing on the way, an indirect block before what it points to; truncation
 * walks the trees from the first block to go.  Blocks that lie together on
 * the disk are read by one request.
 *
 * Invariants
 *   I1  block[] and the indirect blocks change only with map_lock held for
 *       writing; i_blocks counts every block, indirect ones included.
 *   I2  Who has map_lock finds valid blocks only: a new indirect block is
 *       zeroed before the lock that it was linked under is released.
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

enum { ADDR_SHIFT = 10, MAX_LEVEL = 3, FANOUT = EXT2_ADDR_PER_BLOCK };

/* --- Finding */

/*
 * Let a slot have a block: if it is a hole a new one, near the file's last.
 * => 1: it is new; 0; -errno
 */
static int
fill_slot(struct inode *inode, uint32_t *slot)
{
    struct ext2_inode_info *info = ext2_i(inode);
    int64_t block;

    if (*slot)
        return ext2_check_block(inode, *slot);
    block = ext2_take(inode->sb, EXT2_BLOCKS, info->goal);
    if (block < 0)
        return (int)block;
    info->goal = (uint32_t)block + 1;
    inode->blocks += EXT2_SECTORS_PER_BLOCK;
    *slot = (uint32_t)block;
    ext2_dirty(slot);
    return 1;
}

/* A slot becomes a hole.  => -EIO: its block was not in use */
static int
clear_slot(struct inode *inode, uint32_t *slot)
{
    uint32_t block = *slot;

    *slot = 0;
    ext2_dirty(slot);
    inode->blocks -= EXT2_SECTORS_PER_BLOCK;
    return ext2_give_back(inode->sb, EXT2_BLOCKS, block);
}

/*
 * The block of metadata that a slot leads to, pinned; make: if it is a hole, a
 * new one, zeroed.  ERR_PTR
 */
static void *
slot_block(struct inode *inode, uint32_t *slot, bool make)
{
    struct super_block *sb = inode->sb;
    int fresh = make ? fill_slot(inode, slot) : ext2_check_block(inode, *slot);
    struct page *page;

    if (fresh <= 0)
        return fresh ? ERR_PTR(fresh) : ext2_bread(sb, *slot);
    page = grab_cache_page(sb->bdev->mapping, *slot);
    if (IS_ERR(page)) {
        clear_slot(inode, slot);
        return page;
    }
    clear_frame(page);
    page_set(page, PG_uptodate);
    set_page_dirty(page);
    unlock_page(page);
    return page_address(page);
}

/*
 * The slot of file block `index`; make: with what is missing on the way.
 * => map_lock held, for writing if make; NULL: a hole begins further up;
 *    ERR_PTR; refs: ext2_put()
 */
static uint32_t *
find_slot(struct inode *inode, uint64_t index, bool make)
{
    struct ext2_inode *raw = ext2_i(inode)->raw;
    uint32_t *slot = raw->i_block, *block;
    uint64_t span = 1; /* how many blocks of the file lie below the slot */

    get_page(virt_to_page(slot));
    if (index < EXT2_NDIR_BLOCKS)
        return slot + index;
    index -= EXT2_NDIR_BLOCKS;
    for (slot += EXT2_NDIR_BLOCKS; index >= span * FANOUT; slot++) {
        span *= FANOUT;
        index -= span;
    }
    ASSERT(slot < raw->i_block + EXT2_N_BLOCKS); /* max_bytes is less */
    for (; span > 0; span /= FANOUT) {
        block = *slot || make ? slot_block(inode, slot, make) : NULL;
        ext2_put(slot);
        if (!block || IS_ERR(block))
            return block;
        slot = block + index / span % FANOUT;
    }
    return slot;
}

/*
 * Both ways alone: who else reads the target of a symlink waits a little.  Even
 * when there is no room for the block, one may have been made on the way to it.
 */
void *
ext2_meta_block(struct inode *inode, uint64_t index, bool make)
{
    uint32_t hole = 0, *slot;
    void *block;

    down_write(&ext2_i(inode)->map_lock);
    slot = find_slot(inode, index, make);
    block = IS_ERR(slot) ? slot : slot_block(inode, slot ? slot : &hole, make);
    ext2_put(slot);
    up_write(&ext2_i(inode)->map_lock);
    if (make)
        mark_inode_dirty(inode);
    return block;
}

/*
 * How many blocks from `index` on lie together on the disk, or are a hole;
 * no farther than the slots of one block tell.  Each number is checked, since
 * what is read by it may be written to it later.
 */
static int
map_blocks(struct address_space *m, uint64_t index, unsigned max,
           uint64_t *block)
{
    struct inode *inode = m->host;
    uint64_t room = index < EXT2_NDIR_BLOCKS
                        ? EXT2_NDIR_BLOCKS - index
                        : FANOUT - (index - EXT2_NDIR_BLOCKS) % FANOUT;
    int n, end = (int)MIN((uint64_t)max, room);
    uint32_t *slot;

    down_read(&ext2_i(inode)->map_lock);
    slot = find_slot(inode, index, false);
    n = slot ? PTR_ERR_OR_ZERO(slot) : end;
    *block = n ? 0 : *slot;
    while (n >= 0 && n < end &&
           slot[n] == (*block ? *block + (unsigned)n : 0) &&
           (!*block || !ext2_check_block(inode, slot[n])))
        n++;
    ext2_put(slot);
    up_read(&ext2_i(inode)->map_lock);
    return n ? n : -EIO;
}

/* --- Truncating */

/*
 * Free what n slots lead to through `level` indirect blocks, but for the first
 * `keep` blocks of the file.  As deep as there are levels.
 * => -errno: damage, at which it stopped
 */
static int
free_slots(struct inode *inode, uint32_t *slot, unsigned n, unsigned level,
           uint64_t keep)
{
    uint64_t span = 1UL << (ADDR_SHIFT * level);
    int err = 0;

    for (; n > 0 && !err; n--, slot++, keep -= MIN(keep, span)) {
        uint32_t *below = NULL;

        if (!*slot || keep >= span)
            continue;
        if (level == 0) {
            err = ext2_check_block(inode, *slot);
        } else {
            below = slot_block(inode, slot, false);
            err = PTR_ERR_OR_ZERO(below)
                      ?: free_slots(inode, below, FANOUT, level - 1, keep);
            ext2_put(below);
        }
        if (err || keep > 0)
            continue;
        if (level > 0 || !S_ISREG(inode->mode)) /* metadata */
            discard_page(inode->sb->bdev->mapping, *slot);
        err = clear_slot(inode, slot);
    }
    return err;
}

int
ext2_shrink(struct inode *inode, off_t size)
{
    uint64_t keep = DIV_ROUND_UP((uint64_t)size, PAGE_SIZE);
    struct ext2_inode_info *info = ext2_i(inode);
    uint32_t *slot = info->raw->i_block;
    bool mapped = S_ISREG(inode->mode) || S_ISDIR(inode->mode) ||
                  (S_ISLNK(inode->mode) &&
                   inode_size(inode) >= (off_t)EXT2_FAST_SYMLINK_MAX);
    int err = 0, tail; /* a short symlink or a device has no map in i_block */

    atomic_store(&inode->data.size, size);
    tail = truncate_pages(&inode->data, size);
    down_write(&info->map_lock);
    for (unsigned level = 0; mapped && level <= MAX_LEVEL && !err; level++) {
        unsigned n = level ? 1 : EXT2_NDIR_BLOCKS;

        err = free_slots(inode, slot, n, level, keep);
        keep -= MIN(keep, (uint64_t)n << (ADDR_SHIFT * level));
        slot += n;
    }
    up_write(&info->map_lock);
    /*
     * A reader that saw the old size may have brought a page back while its
     * block was still in the map; written to later, it would go there.
     */
    truncate_pages(&inode->data, (off_t)ALIGN_UP((uint64_t)size, PAGE_SIZE));
    if (err)
        ext2_error(inode->sb, "not all is freed: inode", inode->ino);
    return tail;
}

/* When it grows, only the rest of its last page is cleared. */
int
ext2_truncate(struct inode *inode, off_t size)
{
    int err = journal_start(inode->sb);

    if (err)
        return err;
    err = ext2_shrink(inode, MIN(size, inode_size(inode)));
    if (!err)
        atomic_store(&inode->data.size, size);
    mark_inode_dirty(inode);
    journal_stop();
    return err;
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
    uint32_t *slot;
    int fresh;

    if (page->private) /* block + 1 */
        return 0;
    down_write(&ext2_i(inode)->map_lock);
    slot = find_slot(inode, page->index, true);
    fresh = PTR_ERR_OR_ZERO(slot) ?: fill_slot(inode, slot);
    if (fresh >= 0)
        page->private = *slot + 1UL;
    ext2_put(slot);
    up_write(&ext2_i(inode)->map_lock);
    return fresh;
}

static void
end_write(struct address_space *m, bool undo)
{
    if (undo)
        ext2_shrink(m->host, inode_size(m->host));
    mark_inode_dirty(m->host);
    journal_stop();
}

/*
 * The first write to a page of a shared mapping, which may have been truncated
 * before we have its lock.  It is up to date, so a hole's is zero already.
 */
static int
page_mkwrite(struct address_space *m, struct page *page)
{
    int err = journal_start(m->host->sb);

    if (err)
        return err;
    lock_page(page);
    if (page->mapping == m && page->index < mapping_pages(m))
        err = bind_page(m, page);
    else
        err = -EAGAIN;
    if (err < 0)
        unlock_page(page);
    else
        set_page_dirty(page);
    inode_touch(m->host, TOUCH_MTIME | TOUCH_CTIME);
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
