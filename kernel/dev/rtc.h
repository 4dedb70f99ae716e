/* SPDX-License-Identifier: MIT */
#ifndef DEV_RTC_H
#define DEV_RTC_H

/* Set the realtime clock from the Goldfish RTC, if the machine has one. */
void rtc_init(void);

#endif
