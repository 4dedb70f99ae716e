/* SPDX-License-Identifier: MIT */
/*
 * machine.h - what the device tree says about this machine, once read and
 * checked, for main.c to hand to the init functions of the layers.
 */
#ifndef CORE_MACHINE_H
#define CORE_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/types.h"
#include "riscv/hart.h"

enum { MACHINE_MAX_RANGES = 16, MACHINE_MAX_VIRTIO = 32 };

struct mem_range {
    paddr_t start;
    uint64_t size;
    bool nomap; /* the firmware's own: not to be mapped */
};

/* A memory-mapped device; size 0: there is none. */
struct device_info {
    paddr_t base;
    uint64_t size;
    uint32_t irq; /* 0: none */
};

struct machine {
    struct mem_range ram[MACHINE_MAX_RANGES]; /* by ascending address */
    unsigned nr_ram;
    struct mem_range reserved[MACHINE_MAX_RANGES]; /* incl. device tree */
    unsigned nr_reserved;
    uint64_t timebase_hz;
    bool has_sstc;
    struct device_info uart, plic, rtc, test;
    uint32_t uart_clock_hz;
    uint32_t uart_reg_shift;
    uint32_t plic_sources;
    uint32_t plic_context[MAX_HARTS]; /* S-mode context of hart i */
    struct device_info virtio[MACHINE_MAX_VIRTIO]; /* ascending address */
    unsigned nr_virtio;
    const char *bootargs; /* these two point into the device tree */
    const void *rng_seed;
    size_t rng_seed_len;
};

extern struct machine machine;

/*
 * Read the device tree at physical address dtb: fills `machine`, nr_harts and
 * hart_ids (the boot hart is number 0 already).
 * => 0; -EINVAL, with a line on the console, if the tree is damaged or lacks
 *    what a kernel needs (RAM, the boot hart, the timebase)
 */
int machine_init(paddr_t dtb);

/*
 * The mapped registers of the sifive,test1 device, which can end QEMU with an
 * exit status; without it poweroff and reboot use SBI.
 */
void machine_set_test_device(volatile uint32_t *regs);

#endif
