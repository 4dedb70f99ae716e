/* SPDX-License-Identifier: MIT */
/*
 * super.c - mounting ext2: the super block and the group descriptors, and what
 * is said in them about the whole.
 *
 *   mount      read and check super block, descriptors and root; say "not
 *              valid", so that a crash leaves that on the disk
 *   in use     the groups' counts change with each allocation (alloc.c); what
 *              turns out to be damaged is remembered (ext2_error)
 *   umount     sum the groups' counts up in the super block; when all else is
 *              on the disk, say "valid", and write that
 *   power-off  the same while processes may still run: no new operation
 *              begins, those under way end, and files without a name are
 *              deleted on the disk, since their last close may never come
 *
 * "Valid" is said only if it was so at mount, no damage was seen and no write
 * of metadata failed meanwhile; else e2fsck has work to do.
 *
 * A block of metadata, ext2_bread(), is a page of the partition's mapping; it
 * stays in memory as long as somebody has a reference, and is written by the
 * flusher like any dirty page.  One that cannot be read is damage like any
 * other: what was under way may have been left half done.
 *
 * Invariants
 *   I1  The free counts of the super block mean nothing while it is not
 *       "valid"; e2fsck knows that, since Linux does the same.
 *
 * Locks: none; what is here changes only at mount and umount.
 *
 * Not done: other sizes of blocks, inodes and groups than mke2fs's usual ones;
 * the copies of super block and descriptors, which are e2fsck's.
 *
 * See: ext2_fs.h for the format.
 */
#include "fs/ext2/ext2.h"

#include "core/printk.h"
#include "mm/slab.h"

enum { SUPER_BLOCK_NR = 0, FIRST_DESC_BLOCK = 1 };
enum { MAX_ERRORS_SAID = 100 };

int
ext2_error(struct super_block *sb, const char *what, uint64_t n)
{
    struct ext2_fs *fs = ext2_sb(sb);

    /* A damaged disk can have millions: what is said first is the news. */
    if (fs->errors_said++ < MAX_ERRORS_SAID)
        pr_err("EXT2-fs error (%s): %s %lu", sb->source, what, n);
    fs->was_clean = false;
    return -EIO;
}

void *
ext2_bread(struct super_block *sb, uint64_t block)
{
    struct page *page = read_cache_page(sb->bdev->mapping, block);

    if (IS_ERR(page) && PTR_ERR(page) == -ENOMEM) {
        /* Half an operation is worse: a page of the reserve ends it. */
        uint32_t scope = memalloc_scope_save(SCOPE_MEMALLOC);

        page = read_cache_page(sb->bdev->mapping, block);
        memalloc_scope_restore(scope);
    }
    if (!IS_ERR(page))
        return page_address(page);
    if (PTR_ERR(page) != -ENOMEM)
        ext2_error(sb, "cannot be read: block", block);
    return page;
}

/* --- Mounting */

static int
refuse(struct super_block *sb, const char *why)
{
    pr_err("EXT2-fs (%s): %s", sb->source, why);
    return -EINVAL;
}

/* Read the super block, see if we can use it, and work out what follows. */
static int
read_super(struct super_block *sb, struct ext2_fs *fs)
{
    uint8_t *block = ext2_bread(sb, SUPER_BLOCK_NR);
    struct ext2_super_block *s;

    if (IS_ERR(block))
        return (int)PTR_ERR(block);
    s = fs->super = (void *)(block + EXT2_SUPER_OFFSET);
    if (s->s_magic != EXT2_SUPER_MAGIC)
        return refuse(sb, "not an ext2 file system");
    if (s->s_feature_incompat & EXT3_FEATURE_INCOMPAT_RECOVER)
        return refuse(sb, "the journal needs recovery: run e2fsck");
    if (s->s_rev_level < EXT2_DYNAMIC_REV ||
        s->s_feature_incompat != EXT2_FEATURE_INCOMPAT_FILETYPE ||
        s->s_feature_ro_compat & ~(EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER |
                                   EXT2_FEATURE_RO_COMPAT_LARGE_FILE))
        return refuse(sb, "unsupported features");
    if (s->s_log_block_size != EXT2_LOG_BLOCK_SIZE || s->s_first_data_block ||
        s->s_blocks_per_group != EXT2_BLOCKS_PER_GROUP ||
        s->s_inode_size != EXT2_INODE_SIZE || s->s_first_ino != EXT2_FIRST_INO)
        return refuse(sb, "blocks are not of 4096 bytes, or inodes of 256");
    if (s->s_inodes_per_group == 0 ||
        s->s_inodes_per_group > 8 * EXT2_BLOCK_SIZE ||
        s->s_inodes_per_group % EXT2_INODES_PER_BLOCK ||
        s->s_blocks_count > sb->bdev->nr_sectors / SECTORS_PER_PAGE)
        return refuse(sb, "larger than its device, or bad counts");

    fs->nr_groups = DIV_ROUND_UP(s->s_blocks_count, EXT2_BLOCKS_PER_GROUP);
    fs->nr_desc_blocks = DIV_ROUND_UP(fs->nr_groups, EXT2_DESC_PER_BLOCK);
    fs->table_blocks = s->s_inodes_per_group / EXT2_INODES_PER_BLOCK;
    fs->per_group[EXT2_BLOCKS] = EXT2_BLOCKS_PER_GROUP;
    fs->per_group[EXT2_INODES] = s->s_inodes_per_group;
    fs->per_group[EXT2_DIRS] = s->s_inodes_per_group;
    fs->was_clean =
        (s->s_state & (EXT2_VALID_FS | EXT2_ERROR_FS)) == EXT2_VALID_FS;
    return 0;
}

/* Read and check the group descriptors. */
static int
read_descriptors(struct super_block *sb, struct ext2_fs *fs)
{
    uint32_t blocks = fs->super->s_blocks_count;

    fs->desc = kzalloc(fs->nr_desc_blocks * sizeof(fs->desc[0]), GFP_KERNEL);
    if (!fs->desc)
        return -ENOMEM;
    for (uint32_t i = 0; i < fs->nr_desc_blocks; i++) {
        fs->desc[i] = ext2_bread(sb, FIRST_DESC_BLOCK + i);
        if (IS_ERR(fs->desc[i]))
            return (int)PTR_ERR(fs->desc[i]);
    }
    for (uint32_t g = 0; g < fs->nr_groups; g++) {
        struct ext2_group_desc *d = ext2_desc(sb, g);

        if (!d->bg_block_bitmap || d->bg_block_bitmap >= blocks ||
            !d->bg_inode_bitmap || d->bg_inode_bitmap >= blocks ||
            !d->bg_inode_table ||
            (uint64_t)d->bg_inode_table + fs->table_blocks > blocks)
            return refuse(sb, "bad group descriptor");
    }
    return 0;
}

/* What it leaves when it fails, ext2_put_super() undoes. */
static int
fill_super(struct super_block *sb, const char *options __maybe_unused)
{
    struct ext2_fs *fs = kzalloc(sizeof(*fs), GFP_KERNEL);
    struct inode *root;
    int err;

    if (!fs)
        return -ENOMEM;
    sb->private = fs;
    /* i_blocks counts 512-byte units in 32 bits, indirect blocks as well. */
    sb->max_bytes = (1UL << 41) - (1UL << 32);
    fs->wb_errors = atomic_read(&sb->bdev->mapping->wb_error_seq);
    err = read_super(sb, fs) ?: read_descriptors(sb, fs);
    if (err)
        return err;
    root = ext2_iget(sb, EXT2_ROOT_INO);
    if (IS_ERR(root))
        return (int)PTR_ERR(root);
    sb->root = d_alloc_root(root);
    if (!sb->root)
        return -ENOMEM;
    if (!fs->was_clean)
        pr_warn("EXT2-fs (%s): not cleanly unmounted: run e2fsck", sb->source);
    if (!(sb->flags & MS_RDONLY)) { /* until ext2_remount_ro() */
        fs->super->s_state &= (uint16_t)~EXT2_VALID_FS;
        fs->super->s_feature_ro_compat |= EXT2_FEATURE_RO_COMPAT_LARGE_FILE;
        ext2_dirty(fs->super);
    }
    return 0;
}

/* --- The end */

/* What describes groups does not count; the copies of super blocks do. */
static int
ext2_statfs(struct super_block *sb, struct statfs *out)
{
    enum { BITMAPS = 2 };
    struct ext2_fs *fs = ext2_sb(sb);
    struct ext2_super_block *s = fs->super;
    uint32_t overhead =
        1 + fs->nr_desc_blocks + fs->nr_groups * (BITMAPS + fs->table_blocks);

    for (uint32_t g = 0; g < fs->nr_groups; g++) {
        out->f_bfree += ext2_desc(sb, g)->bg_free_blocks_count;
        out->f_ffree += ext2_desc(sb, g)->bg_free_inodes_count;
    }
    out->f_blocks = s->s_blocks_count - overhead;
    if (out->f_bfree > s->s_r_blocks_count)
        out->f_bavail = out->f_bfree - s->s_r_blocks_count;
    out->f_files = (uint64_t)fs->nr_groups * s->s_inodes_per_group;
    return 0;
}

/*
 * The end, at power-off or umount: nothing changes any more.  When all else is
 * written, say "valid" if it is.  => mount mutex held; -errno: not all could be
 * written
 */
static int
ext2_remount_ro(struct super_block *sb)
{
    struct address_space *m = sb->bdev->mapping;
    struct ext2_fs *fs = ext2_sb(sb);
    struct statfs now = {0};
    int err;

    journal_freeze(sb);
    evict_orphans(sb);
    write_mappings(0, true);
    err = sync_bdev(sb->bdev);
    ext2_statfs(sb, &now);
    fs->super->s_free_blocks_count = (uint32_t)now.f_bfree;
    fs->super->s_free_inodes_count = (uint32_t)now.f_ffree;
    if (!err && fs->was_clean && atomic_read(&m->wb_error_seq) == fs->wb_errors)
        fs->super->s_state |= EXT2_VALID_FS;
    ext2_dirty(fs->super);
    return sync_mapping(m) ?: err;
}

static void
ext2_put_super(struct super_block *sb)
{
    struct ext2_fs *fs = ext2_sb(sb);

    if (sb->root && !(sb->flags & MS_RDONLY))
        ext2_remount_ro(sb);
    for (uint32_t i = 0; fs->desc && i < fs->nr_desc_blocks; i++)
        ext2_put(fs->desc[i]);
    kfree(fs->desc);
    ext2_put(fs->super);
}

static void
ext2_free_inode(struct inode *inode)
{
    ext2_put(ext2_i(inode)->raw);
}

struct file_system_type ext2_type = {
    .name = "ext2",
    .needs_dev = true,
    .magic = EXT2_SUPER_MAGIC,
    .inode_size = sizeof(struct ext2_inode_info),
    .cache_name = "ext2_inode_cache",
    .fill_super = fill_super,
    .read_inode = ext2_read_inode,
    .free_inode = ext2_free_inode,
    .pack_inode = ext2_pack_inode,
    .evict = ext2_evict,
    .statfs = ext2_statfs,
    .remount_ro = ext2_remount_ro,
    .put_super = ext2_put_super,
};
