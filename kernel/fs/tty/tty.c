/* SPDX-License-Identifier: MIT */
/*
 * tty.c - the console as a terminal: /dev/console, /dev/ttyS0, /dev/tty.
 *
 * There is one terminal, the serial line.  What comes in is handled in the
 * interrupt by the line discipline (ldisc.c), which keeps it until somebody
 * reads; what is written goes out at once, through the kernel's own console,
 * so that it does not mix with printk inside a line.
 *
 * Job control: a session leader without a terminal takes one (TIOCSCTTY, or by
 * opening the serial line); all tasks that it forks from then on have it.  One
 * process group of the session is in the foreground: it gets ^C, ^\ and ^Z,
 * and it alone may read; another group that tries gets SIGTTIN.  The shell
 * chooses that group (TIOCSPGRP).
 *
 * Invariants
 *   I1  task->tty == tty only for tasks with task->sid == tty->sid, and as
 *       long as tty->sid is set, the session's leader has it.
 *
 * Key against read.  The interrupt stores a byte and then wakes `readable`; the
 * reader puts itself on that queue and then asks how much there is
 * (wait_for_input), so it sees the byte or is woken.  Two readers may both be
 * woken by one line: ldisc_take() gives it to one, the other waits again.
 * ^C against TIOCSPGRP: the signal goes to the group that is in the foreground
 * when the key is handled; a group that has just ended gets nothing, as when
 * the key had come a moment later.
 *
 * Seam.  What a full terminal needs beyond this is in the line discipline (flow
 * control, more of termios) and in check_foreground(), which a write would ask,
 * too (TOSTOP); struct tty would come from open(2) of a multiplexer.
 *
 * Locks: out_lock for a whole write(2), so that writers take turns; pid_lock
 * for tty->sid, tty->pgrp and every task->tty; the rest is ldisc.c's.
 *
 * Not done: hangup, modem control, speeds (TCSETS keeps what it is told);
 * orphaned groups, TOSTOP, taking a terminal away from another session.
 */
#include "fs/tty/tty.h"

#include "core/printk.h"
#include "dev/devices.h"
#include "fs/fs.h"
#include "fs/poll.h"
#include "fs/tty/ldisc.h"
#include "riscv/uaccess.h"
#include "sched/timer.h"

enum { CHUNK = 128, VTIME_UNIT_MS = 100 };

static struct tty console = {
    .input_lock = SPINLOCK_INIT(RANK_TTY_INPUT, "tty input"),
    .out_lock = MUTEX_INIT(console.out_lock, RANK_PIPE, "tty output"),
    .readable = WAIT_QUEUE_INIT(console.readable),
    .winsize = {.ws_row = 24, .ws_col = 80},
    .termios =
        {
            .c_iflag = ICRNL | IUTF8,
            .c_oflag = OPOST | ONLCR,
            .c_cflag = B115200 | CS8 | CREAD | HUPCL | CLOCAL,
            .c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE |
                       IEXTEN,
            /* ^C ^\ DEL ^U ^D, VTIME, VMIN, -, ^Q ^S ^Z, ..., VWERASE: ^W */
            .c_cc = "\003\034\177\025\004\000\001\000\021\023\032\0\0\0\027",
        },
};

static const dev_t dev_tty = makedev(TTYAUX_MAJOR, TTYAUX_MINOR_TTY);
static const dev_t dev_console = makedev(TTYAUX_MAJOR, TTYAUX_MINOR_CONSOLE);
static const dev_t dev_serial = makedev(TTY_MAJOR, TTY_MINOR_SERIAL);

/* --- Sessions and groups */

/*
 * TIOCSCTTY: make it the terminal of the current task's session.
 * => 0, also if it is already; -EPERM: not the leader, it has another one, or
 *    the terminal belongs to another session
 */
static int
set_controlling(struct tty *tty)
{
    struct task *me = current;
    int err = 0;

    spin_lock(&pid_lock);
    if (me->sid != me->tgid || (me->tty ? me->tty != tty : tty->sid != 0)) {
        err = -EPERM;
    } else if (!me->tty) {
        me->tty = tty;
        tty->sid = me->sid;
        tty->pgrp = me->pgid;
    }
    spin_unlock(&pid_lock);
    return err;
}

/*
 * Under pid_lock everybody loses the terminal at once (I1).  The signals come
 * after that: who dies of SIGHUP shall not find it any more.
 */
void
tty_leave_session(void)
{
    struct task *me = current, *t;
    struct tty *tty;
    pid_t pgrp = 0;

    spin_lock(&pid_lock);
    tty = me->tty;
    me->tty = NULL;
    if (tty && me->sid == me->tgid) {
        pgrp = tty->pgrp;
        list_for_each_entry(t, &all_tasks, all_link)
            if (t->tty == tty)
                t->tty = NULL;
        tty->sid = tty->pgrp = 0;
    }
    spin_unlock(&pid_lock);
    if (pgrp > 0) {
        signal_group(pgrp, SIGHUP, NULL);
        signal_group(pgrp, SIGCONT, NULL);
    }
}

/*
 * May the current task read?  In the background it gets SIGTTIN and tries again
 * when it is continued; if it would not notice that, there is nothing for it.
 * => 0, -EIO, -ERESTARTSYS
 */
static int
check_foreground(struct tty *tty)
{
    struct task *me = current;

    if (me->tty != tty || me->pgid == READ_ONCE(tty->pgrp))
        return 0;
    if (me->sig.blocked >> (SIGTTIN - 1) & 1 ||
        signal_effect(me, SIGTTIN) == SIGNAL_IGNORED)
        return -EIO;
    signal_group(me->pgid, SIGTTIN, NULL);
    return -ERESTARTSYS;
}

/*
 * TIOCSPGRP: a group of the terminal's session comes into the foreground.
 * => 0; -EINVAL, -ESRCH: no such group; -EPERM: of another session; -ENOTTY
 */
static int
set_group(struct tty *tty, pid_t pgrp)
{
    int err = pgrp > 0 ? -ESRCH : -EINVAL;
    struct task *t;

    spin_lock(&pid_lock);
    list_for_each_entry(t, &all_tasks, all_link)
        if (t->pgid == pgrp)
            err = t->sid == tty->sid ? 0 : -EPERM;
    if (current->tty != tty)
        err = -ENOTTY;
    if (!err)
        tty->pgrp = pgrp;
    spin_unlock(&pid_lock);
    return err;
}

/* --- Reading */

/*
 * Wait until a read of n bytes may return.  A line: when it is there.  Raw:
 * with VMIN bytes, or VTIME after the last byte; if VMIN is 0, also VTIME
 * after now without any.
 * => 0: go and look, 1: and return even nothing, -ERESTARTSYS
 */
static int
wait_for_input(struct tty *tty, size_t n)
{
    const struct termios *t = &tty->termios;
    int64_t left = 1, time = 0;
    uint32_t min = 1, had;

    if (!(t->c_lflag & ICANON)) {
        min = (uint32_t)MIN((size_t)t->c_cc[VMIN], n);
        time = (int64_t)ms_to_ticks(t->c_cc[VTIME] * (uint64_t)VTIME_UNIT_MS);
    }
    while (left > 0 && (had = ldisc_available(tty)) < MAX(min, 1U))
        left = __wait_event(&tty->readable, ldisc_available(tty) != had,
                            TASK_INTERRUPTIBLE,
                            min == 0 || (had && time) ? time : WAIT_FOREVER);
    return left < 0 ? -ERESTARTSYS : min == 0;
}

static ssize_t
tty_read(struct file *f, void *ubuf, size_t n, off_t *pos)
{
    struct tty *tty = f->private;
    uint8_t buf[CHUNK];
    bool end = n == 0;
    size_t done = 0, got;

    (void)pos;
    while (done == 0 && !end) { /* again if somebody else has read it */
        int how = check_foreground(tty);

        if (!how && !(f->flags & O_NONBLOCK))
            how = wait_for_input(tty, n);
        else if (!how && !ldisc_available(tty))
            how = -EAGAIN;
        if (how < 0)
            return how;
        do { /* what is there, as much as one read(2) gives */
            got = ldisc_take(tty, buf, MIN(n - done, sizeof(buf)), &end);
            if (copy_to_user((uint8_t *)ubuf + done, buf, got))
                return done ? (ssize_t)done : -EFAULT;
            done += got;
        } while (got > 0 && done < n && !end);
        end = end || how;
    }
    return (ssize_t)done;
}

static unsigned
tty_poll(struct file *f, struct poll_wait *pw)
{
    struct tty *tty = f->private;

    poll_wait_on(pw, &tty->readable);
    return POLLOUT | POLLWRNORM |
           (ldisc_available(tty) ? POLLIN | POLLRDNORM : 0);
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

static long
tty_ioctl(struct file *f, unsigned cmd, uint64_t arg)
{
    struct tty *tty = f->private;
    bool mine = current->tty == tty;
    void *user = (void *)arg;
    size_t left = 0; /* of a copy to or from the user */
    struct termios t;
    struct winsize w;
    pid_t pgrp;

    switch (cmd) {
    case TCGETS:
        left = copy_to_user(user, &tty->termios, sizeof(t));
        break;
    case TCSETS:
    case TCSETSW: /* output never waits: it is drained */
    case TCSETSF:
        left = copy_from_user(&t, user, sizeof(t));
        if (!left)
            ldisc_change(tty, &t, cmd == TCSETSF);
        break;
    case TCSBRK:
        break;
    case TCFLSH:
        if (arg > TCIOFLUSH)
            return -EINVAL;
        ldisc_change(tty, NULL, arg != TCOFLUSH);
        break;
    case TIOCGWINSZ:
        left = copy_to_user(user, &tty->winsize, sizeof(tty->winsize));
        break;
    case TIOCSWINSZ: /* who asks meanwhile may see one number old, one new */
        left = copy_from_user(&w, user, sizeof(w));
        if (left || memcmp(&w, &tty->winsize, sizeof(w)) == 0)
            break;
        tty->winsize = w;
        if (READ_ONCE(tty->pgrp) > 0)
            signal_group(tty->pgrp, SIGWINCH, NULL);
        break;
    case FIONREAD:
        return put_user(ldisc_available(tty), (uint32_t *)user);
    case TIOCSCTTY:
        return set_controlling(tty);
    case TIOCNOTTY:
        if (!mine)
            return -ENOTTY;
        tty_leave_session();
        break;
    case TIOCGPGRP:
        return mine ? put_user(tty->pgrp, (pid_t *)user) : -ENOTTY;
    case TIOCSPGRP:
        return get_user(pgrp, (pid_t *)user) ? -EFAULT : set_group(tty, pgrp);
    case TIOCGSID:
        return mine ? put_user(tty->sid, (pid_t *)user) : -ENOTTY;
    default:
        return -ENOTTY;
    }
    return left ? -EFAULT : 0;
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
        set_controlling(f->private);
    return 0;
}

static void
console_receive(const uint8_t *data, size_t n)
{
    ldisc_receive(&console, data, n);
}

void
tty_init(void)
{
    static const struct serial_ops serial = {.receive = console_receive};
    static const struct file_operations ops = {
        .open = tty_open,
        .read = tty_read,
        .write = tty_write,
        .ioctl = tty_ioctl,
        .poll = tty_poll,
    };

    chrdev_register(dev_console, &ops, &console);
    chrdev_register(dev_serial, &ops, &console);
    chrdev_register(dev_tty, &ops, NULL);
    serial_ops = &serial;
}
