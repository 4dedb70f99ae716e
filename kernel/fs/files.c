/* SPDX-License-Identifier: MIT */
/*
 * files.c - what a process has of the file system: its descriptors, root and
 * working directory, umask.  Threads share all of it (CLONE_FILES | CLONE_FS),
 * fork copies it.
 *
 * A slot of the table is free, reserved (its bit in `used` set, file NULL: an
 * open is under way) or open.
 *
 * A number is reserved before there is a file for it, so that a full table opens,
 * creates and truncates nothing.  Until fd_install() it can be neither used nor
 * closed nor replaced: all these want a file.
 *
 * Interface: fd_alloc, then fd_install, for what makes a descriptor; fd_get and
 * fput for what uses one.
 *
 * Invariants
 *   I1  A slot with a file has its bit in `used`.  What `cloexec` says of a slot
 *       that is free means nothing: fd_alloc() sets it anew.
 *
 * Locks: its lock (RANK_FILES); fput() is called without it.  A table that is
 * ours alone is read without the lock.
 *
 * Not done: a table that grows.  So many that all of it takes 2 KB are enough
 * for what runs here, and fork clears and copies no more.  Sharing descriptors
 * without the working directory, or that without them (clone: EINVAL).
 */
#include "fs/fs.h"

#include "mm/slab.h"
#include "sched/task.h"

/* The file of fd, or NULL.  => lock held, or the table is not shared */
static struct file *
file_of(struct fs_context *fs, int fd)
{
    return (unsigned)fd < FD_MAX ? fs->slot[fd] : NULL;
}

/* The next open descriptor, or -1.  => as above */
static int
next_open(struct fs_context *fs, int fd)
{
    do
        fd = (int)bitmap_next_set(fs->used, FD_MAX, (size_t)fd + 1);
    while (fd < FD_MAX && !fs->slot[fd]);
    return fd < FD_MAX ? fd : -1;
}

static void
set_cloexec(struct fs_context *fs, int fd, bool on)
{
    if (on)
        bitmap_set(fs->cloexec, (size_t)fd);
    else
        bitmap_clear(fs->cloexec, (size_t)fd);
}

/*
 * What another thread is just opening is not open yet, so the copy does not
 * have it; its number is free there.
 */
struct fs_context *
fs_context_copy(struct fs_context *old)
{
    struct fs_context *fs = kzalloc(sizeof(*fs), GFP_KERNEL);

    if (!fs)
        return NULL;
    atomic_set(&fs->count, 1);
    spin_init(&fs->lock, RANK_FILES, "files");
    spin_lock(&old->lock);
    fs->root = dget(old->root);
    fs->cwd = dget(old->cwd);
    fs->umask = old->umask;
    for (int fd = -1; (fd = next_open(old, fd)) >= 0;) {
        fs->slot[fd] = fget(old->slot[fd]);
        bitmap_set(fs->used, (size_t)fd);
    }
    memcpy(fs->cloexec, old->cloexec, sizeof(fs->cloexec));
    spin_unlock(&old->lock);
    return fs;
}

void
fs_context_put(struct fs_context *fs)
{
    if (!atomic_dec_and_test(&fs->count))
        return;
    for (int fd = -1; (fd = next_open(fs, fd)) >= 0;)
        fput(fs->slot[fd]);
    dput(fs->root);
    dput(fs->cwd);
    kfree(fs);
}

void
files_close_on_exec(void)
{
    struct fs_context *fs = current->fs;

    for (int fd = -1; (fd = next_open(fs, fd)) >= 0;)
        if (bitmap_test(fs->cloexec, (size_t)fd))
            fd_close(fd);
}

static int
fd_limit(void)
{
    return (int)MIN(current->rlim[RLIMIT_NOFILE].rlim_cur, (uint64_t)FD_MAX);
}

/* The lowest free number, as POSIX wants it. */
int
fd_alloc(int from, bool cloexec)
{
    struct fs_context *fs = current->fs;
    int fd, limit = fd_limit();

    if (from < 0 || (from > 0 && from >= limit))
        return -EINVAL;
    spin_lock(&fs->lock);
    fd = (int)bitmap_next_zero(fs->used, (size_t)limit, (size_t)from);
    if (fd < limit) {
        bitmap_set(fs->used, (size_t)fd);
        set_cloexec(fs, fd, cloexec);
    }
    spin_unlock(&fs->lock);
    return fd < limit ? fd : -EMFILE;
}

void
fd_install(int fd, struct file *f)
{
    struct fs_context *fs = current->fs;

    spin_lock(&fs->lock);
    fs->slot[fd] = f;
    if (!f)
        bitmap_clear(fs->used, (size_t)fd);
    spin_unlock(&fs->lock);
}

/*
 * With the lock the file cannot lose the reference of its slot between the look
 * and the fget().  Not a part of fd_get_any(), which seldom calls it.
 */
__noinline struct file *
fd_get_of(struct fs_context *fs, int fd)
{
    struct file *f;

    spin_lock(&fs->lock);
    f = file_of(fs, fd);
    if (f)
        fget(f);
    spin_unlock(&fs->lock);
    return f;
}

bool
files_shared(void)
{
    /* Acquire: who has left the table to us has changed it before. */
    return atomic_load_explicit(&current->fs->count, memory_order_acquire) > 1;
}

struct file *
fd_get_any(int fd)
{
    struct file *f;

    if (files_shared())
        return fd_get_of(current->fs, fd);
    /* Ours alone: no other thread can close it, and /proc only reads. */
    f = file_of(current->fs, fd);
    return f ? fget(f) : NULL;
}

struct file *
fd_get(int fd)
{
    struct file *f = fd_get_any(fd);

    if (!f || !(f->flags & O_PATH))
        return f;
    fput(f);
    return NULL;
}

int
next_fd_of(struct fs_context *fs, int after)
{
    spin_lock(&fs->lock);
    after = next_open(fs, after);
    spin_unlock(&fs->lock);
    return after;
}

int
fd_close(int fd)
{
    struct fs_context *fs = current->fs;
    struct file *f;

    spin_lock(&fs->lock);
    f = file_of(fs, fd);
    if (f) {
        fs->slot[fd] = NULL;
        bitmap_clear(fs->used, (size_t)fd);
    }
    spin_unlock(&fs->lock);
    fput(f);
    return f ? 0 : -EBADF;
}

/* What was there is closed after f has come: never is the number free. */
int
fd_replace(int fd, struct file *f, bool cloexec)
{
    struct fs_context *fs = current->fs;
    struct file *old;
    int ret = fd;

    if (fd < 0 || fd >= fd_limit())
        return -EBADF;
    spin_lock(&fs->lock);
    old = fs->slot[fd];
    if (!old && bitmap_test(fs->used, (size_t)fd)) {
        ret = -EBUSY; /* an open is about to install it */
    } else {
        fs->slot[fd] = fget(f);
        bitmap_set(fs->used, (size_t)fd);
        set_cloexec(fs, fd, cloexec);
    }
    spin_unlock(&fs->lock);
    fput(old);
    return ret;
}

/* If another thread has closed it meanwhile, this means nothing (I1). */
int
fd_cloexec(int fd, int set)
{
    struct fs_context *fs = current->fs;

    if (set < 0)
        return bitmap_test(fs->cloexec, (size_t)fd);
    spin_lock(&fs->lock);
    set_cloexec(fs, fd, set);
    spin_unlock(&fs->lock);
    return 0;
}
