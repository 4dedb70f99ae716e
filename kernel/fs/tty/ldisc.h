/* SPDX-License-Identifier: MIT */
/*
 * ldisc.h - the terminal's state, and the line discipline; private to tty/.
 *
 * Characters wait in a ring, addressed by counters that only grow:
 *
 *     tail           done             head
 *      | may be read  | being edited   |          (raw: done == head)
 *
 * Keys: (i) input_lock; (P) pid_lock.
 */
#pragma once

#include "include/ioctl.h"
#include "include/termios.h"
#include "lib/types.h"
#include "sched/mutex.h"

enum { TTY_BUF = 4096 };

struct tty {
    struct spinlock input_lock; /* RANK_TTY_INPUT */
    struct termios termios;     /* (i), read without */
    struct winsize winsize;     /* set and read without lock */
    uint32_t tail, done, head;  /* (i) see above */
    uint16_t buf[TTY_BUF];      /* (i) characters, LINE_END added to a last */
    struct wait_queue readable;
    struct mutex out_lock; /* RANK_PIPE: one write(2) at a time */
    pid_t sid, pgrp;       /* (P) session, foreground group; 0: none */
};

#define CTRL(c) ((c) ^ 0x40)

/* Characters came in: edit, echo, send signals.  => any context */
void ldisc_receive(struct tty *tty, const uint8_t *data, size_t n);
/* Bytes that could be read now.  Without lock: a guess. */
static inline uint32_t
ldisc_available(const struct tty *tty)
{
    return READ_ONCE(tty->done) - READ_ONCE(tty->tail);
}
/*
 * Take up to n bytes, and no more than a line if lines are made; *end: the
 * line, or the input, ended there.
 */
size_t ldisc_take(struct tty *tty, uint8_t *to, size_t n, bool *end);
/* Forget what came in (flush), then other modes (unless t is NULL). */
void ldisc_change(struct tty *tty, const struct termios *t, bool flush);
/* n bytes as the terminal wants them, into out[2 * n].  => how many */
size_t ldisc_output(const struct tty *tty, const uint8_t *s, size_t n,
                    char *out);
