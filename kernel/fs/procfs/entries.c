/* SPDX-License-Identifier: MIT */
/*
 * entries.c - the table of contents of /proc, and the files under sys/.
 *
 * To add a file: write its show function, declare it in proc.h, and add a row
 * here.
 */
#include "fs/procfs/proc.h"

#include "mm/page_alloc.h"
#include "sched/task.h"
#include "vm/flusher.h"
#include "vm/limits.h"
#include "vm/reclaim.h"
#include "vm/vma.h"

static uint32_t dropped; /* what was written to drop_caches last */

static int
show_number(struct seq *s)
{
    seq_printf(s, "%u\n", READ_ONCE(*s->entry->number));
    return 0;
}

static int
store_number(struct task *t, const struct proc_entry *e, int64_t value)
{
    (void)t;
    WRITE_ONCE(*e->number, (uint32_t)value);
    return 0;
}

static int
store_drop_caches(struct task *t, const struct proc_entry *e, int64_t value)
{
    drop_caches((unsigned)value);
    return store_number(t, e, value);
}

static int
show_min_free(struct seq *s)
{
    seq_printf(s, "%lu\n", get_min_free_kbytes());
    return 0;
}

static int
store_min_free(struct task *t, const struct proc_entry *e, int64_t value)
{
    (void)t;
    (void)e;
    set_min_free_kbytes((uint64_t)value);
    return 0;
}

/* The share of RAM is a ratio or a size: setting one unsets the other. */
static int
store_overcommit(struct task *t, const struct proc_entry *e, int64_t value)
{
    overcommit.ratio = overcommit.kbytes = 0;
    return store_number(t, e, value);
}

/* clang-format off */
enum {
    DIR = S_IFDIR | 0555, DIR_PRIVATE = S_IFDIR | 0500,
    READ = S_IFREG | 0444, READ_PRIVATE = S_IFREG | 0400,
    TUNE = S_IFREG | 0644, LINK = S_IFLNK | 0777,
};

#define TEXT(n, m, ...) { .name = n, .mode = m, .show = __VA_ARGS__ }
#define NUMBER(n, var, min_, max_) \
    TEXT(n, TUNE, show_number, .store = store_number, .min = min_, \
         .max = max_, .number = &(var))
#define JUMP(n, fn) { .name = n, .mode = LINK, .target = fn }
#define DIRECTORY(n, m, ...) { .name = n, .mode = m, __VA_ARGS__ }

static const struct proc_entry vm_entries[] = {
    TEXT("drop_caches", TUNE, show_number, .store = store_drop_caches, .min = 1,
         .max = 3, .number = &dropped),
    TEXT("min_free_kbytes", TUNE, show_min_free, .store = store_min_free,
         .max = INT32_MAX),
    NUMBER("max_map_count", max_map_count, 0, INT32_MAX),
    NUMBER("overcommit_memory", overcommit.mode, 0, OVERCOMMIT_NEVER),
    TEXT("overcommit_ratio", TUNE, show_number, .store = store_overcommit,
         .max = INT32_MAX, .number = &overcommit.ratio),
    TEXT("overcommit_kbytes", TUNE, show_number, .store = store_overcommit,
         .max = INT32_MAX, .number = &overcommit.kbytes),
    NUMBER("dirty_background_ratio", dirty_tunables.background_ratio, 0, 100),
    NUMBER("dirty_ratio", dirty_tunables.ratio, 0, 100),
    NUMBER("dirty_expire_centisecs", dirty_tunables.expire_centisecs, 0,
           INT32_MAX),
    NUMBER("dirty_writeback_centisecs", dirty_tunables.writeback_centisecs, 1,
           INT32_MAX),
    { 0 },
};

static const struct proc_entry kernel_entries[] = {
    TEXT("hostname", READ, show_hostname),
    TEXT("osrelease", READ, show_osrelease),
    TEXT("ostype", READ, show_ostype),
    { 0 },
};

static const struct proc_entry sys_entries[] = {
    DIRECTORY("kernel", DIR, .children = kernel_entries),
    DIRECTORY("vm", DIR, .children = vm_entries),
    { 0 },
};

const struct proc_entry proc_fd_link = JUMP("", task_fd);

const struct proc_entry proc_pid_entries[] = {
    TEXT("auxv", READ_PRIVATE, show_task_auxv, .private = true),
    TEXT("cmdline", READ, show_task_cmdline),
    TEXT("comm", READ, show_task_comm),
    JUMP("cwd", task_cwd),
    TEXT("environ", READ_PRIVATE, show_task_environ, .private = true),
    JUMP("exe", task_exe),
    DIRECTORY("fd", DIR_PRIVATE, .numbered = &proc_fd_link),
    TEXT("maps", READ, show_task_maps, .private = true),
    TEXT("mounts", READ, show_mounts, .at_open = true),
    TEXT("oom_score", READ, show_task_oom_score),
    TEXT("oom_score_adj", TUNE, show_task_oom_adj, .store = store_task_oom_adj,
         .min = -1000, .max = 1000),
    JUMP("root", task_root),
    TEXT("stat", READ, show_task_stat),
    TEXT("statm", READ, show_task_statm),
    TEXT("status", READ, show_task_status),
    { 0 },
};

static const struct proc_entry pid_dir =
    DIRECTORY("", DIR, .children = proc_pid_entries);

static const struct proc_entry root_entries[] = {
    TEXT("buddyinfo", READ, show_buddyinfo),
    TEXT("cmdline", READ, show_cmdline),
    TEXT("cpuinfo", READ, show_cpuinfo),
    TEXT("diskstats", READ, show_diskstats),
    TEXT("filesystems", READ, show_filesystems),
    TEXT("interrupts", READ, show_interrupts),
    TEXT("kmsg", READ_PRIVATE, show_kmsg),
    TEXT("ledger", READ, show_ledger),
    TEXT("loadavg", READ, show_loadavg),
    TEXT("meminfo", READ, show_meminfo),
    TEXT("mounts", READ, show_mounts, .at_open = true),
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

const struct proc_entry proc_root =
    DIRECTORY("", DIR, .children = root_entries, .numbered = &pid_dir);
/* clang-format on */
