/* SPDX-License-Identifier: MIT */
/* uart.h - the serial console, an NS16550A.  See uart.c. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Find the device in `machine`, make it printk's console, enable its
 * interrupt.  => after ioremap and plic_init; without one nothing happens
 */
void uart_init(void);

/*
 * dev <- tty: characters came in.  => interrupt, no spinlock held; must not
 * sleep.  ^P (0x10) never arrives: it shows the state of the system.
 */
struct serial_ops {
    void (*receive)(const uint8_t *data, size_t n);
};
void serial_register(const struct serial_ops *ops);
