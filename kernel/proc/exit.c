/* SPDX-License-Identifier: MIT */
/*
 * exit.c - the end of a process, and its parent's wait for it.
 *
 *   do_exit: give back memory, files, root; hand children to init; become a
 *   ZOMBIE; tell the parent; leave the hart for good.
 *   do_wait: find a child that has changed; a ZOMBIE is reaped: out of the
 *   family and the pid table, its times added to ours.
 *
 * A task whose parent ignores SIGCHLD reaps itself (no ZOMBIE is left).  A
 * stop and a continuation are told in the same way as an end: `news` says what
 * has happened until a waiter takes it, `status` the rest.
 *
 * Threads.  A group ends with its last thread: the leader, whose pid is the
 * process's, stays as a zombie of which its parent is not told before that;
 * other threads vanish at once.  All children are the leader's.  exit_group, or
 * a signal that ends one thread, sends SIGKILL to the others, and so does exec,
 * but its victims go alone; if the leader is among them, the thread that lives
 * on takes its pid and its place in the family.
 *
 * Invariants
 *   I1  parent, children, state ZOMBIE, news and status change under
 *       pid_lock, so a waiter that scans its children under it misses
 *       nothing: who changes wakes parent->child_exit after that.
 *   I2  Only the one who unlinks the zombie from its parent drops the
 *       table's reference.
 *   I3  nr_threads is how many of the group have not passed do_exit(); who
 *       takes it to 0 ends the group.  No thread joins a group that ends: the
 *       one who would make it has SIGKILL pending by then (fork.c).
 *
 * Races
 *   exit, wait     The parent goes on its child_exit queue, sets its state, and
 *                  only then looks through its children under pid_lock; the
 *                  child becomes a zombie under pid_lock, and then wakes the
 *                  queue.  Whoever has the lock first: the look finds the
 *                  zombie, or the wakeup finds the waiter.
 *   exit, exit     A parent gives its children away and a child becomes a
 *                  zombie under pid_lock: one that is a zombie already wakes
 *                  init, one that becomes it later finds init as its parent.
 *   wait, wait     Two threads may both see the zombie; the first under the
 *                  lock unlinks it (I2).
 *   stop, wait     `news` is set before the wakeup and taken by one waiter.
 *   exec, exec     exec_task is set under pid_lock by the first; the second
 *                  gets -EAGAIN, and dies of the SIGKILL that it has by then.
 *   kill, exec     exec's victims look at exec_task in do_group_exit() and go
 *                  alone; a SIGKILL from outside hits the thread that execs,
 *                  too: it ends that one's killable wait, or is delivered
 *                  when exec returns.
 *   fork, exit     join_family() refuses under pid_lock when a signal is
 *                  pending, so a group that ends gets no more threads (I3).
 *   reap, leave    A zombie may be reaped while it is still on its stack: task
 *                  and stack are the scheduler's then (I5 of sched.c), whose
 *                  reference goes last.
 *
 * Locks: pid_lock > task->lock > sig_lock.  Nothing is held when memory and
 * files are given back, since that may sleep.
 *
 * Not done: what a thread used counts as a child's when it has ended; core
 * files.
 */
#include "proc/proc.h"

#include "core/panic.h"
#include "core/printk.h"
#include "fs/tty/tty.h"
#include "proc/futex.h"
#include "riscv/uaccess.h"

/* --- Resource usage */

/* Timebase ticks as rusage counts time: microseconds. */
static struct timeval
ticks_to_timeval(uint64_t ticks)
{
    uint64_t us = timer_to_ns(ticks) / 1000;

    return (struct timeval){(int64_t)(us / 1000000), (int64_t)(us % 1000000)};
}

struct rusage
task_rusage(struct task *t, bool children)
{
    const struct usage *u = children ? &t->leader->child_used : task_usage(t);
    uint64_t max_rss = t->mm ? mm_hiwater_rss(t->mm) : t->max_rss;
    struct rusage ru = {
        .ru_utime = ticks_to_timeval(u->utime),
        .ru_stime = ticks_to_timeval(u->stime),
        .ru_minflt = (int64_t)u->min_flt,
        .ru_majflt = (int64_t)u->maj_flt,
    };

    if (children && t == current)
        return ru;
    ru.ru_maxrss = (int64_t)(max_rss * KB_PER_PAGE);
    ru.ru_nvcsw = (int64_t)t->nvcsw;
    ru.ru_nivcsw = (int64_t)t->nivcsw;
    return ru;
}

/* --- Telling the parent */

/*
 * Send the parent sig, unless that is 0, and wake it: signal first, so that a
 * parent that comes out of wait4 has SIGCHLD pending.
 * => pid_lock held, which keeps t->parent
 */
static void
tell_parent_locked(struct task *t, int sig, uint32_t news, uint32_t status)
{
    t->news = news;
    t->status = status;
    send_signal(t->parent, sig);
    wake_up_all(&t->parent->child_exit);
}

void
notify_parent(uint32_t news, uint32_t status)
{
    struct task *t = current;
    bool quiet;

    spin_lock(&pid_lock);
    if (t == t->leader && !t->group_exit) { /* else its end is all to tell */
        quiet = t->parent->sig.action[SIGCHLD - 1].sa_flags & SA_NOCLDSTOP;
        tell_parent_locked(t, quiet ? 0 : SIGCHLD, news, status);
    }
    spin_unlock(&pid_lock);
}

/*
 * The vfork parent waits on our queue, for our flag, with a reference to us; t is
 * the current task, so that the queue is there even if that reference has gone.
 */
void
leave_mm(struct task *t)
{
    struct futex_word word = {(uint32_t *)t->clear_child_tid, true};

    if (word.user && atomic_read(&t->mm->users) > 1) {
        put_user(0u, word.user);
        futex_wake(word, 1, FUTEX_BITSET_MATCH_ANY);
    }
    t->clear_child_tid = 0;
    if (atomic_fetch_and(&t->flags, ~(uint32_t)TF_VFORK) & TF_VFORK)
        wake_up_all(&t->child_exit);
}

/* --- Exit */

/*
 * Leave address space and files.  t->lock: /proc may be looking into them.  The
 * last put of each may sleep.
 */
static void
give_back(struct task *t)
{
    struct mm *mm = t->mm;
    struct fs_context *fs = t->fs;

    leave_mm(t);
    t->max_rss = mm_hiwater_rss(mm);
    spin_lock(&t->lock);
    t->mm = NULL;
    t->fs = NULL;
    spin_unlock(&t->lock);
    switch_mmu(&kernel_mmu);
    mm_put(mm);
    fs_context_put(fs);
}

static void
add_usage(struct usage *to, const struct usage *more)
{
    to->utime += more->utime;
    to->stime += more->stime;
    to->min_flt += more->min_flt;
    to->maj_flt += more->maj_flt;
}

/*
 * Out of the family; what t and its children used is its parent's now.
 * => pid_lock held; refs: the caller drops the table's
 */
static void
reap_locked(struct task *t)
{
    add_usage(&t->child_used, &t->used);
    add_usage(&t->parent->child_used, &t->child_used);
    list_del_init(&t->sibling);
    detach_pid_locked(t);
}

/*
 * All threads have ended: the children go to init, which may have to wait for
 * some at once, and the leader becomes a zombie, or nothing.
 * => pid_lock held; true: the table's reference to it is the caller's
 */
static bool
end_group_locked(struct task *leader)
{
    struct task *init = find_task_locked(INIT_PID), *child;
    /* Both words are read whole; a change just now may come too late. */
    const struct sigaction *action = &leader->parent->sig.action[SIGCHLD - 1];
    bool reaped = leader->exit_signal == SIGCHLD &&
                  (READ_ONCE(action->sa_handler) == SIG_IGN ||
                   READ_ONCE(action->sa_flags) & SA_NOCLDWAIT);

    list_for_each_entry(child, &leader->children, sibling) {
        child->parent = init;
        WRITE_ONCE(child->ppid, INIT_PID);
        child->exit_signal = SIGCHLD;
    }
    if (!list_empty(&leader->children))
        wake_up_all(&init->child_exit);
    list_splice(&leader->children, init->children.prev);
    if (reaped)
        reap_locked(leader);
    tell_parent_locked(leader, reaped ? 0 : leader->exit_signal, WEXITED,
                       leader->status);
    return reaped;
}

/*
 * A leader stays, as a zombie that nobody is told of, until the last of its
 * group has gone; of another thread nothing stays.  Without init nobody reaps or
 * starts anything: it is the end of the machine, though not a fault of the
 * kernel, and what was written gets to the disk.
 */
_Noreturn void
do_exit(uint32_t status)
{
    struct task *t = current, *leader = t->leader;
    bool last, reaped;

    if (t->tgid == INIT_PID && !(atomic_read(&t->flags) & TF_ENDED) &&
        (t == leader || leader->group_exit)) {
        pr_err("init died: status 0x%x", status);
        vfs_shutdown();
        machine_poweroff(1);
    }
    ASSERT(t->thread.nr_held == 0);
    atomic_fetch_or(&t->flags, TF_EXITING);
    give_back(t);
    if (t->pid == t->sid)
        tty_leave_session();

    task_usage(t); /* up to now: the parent may reap it before it leaves */
    atomic_inc(&nr_leaving);
    spin_lock(&pid_lock);
    atomic_store(&t->state, TASK_ZOMBIE);
    if (t == leader) {
        t->news = 0;
        if (!t->group_exit)
            t->status = status;
    } else {
        add_usage(&leader->child_used, &t->used);
        list_del_init(&t->thread_link);
        detach_pid_locked(t);
    }
    last = --leader->nr_threads == 0;
    if (leader->exec_task) /* it looks at nr_threads, without the lock */
        wake_up_all(&leader->child_exit);
    reaped = last && end_group_locked(leader);
    spin_unlock(&pid_lock);
    /* The scheduler's own references remain. */
    if (t != leader)
        put_task(t);
    if (reaped)
        put_task(leader);
    schedule();
    panic("%s (%d) came back from its end", t->comm, t->pid);
}

/* --- Groups of threads */

/*
 * Forced, so that a thread which blocks everything ends, too.  They may already
 * be on their way out; a signal more does not matter then.
 * => pid_lock held
 */
static void
kill_others_locked(void)
{
    for (struct task *t = next_thread(current); t != current;
         t = next_thread(t)) {
        atomic_fetch_or(&t->flags, TF_ENDED);
        force_signal(t, SIGKILL);
    }
}

/*
 * The first to come says what the group's status is.  Who is killed by
 * another's exec goes alone.
 */
_Noreturn void
do_group_exit(uint32_t status)
{
    struct task *leader = current->leader;

    spin_lock(&pid_lock);
    if (!leader->group_exit &&
        (!leader->exec_task || leader->exec_task == current)) {
        leader->group_exit = true;
        leader->status = status;
        leader->news = 0;
        kill_others_locked();
    }
    spin_unlock(&pid_lock);
    do_exit(status);
}

/*
 * Nobody can join meanwhile: who would make a thread has a signal pending
 * (fork.c).  A fatal one for us ends the wait, though some may have gone by then.
 * Which signal a child's end sends was agreed with the old program: a new one,
 * which may be of another user, gets SIGCHLD, and so does our parent.
 */
int
end_other_threads(void)
{
    struct task *t = current, *leader = t->leader, *old = NULL, *child;
    int err;

    spin_lock(&pid_lock);
    if (leader->group_exit || leader->exec_task) {
        spin_unlock(&pid_lock);
        return -EAGAIN;
    }
    leader->exec_task = t;
    kill_others_locked();
    spin_unlock(&pid_lock);
    err = wait_event_killable(&leader->child_exit,
                              READ_ONCE(leader->nr_threads) == 1);
    spin_lock(&pid_lock);
    leader->exec_task = NULL;
    if (!err && t != leader) {
        old = replace_leader_locked(t);
        add_usage(&t->child_used, &old->used);
    }
    t->exit_signal = SIGCHLD;
    list_for_each_entry(child, &t->leader->children, sibling)
        child->exit_signal = SIGCHLD;
    spin_unlock(&pid_lock);
    put_task(old);
    return err;
}

/* --- Wait */

/* Is child one of those that the caller asks for? */
static bool
wait_matches(const struct wait_args *args, const struct task *child)
{
    return args->pid == ANY_CHILD ? true
           : args->pid > 0        ? child->pid == args->pid
           : args->pid == 0       ? child->pgid == current->pgid
                                  : child->pgid == -args->pid;
}

/* What there is to tell of a child; *info was 0.  => pid_lock held */
static void
child_info(const struct task *t, struct siginfo *info)
{
    bool killed = t->news == WEXITED && !WIFEXITED(t->status);

    info->si_signo = SIGCHLD;
    info->si_code = t->news == WSTOPPED     ? CLD_STOPPED
                    : t->news == WCONTINUED ? CLD_CONTINUED
                    : killed                ? CLD_KILLED
                                            : CLD_EXITED;
    info->si_pid = t->pid;
    info->si_uid = t->cred.uid;
    info->si_status = t->news == WCONTINUED ? SIGCONT
                      : killed              ? (int)WTERMSIG(t->status)
                                            : (int)WEXITSTATUS(t->status);
}

/*
 * One look through the children; the oldest that has news wins.  A zombie is
 * reaped.
 * => 0: found, or nothing yet with WNOHANG; 1: nothing yet; -ECHILD
 */
static int
try_wait(struct wait_args *args)
{
    bool keep = args->options & WNOWAIT, reaped = false;
    int ret = -ECHILD;
    struct task *child;

    spin_lock(&pid_lock);
    list_for_each_entry(child, &current->leader->children, sibling) {
        if (!wait_matches(args, child))
            continue;
        ret = !(args->options & WNOHANG);
        if (!(args->options & child->news))
            continue;
        ret = 0;
        args->status = child->status;
        child_info(child, &args->info);
        reaped = child->news == WEXITED && !keep;
        if (reaped)
            reap_locked(child);
        if (!keep)
            child->news = 0;
        break;
    }
    spin_unlock(&pid_lock);
    if (reaped) {
        args->rusage = task_rusage(child, true);
        put_task(child);
    }
    return ret;
}

int
do_wait(struct wait_args *args)
{
    int ret;

    return wait_event_interruptible(&current->leader->child_exit,
                                    (ret = try_wait(args)) <= 0)
               ?: ret;
}
