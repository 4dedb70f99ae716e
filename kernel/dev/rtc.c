/* SPDX-License-Identifier: MIT */
/*
 * rtc.c - the Goldfish real-time clock: nanoseconds since 1970 in two words.
 * Reading the low one latches the high one, so it comes first.  It is read
 * once; from then on the hart's counter tells the time.
 */
#include "dev/devices.h"

#include "core/machine.h"
#include "mm/vmalloc.h"
#include "sched/timer.h"

enum { RTC_TIME_LOW = 0, RTC_TIME_HIGH = 1 }; /* 32-bit registers */

void
rtc_init(void)
{
    const volatile uint32_t *regs = ioremap(machine.rtc.base, machine.rtc.size);
    uint64_t low, high;

    if (!regs)
        return;
    low = regs[RTC_TIME_LOW];
    high = regs[RTC_TIME_HIGH];
    clock_set_realtime((int64_t)(high << 32 | low));
}
