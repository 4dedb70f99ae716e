/* SPDX-License-Identifier: MIT */
/*
 * mount.c - file system types, the mounted file systems, and their end.
 *
 * A super block is mounted on one dentry, whose `mounted` leads down to it
 * and to which its `mountpoint` leads up.  The mountpoint stays referenced,
 * so it is never freed under the mount.
 *
 * umount cuts the way down if nobody is inside, and finds that out by counting
 * references (d_umount): every open file, working directory and mount inside
 * holds a dentry, and every dentry its parent.
 *
 * Making and ending one is the same way there and back: claim the device, read
 * the file system in (fill_super), put it on the list, hook it into the tree;
 * cut it off, drop its dentries and so its inodes, take it off the list, write
 * out what is dirty (put_super), give the device back.
 *
 * Interface: register_filesystem; mount_root, do_mount, do_umount; vfs_shutdown;
 * next_super, file_systems for procfs.
 *
 * Locks: mount_mutex, for the list of super blocks and every change of it.
 *
 * Not done: bind mounts, remounting by mount(2), two mounts of one device or
 * on one directory, lazy umount (MNT_DETACH is an ordinary umount).
 */
#include "fs/fs.h"

#include "block/bio.h"
#include "block/blkdev.h"
#include "core/printk.h"
#include "lib/err.h"
#include "lib/format.h"
#include "mm/slab.h"
#include "sched/task.h"
#include "sched/timer.h"

struct mutex mount_mutex = MUTEX_INIT(mount_mutex, RANK_MOUNT, "mount");
static LIST_HEAD(supers); /* in the order of mounting */
struct file_system_type *file_systems;
static unsigned last_anon_minor;

void
register_filesystem(struct file_system_type *fs)
{
    fs->inode_cache = kmem_cache_create(fs->cache_name, fs->inode_size, 0,
                                        SLAB_RECLAIMABLE, NULL);
    fs->next = file_systems;
    file_systems = fs;
}

struct super_block *
next_super(struct super_block *after)
{
    struct list_head *next = after ? after->link.next : supers.next;

    return next == &supers ? NULL : list_entry(next, struct super_block, link);
}

/* --- sync */

int
sync_all(void)
{
    struct block_device *bdev = NULL;
    int err = 0;

    write_mappings(clock_ticks(), true);
    /*
     * Metadata of the devices, then the disks' own caches.  Partitions come
     * after their disk: flush once more, behind them.
     */
    for (int round = 0; round < 2; round++) {
        while ((bdev = blkdev_next(bdev))) {
            err = sync_mapping(bdev->mapping) ?: err;
            if (bdev->partno == 0)
                err = blkdev_issue_flush(bdev) ?: err;
        }
    }
    return err;
}

/* --- Making and freeing super blocks */

/* fill_super() failed, or nobody is inside any more. */
static void
free_super(struct super_block *sb)
{
    struct address_space *m = sb->bdev ? sb->bdev->mapping : NULL;

    if (sb->ops->put_super && sb->private)
        sb->ops->put_super(sb);
    if (m) {
        if (sync_mapping(m) || blkdev_issue_flush(sb->bdev))
            pr_err("%s: I/O error while it was unmounted", sb->source);
        /* Blocks of files that were read through the device are old now. */
        invalidate_pages(m);
        bd_release(sb->bdev, true);
    }
    kfree(sb->private);
    kfree(sb);
}

/* Read in a file system.  => mount_mutex held; ERR_PTR */
static struct super_block *
make_super(const struct file_system_type *type, struct block_device *bdev,
           const char *source, uint32_t flags, const char *options)
{
    struct super_block *sb = kzalloc(sizeof(*sb), GFP_KERNEL);
    int err = 0;

    if (!sb)
        return ERR_PTR(-ENOMEM);
    sb->type = type;
    sb->ops = type->ops;
    sb->bdev = bdev;
    sb->flags = flags;
    spin_init(&sb->lock, RANK_SUPER, "super");
    list_init(&sb->inodes);
    if (bdev) {
        sb->dev = bdev->dev;
        snprintf(sb->source, sizeof(sb->source), "/dev/%s", bdev->name);
        err = bd_claim(bdev, true);
    } else {
        last_anon_minor++;
        sb->dev = makedev(0, last_anon_minor);
        strlcpy(sb->source, *source ? source : "none", sizeof(sb->source));
    }
    if (err) {
        kfree(sb);
        return ERR_PTR(err);
    }
    err = type->fill_super(sb, options);
    if (err) {
        free_super(sb);
        return ERR_PTR(err);
    }
    list_add_tail(&sb->link, &supers);
    return sb;
}

/* => mount_mutex held, nobody is inside nor can get there */
static void
kill_super(struct super_block *sb)
{
    list_del(&sb->link);
    d_forget_below(sb->root);
    dput(sb->root);
    wait_for_inodes(sb);
    free_super(sb);
}

int
mount_root(const char *device, bool readonly)
{
    struct super_block *sb = ERR_PTR(-ENODEV);
    struct block_device *bdev;

    bdev_init();
    if (strncmp(device, "/dev/", 5) == 0)
        device += 5;
    bdev = blkdev_lookup_name(device);
    if (!bdev)
        return -ENXIO;
    mutex_lock(&mount_mutex);
    for (struct file_system_type *t = file_systems; t && IS_ERR(sb);
         t = t->next)
        if (t->needs_dev)
            sb = make_super(t, bdev, "", readonly ? SB_RDONLY : 0, NULL);
    mutex_unlock(&mount_mutex);
    if (IS_ERR(sb))
        return (int)PTR_ERR(sb);
    printk("VFS: mounted root (%s) on %s%s", sb->type->name, sb->source,
           readonly ? " read-only" : "");
    return 0;
}

/* --- mount(2), umount(2) */

/* The block device that a path names. */
static int
find_device(const char *path, struct block_device **out)
{
    struct dentry *d;
    int err = path_lookup(AT_FDCWD, path, LOOKUP_FOLLOW, &d);

    if (err)
        return err;
    if (!S_ISBLK(d->inode->mode))
        err = -ENOTBLK;
    else if (!(*out = blkdev_lookup(d->inode->rdev)))
        err = -ENXIO;
    dput(d);
    return err;
}

/*
 * The mount mutex is held from the look at the directory to the end, so that
 * nothing else is mounted there meanwhile.  The file system is read in with no
 * other lock held, and only then, under the directory's lock, is it asked
 * whether the directory is still there.
 */
int
do_mount(const char *source, const char *target, const char *type,
         unsigned long flags, const char *options)
{
    struct file_system_type *fs = file_systems;
    struct block_device *bdev = NULL;
    struct super_block *sb;
    struct dentry *d;
    int err;

    if (!is_root(&current->cred))
        return -EPERM;
    if (flags & (MS_REMOUNT | MS_BIND))
        return -EINVAL;
    while (fs && strcmp(fs->name, type) != 0)
        fs = fs->next;
    if (!fs || !fs->fill_super)
        return -ENODEV;
    mutex_lock(&mount_mutex);
    err = path_lookup(AT_FDCWD, target, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &d);
    if (err)
        goto unlock;
    if (d == d->sb->root)
        err = -EBUSY; /* something is mounted here, or it is / */
    else if (fs->needs_dev)
        err = find_device(source, &bdev);
    if (err)
        goto put;
    sb = make_super(fs, bdev, source, flags & MS_RDONLY ? SB_RDONLY : 0,
                    options);
    if (IS_ERR(sb)) {
        err = (int)PTR_ERR(sb);
        goto put;
    }
    mutex_lock(&d->inode->lock); /* against rmdir */
    if (d->inode->nlink > 0)
        d_mount(d, sb); /* and keep our reference */
    mutex_unlock(&d->inode->lock);
    if (sb->mountpoint)
        goto unlock;
    kill_super(sb);
    err = -ENOENT;
put:
    dput(d);
unlock:
    mutex_unlock(&mount_mutex);
    return err;
}

int
do_umount(const char *target)
{
    struct dentry *d, *mountpoint;
    struct super_block *sb;
    int err;

    if (!is_root(&current->cred))
        return -EPERM;
    mutex_lock(&mount_mutex);
    err = path_lookup(AT_FDCWD, target, LOOKUP_FOLLOW, &d);
    if (err)
        goto out;
    sb = d->sb; /* it stays: only we could unmount it */
    mountpoint = sb->mountpoint;
    if (d != sb->root)
        err = -EINVAL;
    else if (!mountpoint)
        err = -EBUSY; /* the root of all */
    dput(d);
    if (err)
        goto out;
    sync_all(); /* most of it while others may still get in */
    err = d_umount(sb);
    if (!err) {
        kill_super(sb);
        dput(mountpoint);
    }
out:
    mutex_unlock(&mount_mutex);
    return err;
}

/* --- Everything to the disks */

/*
 * Processes may be at work still, and go on to read.  First most of the data
 * goes out, then each file system ends what is under way and becomes read-only,
 * then what came in between goes out.
 */
void
vfs_shutdown(void)
{
    struct super_block *sb = NULL;

    sync_all(); /* most of it while others may still work */
    mutex_lock(&mount_mutex);
    while ((sb = next_super(sb)))
        if (sb->ops->remount_ro && !(sb->flags & SB_RDONLY) &&
            sb->ops->remount_ro(sb))
            pr_err("%s: cannot be made read-only", sb->source);
    mutex_unlock(&mount_mutex);
    if (sync_all())
        pr_err("I/O error while the disks were synchronised");
}
