/* SPDX-License-Identifier: MIT */
/*
 * pipe.c - pipes and FIFOs: a ring of pages.
 *
 * `used` bytes from `head` on have been written and not yet read.  Byte n lies
 * on page n / PAGE_SIZE modulo the number of pages:
 *
 *           head                        head + used
 *           v                           v
 *     |  ..XXXX | XXXXXXX | XXXXXXX | XX..    |         |   X: to be read
 *
 * There may be PIPE_PAGES of them; one, when all pipes together could take a
 * good part of RAM already, and whoever makes the next is not root.
 *
 * A page comes with the first byte written to it and stays until the pipe goes.
 * An empty pipe starts again at its first page, so it has as many as were ever
 * full at a time.
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
 *   I1  used <= pages * PAGE_SIZE, and the pages of [head, head + used) exist.
 *   I2  inode->pipe exists while an end is open.
 *
 * Locks: the inode's lock for everything.  User memory is touched with it: a
 * fault may sleep, mmap_lock ranks below.  The conditions of the sleepers read
 * one counter each without lock, so what changes it must wake them; the lock is
 * taken to act.
 *
 * Not done: changing the size (F_SETPIPE_SZ), packets (O_DIRECT), splice.
 */
#include "fs/fs.h"
#include "include/ioctl.h"
#include "mm/slab.h"
#include "riscv/uaccess.h"
#include "sched/task.h"

enum {
    PIPE_PAGES = 16,
    PIPES_SHARE = 8, /* of RAM */
    READER = 0,      /* the ends */
    WRITER = 1,
};

/* Keys: (I) the inode's lock */
struct pipe {
    uint64_t head;             /* (I) where the next byte is read */
    size_t used;               /* (I) bytes to be read */
    unsigned pages;            /* (c) how many it may have: a power of two */
    uint8_t *page[PIPE_PAGES]; /* (I) NULL: not needed yet */
    struct pipe_end {
        uint32_t files;         /* (I) open now */
        uint32_t opens;         /* (I) ever */
        struct wait_queue wait; /* for bytes, for room; for the other end */
    } end[2];
};

static atomic64_t all_pages; /* that there may be */
static const struct inode_operations pipe_inode_ops = {0};
struct file_system_type pipe_type = {
    .name = "pipefs",
    .magic = 0x50495045, /* "PIPE" */
    .inode_size = sizeof(struct inode),
    .cache_name = "inode_cache",
};
static struct super_block pipe_sb = {
    .type = &pipe_type,
    .source = "pipe",
};

/* Bytes that fit; like `used`, right at one moment without the lock too. */
static size_t
room(const struct pipe *p)
{
    return p->pages * PAGE_SIZE - READ_ONCE(p->used);
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
        uint8_t **page = &p->page[byte / PAGE_SIZE & (p->pages - 1)];
        size_t at = byte % PAGE_SIZE, chunk = MIN(n - done, PAGE_SIZE - at);

        if (!*page)
            *page = alloc_kpages(GFP_USER, 0);
        if (!*page)
            return done ? (ssize_t)done : -ENOMEM;
        left = write ? copy_from_user(*page + at, ubuf + done, chunk)
                     : copy_to_user(ubuf + done, *page + at, chunk);
        chunk -= left;
        done += chunk;
        WRITE_ONCE(p->used, write ? p->used + chunk : p->used - chunk);
        p->head += write ? 0 : chunk;
    }
    if (!p->used)
        p->head = 0; /* the first page is there, and may be all it takes */
    return left && !done ? -EFAULT : (ssize_t)done;
}

/*
 * May n bytes be moved, if only in part, or is it the end, or an error?  Without
 * the lock: a guess.
 */
static bool
is_ready(const struct pipe *p, size_t n, bool write)
{
    return !READ_ONCE(p->end[!write].files) ||
           (write ? room(p) >= (n <= PIPE_BUF ? n : 1) : READ_ONCE(p->used));
}

/*
 * read(2) gets what there is, write(2) gives all that it has.
 *
 * Nobody sleeps with the lock.  Between the look under the lock and the sleep
 * the other end may move bytes, or close: wait_event looks at is_ready() again
 * once it stands on the queue, and whoever makes that true wakes the queue
 * after he has.  What it finds is a guess, so the lock is taken and all is
 * looked at once more; of two who were woken for the same bytes one waits on.
 */
static inline __attribute__((always_inline)) ssize_t
pipe_io(struct file *f, uint8_t *ubuf, size_t n, bool write)
{
    struct mutex *lock = &f->inode->lock;
    struct pipe *p = f->inode->pipe;
    size_t done = 0;
    ssize_t ret = 0;

    while (done < n && (write || !done)) {
        mutex_lock(lock);
        ret = -EAGAIN;
        if (write && !p->end[READER].files)
            ret = -EPIPE;
        else if (is_ready(p, n - done, write))
            ret = transfer(p, ubuf + done, n - done, write);
        mutex_unlock(lock);
        if (ret == -EAGAIN && !(f->flags & O_NONBLOCK)) {
            ret = wait_event_interruptible(&p->end[write].wait,
                                           is_ready(p, n - done, write));
            if (!ret)
                continue;
        }
        if (ret == -EPIPE)
            send_signal(current, SIGPIPE);
        if (ret <= 0)
            break;
        done += (size_t)ret;
        /* Who waits for less room is among those who wait for PIPE_BUF. */
        if (write || room(p) >= PIPE_BUF)
            wake_up_all(&p->end[!write].wait);
    }
    return done ? (ssize_t)done : ret;
}

static ssize_t
pipe_read(struct file *f, void *ubuf, size_t n, off_t *pos __maybe_unused)
{
    return pipe_io(f, ubuf, n, false);
}

static ssize_t
pipe_write(struct file *f, const void *ubuf, size_t n, off_t *pos)
{
    (void)pos;
    return pipe_io(f, (uint8_t *)ubuf, n, true);
}

/* --- Polling, FIONREAD */

/* The end that f waits for when it is opened. */
static struct pipe_end *
partner(struct pipe *p, const struct file *f)
{
    return &p->end[f->can_read ? WRITER : READER];
}

/* Was the other end ever open while f was?  See fifo_open(). */
static bool
had_partner(struct pipe *p, const struct file *f)
{
    return READ_ONCE(partner(p, f)->opens) != (uint32_t)(uint64_t)f->private;
}

static unsigned
pipe_poll(struct file *f, struct poll_wait *pw)
{
    struct pipe *p = f->inode->pipe;
    unsigned mask = 0;

    if (f->can_read) {
        poll_wait_on(pw, &p->end[READER].wait);
        if (READ_ONCE(p->used))
            mask |= POLLIN | POLLRDNORM;
        /* A FIFO that no writer has opened since we did is not hung up. */
        if (!READ_ONCE(p->end[WRITER].files) && had_partner(p, f))
            mask |= POLLHUP;
    }
    if (f->can_write) {
        poll_wait_on(pw, &p->end[WRITER].wait);
        if (room(p) >= PIPE_BUF)
            mask |= POLLOUT | POLLWRNORM;
        if (!READ_ONCE(p->end[READER].files))
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

/*
 * f comes (1) or goes (-1).  Both queues are woken: who reads waits for the
 * writers, to come (open) or to have gone (the end), and the other way round.
 * => inode locked
 */
static void
count_ends(struct pipe *p, const struct file *f, int n)
{
    for (int e = READER; e <= WRITER; e++) {
        if (e == READER ? f->can_read : f->can_write) {
            p->end[e].files += (uint32_t)n;
            p->end[e].opens += n > 0;
        }
        wake_up_all(&p->end[!e].wait);
    }
}

static void
pipe_release(struct file *f)
{
    struct inode *inode = f->inode;
    struct pipe *p = inode->pipe;

    mutex_lock(&inode->lock);
    count_ends(p, f, -1);
    if (!p->end[READER].files && !p->end[WRITER].files) {
        for (unsigned i = 0; i < PIPE_PAGES; i++)
            kfree(p->page[i]);
        atomic_sub(&all_pages, p->pages);
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
 * A reader waits for a writer and a writer for a reader, as POSIX wants it,
 * unless O_NONBLOCK: then a reader comes in alone and a writer does not.  Who
 * opens for both is his own partner.
 *
 * f->private becomes the number of times that the other end was opened before
 * those that are there: once more, and f has, or had, a partner, be it gone
 * again by now.
 */
static int
fifo_open(struct inode *inode, struct file *f)
{
    struct pipe *fresh = kzalloc(sizeof(*fresh), GFP_KERNEL), *p;
    bool many =
        atomic_read(&all_pages) >= (int64_t)total_ram_pages() / PIPES_SHARE &&
        !is_root(&current->cred);
    int err = 0;

    if (!fresh)
        return -ENOMEM;
    wait_queue_init(&fresh->end[READER].wait);
    wait_queue_init(&fresh->end[WRITER].wait);
    fresh->pages = many ? 1 : PIPE_PAGES;
    mutex_lock(&inode->lock);
    p = inode->pipe ? inode->pipe : fresh;
    inode->pipe = p;
    if (p == fresh)
        atomic_add(&all_pages, p->pages);
    f->private =
        (void *)(uint64_t)(partner(p, f)->opens - (partner(p, f)->files > 0));
    f->op = &pipe_file_ops;
    count_ends(p, f, 1);
    mutex_unlock(&inode->lock);
    if (p != fresh)
        kfree(fresh);

    if (inode->sb == &pipe_sb || had_partner(p, f))
        return 0; /* pipe(2) makes both ends; or opened for both */
    if (!(f->flags & O_NONBLOCK))
        err = wait_event_interruptible(
            &p->end[f->can_read ? READER : WRITER].wait, had_partner(p, f));
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
    struct inode *inode = new_inode(&pipe_sb);
    struct dentry *d;

    if (!inode)
        return -ENOMEM;
    inode_init_owner(inode, NULL, S_IFIFO | S_IRUSR | S_IWUSR);
    inode->op = &pipe_inode_ops;
    inode->fop = &fifo_file_ops; /* /proc/PID/fd opens it again */
    d = d_alloc_root(inode);
    if (!d)
        return -ENOMEM;
    ends[0] = dentry_open(d, flags | O_RDONLY);
    ends[1] = IS_ERR(ends[0]) ? ends[0] : dentry_open(d, flags | O_WRONLY);
    dput(d);
    if (IS_ERR(ends[1]) && !IS_ERR(ends[0]))
        fput(ends[0]);
    return IS_ERR(ends[1]) ? (int)PTR_ERR(ends[1]) : 0;
}
