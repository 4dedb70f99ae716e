/* SPDX-License-Identifier: MIT */
/*
 * files.c - descriptor tables.
 *
 * A table starts with FD_INLINE slots inside the structure and grows by
 * doubling, up to RLIMIT_NOFILE.  A slot is free, reserved (bit set, file
 * NULL: an open is under way) or open.
 *
 * Locks: files->lock (RANK_FILES) for slots and bits.  fput() is called
 * without it.  The table is shared only by CLONE_FILES.
 */
#include "fs/fs.h"

#include "include/errno.h"
#include "lib/bitmap.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "sched/task.h"

struct files {
    atomic32_t count;
    struct spinlock lock;          /* RANK_FILES */
    int size;                      /* (F) slots */
    struct file **slot;            /* (F) inline_slot, or kmalloc'ed */
    uint64_t used[FD_MAX / 64];    /* (F) bit: reserved or open */
    uint64_t cloexec[FD_MAX / 64]; /* (F) */
    struct file *inline_slot[FD_INLINE];
};

struct files *
files_alloc(void)
{
    struct files *fs = kzalloc(sizeof(*fs), GFP_KERNEL);

    if (!fs)
        return NULL;
    atomic_set(&fs->count, 1);
    spin_init(&fs->lock, RANK_FILES, "files");
    fs->size = FD_INLINE;
    fs->slot = fs->inline_slot;
    return fs;
}

struct files *
files_get(struct files *fs)
{
    atomic_inc(&fs->count);
    return fs;
}

/* Make room for `size` slots, if it is still too small. */
static int
grow(struct files *fs, int size)
{
    struct file **bigger = kzalloc((size_t)size * sizeof(*bigger), GFP_KERNEL);
    struct file **old;

    if (!bigger)
        return -ENOMEM;
    spin_lock(&fs->lock);
    old = bigger;
    if (size > fs->size) {
        memcpy(bigger, fs->slot, (size_t)fs->size * sizeof(*bigger));
        old = fs->slot;
        fs->slot = bigger;
        fs->size = size;
    }
    spin_unlock(&fs->lock);
    if (old != fs->inline_slot)
        kfree(old);
    return 0;
}

struct files *
files_copy(struct files *old)
{
    struct files *fs = files_alloc();

    if (!fs)
        return NULL;
    while (fs->size < READ_ONCE(old->size)) {
        if (grow(fs, READ_ONCE(old->size))) {
            files_put(fs);
            return NULL;
        }
    }
    spin_lock(&old->lock);
    for (int fd = 0; fd < MIN(old->size, fs->size); fd++) {
        if (!old->slot[fd])
            continue;
        fs->slot[fd] = fget(old->slot[fd]);
        bitmap_set(fs->used, (size_t)fd);
        if (bitmap_test(old->cloexec, (size_t)fd))
            bitmap_set(fs->cloexec, (size_t)fd);
    }
    spin_unlock(&old->lock);
    return fs;
}

void
files_put(struct files *fs)
{
    if (!atomic_dec_and_test(&fs->count))
        return;
    for (int fd = 0; fd < fs->size; fd++)
        fput(fs->slot[fd]);
    if (fs->slot != fs->inline_slot)
        kfree(fs->slot);
    kfree(fs);
}

/* Empty a slot.  => lock held; refs: the slot's is the caller's */
static struct file *
take_slot_locked(struct files *fs, int fd)
{
    struct file *f = fs->slot[fd];

    fs->slot[fd] = NULL;
    bitmap_clear(fs->used, (size_t)fd);
    bitmap_clear(fs->cloexec, (size_t)fd);
    return f;
}

void
files_close_on_exec(struct files *fs)
{
    for (int fd = 0; fd < fs->size; fd++) {
        struct file *f = NULL;

        spin_lock(&fs->lock);
        if (fs->slot[fd] && bitmap_test(fs->cloexec, (size_t)fd))
            f = take_slot_locked(fs, fd);
        spin_unlock(&fs->lock);
        fput(f);
    }
}

static int
fd_limit(void)
{
    uint64_t limit = current->rlim[RLIMIT_NOFILE].rlim_cur;

    return limit < FD_MAX ? (int)limit : FD_MAX;
}

int
fd_alloc(int from, bool cloexec)
{
    struct files *fs = current->files;
    int limit = fd_limit();

    if (from >= limit)
        return -EINVAL;
    for (;;) {
        int fd, err;

        spin_lock(&fs->lock);
        fd = (int)bitmap_next_zero(fs->used, FD_MAX, (size_t)from);
        if (fd < limit && fd < fs->size) {
            bitmap_set(fs->used, (size_t)fd);
            if (cloexec)
                bitmap_set(fs->cloexec, (size_t)fd);
            spin_unlock(&fs->lock);
            return fd;
        }
        spin_unlock(&fs->lock);
        if (fd >= limit)
            return -EMFILE;
        err = grow(fs, MIN((fd / FD_INLINE + 1) * FD_INLINE * 2, FD_MAX));
        if (err)
            return err;
    }
}

void
fd_install(int fd, struct file *f)
{
    struct files *fs = current->files;

    spin_lock(&fs->lock);
    fs->slot[fd] = f;
    spin_unlock(&fs->lock);
}

void
fd_release(int fd)
{
    struct files *fs = current->files;

    spin_lock(&fs->lock);
    take_slot_locked(fs, fd);
    spin_unlock(&fs->lock);
}

struct file *
fd_get_of(struct files *fs, int fd)
{
    struct file *f = NULL;

    spin_lock(&fs->lock);
    if (fd >= 0 && fd < fs->size && fs->slot[fd])
        f = fget(fs->slot[fd]);
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
    struct files *fs = current->files;

    /* Slots of a table that is ours alone are changed by us alone. */
    if (likely(!files_shared()))
        return fd >= 0 && fd < fs->size && fs->slot[fd] ? fget(fs->slot[fd])
                                                        : NULL;
    return fd_get_of(fs, fd);
}

int
next_fd_of(struct files *fs, int after)
{
    int found = -1;

    spin_lock(&fs->lock);
    for (int fd = after + 1; fd < fs->size && found < 0; fd++)
        if (fs->slot[fd])
            found = fd;
    spin_unlock(&fs->lock);
    return found;
}

int
fd_close(int fd)
{
    struct files *fs = current->files;
    struct file *f = NULL;

    spin_lock(&fs->lock);
    if (fd >= 0 && fd < fs->size && fs->slot[fd])
        f = take_slot_locked(fs, fd);
    spin_unlock(&fs->lock);
    if (!f)
        return -EBADF;
    fput(f);
    return 0;
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

int
fd_dup_to(int oldfd, int newfd, int flags)
{
    struct files *fs = current->files;
    struct file *f, *old = NULL;
    int err = 0;

    if (oldfd == newfd || (flags & ~O_CLOEXEC))
        return -EINVAL;
    if (newfd < 0 || newfd >= fd_limit())
        return -EBADF;
    f = fd_get(oldfd);
    if (!f)
        return -EBADF;
    while (!err && newfd >= READ_ONCE(fs->size))
        err = grow(fs, MIN((newfd / FD_INLINE + 1) * FD_INLINE, FD_MAX));
    spin_lock(&fs->lock);
    if (!err && bitmap_test(fs->used, (size_t)newfd) && !fs->slot[newfd])
        err = -EBUSY; /* an open is about to install it */
    if (!err) {
        old = take_slot_locked(fs, newfd);
        fs->slot[newfd] = f;
        bitmap_set(fs->used, (size_t)newfd);
        if (flags & O_CLOEXEC)
            bitmap_set(fs->cloexec, (size_t)newfd);
    }
    spin_unlock(&fs->lock);
    fput(err ? f : old);
    return err ? err : newfd;
}

int
fd_flags_get(int fd)
{
    struct files *fs = current->files;
    int ret = -EBADF;

    spin_lock(&fs->lock);
    if (fd >= 0 && fd < fs->size && fs->slot[fd])
        ret = bitmap_test(fs->cloexec, (size_t)fd) ? FD_CLOEXEC : 0;
    spin_unlock(&fs->lock);
    return ret;
}

int
fd_flags_set(int fd, int flags)
{
    struct files *fs = current->files;
    int ret = -EBADF;

    spin_lock(&fs->lock);
    if (fd >= 0 && fd < fs->size && fs->slot[fd]) {
        ret = 0;
        if (flags & FD_CLOEXEC)
            bitmap_set(fs->cloexec, (size_t)fd);
        else
            bitmap_clear(fs->cloexec, (size_t)fd);
    }
    spin_unlock(&fs->lock);
    return ret;
}

/* --- Root and working directory */

struct fs_context *
fs_context_alloc(void)
{
    struct fs_context *fs = kzalloc(sizeof(*fs), GFP_KERNEL);

    if (!fs)
        return NULL;
    atomic_set(&fs->count, 1);
    spin_init(&fs->lock, RANK_FILES, "fs_context");
    fs->umask = 022;
    return fs;
}

struct fs_context *
fs_context_copy(struct fs_context *old)
{
    struct fs_context *fs = fs_context_alloc();

    if (!fs)
        return NULL;
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
