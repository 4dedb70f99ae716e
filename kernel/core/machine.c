/* SPDX-License-Identifier: MIT */
/*
 * machine.c - reading the device tree into struct machine, and ending the
 * machine.
 *
 * There is a small reader for each kind of node; it is shown every node of the
 * tree, and takes what it knows.  The harts are read before the interrupt
 * controller, which refers to them.
 *
 * The tree comes from outside: whatever it says is checked, and a tree that a
 * kernel cannot live with is an error, not a panic.  Devices that are missing
 * or make no sense are left out; their drivers then find nothing.
 *
 * Locks: none; the boot hart alone, before other harts run.
 */
#include "core/machine.h"

#include "core/fdt.h"
#include "core/panic.h"
#include "core/printk.h"
#include "include/errno.h"
#include "lib/string.h"
#include "riscv/memlayout.h"
#include "riscv/sbi.h"
#include "riscv/timer.h"

/* What the sifive,test1 register takes. */
enum {
    TEST_PASS = 0x5555,
    TEST_FAIL = 0x3333, /* exit status in the upper half */
    TEST_RESET = 0x7777,
    TEST_STATUS_SHIFT = 16,
};

enum {
    MIN_TIMEBASE_HZ = 100000,    /* less: ticks would follow each other */
    MAX_DEVICE_BYTES = 64 << 20, /* of registers: a PLIC's, which has most */
    MIN_SPARE_BYTES = 1 << 20,   /* RAM behind the kernel, to boot in */
    MAX_PHYSICAL_BITS = 56,      /* Sv39 */
};

struct machine machine;
static struct fdt fdt;
static bool boot_hart_seen;
static uint32_t boot_intc; /* phandle of its interrupt controller */

/* Insert by address.  What is empty or makes no sense is left out. */
static void
add_range(struct device_list *list, struct device_info d)
{
    unsigned i = list->nr;

    if (d.size == 0 || d.base + d.size < d.base)
        return;
    if (i == MACHINE_MAX_RANGES) {
        pr_warn("device tree: the range at 0x%lx is one too many", d.base);
        return;
    }
    for (; i > 0 && list->range[i - 1].base > d.base; i--)
        list->range[i] = list->range[i - 1];
    list->range[i] = d;
    list->nr++;
}

/*
 * RAM; what the firmware keeps of it (a child of /reserved-memory); what the
 * boot loader tells the kernel.
 */
static void
read_memory_or_chosen(void)
{
    struct device_list *list = NULL;
    struct device_info d = {0};

    if (fdt_has_string(&fdt, "device_type", "memory"))
        list = &machine.ram;
    else if (fdt.depth > 2 && strcmp(fdt.path[1].name, "reserved-memory") == 0)
        list = &machine.nomap;
    for (unsigned i = 0; list && fdt_reg(&fdt, i, &d.base, &d.size) == 0; i++)
        add_range(list, d);
    if (fdt.depth == 2 && strcmp(fdt.path[1].name, "chosen") == 0) {
        machine.bootargs = fdt_string(&fdt, "bootargs");
        machine.rng_seed = fdt_prop(&fdt, "rng-seed", &machine.rng_seed_len);
    }
}

/*
 * A hart, or the interrupt controller inside of its node.  The firmware told us
 * the id of the boot hart, which is number 0 whatever its place in the tree;
 * the others are numbered as they come.  The timebase stands in the node above
 * them or in each, and is the same.
 */
static void
read_hart(void)
{
    static bool in_boot_hart; /* was the last hart that one? */
    uint64_t id, size;
    const char *isa;
    uint32_t hz;

    if (fdt_u32(&fdt, "timebase-frequency", 0, &hz) == 0)
        timebase_hz = hz;
    if (in_boot_hart && fdt_has_string(&fdt, "compatible", "riscv,cpu-intc"))
        fdt_u32(&fdt, "phandle", 0, &boot_intc);
    if (!fdt_has_string(&fdt, "device_type", "cpu"))
        return;
    in_boot_hart = false;
    if (!fdt_available(&fdt) || fdt_reg(&fdt, 0, &id, &size) < 0)
        return;
    if (id > MAX_HART_ID ||
        (id == hart_ids[0] ? boot_hart_seen : nr_harts == MAX_HARTS)) {
        pr_warn("hart %lu is left out", id);
    } else if (id != hart_ids[0]) {
        hart_ids[nr_harts++] = id;
    } else {
        in_boot_hart = boot_hart_seen = true;
        /* The ISA string is letters, then extensions, each behind a _. */
        isa = fdt_string(&fdt, "riscv,isa");
        for (; isa && (isa = strchr(isa, '_')); isa++)
            timer_has_sstc |= strncmp(isa, "_sstc", 5) == 0 &&
                              (isa[5] == '_' || isa[5] == '\0');
    }
}

/*
 * The number of the boot hart's S-mode context.  The property lists a pair for
 * each context, in the order of their numbers: whose interrupt controller, and
 * which of its inputs (9: external interrupts for S-mode, 11: for M-mode).
 * If it has none, no device can interrupt us: there are no sources.
 */
static void
read_plic(void)
{
    uint32_t phandle, cause;

    for (unsigned i = 0;
         fdt_u32(&fdt, "interrupts-extended", 2 * i, &phandle) == 0 &&
         fdt_u32(&fdt, "interrupts-extended", 2 * i + 1, &cause) == 0;
         i++)
        if (cause == IRQ_EXTERNAL && phandle == boot_intc) {
            machine.plic_context = i;
            fdt_u32(&fdt, "riscv,ndev", 0, &machine.plic_sources);
        }
}

/*
 * A device that we have a driver for: one of each kind, but any number of
 * virtio slots, most of them empty.
 */
static void
read_device(void)
{
    static const struct {
        const char *compatible;
        struct device_info *device;
    } known[] = {
        {"ns16550a", &machine.uart},
        {"riscv,plic0", &machine.plic},
        {"google,goldfish-rtc", &machine.rtc},
        {"sifive,test1", &machine.test},
    };
    struct device_info d = {0};

    if (!fdt_available(&fdt) || fdt_reg(&fdt, 0, &d.base, &d.size) < 0 ||
        d.base >> MAX_PHYSICAL_BITS || d.size > MAX_DEVICE_BYTES)
        return;
    fdt_u32(&fdt, "interrupts", 0, &d.irq);
    if (fdt_has_string(&fdt, "compatible", "virtio,mmio"))
        add_range(&machine.virtio, d);
    for (unsigned i = 0; i < ARRAY_SIZE(known); i++) {
        struct device_info *device = known[i].device;

        if (device->size ||
            !fdt_has_string(&fdt, "compatible", known[i].compatible))
            continue;
        *device = d; /* the first of its kind */
        if (device == &machine.plic)
            read_plic();
    }
}

/* Is all of the kernel in RAM, with some behind it, and none of it reserved? */
static bool
kernel_in_ram(void)
{
    const struct device_info *ram = machine.ram.range;
    const struct device_info *nomap = machine.nomap.range;
    paddr_t start = __pa(_kernel_start), end = __pa(_kernel_end);
    bool found = false;

    for (unsigned i = 0; i < machine.ram.nr; i++)
        found |= ram[i].base <= start &&
                 end + MIN_SPARE_BYTES <= ram[i].base + ram[i].size;
    for (unsigned i = 0; i < machine.nomap.nr; i++)
        found &= end <= nomap[i].base || nomap[i].base + nomap[i].size <= start;
    return found;
}

int
machine_init(paddr_t dtb)
{
    /* The boot page table maps this much; the tree must lie in it. */
    paddr_t start = __pa(DIRECT_MAP_BASE);
    paddr_t end = start + ((uint64_t)BOOT_MAP_GIGABYTES << GIGABYTE_SHIFT);
    struct device_info d = {.base = dtb};
    const char *missing;

    if (dtb < start || dtb >= end || dtb % sizeof(uint64_t) ||
        fdt_open(&fdt, __va(dtb), end - dtb) < 0) {
        pr_err("device tree: there is none");
        return -EINVAL;
    }
    d.size = fdt.header.size;
    add_range(&machine.reserved, d);
    for (unsigned i = 0; fdt_reservation(&fdt, i, &d.base, &d.size) == 0; i++)
        add_range(&machine.reserved, d);
    while (fdt_next(&fdt) > 0) {
        read_memory_or_chosen();
        read_hart();
    }
    while (fdt_next(&fdt) > 0)
        read_device();
    missing = !kernel_in_ram()                ? "memory"
              : !boot_hart_seen               ? "boot hart"
              : timebase_hz < MIN_TIMEBASE_HZ ? "timebase"
                                              : NULL;
    if (missing)
        pr_err("device tree: no usable %s", missing);
    return missing ? -EINVAL : 0;
}

/*
 * The test device ends QEMU at once, with a status; the firmware, which can do
 * without one only, is for machines that have no such device.
 */
static _Noreturn void
end_machine(uint32_t test_value)
{
    if (machine.test_device)
        *machine.test_device = test_value;
    sbi_system_reset(test_value == TEST_RESET,
                     (uint16_t)test_value == TEST_FAIL);
    for (;;)
        wait_for_interrupt();
}

void
machine_poweroff(int status)
{
    end_machine(status ? (uint32_t)status << TEST_STATUS_SHIFT | TEST_FAIL
                       : TEST_PASS);
}

void
machine_reboot(void)
{
    end_machine(TEST_RESET);
}
