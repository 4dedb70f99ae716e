/* SPDX-License-Identifier: MIT */
/*
 * timer.c - deadlines by the Sstc extension (a CSR write) or by the firmware.
 */
#include "riscv/timer.h"

#include "riscv/sbi.h"

uint64_t timebase_hz;
bool timer_has_sstc;
void (*timer_tick)(void);

/* x * to / from, without overflow for what a clock shows in centuries. */
static uint64_t
scale(uint64_t x, uint64_t to, uint64_t from)
{
    return x / from * to + x % from * to / from;
}

uint64_t
timer_to_ns(uint64_t ticks)
{
    return timebase_hz ? scale(ticks, NSEC_PER_SEC, timebase_hz) : 0;
}

uint64_t
timer_from_ns(uint64_t ns)
{
    uint64_t ticks = scale(ns, timebase_hz, NSEC_PER_SEC);

    return timer_to_ns(ticks) < ns ? ticks + 1 : ticks;
}

void
timer_set_deadline(uint64_t time)
{
    if (timer_has_sstc)
        csr_write(CSR_STIMECMP, time);
    else
        sbi_set_timer(time);
}
