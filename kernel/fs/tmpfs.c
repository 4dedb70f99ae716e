/* SPDX-License-Identifier: MIT */
/*
 * tmpfs.c - a file system that lives in memory alone.
 *
 * What: what is mounted on /tmp and /dev/shm.  The data of its files is shared
 * memory (vm/shmem.c), so it is counted, mapped and read as such; here are the
 * names, and the limits that keep users from filling the machine.
 *
 * How: a name is its dentry and nothing else: the dentry cache keeps the names
 * of this file system until they are deleted (names_in_dcache), and with them
 * the inodes.  So looking up a name that is not cached finds nothing, and
 * readdir goes through the children of a dentry (d_iterate).  An inode
 * is not hashed, and is not found by its number.
 *
 * umount finds no user of any dentry, then drops them from the leaves up; the
 * inodes go with them, and their pages with these.
 *
 * Mount options: size=BYTES with K, M, G, or PERCENT% of RAM (50% if not given),
 * and mode=OCTAL of the root.  There may be as many names as pages of data, but
 * no more than half of RAM's.  The text of a symbolic link counts as a page, if
 * it is not short: like a name it cannot be swapped.
 *
 * Invariants
 *   I1  pages is the number of pages of all files and long targets, links that of
 *       all names.
 *   I2  The size of a directory is DIRENT_SIZE for each name in it, as in
 *       Linux.
 *
 * Locks: names and their directory's fields: its inode lock; pages and links:
 * the lock of the file system, taken under the tree_lock of a file.
 *
 * Not done: extended attributes, remounting.
 * See: Linux, Documentation/filesystems/tmpfs.rst.
 */
#include "fs/fs.h"

#include "mm/slab.h"
#include "vm/vma.h"

#define TMPFS_MAGIC 0x01021994
enum { DIRENT_SIZE = 20, SECTORS = PAGE_SIZE / 512, SHORT_TARGET = 128 };

struct tmpfs {
    uint64_t max_pages, max_links; /* (c) */
    struct spinlock lock;          /* RANK_SUPER */
    uint64_t pages, links;         /* under it */
};

static const struct inode_operations tmpfs_ops;
static const struct file_operations dir_file_ops = {.iterate = d_iterate};

/* --- File data */

/* Count pages and links of inode, or give them back.  => -ENOSPC */
static int
charge(struct inode *inode, int pages, int links)
{
    struct tmpfs *fs = inode->sb->private;
    int err = -ENOSPC;

    spin_lock(&fs->lock);
    if ((pages <= 0 || fs->pages < fs->max_pages) &&
        (links <= 0 || fs->links < fs->max_links)) {
        fs->pages += (uint64_t)pages;
        fs->links += (uint64_t)links;
        inode->blocks += (uint64_t)pages * SECTORS;
        err = 0;
    }
    spin_unlock(&fs->lock);
    return err;
}

static int
charge_pages(struct address_space *m, int pages)
{
    int err = vm_commit(pages, 0) ? charge(m->host, pages, 0) : -ENOSPC;

    if (err)
        vm_commit(-pages, 0);
    return err;
}

static const struct address_space_ops tmpfs_aops = {.charge = charge_pages};

/*
 * Down to what is kept, then up: what lies behind the end must be zero when the
 * file grows, too, whatever a mapping stored in the tail of its last page.
 */
static int
tmpfs_truncate(struct inode *inode, off_t size)
{
    off_t keep = MIN(size, inode_size(inode));
    int err;

    atomic_store(&inode->data.size, keep);
    err = truncate_pages(&inode->data, keep);
    if (!err)
        atomic_store(&inode->data.size, size);
    return err;
}

/* --- Inodes */

/* => NULL: no memory; dir: NULL for the root */
static struct inode *
make_inode(struct super_block *sb, const struct inode *dir, umode_t mode,
           dev_t rdev)
{
    struct inode *inode = new_inode(sb);

    if (!inode)
        return NULL;
    inode_init_owner(inode, dir, mode);
    inode->nlink = 0; /* count_name() */
    inode_set_ops(inode, &tmpfs_ops, rdev);
    if (S_ISREG(mode))
        address_space_init(&inode->data, inode, &tmpfs_aops, NULL, AS_SHMEM);
    return inode;
}

/* A file has no pages any more; the target of a link goes now. */
static void
tmpfs_free_inode(struct inode *inode)
{
    charge(inode, -(int)(inode->blocks / SECTORS), 0);
}

/* --- Names; all need the directory's lock */

/* inode has a name in dir more (1) or less (-1). */
static void
count_name(struct inode *dir, struct inode *inode, int n)
{
    int self = S_ISDIR(inode->mode) ? n : 0; /* its ".", or its ".." for dir */

    dir->nlink += (uint32_t)self;
    inode->nlink += (uint32_t)(n + self);
    atomic_fetch_add(&dir->data.size, n * DIRENT_SIZE);
    inode_touch(dir, TOUCH_MTIME | TOUCH_CTIME);
    inode_touch(inode, TOUCH_CTIME);
}

static int
tmpfs_link(struct inode *inode, struct inode *dir, struct dentry *d)
{
    int err = charge(inode, 0, 1);

    if (err)
        return err;
    count_name(dir, inode, 1);
    return d_add(d, ihold(inode));
}

static int
tmpfs_make(struct inode *dir, struct dentry *d, umode_t mode, dev_t rdev,
           const char *target)
{
    struct inode *inode = make_inode(dir->sb, dir, mode, rdev);
    size_t len = target ? strlen(target) : 0;
    int err = 0;

    if (!inode)
        return -ENOMEM;
    if (target && !(err = charge(inode, len >= SHORT_TARGET, 0))) {
        inode->private = kmalloc(len + 1, GFP_KERNEL);
        if (inode->private)
            memcpy(inode->private, target, len + 1);
        else
            err = -ENOMEM;
        atomic_store(&inode->data.size, (int64_t)len);
    }
    err = err ?: tmpfs_link(inode, dir, d);
    iput(inode); /* its name keeps it */
    return err;
}

static ssize_t
tmpfs_readlink(struct inode *inode, char *buf, size_t size)
{
    size_t len = strlcpy(buf, inode->private, size);

    return len < size ? (ssize_t)len : -ENAMETOOLONG;
}

/* rmdir too. */
static int
tmpfs_unlink(struct inode *dir, struct dentry *d)
{
    if (S_ISDIR(d->inode->mode) && inode_size(d->inode) > 0)
        return -ENOTEMPTY;
    count_name(dir, d->inode, -1);
    charge(d->inode, 0, -1);
    return 0;
}

/*
 * The dentry moves, which is the VFS's part; here names are counted.  The new
 * name comes before the old one goes, so the count never says 0.
 */
static int
tmpfs_rename(struct inode *odir, struct dentry *od, struct inode *ndir,
             struct dentry *nd)
{
    int err = nd->inode ? tmpfs_unlink(ndir, nd) : 0;

    if (err)
        return err;
    count_name(ndir, od->inode, 1);
    count_name(odir, od->inode, -1);
    return 0;
}

static const struct inode_operations tmpfs_ops = {
    .make = tmpfs_make,
    .link = tmpfs_link,
    .unlink = tmpfs_unlink,
    .rename = tmpfs_rename,
    .readlink = tmpfs_readlink,
    .truncate = tmpfs_truncate,
    .dir_fop = &dir_file_ops,
};

/* --- Mounting */

static int
tmpfs_statfs(struct super_block *sb, struct statfs *out)
{
    const struct tmpfs *fs = sb->private;

    out->f_blocks = fs->max_pages;
    out->f_bfree = out->f_bavail = fs->max_pages - fs->pages;
    out->f_files = fs->max_links;
    out->f_ffree = fs->max_links - fs->links;
    return 0;
}

static int
parse_options(struct tmpfs *fs, const char *s, uint64_t *mode)
{
    uint64_t size = 0;
    int err = 0;

    while (*s && !err) {
        if (strncmp(s, "size=", 5) == 0) {
            err = memparse(s + 5, &s, &size);
            fs->max_pages = *s == '%' ? total_ram_pages() * size / 100
                                      : DIV_ROUND_UP(size, PAGE_SIZE);
            s += *s == '%';
        } else if (strncmp(s, "mode=", 5) == 0) {
            err = parse_u64(s + 5, &s, 8, mode);
        } else {
            err = -EINVAL;
        }
        if (!err && *s && *s++ != ',')
            err = -EINVAL;
    }
    return err;
}

static int
fill_super(struct super_block *sb, const char *options)
{
    struct tmpfs *fs = kzalloc(sizeof(*fs), GFP_KERNEL);
    uint64_t mode = 01777;
    struct inode *root;
    int err;

    if (!fs)
        return -ENOMEM;
    sb->private = fs;
    spin_init(&fs->lock, RANK_SUPER, "tmpfs");
    sb->max_bytes = INT64_MAX & PAGE_MASK;
    fs->max_pages = total_ram_pages() / 2;
    err = options ? parse_options(fs, options, &mode) : 0;
    if (err)
        return err;
    /* A name cannot be swapped. */
    fs->max_links = MIN(total_ram_pages() / 2, fs->max_pages);
    root = make_inode(sb, NULL, S_IFDIR | (mode & 07777), 0);
    if (!root)
        return -ENOMEM;
    root->nlink = 2;
    sb->root = d_alloc_root(root);
    return sb->root ? 0 : -ENOMEM;
}

struct file_system_type tmpfs_type = {
    .name = "tmpfs",
    .magic = TMPFS_MAGIC,
    .names_in_dcache = true,
    .inode_size = sizeof(struct inode),
    .cache_name = "shmem_inode_cache",
    .fill_super = fill_super,
    .statfs = tmpfs_statfs,
    .free_inode = tmpfs_free_inode,
};
