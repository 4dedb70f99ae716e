/* SPDX-License-Identifier: MIT */
/*
 * super.c - mounting ext2: the super block and the group descriptors, and what
 * is said in them about the whole.
 *
 *   mount      read and check super block, descriptors and root; say "not
 *              valid", so that a crash leaves that on the disk
 *   in use     counts change with each allocation (alloc.c); what turns out to
 *              be damaged sets the error flag (ext2_error)
 *   umount     when all else is on the disk, say "valid", and write that
 *   power-off  the same while processes may still run: no new operation
 *              begins, those under way end, and files without a name are
 *              deleted on the disk, since their last close may never come
 *
 * "Valid" is said only if it was so at mount, no damage was seen and no write
 * of metadata failed meanwhile; else e2fsck has work to do.
 *
 * A block of metadata, ext2_bread(), is a page of the partition's mapping; it
 * stays in memory as long as somebody has a reference, and is written by the
 * flusher like any dirty page.
 *
 * Invariants
 *   I1  The free counts of the super block are the sums of those in the group
 *       descriptors; both change together (alloc.c).
 *
 * Locks: sb->lock for the counts; the rest changes only at mount and umount.
 *
 * Not done: other sizes of blocks, inodes and groups than mke2fs's usual ones;
 * the copies of super block and descriptors, which are e2fsck's.
 *
 * See: ext2_fs.h for the format.
 */
#include "block/bio.h"
#include "core/printk.h"
#include "fs/ext2/ext2.h"
#include "lib/err.h"
#include "lib/format.h"
#include "mm/slab.h"

enum { MIN_BLOCKS = 8, SUPER_BLOCK_NR = 0, FIRST_DESC_BLOCK = 1 };
enum { MAX_ERRORS_SAID = 100 };

int
ext2_error(struct super_block *sb, const char *fmt, ...)
{
    struct ext2_fs *fs = ext2_sb(sb);
    char line[128];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(line, sizeof(line), fmt, ap);
    va_end(ap);
    /* A damaged disk can have millions: what is said first is the news. */
    if (fs->errors_said++ < MAX_ERRORS_SAID)
        pr_err("EXT2-fs error (%s): %s", sb->source, line);
    if (!(sb->flags & SB_RDONLY)) {
        fs->super->s_state |= EXT2_ERROR_FS;
        fs->was_clean = false;
        set_page_dirty(fs->super_page);
    }
    return -EIO;
}

struct page *
ext2_bread(struct super_block *sb, uint64_t block)
{
    struct page *page = read_cache_page(sb->bdev->mapping, block);

    if (IS_ERR(page) && PTR_ERR(page) == -ENOMEM) {
        /* Half an operation is worse: a page of the reserve ends it. */
        uint32_t scope = memalloc_scope_save(SCOPE_MEMALLOC);

        page = read_cache_page(sb->bdev->mapping, block);
        memalloc_scope_restore(scope);
    }
    return page;
}

struct ext2_group_desc *
ext2_desc(struct super_block *sb, uint32_t group)
{
    struct ext2_fs *fs = ext2_sb(sb);

    ASSERT(group < fs->nr_groups);
    return (struct ext2_group_desc *)page_address(
               fs->desc_pages[group / EXT2_DESC_PER_BLOCK]) +
           group % EXT2_DESC_PER_BLOCK;
}

/* --- Mounting */

/* Why this super block cannot be used; NULL: it can. */
static const char *
super_fault(const struct ext2_super_block *s, uint64_t device_blocks)
{
    if (s->s_magic != EXT2_SUPER_MAGIC)
        return "not an ext2 file system";
    if (s->s_feature_incompat & EXT3_FEATURE_INCOMPAT_RECOVER)
        return "the journal needs recovery: run e2fsck";
    if (s->s_rev_level < EXT2_DYNAMIC_REV ||
        s->s_feature_incompat != EXT2_FEATURE_INCOMPAT_FILETYPE ||
        s->s_feature_ro_compat & ~(EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER |
                                   EXT2_FEATURE_RO_COMPAT_LARGE_FILE))
        return "unsupported features";
    if (s->s_log_block_size != EXT2_LOG_BLOCK_SIZE || s->s_first_data_block ||
        s->s_blocks_per_group != EXT2_BLOCKS_PER_GROUP)
        return "the block size is not 4096";
    if (s->s_inode_size != EXT2_INODE_SIZE ||
        s->s_first_ino != EXT2_FIRST_INO || s->s_inodes_per_group == 0 ||
        s->s_inodes_per_group > 8 * EXT2_BLOCK_SIZE ||
        s->s_inodes_per_group % EXT2_INODES_PER_BLOCK)
        return "the inode size is not 256";
    if (s->s_blocks_count < MIN_BLOCKS || s->s_blocks_count > device_blocks)
        return "larger than its device";
    if (s->s_inodes_count !=
        (uint64_t)DIV_ROUND_UP(s->s_blocks_count, EXT2_BLOCKS_PER_GROUP) *
            s->s_inodes_per_group)
        return "bad inode count";
    return NULL;
}

static int
refuse(struct super_block *sb, const char *why)
{
    pr_err("EXT2-fs (%s): %s", sb->source, why);
    return -EINVAL;
}

/* Read and check the super block, and work out what follows from it. */
static int
read_super(struct super_block *sb, struct ext2_fs *fs)
{
    struct page *page = ext2_bread(sb, SUPER_BLOCK_NR);
    struct ext2_super_block *s;
    const char *fault;

    if (IS_ERR(page))
        return (int)PTR_ERR(page);
    fs->super_page = page;
    s = (void *)((uint8_t *)page_address(page) + EXT2_SUPER_OFFSET);
    fault = super_fault(s, sb->bdev->nr_sectors / SECTORS_PER_PAGE);
    if (fault)
        return refuse(sb, fault);
    fs->super = s;
    fs->nr_groups = DIV_ROUND_UP(s->s_blocks_count, EXT2_BLOCKS_PER_GROUP);
    fs->nr_desc_pages = DIV_ROUND_UP(fs->nr_groups, EXT2_DESC_PER_BLOCK);
    fs->table_blocks = s->s_inodes_per_group / EXT2_INODES_PER_BLOCK;
    return 0;
}

/* Read the descriptors, check them, and add their counts up (I1). */
static int
read_descriptors(struct super_block *sb, struct ext2_fs *fs)
{
    struct ext2_super_block *s = fs->super;

    fs->desc_pages =
        kzalloc(fs->nr_desc_pages * sizeof(struct page *), GFP_KERNEL);
    if (!fs->desc_pages)
        return -ENOMEM;
    s->s_free_blocks_count = s->s_free_inodes_count = 0;
    for (uint32_t i = 0; i < fs->nr_desc_pages; i++) {
        struct page *page = ext2_bread(sb, FIRST_DESC_BLOCK + i);

        if (IS_ERR(page))
            return (int)PTR_ERR(page);
        fs->desc_pages[i] = page;
    }
    for (uint32_t g = 0; g < fs->nr_groups; g++) {
        struct ext2_group_desc *d = ext2_desc(sb, g);

        if (!d->bg_block_bitmap || d->bg_block_bitmap >= s->s_blocks_count ||
            !d->bg_inode_bitmap || d->bg_inode_bitmap >= s->s_blocks_count ||
            !d->bg_inode_table ||
            (uint64_t)d->bg_inode_table + fs->table_blocks > s->s_blocks_count)
            return refuse(sb, "bad group descriptor");
        s->s_free_blocks_count += d->bg_free_blocks_count;
        s->s_free_inodes_count += d->bg_free_inodes_count;
    }
    return 0;
}

static int
fill_super(struct super_block *sb, const char *options)
{
    struct ext2_fs *fs = kzalloc(sizeof(*fs), GFP_KERNEL);
    struct ext2_super_block *s;
    struct inode *root;
    int err;

    (void)options;
    if (!fs)
        return -ENOMEM;
    sb->private = fs;
    /* i_blocks counts 512-byte units in 32 bits: 2 TB, less than the map. */
    sb->max_bytes = (1UL << 41) - PAGE_SIZE;
    err = read_super(sb, fs) ?: read_descriptors(sb, fs);
    if (err)
        return err;
    root = ext2_iget(sb, EXT2_ROOT_INO);
    if (IS_ERR(root))
        return (int)PTR_ERR(root);
    if (!S_ISDIR(root->mode)) {
        iput(root);
        return refuse(sb, "the root is not a directory");
    }
    sb->root = d_alloc_root(root);
    if (!sb->root)
        return -ENOMEM;
    /* Remember how it was; from now on it is "not valid". */
    s = fs->super;
    fs->wb_errors = atomic_read(&sb->bdev->mapping->wb_error_seq);
    fs->was_clean =
        (s->s_state & (EXT2_VALID_FS | EXT2_ERROR_FS)) == EXT2_VALID_FS;
    if (!fs->was_clean)
        pr_warn("EXT2-fs (%s): not cleanly unmounted: run e2fsck", sb->source);
    if (!(sb->flags & SB_RDONLY)) {
        s->s_state &= (uint16_t)~EXT2_VALID_FS;
        set_page_dirty(fs->super_page);
    }
    return 0;
}

/* --- The end */

/*
 * Nothing changes any more: say "valid" if it is, when all else is written.
 * => -errno: something could not be written
 */
static int
mark_unmounted(struct super_block *sb)
{
    struct ext2_fs *fs = ext2_sb(sb);
    struct address_space *m = sb->bdev->mapping;

    sync_mapping(m);
    if (fs->was_clean && atomic_read(&m->wb_error_seq) == fs->wb_errors)
        fs->super->s_state |= EXT2_VALID_FS;
    set_page_dirty(fs->super_page);
    return sync_mapping(m);
}

static void
ext2_put_super(struct super_block *sb)
{
    struct ext2_fs *fs = ext2_sb(sb);

    if (sb->root && !(sb->flags & SB_RDONLY))
        mark_unmounted(sb);
    for (uint32_t i = 0; fs->desc_pages && i < fs->nr_desc_pages; i++)
        if (fs->desc_pages[i])
            put_page(fs->desc_pages[i]);
    kfree(fs->desc_pages);
    if (fs->super_page)
        put_page(fs->super_page);
}

/* Power-off.  => mount mutex held, sb is mounted for writing */
static int
ext2_remount_ro(struct super_block *sb)
{
    int err, last;

    journal_freeze(sb);
    evict_orphans(sb);
    err = sync_all();
    if (err)
        ext2_sb(sb)->was_clean = false;
    last = mark_unmounted(sb);
    return err ? err : last;
}

/* What describes groups does not count; the copies of super blocks do. */
static int
ext2_statfs(struct super_block *sb, struct statfs *out)
{
    enum { BITMAPS = 2 };
    struct ext2_fs *fs = ext2_sb(sb);
    struct ext2_super_block *s = fs->super;
    uint32_t overhead =
        1 + fs->nr_desc_pages + fs->nr_groups * (BITMAPS + fs->table_blocks);

    out->f_blocks = s->s_blocks_count - overhead;
    out->f_bfree = s->s_free_blocks_count;
    if (out->f_bfree > s->s_r_blocks_count)
        out->f_bavail = out->f_bfree - s->s_r_blocks_count;
    out->f_files = s->s_inodes_count;
    out->f_ffree = s->s_free_inodes_count;
    return 0;
}

/* --- Inode structures */

void
ext2_init_inode(struct inode *inode)
{
    rwsem_init(&ext2_i(inode)->map_lock, RANK_BLOCK_MAP, "block_map");
    inode->data.ops = &ext2_aops;
}

static void
ext2_free_inode_info(struct inode *inode)
{
    if (ext2_i(inode)->raw_page)
        put_page(ext2_i(inode)->raw_page);
}

struct file_system_type ext2_type = {
    .name = "ext2",
    .needs_dev = true,
    .magic = EXT2_SUPER_MAGIC,
    .inode_size = sizeof(struct ext2_inode_info),
    .cache_name = "ext2_inode_cache",
    .fill_super = fill_super,
    .read_inode = ext2_read_inode,
    .free_inode = ext2_free_inode_info,
    .pack_inode = ext2_pack_inode,
    .evict = ext2_evict,
    .statfs = ext2_statfs,
    .remount_ro = ext2_remount_ro,
    .put_super = ext2_put_super,
};
