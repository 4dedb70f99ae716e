/* SPDX-License-Identifier: MIT */
/*
 * pipe.c - pipes and FIFOs: a ring of page slots.
 *
 *      head                     head + used
 *      v                        v
 *     | ..XXXX | XXXX | XXXX | XX.. |      |      |   X: bytes to be read
 *          ^ from                ^ to
 *
 * A write fills the last slot up, then takes new pages; a read empties the
 * first and gives its page back, but for one that is kept for the next write.
 * A write of at most PIPE_BUF bytes waits until all of it fits, so that it is
 * never mixed with another's; a longer one goes in by parts.
 *
 * A FIFO is the same with a name: the pipe hangs on its inode from the first
 * open to the last close.  pipe(2) makes an inode without name for it.
 *
 * Invariants
 *   I1  Slots [head, head + used) modulo PIPE_SLOTS have a page and at least
 *       one byte; the others have none.
 *   I2  inode->pipe exists while users > 0: one for each open file, and one
 *       for who is creating it.
 *
 * Locks: pipe->lock for all but `users` (inode->lock).  User memory is
 * touched with it: a fault may sleep, mmap_lock ranks below.  The conditions
 * of the sleepers read counters without lock; the lock is taken to act.
 */
#include "fs/chrdev.h"
#include "fs/fs.h"
#include "fs/poll.h"
#include "include/errno.h"
#include "include/ioctl.h"
#include "include/limits.h"
#include "lib/assert.h"
#include "lib/macros.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "riscv/uaccess.h"
#include "sched/signal.h"
#include "sched/task.h"
#include "sched/timer.h"

enum { PIPE_SLOTS = 16 };

struct pipe_slot {
    uint8_t *data;     /* a page */
    uint16_t from, to; /* bytes [from, to) wait to be read */
};

/* Keys: (p) lock; (I) the inode's lock */
struct pipe {
    struct mutex lock;                   /* RANK_PIPE */
    struct pipe_slot slot[PIPE_SLOTS];   /* (p) */
    uint32_t head, used;                 /* (p) */
    uint8_t *spare;                      /* (p) a page for the next write */
    uint32_t readers, writers;           /* (p) open files */
    uint32_t reader_opens, writer_opens; /* (p) ever, for who waits in open */
    uint32_t users;                      /* (I) */
    struct wait_queue readable, writable;
};

static struct kmem_cache *pipe_inode_cache;
static struct super_block pipe_sb;
static atomic64_t last_ino;

static struct pipe *
pipe_alloc(void)
{
    struct pipe *p = kzalloc(sizeof(*p), GFP_KERNEL);

    if (!p)
        return NULL;
    mutex_init(&p->lock, RANK_PIPE, "pipe");
    wait_queue_init(&p->readable);
    wait_queue_init(&p->writable);
    return p;
}

static void
pipe_free(struct pipe *p)
{
    for (; p->used; p->used--, p->head++)
        free_kpages(p->slot[p->head % PIPE_SLOTS].data, 0);
    if (p->spare)
        free_kpages(p->spare, 0);
    kfree(p);
}

/* --- Reading */

static bool
can_read_now(struct pipe *p)
{
    return READ_ONCE(p->used) > 0 || READ_ONCE(p->writers) == 0;
}

/* The first slot is empty: take it off. */
static void
drop_first(struct pipe *p)
{
    struct pipe_slot *s = &p->slot[p->head];

    if (p->spare)
        free_kpages(s->data, 0);
    else
        p->spare = s->data;
    s->data = NULL;
    p->head = (p->head + 1) % PIPE_SLOTS;
    p->used--;
}

/* What is there, up to n bytes.  => lock held; bytes, or -EFAULT */
static ssize_t
take_bytes(struct pipe *p, uint8_t *ubuf, size_t n)
{
    size_t done = 0;

    while (done < n && p->used > 0) {
        struct pipe_slot *s = &p->slot[p->head];
        size_t chunk = MIN(n - done, (size_t)(s->to - s->from));
        size_t left = copy_to_user(ubuf + done, s->data + s->from, chunk);

        s->from = (uint16_t)(s->from + chunk - left);
        done += chunk - left;
        if (s->from == s->to)
            drop_first(p);
        if (left)
            return done ? (ssize_t)done : -EFAULT;
    }
    return (ssize_t)done;
}

static ssize_t
pipe_read(struct file *f, void *ubuf, size_t n, off_t *pos)
{
    struct pipe *p = f->inode->pipe;
    bool was_full;
    ssize_t ret;

    (void)pos;
    if (n == 0)
        return 0;
    mutex_lock(&p->lock);
    while (p->used == 0) {
        ret = p->writers == 0 ? 0 : f->flags & O_NONBLOCK ? -EAGAIN : 1;
        mutex_unlock(&p->lock);
        if (ret <= 0)
            return ret;
        ret = wait_event_interruptible(&p->readable, can_read_now(p));
        if (ret)
            return ret;
        mutex_lock(&p->lock);
    }
    was_full = p->used == PIPE_SLOTS;
    ret = take_bytes(p, ubuf, n);
    was_full = was_full && p->used < PIPE_SLOTS;
    mutex_unlock(&p->lock);
    if (was_full)
        wake_up_all(&p->writable);
    return ret;
}

/* --- Writing */

/* Bytes that fit.  Without the lock: a guess. */
static size_t
room(struct pipe *p)
{
    uint32_t used = READ_ONCE(p->used);
    uint32_t last = (READ_ONCE(p->head) + used - 1) % PIPE_SLOTS;
    size_t free = (PIPE_SLOTS - used) * PAGE_SIZE;

    return used ? free + PAGE_SIZE - READ_ONCE(p->slot[last].to) : free;
}

/* So much room lets a write of n bytes start. */
static size_t
room_needed(size_t n)
{
    return n <= PIPE_BUF ? n : 1;
}

static bool
can_write_now(struct pipe *p, size_t n)
{
    return READ_ONCE(p->readers) == 0 || room(p) >= room_needed(n);
}

/* A new last slot, empty: I1 holds again when it has a byte.  NULL: memory */
static struct pipe_slot *
add_slot(struct pipe *p)
{
    struct pipe_slot *s = &p->slot[(p->head + p->used) % PIPE_SLOTS];

    s->data = p->spare ? p->spare : alloc_kpages(GFP_USER, 0);
    p->spare = NULL;
    if (!s->data)
        return NULL;
    s->from = s->to = 0;
    p->used++;
    return s;
}

/* No byte came into the new last slot. */
static void
remove_slot(struct pipe *p, struct pipe_slot *s)
{
    p->used--;
    p->spare = s->data;
    s->data = NULL;
}

/* Put in what fits.  => lock held; bytes, or -EFAULT, -ENOMEM */
static ssize_t
put_bytes(struct pipe *p, const uint8_t *ubuf, size_t n)
{
    size_t done = 0;
    int err = 0;

    while (done < n && !err && room(p) > 0) {
        struct pipe_slot *s = NULL;
        size_t chunk, left;

        if (p->used)
            s = &p->slot[(p->head + p->used - 1) % PIPE_SLOTS];
        if (!s || s->to == PAGE_SIZE)
            s = add_slot(p);
        if (!s) {
            err = -ENOMEM;
            break;
        }
        chunk = MIN(n - done, PAGE_SIZE - s->to);
        left = copy_from_user(s->data + s->to, ubuf + done, chunk);
        s->to = (uint16_t)(s->to + chunk - left);
        done += chunk - left;
        if (left)
            err = -EFAULT;
        if (s->to == 0)
            remove_slot(p, s);
    }
    return done ? (ssize_t)done : err;
}

/* Put in a part, or all.  => lock held; bytes, 0: wait, -errno */
static ssize_t
try_write(struct pipe *p, const uint8_t *ubuf, size_t n)
{
    if (p->readers == 0) {
        send_signal(current, SIGPIPE, NULL);
        return -EPIPE;
    }
    return room(p) < room_needed(n) ? 0 : put_bytes(p, ubuf, n);
}

static ssize_t
pipe_write(struct file *f, const void *ubuf, size_t n, off_t *pos)
{
    struct pipe *p = f->inode->pipe;
    size_t done = 0;
    ssize_t ret = 0;

    (void)pos;
    while (done < n) {
        size_t rest = n - done;
        bool was_empty;

        mutex_lock(&p->lock);
        was_empty = p->used == 0;
        ret = try_write(p, (const uint8_t *)ubuf + done, rest);
        mutex_unlock(&p->lock);
        if (was_empty && ret > 0)
            wake_up_all(&p->readable);
        if (ret > 0)
            done += (size_t)ret;
        else if (ret == 0 && f->flags & O_NONBLOCK)
            ret = -EAGAIN;
        else if (ret == 0)
            ret =
                wait_event_interruptible(&p->writable, can_write_now(p, rest));
        if (ret < 0)
            break;
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
        if (READ_ONCE(p->used) < PIPE_SLOTS)
            mask |= POLLOUT | POLLWRNORM;
        if (!READ_ONCE(p->readers))
            mask |= POLLERR;
    }
    return mask;
}

static long
pipe_ioctl(struct file *f, unsigned cmd, uint64_t arg)
{
    struct pipe *p = f->inode->pipe;
    int32_t bytes = 0;

    if (cmd != FIONREAD)
        return -ENOTTY;
    mutex_lock(&p->lock);
    for (uint32_t i = 0; i < p->used; i++) {
        struct pipe_slot *s = &p->slot[(p->head + i) % PIPE_SLOTS];

        bytes += s->to - s->from;
    }
    mutex_unlock(&p->lock);
    return put_user(bytes, (int32_t *)arg);
}

/* --- Opening and closing */

/* One user less. */
static void
pipe_put(struct inode *inode)
{
    struct pipe *last = NULL;

    mutex_lock(&inode->lock);
    if (--inode->pipe->users == 0) {
        last = inode->pipe;
        inode->pipe = NULL;
    }
    mutex_unlock(&inode->lock);
    if (last)
        pipe_free(last);
}

static void
pipe_release(struct file *f)
{
    struct pipe *p = f->inode->pipe;

    mutex_lock(&p->lock);
    p->readers -= f->can_read;
    p->writers -= f->can_write;
    mutex_unlock(&p->lock);
    /* Who waits for this end sees that it has gone. */
    wake_up_all(&p->readable);
    wake_up_all(&p->writable);
    pipe_put(f->inode);
}

static const struct file_operations pipe_file_ops = {
    .release = pipe_release,
    .read = pipe_read,
    .write = pipe_write,
    .poll = pipe_poll,
    .ioctl = pipe_ioctl,
};

/*
 * f is an open end from now on; pipe_release() undoes it.  f->private becomes
 * the number of times that the other end was opened before: once more, and
 * f has, or had, a partner.
 * => refs: consumes a user
 */
static void
pipe_join(struct pipe *p, struct file *f)
{
    uint32_t seen;

    mutex_lock(&p->lock);
    if (f->can_read)
        seen = p->writer_opens - (p->writers > 0);
    else
        seen = p->reader_opens - (p->readers > 0);
    f->private = (void *)(uint64_t)seen;
    p->readers += f->can_read;
    p->reader_opens += f->can_read;
    p->writers += f->can_write;
    p->writer_opens += f->can_write;
    mutex_unlock(&p->lock);
    f->op = &pipe_file_ops;
    wake_up_all(&p->readable);
    wake_up_all(&p->writable);
}

/* Wait until the other end has been opened, be it closed again by now. */
static int
wait_for_partner(struct pipe *p, struct file *f)
{
    if (had_partner(p, f)) /* opened for both, it is its own */
        return 0;
    if (f->flags & O_NONBLOCK)
        return f->can_read ? 0 : -ENXIO;
    return wait_event_interruptible(f->can_read ? &p->readable : &p->writable,
                                    had_partner(p, f));
}

int
fifo_open(struct inode *inode, struct file *f)
{
    int err = 0;

    mutex_lock(&inode->lock);
    if (!inode->pipe)
        inode->pipe = pipe_alloc();
    if (inode->pipe)
        inode->pipe->users++;
    else
        err = -ENOMEM;
    mutex_unlock(&inode->lock);
    if (err)
        return err;
    pipe_join(inode->pipe, f);
    if (inode->sb != &pipe_sb) /* pipe(2) made both ends: nobody else comes */
        err = wait_for_partner(inode->pipe, f);
    if (err)
        pipe_release(f);
    return err;
}

/* --- pipe(2): inodes that are on no disk */

static struct inode *
pipe_alloc_inode(struct super_block *sb)
{
    struct inode *inode = kmem_cache_alloc(pipe_inode_cache, GFP_KERNEL);

    (void)sb;
    if (inode)
        inode_init_once(inode);
    return inode;
}

static void
pipe_free_inode(struct inode *inode)
{
    kmem_cache_free(pipe_inode_cache, inode);
}

static const struct super_ops pipe_super_ops = {
    .alloc_inode = pipe_alloc_inode,
    .free_inode = pipe_free_inode,
};
static const struct inode_operations pipe_inode_ops = {0};
static struct super_block pipe_sb = {
    .ops = &pipe_super_ops,
    .lock = SPINLOCK_INIT(RANK_SUPER, "pipe super"),
    .inodes = LIST_HEAD_INIT(pipe_sb.inodes),
    .source = "pipe",
};

static struct inode *
pipe_new_inode(void)
{
    struct inode *inode = new_inode(&pipe_sb);

    if (!inode)
        return NULL;
    inode->pipe = pipe_alloc();
    if (!inode->pipe) {
        iput(inode);
        return NULL;
    }
    inode->pipe->users = 1;
    inode->ino = (uint64_t)atomic_inc_return(&last_ino);
    inode->mode = S_IFIFO | S_IRUSR | S_IWUSR;
    inode->uid = current->cred.euid;
    inode->gid = current->cred.egid;
    inode->atime = inode->mtime = inode->ctime = current_time();
    inode->op = &pipe_inode_ops;
    init_special_inode(inode, S_IFIFO, 0); /* /proc/PID/fd opens it again */
    return inode;
}

/* => refs: takes one on inode.  NULL: no memory */
static struct file *
pipe_open_end(struct inode *inode, int flags)
{
    struct file *f = file_alloc(NULL, iget(inode), flags, &pipe_file_ops);

    if (f) {
        inode->pipe->users++; /* nobody else knows the inode yet */
        pipe_join(inode->pipe, f);
    }
    return f;
}

int
pipe_create(struct file *ends[2], int flags)
{
    struct inode *inode = pipe_new_inode();
    int err = 0;

    if (!inode)
        return -ENOMEM;
    flags &= O_NONBLOCK;
    ends[0] = pipe_open_end(inode, flags | O_RDONLY);
    ends[1] = pipe_open_end(inode, flags | O_WRONLY);
    if (!ends[0] || !ends[1]) {
        fput(ends[0]);
        fput(ends[1]);
        err = -ENOMEM;
    }
    pipe_put(inode);
    iput(inode);
    return err;
}

void
pipe_init(void)
{
    pipe_inode_cache =
        kmem_cache_create("pipe_inode_cache", sizeof(struct inode), 0, 0, NULL);
    if (!pipe_inode_cache)
        panic("no memory for pipes");
}
