/* SPDX-License-Identifier: MIT */
/* sys_proc.c - system calls on processes. */
#include "include/sched.h"
#include "include/time.h"
#include "lib/err.h"
#include "lib/macros.h"
#include "lib/string.h"
#include "proc/exec.h"
#include "proc/exit.h"
#include "proc/fork.h"
#include "riscv/uaccess.h"
#include "core/cpu.h"
#include "fs/fs.h"
#include "sched/sched.h"
#include "sched/timer.h"
#include "syscall/syscall.h"
#include "vm/mm.h"

int64_t
sys_clone(const uint64_t *a)
{
    struct clone_args args = {.flags = a[0],
                              .stack = a[1],
                              .parent_tid = a[2],
                              .tls = a[3],
                              .child_tid = a[4]};

    return do_clone(&args);
}

int64_t
sys_execve(const uint64_t *a)
{
    char *path = get_path(a[0]);
    int err;

    if (IS_ERR(path))
        return PTR_ERR(path);
    err = do_execve(path, (const char *const *)a[1], (const char *const *)a[2],
                    true);
    put_path(path);
    return err;
}

int64_t
sys_exit(const uint64_t *a)
{
    do_exit((uint32_t)(a[0] & 0xff) << 8);
}

int64_t
sys_wait4(const uint64_t *a)
{
    const unsigned known = WNOHANG | WUNTRACED | WCONTINUED | __WALL;
    struct wait_args args = {.pid = (pid_t)a[0]};
    int err;

    if ((unsigned)a[2] & ~known)
        return -EINVAL;
    if (args.pid == INT32_MIN) /* names no group: -pid overflows */
        return -ESRCH;
    args.options = (unsigned)a[2] | WEXITED;
    err = do_wait(&args);
    if (err || !args.found)
        return err;
    if (a[1] && copy_out(a[1], &args.status, sizeof(args.status)))
        return -EFAULT;
    if (a[3] && copy_out(a[3], &args.rusage, sizeof(args.rusage)))
        return -EFAULT;
    return args.found;
}

/* waitid's idea of which children, as wait4's pid.  0, -EINVAL */
static int
waitid_pid(uint64_t type, pid_t id, pid_t *pid)
{
    if (type == P_ALL)
        *pid = -1;
    else if (type == P_PID && id > 0)
        *pid = id;
    else if (type == P_PGID && id >= 0)
        *pid = id ? -id : 0;
    else
        return -EINVAL;
    return 0;
}

int64_t
sys_waitid(const uint64_t *a)
{
    const unsigned known =
        WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED | __WALL;
    struct wait_args args = {.options = (unsigned)a[3]};
    struct siginfo info;
    int err;

    if ((args.options & ~known) ||
        !(args.options & (WEXITED | WSTOPPED | WCONTINUED)))
        return -EINVAL;
    err = waitid_pid(a[0], (pid_t)a[1], &args.pid);
    if (!err)
        err = do_wait(&args);
    if (err)
        return err;
    if (args.found)
        child_info(&info, args.found, args.uid, args.status);
    else
        memset(&info, 0, sizeof(info));
    if (a[2] && copy_out(a[2], &info, sizeof(info)))
        return -EFAULT;
    if (a[4] && copy_out(a[4], &args.rusage, sizeof(args.rusage)))
        return -EFAULT;
    return 0;
}

/* --- Who is who */

int64_t
sys_getpid(const uint64_t *a)
{
    (void)a;
    return current->tgid;
}

int64_t
sys_gettid(const uint64_t *a)
{
    (void)a;
    return current->pid;
}

int64_t
sys_getppid(const uint64_t *a)
{
    (void)a;
    return READ_ONCE(current->ppid);
}

/* Does a group of this session exist?  => pid_lock held */
static bool
group_in_session(pid_t pgid, pid_t sid)
{
    struct task *t;

    list_for_each_entry(t, &all_tasks, all_link)
        if (t->pgid == pgid && t->sid == sid)
            return true;
    return false;
}

int64_t
sys_setpgid(const uint64_t *a)
{
    pid_t pid = (pid_t)a[0] ? (pid_t)a[0] : current->pid;
    pid_t pgid = (pid_t)a[1] ? (pid_t)a[1] : pid;
    struct task *t;
    int err = 0;

    if (pgid < 0)
        return -EINVAL;
    spin_lock(&pid_lock);
    t = find_task_locked(pid);
    if (!t || (t != current && t->parent != current))
        err = -ESRCH;
    else if (t != current && !(atomic_read(&t->flags) & TF_FORKNOEXEC))
        err = -EACCES;
    else if (t->sid == t->pid || t->sid != current->sid)
        err = -EPERM; /* a session leader, or of another session */
    else if (pgid != pid && !group_in_session(pgid, current->sid))
        err = -EPERM;
    else
        t->pgid = pgid;
    spin_unlock(&pid_lock);
    return err;
}

/* A number of another task's: its group or session. */
static int64_t
id_of(pid_t pid, bool session)
{
    int64_t ret = -ESRCH;
    struct task *t;

    spin_lock(&pid_lock);
    t = pid ? find_task_locked(pid) : current;
    if (t)
        ret = session ? t->sid : t->pgid;
    spin_unlock(&pid_lock);
    return ret;
}

int64_t
sys_getpgid(const uint64_t *a)
{
    return id_of((pid_t)a[0], false);
}

int64_t
sys_getsid(const uint64_t *a)
{
    return id_of((pid_t)a[0], true);
}

int64_t
sys_setsid(const uint64_t *a)
{
    struct task *t = current, *other;
    int64_t ret = t->pid;

    (void)a;
    spin_lock(&pid_lock);
    list_for_each_entry(other, &all_tasks, all_link)
        if (other->pgid == t->pid)
            ret = -EPERM;
    if (ret > 0) {
        t->pgid = t->sid = t->pid;
        t->tty = NULL;
    }
    spin_unlock(&pid_lock);
    return ret;
}

int64_t
sys_set_tid_address(const uint64_t *a)
{
    current->clear_child_tid = a[0];
    return current->pid;
}

int64_t
sys_set_robust_list(const uint64_t *a)
{
    enum { ROBUST_LIST_BYTES = 24 };

    if (a[1] != ROBUST_LIST_BYTES)
        return -EINVAL;
    current->robust_list = a[0];
    return 0;
}

/* --- Scheduling */

int64_t
sys_sched_yield(const uint64_t *a)
{
    (void)a;
    schedule();
    return 0;
}

/* => refs: the caller's; NULL: -ESRCH.  0 means the caller */
static struct task *
task_by_pid(pid_t pid)
{
    return pid ? find_get_task(pid) : get_task(current);
}

int64_t
sys_sched_getaffinity(const uint64_t *a)
{
    struct task *t = task_by_pid((pid_t)a[0]);
    uint64_t mask;

    if (!t)
        return -ESRCH;
    mask = t->affinity & (BIT(nr_cpus) - 1);
    put_task(t);
    if (a[1] < sizeof(mask) || a[1] % sizeof(mask))
        return -EINVAL;
    return copy_out(a[2], &mask, sizeof(mask)) ? -EFAULT
                                               : (int64_t)sizeof(mask);
}

int64_t
sys_sched_setaffinity(const uint64_t *a)
{
    uint64_t mask = 0;
    struct task *t;
    int err;

    if (copy_in(&mask, a[2], MIN((uint64_t)sizeof(mask), a[1])))
        return -EFAULT;
    t = task_by_pid((pid_t)a[0]);
    if (!t)
        return -ESRCH;
    err = may_signal(t) ? sched_set_affinity(t, mask) : -EPERM;
    put_task(t);
    return err;
}

int64_t
sys_setpriority(const uint64_t *a)
{
    int nice = (int)a[2], err = 0;
    struct task *t;

    if (a[0] != PRIO_PROCESS)
        return -EINVAL;
    t = task_by_pid((pid_t)a[1]);
    if (!t)
        return -ESRCH;
    nice = MAX(-20, MIN(nice, 19));
    if (!may_signal(t))
        err = -EPERM;
    else if (nice < t->nice && !is_root(&current->cred))
        err = -EACCES;
    else
        t->nice = nice;
    put_task(t);
    return err;
}

int64_t
sys_getpriority(const uint64_t *a)
{
    struct task *t;
    int64_t ret;

    if (a[0] != PRIO_PROCESS)
        return -EINVAL;
    t = task_by_pid((pid_t)a[1]);
    if (!t)
        return -ESRCH;
    ret = 20 - t->nice; /* so that it is never negative */
    put_task(t);
    return ret;
}

int64_t
sys_getcpu(const uint64_t *a)
{
    uint32_t cpu = hart_index(), node = 0;

    if (a[0] && copy_out(a[0], &cpu, sizeof(cpu)))
        return -EFAULT;
    return a[1] ? copy_out(a[1], &node, sizeof(node)) : 0;
}

/* --- Usage and limits */

int64_t
sys_getrusage(const uint64_t *a)
{
    struct rusage ru;

    switch ((int)a[0]) {
    case RUSAGE_SELF:
    case RUSAGE_THREAD:
        task_rusage(current, false, &ru);
        break;
    case RUSAGE_CHILDREN:
        task_rusage(current, true, &ru);
        break;
    default:
        return -EINVAL;
    }
    return copy_out(a[1], &ru, sizeof(ru));
}

static int
set_limit(struct task *t, unsigned which, const struct rlimit *new)
{
    struct rlimit *rl = &t->rlim[which];
    int err = 0;

    if (new->rlim_cur > new->rlim_max)
        return -EINVAL;
    spin_lock(&t->lock);
    if (new->rlim_max > rl->rlim_max && !is_root(&current->cred))
        err = -EPERM;
    else
        *rl = *new;
    spin_unlock(&t->lock);
    return err;
}

static int64_t
do_prlimit(pid_t pid, unsigned which, uint64_t new_user, uint64_t old_user)
{
    struct rlimit new, old;
    struct task *t;
    int err = 0;

    if (which >= RLIM_NLIMITS)
        return -EINVAL;
    if (new_user && copy_in(&new, new_user, sizeof(new)))
        return -EFAULT;
    t = task_by_pid(pid);
    if (!t)
        return -ESRCH;
    spin_lock(&t->lock);
    old = t->rlim[which];
    spin_unlock(&t->lock);
    if (t != current && !may_signal(t))
        err = -EPERM;
    if (!err && new_user)
        err = set_limit(t, which, &new);
    put_task(t);
    if (!err && old_user)
        err = copy_out(old_user, &old, sizeof(old));
    return err;
}

int64_t
sys_prlimit64(const uint64_t *a)
{
    return do_prlimit((pid_t)a[0], (unsigned)a[1], a[2], a[3]);
}

int64_t
sys_getrlimit(const uint64_t *a)
{
    return do_prlimit(0, (unsigned)a[0], 0, a[1]);
}

int64_t
sys_setrlimit(const uint64_t *a)
{
    return do_prlimit(0, (unsigned)a[0], a[1], 0);
}

static int64_t
user_hz(uint64_t ticks)
{
    return (int64_t)(ticks / (ticks_per_sec() / USER_HZ));
}

int64_t
sys_times(const uint64_t *a)
{
    uint64_t utime, stime;
    struct tms tms;

    task_times(current, &utime, &stime);
    tms.tms_utime = user_hz(utime);
    tms.tms_stime = user_hz(stime);
    spin_lock(&pid_lock);
    tms.tms_cutime = user_hz(current->child_utime);
    tms.tms_cstime = user_hz(current->child_stime);
    spin_unlock(&pid_lock);
    if (a[0] && copy_out(a[0], &tms, sizeof(tms)))
        return -EFAULT;
    return user_hz(clock_ticks());
}

int64_t
sys_prctl(const uint64_t *a)
{
    char comm[TASK_COMM_LEN] = {0};
    int64_t n;

    switch (a[0]) {
    case PR_SET_NAME:
        n = strncpy_from_user(comm, (const char *)a[1], sizeof(comm) - 1);
        if (n < 0)
            return n;
        set_task_comm(current, comm);
        return 0;
    case PR_GET_NAME:
        strlcpy(comm, current->comm, sizeof(comm));
        return copy_out(a[1], comm, sizeof(comm));
    case PR_GET_DUMPABLE:
        return 1;
    default:
        return -EINVAL;
    }
}
