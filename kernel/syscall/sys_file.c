/* SPDX-License-Identifier: MIT */
/* sys_file.c - system calls on descriptors. */
#include "fs/fs.h"
#include "include/dirent.h"
#include "include/ioctl.h"
#include "include/poll.h"
#include "include/uio.h"
#include "lib/err.h"
#include "lib/macros.h"
#include "lib/string.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "riscv/uaccess.h"
#include "sched/signal.h"
#include "sched/task.h"
#include "syscall/syscall.h"

enum { IOV_MAX = 1024 };

int64_t
sys_read(const uint64_t *a)
{
    struct file *f = fd_get((int)a[0]);
    int64_t ret;

    if (!f)
        return -EBADF;
    ret = access_ok((void *)a[1], a[2])
              ? vfs_read(f, (void *)a[1], a[2], &f->pos)
              : -EFAULT;
    fput(f);
    return ret;
}

int64_t
sys_write(const uint64_t *a)
{
    struct file *f = fd_get((int)a[0]);
    int64_t ret;

    if (!f)
        return -EBADF;
    ret = access_ok((void *)a[1], a[2])
              ? vfs_write(f, (const void *)a[1], a[2], &f->pos)
              : -EFAULT;
    fput(f);
    return ret;
}

/* pread64 and pwrite64: a position of the caller's. */
static int64_t
at_position(const uint64_t *a, bool write)
{
    struct file *f = fd_get((int)a[0]);
    off_t pos = (off_t)a[3];
    int64_t ret;

    if (!f)
        return -EBADF;
    if (pos < 0)
        ret = -EINVAL;
    else if (!S_ISREG(f->inode->mode) && !S_ISBLK(f->inode->mode) &&
             !S_ISDIR(f->inode->mode) && !S_ISCHR(f->inode->mode))
        ret = -ESPIPE;
    else if (!access_ok((void *)a[1], a[2]))
        ret = -EFAULT;
    else
        ret = write ? vfs_write(f, (const void *)a[1], a[2], &pos)
                    : vfs_read(f, (void *)a[1], a[2], &pos);
    fput(f);
    return ret;
}

int64_t
sys_pread64(const uint64_t *a)
{
    return at_position(a, false);
}

int64_t
sys_pwrite64(const uint64_t *a)
{
    return at_position(a, true);
}

/* The lengths must make sense before the first byte moves.  0, -errno */
static int
check_vector(uint64_t iov, uint64_t count)
{
    int64_t total = 0;

    for (uint64_t i = 0; i < count; i++) {
        struct iovec v;

        if (copy_in(&v, iov + i * sizeof(v), sizeof(v)))
            return -EFAULT;
        if ((int64_t)v.iov_len < 0 ||
            __builtin_add_overflow(total, (int64_t)v.iov_len, &total))
            return -EINVAL;
    }
    return 0;
}

/* A pipe or terminal that has given all it has: the next read would sleep. */
static bool
drained(struct file *f, bool write)
{
    return !write && f->op->poll && !(f->op->poll(f, NULL) & POLLIN);
}

/* One vector element after the other, until one comes short. */
static int64_t
do_vector(struct file *f, uint64_t iov, uint64_t count, bool write)
{
    int64_t done = check_vector(iov, count);

    if (done < 0)
        return done;

    for (uint64_t i = 0; i < count; i++) {
        struct iovec v;
        int64_t n;

        if (copy_in(&v, iov + i * sizeof(v), sizeof(v)))
            n = -EFAULT;
        else if (v.iov_len == 0)
            continue;
        else if (done && drained(f, write))
            break;
        else if (!access_ok(v.iov_base, v.iov_len))
            n = -EFAULT;
        else
            n = write ? vfs_write(f, v.iov_base, v.iov_len, &f->pos)
                      : vfs_read(f, v.iov_base, v.iov_len, &f->pos);
        if (n < 0)
            return done ? done : n;
        done += n;
        if ((uint64_t)n < v.iov_len)
            break;
    }
    return done;
}

static int64_t
vector_call(const uint64_t *a, bool write)
{
    struct file *f = fd_get((int)a[0]);
    int64_t ret;

    if (!f)
        return -EBADF;
    ret = a[2] > IOV_MAX ? -EINVAL : do_vector(f, a[1], a[2], write);
    fput(f);
    return ret;
}

int64_t
sys_readv(const uint64_t *a)
{
    return vector_call(a, false);
}

int64_t
sys_writev(const uint64_t *a)
{
    return vector_call(a, true);
}

int64_t
sys_lseek(const uint64_t *a)
{
    struct file *f = fd_get((int)a[0]);
    int64_t ret;

    if (!f)
        return -EBADF;
    ret = vfs_llseek(f, (off_t)a[1], (int)a[2]);
    fput(f);
    return ret;
}

int64_t
sys_close(const uint64_t *a)
{
    return fd_close((int)a[0]);
}

int64_t
sys_dup(const uint64_t *a)
{
    return fd_dup((int)a[0], 0, false);
}

int64_t
sys_dup3(const uint64_t *a)
{
    return fd_dup_to((int)a[0], (int)a[1], (int)a[2]);
}

static int64_t
set_status_flags(struct file *f, uint32_t flags)
{
    const uint32_t may = O_APPEND | O_NONBLOCK | O_NOATIME | O_DIRECT;

    f->flags = (f->flags & ~may) | (flags & may);
    return 0;
}

int64_t
sys_fcntl(const uint64_t *a)
{
    int fd = (int)a[0];
    struct file *f = fd_get(fd);
    int64_t ret;

    if (!f)
        return -EBADF;
    switch (a[1]) {
    case F_DUPFD:
        ret = fd_dup(fd, (int)a[2], false);
        break;
    case F_DUPFD_CLOEXEC:
        ret = fd_dup(fd, (int)a[2], true);
        break;
    case F_GETFD:
        ret = fd_flags(fd, -1);
        break;
    case F_SETFD:
        ret = fd_flags(fd, (int)a[2] & FD_CLOEXEC);
        break;
    case F_GETFL:
        ret = f->flags &
              ~(uint32_t)(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC);
        break;
    case F_SETFL:
        ret = set_status_flags(f, (uint32_t)a[2]);
        break;
    default:
        ret = -EINVAL;
    }
    fput(f);
    return ret;
}

int64_t
sys_ioctl(const uint64_t *a)
{
    struct file *f = fd_get((int)a[0]);
    int64_t ret;

    if (!f)
        return -EBADF;
    if (a[1] == FIOCLEX || a[1] == FIONCLEX)
        ret = fd_flags((int)a[0], a[1] == FIOCLEX ? FD_CLOEXEC : 0);
    else
        ret = f->op->ioctl ? f->op->ioctl(f, (unsigned)a[1], a[2]) : -ENOTTY;
    fput(f);
    return ret;
}

static int64_t
do_fsync(int fd)
{
    struct file *f = fd_get(fd);
    int64_t ret;

    if (!f)
        return -EBADF;
    ret = vfs_fsync(f);
    fput(f);
    return ret;
}

int64_t
sys_fsync(const uint64_t *a)
{
    return do_fsync((int)a[0]);
}

int64_t
sys_fdatasync(const uint64_t *a)
{
    return do_fsync((int)a[0]);
}

int64_t
sys_sync(const uint64_t *a)
{
    (void)a;
    vfs_sync();
    return 0; /* sync(2) reports no errors; fsync does */
}

int64_t
sys_syncfs(const uint64_t *a)
{
    struct file *f = fd_get((int)a[0]);

    if (!f)
        return -EBADF;
    fput(f);
    return vfs_sync();
}

int64_t
sys_pipe2(const uint64_t *a)
{
    int flags = (int)a[1], err, fds[2] = {-1, -1};
    struct file *ends[2];

    if (flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT))
        return -EINVAL;
    err = pipe_create(ends, flags & O_NONBLOCK);
    if (err)
        return err;
    for (int i = 0; i < 2 && !err; i++) {
        fds[i] = fd_alloc(0, flags & O_CLOEXEC);
        if (fds[i] < 0)
            err = fds[i];
    }
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

/* --- getdents64: entries gathered on a kernel page, then copied */

struct dents {
    struct dir_context ctx; /* first */
    uint8_t *buf;
    size_t used, size;
};

static bool
emit_dent(struct dir_context *ctx, const char *name, unsigned len, uint64_t ino,
          unsigned type, off_t next)
{
    struct dents *d = (struct dents *)ctx;
    size_t need = ALIGN_UP(offsetof(struct linux_dirent64, d_name) + len + 1,
                           sizeof(uint64_t));
    struct linux_dirent64 *e = (void *)(d->buf + d->used);

    if (need > d->size - d->used)
        return false;
    e->d_ino = ino;
    e->d_off = next;
    e->d_reclen = (uint16_t)need;
    e->d_type = (uint8_t)type;
    memcpy(e->d_name, name, len);
    memset(e->d_name + len, 0,
           need - offsetof(struct linux_dirent64, d_name) - len);
    d->used += need;
    return true;
}

static int64_t
read_directory(struct file *f, uint64_t user, size_t size)
{
    struct dents d = {.ctx.emit = emit_dent, .size = MIN(size, PAGE_SIZE)};
    int err = -ENOENT;

    d.buf = alloc_kpages(GFP_KERNEL, 0);
    if (!d.buf)
        return -ENOMEM;
    mutex_lock(&f->pos_lock);
    d.ctx.pos = f->pos;
    mutex_lock(&f->inode->lock);
    if (f->inode->nlink > 0)
        err = f->op->iterate(f, &d.ctx);
    mutex_unlock(&f->inode->lock);
    if (!err && d.used == 0 && d.ctx.pos == f->pos && size < PAGE_SIZE &&
        d.ctx.pos < inode_size(f->inode))
        err = -EINVAL; /* no room for one entry */
    if (!err)
        err = copy_out(user, d.buf, d.used);
    if (!err)
        f->pos = d.ctx.pos;
    mutex_unlock(&f->pos_lock);
    free_kpages(d.buf, 0);
    return err ? err : (int64_t)d.used;
}

int64_t
sys_getdents64(const uint64_t *a)
{
    struct file *f = fd_get((int)a[0]);
    int64_t ret;

    if (!f)
        return -EBADF;
    if (!S_ISDIR(f->inode->mode) || !f->op->iterate)
        ret = -ENOTDIR;
    else
        ret = read_directory(f, a[1], (uint32_t)a[2]);
    fput(f);
    return ret;
}

int64_t
sys_ftruncate(const uint64_t *a)
{
    struct file *f = fd_get((int)a[0]);
    int64_t ret;

    if (!f)
        return -EBADF;
    ret = f->can_write ? vfs_truncate(f->inode, (off_t)a[1]) : -EINVAL;
    fput(f);
    return ret;
}

int64_t
sys_fstat(const uint64_t *a)
{
    struct file *f = fd_get((int)a[0]);
    struct stat st;

    if (!f)
        return -EBADF;
    vfs_stat(f->inode, &st);
    fput(f);
    return copy_out(a[1], &st, sizeof(st));
}

int64_t
sys_fstatfs(const uint64_t *a)
{
    struct file *f = fd_get((int)a[0]);
    struct statfs st;
    int err;

    if (!f)
        return -EBADF;
    err = vfs_statfs(f->inode->sb, &st);
    fput(f);
    return err ? err : copy_out(a[1], &st, sizeof(st));
}

int64_t
sys_readahead(const uint64_t *a)
{
    struct file *f = fd_get((int)a[0]);
    int64_t ret = 0;

    if (!f)
        return -EBADF;
    if (!f->can_read)
        ret = -EBADF;
    else if (!S_ISREG(f->inode->mode) && !S_ISBLK(f->inode->mode))
        ret = -EINVAL;
    else
        readahead_range(f->inode->mapping, a[1] / PAGE_SIZE,
                        DIV_ROUND_UP(a[2], PAGE_SIZE));
    fput(f);
    return ret;
}

int64_t
sys_fadvise64(const uint64_t *a)
{
    struct file *f = fd_get((int)a[0]);
    int64_t ret = 0;

    if (!f)
        return -EBADF;
    if (S_ISFIFO(f->inode->mode))
        ret = -ESPIPE;
    else if (a[3] == POSIX_FADV_RANDOM)
        f->ra.flags = VM_RAND_READ;
    else if (a[3] == POSIX_FADV_SEQUENTIAL)
        f->ra.flags = VM_SEQ_READ;
    else if (a[3] == POSIX_FADV_NORMAL)
        f->ra.flags = 0;
    else if (a[3] == POSIX_FADV_WILLNEED)
        readahead_range(f->inode->mapping, a[1] / PAGE_SIZE,
                        DIV_ROUND_UP(a[2], PAGE_SIZE));
    else if (a[3] == POSIX_FADV_DONTNEED)
        invalidate_pages(f->inode->mapping);
    else if (a[3] != POSIX_FADV_NOREUSE)
        ret = -EINVAL;
    fput(f);
    return ret;
}

int64_t
sys_fallocate(const uint64_t *a)
{
    struct file *f = fd_get((int)a[0]);

    if (!f)
        return -EBADF;
    fput(f);
    return -EOPNOTSUPP; /* as Linux's ext2 */
}
