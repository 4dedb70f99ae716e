/* SPDX-License-Identifier: MIT */
/*
 * file.c - open files: struct file, and read and write through it.
 *
 * A struct file is shared by dup and fork, with its position.  The position
 * of a file that can seek is guarded by pos_lock for the length of a read or
 * write, so that two writers that share it do not overwrite each other.
 *
 * With O_CREAT the file may be new and unreadable for its maker; so what open()
 * allowed is kept in can_read and can_write and not asked again.
 *
 * A failed write in the background has nobody to tell.  It counts in the
 * mapping, and what a file had seen of that count when it was opened tells its
 * fsync whether there was one since.  In the same way its syncfs learns of all
 * those that the device counts.
 *
 * Interface: dentry_open, fget, fput; file_transfer, vfs_llseek, vfs_fsync
 * for the system calls.  What a file of cached pages does is in filemap.c.
 *
 * Invariants
 *   I1  An open file holds its dentry, which holds the inode.
 *   I2  A write that failed in the background is an error of the next fsync of
 *       each open file of that inode, and of the next syncfs of each of that file
 *       system (wb_seen).
 *
 * Locks: pos_lock > inode->lock; flags and ra are read and written as they are.
 *
 * Not done: O_DIRECT, O_NOATIME.
 */
#include "fs/fs.h"

#include "block/blkdev.h"
#include "mm/slab.h"
#include "riscv/uaccess.h"
#include "sched/task.h"

enum { PAGES_PER_FILE = 4 };
#define MAX_RW_BYTES ((size_t)INT32_MAX & PAGE_MASK)

static struct kmem_cache *file_cache;
static atomic64_t nr_files;

void
file_init(void)
{
    file_cache = kmem_cache_create("file", sizeof(struct file), 0, 0, NULL);
}

/*
 * Counts failed writes: of a file's data and its file system's metadata; or of
 * all that is on its file system.
 */
static uint32_t
error_seq(const struct file *f, bool all)
{
    struct address_space *m = f->inode->mapping;
    struct block_device *bdev = all ? f->inode->sb->bdev : m->bdev;
    int32_t seq = all ? 0 : atomic_read(&m->wb_error_seq);

    if (bdev)
        seq += atomic_read(all ? &bdev->wb_error_seq
                               : &bdev->mapping->wb_error_seq);
    return (uint32_t)seq;
}

struct file *
dentry_open(struct dentry *d, int flags)
{
    static const struct file_operations no_ops; /* O_PATH: it can nothing */
    struct file *f;
    int err;

    if (!d->inode->fop && !(flags & O_PATH))
        return ERR_PTR(-ENXIO);
    /* Each may keep an inode that has no name: root's share stays free. */
    if (atomic_read(&nr_files) >= (int64_t)total_ram_pages() / PAGES_PER_FILE &&
        !is_root(&current->cred))
        return ERR_PTR(-ENFILE);
    f = kmem_cache_alloc(file_cache, GFP_KERNEL | __GFP_ZERO);
    if (!f)
        return ERR_PTR(-ENOMEM);
    atomic_inc(&nr_files);
    atomic_set(&f->count, 1);
    f->flags = (uint32_t)flags;
    f->can_read = (flags & O_ACCMODE) != O_WRONLY && !(flags & O_PATH);
    f->can_write = (flags & O_ACCMODE) != O_RDONLY && !(flags & O_PATH);
    f->op = flags & O_PATH ? &no_ops : d->inode->fop;
    f->dentry = dget(d);
    f->inode = d->inode;
    mutex_init(&f->pos_lock, RANK_FILE_POS);
    f->ra.prev_index = UINT64_MAX - 1;
    err = f->op->open ? f->op->open(d->inode, f) : 0;
    if (err) {
        f->op = &no_ops; /* nothing to release */
        fput(f);
        return ERR_PTR(err);
    }
    f->wb_seen[false] = error_seq(f, false);
    f->wb_seen[true] = error_seq(f, true);
    return f;
}

void
fput(struct file *f)
{
    if (!f || !atomic_dec_and_test(&f->count))
        return;
    if (f->op->release)
        f->op->release(f);
    dput(f->dentry);
    kmem_cache_free(file_cache, f);
    atomic_dec(&nr_files);
}

/* --- Reading and writing */

static bool
has_position(const struct file *f)
{
    return S_ISREG(f->inode->mode) || S_ISDIR(f->inode->mode) ||
           S_ISBLK(f->inode->mode);
}

ssize_t
file_transfer(struct file *f, uint64_t buf, uint64_t n, off_t *pos, bool write)
{
    void *ubuf = (void *)buf;
    ssize_t ret;
    bool lock;

    if (!(write ? f->can_write : f->can_read))
        return -EBADF;
    if (!(write ? f->op->write != NULL : f->op->read != NULL))
        return !write && S_ISDIR(f->inode->mode) ? -EISDIR : -EINVAL;
    if (!access_ok(ubuf, n))
        return -EFAULT;
    n = MIN(n, MAX_RW_BYTES);
    /*
     * Lock f's own position if somebody else may use it meanwhile: one
     * reference is the caller's, one the slot of its descriptor.
     */
    lock = pos == &f->pos && has_position(f) &&
           (atomic_read(&f->count) > 2 || files_shared());
    if (lock)
        mutex_lock(&f->pos_lock);
    ret = write ? f->op->write(f, ubuf, n, pos) : f->op->read(f, ubuf, n, pos);
    if (lock)
        mutex_unlock(&f->pos_lock);
    return ret;
}

/*
 * Where the end is says the mapping, since a device's node has no size.  A file
 * that has no position and cannot be polled either (/dev/null) is content with
 * any.
 */
off_t
vfs_llseek(struct file *f, off_t off, int whence)
{
    off_t base = 0;

    if (!has_position(f)) /* what can be polled is a stream */
        return f->op->poll ? -ESPIPE : 0;
    mutex_lock(&f->pos_lock);
    if (whence == SEEK_CUR)
        base = f->pos;
    else if (whence == SEEK_END)
        base = atomic_read(&f->inode->mapping->size);
    if ((unsigned)whence > SEEK_END ||
        __builtin_add_overflow(base, off, &off) || off < 0 ||
        (uint64_t)off > f->inode->sb->max_bytes)
        off = -EINVAL;
    else
        f->pos = off;
    mutex_unlock(&f->pos_lock);
    return off;
}

/*
 * The data (all: of every file there is), then what says where it is, which are
 * pages of the device's mapping, then the disk's own cache.  What has no
 * position (a pipe, a terminal) has nothing to be synchronised.  Each write
 * that failed was counted, be it one of these or of the background before.
 */
int
vfs_fsync(struct file *f, bool all)
{
    struct address_space *m = f->inode->mapping;
    struct block_device *bdev = all ? f->inode->sb->bdev : m->bdev;
    uint32_t seen = f->wb_seen[all];
    int err = 0;

    if (all)
        write_mappings(0, true);
    else if (has_position(f))
        sync_mapping(m);
    else
        return -EINVAL;
    if (bdev)
        err = sync_bdev(bdev);
    f->wb_seen[all] = error_seq(f, all);
    return f->wb_seen[all] == seen ? err : -EIO;
}
