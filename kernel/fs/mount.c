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
 * Interface: mount_root, do_mount, do_umount; vfs_shutdown, sync_all;
 * find_bdev; super_blocks, file_systems for procfs.
 *
 * Locks: mount_mutex, for the list of super blocks and every change of it.
 *
 * Not done: bind mounts, remounting by mount(2), two mounts of one device or
 * on one directory, lazy umount (MNT_DETACH is an ordinary umount).
 */
#include "block/blkdev.h"
#include "core/printk.h"
#include "fs/tty/tty.h"
#include "mm/slab.h"
#include "sched/task.h"

struct mutex mount_mutex = MUTEX_INIT(mount_mutex, RANK_MOUNT);
struct list_head super_blocks = LIST_HEAD_INIT(super_blocks);
static unsigned anon_minor = 1; /* of the next one without a device */

struct file_system_type *const file_systems[] = {&ext2_type, &proc_type,
                                                 &tmpfs_type, &pipe_type, NULL};

/* The parts of fs/, in the order in which they need each other. */
void
fs_init(void)
{
    inode_init();
    dcache_init();
    file_init();
    tty_init();
    for (int i = 0; file_systems[i]; i++)
        file_systems[i]->inode_cache = kmem_cache_create(
            file_systems[i]->cache_name, file_systems[i]->inode_size, 0,
            SLAB_RECLAIMABLE, NULL);
}

/* --- sync */

/*
 * Data first; then of each device the metadata, which are its pages, and what
 * the disk itself caches.  An error does not stop it: what can be saved is.
 */
int
sync_all(void)
{
    struct block_device *bdev = NULL;
    int err = 0;

    write_mappings(0, true);
    while ((bdev = blkdev_next(bdev)))
        err = sync_bdev(bdev) ?: err;
    return err;
}

/* --- Making and ending super blocks */

/*
 * Undo what make_super() did, however far it came.  Without dentries there are
 * soon no inodes; without inodes nobody changes metadata; so what then is dirty
 * is all that put_super() and we have to write.
 * => mount_mutex held, nobody is inside nor can get there
 */
static void
kill_super(struct super_block *sb)
{
    struct block_device *bdev = sb->bdev;
    struct dentry *mountpoint = sb->mountpoint;

    list_del(&sb->link);
    if (sb->root)
        d_forget_below(sb->root);
    dput(sb->root);
    wait_for_inodes(sb);
    if (sb->type->put_super && sb->private)
        sb->type->put_super(sb);
    if (bdev) {
        if (sync_bdev(bdev))
            pr_err("%s: I/O error while it was unmounted", sb->source);
        bd_release(bdev, true);
    }
    kfree(sb->private);
    kfree(sb);
    dput(mountpoint);
}

/*
 * Read in a file system, from bdev if it needs that; source is for people.
 * => mount_mutex held; ERR_PTR
 */
static struct super_block *
make_super(const struct file_system_type *type, struct block_device *bdev,
           const char *source, unsigned long flags, const char *options)
{
    struct super_block *sb = kzalloc(sizeof(*sb), GFP_KERNEL);
    int err = 0;

    if (!sb)
        return ERR_PTR(-ENOMEM);
    sb->type = type;
    sb->flags = flags & SB_FLAGS;
    list_add_tail(&sb->link, &super_blocks);
    strlcpy(sb->source, source, sizeof(sb->source));
    sb->dev = bdev ? bdev->dev : makedev(0, anon_minor);
    anon_minor += !bdev;
    if (bdev)
        err = bdev->disk->read_only && !(sb->flags & MS_RDONLY)
                  ? -EACCES
                  : bd_claim(bdev, true);
    if (!err) {
        sb->bdev = bdev; /* ours to release */
        if (bdev)        /* what was read before somebody wrote to it is old */
            invalidate_pages(bdev->mapping);
        err = type->fill_super(sb, options);
    }
    if (!err)
        return sb;
    kill_super(sb);
    return ERR_PTR(err);
}

/* There is no root to look it up in: the device is found by its name. */
int
mount_root(const char *device, bool readonly)
{
    struct block_device *bdev;
    struct super_block *sb;

    bdev_init();
    bdev = blkdev_lookup_name(device + (strncmp(device, "/dev/", 5) ? 0 : 5));
    if (!bdev)
        return -ENXIO;
    readonly |= bdev->disk->read_only;
    mutex_lock(&mount_mutex);
    sb = make_super(&ext2_type, bdev, device, readonly ? MS_RDONLY : 0, NULL);
    mutex_unlock(&mount_mutex);
    if (IS_ERR(sb))
        return (int)PTR_ERR(sb);
    printk("VFS: mounted root (%s) on %s%s", sb->type->name, sb->source,
           readonly ? " read-only" : "");
    return 0;
}

/* --- mount(2), umount(2) */

struct block_device *
find_bdev(const char *path)
{
    struct block_device *bdev = ERR_PTR(-ENOTBLK);
    struct dentry *d;
    int err = path_lookup(AT_FDCWD, path, LOOKUP_FOLLOW, &d);

    if (err)
        return ERR_PTR(err);
    if (S_ISBLK(d->inode->mode))
        bdev = blkdev_lookup(d->inode->rdev) ?: ERR_PTR(-ENXIO);
    dput(d);
    return bdev;
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
    struct file_system_type *const *fs = file_systems;
    struct block_device *bdev = NULL;
    struct super_block *sb = NULL;
    struct dentry *d = NULL;
    int err;

    if (!is_root(&current->cred))
        return -EPERM;
    while (*fs && strcmp((*fs)->name, type) != 0)
        fs++;
    if (!*fs || !(*fs)->fill_super)
        return -ENODEV;
    mutex_lock(&mount_mutex);
    err = path_lookup(AT_FDCWD, target, LOOKUP_FOLLOW, &d);
    if (!err && !S_ISDIR(d->inode->mode))
        err = -ENOTDIR;
    else if (!err && d == d->sb->root)
        err = -EBUSY; /* something is mounted here, or it is / */
    if (!err && (*fs)->needs_dev)
        bdev = find_bdev(source);
    if (!err)
        sb = IS_ERR(bdev) ? ERR_PTR(PTR_ERR(bdev))
                          : make_super(*fs, bdev, source, flags, options);
    if (IS_ERR(sb))
        err = (int)PTR_ERR(sb);
    if (!err) {
        mutex_lock(&d->inode->lock); /* against rmdir */
        if (d->inode->nlink == 0 || list_empty(&d->hash_link))
            err = -ENOENT; /* deleted, or a name that is not cached */
        else
            d_mount(dget(d), sb);
        mutex_unlock(&d->inode->lock);
        if (err)
            kill_super(sb);
    }
    dput(d);
    mutex_unlock(&mount_mutex);
    return err;
}

/*
 * Our own look at the place ends before the users are counted; the super block
 * stays meanwhile, since only we, with the mutex, could end it.
 */
int
do_umount(const char *target, unsigned lookup)
{
    struct super_block *sb;
    struct dentry *d;
    int err;

    if (!is_root(&current->cred))
        return -EPERM;
    sync_all(); /* most of it while others may still get in */
    mutex_lock(&mount_mutex);
    err = path_lookup(AT_FDCWD, target, lookup, &d);
    if (!err) {
        sb = d->sb;
        err = d == sb->root ? 0 : -EINVAL;
        dput(d);
    }
    if (!err)
        err = d_umount(sb);
    if (!err)
        kill_super(sb);
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
    struct super_block *sb;

    sync_all(); /* most of it while others may still work */
    mutex_lock(&mount_mutex);
    list_for_each_entry(sb, &super_blocks, link)
        if (sb->type->remount_ro && !(sb->flags & MS_RDONLY) &&
            sb->type->remount_ro(sb))
            pr_err("%s: cannot be made read-only", sb->source);
    mutex_unlock(&mount_mutex);
    if (sync_all())
        pr_err("I/O error while the disks were synchronised");
}
