/* SPDX-License-Identifier: MIT */
/*
 * system.c - the table of contents of /proc; what it tells of the machine as a
 * whole, memory apart, in Linux's formats; the numbers under /proc/sys.
 *
 * Times are counted in ticks of the timebase and shown in USER_HZ, hundredths
 * of a second, as Linux shows them whatever it counts in.  Where Linux tells
 * apart what this kernel does not (nice, iowait, irq), the columns are 0.
 *
 * A number under /proc/sys is a row with the address of a variable and its
 * bounds.  What must happen at once when it changes has a store function.
 *
 * Locks: pid_lock for the list of tasks, mount_mutex for that of mounts.
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
#include "riscv/trap.h"
#include "sched/sched.h"
#include "vm/limits.h"
#include "vm/policy.h"
#include "vm/reclaim.h"
#include "vm/swap.h"
#include "vm/vma.h"

enum {
    CENTISECONDS = 100,
    LOAD_SHIFT = 11, /* of load_average() */
    SECTORS_PER_KB = 2,
    LOG_CHUNK_BYTES = 512,
    NR_LOADS = 3,
};
#define NS_PER_SECOND 1000000000UL
#define NS_PER_MS 1000000UL

/* --- Time and tasks */

static struct cpu_time
all_cpu_times(void)
{
    struct cpu_time sum = {0};

    for_each_cpu(i)
        add_cpu_times(&sum, i);
    return sum;
}

static void
show_uptime(struct seq *s)
{
    uint64_t now = to_user_hz(clock_ticks());
    uint64_t idle = to_user_hz(all_cpu_times().idle);

    seq_printf(s, "%lu.%02lu %lu.%02lu\n", now / USER_HZ, now % USER_HZ,
               idle / USER_HZ, idle % USER_HZ);
}

/* Rounded to hundredths; running and all tasks; the newest pid. */
static void
show_loadavg(struct seq *s)
{
    uint64_t load[NR_LOADS];
    pid_t newest = 0;

    load_average(load);
    for (int i = 0; i < NR_LOADS; i++) {
        uint64_t n = load[i] + (1UL << LOAD_SHIFT) / (2 * CENTISECONDS);

        seq_printf(s, "%lu.%02lu ", n >> LOAD_SHIFT,
                   (n % (1UL << LOAD_SHIFT)) * CENTISECONDS >> LOAD_SHIFT);
    }
    spin_lock(&pid_lock);
    if (!list_empty(&all_tasks))
        newest = list_last_entry(&all_tasks, struct task, all_link)->pid;
    spin_unlock(&pid_lock);
    seq_printf(s, "%lu/%u %d\n", nr_running(), nr_tasks(), newest);
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

/* Interrupts of a kind on all harts. */
static uint64_t
irq_sum(unsigned kind)
{
    uint64_t n = 0;

    for_each_cpu(i)
        n += trap_irq_count(i, kind);
    return n;
}

static void
show_stat(struct seq *s)
{
    struct cpu_time sum = all_cpu_times();

    seq_printf(s, "cpu ");
    show_cpu_line(s, &sum);
    for_each_cpu(i) {
        struct cpu_time t = {0};

        add_cpu_times(&t, i);
        seq_printf(s, "cpu%u", i);
        show_cpu_line(s, &t);
    }
    seq_printf(s, "intr %lu",
               irq_sum(IRQ_SOFT) + irq_sum(IRQ_TIMER) + irq_sum(IRQ_EXTERNAL));
    for (unsigned kind = 0; kind <= IRQ_EXTERNAL; kind++)
        seq_printf(s, " %lu", irq_sum(kind));
    seq_printf(s,
               "\nctxt %lu\nbtime %lu\nprocesses %lu\nprocs_running %lu\n"
               "procs_blocked %u\nsoftirq 0 0 0 0 0 0 0 0 0 0 0\n"
               "idle_instret %lu\n", /* not Linux's: for user/tests/bench */
               sum.switches,
               ((uint64_t)clock_realtime_ns() - clock_monotonic_ns()) /
                   NS_PER_SECOND,
               sum.forks, nr_running(), nr_blocked(), sum.idle_instret);
}

static void
show_interrupts(struct seq *s)
{
    static const char *const names[] = {
        [IRQ_SOFT] = "RISC-V software (other harts)",
        [IRQ_TIMER] = "RISC-V timer",
        [IRQ_EXTERNAL] = "RISC-V external (PLIC: devices)",
    };

    seq_printf(s, "    ");
    for_each_cpu(i)
        seq_printf(s, "       CPU%u", i);
    for (unsigned kind = 0; kind < ARRAY_SIZE(names); kind++) {
        if (!names[kind])
            continue;
        seq_printf(s, "\n%3u:", kind);
        for_each_cpu(i)
            seq_printf(s, " %10lu", trap_irq_count(i, kind));
        seq_printf(s, "  %s", names[kind]);
    }
    seq_printf(s, "\n");
}

/* --- What machine, what system */

/* The ISA that programs may count on: what the kernel is compiled for. */
static void
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
}

static void
show_version(struct seq *s)
{
    seq_printf(s, "%s version %s (%s) %s\n", utsname.sysname, utsname.release,
               __VERSION__, utsname.version);
}

static void
show_cmdline(struct seq *s)
{
    seq_printf(s, "%s\n", bootargs_line());
}

/* A symbolic link whose text depends on who reads it. */
static void
show_self(struct seq *s)
{
    seq_printf(s, "%d", current->tgid);
}

/* The cursor is a position in the log. */
static void
show_kmsg(struct seq *s)
{
    char chunk[LOG_CHUNK_BYTES];
    size_t n = log_read(&s->cursor, chunk, sizeof(chunk));

    seq_write(s, chunk, n);
    s->more = n > 0;
}

/* --- Disks and file systems */

static void
show_partitions(struct seq *s)
{
    struct block_device *bdev = NULL;

    seq_printf(s, "major minor  #blocks  name\n\n");
    while ((bdev = blkdev_next(bdev)))
        seq_printf(s, "%4u  %7u %10lu %s\n", major(bdev->dev), minor(bdev->dev),
                   bdev->nr_sectors / SECTORS_PER_KB, bdev->name);
}

static void
show_swaps(struct seq *s)
{
    struct swap_info info;

    seq_printf(s, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
    for (unsigned i = 0; swap_get_info(i, &info); i++)
        seq_printf(s, "/dev/%-35s partition\t%lu\t\t%lu\t\t%d\n", info.name,
                   info.pages * (PAGE_SIZE / 1024),
                   info.used * (PAGE_SIZE / 1024), info.priority);
}

void
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
}

static void
show_filesystems(struct seq *s)
{
    for (struct file_system_type *fs = file_systems; fs; fs = fs->next)
        seq_printf(s, "%s\t%s\n", fs->needs_dev ? "" : "nodev", fs->name);
}

/* --- Numbers and words under sys/ */

static uint32_t dropped; /* what was written to drop_caches last */

static void
show_string(struct seq *s)
{
    seq_printf(s, "%s\n", (const char *)s->entry->data);
}

static void
show_number(struct seq *s)
{
    seq_printf(s, "%u\n", READ_ONCE(*(uint32_t *)s->entry->data));
}

static int
store_number(struct task *t, const struct proc_entry *e, int64_t value)
{
    (void)t;
    WRITE_ONCE(*(uint32_t *)e->data, (uint32_t)value);
    return 0;
}

/* The share of RAM is a ratio or a size: setting one unsets the other. */
static int
store_overcommit(struct task *t, const struct proc_entry *e, int64_t value)
{
    overcommit.ratio = overcommit.kbytes = 0;
    return store_number(t, e, value);
}

static void
show_policy(struct seq *s)
{
    seq_printf(s, "%s\n", reclaim_policy->name);
}

static int
store_drop_caches(struct task *t, const struct proc_entry *e, int64_t value)
{
    drop_caches((unsigned)value);
    return store_number(t, e, value);
}

static void
show_min_free(struct seq *s)
{
    seq_printf(s, "%lu\n", min_free_kbytes);
}

static int
store_min_free(struct task *t, const struct proc_entry *e, int64_t value)
{
    (void)t;
    (void)e;
    set_min_free_kbytes((uint64_t)value);
    return 0;
}

/* --- The tables */

/* The numbers of /proc: pids.  => the next one, or -1 */
static int
next_process(struct task *t, int after)
{
    struct task *next;
    pid_t pid = MAX(after, 0);
    bool thread = true;

    (void)t;
    while (thread && (next = next_task_after(pid))) {
        pid = next->pid;
        thread = pid != next->tgid;
        put_task(next);
    }
    return thread ? -1 : pid;
}

/* clang-format off */
static const struct proc_entry vm_entries[] = {
    NUMBER("dirty_background_ratio", dirty_tunables.background_ratio, 0, 100),
    NUMBER("dirty_expire_centisecs", dirty_tunables.expire_centisecs, 0,
           INT32_MAX),
    NUMBER("dirty_ratio", dirty_tunables.ratio, 0, 100),
    NUMBER("dirty_writeback_centisecs", dirty_tunables.writeback_centisecs, 1,
           INT32_MAX),
    TEXT("drop_caches", TUNE, show_number, .store = store_drop_caches, .min = 1,
         .max = 3, .data = &dropped),
    NUMBER("max_map_count", max_map_count, 0, INT32_MAX),
    TEXT("min_free_kbytes", TUNE, show_min_free, .store = store_min_free,
         .max = INT32_MAX),
    TEXT("overcommit_kbytes", TUNE, show_number, .store = store_overcommit,
         .max = INT32_MAX, .data = &overcommit.kbytes),
    NUMBER("overcommit_memory", overcommit.mode, 0, OVERCOMMIT_NEVER),
    TEXT("overcommit_ratio", TUNE, show_number, .store = store_overcommit,
         .max = INT32_MAX, .data = &overcommit.ratio),
    NUMBER("page-cluster", vm_page_cluster, 0, 5),
    TEXT("reclaim_policy", TUNE, show_policy, .store_text = set_reclaim_policy),
    NUMBER("swappiness", vm_swappiness, 0, 200),
    { 0 },
};

static const struct proc_entry kernel_entries[] = {
    STRING("hostname", utsname.nodename), /* its last byte is always 0 */
    STRING("osrelease", utsname.release),
    STRING("ostype", utsname.sysname),
    { 0 },
};

static const struct proc_entry sys_entries[] = {
    DIRECTORY("kernel", DIR, .children = kernel_entries),
    DIRECTORY("vm", DIR, .children = vm_entries),
    { 0 },
};

static const struct proc_entry root_entries[] = {
    TEXT("buddyinfo", READ, show_buddyinfo),
    TEXT("cmdline", READ, show_cmdline),
    TEXT("cpuinfo", READ, show_cpuinfo),
    TEXT("filesystems", READ, show_filesystems),
    TEXT("interrupts", READ, show_interrupts),
    TEXT("kmsg", READ_PRIVATE, show_kmsg),
    TEXT("kpagecount", READ_PRIVATE, show_kpagecount, .seek = true),
    TEXT("kpageflags", READ_PRIVATE, show_kpageflags, .seek = true),
    TEXT("ledger", READ, show_ledger),
    TEXT("loadavg", READ, show_loadavg),
    TEXT("meminfo", READ, show_meminfo),
    TEXT("mounts", READ, show_mounts),
    TEXT("partitions", READ, show_partitions),
    TEXT("self", LINK, show_self),
    TEXT("slabinfo", READ_PRIVATE, show_slabinfo),
    TEXT("stat", READ, show_stat),
    TEXT("swaps", READ, show_swaps),
    DIRECTORY("sys", DIR, .children = sys_entries),
    TEXT("uptime", READ, show_uptime),
    TEXT("version", READ, show_version),
    TEXT("vmstat", READ, show_vmstat),
    TEXT("zoneinfo", READ, show_zoneinfo),
    { 0 },
};

static const struct proc_entry pid_dir =
    DIRECTORY("", DIR, .children = proc_pid_entries);

const struct proc_entry proc_root =
    DIRECTORY("", DIR, .children = root_entries, .next_number = next_process,
              .numbered = &pid_dir);
/* clang-format on */
