/* SPDX-License-Identifier: MIT */
/*
 * tty.c - the console as a terminal: /dev/console, /dev/tty.
 *
 * There is one terminal, the serial line.  What comes in is handled in the
 * interrupt by the line discipline, which keeps it until somebody reads; what
 * is written goes out at once, through the kernel's own console, so that it
 * does not mix with printk inside a line.
 *
 * The line discipline.  Each character that comes in is translated (CR to NL),
 * may be a signal (ISIG), may edit the line (ICANON), and is otherwise stored
 * and echoed.  Lines become readable when they end; in raw mode every byte is
 * at once.
 *
 *   character      cooked (ICANON)                     raw
 *   ^C ^\ ^Z       signal to the foreground, input forgotten (if ISIG)
 *   DEL ^W ^U      a character, a word, the line go    stored
 *   ^D             what is there can be read           stored
 *   NL             stored, the line can be read        stored
 *   others         stored                              stored
 *
 * Job control: a session leader without a terminal takes it (TIOCSCTTY); all
 * tasks that it forks from then on have it.  One process group of the session
 * is in the foreground: it gets ^C, ^\ and ^Z, and it alone may read; another
 * group that tries gets SIGTTIN.  The shell chooses that group (TIOCSPGRP).
 *
 * Invariants
 *   I1  task->tty == &tty only for tasks with task->sid == tty.sid, and as
 *       long as tty.sid is set, the session's leader has it.
 *   I2  tail <= done <= head <= tail + TTY_BUF; [done, head) is the line
 *       being edited, and holds no LINE_END.
 *   I3  The last free place of the ring is kept for the end of a line, so
 *       that a line too long can still be ended.
 *
 * Key against read.  The interrupt stores a byte and then wakes `readable`; the
 * reader puts itself on that queue and then asks how much there is
 * (wait_for_input), so it sees the byte or is woken.  Two readers may both be
 * woken by one line: take() gives it to one, the other waits again.
 * ^C against TIOCSPGRP: the signal goes to the group that is in the foreground
 * when the key is handled; a group that has just ended gets nothing, as when
 * the key had come a moment later.
 *
 * Locks: input_lock for the ring, in which pid_lock (signal_group) and the
 * console are taken; out_lock for a whole write(2), so that writers take turns;
 * pid_lock for tty.sid, tty.pgrp and every task->tty.
 *
 * Not done: more than one terminal; hangup, modem control, speeds (TCSETS keeps
 * what it is told); stopping output (IXON), parity and breaks, quoting (VLNEXT),
 * other ends of a line (VEOL), other translations than CR to NL and back;
 * erasing a tab by its width; orphaned groups, TOSTOP, giving a terminal up
 * (TIOCNOTTY) or taking it away from another session.
 */
#include "fs/tty/tty.h"

#include "core/printk.h"
#include "dev/devices.h"
#include "include/ioctl.h"
#include "include/termios.h"
#include "riscv/uaccess.h"
#include "sched/task.h"
#include "sched/timer.h"

enum {
    TTY_BUF = 4096,
    CHUNK = 128, /* of input or output at a time */
    VTIME_UNIT_MS = 100,
    DEL = 0x7f,
    SPACE = ' ',
    /*
     * Added to the last character of a line.  Alone, as ^D is stored, it is no
     * character: read(2) swallows it.  So a ^D on an empty line reads as
     * nothing, the end of file.
     */
    LINE_END = 0x100,
};
#define CTRL(c) ((c) ^ 0x40)

/*
 * Characters wait in a ring, addressed by counters that only grow:
 *
 *     tail           done             head
 *      | may be read  | being edited   |          (raw: done == head)
 *
 * Keys: (i) input_lock; (P) pid_lock.
 */
static struct tty {
    struct spinlock input_lock; /* RANK_TTY_INPUT */
    struct termios termios;     /* (i), read without */
    struct winsize winsize;     /* set and read without lock */
    uint32_t tail, done, head;  /* (i) */
    uint16_t buf[TTY_BUF];      /* (i) */
    struct wait_queue readable;
    struct mutex out_lock; /* RANK_TTY_OUTPUT */
    pid_t sid, pgrp;       /* (P) session, foreground group; 0: none */
} tty = {
    .input_lock = SPINLOCK_INIT(RANK_TTY_INPUT, "tty input"),
    .out_lock = MUTEX_INIT(tty.out_lock, RANK_TTY_OUTPUT),
    .readable = WAIT_QUEUE_INIT(tty.readable),
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

static bool
lflag(uint32_t flag)
{
    return tty.termios.c_lflag & flag;
}

/* Is c the control character `which`?  0 in c_cc switches one off. */
static bool
is_cc(unsigned which, uint8_t c)
{
    return c && c == tty.termios.c_cc[which];
}

/*
 * Bytes that could be read now.  Without lock: a guess, but not below 0, since of
 * two numbers that only grow the smaller one is read first.
 */
static uint32_t
available(void)
{
    uint32_t tail = READ_ONCE(tty.tail);

    smp_rmb();
    return READ_ONCE(tty.done) - tail;
}

/* --- Output and echo */

/* n bytes as the terminal wants them, into out[2 * n].  => how many */
static size_t
translate(const uint8_t *s, size_t n, char *out)
{
    bool crlf = tty.termios.c_oflag & OPOST && tty.termios.c_oflag & ONLCR;
    size_t len = 0;

    for (size_t i = 0; i < n; i++) {
        if (s[i] == '\n' && crlf)
            out[len++] = '\r';
        out[len++] = (char)s[i];
    }
    return len;
}

/* Does c show as ^X? */
static bool
shows_caret(uint8_t c)
{
    return lflag(ECHOCTL) &&
           ((c < SPACE && c != '\n' && c != '\t') || c == DEL);
}

/* Show a character that came in, as far as it is to be shown. */
static void
echo(uint8_t c)
{
    char out[2] = {'^', (char)CTRL(c)};

    if (lflag(ECHO) || (c == '\n' && lflag(ECHONL)))
        console_write(out, shows_caret(c) ? 2 : translate(&c, 1, out));
}

/* --- Input; all with input_lock held */

/* Store and show; nothing if there is no room (I3). */
static void
store(uint16_t c)
{
    if (tty.head - tty.tail >= TTY_BUF - (c & LINE_END ? 0 : 1))
        return;
    tty.buf[tty.head++ % TTY_BUF] = c;
    if (c & LINE_END || !lflag(ICANON))
        tty.done = tty.head;
    if (c != LINE_END) /* ^D */
        echo((uint8_t)c);
}

/*
 * Take back from the end of the line, as the key says: a character, a word and
 * the blanks behind it, or all.
 */
static void
erase(uint8_t key)
{
    bool in_word = false, utf8 = tty.termios.c_iflag & IUTF8;

    while (tty.head != tty.done) {
        uint8_t c = (uint8_t)tty.buf[(tty.head - 1) % TTY_BUF];
        bool blank = c == SPACE || c == '\t';

        if (is_cc(VWERASE, key) && in_word && blank)
            break;
        in_word = in_word || !blank;
        tty.head--;
        if (utf8 && (c & 0xc0) == 0x80)
            continue; /* the character begins further ahead */
        if (lflag(ECHO) && lflag(ECHOE))
            console_write("\b \b\b \b", shows_caret(c) ? 6 : 3);
        if (is_cc(VERASE, key))
            break;
    }
}

static void
receive_char(uint8_t c)
{
    int sig = is_cc(VINTR, c)   ? SIGINT
              : is_cc(VQUIT, c) ? SIGQUIT
              : is_cc(VSUSP, c) ? SIGTSTP
                                : 0;
    pid_t pgrp;

    if (c == '\r' && tty.termios.c_iflag & ICRNL)
        c = '\n';
    if (sig && lflag(ISIG)) {
        if (!lflag(NOFLSH))
            tty.tail = tty.done = tty.head;
        echo(c);
        pgrp = READ_ONCE(tty.pgrp); /* once: the session may be ending */
        if (pgrp > 0)
            signal_group(pgrp, sig, false);
    } else if (!lflag(ICANON)) {
        store(c);
    } else if (is_cc(VERASE, c) || is_cc(VKILL, c) || is_cc(VWERASE, c)) {
        erase(c);
    } else if (is_cc(VEOF, c)) {
        store(LINE_END);
    } else {
        store(c == '\n' ? LINE_END | c : c);
    }
}

/* The serial line has received n bytes.  => any context */
static void
receive(const uint8_t *data, size_t n)
{
    spin_lock(&tty.input_lock);
    for (size_t i = 0; i < n; i++)
        receive_char(data[i]);
    spin_unlock(&tty.input_lock);
    if (available())
        wake_up_all(&tty.readable);
}

/* Forget what came in (flush), then other modes (unless t is NULL). */
static void
change(const struct termios *t, bool flush)
{
    spin_lock(&tty.input_lock);
    if (flush)
        tty.tail = tty.done = tty.head;
    if (t)
        tty.termios = *t;
    /* What was typed before can be read in the new mode. */
    if (!lflag(ICANON))
        tty.done = tty.head;
    spin_unlock(&tty.input_lock);
    wake_up_all(&tty.readable);
}

/* --- Sessions and groups */

/*
 * TIOCSCTTY: make it the terminal of the current task's session.
 * => 0, also if it is already; -EPERM: not the leader, or it belongs to another
 *    session
 */
static int
set_controlling(void)
{
    struct task *me = current, *t = me;
    bool may;

    spin_lock(&pid_lock);
    may = me->sid == me->tgid && (me->tty || !tty.sid);
    if (may && !me->tty) {
        do
            t->tty = &tty;
        while ((t = next_thread(t)) != me);
        tty.sid = me->sid;
        tty.pgrp = me->pgid;
    }
    spin_unlock(&pid_lock);
    return may ? 0 : -EPERM;
}

/*
 * Under pid_lock everybody loses the terminal at once (I1).  The signals come
 * after that: who dies of SIGHUP shall not find it any more.
 */
void
tty_leave_session(void)
{
    pid_t pgrp = 0;
    struct task *t;

    spin_lock(&pid_lock);
    if (current->tty) {
        pgrp = tty.pgrp;
        list_for_each_entry(t, &all_tasks, all_link)
            t->tty = NULL;
        tty.sid = tty.pgrp = 0;
    }
    spin_unlock(&pid_lock);
    if (pgrp > 0) {
        signal_group(pgrp, SIGHUP, false);
        signal_group(pgrp, SIGCONT, false);
    }
}

/*
 * May the current task read?  In the background it gets SIGTTIN and tries again
 * when it is continued; if it would not notice that, there is nothing for it.
 * => 0, -EIO, -ERESTARTSYS
 */
static int
check_foreground(void)
{
    struct task *me = current;

    if (!me->tty || me->pgid == READ_ONCE(tty.pgrp))
        return 0;
    if (me->sig.blocked >> (SIGTTIN - 1) & 1 ||
        signal_effect(me, SIGTTIN) == SIGNAL_IGNORED)
        return -EIO;
    signal_group(me->pgid, SIGTTIN, false);
    return -ERESTARTSYS;
}

/*
 * TIOCSPGRP: a group of the terminal's session comes into the foreground.
 * => 0; -ENOTTY: it is not ours; -EINVAL, -ESRCH: no such group; -EPERM: of
 *    another session
 */
static int
set_foreground(pid_t pgrp)
{
    int err = pgrp > 0 ? -ESRCH : -EINVAL;
    struct task *t;

    spin_lock(&pid_lock);
    list_for_each_entry(t, &all_tasks, all_link)
        if (t->pgid == pgrp)
            err = t->sid == tty.sid ? 0 : -EPERM;
    err = current->tty ? err : -ENOTTY; /* the session may just have lost it */
    if (!err)
        tty.pgrp = pgrp;
    spin_unlock(&pid_lock);
    return err;
}

/* --- Reading and writing */

/*
 * Wait until a read of n bytes may return.  A line: when it is there.  Raw:
 * with VMIN bytes, or VTIME after the last byte; if VMIN is 0, also VTIME
 * after now without any.
 * => 0: go and look, 1: and return even nothing, -ERESTARTSYS
 */
static int
wait_for_input(size_t n)
{
    const uint8_t *cc = tty.termios.c_cc;
    int64_t left = 1, time = 0;
    uint32_t min = 1, had;

    if (!lflag(ICANON)) {
        min = (uint32_t)MIN((size_t)cc[VMIN], n);
        time = (int64_t)ms_to_ticks(cc[VTIME] * (uint64_t)VTIME_UNIT_MS);
    }
    while (left > 0 && (had = available()) < MAX(min, 1U))
        left =
            __wait_event(&tty.readable, available() != had, TASK_INTERRUPTIBLE,
                         min == 0 || (had && time) ? time : WAIT_FOREVER);
    return left < 0 ? -ERESTARTSYS : min == 0;
}

/*
 * Take up to n bytes, and no more than a line if lines are made; *end: the
 * line, or the input, ended there.  One lock for all three counters: ^C forgets
 * what is there, so moves tail.
 */
static size_t
take(uint8_t *to, size_t n, bool *end)
{
    uint16_t mark;
    size_t got = 0;

    *end = false;
    spin_lock(&tty.input_lock);
    mark = lflag(ICANON) ? LINE_END : 0;
    while (!*end && tty.tail != tty.done) {
        uint16_t c = tty.buf[tty.tail % TTY_BUF];
        bool eof = mark && c == LINE_END;

        /* A ^D right behind the n-th byte is swallowed with it. */
        if (got == n && !eof)
            break;
        if (!eof)
            to[got++] = (uint8_t)c;
        *end = c & mark;
        tty.tail++;
    }
    spin_unlock(&tty.input_lock);
    return got;
}

static ssize_t
tty_read(struct file *f, void *ubuf, size_t n, off_t *pos __maybe_unused)
{
    uint8_t buf[CHUNK];
    bool end = n == 0;
    size_t done = 0, got;

    while (done == 0 && !end) { /* again if somebody else has read it */
        int how = check_foreground();

        if (!how && !(f->flags & O_NONBLOCK))
            how = wait_for_input(n);
        else if (!how && !available())
            how = -EAGAIN;
        if (how < 0)
            return how;
        do { /* what is there, as much as one read(2) gives */
            got = take(buf, MIN(n - done, sizeof(buf)), &end);
            if (copy_to_user((uint8_t *)ubuf + done, buf, got))
                return done ? (ssize_t)done : -EFAULT;
            done += got;
        } while (got > 0 && done < n && !end);
        end = end || how;
    }
    return (ssize_t)done;
}

static ssize_t
tty_write(struct file *f, const void *ubuf, size_t n, off_t *pos)
{
    uint8_t in[CHUNK];
    char out[2 * CHUNK];
    size_t done = 0, left = 0;

    (void)f, (void)pos;
    if (mutex_lock_killable(&tty.out_lock))
        return -EINTR;
    while (done < n && left == 0 && !fatal_signal_pending(current)) {
        size_t chunk = MIN(n - done, sizeof(in));

        left = copy_from_user(in, (const uint8_t *)ubuf + done, chunk);
        console_write(out, translate(in, chunk - left, out));
        done += chunk - left;
    }
    mutex_unlock(&tty.out_lock);
    return done || !left ? (ssize_t)done : -EFAULT;
}

static unsigned
tty_poll(struct file *f __maybe_unused, struct poll_wait *pw)
{
    poll_wait_on(pw, &tty.readable);
    return POLLOUT | POLLWRNORM | (available() ? POLLIN | POLLRDNORM : 0);
}

/* --- Control */

static long
tty_ioctl(struct file *f __maybe_unused, unsigned cmd, uint64_t arg)
{
    bool mine = current->tty;
    void *user = (void *)arg;
    struct termios t;
    struct winsize w;
    pid_t pgrp;

    switch (cmd) {
    case TCGETS:
        return put_user(tty.termios, (struct termios *)user);
    case TCSETS:
    case TCSETSW: /* output never waits: it is drained */
    case TCSETSF:
        if (copy_from_user(&t, user, sizeof(t)))
            return -EFAULT;
        change(&t, cmd == TCSETSF);
        return 0;
    case TCSBRK:
        return 0;
    case TCFLSH:
        if (arg > TCIOFLUSH)
            return -EINVAL;
        change(NULL, arg != TCOFLUSH);
        return 0;
    case TIOCGWINSZ:
        return put_user(tty.winsize, (struct winsize *)user);
    case TIOCSWINSZ: /* who asks meanwhile may see one number old, one new */
        if (copy_from_user(&w, user, sizeof(w)))
            return -EFAULT;
        if (memcmp(&w, &tty.winsize, sizeof(w)) == 0)
            return 0;
        tty.winsize = w;
        pgrp = READ_ONCE(tty.pgrp);
        if (pgrp > 0)
            signal_group(pgrp, SIGWINCH, false);
        return 0;
    case FIONREAD:
        return put_user(available(), (uint32_t *)user);
    case TIOCSCTTY:
        return set_controlling();
    case TIOCGPGRP:
        return mine ? put_user(tty.pgrp, (pid_t *)user) : -ENOTTY;
    case TIOCSPGRP:
        return get_user(pgrp, (pid_t *)user) ?: set_foreground(pgrp);
    case TIOCGSID:
        return mine ? put_user(tty.sid, (pid_t *)user) : -ENOTTY;
    default:
        return -ENOTTY;
    }
}

/* /dev/tty is the terminal of who opens it. */
static int
tty_open(struct inode *inode, struct file *f __maybe_unused)
{
    bool own = minor(inode->rdev) == TTYAUX_MINOR_TTY;

    return own && !current->tty ? -ENXIO : 0;
}

const struct file_operations tty_file_ops = {
    .open = tty_open,
    .read = tty_read,
    .write = tty_write,
    .ioctl = tty_ioctl,
    .poll = tty_poll,
};

void
tty_init(void)
{
    serial_receive = receive;
}
