/* SPDX-License-Identifier: MIT */
/*
 * machine.c - reading the device tree into struct machine, and ending the
 * machine.
 *
 * The tree comes from outside: whatever it says is checked, and a tree that a
 * kernel cannot live with is an error, not a panic.  Devices that are missing
 * or make no sense are left out; their drivers then find nothing.
 */
#include "core/machine.h"

#include "core/fdt.h"
#include "core/panic.h"
#include "core/printk.h"
#include "include/errno.h"
#include "lib/macros.h"
#include "lib/string.h"
#include "riscv/csr.h"
#include "riscv/memlayout.h"
#include "riscv/sbi.h"

/* What the sifive,test1 register takes. */
enum {
    TEST_PASS = 0x5555,
    TEST_FAIL = 0x3333, /* exit status in the upper half */
    TEST_RESET = 0x7777,
    TEST_STATUS_SHIFT = 16,
};

struct machine machine;
static struct fdt fdt;
static volatile uint32_t *test_device;

static int
missing(const char *what)
{
    pr_err("device tree: no usable %s", what);
    return -EINVAL;
}

/* The boot page table maps this much; the tree must lie in it. */
static int
open_tree(paddr_t dtb)
{
    paddr_t start = __pa(DIRECT_MAP_BASE);
    paddr_t end = start + ((uint64_t)BOOT_MAP_GIGABYTES << GIGABYTE_SHIFT);

    if (dtb < start || dtb >= end || dtb % sizeof(uint64_t) ||
        fdt_open(&fdt, __va(dtb), end - dtb) < 0)
        return missing("header");
    return 0;
}

static void
add_reserved(paddr_t start, uint64_t size, bool nomap)
{
    if (size == 0)
        return;
    if (machine.nr_reserved == MACHINE_MAX_RANGES) {
        pr_warn("device tree: too many reserved ranges");
        return;
    }
    machine.reserved[machine.nr_reserved++] =
        (struct mem_range){start, size, nomap};
}

static void
read_reserved(paddr_t dtb)
{
    uint64_t start, size;
    int parent = fdt_path(&fdt, "/reserved-memory");
    int depth = 0;

    add_reserved(dtb, fdt.size, false);
    for (unsigned i = 0; fdt_reservation(&fdt, i, &start, &size) == 0; i++)
        add_reserved(start, size, false);
    if (parent < 0)
        return;
    for (int n = fdt_next_node(&fdt, parent, &depth); n >= 0 && depth > 0;
         n = fdt_next_node(&fdt, n, &depth))
        for (unsigned i = 0; fdt_reg(&fdt, n, i, &start, &size) == 0; i++)
            add_reserved(start, size, true);
}

/* Insert by address; mm/ joins what touches. */
static void
add_ram(paddr_t start, uint64_t size)
{
    unsigned i = machine.nr_ram;

    if (size == 0 || start + size < start || i == MACHINE_MAX_RANGES)
        return;
    for (; i > 0 && machine.ram[i - 1].start > start; i--)
        machine.ram[i] = machine.ram[i - 1];
    machine.ram[i] = (struct mem_range){start, size, false};
    machine.nr_ram++;
}

static int
read_ram(void)
{
    uint64_t start, size;

    for (int n = -1; (n = fdt_find_type(&fdt, n, "memory")) >= 0;)
        for (unsigned i = 0; fdt_reg(&fdt, n, i, &start, &size) == 0; i++)
            add_ram(start, size);
    return machine.nr_ram ? 0 : missing("memory");
}

/* Does the ISA string, letters then _extensions, have this extension? */
static bool
isa_has(const char *isa, const char *extension)
{
    size_t len = strlen(extension);

    while ((isa = strchr(isa, '_')) != NULL) {
        isa++;
        if (strncmp(isa, extension, len) == 0 &&
            (isa[len] == '\0' || isa[len] == '_'))
            return true;
    }
    return false;
}

/* The phandle of the interrupt controller in a cpu node; 0: none. */
static uint32_t
cpu_intc(int cpu)
{
    uint32_t phandle = 0;
    int depth = 0;

    for (int n = fdt_next_node(&fdt, cpu, &depth); n >= 0 && depth > 0;
         n = fdt_next_node(&fdt, n, &depth))
        if (fdt_has_string(&fdt, n, "compatible", "riscv,cpu-intc"))
            fdt_u32(&fdt, n, "phandle", 0, &phandle);
    return phandle;
}

/* The number of a hart id among ours, a new one if there is room; or -1. */
static int
hart_number(uint64_t id)
{
    for (unsigned i = 0; i < nr_harts; i++)
        if (hart_ids[i] == id)
            return (int)i;
    if (nr_harts == MAX_HARTS || id > MAX_HART_ID) {
        pr_warn("hart %lu is left out", id);
        return -1;
    }
    hart_ids[nr_harts] = id;
    return (int)nr_harts++;
}

static int
read_harts(uint32_t intc[MAX_HARTS])
{
    bool boot_hart_seen = false;
    uint32_t hz = 0;

    for (int n = -1; (n = fdt_find_type(&fdt, n, "cpu")) >= 0;) {
        const char *isa = fdt_string(&fdt, n, "riscv,isa");
        uint64_t id, size;

        if (!fdt_available(&fdt, n) || fdt_reg(&fdt, n, 0, &id, &size) < 0)
            continue;

        int i = hart_number(id);

        if (i < 0)
            continue;
        intc[i] = cpu_intc(n);
        if (i == 0) {
            boot_hart_seen = true;
            machine.has_sstc = isa && isa_has(isa, "sstc");
        }
        fdt_u32(&fdt, n, "timebase-frequency", 0, &hz);
    }
    fdt_u32(&fdt, fdt_path(&fdt, "/cpus"), "timebase-frequency", 0, &hz);
    machine.timebase_hz = hz;
    if (!boot_hart_seen || hart_ids[0] > MAX_HART_ID)
        return missing("boot hart");
    return hz ? 0 : missing("timebase");
}

static void
read_device(int node, struct device_info *d)
{
    if (node < 0 || !fdt_available(&fdt, node) ||
        fdt_reg(&fdt, node, 0, &d->base, &d->size) < 0)
        return;
    fdt_u32(&fdt, node, "interrupts", 0, &d->irq);
}

static void
read_plic(const uint32_t intc[MAX_HARTS])
{
    int node = fdt_find_compatible(&fdt, -1, "sifive,plic-1.0.0");
    uint32_t phandle, cause;

    if (node < 0)
        node = fdt_find_compatible(&fdt, -1, "riscv,plic0");
    if (node < 0)
        return;
    read_device(node, &machine.plic);
    fdt_u32(&fdt, node, "riscv,ndev", 0, &machine.plic_sources);
    for (unsigned c = 0;
         fdt_u32(&fdt, node, "interrupts-extended", 2 * c, &phandle) == 0 &&
         fdt_u32(&fdt, node, "interrupts-extended", 2 * c + 1, &cause) == 0;
         c++)
        for (unsigned i = 0; i < nr_harts; i++)
            if (cause == IRQ_EXTERNAL && phandle == intc[i])
                machine.plic_context[i] = c;
}

/* QEMU lists the slots with the highest address first. */
static void
read_virtio(void)
{
    for (int n = -1; (n = fdt_find_compatible(&fdt, n, "virtio,mmio")) >= 0;) {
        struct device_info d = {0};
        unsigned i = machine.nr_virtio;

        read_device(n, &d);
        if (d.size == 0 || i == MACHINE_MAX_VIRTIO)
            continue;
        for (; i > 0 && machine.virtio[i - 1].base > d.base; i--)
            machine.virtio[i] = machine.virtio[i - 1];
        machine.virtio[i] = d;
        machine.nr_virtio++;
    }
}

static void
read_devices(const uint32_t intc[MAX_HARTS])
{
    int uart = fdt_find_compatible(&fdt, -1, "ns16550a");

    read_plic(intc);
    read_virtio();
    read_device(uart, &machine.uart);
    fdt_u32(&fdt, uart, "clock-frequency", 0, &machine.uart_clock_hz);
    fdt_u32(&fdt, uart, "reg-shift", 0, &machine.uart_reg_shift);
    read_device(fdt_find_compatible(&fdt, -1, "google,goldfish-rtc"),
                &machine.rtc);
    read_device(fdt_find_compatible(&fdt, -1, "sifive,test1"), &machine.test);
}

int
machine_init(paddr_t dtb)
{
    uint32_t intc[MAX_HARTS] = {0};
    int error = open_tree(dtb);

    if (!error)
        error = read_ram();
    if (!error)
        error = read_harts(intc);
    if (error)
        return error;
    read_reserved(dtb);
    read_devices(intc);

    int chosen = fdt_path(&fdt, "/chosen");

    if (chosen >= 0) {
        machine.bootargs = fdt_string(&fdt, chosen, "bootargs");
        machine.rng_seed =
            fdt_prop(&fdt, chosen, "rng-seed", &machine.rng_seed_len);
    }
    return 0;
}

void
machine_set_test_device(volatile uint32_t *regs)
{
    test_device = regs;
}

void
machine_poweroff(int status)
{
    if (test_device)
        *test_device = status
                           ? (uint32_t)status << TEST_STATUS_SHIFT | TEST_FAIL
                           : TEST_PASS;
    sbi_shutdown(status != 0);
    for (;;)
        wait_for_interrupt();
}

void
machine_reboot(void)
{
    if (test_device)
        *test_device = TEST_RESET;
    sbi_reboot();
    for (;;)
        wait_for_interrupt();
}
