/* SPDX-License-Identifier: MIT */
/*
 * machine.h - what the device tree says about this machine, once read and
 * checked: for main.c, which hands it to the lower layers, and for drivers.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/types.h"

/* A range of physical addresses: RAM, registers.  Size 0: there is none. */
struct device_info {
    paddr_t base;
    uint64_t size;
    uint32_t irq; /* of a device; 0: none */
};

enum { MACHINE_MAX_RANGES = 32 };

struct device_list {
    struct device_info range[MACHINE_MAX_RANGES]; /* by ascending address */
    unsigned nr;
};

struct machine {
    struct device_list ram;
    struct device_list reserved; /* the device tree's own place, too */
    struct device_list nomap;    /* the firmware's own */
    struct device_list virtio;
    struct device_info uart, plic, rtc, test;
    uint32_t plic_sources;
    uint32_t plic_context; /* S-mode context of the boot hart */
    /*
     * The mapped registers of `test`, by main.c: they can end QEMU with an
     * exit status; without them poweroff and reboot use SBI.
     */
    volatile uint32_t *test_device;
    const char *bootargs; /* these two point into the device tree */
    const void *rng_seed;
    size_t rng_seed_len;
};

extern struct machine machine;

/*
 * Read the device tree at physical address dtb: fills `machine`, nr_harts and
 * hart_ids (the boot hart is number 0 already), timebase_hz and timer_has_sstc.
 * => 0; -EINVAL, with a line on the console, if the tree is damaged or lacks
 *    what a kernel needs (RAM, the boot hart, the timebase)
 */
int machine_init(paddr_t dtb);
