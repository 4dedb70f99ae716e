/* SPDX-License-Identifier: MIT */
/*
 * exit.c - the end of a process, and its parent's wait for it.
 *
 *   do_exit: give back memory, files, root; hand children to init; become a
 *   ZOMBIE; tell the parent; leave the hart for good.
 *   do_wait: find a child that has changed; a ZOMBIE is reaped: out of the
 *   family and the pid table, its times added to ours.
 *
 * A task whose parent ignores SIGCHLD reaps itself (no ZOMBIE is left).
 *
 * Invariants
 *   I1  parent, children, state ZOMBIE and exit_code change under pid_lock,
 *       so a waiter that scans its children under it misses nothing: the
 *       exiting child wakes parent->child_exit after it has become ZOMBIE.
 *   I2  Only the one who unlinks the zombie from its parent drops the
 *       table's reference.
 *
 * Locks: pid_lock > task->lock > sig_lock.  Nothing is held when memory and
 * files are given back, since that may sleep.
 */
#include "proc/exit.h"

#include "core/lockdep.h"
#include "fs/fs.h"
#include "fs/tty/tty.h"
#include "include/errno.h"
#include "lib/assert.h"
#include "lib/string.h"
#include "riscv/uaccess.h"
#include "sched/sched.h"
#include "sched/timer.h"
#include "vm/mm.h"

/* --- Resource usage */

static struct timeval
ticks_to_timeval(uint64_t ticks)
{
    uint64_t us = ticks_to_ns(ticks) / 1000;

    return (struct timeval){(int64_t)(us / 1000000), (int64_t)(us % 1000000)};
}

void
task_rusage(struct task *t, struct rusage *out)
{
    uint64_t utime, stime;

    memset(out, 0, sizeof(*out));
    task_times(t, &utime, &stime);
    out->ru_utime = ticks_to_timeval(utime);
    out->ru_stime = ticks_to_timeval(stime);
    out->ru_minflt = (int64_t)t->min_flt;
    out->ru_majflt = (int64_t)t->maj_flt;
    out->ru_nvcsw = (int64_t)t->nvcsw;
    out->ru_nivcsw = (int64_t)t->nivcsw;
    out->ru_maxrss = (int64_t)(t->max_rss * (PAGE_SIZE / 1024));
}

void
children_rusage(struct task *t, struct rusage *out)
{
    memset(out, 0, sizeof(*out));
    spin_lock(&pid_lock);
    out->ru_utime = ticks_to_timeval(t->child_utime);
    out->ru_stime = ticks_to_timeval(t->child_stime);
    out->ru_minflt = (int64_t)t->child_min_flt;
    out->ru_majflt = (int64_t)t->child_maj_flt;
    spin_unlock(&pid_lock);
}

/* --- Exit */

void
vfork_done(struct task *t)
{
    /* Under t->lock: the parent's queue lives on its stack until it has
     * taken that lock too. */
    spin_lock(&t->lock);
    if (t->vfork_wait) {
        struct wait_queue *q = t->vfork_wait;

        t->vfork_wait = NULL;
        wake_up_all(q);
    }
    spin_unlock(&t->lock);
}

static void
exit_memory(struct task *t)
{
    struct mm *mm = t->mm;

    if (!mm)
        return;
    if (t->clear_child_tid)
        put_user(0u, (uint32_t *)t->clear_child_tid);
    t->max_rss = mm_hiwater_rss(mm);
    spin_lock(&t->lock);
    t->mm = NULL;
    spin_unlock(&t->lock);
    switch_mmu(NULL);
    vfork_done(t);
    mm_put(mm);
}

static void
exit_files(struct task *t)
{
    struct files *files = t->files;
    struct fs_context *fs = t->fs;

    spin_lock(&t->lock);
    t->files = NULL;
    t->fs = NULL;
    spin_unlock(&t->lock);
    if (files)
        files_put(files);
    if (fs)
        fs_context_put(fs);
}

/* => pid_lock held */
static void
add_child_usage(struct task *parent, struct task *t)
{
    uint64_t utime, stime;

    task_times(t, &utime, &stime);
    parent->child_utime += utime + t->child_utime;
    parent->child_stime += stime + t->child_stime;
    parent->child_min_flt += t->min_flt + t->child_min_flt;
    parent->child_maj_flt += t->maj_flt + t->child_maj_flt;
}

/* Orphans go to init, which may have to wait for some at once. */
static void
give_children_to_init(struct task *t)
{
    struct task *init = find_task_locked(INIT_PID), *child;
    bool zombies = false;

    while (!list_empty(&t->children)) {
        child = list_first_entry(&t->children, struct task, sibling);
        child->parent = init;
        WRITE_ONCE(child->ppid, INIT_PID);
        child->exit_signal = SIGCHLD;
        list_move_tail(&child->sibling, &init->children);
        zombies |= atomic_read(&child->state) == TASK_ZOMBIE;
    }
    if (zombies)
        wake_up_all(&init->child_exit);
}

static bool
parent_ignores_exit(struct task *parent)
{
    struct sigaction *sa = &parent->sig.action[SIGCHLD - 1];
    bool ignores;

    spin_lock(&parent->sig.sig_lock);
    ignores = sa->sa_handler == SIG_IGN || (sa->sa_flags & SA_NOCLDWAIT);
    spin_unlock(&parent->sig.sig_lock);
    return ignores;
}

static void
fill_child_info(struct siginfo *info, struct task *t, int code, int status)
{
    memset(info, 0, sizeof(*info));
    info->si_signo = SIGCHLD;
    info->si_code = code;
    info->si_pid = t->pid;
    info->si_uid = t->cred.uid;
    info->si_status = status;
}

/* Out of the family.  => pid_lock held; refs: the caller drops the table's */
static void
unlink_task_locked(struct task *t)
{
    list_del_init(&t->sibling);
    detach_pid_locked(t);
}

/* Become a zombie, or nothing.  => true: the table's reference is ours */
static bool
exit_notify(struct task *t, uint32_t status)
{
    struct siginfo info;
    struct task *parent;
    bool reaped = false;

    spin_lock(&pid_lock);
    give_children_to_init(t);
    parent = t->parent;
    t->exit_code = status;
    if (t->exit_signal == SIGCHLD && parent_ignores_exit(parent)) {
        add_child_usage(parent, t);
        unlink_task_locked(t);
        reaped = true;
    } else {
        atomic_store(&t->state, TASK_ZOMBIE);
        if (t->exit_signal) {
            fill_child_info(&info, t,
                            WIFEXITED(status) ? CLD_EXITED : CLD_KILLED,
                            WIFEXITED(status) ? (int)WEXITSTATUS(status)
                                              : (int)WTERMSIG(status));
            send_signal(parent, t->exit_signal, &info);
        }
    }
    wake_up_all(&parent->child_exit);
    if (reaped)
        atomic_store(&t->state, TASK_DEAD);
    spin_unlock(&pid_lock);
    return reaped;
}

_Noreturn void
do_exit(uint32_t status)
{
    struct task *t = current;

    if (t->pid == INIT_PID)
        panic("init exited with status 0x%x", status);
    ASSERT(t->thread.nr_held == 0);
    atomic_fetch_or(&t->flags, TF_EXITING);
    exit_memory(t);
    exit_files(t);
    if (t->pid == t->sid)
        tty_leave_session();
    t->thread.scope = 0;
    if (exit_notify(t, status))
        put_task(t); /* the scheduler's own reference remains */
    schedule();
    panic("%s (%d) came back from its end", t->comm, t->pid);
}

/* --- Wait */

static bool
wait_matches(const struct wait_args *args, const struct task *child)
{
    if (args->pid > 0)
        return child->pid == args->pid;
    if (args->pid == 0)
        return child->pgid == current->pgid;
    return args->pid == -1 || child->pgid == -args->pid;
}

/* Has child something to tell?  => pid_lock held; fills args */
static bool
child_changed(struct wait_args *args, struct task *child)
{
    if (atomic_read(&child->state) == TASK_ZOMBIE) {
        if (!(args->options & WEXITED))
            return false;
        args->status = child->exit_code;
        args->code = WIFEXITED(child->exit_code) ? CLD_EXITED : CLD_KILLED;
        return true;
    }
    if ((args->options & WSTOPPED) && child->stop_signal &&
        !child->stop_reported) {
        args->status = (uint32_t)child->stop_signal << 8 | 0x7f;
        args->code = CLD_STOPPED;
        if (!(args->options & WNOWAIT))
            child->stop_reported = true;
        return true;
    }
    if ((args->options & WCONTINUED) && child->continued_unreported) {
        args->status = 0xffff;
        args->code = CLD_CONTINUED;
        if (!(args->options & WNOWAIT))
            child->continued_unreported = false;
        return true;
    }
    return false;
}

/*
 * One pass over the children.  => pid_lock held; the child with news, reaped
 * if it was a zombie (*reaped: drop its reference); *any: some child matches
 */
static struct task *
scan_children(struct wait_args *args, bool *any, bool *reaped)
{
    struct task *child;

    list_for_each_entry(child, &current->children, sibling) {
        if (!wait_matches(args, child))
            continue;
        *any = true;
        if (!child_changed(args, child))
            continue;
        args->found = child->pid;
        args->uid = child->cred.uid;
        *reaped = args->code != CLD_STOPPED && args->code != CLD_CONTINUED &&
                  !(args->options & WNOWAIT);
        if (*reaped) {
            add_child_usage(current, child);
            unlink_task_locked(child);
        }
        return child;
    }
    return NULL;
}

/* => 0: found, or nothing yet with WNOHANG; 1: nothing yet; -ECHILD */
static int
try_wait(struct wait_args *args)
{
    bool any = false, reaped = false;
    struct task *child;

    spin_lock(&pid_lock);
    child = scan_children(args, &any, &reaped);
    spin_unlock(&pid_lock);
    if (child && reaped) {
        task_rusage(child, &args->rusage);
        put_task(child);
    }
    if (child)
        return 0;
    if (!any)
        return -ECHILD;
    return args->options & WNOHANG ? 0 : 1;
}

int
do_wait(struct wait_args *args)
{
    struct wait_entry wait;
    int ret;

    args->found = 0;
    memset(&args->rusage, 0, sizeof(args->rusage));
    ret = try_wait(args);
    if (ret != 1)
        return ret;
    wait_entry_init(&wait);
    for (;;) {
        prepare_to_wait(&current->child_exit, &wait, TASK_INTERRUPTIBLE);
        ret = try_wait(args);
        if (ret != 1)
            break;
        if (wait_interrupted(TASK_INTERRUPTIBLE)) {
            ret = -ERESTARTSYS;
            break;
        }
        schedule();
    }
    finish_wait(&current->child_exit, &wait);
    return ret;
}

void
notify_parent_stop(int sig, bool stopped)
{
    struct task *t = current, *parent;
    struct siginfo info;
    bool quiet;

    spin_lock(&pid_lock);
    t->stop_signal = stopped ? sig : 0;
    t->stop_reported = false;
    t->continued_unreported = !stopped;
    parent = t->parent;
    fill_child_info(&info, t, stopped ? CLD_STOPPED : CLD_CONTINUED, sig);
    spin_lock(&parent->sig.sig_lock);
    quiet = parent->sig.action[SIGCHLD - 1].sa_flags & SA_NOCLDSTOP;
    spin_unlock(&parent->sig.sig_lock);
    if (!quiet)
        send_signal(parent, SIGCHLD, &info);
    wake_up_all(&parent->child_exit);
    spin_unlock(&pid_lock);
}
