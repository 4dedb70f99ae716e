/* SPDX-License-Identifier: MIT */
/*
 * ldisc.c - the line discipline: what happens between the keys and read(2).
 *
 * Each character that comes in is translated (CR, NL), may be a signal
 * (ISIG), may edit the line (ICANON: erase, kill, word erase, end), and is
 * otherwise stored and echoed.  Lines become readable when they end; in raw
 * mode every byte is at once.
 *
 *   character      cooked (ICANON)                     raw
 *   ^C ^\ ^Z       signal to the foreground, input forgotten (if ISIG)
 *   DEL ^W ^U      a character, a word, the line go    stored
 *   ^D             what is there can be read           stored
 *   NL             stored, the line can be read        stored
 *   others         stored                              stored
 *
 * A line's last byte carries LINE_END.  ^D is stored as a zero with that
 * mark, which read(2) swallows: so a ^D on an empty line reads as nothing,
 * the end of file.
 *
 * Invariants
 *   I1  tail <= done <= head <= tail + TTY_BUF; [done, head) is the line
 *       being edited, and holds no LINE_END.
 *   I2  The last free place of the ring is kept for the end of a line, so
 *       that a line too long can still be ended.
 *
 * Locks: input_lock; pid_lock (signal_group) and the console are taken in it.
 *
 * Not done: stopping output (IXON), parity and breaks, quoting (VLNEXT),
 * erasing a tab by its width; ECHOK and ECHOKE: a killed line disappears.
 */
#include "fs/tty/ldisc.h"

#include "core/printk.h"
#include "sched/signal.h"

enum { DEL = 0x7f, CTRL_BIT = 0x40, SPACE = ' ', LINE_END = 0x100 };
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

    if (!(flags & OPOST))
        flags = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t c = flags & OCRNL && s[i] == '\r' ? '\n' : s[i];

        if (flags & ONLCR && c == '\n')
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

/* Show a character that came in, as far as it is to be shown. */
static void
echo(const struct tty *tty, uint8_t c)
{
    char out[2] = {'^', (char)CTRL(c)};
    size_t n = 2;

    if (!has_lflag(tty, ECHO) && !(c == '\n' && has_lflag(tty, ECHONL)))
        return;
    if (!shows_caret(tty, c))
        n = ldisc_output(tty, &c, 1, out);
    console_write(out, n);
}

/* --- The ring; all with input_lock held */

/* => false: there is no room (I2) */
static bool
store(struct tty *tty, uint16_t c)
{
    if (tty->head - tty->tail >= TTY_BUF - (c & LINE_END ? 0 : 1))
        return false;
    tty->buf[tty->head++ % TTY_BUF] = c;
    if (c & LINE_END || !has_lflag(tty, ICANON))
        tty->done = tty->head;
    return true;
}

/*
 * Take back from the end of the line: VERASE a character, VWERASE a word and
 * the blanks behind it, VKILL all.
 */
static void
erase(struct tty *tty, unsigned which)
{
    bool in_word = false, utf8 = tty->termios.c_iflag & IUTF8;

    while (tty->head != tty->done) {
        uint8_t c = (uint8_t)tty->buf[(tty->head - 1) % TTY_BUF];
        bool blank = c == SPACE || c == '\t';

        if (which == VWERASE && in_word && blank)
            break;
        in_word = in_word || !blank;
        tty->head--;
        if (utf8 && (c & 0xc0) == 0x80)
            continue; /* the character begins further ahead */
        if (has_lflag(tty, ECHO) && has_lflag(tty, ECHOE))
            for (int i = shows_caret(tty, c) ? 2 : 1; i > 0; i--)
                console_write("\b \b", 3);
        if (which == VERASE)
            break;
    }
}

/* --- Receiving */

/* => false: c is an ordinary character of the line */
static bool
edit(struct tty *tty, uint8_t c)
{
    if (is_cc(tty, VERASE, c))
        erase(tty, VERASE);
    else if (is_cc(tty, VKILL, c))
        erase(tty, VKILL);
    else if (is_cc(tty, VWERASE, c) && has_lflag(tty, IEXTEN))
        erase(tty, VWERASE);
    else if (is_cc(tty, VEOF, c))
        store(tty, LINE_END);
    else if (c != '\n' && !is_cc(tty, VEOL, c) && !is_cc(tty, VEOL2, c))
        return false;
    else if (store(tty, c | LINE_END))
        echo(tty, c);
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

/* => input_lock held */
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
            tty->tail = tty->done = tty->head;
        echo(tty, c);
        if (READ_ONCE(tty->pgrp) > 0)
            signal_group(tty->pgrp, sig, NULL);
    } else if (!has_lflag(tty, ICANON) || !edit(tty, c)) {
        if (store(tty, c))
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
    uint16_t mark;
    size_t got = 0;

    *end = false;
    spin_lock(&tty->input_lock);
    mark = has_lflag(tty, ICANON) ? LINE_END : 0;
    while (!*end && tty->tail != tty->done) {
        uint16_t c = tty->buf[tty->tail % TTY_BUF];
        bool eof = mark && c == LINE_END;

        /* A ^D right behind the n-th byte is swallowed with it. */
        if (got == n && !eof)
            break;
        if (!eof)
            to[got++] = (uint8_t)c;
        *end = c & mark;
        tty->tail++;
    }
    spin_unlock(&tty->input_lock);
    return got;
}

void
ldisc_flush(struct tty *tty)
{
    spin_lock(&tty->input_lock);
    tty->tail = tty->done = tty->head;
    spin_unlock(&tty->input_lock);
}

void
ldisc_set_termios(struct tty *tty, const struct termios *t)
{
    spin_lock(&tty->input_lock);
    tty->termios = *t;
    /* What was typed before can be read in the new mode. */
    if (!has_lflag(tty, ICANON))
        tty->done = tty->head;
    spin_unlock(&tty->input_lock);
    wake_up_all(&tty->readable);
}
