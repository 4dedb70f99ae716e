/* SPDX-License-Identifier: MIT */
/*
 * timer.h - the clock `time` and one deadline a hart.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "riscv/csr.h"

/* Never: the deadline of a hart that waits for nothing. */
#define TIMER_NEVER UINT64_MAX

extern uint64_t timebase_hz; /* (c) ticks of `time` a second; 0 until known */

/* Boot hart, once: what the device tree says. */
void timer_init(uint64_t timebase, bool has_sstc);

static inline uint64_t
timer_read(void)
{
    return csr_read(time);
}

/* Nanoseconds since the machine was reset. */
uint64_t timer_ns(void);
uint64_t timer_to_ns(uint64_t ticks);
uint64_t timer_from_ns(uint64_t ns); /* rounded up */

/*
 * Interrupt this hart when `time` reaches the deadline; replaces the last.
 * When it fires it is reset to TIMER_NEVER.
 */
void timer_set_deadline(uint64_t time);

/* riscv <- sched: the deadline has passed.  Interrupts off. */
struct timer_ops {
    void (*tick)(void);
};
extern const struct timer_ops *timer_ops;

/* For trap.c. */
void timer_interrupt(void);
