/* SPDX-License-Identifier: MIT */
#pragma once

/* Set the realtime clock from the Goldfish RTC, if the machine has one. */
void rtc_init(void);
