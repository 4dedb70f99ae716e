/* SPDX-License-Identifier: MIT */
/*
 * sys_file.c - system calls on open files and their descriptors.
 *
 * What a file can do, file_transfer() and its relatives in fs/file.c decide,
 * which check the range of a user buffer, too; whether there is memory turns out
 * while copying.  Here arguments are checked in the order in which Linux finds
 * fault with them.
 *
 * readv and writev are done element by element, so another writer may come in
 * between; one that comes short, or a pipe that has no more, ends them.
 */
#include "mm/slab.h"
#include "syscall/syscall.h"

/* --- Descriptors */

/* The descriptor is reserved first, so that a full table opens nothing. */
SYSCALL_PATHS(openat, BIT(1))
{
    int flags = (int)a[2], fd = fd_alloc(0, flags & O_CLOEXEC);
    struct file *f;

    if (fd < 0)
        return fd;
    f = filp_open((int)a[0], path[0], flags, (umode_t)a[3]);
    fd_install(fd, IS_ERR(f) ? NULL : f);
    return IS_ERR(f) ? PTR_ERR(f) : fd;
}

/*
 * Two descriptors, their numbers to the user, two files: all or nothing.
 * Nobody sees a descriptor before it is installed.
 */
SYSCALL(pipe2)
{
    int flags = (int)a[1], err, fds[2];
    struct file *ends[2];

    if (flags & ~(O_CLOEXEC | O_NONBLOCK))
        return -EINVAL;
    for (int i = 0; i < 2; i++)
        fds[i] = fd_alloc(0, flags & O_CLOEXEC);
    /* What needs no undoing comes first; pipe_create() is the last to fail. */
    err = MIN(MIN(fds[0], fds[1]), 0)
              ?: copy_out(a[0], fds, sizeof(fds))
              ?: pipe_create(ends, flags & O_NONBLOCK);
    for (int i = 0; i < 2; i++)
        if (fds[i] >= 0)
            fd_install(fds[i], err ? NULL : ends[i]);
    return err;
}

/* One descriptor more of f, the lowest from `from` on. */
static int64_t
dup_from(struct file *f, uint64_t from, bool cloexec)
{
    int fd = fd_alloc((int)from, cloexec);

    if (fd >= 0)
        fd_install(fd, fget(f));
    return fd;
}

/* clang-format off */
SYSCALL(close) { return fd_close((int)a[0]); }
SYSCALL_FD(dup) { return dup_from(f, 0, false); }
/* clang-format on */

SYSCALL_FD(dup3)
{
    return (int)a[0] == (int)a[1] || (int)a[2] & ~O_CLOEXEC
               ? -EINVAL
               : fd_replace((int)a[1], f, (int)a[2] & O_CLOEXEC);
}

/* Flags of the descriptor (close on exec) and of the open file (the rest). */
SYSCALL_FD(fcntl)
{
    const uint32_t changeable = O_APPEND | O_NONBLOCK;
    const uint32_t not_kept = O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC;

    switch (a[1]) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
        return dup_from(f, a[2], a[1] == F_DUPFD_CLOEXEC);
    case F_GETFD:
        return fd_cloexec((int)a[0], -1);
    case F_SETFD:
        return fd_cloexec((int)a[0], a[2] & FD_CLOEXEC);
    case F_GETFL:
        return f->flags & ~not_kept;
    case F_SETFL:
        f->flags = (f->flags & ~changeable) | ((uint32_t)a[2] & changeable);
        return 0;
    default:
        return -EINVAL;
    }
}

SYSCALL_FILE(ioctl)
{
    return f->op->ioctl ? f->op->ioctl(f, (unsigned)a[1], a[2]) : -ENOTTY;
}

/* --- Reading and writing */

/* At a position of the caller's; what can be polled is a stream and has none. */
static int64_t
transfer_at(struct file *f, const uint64_t *a, bool write)
{
    off_t pos = (off_t)a[3];

    if (pos < 0)
        return -EINVAL;
    return f->op->poll ? -ESPIPE : file_transfer(f, a[1], a[2], &pos, write);
}

/* One element after the other, until one comes short. */
static int64_t
transfer_vector(struct file *f, const uint64_t *a, bool write)
{
    const size_t size = a[2] * sizeof(struct iovec);
    int64_t done = 0, n = 0;
    struct iovec *v, *end;

    if (a[2] > UIO_MAXIOV)
        return -EINVAL;
    v = kmalloc(size, GFP_KERNEL);
    if (!v)
        return -ENOMEM;
    n = copy_in(v, a[1], size);
    end = v + a[2];
    /* The lengths must make sense before the first byte moves. */
    for (struct iovec *i = v; i < end && !n; i++)
        n = (int64_t)i->iov_len < 0 ? -EINVAL : 0;
    for (struct iovec *i = v; i < end && n >= 0; i++) {
        if (i->iov_len == 0)
            continue;
        /* A pipe that has given all it has: the next read would sleep. */
        if (done && !write && f->op->poll && !(f->op->poll(f, NULL) & POLLIN))
            break;
        n = file_transfer(f, (uint64_t)i->iov_base, i->iov_len, &f->pos, write);
        done += MAX(n, (int64_t)0);
        if (n < (int64_t)i->iov_len)
            break;
    }
    kfree(v);
    return done ? done : n;
}

/* file_transfer() says itself that nothing is read through a mere name. */
/* clang-format off */
SYSCALL_FD(read) { return file_transfer(f, a[1], a[2], &f->pos, false); }
SYSCALL_FD(write) { return file_transfer(f, a[1], a[2], &f->pos, true); }
SYSCALL_FD(pread64) { return transfer_at(f, a, false); }
SYSCALL_FD(pwrite64) { return transfer_at(f, a, true); }
SYSCALL_FD(readv) { return transfer_vector(f, a, false); }
SYSCALL_FD(writev) { return transfer_vector(f, a, true); }
SYSCALL_FILE(lseek) { return vfs_llseek(f, (off_t)a[1], (int)a[2]); }
SYSCALL_FILE(fallocate) { return -EOPNOTSUPP; } /* as Linux's ext2 */
SYSCALL_FILE(fsync) { return vfs_fsync(f, false); }
SYSCALL_FILE(fdatasync) { return vfs_fsync(f, false); }
SYSCALL_FILE(syncfs) { return vfs_fsync(f, true); }
/* clang-format on */

/* It reports no errors; fsync does. */
SYSCALL(sync)
{
    sync_all();
    return 0;
}

/*
 * What the program knows of its accesses to come: for the open file, how far to
 * read ahead; for the cache, what to fetch and what may go.
 */
SYSCALL_FILE(fadvise64)
{
    static const uint32_t ra_flags[] = {
        [POSIX_FADV_NORMAL] = 0,
        [POSIX_FADV_RANDOM] = VM_RAND_READ,
        [POSIX_FADV_SEQUENTIAL] = VM_SEQ_READ,
    };

    if (f->op->poll)
        return -ESPIPE;
    if ((int64_t)a[2] < 0 || a[3] > POSIX_FADV_NOREUSE)
        return -EINVAL;
    if (f->op->read != generic_file_read)
        return 0; /* no pages that are its own: a directory */
    if (a[3] < ARRAY_SIZE(ra_flags))
        f->ra.flags = ra_flags[a[3]];
    else if (a[3] == POSIX_FADV_WILLNEED) /* nobody waits; 0: to the end */
        readahead_range(f->inode->mapping, a[1] / PAGE_SIZE,
                        DIV_ROUND_UP(a[2] ?: INT64_MAX, PAGE_SIZE));
    else if (a[3] == POSIX_FADV_DONTNEED)
        invalidate_pages(f->inode->mapping);
    return 0;
}

/* --- getdents64: entries gathered on a kernel page, then copied */

/* => false: no room for one more; the directory stops before it */
static bool
emit_dent(struct dir_context *ctx, const char *name, unsigned len, uint64_t ino,
          unsigned type, off_t next)
{
    const size_t head = offsetof(struct linux_dirent64, d_name);
    size_t need = ALIGN_UP(head + len + 1, sizeof(uint64_t));
    struct linux_dirent64 *e = (void *)(ctx->buf + ctx->used);

    if (ctx->used + need > ctx->size) {
        ctx->size = 0;
        return false;
    }
    e->d_ino = ino;
    e->d_off = next;
    e->d_reclen = (uint16_t)need;
    e->d_type = (uint8_t)type;
    memcpy(e->d_name, name, len);
    memset(e->d_name + len, 0, need - head - len);
    ctx->used += need;
    ctx->pos = next;
    return true;
}

/*
 * As many entries as fit, at most a page of them.  The user's buffer may fault
 * in while the directory is not locked; if it cannot, the position stays, so
 * that no entry is lost.
 */
SYSCALL_FILE(getdents64)
{
    struct dir_context ctx = {.emit = emit_dent,
                              .size = MIN((size_t)(uint32_t)a[2], PAGE_SIZE)};
    int err = -ENOENT; /* removed, but still open */

    if (!f->op->iterate)
        return -ENOTDIR;
    ctx.buf = alloc_kpages(GFP_KERNEL, 0);
    if (!ctx.buf)
        return -ENOMEM;
    mutex_lock(&f->pos_lock);
    ctx.pos = f->pos;
    mutex_lock(&f->inode->lock);
    if (f->inode->nlink > 0)
        err = f->op->iterate(f, &ctx);
    mutex_unlock(&f->inode->lock);
    if (ctx.used) /* of an error behind them the next call will tell */
        err = copy_out(a[1], ctx.buf, ctx.used);
    else if (!err && !ctx.size)
        err = -EINVAL;
    if (!err)
        f->pos = ctx.pos;
    mutex_unlock(&f->pos_lock);
    kfree(ctx.buf);
    return err ? err : (int64_t)ctx.used;
}
