/* SPDX-License-Identifier: MIT */
/*
 * task.c - what /proc/PID tells of a process, in Linux's formats.
 *
 * The process may exit, or run another program, at any moment; what is
 * printed is taken from it piece by piece:
 *
 *   mm           task->lock, one more user for the time of printing
 *   fs           task->lock, under which they cannot go, and their own lock
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
 * Not done: tpgid, wchan, kstkesp, kstkeip are not told, nor what Linux has and
 * we do not: name spaces, capabilities, seccomp.
 */
#include "fs/procfs/proc.h"

#include "include/major.h"
#include "mm/gfp.h"
#include "sched/sched.h"
#include "vm/reclaim.h"
#include "vm/swap.h"

enum {
    KB_PER_PAGE = PAGE_SIZE / 1024,
    NICE_TO_PRIORITY = 20,
    OOM_SCALE = 1000,
    /* Flags of Linux in /proc/PID/stat. */
    PF_EXITING = 0x4,
    PF_FORKNOEXEC = 0x40,
    PF_KTHREAD = 0x200000,
};
#define SIGNALS_IN_STAT 0x7fffffffUL

bool
proc_may_inspect(struct task *t)
{
    const struct cred *me = &current->cred;
    bool same;

    /* All three, or a set-user-ID program could be watched by its user. */
    spin_lock(&t->lock);
    same = t->cred.uid == me->euid && t->cred.euid == me->euid &&
           t->cred.suid == me->euid;
    spin_unlock(&t->lock);
    return same || t == current || is_root(me);
}

/* While t has it, it has a user: the task drops its own after t->mm is NULL. */
struct mm *
proc_get_mm(struct task *t)
{
    struct mm *mm;

    spin_lock(&t->lock);
    mm = t->mm ? mm_get(t->mm) : NULL;
    spin_unlock(&t->lock);
    return mm;
}

/* --- Links */

struct dentry *
proc_link(struct task *t, enum proc_link which, int fd)
{
    struct dentry *d = NULL;
    struct file *f = NULL;

    /* What belongs to the task cannot go while its lock is held. */
    spin_lock(&t->lock);
    if (which == LINK_FD) {
        f = t->fs ? fd_get_of(t->fs, fd) : NULL;
    } else if (which == LINK_EXE) {
        if (t->mm && t->mm->exe_file)
            d = dget(t->mm->exe_file->dentry);
    } else if (t->fs) {
        spin_lock(&t->fs->lock);
        d = dget(which == LINK_ROOT ? t->fs->root : t->fs->cwd);
        spin_unlock(&t->fs->lock);
    }
    spin_unlock(&t->lock);
    if (f)
        d = dget(f->dentry);
    fput(f);
    return d;
}

/* The next open descriptor, or -1. */
static int
task_next_fd(struct task *t, int after)
{
    int fd = -1;

    spin_lock(&t->lock);
    if (t->fs)
        fd = next_fd_of(t->fs, after);
    spin_unlock(&t->lock);
    return fd;
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
    static const struct {
        uint32_t states;
        const char *name;
    } names[] = {
        {TASK_DEAD, "X (dead)"},           {TASK_ZOMBIE, "Z (zombie)"},
        {TASK_STOPPED, "T (stopped)"},     {TASK_INTERRUPTIBLE, "S (sleeping)"},
        {~TASK_RUNNING, "D (disk sleep)"}, {0, "R (running)"},
    };
    uint32_t state = atomic_read(&t->state);
    unsigned i = 0;

    if (state & TASK_UNINTERRUPTIBLE && atomic_read(&t->flags) & TF_KTHREAD)
        return "I (idle)";
    while (names[i].states && !(state & names[i].states))
        i++;
    return names[i].name;
}

/* Of its process, those that have not ended. */
static uint32_t
nr_threads(struct task *t)
{
    uint32_t n;

    spin_lock(&pid_lock);
    n = hlist_unhashed(&t->pid_link) ? 0 : t->leader->nr_threads;
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
    seq_printf(s, "%lu %lu %lu %lu %d %d %u 0 %lu %lu %lu %lu ",
               to_user_hz(utime), to_user_hz(stime), to_user_hz(t->child_utime),
               to_user_hz(t->child_stime), NICE_TO_PRIORITY + t->nice, t->nice,
               nr_threads(t), to_user_hz(t->start_time),
               sizes->total_vm * PAGE_SIZE, mm_rss(sizes),
               t->rlim[RLIMIT_RSS].rlim_cur);
    seq_printf(s, "%lu %lu %lu 0 0 %lu %lu %lu %lu 0 0 0 %d %u 0 0 0 0 0 ",
               mm->start_code, mm->end_code, mm->start_stack,
               m.pending & SIGNALS_IN_STAT, m.blocked & SIGNALS_IN_STAT,
               m.ignored & SIGNALS_IN_STAT, m.caught & SIGNALS_IN_STAT,
               t->exit_signal, t->hart);
    seq_printf(s, "%lu %lu %lu %lu %lu %lu %lu %u\n", mm->start_data,
               mm->end_data, mm->start_brk, mm->arg_start, mm->arg_end,
               mm->env_start, mm->env_end, may ? t->exit_code : 0);
}

#define KB(pages) ((uint64_t)(pages)*KB_PER_PAGE)

/* VmExe is the text of the program; other code, such as the vDSO, VmLib. */
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
    seq_printf(s,
               "Name:\t%s\nUmask:\t%04o\nState:\t%s\nTgid:\t%d\nPid:\t%d\n"
               "PPid:\t%d\nTracerPid:\t0\nUid:\t%u\t%u\t%u\t%u\n"
               "Gid:\t%u\t%u\t%u\t%u\nFDSize:\t%d\nGroups:\t",
               t->comm, umask, state_name(t), t->tgid, t->pid, t->ppid, c.uid,
               c.euid, c.suid, c.euid, c.gid, c.egid, c.sgid, c.egid, FD_MAX);
    for (unsigned i = 0; i < c.ngroups; i++)
        seq_printf(s, "%u ", c.groups[i]);
    seq_printf(s, "\n");
    if (s->mm)
        show_status_memory(s, s->mm);
    seq_printf(s,
               "Threads:\t%u\nSigPnd:\t%016lx\nShdPnd:\t%016lx\n"
               "SigBlk:\t%016lx\nSigIgn:\t%016lx\nSigCgt:\t%016lx\n"
               "Cpus_allowed:\t%lx\nvoluntary_ctxt_switches:\t%lu\n"
               "nonvoluntary_ctxt_switches:\t%lu\n",
               nr_threads(t), m.pending, 0UL, m.blocked, m.ignored, m.caught,
               t->affinity & atomic_read(&harts_online), t->nvcsw, t->nivcsw);
}

/* --- The rest */

SHOW(comm, "%s\n", s->task->comm)
SHOW(oom_adj, "%d\n", s->task->oom_score_adj)
/* How likely the OOM killer takes it: in thousandths of memory. */
SHOW(oom_score, "%lu\n", oom_badness(s->task) * OOM_SCALE / oom_scale())

/* Anybody may offer himself; only root may hide behind others. */
static int
store_oom_adj(struct task *t, int64_t value)
{
    bool may;

    spin_lock(&t->lock);
    may = value >= t->oom_score_adj || is_root(&current->cred);
    if (may)
        t->oom_score_adj = (int)value;
    spin_unlock(&t->lock);
    return may ? 0 : -EACCES;
}

#ifdef DEBUG
/* The N-th allocation of the process from now on fails; how many are left. */
SHOW(fail_nth, "%u\n", READ_ONCE(s->task->fail_nth))

static bool
is_nth(gfp_t gfp)
{
    (void)gfp;
    return current->fail_nth && --current->fail_nth == 0;
}

static int
store_fail_nth(struct task *t, int64_t value)
{
    fail_alloc_hook = is_nth;
    WRITE_ONCE(t->fail_nth, (uint32_t)value);
    return 0;
}
#endif

/* clang-format off */
static const struct proc_entry fd_link = JUMP("", LINK_FD);

const struct proc_entry proc_pid_entries[] = {
    TEXT("auxv", READ_PRIVATE, show_auxv, .private = true),
    TEXT("cmdline", READ, show_cmdline, .seek = true),
    TEXT("comm", READ, show_comm),
    JUMP("cwd", LINK_CWD),
    TEXT("environ", READ_PRIVATE, show_environ, .private = true, .seek = true),
    JUMP("exe", LINK_EXE),
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
    WORDS("pagemap", pagemap_word, .private = true),
    JUMP("root", LINK_ROOT),
    TEXT("smaps", READ, show_smaps, .private = true),
    TEXT("smaps_rollup", READ, show_smaps_rollup, .private = true),
    TEXT("stat", READ, show_stat),
    TEXT("statm", READ, show_statm),
    TEXT("status", READ, show_status),
    { 0 },
};
/* clang-format on */
