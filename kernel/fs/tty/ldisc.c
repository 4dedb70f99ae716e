/* SPDX-License-Identifier: MIT */
/*
 * ldisc.c - the line discipline: what happens between the keys and read(2).
 *
 * Each character that comes in is translated (CR to NL), may be a signal
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
 * Not done: stopping output (IXON), parity and breaks, quoting (VLNEXT), other
 * ends of a line (VEOL), other translations than CR to NL and back; erasing a
 * tab by its width; ECHOK and ECHOKE: a killed line disappears.
 */
#include "fs/tty/ldisc.h"

#include "core/printk.h"
#include "sched/signal.h"

enum { DEL = 0x7f, SPACE = ' ', LINE_END = 0x100 };

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
        if (s[i] == '\n' && flags & OPOST && flags & ONLCR)
            out[len++] = '\r';
        out[len++] = (char)s[i];
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

/* Store and show; nothing if there is no room (I2). */
static void
store(struct tty *tty, uint16_t c)
{
    if (tty->head - tty->tail >= TTY_BUF - (c & LINE_END ? 0 : 1))
        return;
    tty->buf[tty->head++ % TTY_BUF] = c;
    if (c & LINE_END || !has_lflag(tty, ICANON))
        tty->done = tty->head;
    if (c != LINE_END) /* ^D */
        echo(tty, (uint8_t)c);
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
            console_write("\b \b\b \b", shows_caret(tty, c) ? 6 : 3);
        if (which == VERASE)
            break;
    }
}

/* --- Receiving */

/*
 * The keys that are signals (if ISIG), and those that edit a line (if lines are
 * made).  The first that fits counts; none: the character is stored.
 */
static const struct {
    uint8_t cc;
    int sig; /* or 0 */
} keys[] = {
    {VINTR, SIGINT}, {VQUIT, SIGQUIT}, {VSUSP, SIGTSTP},
    {VERASE, 0},     {VKILL, 0},       {VWERASE, 0},
};

/* => input_lock held */
static void
receive_char(struct tty *tty, uint8_t c)
{
    bool lines = has_lflag(tty, ICANON);
    unsigned k = 0;

    if (c == '\r' && tty->termios.c_iflag & ICRNL)
        c = '\n';
    while (k < ARRAY_SIZE(keys) &&
           !(is_cc(tty, keys[k].cc, c) &&
             (keys[k].sig ? has_lflag(tty, ISIG) : lines)))
        k++;
    if (k == ARRAY_SIZE(keys)) {
        bool eof = is_cc(tty, VEOF, c);

        if (lines && (eof || c == '\n'))
            store(tty, LINE_END | (eof ? 0 : c));
        else
            store(tty, c);
    } else if (keys[k].sig) {
        if (!has_lflag(tty, NOFLSH))
            tty->tail = tty->done = tty->head;
        echo(tty, c);
        if (READ_ONCE(tty->pgrp) > 0)
            signal_group(tty->pgrp, keys[k].sig, NULL);
    } else {
        erase(tty, keys[k].cc);
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

/* One lock for all three counters: ^C forgets what is there, so moves tail. */
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
ldisc_change(struct tty *tty, const struct termios *t, bool flush)
{
    spin_lock(&tty->input_lock);
    if (flush)
        tty->tail = tty->done = tty->head;
    if (t)
        tty->termios = *t;
    /* What was typed before can be read in the new mode. */
    if (!has_lflag(tty, ICANON))
        tty->done = tty->head;
    spin_unlock(&tty->input_lock);
    wake_up_all(&tty->readable);
}
