/* SPDX-License-Identifier: MIT */
/*
 * system.c - what /proc tells of the machine as a whole, memory apart, in
 * Linux's formats.
 *
 * Not done: /proc/kmsg does not wait for messages (its end is an end) and
 * does not consume them; lines have no level.
 */
#include "fs/procfs/proc.h"

#include "block/blkdev.h"
#include "core/bootargs.h"
#include "core/machine.h"
#include "core/printk.h"
#include "core/utsname.h"
#include "include/major.h"
#include "lib/string.h"
#include "riscv/csr.h"
#include "riscv/trap.h"
#include "sched/sched.h"
#include "sched/timer.h"

enum {
    CENTISECONDS = 100,
    LOAD_SHIFT = 11, /* of load_average() */
    SECTORS_PER_KB = 2,
    LOG_CHUNK_BYTES = 512,
};
#define NS_PER_SECOND 1000000000UL
#define NS_PER_MS 1000000UL

/* --- Time and tasks */

int
show_uptime(struct seq *s)
{
    uint64_t now = to_user_hz(clock_ticks()), idle = 0;

    for_each_cpu(i) {
        struct cpu_time t;

        cpu_times(i, &t);
        idle += t.idle;
    }
    idle = to_user_hz(idle);
    seq_printf(s, "%lu.%02lu %lu.%02lu\n", now / USER_HZ, now % USER_HZ,
               idle / USER_HZ, idle % USER_HZ);
    return 0;
}

int
show_loadavg(struct seq *s)
{
    uint64_t load[3];
    pid_t newest = 0;

    load_average(load);
    for (int i = 0; i < 3; i++) {
        uint64_t n = load[i] + (1UL << LOAD_SHIFT) / (2 * CENTISECONDS);

        seq_printf(s, "%lu.%02lu ", n >> LOAD_SHIFT,
                   (n % (1UL << LOAD_SHIFT)) * CENTISECONDS >> LOAD_SHIFT);
    }
    spin_lock(&pid_lock);
    if (!list_empty(&all_tasks))
        newest = list_last_entry(&all_tasks, struct task, all_link)->pid;
    spin_unlock(&pid_lock);
    seq_printf(s, "%lu/%u %d\n", nr_running(), nr_tasks(), newest);
    return 0;
}

/* Processes that wait for what no signal ends, mostly the disk. */
static unsigned
nr_blocked(void)
{
    struct task *t;
    unsigned n = 0;

    spin_lock(&pid_lock);
    list_for_each_entry(t, &all_tasks, all_link)
        if (!(atomic_read(&t->flags) & TF_KTHREAD) &&
            atomic_read(&t->state) & (TASK_KILLABLE | TASK_UNINTERRUPTIBLE))
            n++;
    spin_unlock(&pid_lock);
    return n;
}

static void
show_cpu_line(struct seq *s, const struct cpu_time *t)
{
    seq_printf(s, " %lu 0 %lu %lu 0 0 0 0 0 0\n", to_user_hz(t->user),
               to_user_hz(t->system), to_user_hz(t->idle));
}

static const struct {
    unsigned kind;
    const char *name;
} irq_kinds[] = {
    {IRQ_SOFT, "RISC-V software (other harts)"},
    {IRQ_TIMER, "RISC-V timer"},
    {IRQ_EXTERNAL, "RISC-V external (PLIC: devices)"},
};

static uint64_t
irq_sum(unsigned kind)
{
    uint64_t n = 0;

    for_each_cpu(i)
        n += trap_irq_count(i, kind);
    return n;
}

int
show_stat(struct seq *s)
{
    struct cpu_time t, sum = {0};
    uint64_t irqs = 0;

    for_each_cpu(i) {
        cpu_times(i, &t);
        sum.user += t.user;
        sum.system += t.system;
        sum.idle += t.idle;
        sum.idle_instret += t.idle_instret;
    }
    seq_printf(s, "cpu ");
    show_cpu_line(s, &sum);
    for_each_cpu(i) {
        cpu_times(i, &t);
        seq_printf(s, "cpu%u", i);
        show_cpu_line(s, &t);
    }
    for (size_t i = 0; i < ARRAY_SIZE(irq_kinds); i++)
        irqs += irq_sum(irq_kinds[i].kind);
    seq_printf(s, "intr %lu", irqs);
    for (unsigned kind = 0; kind <= IRQ_EXTERNAL; kind++)
        seq_printf(s, " %lu", irq_sum(kind));
    seq_printf(s,
               "\nctxt %lu\nbtime %lu\nprocesses %lu\nprocs_running %lu\n"
               "procs_blocked %u\nsoftirq 0 0 0 0 0 0 0 0 0 0 0\n"
               "idle_instret %lu\n", /* not Linux's: for user/tests/bench */
               nr_context_switches(),
               ((uint64_t)clock_realtime_ns() - clock_monotonic_ns()) /
                   NS_PER_SECOND,
               nr_forks(), nr_running(), nr_blocked(), sum.idle_instret);
    return 0;
}

int
show_interrupts(struct seq *s)
{
    seq_printf(s, "    ");
    for_each_cpu(i)
        seq_printf(s, "       CPU%u", i);
    for (size_t k = 0; k < ARRAY_SIZE(irq_kinds); k++) {
        seq_printf(s, "\n%3u:", irq_kinds[k].kind);
        for_each_cpu(i)
            seq_printf(s, " %10lu", trap_irq_count(i, irq_kinds[k].kind));
        seq_printf(s, "  %s", irq_kinds[k].name);
    }
    seq_printf(s, "\n");
    return 0;
}

/* --- What machine, what system */

/* The ISA that programs may count on: what the kernel is compiled for. */
int
show_cpuinfo(struct seq *s)
{
    const char *isa = machine.has_sstc ? "rv64imac_zicsr_zifencei_sstc"
                                       : "rv64imac_zicsr_zifencei";

    for_each_cpu(i)
        seq_printf(s,
                   "processor\t: %u\nhart\t\t: %lu\nisa\t\t: %s\n"
                   "mmu\t\t: sv39\nmvendorid\t: 0x0\nmarchid\t\t: 0x0\n"
                   "mimpid\t\t: 0x0\nhart isa\t: %s\n\n",
                   i, hart_ids[i], isa, isa);
    return 0;
}

int
show_version(struct seq *s)
{
    seq_printf(s, "%s version %s (%s) %s\n", utsname.sysname, utsname.release,
               __VERSION__, utsname.version);
    return 0;
}

int
show_ostype(struct seq *s)
{
    seq_printf(s, "%s\n", utsname.sysname);
    return 0;
}

int
show_osrelease(struct seq *s)
{
    seq_printf(s, "%s\n", utsname.release);
    return 0;
}

int
show_hostname(struct seq *s)
{
    spin_lock(&utsname_lock);
    seq_printf(s, "%s\n", utsname.nodename);
    spin_unlock(&utsname_lock);
    return 0;
}

int
show_cmdline(struct seq *s)
{
    seq_printf(s, "%s\n", bootargs_line());
    return 0;
}

int
show_self(struct seq *s)
{
    seq_printf(s, "%d", current->tgid);
    return 0;
}

/* The cursor is a position in the log. */
int
show_kmsg(struct seq *s)
{
    char chunk[LOG_CHUNK_BYTES];
    size_t n;

    while (s->len + sizeof(chunk) <= s->size &&
           (n = log_read(&s->cursor, chunk, sizeof(chunk))) > 0)
        seq_write(s, chunk, n);
    s->more = true;
    return 0;
}

/* --- Disks and file systems */

int
show_diskstats(struct seq *s)
{
    struct block_device *bdev = NULL;

    while ((bdev = blkdev_next(bdev))) {
        struct disk_stats d;
        uint64_t ms[3];

        blkdev_stats(bdev, &d);
        for (int i = 0; i < 3; i++)
            ms[i] = ticks_to_ns(d.ticks[i]) / NS_PER_MS;
        seq_printf(s, "%4u %7u %s", major(bdev->dev), minor(bdev->dev),
                   bdev->name);
        for (int i = 0; i < 2; i++)
            seq_printf(s, " %lu %lu %lu %lu", d.ios[i], d.merges[i],
                       d.sectors[i], ms[i]);
        seq_printf(s, " %u 0 %lu 0 0 0 0 %lu %lu\n", d.in_flight,
                   ms[0] + ms[1] + ms[2], d.ios[2], ms[2]);
    }
    return 0;
}

int
show_partitions(struct seq *s)
{
    struct block_device *bdev = NULL;

    seq_printf(s, "major minor  #blocks  name\n\n");
    while ((bdev = blkdev_next(bdev)))
        seq_printf(s, "%4u  %7u %10lu %s\n", major(bdev->dev), minor(bdev->dev),
                   bdev->nr_sectors / SECTORS_PER_KB, bdev->name);
    return 0;
}

int
show_swaps(struct seq *s)
{
    seq_printf(s, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
    return 0;
}

int
show_mounts(struct seq *s)
{
    struct super_block *sb = NULL;

    mutex_lock(&mount_mutex);
    while ((sb = next_super(sb))) {
        seq_printf(s, "%s ", sb->source);
        seq_path(s, sb->root, " \t\n\\");
        seq_printf(s, " %s %s,relatime 0 0\n", sb->type->name,
                   sb->flags & SB_RDONLY ? "ro" : "rw");
    }
    mutex_unlock(&mount_mutex);
    return 0;
}

int
show_filesystems(struct seq *s)
{
    for (struct file_system_type *fs = file_systems; fs; fs = fs->next)
        seq_printf(s, "%s\t%s\n", fs->needs_dev ? "" : "nodev", fs->name);
    return 0;
}
