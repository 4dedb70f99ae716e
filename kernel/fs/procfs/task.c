/* SPDX-License-Identifier: MIT */
/*
 * task.c - what /proc/PID tells of a process, in Linux's formats.
 *
 * The process may exit, or run another program, at any moment; what is
 * printed is taken from it piece by piece:
 *
 *   mm           task->lock, one more user for the time of printing
 *   files, fs    task->lock, under which they cannot go, and their own lock
 *   signals      sig_lock
 *   the rest     single words, read as they are
 *
 * maps, exe, fd and whatever else tells where things are in an address space
 * may be seen by root and the process's user only (proc_may_inspect), and not
 * by him when the process has changed its user.
 *
 * Locks: none but these.
 * The address space itself is in maps.c.
 *
 * Not done: tpgid, wchan, kstkesp, kstkeip are not told.
 */
#include "fs/procfs/proc.h"

#include "include/major.h"
#include "mm/gfp.h"
#include "sched/sched.h"
#include "vm/reclaim.h"

enum {
    KB_PER_PAGE = PAGE_SIZE / 1024,
    NICE_TO_PRIORITY = 20,
    OOM_SCALE = 1000,
    /* Flags of Linux in /proc/PID/stat. */
    PF_EXITING = 0x4,
    PF_FORKNOEXEC = 0x40,
    PF_KTHREAD = 0x200000,
};
#define ALL_CAPABILITIES 0x1ffffffffffUL
#define SIGNALS_IN_STAT 0x7fffffffUL

bool
proc_may_inspect(struct task *t)
{
    const struct cred *me = &current->cred;
    bool same;

    spin_lock(&t->lock);
    same = t->cred.uid == me->euid && t->cred.euid == me->euid &&
           t->cred.suid == me->euid;
    spin_unlock(&t->lock);
    return same || t == current || is_root(me);
}

struct mm *
proc_get_mm(struct task *t)
{
    struct mm *mm;

    spin_lock(&t->lock);
    mm = t->mm;
    if (mm && !mm_get_not_zero(mm))
        mm = NULL;
    spin_unlock(&t->lock);
    return mm;
}

/* --- Links */

static struct dentry *
task_exe(struct task *t, int fd)
{
    struct mm *mm = proc_get_mm(t);
    struct dentry *d = NULL;

    (void)fd;
    if (mm && mm->exe_file)
        d = dget(mm->exe_file->dentry);
    if (mm)
        mm_put(mm);
    return d;
}

static struct dentry *
task_dir(struct task *t, bool root)
{
    struct dentry *d = NULL;

    spin_lock(&t->lock);
    if (t->fs) {
        spin_lock(&t->fs->lock);
        d = dget(root ? t->fs->root : t->fs->cwd);
        spin_unlock(&t->fs->lock);
    }
    spin_unlock(&t->lock);
    return d;
}

static struct dentry *
task_cwd(struct task *t, int fd)
{
    (void)fd;
    return task_dir(t, false);
}

static struct dentry *
task_root(struct task *t, int fd)
{
    (void)fd;
    return task_dir(t, true);
}

/* The next open descriptor, or -1. */
static int
task_next_fd(struct task *t, int after)
{
    int fd = -1;

    spin_lock(&t->lock);
    if (t->files)
        fd = next_fd_of(t->files, after);
    spin_unlock(&t->lock);
    return fd;
}

static struct dentry *
task_fd(struct task *t, int fd)
{
    struct file *f = NULL;
    struct dentry *d = NULL;

    spin_lock(&t->lock);
    if (t->files)
        f = fd_get_of(t->files, fd);
    spin_unlock(&t->lock);
    if (f)
        d = dget(f->dentry);
    fput(f);
    return d;
}

/* --- The address space */

/* Memory of the process as it is.  The cursor is an offset into it. */
static void
show_memory(struct seq *s, uint64_t start, uint64_t end)
{
    uint64_t at = start + s->cursor;
    size_t n = s->size - s->len;

    if (at >= end)
        return;
    s->overflow = n == 0;
    n = access_remote_vm(s->mm, at, s->buf + s->len, MIN(n, end - at), false);
    s->len += n;
    s->cursor += n;
    s->more = n > 0;
}

static void
show_cmdline(struct seq *s)
{
    if (s->mm)
        show_memory(s, s->mm->arg_start, s->mm->arg_end);
}

static void
show_environ(struct seq *s)
{
    if (s->mm)
        show_memory(s, s->mm->env_start, s->mm->env_end);
}

/* As exec gave it to the program, with the pair of zeros at its end. */
static void
show_auxv(struct seq *s)
{
    const uint64_t *auxv = s->mm ? s->mm->auxv : NULL;
    size_t n = 0;

    if (!auxv)
        return;
    while (n + 2 < ARRAY_SIZE(s->mm->auxv) && auxv[n])
        n += 2;
    seq_write(s, auxv, (n + 2) * sizeof(auxv[0]));
}

/* --- statm, stat and status */

static struct mm no_mm; /* what those without one show: zeros */

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

struct signal_masks {
    uint64_t pending, blocked, ignored, caught;
};

static struct signal_masks
get_signals(struct task *t)
{
    struct signal_masks m = {0};

    spin_lock(&t->sig.sig_lock);
    m.pending = atomic_read(&t->sig.pending);
    m.blocked = t->sig.blocked;
    for (unsigned i = 0; i < _NSIG; i++) {
        if (t->sig.action[i].sa_handler == SIG_IGN)
            m.ignored |= BIT(i);
        else if (t->sig.action[i].sa_handler != SIG_DFL)
            m.caught |= BIT(i);
    }
    spin_unlock(&t->sig.sig_lock);
    return m;
}

/* One of Linux's states; a kernel thread that waits is idle. */
static const char *
state_name(struct task *t)
{
    uint32_t state = atomic_read(&t->state);

    if (state & TASK_DEAD)
        return "X (dead)";
    if (state & TASK_ZOMBIE)
        return "Z (zombie)";
    if (state & TASK_STOPPED)
        return "T (stopped)";
    if (state & TASK_INTERRUPTIBLE)
        return "S (sleeping)";
    if (state & TASK_UNINTERRUPTIBLE && atomic_read(&t->flags) & TF_KTHREAD)
        return "I (idle)";
    return state ? "D (disk sleep)" : "R (running)";
}

/* Times in USER_HZ; addresses only for who may inspect the process. */
static void
show_stat(struct seq *s)
{
    struct task *t = s->task;
    bool may = proc_may_inspect(t);
    struct mm *sizes = s->mm ? s->mm : &no_mm, *mm = may ? sizes : &no_mm;
    dev_t tty = t->tty ? makedev(TTYAUX_MAJOR, TTYAUX_MINOR_CONSOLE) : 0;
    uint32_t flags = atomic_read(&t->flags);
    struct signal_masks m = get_signals(t);
    uint64_t utime, stime;

    task_times(t, &utime, &stime);
    seq_printf(s, "%d (%s) %c %d %d %d %d -1 %u %lu %lu %lu %lu ", t->pid,
               t->comm, *state_name(t), t->ppid, t->pgid, t->sid, (int)tty,
               (flags & TF_KTHREAD ? PF_KTHREAD : 0) |
                   (flags & TF_EXITING ? PF_EXITING : 0) |
                   (flags & TF_FORKNOEXEC ? PF_FORKNOEXEC : 0),
               t->min_flt, t->child_min_flt, t->maj_flt, t->child_maj_flt);
    seq_printf(s, "%lu %lu %lu %lu %d %d 1 0 %lu %lu %lu %lu ",
               to_user_hz(utime), to_user_hz(stime), to_user_hz(t->child_utime),
               to_user_hz(t->child_stime), NICE_TO_PRIORITY + t->nice, t->nice,
               to_user_hz(t->start_time), sizes->total_vm * PAGE_SIZE,
               mm_rss(sizes), t->rlim[RLIMIT_RSS].rlim_cur);
    seq_printf(s, "%lu %lu %lu 0 0 %lu %lu %lu %lu 0 0 0 %d %u 0 0 0 0 0 ",
               mm->start_code, mm->end_code, mm->start_stack,
               m.pending & SIGNALS_IN_STAT, m.blocked & SIGNALS_IN_STAT,
               m.ignored & SIGNALS_IN_STAT, m.caught & SIGNALS_IN_STAT,
               t->exit_signal, t->hart);
    seq_printf(s, "%lu %lu %lu %lu %lu %lu %lu %u\n", mm->start_data,
               mm->end_data, mm->start_brk, mm->arg_start, mm->arg_end,
               mm->env_start, mm->env_end, may ? t->exit_code : 0);
}

/* Who it is; a file system user, as Linux has it, is the effective one. */
static void
show_status_ids(struct seq *s, struct task *t)
{
    struct cred c;
    umode_t umask = 0;

    spin_lock(&t->lock);
    c = t->cred;
    if (t->fs)
        umask = t->fs->umask;
    spin_unlock(&t->lock);
    seq_printf(s,
               "Name:\t%s\nUmask:\t%04o\nState:\t%s\nTgid:\t%d\nNgid:\t0\n"
               "Pid:\t%d\nPPid:\t%d\nTracerPid:\t0\n",
               t->comm, umask, state_name(t), t->tgid, t->pid, t->ppid);
    seq_printf(s,
               "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\n"
               "FDSize:\t%d\nGroups:\t",
               c.uid, c.euid, c.suid, c.euid, c.gid, c.egid, c.sgid, c.egid,
               FD_MAX);
    for (unsigned i = 0; i < c.ngroups; i++)
        seq_printf(s, "%u ", c.groups[i]);
    seq_printf(s,
               " \nNStgid:\t%d\nNSpid:\t%d\nNSpgid:\t%d\nNSsid:\t%d\n"
               "Kthread:\t%d\n",
               t->tgid, t->pid, t->pgid, t->sid,
               atomic_read(&t->flags) & TF_KTHREAD ? 1 : 0);
}

/* VmExe is the text of the program; other code, such as the vDSO, VmLib. */
static void
show_status_memory(struct seq *s, struct mm *mm)
{
    uint64_t exe = (mm->end_code - mm->start_code + 1023) / 1024;
    uint64_t exec = mm->exec_vm * KB_PER_PAGE;
    const struct seq_value v[] = {
        {"VmPeak", MAX(mm->hiwater_vm, mm->total_vm) * KB_PER_PAGE},
        {"VmSize", mm->total_vm * KB_PER_PAGE},
        {"VmLck", mm->locked_vm * KB_PER_PAGE},
        {"VmPin", 0},
        {"VmHWM", mm_hiwater_rss(mm) * KB_PER_PAGE},
        {"VmRSS", mm_rss(mm) * KB_PER_PAGE},
        {"RssAnon", (uint64_t)mm->rss[MM_ANONPAGES] * KB_PER_PAGE},
        {"RssFile", (uint64_t)mm->rss[MM_FILEPAGES] * KB_PER_PAGE},
        {"RssShmem", (uint64_t)mm->rss[MM_SHMEMPAGES] * KB_PER_PAGE},
        {"VmData", mm->data_vm * KB_PER_PAGE},
        {"VmStk", mm->stack_vm * KB_PER_PAGE},
        {"VmExe", exe},
        {"VmLib", exec - MIN(exec, exe)},
        {"VmPTE", (uint64_t)mm->pgtable_bytes / 1024},
        {"VmSwap", (uint64_t)mm->rss[MM_SWAPENTS] * KB_PER_PAGE},
        {"HugetlbPages", 0},
    };

    seq_values(s, "%.*s:\t%8lu kB\n", v, ARRAY_SIZE(v));
    seq_printf(s, "CoreDumping:\t0\nTHP_enabled:\t0\n"
                  "untag_mask:\t0xffffffffffffffff\n");
}

/* A set is a number in hex.  Root has all capabilities, others none. */
static void
show_status_signals(struct seq *s, struct task *t)
{
    struct signal_masks m = get_signals(t);
    uint64_t caps = t->cred.euid == 0 ? ALL_CAPABILITIES : 0;
    const struct seq_value v[] = {
        {"SigPnd", m.pending},   {"ShdPnd", 0},
        {"SigBlk", m.blocked},   {"SigIgn", m.ignored},
        {"SigCgt", m.caught},    {"CapInh", 0},
        {"CapPrm CapEff", caps}, {"CapBnd", ALL_CAPABILITIES},
        {"CapAmb", 0},
    };
    uint32_t threads;

    spin_lock(&pid_lock);
    threads = hlist_unhashed(&t->pid_link) ? 0 : t->leader->nr_threads;
    spin_unlock(&pid_lock);
    seq_printf(s, "Threads:\t%u\nSigQ:\t0/%lu\n", threads,
               t->rlim[RLIMIT_SIGPENDING].rlim_cur);
    seq_values(s, "%.*s:\t%016lx\n", v, ARRAY_SIZE(v));
    seq_printf(s, "NoNewPrivs:\t0\nSeccomp:\t0\nSeccomp_filters:\t0\n"
                  "Speculation_Store_Bypass:\tunknown\n"
                  "SpeculationIndirectBranch:\tunsupported\n");
}

/* The harts of a mask as Linux lists them: 0-2,5 */
static void
show_ranges(struct seq *s, uint64_t mask)
{
    const char *comma = "";

    for (unsigned i = 0; i < NR_CPUS; i++) {
        unsigned first = i;

        if (!(mask >> i & 1))
            continue;
        while (mask >> (i + 1) & 1)
            i++;
        seq_printf(s, first == i ? "%s%u" : "%s%u-%u", comma, first, i);
        comma = ",";
    }
}

static void
show_status(struct seq *s)
{
    struct task *t = s->task;
    uint64_t harts = t->affinity & atomic_read(&harts_online);

    show_status_ids(s, t);
    if (s->mm)
        show_status_memory(s, s->mm);
    show_status_signals(s, t);
    seq_printf(s, "Cpus_allowed:\t%lx\nCpus_allowed_list:\t", harts);
    show_ranges(s, harts);
    seq_printf(s,
               "\nMems_allowed:\t1\nMems_allowed_list:\t0\n"
               "voluntary_ctxt_switches:\t%lu\n"
               "nonvoluntary_ctxt_switches:\t%lu\n",
               t->nvcsw, t->nivcsw);
}

/* --- The rest */

static void
show_comm(struct seq *s)
{
    seq_printf(s, "%s\n", s->task->comm);
}

/* How likely the OOM killer takes it: in thousandths of memory. */
static void
show_oom_score(struct seq *s)
{
    seq_printf(s, "%lu\n", oom_badness(s->task) * OOM_SCALE / oom_scale());
}

static void
show_oom_adj(struct seq *s)
{
    seq_printf(s, "%d\n", s->task->oom_score_adj);
}

/* Anybody may offer himself; only root may hide behind others. */
static int
store_oom_adj(struct task *t, const struct proc_entry *e, int64_t value)
{
    int err = 0;

    (void)e;
    spin_lock(&t->lock);
    if (value < t->oom_score_adj && !is_root(&current->cred))
        err = -EACCES;
    else
        t->oom_score_adj = (int)value;
    spin_unlock(&t->lock);
    return err;
}

#ifdef DEBUG
/* The N-th allocation of the process from now on fails; how many are left. */
static void
show_fail_nth(struct seq *s)
{
    seq_printf(s, "%u\n", READ_ONCE(s->task->fail_nth));
}

static bool
is_nth(gfp_t gfp)
{
    (void)gfp;
    return current->fail_nth && --current->fail_nth == 0;
}

static int
store_fail_nth(struct task *t, const struct proc_entry *e, int64_t value)
{
    (void)e;
    fail_alloc_hook = is_nth;
    WRITE_ONCE(t->fail_nth, (uint32_t)value);
    return 0;
}
#endif

/* clang-format off */
static const struct proc_entry fd_link = JUMP("", task_fd);

const struct proc_entry proc_pid_entries[] = {
    TEXT("auxv", READ_PRIVATE, show_auxv, .private = true),
    TEXT("cmdline", READ, show_cmdline, .seek = true),
    TEXT("comm", READ, show_comm),
    JUMP("cwd", task_cwd),
    TEXT("environ", READ_PRIVATE, show_environ, .private = true, .seek = true),
    JUMP("exe", task_exe),
#ifdef DEBUG
    TEXT("fail-nth", TUNE, show_fail_nth, .store = store_fail_nth,
         .max = INT32_MAX, .private = true),
#endif
    DIRECTORY("fd", DIR_PRIVATE, .next_number = task_next_fd,
              .numbered = &fd_link),
    TEXT("maps", READ, show_maps, .private = true),
    TEXT("mounts", READ, show_mounts),
    TEXT("oom_score", READ, show_oom_score),
    TEXT("oom_score_adj", TUNE, show_oom_adj, .store = store_oom_adj,
         .min = -OOM_SCALE, .max = OOM_SCALE),
    TEXT("pagemap", READ_PRIVATE, show_pagemap, .private = true, .seek = true),
    JUMP("root", task_root),
    TEXT("smaps", READ, show_smaps, .private = true),
    TEXT("smaps_rollup", READ, show_smaps_rollup, .private = true),
    TEXT("stat", READ, show_stat),
    TEXT("statm", READ, show_statm),
    TEXT("status", READ, show_status),
    { 0 },
};
/* clang-format on */
