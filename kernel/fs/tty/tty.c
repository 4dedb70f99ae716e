/* SPDX-License-Identifier: MIT */
/*
 * tty.c - the console as a terminal: /dev/console, /dev/ttyS0, /dev/tty.
 *
 * There is one terminal, the serial line.  What comes in is handled in the
 * interrupt by the line discipline (ldisc.c), which keeps it until somebody
 * reads; what is written goes out at once, through the kernel's own console,
 * so that it does not mix with printk inside a line.
 *
 * Locks: out_lock for a whole write(2), so that writers take turns; the rest
 * is ldisc.c's and session.c's.
 *
 * Not done: hangup, modem control, speeds: TCSETS keeps what it is told.
 */
#include "fs/tty/tty.h"

#include "core/printk.h"
#include "dev/uart.h"
#include "fs/fs.h"
#include "fs/poll.h"
#include "fs/tty/ldisc.h"
#include "fs/tty/session.h"
#include "include/errno.h"
#include "include/major.h"
#include "lib/macros.h"
#include "riscv/uaccess.h"
#include "sched/cred.h"
#include "sched/signal.h"
#include "sched/task.h"
#include "sched/timer.h"

enum { CHUNK = 128, VTIME_UNIT_MS = 100 };

static struct tty console;

static const dev_t dev_tty = makedev(TTYAUX_MAJOR, TTYAUX_MINOR_TTY);
static const dev_t dev_console = makedev(TTYAUX_MAJOR, TTYAUX_MINOR_CONSOLE);
static const dev_t dev_serial = makedev(TTY_MAJOR, TTY_MINOR_SERIAL);

/* --- Reading */

/* What a read waits for, by VMIN and VTIME; a line counts as one byte. */
struct read_want {
    bool lines;
    uint32_t min; /* bytes; 0: none need come */
    int64_t time; /* ticks for the first byte (min 0), or between bytes */
};

static struct read_want
get_want(struct tty *tty, size_t n)
{
    const struct termios *t = &tty->termios;
    struct read_want w = {.lines = t->c_lflag & ICANON, .min = 1};

    if (w.lines)
        return w;
    w.min = (uint32_t)MIN((size_t)t->c_cc[VMIN], n);
    w.time = (int64_t)ms_to_ticks(t->c_cc[VTIME] * (uint64_t)VTIME_UNIT_MS);
    return w;
}

/* => 0: go and look, -ERESTARTSYS */
static int
wait_for_input(struct tty *tty, const struct read_want *w)
{
    bool burst = w->min > 1 && w->time > 0;
    uint32_t first = burst ? 1 : MAX(w->min, 1U), had;
    int64_t left;

    left = wait_event_interruptible_timeout(
        &tty->readable, ldisc_available(tty) >= first,
        w->min > 0 ? WAIT_FOREVER : w->time);
    while (left > 0 && burst && (had = ldisc_available(tty)) < w->min)
        left = wait_event_interruptible_timeout(
            &tty->readable, ldisc_available(tty) != had, w->time);
    return left < 0 ? -ERESTARTSYS : 0;
}

/* What is there, as much as one read(2) gives.  => bytes, -EFAULT */
static ssize_t
take_input(struct tty *tty, uint8_t *ubuf, size_t n, bool *end)
{
    uint8_t buf[CHUNK];
    size_t done = 0, got;

    do {
        got = ldisc_take(tty, buf, MIN(n - done, sizeof(buf)), end);
        if (copy_to_user(ubuf + done, buf, got))
            return done ? (ssize_t)done : -EFAULT;
        done += got;
    } while (got > 0 && done < n && !*end);
    return (ssize_t)done;
}

static ssize_t
tty_read(struct file *f, void *ubuf, size_t n, off_t *pos)
{
    struct tty *tty = f->private;

    (void)pos;
    if (n == 0)
        return 0;
    for (;;) {
        struct read_want w = get_want(tty, n);
        bool end = false;
        ssize_t ret = tty_check_foreground(tty);

        if (!ret && f->flags & O_NONBLOCK)
            ret = ldisc_available(tty) ? 0 : -EAGAIN;
        else if (!ret)
            ret = wait_for_input(tty, &w);
        if (!ret)
            ret = take_input(tty, ubuf, n, &end);
        if (ret || end || w.min == 0)
            return ret;
        /* Somebody else has read it: wait again. */
    }
}

/* --- Writing */

static ssize_t
tty_write(struct file *f, const void *ubuf, size_t n, off_t *pos)
{
    struct tty *tty = f->private;
    uint8_t in[CHUNK];
    char out[2 * CHUNK];
    size_t done = 0, left = 0;

    (void)pos;
    if (mutex_lock_killable(&tty->out_lock))
        return -EINTR;
    while (done < n && left == 0 && !fatal_signal_pending(current)) {
        size_t chunk = MIN(n - done, sizeof(in));

        left = copy_from_user(in, (const uint8_t *)ubuf + done, chunk);
        console_write(out, ldisc_output(tty, in, chunk - left, out));
        done += chunk - left;
    }
    mutex_unlock(&tty->out_lock);
    return done || !left ? (ssize_t)done : -EFAULT;
}

/* --- Control */

static int
get_termios(struct tty *tty, uint64_t arg)
{
    struct termios t;

    spin_lock(&tty->input_lock);
    t = tty->termios;
    spin_unlock(&tty->input_lock);
    return copy_to_user((void *)arg, &t, sizeof(t)) ? -EFAULT : 0;
}

static int
set_termios(struct tty *tty, uint64_t arg, bool flush)
{
    struct termios t;

    if (copy_from_user(&t, (void *)arg, sizeof(t)))
        return -EFAULT;
    ldisc_set_termios(tty, &t, flush);
    return 0;
}

static int
set_winsize(struct tty *tty, uint64_t arg)
{
    struct winsize w, *old = &tty->winsize;
    bool changed;

    if (copy_from_user(&w, (void *)arg, sizeof(w)))
        return -EFAULT;
    spin_lock(&tty->input_lock);
    changed = w.ws_row != old->ws_row || w.ws_col != old->ws_col;
    *old = w;
    spin_unlock(&tty->input_lock);
    if (changed && READ_ONCE(tty->pgrp) > 0)
        signal_group(tty->pgrp, SIGWINCH, NULL);
    return 0;
}

/* The requests about sessions and groups. */
static long
session_ioctl(struct tty *tty, unsigned cmd, uint64_t arg)
{
    pid_t pgrp = 0, sid = 0;
    int err;

    switch (cmd) {
    case TIOCSCTTY:
        return tty_set_controlling(tty, arg == 1 && is_root(&current->cred));
    case TIOCNOTTY:
        if (current->tty != tty)
            return -ENOTTY;
        tty_leave_session();
        return 0;
    case TIOCSPGRP:
        err = get_user(pgrp, (pid_t *)arg);
        return err ? err : tty_set_group(tty, pgrp);
    case TIOCGPGRP:
    case TIOCGSID:
        err = tty_get_group(tty, &pgrp, &sid);
        return err ? err : put_user(cmd == TIOCGSID ? sid : pgrp, (pid_t *)arg);
    default:
        return -ENOTTY;
    }
}

static long
tty_ioctl(struct file *f, unsigned cmd, uint64_t arg)
{
    struct tty *tty = f->private;

    switch (cmd) {
    case TCGETS:
        return get_termios(tty, arg);
    case TCSETS:
    case TCSETSW: /* output never waits: it is drained */
        return set_termios(tty, arg, false);
    case TCSETSF:
        return set_termios(tty, arg, true);
    case TCSBRK:
        return 0;
    case TCFLSH:
        if (arg > TCIOFLUSH)
            return -EINVAL;
        if (arg != TCOFLUSH)
            ldisc_flush(tty);
        return 0;
    case TIOCGWINSZ:
        return copy_to_user((void *)arg, &tty->winsize, sizeof(tty->winsize))
                   ? -EFAULT
                   : 0;
    case TIOCSWINSZ:
        return set_winsize(tty, arg);
    case FIONREAD:
        return put_user(ldisc_available(tty), (uint32_t *)arg);
    case TIOCOUTQ:
        return put_user(0, (uint32_t *)arg);
    default:
        return session_ioctl(tty, cmd, arg);
    }
}

static unsigned
tty_poll(struct file *f, struct poll_wait *pw)
{
    struct tty *tty = f->private;
    struct read_want w = get_want(tty, SIZE_MAX);
    uint32_t enough = w.time > 0 ? 1 : MAX(w.min, 1U);

    poll_wait_on(pw, &tty->readable);
    return POLLOUT | POLLWRNORM |
           (ldisc_available(tty) >= enough ? POLLIN | POLLRDNORM : 0);
}

/* --- Opening */

static int
tty_open(struct inode *inode, struct file *f)
{
    if (inode->rdev == dev_tty) {
        f->private = current->tty;
        return f->private ? 0 : -ENXIO;
    }
    /* The serial line becomes a session leader's terminal by being opened. */
    if (inode->rdev == dev_serial && !(f->flags & O_NOCTTY))
        tty_set_controlling(f->private, false);
    return 0;
}

static const struct file_operations tty_file_ops = {
    .open = tty_open,
    .read = tty_read,
    .write = tty_write,
    .ioctl = tty_ioctl,
    .poll = tty_poll,
};

static void
console_receive(const uint8_t *data, size_t n)
{
    ldisc_receive(&console, data, n);
}

void
tty_init(void)
{
    static const struct serial_ops ops = {.receive = console_receive};

    ldisc_init(&console);
    chrdev_register(dev_console, &tty_file_ops, &console);
    chrdev_register(dev_serial, &tty_file_ops, &console);
    chrdev_register(dev_tty, &tty_file_ops, NULL);
    serial_register(&ops);
}
