/* SPDX-License-Identifier: MIT */
/*
 * uart.c - the serial console, an NS16550A.
 *
 * Output is synchronous: whoever writes waits until the device has taken the
 * bytes, a FIFO's worth at a time.  So what was printed is out when the next
 * thing goes wrong.  Input comes by interrupt and goes to the terminal
 * driver.
 *
 * Nothing is translated: who prints lines ends them with "\r\n".
 *
 * Locks: output runs under printk's console lock, input in the interrupt
 * handler of hart 0 alone; the two use different registers.
 *
 * Not done: setting speed and format, which the firmware has done; registers
 * that lie further apart (reg-shift); interrupt-driven output, which would let
 * a program go on while its text crawls out.
 */
#include "dev/devices.h"

#include "core/machine.h"
#include "core/panic.h"
#include "core/printk.h"
#include "mm/vmalloc.h"
#include "riscv/plic.h"

enum { /* registers, a byte each */
       UART_DATA = 0,
       UART_IER = 1, /* interrupt enable */
       UART_FCR = 2, /* FIFO control */
       UART_LSR = 5, /* line status */
       IER_RECEIVE = 0x01,
       FCR_ENABLE_AND_CLEAR = 0x07,
       LSR_DATA_READY = 0x01,
       LSR_SEND_EMPTY = 0x20,
};

enum {
    FIFO_BYTES = 16,
    MAX_POLLS = 1000000,    /* then the device is broken: drop the output */
    SHOW_STATE_CHAR = 0x10, /* ^P */
};

static volatile uint8_t *regs;
void (*serial_receive)(const uint8_t *data, size_t n);

/* printk's sink.  => console lock held */
static void
uart_write(const char *s, size_t n)
{
    while (n > 0) {
        for (unsigned i = 0; !(regs[UART_LSR] & LSR_SEND_EMPTY); i++)
            if (i == MAX_POLLS)
                return;
        for (unsigned i = 0; i < FIFO_BYTES && n > 0; i++, n--)
            regs[UART_DATA] = (uint8_t)*s++;
    }
}

static void
uart_interrupt(void *arg __maybe_unused)
{
    uint8_t buf[FIFO_BYTES];
    size_t n = 0;

    while (n < sizeof(buf) && regs[UART_LSR] & LSR_DATA_READY) {
        buf[n] = regs[UART_DATA];
        if (buf[n] == SHOW_STATE_CHAR)
            show_state();
        else
            n++;
    }
    if (n > 0 && serial_receive)
        serial_receive(buf, n);
}

void
uart_init(void)
{
    const struct device_info *dev = &machine.uart;

    regs = ioremap(dev->base, dev->size);
    if (!regs)
        return; /* the firmware's console stays */
    regs[UART_IER] = 0;
    regs[UART_FCR] = FCR_ENABLE_AND_CLEAR;
    console_sink = uart_write;
    if (irq_register(dev->irq, uart_interrupt, NULL) == 0)
        regs[UART_IER] = IER_RECEIVE;
    else
        pr_warn("uart: no interrupt, no input");
}
