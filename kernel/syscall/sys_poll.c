/* SPDX-License-Identifier: MIT */
/*
 * sys_poll.c - ppoll(2) and pselect6(2).
 *
 * A round asks every file for its state, and puts the task on the files' wait
 * queues while nothing is ready.  A change that comes while the task joins one
 * queue after the other would be lost, since each joining sets its state anew;
 * so it sets its state once more and asks again before it sleeps.  Wakers take
 * it off their queues; the next round joins them again.
 *
 * pselect6's sets become ppoll's array and come back from it; rt_sigsuspend is
 * a ppoll of nothing.  Another signal mask holds until the signals that it lets
 * through have been delivered, or until the call ends without any.
 *
 * Not done: beyond 64 queues the task looks again every 10 ms.
 */
#include "fs/poll.h"
#include "lib/bitmap.h"
#include "mm/slab.h"
#include "sched/sched.h"
#include "sched/timer.h"
#include "syscall/syscall.h"

enum {
    OVERFLOW_POLL_MS = 10,
    READABLE = POLLIN | POLLHUP | POLLERR,
    WRITABLE = POLLOUT | POLLERR,
    NR_SETS = 3 /* to read, to write, exceptions */
};

/* Off all queues; the files may go. */
static void
poll_wait_end(struct poll_wait *pw)
{
    for (unsigned i = 0; i < pw->nr; i++) {
        finish_wait(pw->queues[i], &pw->entries[i]);
        fput(pw->files[i]);
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
    for (unsigned i = before; pw && i < pw->nr; i++) {
        pw->files[i] = f; /* with the first of its queues */
        f = NULL;
    }
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

/*
 * Until something is ready, a signal comes, or `end` (UINT64_MAX: never).
 * => how many are ready, -ERESTARTSYS, -ENOMEM
 */
static int
poll_until(struct pollfd *fds, unsigned nr, uint64_t end)
{
    struct poll_wait *pw = kmalloc(sizeof(*pw), GFP_KERNEL);
    int ready;

    if (!pw)
        return -ENOMEM;
    pw->nr = 0;
    pw->overflow = false;
    while (!(ready = poll_round(fds, nr, pw))) {
        uint64_t now = clock_ticks(), left;

        if (now >= end)
            break;
        set_current_state(TASK_INTERRUPTIBLE);
        if (signal_pending(current)) {
            ready = -ERESTARTSYS;
            break;
        }
        left = MIN(end - now, (uint64_t)WAIT_FOREVER);
        if (pw->overflow)
            left = MIN(left, ms_to_ticks(OVERFLOW_POLL_MS));
        if (!poll_round(fds, nr, NULL))
            schedule_timeout((int64_t)left);
        poll_wait_end(pw);
    }
    poll_wait_end(pw);
    set_current_state(TASK_RUNNING);
    kfree(pw);
    return ready;
}

/* The same with a timeout and a signal mask in user memory, each 0: none. */
static int
do_poll(struct pollfd *fds, unsigned nr, uint64_t timeout,
        const uint64_t mask_arg[2])
{
    uint64_t end = UINT64_MAX, mask;
    int ret;

    if (timeout) {
        ret = get_ticks(timeout, &end);
        if (ret)
            return ret;
        end += clock_ticks();
    }
    if (mask_arg[0]) {
        if (mask_arg[1] != sizeof(mask))
            return -EINVAL;
        if (copy_in(&mask, mask_arg[0], sizeof(mask)))
            return -EFAULT;
        set_blocked_meanwhile(mask);
    }
    ret = poll_until(fds, nr, end);
    if (ret != -ERESTARTSYS) /* else its signal comes first */
        restore_blocked_signals();
    return ret;
}

int64_t
sys_ppoll(const uint64_t *a)
{
    size_t size = a[1] * sizeof(struct pollfd);
    struct pollfd *fds;
    int64_t ret;

    if (a[1] > FD_MAX)
        return -EINVAL;
    fds = kmalloc(MAX(size, sizeof(*fds)), GFP_KERNEL);
    if (!fds)
        return -ENOMEM;
    ret = copy_in(fds, a[0], size);
    if (!ret)
        ret = do_poll(fds, (unsigned)a[1], a[2], &a[3]);
    if (ret >= 0 && copy_out(a[0], fds, size))
        ret = -EFAULT;
    kfree(fds);
    return ret;
}

/* --- pselect6 */

/* What the sets ask for, and what answers that. */
static const struct {
    int16_t events, ready;
} set_kinds[NR_SETS] = {
    {POLLIN, READABLE},
    {POLLOUT, WRITABLE},
    {POLLPRI, POLLPRI},
};

struct select_sets {
    BITMAP(in[NR_SETS], FD_MAX);
    BITMAP(out[NR_SETS], FD_MAX);
    struct pollfd fds[];
};

/* The sets as pollfds.  => how many */
static unsigned
sets_to_fds(struct select_sets *s, int nfds)
{
    unsigned nr = 0;

    for (int fd = 0; fd < nfds; fd++) {
        struct pollfd p = {.fd = fd};

        for (int k = 0; k < NR_SETS; k++)
            if (bitmap_test(s->in[k], (size_t)fd))
                p.events |= set_kinds[k].events;
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

    for (struct pollfd *p = s->fds; p < s->fds + nr; p++) {
        if (p->revents & POLLNVAL)
            return -EBADF;
        for (int k = 0; k < NR_SETS; k++) {
            if (bitmap_test(s->in[k], (size_t)p->fd) &&
                p->revents & set_kinds[k].ready) {
                bitmap_set(s->out[k], (size_t)p->fd);
                bits++;
            }
        }
    }
    return bits;
}

static int64_t
do_select(struct select_sets *s, const uint64_t *a)
{
    size_t bytes = BITMAP_WORDS((size_t)a[0]) * sizeof(uint64_t);
    uint64_t mask_arg[2] = {0}; /* a[5]: where its address and size are */
    unsigned nr;
    int64_t ret;

    for (int k = 0; k < NR_SETS; k++)
        if (a[1 + k] && copy_in(s->in[k], a[1 + k], bytes))
            return -EFAULT;
    if (a[5] && copy_in(mask_arg, a[5], sizeof(mask_arg)))
        return -EFAULT;
    nr = sets_to_fds(s, (int)a[0]);
    ret = do_poll(s->fds, nr, a[4], mask_arg);
    if (ret >= 0)
        ret = fds_to_sets(s, nr);
    for (int k = 0; k < NR_SETS && ret >= 0; k++)
        if (copy_out_if(a[1 + k], s->out[k], bytes))
            ret = -EFAULT;
    return ret;
}

int64_t
sys_pselect6(const uint64_t *a)
{
    struct select_sets *s;
    int64_t ret;

    if (a[0] > FD_MAX)
        return -EINVAL;
    s = kzalloc(sizeof(*s) + a[0] * sizeof(struct pollfd), GFP_KERNEL);
    if (!s)
        return -ENOMEM;
    ret = do_select(s, a);
    kfree(s);
    return ret;
}
