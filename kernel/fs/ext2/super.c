/* SPDX-License-Identifier: MIT */
/*
 * super.c - mounting ext2: super block, group descriptors, and what keeps
 * them on disk.
 *
 * The super block and the group descriptors stay pinned while mounted.  Free
 * counts are kept in struct ext2_fs and in the descriptors; the super block's
 * own counts are brought up to date by ext2_sync_fs().  While mounted for
 * writing the super block says "not valid"; umount and power-off restore what
 * it said before.
 *
 * A damaged super block or descriptor is refused at mount; what is found
 * later goes through ext2_error().
 *
 * See: ext2_fs.h for the format.
 */
#include "block/bio.h"
#include "block/blkdev.h"
#include "core/printk.h"
#include "fs/ext2/ext2.h"
#include "include/errno.h"
#include "lib/assert.h"
#include "lib/err.h"
#include "lib/format.h"
#include "lib/macros.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "sched/timer.h"

enum { EXT2_FS_MAGIC = 0xef53, SUPER_BLOCK_NR = 0, FIRST_DESC_BLOCK = 1 };
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
    if (!fs || fs->errors_said++ < MAX_ERRORS_SAID)
        pr_err("EXT2-fs error (%s): %s", sb->source, line);
    if (fs && !(sb->flags & SB_RDONLY)) {
        fs->super->s_state |= EXT2_ERROR_FS;
        fs->was_clean = false;
        set_page_dirty(fs->super_page);
    }
    return -EIO;
}

bool
ext2_block_valid(struct super_block *sb, uint64_t block)
{
    struct ext2_fs *fs = ext2_sb(sb);

    return block > SUPER_BLOCK_NR && block < fs->super->s_blocks_count;
}

struct page *
ext2_bread(struct super_block *sb, uint64_t block)
{
    struct page *page;
    uint32_t scope;

    if (!ext2_block_valid(sb, block))
        return ERR_PTR(ext2_error(sb, "metadata block %lu is outside", block));
    page = read_cache_page(bdev_mapping(sb->bdev), block);
    if (IS_ERR(page) && PTR_ERR(page) == -ENOMEM) {
        /* Half an operation is worse: a page of the reserve ends it. */
        scope = memalloc_scope_save(SCOPE_MEMALLOC);
        page = read_cache_page(bdev_mapping(sb->bdev), block);
        memalloc_scope_restore(scope);
    }
    return page;
}

struct page *
ext2_new_meta(struct super_block *sb, uint64_t block)
{
    struct page *page = grab_cache_page(bdev_mapping(sb->bdev), block);

    if (IS_ERR(page))
        return page;
    clear_frame(page);
    page_set(page, PG_uptodate);
    unlock_page(page);
    return page;
}

struct ext2_group_desc *
ext2_desc(struct super_block *sb, uint32_t group, struct page **page)
{
    struct ext2_fs *fs = ext2_sb(sb);
    struct page *p = fs->desc_pages[group / EXT2_DESC_PER_BLOCK];

    ASSERT(group < fs->nr_groups);
    if (page)
        *page = p;
    return (struct ext2_group_desc *)page_address(p) +
           group % EXT2_DESC_PER_BLOCK;
}

/* --- Checking what the disk says */

static int
refuse(struct super_block *sb, const char *why)
{
    pr_err("EXT2-fs (%s): %s", sb->source, why);
    return -EINVAL;
}

static int
check_features(struct super_block *sb, const struct ext2_super_block *s)
{
    if (s->s_rev_level < EXT2_DYNAMIC_REV)
        return refuse(sb, "revision 0 is not supported");
    if (s->s_feature_incompat & EXT3_FEATURE_INCOMPAT_RECOVER)
        return refuse(sb, "the journal needs recovery: run e2fsck");
    if (s->s_feature_incompat & ~(uint32_t)EXT2_FEATURE_INCOMPAT_FILETYPE)
        return refuse(sb, "unsupported features");
    if (s->s_feature_ro_compat &
        ~(uint32_t)(EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER |
                    EXT2_FEATURE_RO_COMPAT_LARGE_FILE)) {
        pr_warn("EXT2-fs (%s): unknown features, mounted read-only",
                sb->source);
        sb->flags |= SB_RDONLY;
    }
    return 0;
}

static int
check_super(struct super_block *sb, const struct ext2_super_block *s)
{
    uint32_t inodes_per_block;

    if (s->s_magic != EXT2_SUPER_MAGIC)
        return refuse(sb, "not an ext2 file system");
    if (s->s_log_block_size != EXT2_LOG_BLOCK_SIZE ||
        s->s_first_data_block != 0)
        return refuse(sb, "the block size is not 4096");
    if (s->s_inode_size < EXT2_GOOD_OLD_INODE_SIZE ||
        s->s_inode_size > EXT2_BLOCK_SIZE ||
        (s->s_inode_size & (s->s_inode_size - 1)))
        return refuse(sb, "bad inode size");
    inodes_per_block = EXT2_BLOCK_SIZE / s->s_inode_size;
    if (s->s_blocks_per_group == 0 ||
        s->s_blocks_per_group > EXT2_BLOCKS_PER_GROUP ||
        s->s_inodes_per_group == 0 ||
        s->s_inodes_per_group > EXT2_BLOCKS_PER_GROUP ||
        s->s_inodes_per_group % inodes_per_block ||
        s->s_first_ino < EXT2_FIRST_INO)
        return refuse(sb, "bad group size");
    if (s->s_blocks_count < 8 ||
        s->s_blocks_count > sb->bdev->nr_sectors / SECTORS_PER_PAGE)
        return refuse(sb, "larger than its device");
    if (s->s_inodes_count !=
        (uint64_t)DIV_ROUND_UP(s->s_blocks_count, s->s_blocks_per_group) *
            s->s_inodes_per_group)
        return refuse(sb, "bad inode count");
    return check_features(sb, s);
}

static int
check_descriptors(struct super_block *sb)
{
    struct ext2_fs *fs = ext2_sb(sb);
    uint32_t table_blocks =
        fs->super->s_inodes_per_group * fs->inode_size / EXT2_BLOCK_SIZE;

    for (uint32_t g = 0; g < fs->nr_groups; g++) {
        struct ext2_group_desc *d = ext2_desc(sb, g, NULL);

        if (!ext2_block_valid(sb, d->bg_block_bitmap) ||
            !ext2_block_valid(sb, d->bg_inode_bitmap) ||
            !ext2_block_valid(sb, d->bg_inode_table) ||
            !ext2_block_valid(sb,
                              (uint64_t)d->bg_inode_table + table_blocks - 1))
            return refuse(sb, "bad group descriptor");
        fs->free_blocks += d->bg_free_blocks_count;
        fs->free_inodes += d->bg_free_inodes_count;
    }
    return 0;
}

/* --- Mount and umount */

static void
free_fs(struct ext2_fs *fs)
{
    for (uint32_t i = 0; fs->desc_pages && i < fs->nr_desc_pages; i++)
        if (fs->desc_pages[i])
            put_page(fs->desc_pages[i]);
    kfree(fs->desc_pages);
    if (fs->super_page)
        put_page(fs->super_page);
    kfree(fs);
}

static int
read_super(struct super_block *sb, struct ext2_fs *fs)
{
    struct page *page = read_cache_page(bdev_mapping(sb->bdev), SUPER_BLOCK_NR);

    if (IS_ERR(page))
        return (int)PTR_ERR(page);
    fs->super_page = page;
    fs->super = (void *)((uint8_t *)page_address(page) + EXT2_SUPER_OFFSET);
    return check_super(sb, fs->super);
}

static int
read_descriptors(struct super_block *sb, struct ext2_fs *fs)
{
    struct ext2_super_block *s = fs->super;

    fs->inode_size = s->s_inode_size;
    fs->nr_groups = DIV_ROUND_UP(s->s_blocks_count, s->s_blocks_per_group);
    fs->nr_desc_pages =
        DIV_ROUND_UP(fs->nr_groups, (uint32_t)EXT2_DESC_PER_BLOCK);
    fs->desc_pages =
        kzalloc(fs->nr_desc_pages * sizeof(struct page *), GFP_KERNEL);
    if (!fs->desc_pages)
        return -ENOMEM;
    for (uint32_t i = 0; i < fs->nr_desc_pages; i++) {
        struct page *page = ext2_bread(sb, FIRST_DESC_BLOCK + i);

        if (IS_ERR(page))
            return (int)PTR_ERR(page);
        fs->desc_pages[i] = page;
    }
    return check_descriptors(sb);
}

static void
mark_mounted(struct super_block *sb, struct ext2_fs *fs)
{
    struct ext2_super_block *s = fs->super;

    fs->wb_errors = atomic_read(&bdev_mapping(sb->bdev)->wb_error_seq);
    fs->was_clean =
        (s->s_state & EXT2_VALID_FS) && !(s->s_state & EXT2_ERROR_FS);
    if (!fs->was_clean)
        pr_warn("EXT2-fs (%s): not cleanly unmounted: run e2fsck", sb->source);
    if (sb->flags & SB_RDONLY)
        return;
    s->s_state &= (uint16_t)~EXT2_VALID_FS;
    s->s_mnt_count++;
    s->s_mtime = (uint32_t)current_time().tv_sec;
    set_page_dirty(fs->super_page);
}

static int
fill_super(struct super_block *sb, const char *options)
{
    struct ext2_fs *fs = kzalloc(sizeof(*fs), GFP_KERNEL);
    struct inode *root;
    int err;

    (void)options;
    if (!fs)
        return -ENOMEM;
    sb->private = fs;
    /* i_blocks counts 512-byte units in 32 bits: 2 TB, less than the map. */
    sb->max_bytes = (1UL << 41) - PAGE_SIZE;
    err = read_super(sb, fs);
    if (!err)
        err = read_descriptors(sb, fs);
    if (err)
        goto fail;
    root = ext2_iget(sb, EXT2_ROOT_INO);
    if (IS_ERR(root)) {
        err = (int)PTR_ERR(root);
        goto fail;
    }
    if (!S_ISDIR(root->mode) || root->nlink == 0) {
        iput(root);
        err = refuse(sb, "the root is not a directory");
        goto fail;
    }
    sb->root = d_alloc_root(root);
    if (!sb->root) {
        err = -ENOMEM;
        goto fail;
    }
    mark_mounted(sb, fs);
    return 0;

fail:
    sb->private = NULL;
    free_fs(fs);
    return err;
}

/* Has all metadata reached the disk since it was mounted? */
static bool
all_written(struct super_block *sb)
{
    struct address_space *m = bdev_mapping(sb->bdev);

    sync_mapping(m);
    return atomic_read(&m->wb_error_seq) == ext2_sb(sb)->wb_errors;
}

/* Bring the super block's own counts up to date.  last: no more changes */
static void
update_super(struct super_block *sb, bool last)
{
    struct ext2_fs *fs = ext2_sb(sb);
    struct ext2_super_block *s = fs->super;

    spin_lock(&sb->lock);
    s->s_free_blocks_count = (uint32_t)fs->free_blocks;
    s->s_free_inodes_count = (uint32_t)fs->free_inodes;
    spin_unlock(&sb->lock);
    s->s_wtime = (uint32_t)current_time().tv_sec;
    if (last && fs->was_clean)
        s->s_state |= EXT2_VALID_FS;
    set_page_dirty(fs->super_page);
}

static int
ext2_sync_fs(struct super_block *sb)
{
    if (!(sb->flags & SB_RDONLY))
        update_super(sb, false);
    return 0;
}

static void
ext2_put_super(struct super_block *sb)
{
    struct ext2_fs *fs = ext2_sb(sb);

    if (!(sb->flags & SB_RDONLY))
        update_super(sb, all_written(sb));
    sb->private = NULL;
    free_fs(fs);
}

/*
 * Delete on disk what has no name but is still open: the file system becomes
 * read-only and would not see the last iput().
 */
static void
delete_orphans(struct super_block *sb)
{
    struct inode *inode;

    while ((inode = next_orphan(sb))) {
        mutex_lock(&inode->lock);
        ext2_evict(inode);
        mutex_unlock(&inode->lock);
        iput(inode);
    }
}

/* The super block says "valid" only after all else is on the disk. */
static int
ext2_remount_ro(struct super_block *sb)
{
    int err;

    journal_freeze(sb);
    delete_orphans(sb);
    journal_freeze_end();
    err = sync_all();
    update_super(sb, !err && all_written(sb));
    return err ? err : sync_mapping(bdev_mapping(sb->bdev));
}

static int
ext2_statfs(struct super_block *sb, struct statfs *out)
{
    struct ext2_fs *fs = ext2_sb(sb);
    struct ext2_super_block *s = fs->super;
    uint64_t overhead = 0;

    for (uint32_t g = 0; g < fs->nr_groups; g++)
        overhead +=
            2 + s->s_inodes_per_group * fs->inode_size / EXT2_BLOCK_SIZE;
    overhead += 1 + fs->nr_desc_pages;
    out->f_blocks = s->s_blocks_count - overhead;
    out->f_bfree = fs->free_blocks;
    out->f_bavail = fs->free_blocks > s->s_r_blocks_count
                        ? fs->free_blocks - s->s_r_blocks_count
                        : 0;
    out->f_files = s->s_inodes_count;
    out->f_ffree = fs->free_inodes;
    return 0;
}

/* --- Inode structures */

static void
ext2_init_inode(struct inode *inode)
{
    rwsem_init(&ext2_i(inode)->map_lock, RANK_BLOCK_MAP, "block_map");
    inode->data.ops = &ext2_aops;
}

static const struct super_ops ext2_super_ops = {
    .init_inode = ext2_init_inode,
    .write_inode = ext2_write_inode,
    .evict = ext2_evict,
    .statfs = ext2_statfs,
    .sync_fs = ext2_sync_fs,
    .remount_ro = ext2_remount_ro,
    .put_super = ext2_put_super,
};

static struct file_system_type ext2_type = {
    .name = "ext2",
    .needs_dev = true,
    .magic = EXT2_FS_MAGIC,
    .inode_size = sizeof(struct ext2_inode_info),
    .cache_name = "ext2_inode_cache",
    .ops = &ext2_super_ops,
    .fill_super = fill_super,
};

void
ext2_init(void)
{
    register_filesystem(&ext2_type);
}
