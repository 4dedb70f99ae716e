/* SPDX-License-Identifier: MIT */
/*
 * sys_poll.c - ppoll(2) and pselect6(2).
 *
 * A round asks every file for its state, and puts the task on the files' wait
 * queues while nothing is ready.  The task's state is set before the round and
 * not again in it: a waker, who sets it back, may come as soon as the first
 * queue is joined, and then the task does not sleep.  Wakers take it off their
 * queues; the next round joins those again.
 *
 * The files are kept open until the call ends, since another thread may close
 * their descriptors meanwhile, and the queues would go with them.
 *
 * pselect6's sets become items and come back from them; rt_sigsuspend is a
 * ppoll of nothing.  Another signal mask holds until the signals that it lets
 * through have been delivered, or until the call ends without any.
 */
#include "mm/slab.h"
#include "syscall/syscall.h"

/* A descriptor that is asked for. */
struct item {
    struct pollfd fd;
    struct file *file; /* NULL: it is none */
    struct poll_wait wait;
};

/*
 * Ask every file, and be on the queues of those before the first that is ready.
 * An entry that a waker has taken off is put on again, one that is still on its
 * queue stays: a file names the same queues each time, so each entry meets the
 * same one.  => how many are ready
 */
static int
poll_round(struct item *items, struct item *end)
{
    int ready = 0;

    for (struct item *p = items; p < end; p++) {
        unsigned state = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;

        p->wait.nr = 0;
        if (!p->file)
            state = p->fd.fd < 0 ? 0 : POLLNVAL;
        else if (p->file->op->poll)
            state = p->file->op->poll(p->file, ready ? NULL : &p->wait);
        state &= (uint16_t)p->fd.events | POLLERR | POLLHUP | POLLNVAL;
        p->fd.revents = (int16_t)state;
        ready += state != 0;
    }
    return ready;
}

/*
 * Until something is ready, a signal comes, or `until`.  No wakeup is lost: a
 * waker who takes the task off a queue has set its state back, and then it does
 * not sleep in this round; so when it sleeps it is on all queues.  No poll method
 * sleeps, so nobody else sets the state.
 * => as do_poll(); the state is any
 */
static int
poll_until(struct item *items, struct item *end, uint64_t until)
{
    int64_t left;
    int ready;

    for (;;) {
        set_current_state(TASK_INTERRUPTIBLE);
        ready = poll_round(items, end);
        left = ticks_left(until);
        if (ready || !left)
            return ready;
        if (signal_pending(current))
            return -ERESTARTSYS;
        schedule_timeout(left);
    }
}

/*
 * Wait with a signal mask: its address, 0: none, and its size.
 * => how many are ready, -ERESTARTSYS, -EINVAL, -EFAULT
 */
static int
do_poll(struct item *items, uint64_t nr, uint64_t until, const uint64_t arg[2])
{
    struct item *p, *end = items + nr;
    uint64_t mask;
    int ret;

    if (arg[0]) {
        if (arg[1] != sizeof(mask))
            return -EINVAL;
        if (copy_in(&mask, arg[0], sizeof(mask)))
            return -EFAULT;
        set_blocked_meanwhile(mask);
    }
    for (p = items; p < end; p++) {
        p->file = fd_get(p->fd.fd);
        for (unsigned i = 0; i < POLL_MAX_QUEUES; i++)
            wait_entry_init(&p->wait.on[i].entry);
    }
    ret = poll_until(items, end, until);
    set_current_state(TASK_RUNNING);
    for (p = items; p < end; p++) {
        for (unsigned i = 0; i < POLL_MAX_QUEUES; i++) /* if it is on any */
            finish_wait(p->wait.on[i].queue, &p->wait.on[i].entry);
        fput(p->file);
    }
    if (ret == -ERESTARTSYS)
        current->wait_end = until;
    else /* there is no signal to come first */
        restore_blocked_signals();
    return ret;
}

SYSCALL(ppoll)
{
    const size_t size = sizeof(struct pollfd);
    struct item *items;
    uint64_t until;
    int64_t ret = get_end(a[2], 0, &until);

    if (ret || a[1] > FD_MAX)
        return ret ?: -EINVAL;
    items = kzalloc(a[1] * sizeof(*items), GFP_KERNEL);
    if (!items)
        return -ENOMEM;
    for (uint64_t i = 0; i < a[1] && !ret; i++)
        ret = copy_in(&items[i].fd, a[0] + i * size, size);
    if (!ret)
        ret = do_poll(items, a[1], until, &a[3]);
    for (uint64_t i = 0; i < a[1] && ret >= 0; i++)
        if (copy_out(a[0] + i * size, &items[i].fd, size))
            ret = -EFAULT;
    kfree(items);
    return ret;
}

/* Until a signal, with this mask. */
SYSCALL(rt_sigsuspend)
{
    uint64_t never;

    get_end(0, 0, &never);
    return a[0] ? do_poll(NULL, 0, never, a) : -EFAULT;
}

/* --- pselect6 */

enum { NR_SETS = 3 }; /* to read, to write, exceptions */
/* What the sets ask for, and what answers that. */
static const int16_t asks[NR_SETS] = {POLLIN, POLLOUT, POLLPRI};
static const int16_t answers[NR_SETS] = {POLLIN | POLLHUP | POLLERR,
                                         POLLOUT | POLLERR, POLLPRI};

/* Numbers that there cannot be are in no set, as on Linux. */
SYSCALL(pselect6)
{
    int nr = MIN((int)a[0], FD_MAX), bits = 0;
    size_t bytes = BITMAP_WORDS((size_t)nr) * sizeof(uint64_t);
    BITMAP(set[NR_SETS], FD_MAX) = {0};
    uint64_t until, arg[2] = {0}; /* a[5]: where they are */
    struct item *items;
    int64_t ret = get_end(a[4], 0, &until);

    if (ret || nr < 0)
        return ret ?: -EINVAL;
    items = kzalloc((size_t)nr * sizeof(*items), GFP_KERNEL);
    if (!items)
        return -ENOMEM;
    ret = a[5] ? copy_in(arg, a[5], sizeof(arg)) : 0;
    for (int k = 0; k < NR_SETS && !ret; k++)
        ret = a[1 + k] ? copy_in(set[k], a[1 + k], bytes) : 0;
    /* An item for each number, and one more turn for each set. */
    for (int i = 0; i < NR_SETS * nr; i++) {
        struct pollfd *p = &items[i % nr].fd;

        if (bitmap_test(set[i / nr], (size_t)(i % nr)))
            p->events |= asks[i / nr];
        p->fd = p->events ? i % nr : -1;
    }
    if (!ret)
        ret = do_poll(items, (uint64_t)nr, until, arg);
    /* Who was asked for stands in the events, so the sets can be the answer. */
    memset(set, 0, sizeof(set));
    for (int i = 0; i < NR_SETS * nr && ret >= 0; i++) {
        const struct pollfd *p = &items[i % nr].fd;

        if (p->revents & POLLNVAL)
            ret = -EBADF;
        if (!(p->events & asks[i / nr] && p->revents & answers[i / nr]))
            continue;
        bitmap_set(set[i / nr], (size_t)(i % nr));
        bits++;
    }
    for (int k = 0; k < NR_SETS && ret >= 0; k++)
        if (copy_out_if(a[1 + k], set[k], bytes))
            ret = -EFAULT;
    kfree(items);
    return ret < 0 ? ret : bits;
}
