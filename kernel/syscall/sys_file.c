/* SPDX-License-Identifier: MIT */
/*
 * sys_file.c - system calls on open files and their descriptors.
 *
 * What a file can do, vfs_read() and its relatives in fs/file.c decide; here
 * arguments are checked in the order in which Linux finds fault with them.
 *
 * The range of a user buffer is checked once, with access_ok(), before the file
 * sees it; whether there is memory turns out while copying.
 *
 * readv and writev are done element by element, so another writer may come in
 * between; one that comes short, or a pipe that has no more, ends them.
 */
#include "include/dirent.h"
#include "include/ioctl.h"
#include "include/poll.h"
#include "include/uio.h"
#include "lib/err.h"
#include "mm/slab.h"
#include "syscall/syscall.h"

enum { IOV_MAX = 1024 };

/* The descriptor is reserved first, so that a full table opens nothing. */
int64_t
sys_openat(char **path, const uint64_t *a)
{
    int flags = (int)a[2], fd = fd_alloc(0, flags & O_CLOEXEC);
    struct file *f;

    if (fd < 0)
        return fd;
    f = filp_open((int)a[0], path[0], flags, (umode_t)a[3]);
    if (IS_ERR(f)) {
        fd_release(fd);
        return PTR_ERR(f);
    }
    fd_install(fd, f);
    return fd;
}

/*
 * Two files, two descriptors, and their numbers to the user: all or nothing.
 * Nobody sees a descriptor before it is installed.
 */
int64_t
sys_pipe2(const uint64_t *a)
{
    int flags = (int)a[1], err, fds[2];
    struct file *ends[2];

    if (flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT))
        return -EINVAL;
    err = pipe_create(ends, flags & O_NONBLOCK);
    if (err)
        return err;
    for (int i = 0; i < 2; i++)
        fds[i] = fd_alloc(0, flags & O_CLOEXEC);
    err = MIN(MIN(fds[0], fds[1]), 0);
    if (!err)
        err = copy_out(a[0], fds, sizeof(fds));
    for (int i = 0; i < 2; i++) {
        if (!err) {
            fd_install(fds[i], ends[i]);
            continue;
        }
        if (fds[i] >= 0)
            fd_release(fds[i]);
        fput(ends[i]);
    }
    return err;
}

/* --- Reading and writing */

/* pread64 and pwrite64: at a position of the caller's. */
int64_t
sys_pread64(struct file *f, const uint64_t *a)
{
    umode_t mode = f->inode->mode;
    off_t pos = (off_t)a[3];

    if (pos < 0)
        return -EINVAL;
    if (S_ISFIFO(mode) || S_ISSOCK(mode))
        return -ESPIPE;
    return file_transfer(f, a[1], a[2], &pos, a[7] == SYS_pwrite64);
}

/* Element i of the vector at `iov`.  0, -EFAULT, -EINVAL: its length */
static int
get_element(uint64_t iov, uint64_t i, struct iovec *v)
{
    if (copy_in(v, iov + i * sizeof(*v), sizeof(*v)))
        return -EFAULT;
    return (int64_t)v->iov_len < 0 ? -EINVAL : 0;
}

/* A pipe or terminal that has given all it has: the next read would sleep. */
static bool
drained(struct file *f)
{
    return f->op->poll && !(f->op->poll(f, NULL) & POLLIN);
}

/* readv and writev: one element after the other, until one comes short. */
int64_t
sys_readv(struct file *f, const uint64_t *a)
{
    bool write = a[7] == SYS_writev;
    int64_t done = 0, n = 0;
    struct iovec v;

    if (a[2] > IOV_MAX)
        return -EINVAL;
    /* The lengths must make sense before the first byte moves. */
    for (uint64_t i = 0; i < a[2] && !n; i++)
        n = get_element(a[1], i, &v);
    for (uint64_t i = 0; i < a[2] && n >= 0; i++) {
        n = get_element(a[1], i, &v);
        if (n || v.iov_len == 0)
            continue;
        if (done && !write && drained(f))
            break;
        n = file_transfer(f, (uint64_t)v.iov_base, v.iov_len, &f->pos, write);
        done += MAX(n, (int64_t)0);
        if (n < (int64_t)v.iov_len)
            break;
    }
    return done || n > 0 ? done : n;
}

/* --- Flags and controls */

/* Flags of the descriptor (close on exec) and of the open file (the rest). */
int64_t
sys_fcntl(struct file *f, const uint64_t *a)
{
    const uint32_t changeable = O_APPEND | O_NONBLOCK | O_NOATIME | O_DIRECT;
    const uint32_t not_kept = O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC;
    int fd = (int)a[0];

    switch (a[1]) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
        return fd_dup(fd, (int)a[2], a[1] == F_DUPFD_CLOEXEC);
    case F_GETFD:
        return fd_flags(fd, -1);
    case F_SETFD:
        return fd_flags(fd, (int)a[2] & FD_CLOEXEC);
    case F_GETFL:
        return f->flags & ~not_kept;
    case F_SETFL:
        f->flags = (f->flags & ~changeable) | ((uint32_t)a[2] & changeable);
        return 0;
    default:
        return -EINVAL;
    }
}

/* Two are the descriptor's, all others the file's own. */
int64_t
sys_ioctl(struct file *f, const uint64_t *a)
{
    if (a[1] == FIOCLEX || a[1] == FIONCLEX)
        return fd_flags((int)a[0], a[1] == FIOCLEX ? FD_CLOEXEC : 0);
    return f->op->ioctl ? f->op->ioctl(f, (unsigned)a[1], a[2]) : -ENOTTY;
}

/* Start to read n bytes into the page cache; nobody waits for them. */
static int64_t
read_ahead(struct file *f, uint64_t from, uint64_t n)
{
    readahead_range(f->inode->mapping, from / PAGE_SIZE,
                    DIV_ROUND_UP(n, PAGE_SIZE));
    return 0;
}

int64_t
sys_readahead(struct file *f, const uint64_t *a)
{
    if (!f->can_read)
        return -EBADF;
    if (!S_ISREG(f->inode->mode) && !S_ISBLK(f->inode->mode))
        return -EINVAL;
    return read_ahead(f, a[1], a[2]);
}

/*
 * What the program knows of its accesses to come: for the open file, how far to
 * read ahead; for the cache, what to fetch and what may go.
 */
int64_t
sys_fadvise64(struct file *f, const uint64_t *a)
{
    if (S_ISFIFO(f->inode->mode))
        return -ESPIPE;
    switch (a[3]) {
    case POSIX_FADV_NORMAL:
        f->ra.flags = 0;
        return 0;
    case POSIX_FADV_RANDOM:
        f->ra.flags = VM_RAND_READ;
        return 0;
    case POSIX_FADV_SEQUENTIAL:
        f->ra.flags = VM_SEQ_READ;
        return 0;
    case POSIX_FADV_WILLNEED:
        return read_ahead(f, a[1], a[2]);
    case POSIX_FADV_DONTNEED:
        invalidate_pages(f->inode->mapping);
        return 0;
    default:
        return a[3] == POSIX_FADV_NOREUSE ? 0 : -EINVAL;
    }
}

/* --- getdents64: entries gathered on a kernel page, then copied */

struct dents {
    struct dir_context ctx; /* first */
    uint8_t *buf;
    size_t used, size;
    bool full; /* one did not fit */
};

/* => false: no room for one more; the directory stops before it */
static bool
emit_dent(struct dir_context *ctx, const char *name, unsigned len, uint64_t ino,
          unsigned type, off_t next)
{
    struct dents *d = (struct dents *)ctx;
    const size_t head = offsetof(struct linux_dirent64, d_name);
    size_t need = ALIGN_UP(head + len + 1, sizeof(uint64_t));
    struct linux_dirent64 *e = (void *)(d->buf + d->used);

    d->full = need > d->size - d->used;
    if (d->full)
        return false;
    e->d_ino = ino;
    e->d_off = next;
    e->d_reclen = (uint16_t)need;
    e->d_type = (uint8_t)type;
    memcpy(e->d_name, name, len);
    memset(e->d_name + len, 0, need - head - len);
    d->used += need;
    return true;
}

/* => pos_lock held */
static int
fill_dents(struct file *f, struct dents *d)
{
    int err = -ENOENT; /* removed, but still open */

    d->ctx.pos = f->pos;
    mutex_lock(&f->inode->lock);
    if (f->inode->nlink > 0)
        err = f->op->iterate(f, &d->ctx);
    mutex_unlock(&f->inode->lock);
    return !err && d->full && !d->used ? -EINVAL : err;
}

/*
 * As many entries as fit, at most a page of them.  The user's buffer may fault
 * in while the directory is not locked; if it cannot, the position stays, so
 * that no entry is lost.
 */
int64_t
sys_getdents64(struct file *f, const uint64_t *a)
{
    struct dents d = {.ctx.emit = emit_dent,
                      .size = MIN((size_t)(uint32_t)a[2], PAGE_SIZE)};
    int err;

    if (!S_ISDIR(f->inode->mode) || !f->op->iterate)
        return -ENOTDIR;
    d.buf = alloc_kpages(GFP_KERNEL, 0);
    if (!d.buf)
        return -ENOMEM;
    mutex_lock(&f->pos_lock);
    err = fill_dents(f, &d);
    if (!err)
        err = copy_out(a[1], d.buf, d.used);
    if (!err)
        f->pos = d.ctx.pos;
    mutex_unlock(&f->pos_lock);
    kfree(d.buf);
    return err ? err : (int64_t)d.used;
}
