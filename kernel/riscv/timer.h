/* SPDX-License-Identifier: MIT */
/*
 * timer.h - the clock `time` and one deadline a hart.
 */
#pragma once

#include <stdbool.h>

#include "riscv/csr.h"

enum { NSEC_PER_SEC = 1000000000 };
/* Never: the deadline of a hart that waits for nothing. */
#define TIMER_NEVER UINT64_MAX

/* (c) What the device tree says. */
extern uint64_t timebase_hz; /* ticks of `time` a second; 0 until known */
extern bool timer_has_sstc;

#define timer_read() csr_read(time)
/* Nanoseconds since the machine was reset. */
#define timer_ns() timer_to_ns(timer_read())
uint64_t timer_to_ns(uint64_t ticks);
uint64_t timer_from_ns(uint64_t ns); /* rounded up */

/*
 * Interrupt this hart when `time` reaches the deadline; replaces the last.
 * When it fires it is reset to TIMER_NEVER.
 */
void timer_set_deadline(uint64_t time);

/* (c) riscv <- sched: the deadline has passed.  Interrupts off. */
extern void (*timer_tick)(void);
