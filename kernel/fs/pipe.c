/* SPDX-License-Identifier: MIT */
/*
 * pipe.c - pipes and FIFOs: a ring of pages.
 *
 * A pipe is a stream of bytes numbered from 0; `used` bytes from `head` on have
 * been written and not yet read.  Byte n lies on page n / PAGE_SIZE modulo
 * PIPE_PAGES:
 *
 *           head                        head + used
 *           v                           v
 *     |  ..XXXX | XXXXXXX | XXXXXXX | XX..    |         |   X: to be read
 *
 * A page comes with the first byte written to it and goes when the last one
 * has been read, but for one that is kept for the next write.  The ring has
 * one page more than the bytes need, so the two ends never share a page
 * unless it is the same page of the stream.
 *
 * A write of at most PIPE_BUF bytes waits until all of it fits, so that it is
 * never mixed with another's; a longer one goes in by parts.  Whoever has read
 * wakes writers if PIPE_BUF bytes have room, whoever has written wakes readers;
 * where nobody waits that costs a look at the queue.
 *
 * A FIFO is the same with a name: the pipe hangs on its inode from the first
 * open to the last close.  pipe(2) makes an inode without name for it.
 *
 * Interface: pipe_create() for pipe2(2); fifo_file_ops is what open() of a FIFO
 * gives; it is exchanged for pipe_file_ops there.
 *
 * Invariants
 *   I1  used <= PIPE_SIZE, and the pages of [head, head + used) exist.
 *   I2  inode->pipe exists while readers + writers > 0.
 *
 * Locks: the inode's lock for everything.  User memory is touched with it: a
 * fault may sleep, mmap_lock ranks below.  The conditions of the sleepers read
 * one counter each without lock, so what changes it must wake them; the lock is
 * taken to act.
 *
 * Not done: changing the size (F_SETPIPE_SZ), packets (O_DIRECT), splice.
 */
#include "fs/fs.h"
#include "fs/poll.h"
#include "include/ioctl.h"
#include "lib/err.h"
#include "mm/slab.h"
#include "riscv/uaccess.h"

enum { PIPE_SIZE = 16 * PAGE_SIZE, PIPE_PAGES = PIPE_SIZE / PAGE_SIZE + 1 };

/* Keys: (I) the inode's lock */
struct pipe {
    uint64_t head;                       /* (I) bytes read so far */
    size_t used;                         /* (I) bytes to be read */
    uint8_t *page[PIPE_PAGES];           /* (I) */
    uint8_t *spare;                      /* (I) for the next write */
    uint32_t readers, writers;           /* (I) open files */
    uint32_t reader_opens, writer_opens; /* (I) ever, for who waits in open */
    struct wait_queue readable, writable;
};

static const struct inode_operations pipe_inode_ops = {0};
struct file_system_type pipe_type = {
    .name = "pipefs",
    .magic = 0x50495045, /* "PIPE" */
    .inode_size = sizeof(struct inode),
    .cache_name = "inode_cache",
};
static struct super_block pipe_sb = {
    .type = &pipe_type,
    .lock = SPINLOCK_INIT(RANK_SUPER, "pipe super"),
    .source = "pipe",
};

/* Bytes that fit; like `used`, right at one moment without the lock too. */
static size_t
room(const struct pipe *p)
{
    return PIPE_SIZE - READ_ONCE(p->used);
}

/* --- Reading and writing */

/*
 * Copy what is there, or what fits, up to n bytes.  Inlined, it is two loops.
 * => inode locked; bytes, or -EFAULT, -ENOMEM
 */
static inline __attribute__((always_inline)) ssize_t
transfer(struct pipe *p, uint8_t *ubuf, size_t n, bool write)
{
    size_t done = 0, left = 0;

    n = MIN(n, write ? room(p) : p->used);
    while (done < n && !left) {
        uint64_t byte = p->head + (write ? p->used : 0);
        uint8_t **page = &p->page[byte / PAGE_SIZE % PIPE_PAGES];
        size_t at = byte % PAGE_SIZE, chunk = MIN(n - done, PAGE_SIZE - at);

        if (!*page) {
            *page = p->spare ? p->spare : alloc_kpages(GFP_USER, 0);
            p->spare = NULL;
        }
        if (!*page)
            return done ? (ssize_t)done : -ENOMEM;
        left = write ? copy_from_user(*page + at, ubuf + done, chunk)
                     : copy_to_user(ubuf + done, *page + at, chunk);
        chunk -= left;
        done += chunk;
        WRITE_ONCE(p->used, write ? p->used + chunk : p->used - chunk);
        if (write)
            continue;
        p->head += chunk;
        if (at + chunk < PAGE_SIZE)
            continue;
        kfree(p->spare);
        p->spare = *page;
        *page = NULL;
    }
    return left && !done ? -EFAULT : (ssize_t)done;
}

static ssize_t
pipe_read(struct file *f, void *ubuf, size_t n, off_t *pos)
{
    struct pipe *p = f->inode->pipe;
    ssize_t ret;

    (void)pos;
    if (n == 0)
        return 0;
    mutex_lock(&f->inode->lock);
    while (!p->used) {
        ret = p->writers == 0 ? 0 : f->flags & O_NONBLOCK ? -EAGAIN : 1;
        mutex_unlock(&f->inode->lock);
        if (ret <= 0)
            return ret;
        ret = wait_event_interruptible(
            &p->readable, READ_ONCE(p->used) || !READ_ONCE(p->writers));
        if (ret)
            return ret;
        mutex_lock(&f->inode->lock);
    }
    ret = transfer(p, ubuf, n, false);
    mutex_unlock(&f->inode->lock);
    if (room(p) >= PIPE_BUF) /* who waits for less is among them */
        wake_up_all(&p->writable);
    return ret;
}

/* May a write of n bytes start, or fail?  Without the lock: a guess. */
static bool
can_write_now(struct pipe *p, size_t n)
{
    return !READ_ONCE(p->readers) || room(p) >= (n <= PIPE_BUF ? n : 1);
}

static ssize_t
pipe_write(struct file *f, const void *ubuf, size_t n, off_t *pos)
{
    struct inode *inode = f->inode;
    struct pipe *p = inode->pipe;
    size_t done = 0;
    ssize_t ret = 0;

    (void)pos;
    while (done < n && ret >= 0) {
        mutex_lock(&inode->lock);
        ret = 0; /* wait */
        if (p->readers == 0)
            ret = -EPIPE;
        else if (can_write_now(p, n - done))
            ret = transfer(p, (uint8_t *)ubuf + done, n - done, true);
        mutex_unlock(&inode->lock);
        if (ret > 0) {
            done += (size_t)ret;
            wake_up_all(&p->readable);
        } else if (ret == -EPIPE) {
            send_signal(current, SIGPIPE, NULL);
        } else if (ret == 0) {
            ret = f->flags & O_NONBLOCK
                      ? -EAGAIN
                      : wait_event_interruptible(&p->writable,
                                                 can_write_now(p, n - done));
        }
    }
    return done ? (ssize_t)done : ret;
}

/* --- Polling, FIONREAD */

/* Was the other end ever open while f was?  See pipe_join(). */
static bool
had_partner(struct pipe *p, struct file *f)
{
    uint32_t opens =
        f->can_read ? READ_ONCE(p->writer_opens) : READ_ONCE(p->reader_opens);

    return opens != (uint32_t)(uint64_t)f->private;
}

static unsigned
pipe_poll(struct file *f, struct poll_wait *pw)
{
    struct pipe *p = f->inode->pipe;
    unsigned mask = 0;

    if (f->can_read) {
        poll_wait_on(pw, &p->readable);
        if (READ_ONCE(p->used))
            mask |= POLLIN | POLLRDNORM;
        /* A FIFO that no writer has opened since we did is not hung up. */
        if (!READ_ONCE(p->writers) && had_partner(p, f))
            mask |= POLLHUP;
    }
    if (f->can_write) {
        poll_wait_on(pw, &p->writable);
        if (room(p) >= PIPE_BUF)
            mask |= POLLOUT | POLLWRNORM;
        if (!READ_ONCE(p->readers))
            mask |= POLLERR;
    }
    return mask;
}

static long
pipe_ioctl(struct file *f, unsigned cmd, uint64_t arg)
{
    return cmd == FIONREAD ? put_user((int32_t)READ_ONCE(f->inode->pipe->used),
                                      (int32_t *)arg)
                           : -ENOTTY;
}

/* --- Opening and closing */

static void
pipe_release(struct file *f)
{
    struct inode *inode = f->inode;
    struct pipe *p = inode->pipe;

    mutex_lock(&inode->lock);
    p->readers -= f->can_read;
    p->writers -= f->can_write;
    /* Who waits for this end sees that it has gone. */
    wake_up_all(&p->readable);
    wake_up_all(&p->writable);
    if (p->readers + p->writers == 0) {
        for (unsigned i = 0; i < PIPE_PAGES; i++)
            kfree(p->page[i]);
        kfree(p->spare);
        kfree(p);
        inode->pipe = NULL;
    }
    mutex_unlock(&inode->lock);
}

static const struct file_operations pipe_file_ops = {
    .release = pipe_release,
    .read = pipe_read,
    .write = pipe_write,
    .poll = pipe_poll,
    .ioctl = pipe_ioctl,
};

/*
 * The inode's pipe, made if there is none, with f as one of its open ends.
 * f->private becomes the number of times that the other end was opened before:
 * once more, and f has, or had, a partner.
 * => inode locked; pipe_release() undoes it; NULL: no memory
 */
static struct pipe *
pipe_join(struct inode *inode, struct file *f)
{
    struct pipe *p = inode->pipe;
    uint32_t seen;

    if (!p) {
        p = inode->pipe = kzalloc(sizeof(*p), GFP_KERNEL);
        if (!p)
            return NULL;
        wait_queue_init(&p->readable);
        wait_queue_init(&p->writable);
    }
    seen = f->can_read ? p->writer_opens - (p->writers > 0)
                       : p->reader_opens - (p->readers > 0);
    f->private = (void *)(uint64_t)seen;
    p->readers += f->can_read;
    p->reader_opens += f->can_read;
    p->writers += f->can_write;
    p->writer_opens += f->can_write;
    f->op = &pipe_file_ops;
    wake_up_all(&p->readable);
    wake_up_all(&p->writable);
    return p;
}

/*
 * A reader waits for a writer and a writer for a reader, as POSIX wants it,
 * unless O_NONBLOCK: then a reader comes in alone and a writer does not.  Who
 * opens for both is his own partner.
 */
static int
fifo_open(struct inode *inode, struct file *f)
{
    struct pipe *p;
    int err = 0;

    mutex_lock(&inode->lock);
    p = pipe_join(inode, f);
    mutex_unlock(&inode->lock);
    if (!p)
        return -ENOMEM;
    /* Until the other end has been opened, be it closed again by now. */
    if (inode->sb == &pipe_sb || had_partner(p, f))
        return 0; /* pipe(2) makes both ends; or opened for both */
    if (!(f->flags & O_NONBLOCK))
        err = wait_event_interruptible(
            f->can_read ? &p->readable : &p->writable, had_partner(p, f));
    else if (!f->can_read)
        err = -ENXIO;
    if (err)
        pipe_release(f);
    return err;
}

const struct file_operations fifo_file_ops = {.open = fifo_open};

/* pipe(2): both ends of a FIFO that is on no disk, in no directory. */
int
pipe_create(struct file *ends[2], int flags)
{
    static atomic64_t last_ino;
    struct inode *inode = new_inode(&pipe_sb);
    struct dentry *d;

    if (!inode)
        return -ENOMEM;
    inode->ino = (uint64_t)atomic_inc_return(&last_ino);
    inode_init_owner(inode, NULL, S_IFIFO | S_IRUSR | S_IWUSR);
    inode->op = &pipe_inode_ops;
    inode->fop = &fifo_file_ops; /* /proc/PID/fd opens it again */
    d = d_alloc_root(inode);
    if (!d)
        return -ENOMEM;
    ends[0] = dentry_open(d, flags | O_RDONLY);
    ends[1] = IS_ERR(ends[0]) ? ends[0] : dentry_open(d, flags | O_WRONLY);
    dput(d);
    if (!IS_ERR(ends[1]))
        return 0;
    if (!IS_ERR(ends[0]))
        fput(ends[0]);
    return (int)PTR_ERR(ends[1]);
}
