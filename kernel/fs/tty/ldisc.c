/* SPDX-License-Identifier: MIT */
/*
 * ldisc.c - the line discipline: what happens between the keys and read(2).
 *
 * Each character that comes in is translated (CR, NL), may be a signal
 * (ISIG), may edit the line (ICANON: erase, kill, word erase, end), and is
 * otherwise stored and echoed.  Lines become readable when they end; in raw
 * mode every byte is at once.
 *
 * A line's last byte is marked in line_end.  ^D is stored as a marked zero,
 * which read(2) swallows: so a ^D on an empty line reads as nothing, the end
 * of file.
 *
 * Locks: input_lock; pid_lock (signal_group) and the console are taken in it.
 *
 * Not done: stopping output (IXON), parity and breaks, quoting (VLNEXT),
 * erasing a tab by its width.
 */
#include "fs/tty/ldisc.h"

#include "core/printk.h"
#include "lib/assert.h"
#include "lib/macros.h"
#include "lib/string.h"
#include "sched/signal.h"

enum { DEL = 0x7f, CTRL_BIT = 0x40, SPACE = ' ' };
#define CTRL(c) ((c) ^ CTRL_BIT)

void
ldisc_init(struct tty *tty)
{
    static const struct termios initial = {
        .c_iflag = ICRNL | IUTF8,
        .c_oflag = OPOST | ONLCR,
        .c_cflag = B115200 | CS8 | CREAD | HUPCL | CLOCAL,
        .c_lflag =
            ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
        .c_cc = {[VINTR] = CTRL('C'),
                 [VQUIT] = CTRL('\\'),
                 [VERASE] = DEL,
                 [VKILL] = CTRL('U'),
                 [VEOF] = CTRL('D'),
                 [VMIN] = 1,
                 [VSTART] = CTRL('Q'),
                 [VSTOP] = CTRL('S'),
                 [VSUSP] = CTRL('Z'),
                 [VWERASE] = CTRL('W')},
    };

    spin_init(&tty->input_lock, RANK_TTY_INPUT, "tty input");
    mutex_init(&tty->out_lock, RANK_PIPE, "tty output");
    wait_queue_init(&tty->readable);
    tty->termios = initial;
    tty->winsize = (struct winsize){.ws_row = 24, .ws_col = 80};
}

static bool
has_lflag(const struct tty *tty, uint32_t flag)
{
    return tty->termios.c_lflag & flag;
}

/* Is c the control character `which`?  0 in c_cc switches one off. */
static bool
is_cc(const struct tty *tty, unsigned which, uint8_t c)
{
    return c && c == tty->termios.c_cc[which];
}

/* --- Output and echo */

size_t
ldisc_output(const struct tty *tty, const uint8_t *s, size_t n, char *out)
{
    uint32_t flags = tty->termios.c_oflag;
    size_t len = 0;

    for (size_t i = 0; i < n; i++) {
        uint8_t c = s[i];

        if (flags & OPOST && flags & OCRNL && c == '\r')
            c = '\n';
        if (flags & OPOST && flags & ONLCR && c == '\n')
            out[len++] = '\r';
        out[len++] = (char)c;
    }
    return len;
}

/* Does c show as ^X? */
static bool
shows_caret(const struct tty *tty, uint8_t c)
{
    return has_lflag(tty, ECHOCTL) &&
           ((c < SPACE && c != '\n' && c != '\t') || c == DEL);
}

static void
echo(const struct tty *tty, uint8_t c)
{
    char out[4];
    size_t n;

    if (!has_lflag(tty, ECHO) &&
        !(c == '\n' && has_lflag(tty, ECHONL) && has_lflag(tty, ICANON)))
        return;
    if (shows_caret(tty, c)) {
        out[0] = '^';
        out[1] = (char)CTRL(c);
        n = 2;
    } else {
        n = ldisc_output(tty, &c, 1, out);
    }
    console_write(out, n);
}

/* --- The ring; all with input_lock held */

static void
store(struct tty *tty, uint8_t c, bool ends_line)
{
    uint32_t i = tty->head % TTY_BUF;

    tty->buf[i] = c;
    if (ends_line)
        bitmap_set(tty->line_end, i);
    else
        bitmap_clear(tty->line_end, i);
    tty->head++;
    if (ends_line || !has_lflag(tty, ICANON))
        tty->done = tty->head;
}

/* Is there room for a byte?  One place is kept for the end of the line. */
static bool
has_room(const struct tty *tty, bool ends_line)
{
    return tty->head - tty->tail < TTY_BUF - (ends_line ? 0 : 1);
}

/* Take the last character of the line back.  => false: the line is empty */
static bool
erase(struct tty *tty)
{
    uint8_t c;

    if (tty->head == tty->done)
        return false;
    do
        c = tty->buf[--tty->head % TTY_BUF];
    while (tty->termios.c_iflag & IUTF8 && (c & 0xc0) == 0x80 &&
           tty->head != tty->done);
    if (has_lflag(tty, ECHO) && has_lflag(tty, ECHOE))
        for (int i = shows_caret(tty, c) ? 2 : 1; i > 0; i--)
            console_write("\b \b", 3);
    return true;
}

static void
erase_word(struct tty *tty)
{
    bool in_word = false;

    while (tty->head != tty->done) {
        uint8_t c = tty->buf[(tty->head - 1) % TTY_BUF];
        bool blank = c == SPACE || c == '\t';

        if (in_word && blank)
            break;
        in_word = in_word || !blank;
        erase(tty);
    }
}

static void
ldisc_flush_locked(struct tty *tty)
{
    tty->tail = tty->done = tty->head;
}

/* --- Receiving */

/* => true: c was a command to the line editor */
static bool
edit(struct tty *tty, uint8_t c)
{
    bool ends_line = c == '\n' || is_cc(tty, VEOL, c) || is_cc(tty, VEOL2, c);

    if (is_cc(tty, VERASE, c)) {
        erase(tty);
    } else if (is_cc(tty, VKILL, c)) {
        while (erase(tty))
            continue;
        if (has_lflag(tty, ECHOK) && !has_lflag(tty, ECHOKE))
            echo(tty, '\n');
    } else if (is_cc(tty, VWERASE, c) && has_lflag(tty, IEXTEN)) {
        erase_word(tty);
    } else if (is_cc(tty, VEOF, c)) {
        if (has_room(tty, true))
            store(tty, 0, true);
    } else if (ends_line) {
        if (has_room(tty, true)) {
            store(tty, c, true);
            echo(tty, c);
        }
    } else {
        return false;
    }
    return true;
}

/* The signal that c stands for, or 0. */
static int
signal_of(const struct tty *tty, uint8_t c)
{
    if (!has_lflag(tty, ISIG))
        return 0;
    if (is_cc(tty, VINTR, c))
        return SIGINT;
    if (is_cc(tty, VQUIT, c))
        return SIGQUIT;
    return is_cc(tty, VSUSP, c) ? SIGTSTP : 0;
}

static void
receive_char(struct tty *tty, uint8_t c)
{
    uint32_t iflag = tty->termios.c_iflag;
    int sig;

    if (c == '\r' && iflag & IGNCR)
        return;
    if (c == '\r' && iflag & ICRNL)
        c = '\n';
    else if (c == '\n' && iflag & INLCR)
        c = '\r';
    sig = signal_of(tty, c);
    if (sig) {
        if (!has_lflag(tty, NOFLSH))
            ldisc_flush_locked(tty);
        echo(tty, c);
        if (READ_ONCE(tty->pgrp) > 0)
            signal_group(tty->pgrp, sig, NULL);
        return;
    }
    if (has_lflag(tty, ICANON) && edit(tty, c))
        return;
    if (has_room(tty, false)) {
        store(tty, c, false);
        echo(tty, c);
    }
}

void
ldisc_receive(struct tty *tty, const uint8_t *data, size_t n)
{
    spin_lock(&tty->input_lock);
    for (size_t i = 0; i < n; i++)
        receive_char(tty, data[i]);
    spin_unlock(&tty->input_lock);
    if (ldisc_available(tty))
        wake_up_all(&tty->readable);
}

/* --- Reading */

uint32_t
ldisc_available(const struct tty *tty)
{
    return READ_ONCE(tty->done) - READ_ONCE(tty->tail);
}

size_t
ldisc_take(struct tty *tty, uint8_t *to, size_t n, bool *end)
{
    bool lines, eof = false;
    size_t got = 0;

    *end = false;
    spin_lock(&tty->input_lock);
    lines = has_lflag(tty, ICANON);
    /* A ^D right behind the n-th byte is swallowed with it. */
    while (!*end && tty->tail != tty->done) {
        uint32_t i = tty->tail % TTY_BUF;
        bool marked = lines && bitmap_test(tty->line_end, i);

        eof = marked && tty->buf[i] == 0;
        if (got == n && !eof)
            break;
        if (!eof)
            to[got++] = tty->buf[i];
        *end = marked;
        tty->tail++;
    }
    spin_unlock(&tty->input_lock);
    return got;
}

void
ldisc_flush(struct tty *tty)
{
    spin_lock(&tty->input_lock);
    ldisc_flush_locked(tty);
    spin_unlock(&tty->input_lock);
}

void
ldisc_set_termios(struct tty *tty, const struct termios *t, bool flush)
{
    spin_lock(&tty->input_lock);
    if (flush)
        ldisc_flush_locked(tty);
    tty->termios = *t;
    /* What was typed before can be read in the new mode. */
    if (!has_lflag(tty, ICANON))
        tty->done = tty->head;
    spin_unlock(&tty->input_lock);
    wake_up_all(&tty->readable); /* VMIN may be less now */
}
