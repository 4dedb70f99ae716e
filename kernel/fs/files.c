/* SPDX-License-Identifier: MIT */
/*
 * files.c - descriptor tables; root and working directory.
 *
 * A table has room for FD_FEW descriptors in itself; when a larger one is first
 * needed, it gets an array for all that there can be, and keeps it.  A slot is
 * free, reserved (its bit in `used` set, file NULL: an open is under way) or
 * open.
 *
 * A number is reserved before there is a file for it, so that a full table opens,
 * creates and truncates nothing.  Until fd_install() it can be neither used nor
 * closed nor replaced: all these want a file.
 *
 * Interface: fd_alloc, then fd_install or fd_release, for what makes a
 * descriptor; fd_get and fput for what uses one.
 *
 * Locks: files->lock (RANK_FILES) for slots and bits.  fput() is called
 * without it.  A table is shared by CLONE_FILES only; one that is ours alone is
 * read without the lock.
 */
#include "fs/fs.h"

#include "lib/bitmap.h"
#include "mm/slab.h"
#include "sched/task.h"

enum { FD_FEW = 64 };

struct files {
    atomic32_t count;
    struct spinlock lock;     /* RANK_FILES */
    unsigned nr;              /* (F) slots: FD_FEW or FD_MAX */
    struct file **slot;       /* (F) `few`, or one array of all */
    BITMAP(used, FD_MAX);     /* (F) reserved or open */
    BITMAP(cloexec, FD_MAX);  /* (F) */
    struct file *few[FD_FEW]; /* (F) */
};

struct files *
files_alloc(void)
{
    struct files *fs = kzalloc(sizeof(*fs), GFP_KERNEL);

    if (fs) {
        atomic_set(&fs->count, 1);
        spin_init(&fs->lock, RANK_FILES, "files");
        fs->nr = FD_FEW;
        fs->slot = fs->few;
    }
    return fs;
}

struct files *
files_get(struct files *fs)
{
    atomic_inc(&fs->count);
    return fs;
}

/* The file of fd, or NULL.  => lock held, or the table is not shared */
static struct file *
file_of(struct files *fs, int fd)
{
    return (unsigned)fd < fs->nr ? fs->slot[fd] : NULL;
}

/* Make room for descriptor fd < FD_MAX, and then for all.  -ENOMEM */
static int
make_slot(struct files *fs, int fd)
{
    struct file **slot;

    if ((unsigned)fd < READ_ONCE(fs->nr))
        return 0;
    slot = kzalloc(FD_MAX * sizeof(*slot), GFP_KERNEL);
    if (!slot)
        return -ENOMEM;
    spin_lock(&fs->lock);
    if (fs->nr == FD_FEW) {
        memcpy(slot, fs->few, sizeof(fs->few));
        fs->slot = slot;
        fs->nr = FD_MAX;
        slot = NULL;
    }
    spin_unlock(&fs->lock);
    kfree(slot); /* somebody was faster */
    return 0;
}

static void
put_bit(uint64_t *map, int fd, bool value)
{
    if (value)
        bitmap_set(map, (size_t)fd);
    else
        bitmap_clear(map, (size_t)fd);
}

/* The first set bit at or after from; FD_MAX: none */
static int
next_bit(const uint64_t *map, int from)
{
    return (int)bitmap_next_set(map, FD_MAX, (size_t)from);
}

/* => lock held; refs: consumes f, gives what was there */
static struct file *
set_slot_locked(struct files *fs, int fd, struct file *f, bool cloexec)
{
    struct file *old = fs->slot[fd];

    fs->slot[fd] = f;
    put_bit(fs->used, fd, f != NULL);
    put_bit(fs->cloexec, fd, cloexec);
    return old;
}

/*
 * Room is made before the lock is taken, for as many as there are then: a table
 * that grows meanwhile does so for an open that is not over yet.
 */
struct files *
files_copy(struct files *old)
{
    struct files *fs = files_alloc();
    int nr = (int)READ_ONCE(old->nr); /* what lies behind came too late */

    if (!fs)
        return NULL;
    if (make_slot(fs, nr - 1)) {
        files_put(fs);
        return NULL;
    }
    spin_lock(&old->lock);
    for (int fd = next_bit(old->used, 0); fd < nr;
         fd = next_bit(old->used, fd + 1))
        if (old->slot[fd])
            set_slot_locked(fs, fd, fget(old->slot[fd]),
                            bitmap_test(old->cloexec, (size_t)fd));
    spin_unlock(&old->lock);
    return fs;
}

void
files_put(struct files *fs)
{
    if (!atomic_dec_and_test(&fs->count))
        return;
    for (int fd = next_bit(fs->used, 0); fd < FD_MAX;
         fd = next_bit(fs->used, fd + 1))
        fput(fs->slot[fd]);
    if (fs->slot != fs->few)
        kfree(fs->slot);
    kfree(fs);
}

void
files_close_on_exec(void)
{
    struct files *fs = current->files;

    for (int fd = next_bit(fs->cloexec, 0); fd < FD_MAX;
         fd = next_bit(fs->cloexec, fd + 1))
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
    struct files *fs = current->files;
    int fd, err = 0, limit = fd_limit();

    if (from >= limit)
        return -EINVAL;
    while (!err) {
        spin_lock(&fs->lock);
        fd = (int)bitmap_next_zero(fs->used, FD_MAX, (size_t)from);
        if (fd < MIN(limit, (int)fs->nr)) {
            put_bit(fs->used, fd, true);
            put_bit(fs->cloexec, fd, cloexec);
            spin_unlock(&fs->lock);
            return fd;
        }
        spin_unlock(&fs->lock);
        err = fd < limit ? make_slot(fs, fd) : -EMFILE;
    }
    return err;
}

void
fd_install(int fd, struct file *f)
{
    spin_lock(&current->files->lock);
    current->files->slot[fd] = f;
    spin_unlock(&current->files->lock);
}

void
fd_release(int fd)
{
    spin_lock(&current->files->lock);
    set_slot_locked(current->files, fd, NULL, false);
    spin_unlock(&current->files->lock);
}

/* Not a part of fd_get(), which seldom calls it. */
__noinline struct file *
fd_get_of(struct files *fs, int fd)
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
    return atomic_read(&current->files->count) > 1;
}

struct file *
fd_get(int fd)
{
    struct file *f;

    if (files_shared())
        return fd_get_of(current->files, fd);
    f = file_of(current->files, fd); /* ours alone: no lock */
    return f ? fget(f) : NULL;
}

int
next_fd_of(struct files *fs, int after)
{
    int fd = after;

    spin_lock(&fs->lock);
    do
        fd = next_bit(fs->used, fd + 1);
    while (fd < FD_MAX && !file_of(fs, fd));
    spin_unlock(&fs->lock);
    return fd < FD_MAX ? fd : -1;
}

int
fd_close(int fd)
{
    struct files *fs = current->files;
    struct file *f;

    spin_lock(&fs->lock);
    f = file_of(fs, fd);
    if (f)
        set_slot_locked(fs, fd, NULL, false);
    spin_unlock(&fs->lock);
    fput(f);
    return f ? 0 : -EBADF;
}

int
fd_dup(int fd, int from, bool cloexec)
{
    struct file *f = fd_get(fd);
    int new;

    if (!f)
        return -EBADF;
    new = from < 0 ? -EINVAL : fd_alloc(from, cloexec);
    if (new < 0)
        fput(f);
    else
        fd_install(new, f);
    return new;
}

/* What was newfd is closed after it has become the other: never is it free. */
int
fd_dup_to(int oldfd, int newfd, int flags)
{
    struct files *fs = current->files;
    struct file *f;
    int err;

    if (oldfd == newfd || (flags & ~O_CLOEXEC))
        return -EINVAL;
    if (newfd < 0 || newfd >= fd_limit())
        return -EBADF;
    f = fd_get(oldfd);
    if (!f)
        return -EBADF;
    err = make_slot(fs, newfd);
    spin_lock(&fs->lock);
    if (!err && bitmap_test(fs->used, (size_t)newfd) && !file_of(fs, newfd))
        err = -EBUSY; /* an open is about to install it */
    if (!err)
        f = set_slot_locked(fs, newfd, f, flags & O_CLOEXEC);
    spin_unlock(&fs->lock);
    fput(f); /* what was there, or what did not get there */
    return err ? err : newfd;
}

int
fd_flags(int fd, int flags)
{
    struct files *fs = current->files;
    struct file *f;
    int ret = -EBADF;

    spin_lock(&fs->lock);
    f = file_of(fs, fd);
    if (f && flags >= 0) {
        set_slot_locked(fs, fd, f, flags & FD_CLOEXEC);
        ret = 0;
    } else if (f) {
        ret = bitmap_test(fs->cloexec, (size_t)fd) ? FD_CLOEXEC : 0;
    }
    spin_unlock(&fs->lock);
    return ret;
}

/* --- Root and working directory */

struct fs_context *
fs_context_copy(struct fs_context *old)
{
    struct fs_context *fs = kzalloc(sizeof(*fs), GFP_KERNEL);

    if (!fs)
        return NULL;
    atomic_set(&fs->count, 1);
    spin_init(&fs->lock, RANK_FILES, "fs_context");
    spin_lock(&old->lock);
    fs->root = dget(old->root);
    fs->cwd = dget(old->cwd);
    fs->umask = old->umask;
    spin_unlock(&old->lock);
    return fs;
}

void
fs_context_put(struct fs_context *fs)
{
    if (!atomic_dec_and_test(&fs->count))
        return;
    dput(fs->root);
    dput(fs->cwd);
    kfree(fs);
}
