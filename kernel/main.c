/* SPDX-License-Identifier: MIT */
/*
 * main.c - start_kernel(): the table of contents.
 *
 * The layers are brought up from the lowest to the highest, one line each, in
 * the order in which the book describes them and in which they may use each
 * other (DESIGN.md section 3).  Here what the device tree says is handed to
 * those who need it, since the machine layer may not look up to core/, which
 * reads the tree, and nobody shall look for a device twice.
 *
 * The boot hart does this alone, on the boot stack, with interrupts off until
 * the scheduler is there.  All that sleeps runs in the init thread, which in
 * the end becomes the first user program; the boot thread becomes the idle
 * thread of its hart.
 *
 * What the machine or its disk lacks is told and ends in powering off with a
 * failure status: it is no bug of the kernel, so it is no panic.
 *
 * See: doc/boot.md, which says why the order is what it is.
 */
#include "block/blkdev.h"
#include "core/bootargs.h"
#include "core/machine.h"
#include "core/panic.h"
#include "core/printk.h"
#include "core/rng.h"
#include "dev/devices.h"
#include "mm/memblock.h"
#include "mm/vmalloc.h"
#include "proc/elf.h"
#include "proc/futex.h"
#include "proc/proc.h"
#include "riscv/plic.h"
#include "riscv/trap.h"
#include "syscall/syscall.h"
#include "vm/reclaim.h"

enum { STACK_LIMIT = 8 << 20 };
enum { MLOCK_LIMIT = 8 << 20, MLOCK_SHARE = 8 }; /* of RAM, at most */
enum { PAGES_PER_PROCESS = 64 }; /* as Linux, with stacks of four pages */

_Noreturn void start_kernel(uint64_t hart_id, uint64_t dtb);

/* The machine: harts, clock, address spaces, randomness. */
static void
init_machine(uint64_t dtb)
{
    if (machine_init(dtb) < 0)
        machine_poweroff(1);
    hart_init_local();
    bootargs_init(machine.bootargs);
    if (bootarg_get_bool("quiet", false))
        console_level = LOG_ERR;
    mmu_init_asids((unsigned)bootarg_get_size("asidbits", 16));
    rng_init(machine.rng_seed, machine.rng_seed_len);
    printk("Folio: %u hart(s), boot hart %lu, timebase %lu Hz, %s timer",
           nr_cpus, hart_ids[0], timebase_hz, timer_has_sstc ? "Sstc" : "SBI");
    printk("Command line: %s", bootargs_line);
}

static void
add_ranges(struct range_table *to, const struct device_list *from)
{
    for (unsigned i = 0; i < from->nr; i++)
        memblock_add(to, from->range[i].base, from->range[i].size);
}

/* Page frames, slab, kernel address space. */
static void
init_memory(void)
{
    add_ranges(&memblock_ram, &machine.ram);
    add_ranges(&memblock_reserved, &machine.reserved);
    add_ranges(&memblock_reserved, &machine.nomap);
    add_ranges(&memblock_nomap, &machine.nomap);
    mm_init();
}

/* Interrupts, console, clock, disks. */
static void
init_devices(void)
{
    const struct device_info *plic = &machine.plic;

    plic_init(ioremap(plic->base, plic->size), plic->size, machine.plic_sources,
              machine.plic_context);
    machine.test_device = ioremap(machine.test.base, machine.test.size);
    uart_init();
    rtc_init();
    virtio_blk_init();
}

/* --- The init thread */

/* What the first process, and so everybody, may use. */
static void
set_default_limits(struct task *t)
{
    uint64_t lock =
        MIN((uint64_t)MLOCK_LIMIT, total_ram_pages() * PAGE_SIZE / MLOCK_SHARE);
    uint64_t processes = total_ram_pages() / PAGES_PER_PROCESS;

    for (int i = 0; i < RLIM_NLIMITS; i++)
        t->rlim[i] = (struct rlimit){RLIM_INFINITY, RLIM_INFINITY};
    t->rlim[RLIMIT_STACK].rlim_cur = STACK_LIMIT;
    t->rlim[RLIMIT_NOFILE] = (struct rlimit){FD_MAX, FD_MAX};
    t->rlim[RLIMIT_NPROC] = (struct rlimit){processes, processes};
    t->rlim[RLIMIT_MEMLOCK] = (struct rlimit){lock, lock};
    t->rlim[RLIMIT_CORE].rlim_cur = 0;
}

/* Mount what root= names; it is also where the first process is. */
static void
mount_the_root(void)
{
    static struct fs_context first = {
        .lock = SPINLOCK_INIT(RANK_FILES, "files"),
        .umask = 022,
    };
    const char *name = bootarg_find("root") ?: "/dev/vda1";
    int err = mount_root(name, bootarg_get_bool("ro", false));

    if (err) {
        pr_err("cannot mount the root file system on %s: error %d", name, err);
        machine_poweroff(1);
    }
    first.root = first.cwd =
        list_first_entry(&super_blocks, struct super_block, link)->root;
    current->fs = fs_context_copy(&first);
}

/* Become the first program that can be run, init= before all others. */
static _Noreturn void
run_init(void)
{
    const char *const programs[] = {bootarg_find("init"), "/bin/init",
                                    "/sbin/init", "/bin/sh"};
    const char *const env[] = {"HOME=/root", "PATH=/bin", "TERM=vt100", NULL};

    for (unsigned i = !programs[0]; i < ARRAY_SIZE(programs); i++) {
        const char *const argv[] = {programs[i], NULL};
        int err = do_execve(programs[i], argv, env);

        if (!err)
            ret_to_user(current->thread.frame);
        pr_warn("cannot run %s: error %d", programs[i], err);
    }
    pr_err("no init found");
    machine_poweroff(1);
}

/* Pid 1: sleeping is allowed from here on. */
static void
init_thread(void)
{
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
    elf_init();
    futex_init();
    syscall_init();
    kthread_run("init", init_thread); /* the first: pid 1 */
    idle_loop();
}
