/* SPDX-License-Identifier: MIT */
/*
 * main.c - start_kernel(): the table of contents.
 *
 * The layers are brought up from the lowest to the highest, one line each, in
 * the order in which the book describes them and in which they may use each
 * other (DESIGN.md section 3).  Here what the device tree says is handed to
 * those who need it.  All that sleeps runs in the init thread, which in the
 * end becomes the first user program.
 */
#include "block/bio.h"
#include "block/blkdev.h"
#include "core/bootargs.h"
#include "core/cpu.h"
#include "core/machine.h"
#include "core/panic.h"
#include "core/printk.h"
#include "core/rng.h"
#include "dev/rtc.h"
#include "dev/uart.h"
#include "dev/virtio_blk.h"
#include "fs/fs.h"
#include "lib/macros.h"
#include "mm/memblock.h"
#include "mm/mm_init.h"
#include "mm/page_alloc.h"
#include "mm/vmalloc.h"
#include "proc/exec.h"
#include "proc/fork.h"
#include "riscv/mmu.h"
#include "riscv/plic.h"
#include "riscv/timer.h"
#include "riscv/trap.h"
#include "sched/sched.h"
#include "syscall/syscall.h"
#include "vm/mm.h"
#include "vm/pagecache.h"
#include "vm/reclaim.h"

enum { STACK_LIMIT = 8 << 20, NAME_LEN = 64 };

_Noreturn void start_kernel(uint64_t hart_id, uint64_t dtb);

/* The machine: harts, clock, address spaces, randomness. */
static void
init_machine(uint64_t dtb)
{
    if (machine_init(dtb) < 0)
        machine_poweroff(1);
    timer_init(machine.timebase_hz, machine.has_sstc);
    hart_init_local();
    bootargs_init(machine.bootargs);
    if (bootarg_get_bool("quiet", false))
        console_set_level(LOG_ERR);
    mmu_init_asids((unsigned)bootarg_get_u64("asidbits", 16));
    rng_init(machine.rng_seed, machine.rng_seed_len);
    printk("Folio: %u hart(s), boot hart %lu, timebase %lu Hz, %s timer",
           nr_cpus, hart_ids[0], timebase_hz,
           machine.has_sstc ? "Sstc" : "SBI");
    printk("Command line: %s", bootargs_line());
}

/* Page frames, slab, kernel address space. */
static void
init_memory(void)
{
    for (unsigned i = 0; i < machine.nr_ram; i++)
        memblock_add(machine.ram[i].start, machine.ram[i].size);
    for (unsigned i = 0; i < machine.nr_reserved; i++) {
        struct mem_range *r = &machine.reserved[i];

        if (r->nomap)
            memblock_reserve_nomap(r->start, r->size);
        else
            memblock_reserve(r->start, r->size);
    }
    mm_init();
}

/* Interrupts, console, clock, disks. */
static void
init_devices(void)
{
    struct plic_config plic = {
        .base = ioremap(machine.plic.base, machine.plic.size),
        .nr_sources = machine.plic_sources,
        .context = machine.plic_context[0],
    };

    if (machine.test.size)
        machine_set_test_device(ioremap(machine.test.base, machine.test.size));
    if (plic.base)
        plic_init(&plic);
    uart_init();
    rtc_init();
    bio_init();
    virtio_blk_init();
}

/* --- The init thread */

/* What the disk holds cannot be used: no bug of ours, so no panic. */
static _Noreturn void
give_up(void)
{
    pr_err("Folio cannot go on: powering off");
    machine_poweroff(1);
}

static void
set_default_limits(struct task *t)
{
    for (int i = 0; i < RLIM_NLIMITS; i++)
        t->rlim[i] = (struct rlimit){RLIM_INFINITY, RLIM_INFINITY};
    t->rlim[RLIMIT_STACK].rlim_cur = STACK_LIMIT;
    t->rlim[RLIMIT_NOFILE] = (struct rlimit){FD_MAX, FD_MAX};
    t->rlim[RLIMIT_CORE].rlim_cur = 0;
}

static void
mount_the_root(void)
{
    char name[NAME_LEN] = "vda1";
    struct fs_context first = {
        .lock = SPINLOCK_INIT(RANK_FILES, "fs_context"),
        .umask = 022,
    };
    int err;

    bootarg_get_str("root", name, sizeof(name));
    err = mount_root(name, bootarg_get_bool("ro", false));
    if (err) {
        pr_err("cannot mount the root file system on %s: error %d", name, err);
        give_up();
    }
    first.root = first.cwd = next_super(NULL)->root;
    current->files = files_alloc();
    current->fs = fs_context_copy(&first);
    if (!current->files || !current->fs)
        panic("no memory for init");
}

static _Noreturn void
run_init(void)
{
    char given[NAME_LEN] = "";
    const char *const programs[] = {given, "/bin/init", "/sbin/init",
                                    "/bin/sh"};
    const char *const env[] = {"HOME=/root", "PATH=/bin", "TERM=vt100", NULL};

    bootarg_get_str("init", given, sizeof(given));
    for (unsigned i = 0; i < ARRAY_SIZE(programs); i++) {
        const char *const argv[] = {programs[i], NULL};
        int err;

        if (!*programs[i])
            continue;
        err = kernel_execve(programs[i], argv, env);
        if (!err)
            ret_to_user(current->thread.frame);
        pr_warn("cannot run %s: error %d", programs[i], err);
    }
    pr_err("no init found");
    give_up();
}

static void
init_thread(void *arg)
{
    (void)arg;
    reclaim_start();
    writeback_start();
    cpu_start_all(idle_loop);
    blkdev_scan();
    set_default_limits(current);
    mount_the_root();
    printk("Folio is up: %lu kB free", global_free_pages() * PAGE_SIZE / 1024);
    run_init();
}

/*
 * The boot hart arrives here from riscv/entry.S: paging on with the boot page
 * table, interrupts off, on the boot stack.
 */
void
start_kernel(uint64_t hart_id, uint64_t dtb)
{
    cpu_init_boot(hart_id);
    init_machine(dtb);
    init_memory();
    sched_init();
    init_devices();
    mm_cache_init();
    pagecache_init();
    fs_init();
    syscall_init();
    spawn_init(init_thread);
    idle_loop();
}
