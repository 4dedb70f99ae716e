/* SPDX-License-Identifier: MIT */
/*
 * sys_proc.c - system calls on processes: waiting for them, who they are, how
 * they are scheduled, what they used and may use.
 *
 * Making and ending them is proc/'s.  A call on a process of a given pid gets
 * the task from SYSCALL_TASK, referenced, so that it may end meanwhile.
 *
 * Groups and sessions.  A session is what one terminal controls, a group what
 * one command line started: the terminal sends ^C to one group of its session.
 * A group lies in one session; its number is the pid of the process that
 * founded it, and lives on while it has members, so that a pid is free for a
 * new group only if no task has it as its group (setsid).
 *
 * Locks: pid_lock for the family, groups and sessions; task->lock for limits.
 * Numbers of another task that are one word are read without.
 *
 * Not done: priorities of groups and users; robust futexes; other threads than
 * the process itself.
 */
#include "fs/procfs/proc.h"
#include "proc/futex.h"
#include "proc/proc.h"
#include "syscall/syscall.h"

/* --- Making and ending */

/* clang-format off */
SYSCALL(clone) { return do_clone(a[0], a[1], a[2], a[3], a[4]); }
SYSCALL_PATHS(execve, BIT(0))
    { return do_execve(path[0], (const char **)a[1], (const char **)a[2]); }
SYSCALL(exit) { do_exit((uint32_t)(a[0] & 0xff) << 8); }
SYSCALL(exit_group) { do_group_exit((uint32_t)(a[0] & 0xff) << 8); }
/* clang-format on */

/* A child that ended, stopped or continued: its pid, status and usage. */
SYSCALL(wait4)
{
    const unsigned known = WNOHANG | WUNTRACED | WCONTINUED | __WALL;
    struct wait_args args = {.pid = (pid_t)a[0],
                             .options = (unsigned)a[2] | WEXITED};
    int err;

    if ((unsigned)a[2] & ~known)
        return -EINVAL;
    if (args.pid == INT32_MIN) /* names no group: -pid overflows */
        return -ESRCH;
    if (args.pid == -1)
        args.pid = ANY_CHILD;
    err = do_wait(&args);
    if (err || !args.info.si_pid)
        return err;
    return copy_out_if(a[1], &args.status, sizeof(args.status))
               ?: copy_out_if(a[3], &args.rusage, sizeof(args.rusage))
               ?: args.info.si_pid;
}

/*
 * The same with a choice of what to wait for, and struct siginfo as answer,
 * all zero if with WNOHANG there is nothing yet.
 */
SYSCALL(waitid)
{
    const unsigned what = WEXITED | WSTOPPED | WCONTINUED;
    const unsigned known = WNOHANG | WNOWAIT | what | __WALL;
    pid_t id = (pid_t)a[1]; /* of a group, 0 is ours */
    struct wait_args args = {.pid = a[0] == P_PGID ? -id : id,
                             .options = (unsigned)a[3]};

    if (a[0] == P_ALL)
        args.pid = ANY_CHILD;
    else if (a[0] > P_PGID || id < 0 || (a[0] == P_PID && id == 0))
        return -EINVAL;
    if ((args.options & ~known) || !(args.options & what))
        return -EINVAL;
    return do_wait(&args)
               ?: copy_out_if(a[2], &args.info, sizeof(args.info))
               ?: copy_out_if(a[4], &args.rusage, sizeof(args.rusage));
}

/* --- Who is who */

/* clang-format off */
SYSCALL(getpid) { return current->tgid; }
SYSCALL(gettid) { return current->pid; }
SYSCALL(getppid) { return READ_ONCE(current->leader->ppid); }
SYSCALL_TASK(getpgid, 0) { return READ_ONCE(t->pgid); }
SYSCALL_TASK(getsid, 0) { return READ_ONCE(t->sid); }
/* clang-format on */

/* A task of this group, or NULL.  => pid_lock held */
static struct task *
group_member(pid_t pgid)
{
    struct task *t;

    list_for_each_entry(t, &all_tasks, all_link)
        if (t->pgid == pgid)
            return t;
    return NULL;
}

/* All threads of t's process.  => pid_lock held */
static void
set_group(struct task *t, pid_t pgid, pid_t sid, struct tty *tty)
{
    struct task *first = t;

    do {
        t->pgid = pgid;
        t->sid = sid;
        t->tty = tty;
    } while ((t = next_thread(t)) != first);
}

/*
 * Put ourselves, or a child that has not yet run another program, into a group
 * of this session: its own or one that exists.  Shells do both, parent and
 * child, since neither knows who runs first.
 */
SYSCALL(setpgid)
{
    pid_t pid = (pid_t)a[0] ?: current->tgid, pgid = (pid_t)a[1] ?: pid;
    struct task *t, *member, *me = current->leader;
    int err = 0;

    if (pgid < 0)
        return -EINVAL;
    spin_lock(&pid_lock);
    t = find_task_locked(pid);
    member = pgid == pid ? t : group_member(pgid);
    if (!t || (t != me && t->parent != me))
        err = -ESRCH;
    else if (t != t->leader)
        err = -EINVAL;
    else if (t != me && !(atomic_read(&t->flags) & TF_FORKNOEXEC))
        err = -EACCES;
    else if (t->sid == t->pid || t->sid != me->sid || !member ||
             member->sid != me->sid)
        err = -EPERM; /* a session leader, or of another session */
    else
        set_group(t, pgid, t->sid, t->tty);
    spin_unlock(&pid_lock);
    return err;
}

/* Found a session and a group, and have no terminal. */
SYSCALL(setsid)
{
    pid_t pid = current->tgid;
    bool may;

    spin_lock(&pid_lock);
    may = !group_member(pid); /* else it leads a group */
    if (may)
        set_group(current, pid, pid, NULL);
    spin_unlock(&pid_lock);
    return may ? pid : -EPERM;
}

/* A name for ps. */
SYSCALL(prctl)
{
    char comm[TASK_COMM_LEN] = {0};
    int64_t n;

    if (a[0] == PR_GET_NAME)
        return copy_out(a[1], current->comm, sizeof(comm));
    if (a[0] != PR_SET_NAME)
        return -EINVAL;
    n = strncpy_from_user(comm, (const char *)a[1], sizeof(comm) - 1);
    if (n >= 0)
        strlcpy(current->comm, comm, sizeof(comm));
    return MIN(n, (int64_t)0);
}

/* --- Threads: futexes */

/* The word that is cleared, and woken, when the thread ends. */
SYSCALL(set_tid_address)
{
    current->clear_child_tid = a[0];
    return current->pid;
}

/*
 * Wait at a word, and wake who does.  The end of a plain wait is relative, that
 * of a wait with a bitset absolute; on REALTIME, see "Not done" of sys_time.c.
 */
SYSCALL(futex)
{
    struct futex_word word = {(uint32_t *)a[0], !(a[1] & FUTEX_PRIVATE_FLAG)};
    int cmd = (int)a[1] & FUTEX_CMD_MASK, nr = (int)a[2], more = (int)a[3];
    uint32_t bitset = FUTEX_BITSET_MATCH_ANY, value = 0;
    uint64_t end, shown = 0;
    int64_t ret;

    if (a[1] & FUTEX_CLOCK_REALTIME && cmd != FUTEX_WAIT_BITSET)
        return -ENOSYS;
    if (cmd == FUTEX_WAIT_BITSET || cmd == FUTEX_WAKE_BITSET)
        bitset = (uint32_t)a[5];
    switch (cmd) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET:
        if (cmd == FUTEX_WAIT_BITSET)
            shown = a[1] & FUTEX_CLOCK_REALTIME
                        ? ns_to_ticks((uint64_t)clock_realtime_ns())
                        : clock_ticks();
        ret = get_end(a[3], shown, &end)
                  ?: futex_wait(word, (uint32_t)a[2], bitset, ticks_left(end));
        if (ret == -ERESTARTSYS)
            current->wait_end = end;
        return ret;
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET:
        return futex_wake(word, nr, bitset);
    case FUTEX_REQUEUE: /* who is woken waits at the other word by itself */
    case FUTEX_CMP_REQUEUE:
        if (cmd == FUTEX_CMP_REQUEUE && get_user(value, word.user))
            return -EFAULT;
        if (cmd == FUTEX_CMP_REQUEUE && value != (uint32_t)a[5])
            return -EAGAIN;
        return nr < 0 || more < 0
                   ? -EINVAL
                   : futex_wake(word, (int64_t)nr + more, bitset);
    default:
        return -ENOSYS;
    }
}

/* --- Scheduling */

SYSCALL(sched_yield)
{
    schedule();
    return 0;
}

/* All harts, as a mask: who runs where is the scheduler's.  => its size */
SYSCALL_TASK(sched_getaffinity, 0)
{
    uint64_t mask = atomic_read(&harts_online);

    if (a[1] < sizeof(mask) || a[1] % sizeof(mask))
        return -EINVAL;
    return copy_out(a[2], &mask, sizeof(mask)) ?: (int64_t)sizeof(mask);
}

/* Turned round, so that it is never negative. */
SYSCALL_TASK(getpriority, 1)
{
    return a[0] == PRIO_PROCESS ? NICE_LIMIT - t->nice : -EINVAL;
}

/* Anybody may be nice; only root may stop being so. */
SYSCALL_TASK(setpriority, 1)
{
    int nice = MAX(-NICE_LIMIT, MIN((int)a[2], NICE_LIMIT - 1));

    if (a[0] != PRIO_PROCESS)
        return -EINVAL;
    if (!may_signal(t, 0))
        return -EPERM;
    if (nice < t->nice && !is_root(&current->cred))
        return -EACCES;
    t->nice = nice;
    return 0;
}

/* --- Usage and limits */

/* What we used, or what those children used that were waited for. */
SYSCALL(getrusage)
{
    int who = (int)a[0];
    struct rusage ru = task_rusage(current, who == RUSAGE_CHILDREN);

    if (who != RUSAGE_SELF && who != RUSAGE_THREAD && who != RUSAGE_CHILDREN)
        return -EINVAL;
    return copy_out(a[1], &ru, sizeof(ru));
}

/* Its times in hundredths of a second.  => such since boot */
SYSCALL(times)
{
    const struct usage *u = task_usage(current);
    const struct usage *c = &current->leader->child_used;
    struct tms tms = {
        .tms_utime = (int64_t)to_user_hz(u->utime),
        .tms_stime = (int64_t)to_user_hz(u->stime),
        .tms_cutime = (int64_t)to_user_hz(c->utime),
        .tms_cstime = (int64_t)to_user_hz(c->stime),
    };

    return copy_out_if(a[0], &tms, sizeof(tms))
               ?: (int64_t)to_user_hz(clock_ticks());
}

/*
 * Set and get one limit of ours or of a process that is wholly ours: a
 * set-user-ID program is not its user's.  The soft limit holds; the hard one
 * bounds it, and only root may raise it.
 */
SYSCALL_TASK(prlimit64, 0)
{
    unsigned which = (unsigned)a[1];
    struct rlimit new, old;
    int err = 0;

    if (which >= RLIM_NLIMITS)
        return -EINVAL;
    if (a[2] && copy_in(&new, a[2], sizeof(new)))
        return -EFAULT;
    if (!proc_may_inspect(t))
        return -EPERM;
    if (a[2] && new.rlim_cur > new.rlim_max)
        return -EINVAL;
    spin_lock(&t->lock);
    old = t->rlim[which];
    if (a[2] && new.rlim_max > old.rlim_max && !is_root(&current->cred))
        err = -EPERM;
    else if (a[2])
        t->rlim[which] = new;
    spin_unlock(&t->lock);
    return err ? err : copy_out_if(a[3], &old, sizeof(old));
}
