/* SPDX-License-Identifier: MIT */
/*
 * sys_poll.c - ppoll(2) and pselect6(2).
 *
 * A round asks every file for its state; the first round also puts the task
 * on the files' wait queues, so that a change between asking and sleeping
 * wakes it.  pselect6 is done with ppoll's machinery.
 */
#include "fs/fs.h"
#include "fs/poll.h"
#include "include/limits.h"
#include "include/time.h"
#include "lib/bitmap.h"
#include "lib/macros.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "sched/sched.h"
#include "sched/timer.h"
#include "syscall/syscall.h"

enum {
    OVERFLOW_POLL_MS = 10,
    READABLE = POLLIN | POLLHUP | POLLERR,
    WRITABLE = POLLOUT | POLLERR
};

/* Off all queues; the files may go. */
static void
poll_wait_end(struct poll_wait *pw)
{
    for (unsigned i = 0; i < pw->nr; i++) {
        finish_wait(pw->queues[i], &pw->entries[i]);
        fput(pw->files[i]);
        pw->files[i] = NULL;
    }
    pw->nr = 0;
}

static unsigned
poll_one(struct pollfd *p, struct poll_wait *pw)
{
    unsigned before = pw ? pw->nr : 0;
    struct file *f;
    unsigned mask;

    if (p->fd < 0)
        return 0;
    f = fd_get(p->fd);
    if (!f)
        return POLLNVAL;
    mask = f->op->poll ? f->op->poll(f, pw)
                       : POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;
    if (pw && pw->nr > before)
        pw->files[before] = f;
    else
        fput(f);
    return mask & ((unsigned)(uint16_t)p->events | POLLERR | POLLHUP);
}

/* How many are ready? */
static int
poll_round(struct pollfd *fds, unsigned nr, struct poll_wait *pw)
{
    int ready = 0;

    for (unsigned i = 0; i < nr; i++) {
        fds[i].revents = (int16_t)poll_one(&fds[i], ready ? NULL : pw);
        ready += fds[i].revents != 0;
    }
    return ready;
}

/* Until something is ready, a signal comes, or `end` (UINT64_MAX: never) */
static int
poll_until(struct pollfd *fds, unsigned nr, uint64_t end)
{
    struct poll_wait *pw = kzalloc(sizeof(*pw), GFP_KERNEL);
    int ready;

    if (!pw)
        return -ENOMEM;
    ready = poll_round(fds, nr, pw);
    while (!ready) {
        uint64_t now = clock_ticks(), left;

        if (now >= end)
            break;
        left = end == UINT64_MAX ? INT64_MAX : end - now;
        if (pw->overflow)
            left = MIN(left, ms_to_ticks(OVERFLOW_POLL_MS));
        if (signal_pending(current)) {
            ready = -ERESTARTSYS;
            break;
        }
        set_current_state(TASK_INTERRUPTIBLE);
        ready = poll_round(fds, nr, NULL);
        if (!ready)
            schedule_timeout((int64_t)MIN(left, (uint64_t)INT64_MAX));
        /* The wakers took us off their queues: join them again. */
        poll_wait_end(pw);
        if (!ready)
            ready = poll_round(fds, nr, pw);
    }
    poll_wait_end(pw);
    set_current_state(TASK_RUNNING);
    kfree(pw);
    return ready;
}

/* When a call with this timeout (user timespec or 0) ends.  0, -errno */
static int
deadline(uint64_t user, uint64_t *end)
{
    struct timespec t;
    int err;

    *end = UINT64_MAX;
    if (!user)
        return 0;
    err = get_timespec(&t, user);
    if (!err)
        *end = clock_ticks() + timespec_to_ticks(&t);
    return err;
}

int64_t
sys_ppoll(const uint64_t *a)
{
    unsigned nr = (unsigned)a[1];
    size_t size = nr * sizeof(struct pollfd);
    uint64_t end, mask;
    struct pollfd *fds = NULL;
    int64_t ret;

    if (a[1] > FD_MAX || (a[3] && a[4] != sizeof(mask)))
        return -EINVAL;
    ret = deadline(a[2], &end);
    if (!ret && a[3] && copy_in(&mask, a[3], sizeof(mask)))
        ret = -EFAULT;
    if (ret)
        return ret;
    fds = kmalloc(MAX(size, (size_t)1), GFP_KERNEL);
    if (!fds)
        return -ENOMEM;
    ret = copy_in(fds, a[0], size);
    if (!ret) {
        if (a[3])
            set_blocked_meanwhile(mask);
        ret = poll_until(fds, nr, end);
        if (ret != -ERESTARTSYS) /* else its signal comes first */
            restore_blocked_signals();
        if (ret >= 0 && copy_out(a[0], fds, size))
            ret = -EFAULT;
    }
    kfree(fds);
    return ret;
}

/* --- pselect6 */

struct select_sets {
    BITMAP(in[3], FD_MAX);
    BITMAP(out[3], FD_MAX);
    struct pollfd fds[];
};

/* The sets as pollfds.  => how many */
static unsigned
sets_to_fds(struct select_sets *s, int nfds)
{
    unsigned nr = 0;

    for (int fd = 0; fd < nfds; fd++) {
        struct pollfd p = {.fd = fd};

        if (bitmap_test(s->in[0], (size_t)fd))
            p.events |= POLLIN;
        if (bitmap_test(s->in[1], (size_t)fd))
            p.events |= POLLOUT;
        if (bitmap_test(s->in[2], (size_t)fd))
            p.events |= POLLPRI;
        if (p.events)
            s->fds[nr++] = p;
    }
    return nr;
}

/* => how many bits were set, or -EBADF */
static int
fds_to_sets(struct select_sets *s, unsigned nr)
{
    int bits = 0;

    for (unsigned i = 0; i < nr; i++) {
        struct pollfd *p = &s->fds[i];
        const unsigned want[3] = {READABLE, WRITABLE, POLLPRI};

        if (p->revents & POLLNVAL)
            return -EBADF;
        for (int k = 0; k < 3; k++) {
            if (bitmap_test(s->in[k], (size_t)p->fd) &&
                (p->revents & (int)want[k])) {
                bitmap_set(s->out[k], (size_t)p->fd);
                bits++;
            }
        }
    }
    return bits;
}

/* pselect6's last argument: the address and size of a signal mask, or 0. */
static int
select_mask(uint64_t user)
{
    uint64_t arg[2], mask;

    if (!user)
        return 0;
    if (copy_in(arg, user, sizeof(arg)))
        return -EFAULT;
    if (!arg[0])
        return 0;
    if (arg[1] != sizeof(mask))
        return -EINVAL;
    if (copy_in(&mask, arg[0], sizeof(mask)))
        return -EFAULT;
    set_blocked_meanwhile(mask);
    return 0;
}

static int64_t
do_select(struct select_sets *s, const uint64_t *a, uint64_t end)
{
    size_t bytes = BITMAP_WORDS((size_t)a[0]) * sizeof(uint64_t);
    unsigned nr;
    int64_t ret;

    for (int k = 0; k < 3; k++)
        if (a[1 + k] && copy_in(s->in[k], a[1 + k], bytes))
            return -EFAULT;
    nr = sets_to_fds(s, (int)a[0]);
    ret = select_mask(a[5]);
    if (ret)
        return ret;
    ret = poll_until(s->fds, nr, end);
    if (ret != -ERESTARTSYS)
        restore_blocked_signals();
    if (ret < 0)
        return ret;
    ret = fds_to_sets(s, nr);
    for (int k = 0; k < 3 && ret >= 0; k++)
        if (a[1 + k] && copy_out(a[1 + k], s->out[k], bytes))
            return -EFAULT;
    return ret;
}

int64_t
sys_pselect6(const uint64_t *a)
{
    struct select_sets *s;
    uint64_t end;
    int64_t ret;

    if (a[0] > FD_MAX)
        return -EINVAL;
    ret = deadline(a[4], &end);
    if (ret)
        return ret;
    s = kzalloc(sizeof(*s) + a[0] * sizeof(struct pollfd), GFP_KERNEL);
    if (!s)
        return -ENOMEM;
    ret = do_select(s, a, end);
    kfree(s);
    return ret;
}
