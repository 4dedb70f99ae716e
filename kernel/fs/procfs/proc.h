/* SPDX-License-Identifier: MIT */
/*
 * proc.h - what the files of procfs share: the table of names, and the buffer
 * that a file's text is printed into.
 *
 * A file of /proc is a row of a table (entries.c) with a function that prints
 * it.  The function prints with seq_printf() and need not look whether there
 * was room: what did not fit is noted, and it is called again with a larger
 * buffer.  A function that prints many records stops at a full buffer and
 * remembers where it was:
 *
 *     for (r = first record from s->cursor on; r; r = next(r)) {
 *         size_t mark = s->len;
 *         ...print r...
 *         if (seq_full(s, mark))
 *             break;
 *         s->cursor = behind r;
 *     }
 *
 * Locks: a show function runs with the file's pos_lock held (in open(2), with
 * none), so it may take what ranks above it, and may sleep.  seq_* allocate
 * nothing and may be called under spinlocks.
 */
#ifndef FS_PROCFS_PROC_H
#define FS_PROCFS_PROC_H

#include "fs/fs.h"
#include "sched/timer.h"

struct proc_entry;
struct task;

struct seq {
    const struct proc_entry *entry;
    struct task *task; /* of a process's file, referenced; else NULL */
    char *buf;
    size_t size, len;
    bool overflow;   /* something did not fit */
    bool more;       /* show stopped at cursor: call it again */
    uint64_t cursor; /* show's own; 0 at the start of the file */
    off_t start;     /* where in the file buf[0] is */
};

void seq_printf(struct seq *s, const char *fmt, ...) __printf(2, 3);
void seq_write(struct seq *s, const void *data, size_t n);
/* The path of d, characters of `escape` as \ooo. */
void seq_path(struct seq *s, struct dentry *d, const char *escape);
/* Did the record that began at `mark` not fit?  Then it is taken back. */
bool seq_full(struct seq *s, size_t mark);

typedef int proc_show_fn(struct seq *s); /* 0 or -errno */

/* A name in /proc; a table of them ends with a row without a name. */
struct proc_entry {
    const char *name;
    umode_t mode;       /* type and permission */
    proc_show_fn *show; /* a file's text, or that of a symbolic link */
    /* What a number written to the file does; min and max were checked. */
    int (*store)(struct task *t, const struct proc_entry *e, int64_t value);
    int64_t min, max;
    uint32_t *number; /* for show_number, store_number */
    /* A link that leads to an object and not to a name. => *out referenced */
    int (*target)(struct task *t, int fd, struct dentry **out);
    const struct proc_entry *children; /* a directory's */
    const struct proc_entry *numbered; /* its children that are numbers */
    bool private; /* only for who may inspect the process */
    bool at_open; /* printed at open(2): needs the mount mutex */
};

extern const struct proc_entry proc_root;
extern const struct proc_entry proc_pid_entries[];
extern const struct proc_entry proc_fd_link;

struct proc_inode {
    struct inode vfs;
    const struct proc_entry *entry;
    pid_t pid;           /* 0: about no process */
    uint64_t start_time; /* of that process: pids are used again */
    int fd;              /* of a link in PID/fd, else -1 */
};

static inline struct proc_inode *
proc_i(const struct inode *inode)
{
    return container_of((struct inode *)inode, struct proc_inode, vfs);
}

/* Timebase ticks in the unit of /proc. */
static inline uint64_t
to_user_hz(uint64_t ticks)
{
    return ticks_to_ns(ticks) / (1000000000UL / USER_HZ);
}

/* tree.c: the process that inode is about, referenced; NULL: it has gone */
struct task *proc_get_task(const struct inode *inode);
/* seq.c */
extern const struct file_operations proc_file_ops;

/* task.c */
bool proc_may_inspect(struct task *t);       /* may the current task? */
int task_next_fd(struct task *t, int after); /* open descriptors; -1: none */

/* memory.c, system.c, task.c, entries.c */
proc_show_fn show_meminfo, show_buddyinfo, show_zoneinfo, show_slabinfo,
    show_vmstat, show_ledger;
proc_show_fn show_stat, show_uptime, show_loadavg, show_cpuinfo, show_version,
    show_cmdline, show_interrupts, show_diskstats, show_partitions, show_swaps,
    show_kmsg, show_mounts, show_filesystems, show_hostname, show_ostype,
    show_osrelease, show_self;
proc_show_fn show_task_maps, show_task_stat, show_task_statm, show_task_status,
    show_task_cmdline, show_task_comm, show_task_environ, show_task_auxv,
    show_task_oom_score, show_task_oom_adj;
int store_task_oom_adj(struct task *t, const struct proc_entry *e, int64_t v);
int task_exe(struct task *t, int fd, struct dentry **out);
int task_cwd(struct task *t, int fd, struct dentry **out);
int task_root(struct task *t, int fd, struct dentry **out);
int task_fd(struct task *t, int fd, struct dentry **out);

#endif
