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
    NR_SETS = 3, /* to read, to write, exceptions */
};

/*
 * Ask every file, and join the queues until one is ready.  A file is kept open
 * with the first of its queues.  => how many are ready
 */
static int
poll_round(struct pollfd *fds, unsigned nr, struct poll_wait *pw)
{
    int ready = 0;

    for (struct pollfd *p = fds; p < fds + nr; p++) {
        unsigned first = pw ? pw->nr : 0, state = POLLNVAL;
        struct file *f = p->fd < 0 ? NULL : fd_get(p->fd);

        if (p->fd < 0)
            state = 0;
        else if (f)
            state = (f->op->poll ? f->op->poll(f, pw)
                                 : POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM) &
                    ((unsigned)(uint16_t)p->events | POLLERR | POLLHUP);
        for (unsigned i = first; pw && i < pw->nr; i++, f = NULL)
            pw->files[i] = f;
        fput(f);
        p->revents = (int16_t)state;
        if (state) {
            ready++;
            pw = NULL;
        }
    }
    return ready;
}

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
        /* From here on a wakeup makes schedule_timeout() return at once. */
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

/*
 * The same with a timeout, a signal mask and the mask's size, the first two in
 * user memory, each 0: none.
 */
static int
do_poll(struct pollfd *fds, unsigned nr, const uint64_t arg[3])
{
    uint64_t end = UINT64_MAX, mask;
    int ret;

    if (arg[0]) {
        ret = get_ticks(arg[0], &end);
        if (ret)
            return ret;
        end += clock_ticks();
    }
    if (arg[1]) {
        if (arg[2] != sizeof(mask))
            return -EINVAL;
        if (copy_in(&mask, arg[1], sizeof(mask)))
            return -EFAULT;
        set_blocked_meanwhile(mask);
    }
    ret = poll_until(fds, nr, end);
    if (ret != -ERESTARTSYS) /* else its signal comes first */
        restore_blocked_signals();
    return ret;
}

SYSCALL(ppoll)
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
        ret = do_poll(fds, (unsigned)a[1], &a[2]);
    if (ret >= 0 && copy_out(a[0], fds, size))
        ret = -EFAULT;
    kfree(fds);
    return ret;
}

/* Until a signal, with this mask. */
SYSCALL(rt_sigsuspend)
{
    return a[0] ? do_poll(NULL, 0, (const uint64_t[]){0, a[0], a[1]}) : -EFAULT;
}

/* --- pselect6 */

/* What the sets ask for, and what answers that. */
static const int16_t asks[NR_SETS] = {POLLIN, POLLOUT, POLLPRI};
static const int16_t answers[NR_SETS] = {POLLIN | POLLHUP | POLLERR,
                                         POLLOUT | POLLERR, POLLPRI};

struct select {
    BITMAP(set[NR_SETS], FD_MAX);
    struct pollfd fds[];
};

/* The sets as pollfds, and back.  => how many bits are set, or -errno */
static int
do_select(struct select *s, int nfds, const uint64_t arg[3])
{
    struct pollfd *end = s->fds;
    int ret, bits = 0;

    for (int fd = 0; fd < nfds; fd++) {
        *end = (struct pollfd){.fd = fd};
        for (int k = 0; k < NR_SETS; k++)
            if (bitmap_test(s->set[k], (size_t)fd))
                end->events |= asks[k];
        if (end->events)
            end++;
    }
    ret = do_poll(s->fds, (unsigned)(end - s->fds), arg);
    if (ret < 0)
        return ret;
    /* Who was asked for stands in the events, so the sets can be the answer. */
    memset(s->set, 0, sizeof(s->set));
    for (struct pollfd *p = s->fds; p < end; p++) {
        if (p->revents & POLLNVAL)
            return -EBADF;
        for (int k = 0; k < NR_SETS; k++)
            if (p->events & asks[k] && p->revents & answers[k]) {
                bitmap_set(s->set[k], (size_t)p->fd);
                bits++;
            }
    }
    return bits;
}

SYSCALL(pselect6)
{
    size_t bytes = BITMAP_WORDS((size_t)a[0]) * sizeof(uint64_t);
    uint64_t arg[3] = {a[4]}; /* a[5]: where the others are */
    struct select *s;
    int64_t ret;

    if (a[0] > FD_MAX)
        return -EINVAL;
    s = kzalloc(sizeof(*s) + a[0] * sizeof(struct pollfd), GFP_KERNEL);
    if (!s)
        return -ENOMEM;
    ret = a[5] ? copy_in(&arg[1], a[5], 2 * sizeof(uint64_t)) : 0;
    for (int k = 0; k < NR_SETS && !ret; k++)
        ret = a[1 + k] ? copy_in(s->set[k], a[1 + k], bytes) : 0;
    if (!ret)
        ret = do_select(s, (int)a[0], arg);
    for (int k = 0; k < NR_SETS && ret >= 0; k++)
        if (copy_out_if(a[1 + k], s->set[k], bytes))
            ret = -EFAULT;
    kfree(s);
    return ret;
}
