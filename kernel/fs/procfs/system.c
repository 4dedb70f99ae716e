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
 * bounds, and whom to tell when it changes.  It is a 32-bit word, so that who
 * reads it without a lock gets the old value or the new one.  Where two belong
 * together (store_share) the one that counts is written first, so that at no
 * moment neither does.
 *
 * Locks: mount_mutex for the list of mounts.
 *
 * Not done: /proc/kmsg does not wait for messages (its end is an end) and
 * does not consume them; lines have no level.
 */
#include "fs/procfs/proc.h"

#include "block/blkdev.h"
#include "core/bootargs.h"
#include "core/printk.h"
#include "riscv/trap.h"
#include "sched/sched.h"
#include "vm/vma.h"
#include "vm/policy.h"
#include "vm/reclaim.h"
#include "vm/swap.h"

enum {
    LOAD_HALF = 1 << (LOAD_SHIFT - 1),
    SECTORS_PER_KB = 2,
};
/* user, nice, system, idle, iowait, irq, softirq, steal, guest, guest_nice */
#define CPU_FORMAT "%lu 0 %lu %lu 0 0 0 0 0 0\n"

/* --- Time and tasks */

static void
show_hundredths(struct seq *s, uint64_t n, const char *end)
{
    seq_printf(s, "%lu.%02lu%s", n / USER_HZ, n % USER_HZ, end);
}

static void
show_uptime(struct seq *s)
{
    show_hundredths(s, to_user_hz(clock_ticks()), " ");
    show_hundredths(s, to_user_hz(cpu_times(0, nr_cpus).idle), "\n");
}

/* Averages rounded to hundredths; running and all tasks; the newest pid. */
static void
show_loadavg(struct seq *s)
{
    for (unsigned i = 0; i < ARRAY_SIZE(load_average); i++)
        show_hundredths(
            s, (load_average[i] * USER_HZ + LOAD_HALF) >> LOAD_SHIFT, " ");
    seq_printf(s, "%lu/%u %d\n", nr_running(), nr_tasks(), last_pid);
}

/* What all harts did, then each of them; counts since boot. */
static void
show_stat(struct seq *s)
{
    struct cpu_time sum = cpu_times(0, nr_cpus), each;
    uint64_t irqs = 0;

    seq_printf(s, "cpu  " CPU_FORMAT, to_user_hz(sum.user),
               to_user_hz(sum.system), to_user_hz(sum.idle));
    for_each_cpu(i) {
        each = cpu_times(i, i + 1);
        seq_printf(s, "cpu%u " CPU_FORMAT, i, to_user_hz(each.user),
                   to_user_hz(each.system), to_user_hz(each.idle));
        irqs += irq_counts[i];
    }
    seq_printf(s,
               "intr %lu\nctxt %lu\nbtime %lu\nprocesses %lu\n"
               "procs_running %lu\nprocs_blocked %u\n"
               "idle_instret %lu\n", /* not Linux's: for user/tests/bench */
               irqs, sum.switches,
               ((uint64_t)clock_realtime_ns() - timer_ns()) / NSEC_PER_SEC,
               sum.forks, nr_running(), nr_blocked(), sum.idle_instret);
}

/* --- What machine, what system */

/* The ISA that programs may count on: what the kernel is compiled for. */
static void
show_cpuinfo(struct seq *s)
{
    for_each_cpu(i)
        seq_printf(s,
                   "processor\t: %u\nhart\t\t: %lu\n"
                   "isa\t\t: rv64imac_zicsr_zifencei%s\nmmu\t\t: sv39\n\n",
                   i, hart_ids[i], timer_has_sstc ? "_sstc" : "");
}

SHOW(cmdline, "%s\n", bootargs_line)
/* A symbolic link whose text depends on who reads it. */
SHOW(self, "%d", current->tgid)

/* The cursor is a position in the log. */
static void
show_kmsg(struct seq *s)
{
    size_t room = s->size - s->len;
    size_t n = log_read(&s->cursor, s->buf + s->len, room);

    s->overflow = room == 0;
    s->more = n > 0;
    s->len += n;
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

/*
 * An area may come or go meanwhile: its device and its numbers are single
 * words, and block devices are never freed.
 */
static void
show_swaps(struct seq *s)
{
    seq_printf(s, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
    for (struct swap_area *a = swap_areas; a < swap_areas + MAX_SWAP_AREAS;
         a++) {
        const struct block_device *bdev = READ_ONCE(a->cache.bdev);

        if (READ_ONCE(a->on) && bdev)
            seq_printf(s, "/dev/%-35s partition\t%lu\t\t%lu\t\t%d\n",
                       bdev->name, a->pages * KB_PER_PAGE,
                       a->in_use * KB_PER_PAGE, a->priority);
    }
}

static void
show_mounts(struct seq *s)
{
    struct super_block *sb;

    mutex_lock(&mount_mutex);
    list_for_each_entry(sb, &super_blocks, link) {
        seq_printf(s, "%s ", sb->source);
        seq_path(s, sb->root, " \t\n\\");
        seq_printf(s, " %s %s%s%s%s,relatime 0 0\n", sb->type->name,
                   sb->flags & MS_RDONLY ? "ro" : "rw",
                   sb->flags & MS_NOSUID ? ",nosuid" : "",
                   sb->flags & MS_NODEV ? ",nodev" : "",
                   sb->flags & MS_NOEXEC ? ",noexec" : "");
    }
    mutex_unlock(&mount_mutex);
}

static void
show_filesystems(struct seq *s)
{
    for (struct file_system_type *const *fs = file_systems; *fs; fs++)
        seq_printf(s, "%s\t%s\n", (*fs)->needs_dev ? "" : "nodev", (*fs)->name);
}

/* --- Numbers and words under sys/ */

static uint32_t dropped; /* what was written to drop_caches last */

SHOW(number, "%u\n", READ_ONCE(*s->entry->data))
SHOW(min_free, "%lu\n", min_free_kbytes)
SHOW(policy, "%s\n", reclaim_policy->name)

static int
store_policy(struct seq *s, int64_t value __maybe_unused)
{
    return set_reclaim_policy(s->buf);
}

/* The share of RAM is a ratio or a size: setting one unsets the other. */
static int
store_share(struct seq *s, int64_t value __maybe_unused)
{
    WRITE_ONCE(*(s->entry->data == &overcommit.ratio ? &overcommit.kbytes
                                                     : &overcommit.ratio),
               0);
    return 0;
}

/* --- The tables */

/* The numbers of /proc: pids, not those of threads. */
static int
next_process(struct task *t, int after)
{
    pid_t pid = MAX(after, 0);
    bool thread = true;

    while (thread && (t = next_task_after(pid))) {
        pid = t->pid;
        thread = pid != t->tgid;
        put_task(t);
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
    NUMBER("drop_caches", dropped, 1, 3, .changed = drop_caches),
    NUMBER("max_map_count", max_map_count, 0, INT32_MAX),
    TEXT("min_free_kbytes", TUNE, show_min_free, .max = INT32_MAX,
         .changed = set_min_free_kbytes),
    NUMBER("overcommit_kbytes", overcommit.kbytes, 0, INT32_MAX,
           .store = store_share),
    NUMBER("overcommit_memory", overcommit.mode, 0, OVERCOMMIT_NEVER),
    NUMBER("overcommit_ratio", overcommit.ratio, 0, INT32_MAX,
           .store = store_share),
    NUMBER("page-cluster", vm_page_cluster, 0, 5),
    TEXT("reclaim_policy", TUNE, show_policy, .store = store_policy),
    NUMBER("swappiness", vm_swappiness, 0, 200),
};

static const struct proc_entry sys_entries[] = {
    { .name = "vm", .mode = DIR, CHILDREN(vm_entries) },
};

static const struct proc_entry root_entries[] = {
    TEXT("buddyinfo", READ, show_buddyinfo),
    TEXT("cmdline", READ, show_cmdline),
    TEXT("cpuinfo", READ, show_cpuinfo),
    TEXT("filesystems", READ, show_filesystems),
    TEXT("kmsg", READ_PRIVATE, show_kmsg),
    TEXT("kpageflags", READ_PRIVATE, show_kpageflags, .seek = true),
    TEXT("loadavg", READ, show_loadavg),
    TEXT("meminfo", READ, show_meminfo),
    TEXT("mounts", READ, show_mounts),
    TEXT("partitions", READ, show_partitions),
    TEXT("self", LINK, show_self),
    TEXT("slabinfo", READ_PRIVATE, show_slabinfo),
    TEXT("stat", READ, show_stat),
    TEXT("swaps", READ, show_swaps),
    { .name = "sys", .mode = DIR, CHILDREN(sys_entries) },
    TEXT("uptime", READ, show_uptime),
    TEXT("vmstat", READ, show_vmstat),
    TEXT("zoneinfo", READ, show_zoneinfo),
};

const struct proc_entry proc_root = {
    .mode = DIR, CHILDREN(root_entries),
    .next_number = next_process, .numbered = &proc_pid_dir,
};
/* clang-format on */
