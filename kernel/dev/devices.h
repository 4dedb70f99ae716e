/* SPDX-License-Identifier: MIT */
/*
 * devices.h - the drivers.  Each finds its devices in `machine`; where there is
 * none nothing happens.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * The serial console, an NS16550A: becomes printk's console, and its interrupt
 * is enabled.  => after ioremap and plic_init
 */
void uart_init(void);

/*
 * dev <- tty: characters came in.  => interrupt, no spinlock held; must not
 * sleep.  ^P (0x10) never arrives: it shows the state of the system.
 */
extern void (*serial_receive)(const uint8_t *data, size_t n);

/* Set the realtime clock from the Goldfish RTC. */
void rtc_init(void);

/*
 * Find the disks among the virtio slots and register them: vda, vdb, ... by
 * slot address.  => after plic_init; does not sleep
 */
void virtio_blk_init(void);
