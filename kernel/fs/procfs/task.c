/* SPDX-License-Identifier: MIT */
/*
 * task.c - what /proc/PID tells of a process, in Linux's formats.
 *
 * The process may exit, or run another program, at any moment; what is
 * printed is taken from it piece by piece:
 *
 *   mm           task->lock, one more user for the time of printing
 *   files, fs    task->lock, under which they cannot go, and their own lock
 *   family       pid_lock
 *   the rest     single words, read as they are
 *
 * maps, exe, fd and whatever else tells where things are in an address space
 * may be seen by root and the process's user only (proc_may_inspect), and not
 * by him when the process has changed its user.
 *
 * Locks: mmap_lock for reading (maps), killable; never two of them, since the
 * text goes to the reader's memory afterwards (seq.c).
 *
 * Not done: smaps and pagemap; tpgid, wchan, kstkesp, kstkeip are not told.
 */
#include "fs/procfs/proc.h"

#include "include/errno.h"
#include "include/major.h"
#include "lib/string.h"
#include "sched/sched.h"
#include "sched/timer.h"
#include "vm/mm.h"
#include "vm/reclaim.h"

enum {
    MAPS_NAME_COLUMN = 73,
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

/* t's address space with one more user; NULL: it has none */
static struct mm *
task_mm(struct task *t)
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

int
task_exe(struct task *t, int fd, struct dentry **out)
{
    struct mm *mm = task_mm(t);
    struct dentry *d = NULL;

    (void)fd;
    if (!mm)
        return -ENOENT;
    if (mm->exe_file)
        d = *out = dget(mm->exe_file->dentry);
    mm_put(mm);
    return d ? 0 : -ENOENT;
}

static int
task_dir(struct task *t, bool root, struct dentry **out)
{
    int err = -ENOENT;

    spin_lock(&t->lock);
    if (t->fs) {
        spin_lock(&t->fs->lock);
        *out = dget(root ? t->fs->root : t->fs->cwd);
        spin_unlock(&t->fs->lock);
        err = 0;
    }
    spin_unlock(&t->lock);
    return err;
}

int
task_cwd(struct task *t, int fd, struct dentry **out)
{
    (void)fd;
    return task_dir(t, false, out);
}

int
task_root(struct task *t, int fd, struct dentry **out)
{
    (void)fd;
    return task_dir(t, true, out);
}

int
task_next_fd(struct task *t, int after)
{
    int fd = -1;

    spin_lock(&t->lock);
    if (t->files)
        fd = next_fd_of(t->files, after);
    spin_unlock(&t->lock);
    return fd;
}

int
task_fd(struct task *t, int fd, struct dentry **out)
{
    struct file *f = NULL;

    spin_lock(&t->lock);
    if (t->files)
        f = fd_get_of(t->files, fd);
    spin_unlock(&t->lock);
    if (!f)
        return -ENOENT;
    *out = dget(f->dentry);
    fput(f);
    return 0;
}

/* --- The address space */

static const char *
vma_name(const struct vm_area *vma)
{
    if (vma->vm_flags & VM_HEAP)
        return "[heap]";
    if (vma->vm_flags & VM_STACK)
        return "[stack]";
    return vma->vm_flags & VM_VDSO ? "[vdso]" : NULL;
}

static void
show_vma(struct seq *s, const struct vm_area *vma)
{
    const struct inode *inode = vma->vm_file ? vma->vm_file->inode : NULL;
    const char *name = inode ? NULL : vma_name(vma);
    uint32_t flags = vma->vm_flags;
    dev_t dev = inode ? inode->sb->dev : 0;
    size_t mark = s->len;

    seq_printf(s, "%08lx-%08lx %c%c%c%c %08lx %02x:%02x %lu ", vma->vm_start,
               vma->vm_end, flags & VM_READ ? 'r' : '-',
               flags & VM_WRITE ? 'w' : '-', flags & VM_EXEC ? 'x' : '-',
               flags & VM_SHARED ? 's' : 'p',
               inode ? vma->vm_pgoff << PAGE_SHIFT : 0, major(dev), minor(dev),
               inode ? inode->ino : 0);
    if (inode || name)
        seq_printf(s, "%*s", MAPS_NAME_COLUMN - (int)(s->len - mark), "");
    if (inode && vma->vm_file->dentry)
        seq_path(s, vma->vm_file->dentry, "\n");
    else if (name)
        seq_printf(s, "%s", name);
    seq_printf(s, "\n");
}

/* The cursor is the address behind the last area shown. */
int
show_task_maps(struct seq *s)
{
    struct mm *mm = task_mm(s->task);
    struct vm_area *vma;
    int err;

    if (!mm)
        return 0;
    err = down_read_killable(&mm->mmap_lock);
    if (!err) {
        for (vma = find_vma(mm, s->cursor); vma; vma = vma_next(vma)) {
            size_t mark = s->len;

            show_vma(s, vma);
            if (seq_full(s, mark))
                break;
            s->cursor = vma->vm_end;
        }
        up_read(&mm->mmap_lock);
    }
    mm_put(mm);
    return err;
}

/* Memory of the process as it is.  The cursor is an offset into it. */
static void
show_memory(struct seq *s, struct mm *mm, uint64_t start, uint64_t end)
{
    uint64_t at = start + s->cursor;
    size_t n = s->size - s->len;

    if (at >= end)
        return;
    n = access_remote_vm(mm, at, s->buf + s->len, MIN(n, end - at), false);
    s->len += n;
    s->cursor += n;
    s->more = n > 0;
}

int
show_task_cmdline(struct seq *s)
{
    struct mm *mm = task_mm(s->task);

    if (!mm)
        return 0;
    show_memory(s, mm, mm->arg_start, mm->arg_end);
    mm_put(mm);
    return 0;
}

int
show_task_environ(struct seq *s)
{
    struct mm *mm = task_mm(s->task);

    if (!mm)
        return 0;
    show_memory(s, mm, mm->env_start, mm->env_end);
    mm_put(mm);
    return 0;
}

int
show_task_auxv(struct seq *s)
{
    struct mm *mm = task_mm(s->task);
    size_t n = 0;

    if (!mm)
        return 0;
    while (n + 2 < ARRAY_SIZE(mm->auxv) && mm->auxv[n])
        n += 2;
    seq_write(s, mm->auxv, (n + 2) * sizeof(mm->auxv[0]));
    mm_put(mm);
    return 0;
}

int
show_task_statm(struct seq *s)
{
    struct mm *mm = task_mm(s->task);

    if (!mm) {
        seq_printf(s, "0 0 0 0 0 0 0\n");
        return 0;
    }
    seq_printf(s, "%lu %lu %ld %lu 0 %lu 0\n", mm->total_vm, mm_rss(mm),
               atomic_read(&mm->rss[MM_FILEPAGES]) +
                   atomic_read(&mm->rss[MM_SHMEMPAGES]),
               (mm->end_code - mm->start_code + PAGE_SIZE - 1) / PAGE_SIZE,
               mm->data_vm + mm->stack_vm);
    mm_put(mm);
    return 0;
}

/* --- stat and status */

/* What changes under pid_lock. */
struct family {
    pid_t ppid, pgid, sid;
    dev_t tty;
    uint32_t exit_code;
    uint64_t utime, stime, min_flt, maj_flt; /* of waited-for children */
};

static void
get_family(struct task *t, struct family *f)
{
    spin_lock(&pid_lock);
    *f = (struct family){
        .ppid = t->parent ? t->parent->pid : 0,
        .pgid = t->pgid,
        .sid = t->sid,
        .tty = t->tty ? makedev(TTYAUX_MAJOR, TTYAUX_MINOR_CONSOLE) : 0,
        .exit_code = t->exit_code,
        .utime = t->child_utime,
        .stime = t->child_stime,
        .min_flt = t->child_min_flt,
        .maj_flt = t->child_maj_flt,
    };
    spin_unlock(&pid_lock);
}

struct signal_masks {
    uint64_t pending, blocked, ignored, caught;
};

static void
get_signals(struct task *t, struct signal_masks *m)
{
    *m = (struct signal_masks){0};
    spin_lock(&t->sig.sig_lock);
    m->pending = atomic_read(&t->sig.pending);
    m->blocked = t->sig.blocked;
    for (unsigned i = 0; i < _NSIG; i++) {
        if (t->sig.action[i].sa_handler == SIG_IGN)
            m->ignored |= BIT(i);
        else if (t->sig.action[i].sa_handler != SIG_DFL)
            m->caught |= BIT(i);
    }
    spin_unlock(&t->sig.sig_lock);
}

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

static unsigned
linux_flags(struct task *t)
{
    uint32_t flags = atomic_read(&t->flags);

    return (flags & TF_KTHREAD ? PF_KTHREAD : 0) |
           (flags & TF_EXITING ? PF_EXITING : 0) |
           (flags & TF_FORKNOEXEC ? PF_FORKNOEXEC : 0);
}

/* Fields 1 to 25; times in USER_HZ. */
static void
show_stat_task(struct seq *s, struct task *t, const struct family *f,
               struct mm *mm)
{
    uint64_t utime, stime;

    task_times(t, &utime, &stime);
    seq_printf(s, "%d (%s) %c %d %d %d %d -1 %u %lu %lu %lu %lu ", t->pid,
               t->comm, *state_name(t), f->ppid, f->pgid, f->sid, (int)f->tty,
               linux_flags(t), t->min_flt, f->min_flt, t->maj_flt, f->maj_flt);
    seq_printf(s, "%lu %lu %lu %lu %d %d 1 0 %lu %lu %lu %lu ",
               to_user_hz(utime), to_user_hz(stime), to_user_hz(f->utime),
               to_user_hz(f->stime), NICE_TO_PRIORITY + t->nice, t->nice,
               to_user_hz(t->start_time), mm ? mm->total_vm * PAGE_SIZE : 0,
               mm ? mm_rss(mm) : 0, t->rlim[RLIMIT_RSS].rlim_cur);
}

int
show_task_stat(struct seq *s)
{
    struct task *t = s->task;
    struct mm *mm = task_mm(t);
    static const struct mm none;
    const struct mm *told = mm && proc_may_inspect(t) ? mm : &none;
    struct signal_masks sig;
    struct family f;

    get_family(t, &f);
    get_signals(t, &sig);
    show_stat_task(s, t, &f, mm);
    seq_printf(s, "%lu %lu %lu 0 0 %lu %lu %lu %lu 0 0 0 %d %u 0 0 0 0 0 ",
               told->start_code, told->end_code, told->start_stack,
               sig.pending & SIGNALS_IN_STAT, sig.blocked & SIGNALS_IN_STAT,
               sig.ignored & SIGNALS_IN_STAT, sig.caught & SIGNALS_IN_STAT,
               t->exit_signal, t->hart);
    seq_printf(s, "%lu %lu %lu %lu %lu %lu %lu %u\n", told->start_data,
               told->end_data, told->start_brk, told->arg_start, told->arg_end,
               told->env_start, told->env_end,
               proc_may_inspect(t) ? f.exit_code : 0);
    if (mm)
        mm_put(mm);
    return 0;
}

static void
show_status_ids(struct seq *s, struct task *t)
{
    struct cred c;
    int last = 0, fd = -1;

    spin_lock(&t->lock);
    c = t->cred;
    spin_unlock(&t->lock);
    while ((fd = task_next_fd(t, fd)) >= 0)
        last = fd;
    seq_printf(s, "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\n", c.uid, c.euid,
               c.suid, c.euid, c.gid, c.egid, c.sgid, c.egid);
    seq_printf(s, "FDSize:\t%d\nGroups:\t", ALIGN_UP(last + 1, FD_CHUNK));
    for (unsigned i = 0; i < c.ngroups; i++)
        seq_printf(s, "%u ", c.groups[i]);
    seq_printf(s, " \n");
}

static void
show_status_memory(struct seq *s, struct mm *mm)
{
    uint64_t exe = (mm->end_code - mm->start_code + 1023) / 1024;
    uint64_t exec = mm->exec_vm * KB_PER_PAGE;
    const struct {
        const char *name;
        uint64_t kb;
    } lines[] = {
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

    for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
        seq_printf(s, "%s:\t%8lu kB\n", lines[i].name, lines[i].kb);
    seq_printf(s, "CoreDumping:\t0\nTHP_enabled:\t0\n"
                  "untag_mask:\t0xffffffffffffffff\n");
}

static void
show_status_signals(struct seq *s, struct task *t)
{
    struct signal_masks m;
    uint64_t caps = t->cred.euid == 0 ? ALL_CAPABILITIES : 0;

    get_signals(t, &m);
    seq_printf(s,
               "Threads:\t1\nSigQ:\t0/%lu\nSigPnd:\t%016lx\n"
               "ShdPnd:\t%016lx\nSigBlk:\t%016lx\nSigIgn:\t%016lx\n"
               "SigCgt:\t%016lx\n",
               t->rlim[RLIMIT_SIGPENDING].rlim_cur, m.pending, 0UL, m.blocked,
               m.ignored, m.caught);
    seq_printf(s,
               "CapInh:\t%016lx\nCapPrm:\t%016lx\nCapEff:\t%016lx\n"
               "CapBnd:\t%016lx\nCapAmb:\t%016lx\n"
               "NoNewPrivs:\t0\nSeccomp:\t0\nSeccomp_filters:\t0\n"
               "Speculation_Store_Bypass:\tunknown\n"
               "SpeculationIndirectBranch:\tunsupported\n",
               0UL, caps, caps, ALL_CAPABILITIES, 0UL);
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

int
show_task_status(struct seq *s)
{
    struct task *t = s->task;
    uint64_t harts = t->affinity & atomic_read(&harts_online);
    struct mm *mm = task_mm(t);
    struct family f;
    umode_t umask = 0;

    get_family(t, &f);
    spin_lock(&t->lock);
    if (t->fs)
        umask = t->fs->umask;
    spin_unlock(&t->lock);
    seq_printf(s,
               "Name:\t%s\nUmask:\t%04o\nState:\t%s\nTgid:\t%d\nNgid:\t0\n"
               "Pid:\t%d\nPPid:\t%d\nTracerPid:\t0\n",
               t->comm, umask, state_name(t), t->tgid, t->pid, f.ppid);
    show_status_ids(s, t);
    seq_printf(s, "NStgid:\t%d\nNSpid:\t%d\nNSpgid:\t%d\nNSsid:\t%d\n", t->tgid,
               t->pid, f.pgid, f.sid);
    seq_printf(s, "Kthread:\t%d\n",
               atomic_read(&t->flags) & TF_KTHREAD ? 1 : 0);
    if (mm) {
        show_status_memory(s, mm);
        mm_put(mm);
    }
    show_status_signals(s, t);
    seq_printf(s, "Cpus_allowed:\t%lx\nCpus_allowed_list:\t", harts);
    show_ranges(s, harts);
    seq_printf(s,
               "\nMems_allowed:\t1\nMems_allowed_list:\t0\n"
               "voluntary_ctxt_switches:\t%lu\n"
               "nonvoluntary_ctxt_switches:\t%lu\n",
               t->nvcsw, t->nivcsw);
    return 0;
}

/* --- The rest */

int
show_task_comm(struct seq *s)
{
    seq_printf(s, "%s\n", s->task->comm);
    return 0;
}

int
show_task_oom_score(struct seq *s)
{
    seq_printf(s, "%lu\n",
               oom_badness(s->task) * OOM_SCALE / total_ram_pages());
    return 0;
}

int
show_task_oom_adj(struct seq *s)
{
    seq_printf(s, "%d\n", s->task->oom_score_adj);
    return 0;
}

/* Anybody may offer himself; only root may hide behind others. */
int
store_task_oom_adj(struct task *t, const struct proc_entry *e, int64_t value)
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
