/* SPDX-License-Identifier: MIT */
/*
 * task.c - what /proc/PID tells of a process, in Linux's formats.
 *
 * The process may exit, or run another program, at any moment; what is
 * printed is taken from it piece by piece:
 *
 *   mm           seq.c has one more user of it for the time of printing
 *   fs           task->lock, under which they cannot go, and their own lock
 *   signals      sig_lock
 *   the rest     single words, read as they are
 *
 * maps, exe, fd and whatever else tells where things are in an address space
 * may be seen by root and the process's user only (proc_may_inspect), and not
 * by him when the process has changed its user, until it runs a program.  The
 * address space itself is in maps.c.
 *
 * So one text may tell of a moment before exec in one place and after it in
 * another, as on Linux; but every pointer that is followed is held, by a
 * reference or by the lock under which it changes, and every address and limit
 * that is read from an mm is only printed, or handed to access_remote_vm(),
 * which checks it.
 *
 * Locks: none but these.
 *
 * Not done: tpgid, wchan, kstkesp, kstkeip are not told, nor what Linux has and
 * we do not: name spaces, capabilities, seccomp.
 */
#include "fs/procfs/proc.h"

#include "lib/bitops.h"
#include "sched/sched.h"
#include "vm/reclaim.h"
#include "vm/swap.h"

enum {
    OOM_SCALE = 1000,
    FLAGS_IN_STAT = TF_EXITING | TF_FORKNOEXEC | TF_KTHREAD,
};
#define SIGNALS_IN_STAT 0x7fffffffUL

/* --- Links */

static struct dentry *
exe_of(struct task *t, int fd __maybe_unused)
{
    struct dentry *d = NULL;

    spin_lock(&t->lock); /* so t keeps it */
    if (t->mm && t->mm->exe_file)
        d = dget(t->mm->exe_file->dentry);
    spin_unlock(&t->lock);
    return d;
}

/*
 * The file goes back without the lock: if its owner has closed it meanwhile,
 * this is the last reference, and dropping it may sleep.
 */
static struct dentry *
open_file_of(struct task *t, int fd)
{
    struct dentry *d = NULL;
    struct file *f;

    spin_lock(&t->lock);
    f = t->fs ? fd_get_of(t->fs, fd) : NULL;
    spin_unlock(&t->lock);
    if (f)
        d = dget(f->dentry);
    fput(f);
    return d;
}

/* The next open descriptor; another may be opened or closed at any time. */
static int
next_fd(struct task *t, int after)
{
    int fd = -1;

    spin_lock(&t->lock);
    if (t->fs)
        fd = next_fd_of(t->fs, after);
    spin_unlock(&t->lock);
    return fd;
}

/* --- The address space */

/* The arguments as they are in its memory.  The cursor is an offset. */
static void
show_cmdline(struct seq *s)
{
    uint64_t at, n = s->size - s->len;

    if (!s->mm)
        return;
    at = s->mm->arg_start + s->cursor;
    if (at >= s->mm->arg_end)
        return;
    s->overflow = n == 0;
    n = access_remote_vm(s->mm, at, s->buf + s->len,
                         MIN(n, s->mm->arg_end - at), false);
    s->len += n;
    s->cursor += n;
    s->more = n > 0;
}

/* --- statm, stat and status */

/* What kernel threads and zombies show: an address space full of zeros. */
static struct mm no_mm;

/* In pages: size, resident, of files, text, (libraries), data, (dirty). */
static void
show_statm(struct seq *s)
{
    struct mm *mm = s->mm ? s->mm : &no_mm;

    seq_printf(s, "%lu %lu %ld %lu 0 %lu 0\n", mm->total_vm, mm_rss(mm),
               atomic_read(&mm->rss[MM_FILEPAGES]) +
                   atomic_read(&mm->rss[MM_SHMEMPAGES]),
               (mm->end_code - mm->start_code + PAGE_SIZE - 1) / PAGE_SIZE,
               mm->data_vm + mm->stack_vm);
}

/* Bit n - 1 stands for signal n, as in a sigset_t.  None is caught yet. */
struct signal_masks {
    uint64_t pending, blocked, ignored;
};

static struct signal_masks
get_signals(struct task *t)
{
    struct signal_masks m = {0};

    spin_lock(&t->sig.sig_lock);
    m.pending = atomic_read(&t->sig.pending);
    m.blocked = t->sig.blocked;
    for (unsigned i = 0; i < _NSIG; i++)
        if (t->sig.action[i].sa_handler == SIG_IGN)
            m.ignored |= BIT(i);
    spin_unlock(&t->sig.sig_lock);
    return m;
}

/* As Linux calls it; a kernel thread that waits is idle. */
static const char *
state_name(struct task *t)
{
    static const char *const by_bit[] = {
        "R (running)",    "S (sleeping)", "D (disk sleep)",
        "D (disk sleep)", "T (stopped)",  "Z (zombie)",
    };
    uint32_t state = atomic_read(&t->state);

    if (state & TASK_UNINTERRUPTIBLE && atomic_read(&t->flags) & TF_KTHREAD)
        return "I (idle)";
    return by_bit[ffs64(state)];
}

/* The name of its program, written so that it cannot pass for another line. */
static void
show_name(struct seq *s)
{
    for (const char *c = s->task->comm; *c; c++)
        if (*c == '\n' || *c == '\\')
            seq_printf(s, "\\%c", *c == '\n' ? 'n' : '\\');
        else
            seq_printf(s, "%c", *c);
}

/* Of its process, those that have not ended. */
static uint32_t
nr_threads(struct task *t)
{
    uint32_t n;

    spin_lock(&pid_lock);
    n = list_empty(&t->pid_link) ? 0 : t->leader->nr_threads;
    spin_unlock(&pid_lock);
    return n;
}

/*
 * The 52 fields of proc(5): who it is and its faults; times, in USER_HZ, and
 * sizes; the program, signals; the rest of the program.  Sizes are for all,
 * addresses only for who may inspect the process.
 */
static void
show_stat(struct seq *s)
{
    struct task *t = s->task;
    bool may = proc_may_inspect(t);
    struct mm *sizes = s->mm ? s->mm : &no_mm, *mm = may ? sizes : &no_mm;
    dev_t tty = t->tty ? makedev(TTYAUX_MAJOR, TTYAUX_MINOR_CONSOLE) : 0;
    struct signal_masks m = get_signals(t);
    const struct usage *u = task_usage(t), *c = &t->child_used;

    seq_printf(s, "%d (", t->pid);
    show_name(s);
    seq_printf(s, ") %c %d %d %d %d -1 %u %lu %lu %lu %lu ", *state_name(t),
               t->ppid, t->pgid, t->sid, (int)tty,
               atomic_read(&t->flags) & FLAGS_IN_STAT, u->min_flt, c->min_flt,
               u->maj_flt, c->maj_flt);
    seq_printf(s, "%lu %lu %lu %lu %d %d %u 0 %lu %lu %lu %lu ",
               to_user_hz(u->utime), to_user_hz(u->stime), to_user_hz(c->utime),
               to_user_hz(c->stime), NICE_LIMIT + t->nice, t->nice,
               nr_threads(t), to_user_hz(t->start_time),
               sizes->total_vm * PAGE_SIZE, mm_rss(sizes),
               t->rlim[RLIMIT_RSS].rlim_cur);
    seq_printf(s, "%lu %lu %lu 0 0 %lu %lu %lu 0 0 0 0 %d %u 0 0 0 0 0 ",
               mm->start_code, mm->end_code, mm->start_stack,
               m.pending & SIGNALS_IN_STAT, m.blocked & SIGNALS_IN_STAT,
               m.ignored & SIGNALS_IN_STAT, t->exit_signal, t->hart);
    seq_printf(s, "%lu %lu %lu %lu %lu %lu %lu %u\n", mm->start_data,
               mm->end_data, mm->start_brk, mm->arg_start, mm->arg_end,
               mm->env_start, mm->env_end, may ? t->status : 0);
}

#define KB(pages) ((uint64_t)(pages)*KB_PER_PAGE)

/* VmExe is the text of the program; other code that is mapped, VmLib. */
static void
show_status_memory(struct seq *s, struct mm *mm)
{
    uint64_t exe = (mm->end_code - mm->start_code + 1023) / 1024;
    uint64_t exec = KB(mm->exec_vm);
    /* clang-format off */
    const struct {
        const char *name;
        uint64_t kb;
    } v[] = {
        {"VmPeak", KB(MAX(mm->hiwater_vm, mm->total_vm))},
        {"VmSize", KB(mm->total_vm)}, {"VmLck", KB(mm->locked_vm)},
        {"VmHWM", KB(mm_hiwater_rss(mm))}, {"VmRSS", KB(mm_rss(mm))},
        {"RssAnon", KB(mm->rss[MM_ANONPAGES])},
        {"RssFile", KB(mm->rss[MM_FILEPAGES])},
        {"RssShmem", KB(mm->rss[MM_SHMEMPAGES])},
        {"VmData", KB(mm->data_vm)}, {"VmStk", KB(mm->stack_vm)},
        {"VmExe", exe}, {"VmLib", exec - MIN(exec, exe)},
        {"VmPTE", (uint64_t)mm->pgtable_bytes / 1024},
        {"VmSwap", KB(mm->rss[MM_SWAPENTS])},
    };
    /* clang-format on */

    for (size_t i = 0; i < ARRAY_SIZE(v); i++)
        seq_printf(s, "%s:\t%8lu kB\n", v[i].name, v[i].kb);
}

/* A file system user, as Linux has it, is the effective one. */
static void
show_status(struct seq *s)
{
    struct task *t = s->task;
    struct signal_masks m = get_signals(t);
    umode_t umask = 0;
    struct cred c;

    spin_lock(&t->lock);
    c = t->cred;
    if (t->fs)
        umask = t->fs->umask;
    spin_unlock(&t->lock);
    seq_printf(s, "Name:\t");
    show_name(s);
    seq_printf(s,
               "\nUmask:\t%04o\nState:\t%s\nTgid:\t%d\nPid:\t%d\n"
               "PPid:\t%d\nTracerPid:\t0\nUid:\t%u\t%u\t%u\t%u\n"
               "Gid:\t%u\t%u\t%u\t%u\nFDSize:\t%d\nGroups:\t",
               umask, state_name(t), t->tgid, t->pid, t->ppid, c.uid, c.euid,
               c.suid, c.euid, c.gid, c.egid, c.sgid, c.egid, FD_MAX);
    for (unsigned i = 0; i < c.ngroups; i++)
        seq_printf(s, i ? " %u" : "%u", c.groups[i]);
    seq_printf(s, " \n");
    if (s->mm)
        show_status_memory(s, s->mm);
    seq_printf(s,
               "Threads:\t%u\nSigPnd:\t%016lx\nShdPnd:\t%016lx\n"
               "SigBlk:\t%016lx\nSigIgn:\t%016lx\nSigCgt:\t%016lx\n"
               "Cpus_allowed:\t%lx\nvoluntary_ctxt_switches:\t%lu\n"
               "nonvoluntary_ctxt_switches:\t%lu\n",
               nr_threads(t), m.pending, 0UL, m.blocked, m.ignored, 0UL,
               atomic_read(&harts_online), t->nvcsw, t->nivcsw);
}

/* --- The rest */

SHOW(comm, "%s\n", s->task->comm)
SHOW(oom_adj, "%d\n", s->task->oom_score_adj)
/* How likely the OOM killer takes it: in thousandths of memory. */
SHOW(oom_score, "%lu\n", oom_badness(s->task) * OOM_SCALE / oom_scale())

/* Anybody may offer himself; only root may hide behind others. */
static int
store_oom_adj(struct seq *s, int64_t value)
{
    bool may;

    spin_lock(&s->task->lock);
    may = value >= s->task->oom_score_adj || is_root(&current->cred);
    if (may)
        s->task->oom_score_adj = (int)value;
    spin_unlock(&s->task->lock);
    return may ? 0 : -EACCES;
}

#ifdef DEBUG
/* The N-th allocation of the process from now on fails; how many are left. */
SHOW(fail_nth, "%u\n", READ_ONCE(s->task->fail_nth))

static bool
is_nth(gfp_t gfp __maybe_unused)
{
    return current->fail_nth && --current->fail_nth == 0;
}

static int
store_fail_nth(struct seq *s, int64_t value)
{
    fail_alloc_hook = is_nth;
    WRITE_ONCE(s->task->fail_nth, (uint32_t)value);
    return 0;
}
#endif

/* clang-format off */
static const struct proc_entry fd_link = { .mode = LINK, .target = open_file_of };

static const struct proc_entry pid_entries[] = {
    TEXT("cmdline", READ, show_cmdline, .seek = true),
    TEXT("comm", READ, show_comm),
    { .name = "exe", .mode = LINK, .target = exe_of },
#ifdef DEBUG
    TEXT("fail-nth", TUNE, show_fail_nth, .store = store_fail_nth,
         .max = INT32_MAX, .private = true),
#endif
    { .name = "fd", .mode = DIR_PRIVATE, .next_number = next_fd,
      .numbered = &fd_link },
    TEXT("maps", READ, show_maps, .private = true),
    TEXT("oom_score", READ, show_oom_score),
    TEXT("oom_score_adj", TUNE, show_oom_adj, .store = store_oom_adj,
         .min = -OOM_SCALE, .max = OOM_SCALE),
    TEXT("pagemap", READ_PRIVATE, show_pagemap, .seek = true, .private = true),
    TEXT("smaps", READ, show_maps, .private = true, .details = true),
    TEXT("stat", READ, show_stat),
    TEXT("statm", READ, show_statm),
    TEXT("status", READ, show_status),
};

const struct proc_entry proc_pid_dir = { .mode = DIR, CHILDREN(pid_entries) };
/* clang-format on */
