/* SPDX-License-Identifier: MIT */
/*
 * tmpfs.c - a file system that lives in memory alone.
 *
 * What: what is mounted on /tmp and /dev/shm.  The data of its files is shared
 * memory (vm/shmem.c), so it is counted, mapped and read as such; here are the
 * names, and the limits that keep users from filling the machine.
 *
 * How: a directory is a list of names, oldest first.  Each has a position that
 * grows and is never given again, which is what readdir goes on from.  Looking
 * a name up goes through the list, but the dentry cache makes that rare.
 *
 * An inode is not hashed, and is not found by its number.  It is born with one
 * reference, which stands for its names together and goes with the last of
 * them (tmpfs_unlink) or at umount (I_PINNED); dentries and open files have
 * theirs besides.  So the dentry cache may forget what it likes.
 *
 * Mount options: size=BYTES with K, M, G, or PERCENT% of RAM (50% if not given;
 * 0: all), and mode=OCTAL of the root.
 *
 * Invariants
 *   I1  pages is the number of pages of all files, links that of all names.
 *   I2  The size of a directory is DIRENT_SIZE for each name in it, as in
 *       Linux.
 *
 * Locks: names and their directory's fields: its inode lock; pages and links:
 * sb->lock, taken with a page locked.  I_PINNED is set and cleared with none:
 * nobody else changes the state of an inode that its names keep.
 *
 * Not done: hashed directories (see "How"), extended attributes, remounting.
 * See: Linux, Documentation/filesystems/tmpfs.rst.
 */
#include "fs/fs.h"

#include "include/dirent.h"
#include "lib/err.h"
#include "mm/slab.h"
#include "vm/shmem.h"

#define TMPFS_MAGIC 0x01021994
enum {
    DIRENT_SIZE = 20,
    POS_NAMES = 2, /* behind "." and ".." */
    SECTORS = PAGE_SIZE / 512,
    TYPE_SHIFT = 12, /* from S_IF* to DT_* */
};

struct tmpfs {
    uint64_t max_pages, max_links; /* (c) */
    uint64_t pages, links;         /* (S) */
    _Atomic uint64_t last_ino;
};

struct tmpfs_inode {
    struct inode vfs;       /* first */
    struct list_head names; /* (I) of a directory */
    off_t next_pos;         /* (I) */
};

struct name {
    struct list_head link; /* (I) of the directory */
    struct inode *inode;   /* (c) */
    off_t pos;             /* (c) */
    uint32_t len;          /* (c) */
    char text[];           /* (c) not terminated */
};

static const struct inode_operations dir_ops, other_ops;
static const struct file_operations dir_file_ops, reg_file_ops;

static struct tmpfs_inode *
tmpfs_i(struct inode *inode)
{
    return (struct tmpfs_inode *)inode;
}

/* --- File data */

/* Count pages and links of inode, or give them back.  => -ENOSPC */
static int
charge(struct inode *inode, int pages, int links)
{
    struct super_block *sb = inode->sb;
    struct tmpfs *fs = sb->private;
    int err = -ENOSPC;

    spin_lock(&sb->lock);
    if ((pages <= 0 || fs->pages < fs->max_pages) &&
        (links <= 0 || fs->links < fs->max_links)) {
        fs->pages += (uint64_t)pages;
        fs->links += (uint64_t)links;
        inode->blocks += (uint64_t)pages * SECTORS;
        err = 0;
    }
    spin_unlock(&sb->lock);
    return err;
}

static int
charge_pages(struct address_space *m, int pages)
{
    return charge(m->host, pages, 0);
}

static int
write_begin(struct address_space *m, off_t pos, unsigned len,
            struct page **page)
{
    (void)len;
    if (pos > inode_size(m->host)) /* zeroes between, whatever was mapped */
        truncate_pages(m, inode_size(m->host));
    *page = shmem_get_page(m, (uint64_t)pos >> PAGE_SHIFT);
    return IS_ERR(*page) ? (int)PTR_ERR(*page) : 0;
}

static int
write_end(struct address_space *m, off_t pos, unsigned len, unsigned copied,
          struct page *page)
{
    off_t end = pos + (off_t)copied;

    (void)len;
    page_clear(page, PG_icache); /* new bytes may be code */
    set_page_dirty(page);
    if (copied > 0 && end > inode_size(m->host))
        atomic_store_explicit(&m->size, end, memory_order_release);
    unlock_page(page);
    put_page(page);
    return (int)copied;
}

static const struct address_space_ops tmpfs_aops = {
    .write_begin = write_begin,
    .write_end = write_end,
    .charge = charge_pages,
};

/* What lies behind the end must be zero when the file grows, too. */
static int
tmpfs_truncate(struct inode *inode, off_t size)
{
    off_t keep = MIN(size, inode_size(inode));

    atomic_store(&inode->data.size, keep);
    truncate_pages(&inode->data, keep);
    atomic_store(&inode->data.size, size);
    return 0;
}

/* --- Inodes */

/* => NULL: no memory; dir: NULL for the root */
static struct inode *
make_inode(struct super_block *sb, const struct inode *dir, umode_t mode,
           dev_t rdev)
{
    struct inode *inode = new_inode(sb);
    struct tmpfs *fs = sb->private;

    if (!inode)
        return NULL;
    inode->ino = atomic_fetch_add(&fs->last_ino, 1) + 1;
    inode_init_owner(inode, dir, mode);
    inode->nlink = S_ISDIR(mode) ? 1 : 0; /* "."; names count themselves */
    inode->op = S_ISDIR(mode) ? &dir_ops : &other_ops;
    if (S_ISDIR(mode)) {
        inode->fop = &dir_file_ops;
    } else if (S_ISREG(mode)) {
        inode->fop = &reg_file_ops;
        shmem_init(&inode->data, inode, &tmpfs_aops);
    } else if (!S_ISLNK(mode)) {
        init_special_inode(inode, mode, rdev);
    }
    return inode;
}

static void
tmpfs_init_inode(struct inode *inode)
{
    list_init(&tmpfs_i(inode)->names);
    tmpfs_i(inode)->next_pos = POS_NAMES;
}

static void
tmpfs_free_inode(struct inode *inode)
{
    struct name *n, *tmp;

    /* A directory has names still when it is unmounted. */
    list_for_each_entry_safe(n, tmp, &tmpfs_i(inode)->names, link)
        kfree(n);
    kfree(inode->private); /* a symlink's target */
}

/* --- Names; all need the directory's lock */

/* The oldest of that name, since rename makes a second before it drops one. */
static struct name *
find_name(struct inode *dir, const struct dentry *d)
{
    struct name *n;

    list_for_each_entry(n, &tmpfs_i(dir)->names, link)
        if (n->len == d->name_len && memcmp(n->text, d->name, n->len) == 0)
            return n;
    return NULL;
}

static int
add_name(struct inode *dir, const struct dentry *d, struct inode *inode)
{
    struct name *n = kmalloc(sizeof(*n) + d->name_len, GFP_KERNEL);

    if (!n)
        return -ENOMEM;
    n->inode = inode;
    n->pos = tmpfs_i(dir)->next_pos++;
    n->len = d->name_len;
    memcpy(n->text, d->name, n->len);
    list_add_tail(&n->link, &tmpfs_i(dir)->names);
    atomic_fetch_add(&dir->data.size, DIRENT_SIZE);
    dir->nlink += S_ISDIR(inode->mode); /* its ".." */
    inode_touch(dir, TOUCH_MTIME | TOUCH_CTIME);
    inode_touch(inode, TOUCH_CTIME);
    return 0;
}

static void
remove_name(struct inode *dir, const struct dentry *d)
{
    struct name *n = find_name(dir, d);

    dir->nlink -= S_ISDIR(n->inode->mode);
    inode_touch(n->inode, TOUCH_CTIME);
    list_del(&n->link);
    kfree(n);
    atomic_fetch_sub(&dir->data.size, DIRENT_SIZE);
    inode_touch(dir, TOUCH_MTIME | TOUCH_CTIME);
}

/* Give inode the name of d. */
static int
add_link(struct inode *dir, struct dentry *d, struct inode *inode)
{
    int err = charge(inode, 0, 1);

    if (err)
        return err;
    err = add_name(dir, d, inode);
    if (err) {
        charge(inode, 0, -1);
        return err;
    }
    inode->nlink++;
    return d_instantiate(d, iget(inode));
}

static int
tmpfs_lookup(struct inode *dir, struct dentry *d)
{
    struct name *n = find_name(dir, d);

    return n ? d_instantiate(d, iget(n->inode)) : 0;
}

/* An inode of any type; target: of a symlink. */
static int
make(struct inode *dir, struct dentry *d, umode_t mode, dev_t rdev,
     const char *target)
{
    struct inode *inode = make_inode(dir->sb, dir, mode, rdev);
    int err = -ENOMEM;

    if (!inode)
        return -ENOMEM;
    if (target) {
        unsigned len = (unsigned)strlen(target);

        inode->private = d_copy_name(target, len);
        atomic_store(&inode->data.size, len);
    }
    if (!target || inode->private)
        err = add_link(dir, d, inode);
    if (err)
        iput(inode);
    else
        inode->state |= I_PINNED; /* what was its maker's is its names' */
    return err;
}

static int
tmpfs_mknod(struct inode *dir, struct dentry *d, umode_t mode, dev_t rdev)
{
    return make(dir, d, mode, rdev, NULL);
}

static int
tmpfs_symlink(struct inode *dir, struct dentry *d, const char *target)
{
    return make(dir, d, S_IFLNK | 0777, 0, target);
}

static ssize_t
tmpfs_readlink(struct inode *inode, char *buf, size_t size)
{
    size_t len = strlcpy(buf, inode->private, size);

    return len < size ? (ssize_t)len : -ENAMETOOLONG;
}

static int
tmpfs_link(struct dentry *old, struct inode *dir, struct dentry *d)
{
    return add_link(dir, d, old->inode);
}

/* rmdir too. */
static int
tmpfs_unlink(struct inode *dir, struct dentry *d)
{
    struct inode *inode = d->inode;

    if (!list_empty(&tmpfs_i(inode)->names))
        return -ENOTEMPTY;
    remove_name(dir, d);
    charge(inode, 0, -1);
    inode->nlink -= 1 + S_ISDIR(inode->mode);
    if (inode->nlink == 0) {
        inode->state &= ~(uint32_t)I_PINNED;
        iput(inode); /* the names' reference; d has one */
    }
    return 0;
}

/* A name is added and one goes, so the file system's count stays. */
static int
tmpfs_rename(struct inode *odir, struct dentry *od, struct inode *ndir,
             struct dentry *nd, unsigned flags)
{
    int err;

    (void)flags;
    if (nd->inode && !list_empty(&tmpfs_i(nd->inode)->names))
        return -ENOTEMPTY;
    err = add_name(ndir, nd, od->inode);
    if (err)
        return err;
    if (nd->inode)
        tmpfs_unlink(ndir, nd);
    remove_name(odir, od);
    return 0;
}

static int
tmpfs_iterate(struct file *f, struct dir_context *ctx)
{
    uint64_t up = f->dentry->parent->inode->ino;
    struct name *n;

    if (ctx->pos == 0 && ctx->emit(ctx, ".", 1, f->inode->ino, DT_DIR, 1))
        ctx->pos = 1;
    if (ctx->pos == 1 && ctx->emit(ctx, "..", 2, up, DT_DIR, POS_NAMES))
        ctx->pos = POS_NAMES;
    if (ctx->pos < POS_NAMES)
        return 0;
    list_for_each_entry(n, &tmpfs_i(f->inode)->names, link) {
        if (n->pos < ctx->pos)
            continue;
        if (!ctx->emit(ctx, n->text, n->len, n->inode->ino,
                       n->inode->mode >> TYPE_SHIFT, n->pos + 1))
            break;
        ctx->pos = n->pos + 1;
    }
    return 0;
}

static const struct inode_operations dir_ops = {
    .lookup = tmpfs_lookup,
    .mknod = tmpfs_mknod,
    .rmdir = tmpfs_unlink,
    .unlink = tmpfs_unlink,
    .link = tmpfs_link,
    .symlink = tmpfs_symlink,
    .rename = tmpfs_rename,
};
static const struct inode_operations other_ops = {
    .truncate = tmpfs_truncate,
    .readlink = tmpfs_readlink,
};

static const struct file_operations dir_file_ops = {
    .iterate = tmpfs_iterate,
    .fsync = generic_file_fsync,
};
static const struct file_operations reg_file_ops = {
    .read = generic_file_read,
    .write = generic_file_write,
    .fsync = generic_file_fsync,
    .mmap = generic_file_mmap,
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
    int err = 0;

    while (*s && !err) {
        if (strncmp(s, "size=", 5) == 0) {
            err = memparse(s + 5, &s, &fs->max_pages);
            if (*s == '%')
                fs->max_pages = total_ram_pages() * fs->max_pages / 100;
            else
                fs->max_pages = DIV_ROUND_UP(fs->max_pages, PAGE_SIZE);
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
    struct inode *root;
    uint64_t mode = 01777;
    int err;

    if (!fs)
        return -ENOMEM;
    fs->max_pages = fs->max_links = total_ram_pages() / 2;
    err = options ? parse_options(fs, options, &mode) : 0;
    if (err)
        goto free;
    if (fs->max_pages == 0)
        fs->max_pages = total_ram_pages();
    sb->private = fs;
    sb->max_bytes = INT64_MAX & PAGE_MASK;
    err = -ENOMEM;
    root = make_inode(sb, NULL, S_IFDIR | (mode & 07777), 0);
    if (!root)
        goto free;
    root->nlink = 2;
    sb->root = d_alloc_root(root);
    if (!sb->root)
        goto free;
    return 0;
free:
    kfree(fs);
    return err;
}

static void
tmpfs_put_super(struct super_block *sb)
{
    kfree(sb->private);
}

static const struct super_ops super_ops = {
    .init_inode = tmpfs_init_inode,
    .free_inode = tmpfs_free_inode,
    .statfs = tmpfs_statfs,
    .put_super = tmpfs_put_super,
};

static struct file_system_type tmpfs_type = {
    .name = "tmpfs",
    .magic = TMPFS_MAGIC,
    .inode_size = sizeof(struct tmpfs_inode),
    .cache_name = "shmem_inode_cache",
    .ops = &super_ops,
    .fill_super = fill_super,
};

void
tmpfs_init(void)
{
    register_filesystem(&tmpfs_type);
}
