/* SPDX-License-Identifier: MIT */
/*
 * fork.c - clone(2): a new process out of an old one.
 *
 * What a task consists of is either copied or shared, by CLONE_ flags:
 *
 *   address space   mm_copy (copy-on-write)      CLONE_VM
 *   descriptors, root, cwd   fs_context_copy     CLONE_FILES and CLONE_FS
 *   dispositions    by value                     sigaction() sets all threads'
 *   thread group    one of its own               CLONE_THREAD
 *
 * The child is complete before anybody can see it: it gets its pid, its
 * family and its place on a run queue last, so that after an error before that
 * the parts which it has already are given back.
 *
 *
 *     alloc_task -> copy_plain -> copy_parts -> join_family -> wake_up_new_task
 *        stack       cred, regs   mm, fs        pid, parent      runs
 *
 * The child's first steps are in the kernel (child_start), on a frame that is
 * a copy of the parent's, but for a0, which is 0: the way out of the kernel
 * makes it return from clone(2), too.
 *
 * vfork: the parent sleeps on the child's own queue until TF_VFORK goes, at
 * exec or exit; it has a reference to the child, so nothing can vanish.
 *
 * Invariants
 *   I1  Whoever can find the child by pid finds mm, fs, credentials and
 *       frame in place.
 *   I2  parent and ppid agree, and name a task that has not been reaped.
 *
 * Locks: pid_lock for the family; mmap_lock of the parent inside mm_copy.
 *
 * Not done: CLONE_PARENT; CLONE_SIGHAND of two processes copies; setpgid,
 * setsid, setrlimit and setuid are each thread's own matter.
 */
#include "proc/fork.h"

#include "fs/fs.h"
#include "include/sched.h"
#include "proc/exit.h"
#include "riscv/trap.h"
#include "riscv/uaccess.h"
#include "sched/sched.h"
#include "sched/timer.h"

/* Where a child begins, in the kernel.  Only here is its own memory at hand. */
static void
child_start(void *arg)
{
    struct task *t = current;

    (void)arg;
    if (t->set_child_tid)
        put_user((uint32_t)t->pid, (uint32_t *)t->set_child_tid);
    ret_to_user(t->thread.frame);
}

/* Flags that old programs set and Linux ignores are known, too. */
static int
check_flags(uint64_t flags)
{
    const uint64_t known = CSIGNAL | CLONE_VM | CLONE_FS | CLONE_FILES |
                           CLONE_SIGHAND | CLONE_THREAD | CLONE_VFORK |
                           CLONE_SETTLS | CLONE_PARENT_SETTID |
                           CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID |
                           CLONE_SYSVSEM | CLONE_UNTRACED | CLONE_DETACHED;

    return flags & ~known || (flags & CSIGNAL) > _NSIG ||
                   (flags & CLONE_THREAD && !(flags & CLONE_SIGHAND)) ||
                   !(flags & CLONE_FILES) != !(flags & CLONE_FS) ||
                   (flags & CLONE_SIGHAND && !(flags & CLONE_VM))
               ? -EINVAL
               : 0;
}

/*
 * What is copied or shared.  mm_copy comes last: it costs most, and takes the
 * parent's mmap_lock, under which other threads of it cannot change its map.
 * => 0, or an error and perhaps some of it
 */
static int
copy_parts(struct task *child, uint64_t flags)
{
    struct task *t = current;

    child->fs = flags & CLONE_FILES ? t->fs : fs_context_copy(t->fs);
    if (flags & CLONE_FILES)
        atomic_inc(&t->fs->count);
    child->mm = flags & CLONE_VM ? mm_get(t->mm) : mm_alloc();
    if (!child->fs || !child->mm)
        return -ENOMEM;
    child->mmu = &child->mm->mmu;
    return flags & CLONE_VM ? 0 : mm_copy(child->mm, t->mm);
}

/* Everything that is copied by value. */
static void
copy_plain(struct task *child, const struct clone_args *args)
{
    struct task *t = current;

    child->cred = t->cred;
    memcpy(child->rlim, t->rlim, sizeof(child->rlim));
    child->nice = t->nice;
    child->affinity = t->affinity;
    child->oom_score_adj = t->oom_score_adj;
    child->exit_signal = (int)(args->flags & CSIGNAL);
    atomic_set(&child->flags,
               TF_FORKNOEXEC | (args->flags & CLONE_VFORK ? TF_VFORK : 0));
    if (args->flags & CLONE_CHILD_CLEARTID)
        child->clear_child_tid = args->child_tid;
    if (args->flags & CLONE_CHILD_SETTID)
        child->set_child_tid = args->child_tid;

    child->sig.blocked = t->sig.blocked;
    spin_lock(&t->sig.sig_lock);
    memcpy(child->sig.action, t->sig.action, sizeof(child->sig.action));
    spin_unlock(&t->sig.sig_lock);

    *child->thread.frame = *t->thread.frame;
    child->thread.frame->a0 = 0;
    if (args->stack)
        child->thread.frame->sp = args->stack;
    if (args->flags & CLONE_SETTLS)
        child->thread.frame->tp = args->tls;
}

/* May the user have one process more?  It is no limit for root. */
static bool
within_user_limit(void)
{
    uint64_t limit = current->rlim[RLIMIT_NPROC].rlim_cur, count = 0;
    uid_t uid = current->cred.uid;
    struct task *t;

    if (limit == RLIM_INFINITY || uid == 0 || is_root(&current->cred))
        return true;
    spin_lock(&pid_lock);
    list_for_each_entry(t, &all_tasks, all_link)
        count += t->cred.uid == uid;
    spin_unlock(&pid_lock);
    return count < limit;
}

/*
 * Enter the child into the family: from here on others can find it.  A signal
 * to the whole group that came before has not reached the child; one that
 * ends us shall not leave it behind.
 */
static int
join_family(struct task *child, uint64_t flags)
{
    struct task *t = current;
    int err;

    if (!within_user_limit())
        return -EAGAIN;
    spin_lock(&pid_lock);
    if (flags & CLONE_THREAD)
        child->tgid = t->tgid;
    err = fatal_signal_pending(t) ? -EINTR : attach_pid_locked(child);
    if (!err) {
        child->parent = t->leader;
        child->ppid = t->tgid;
        child->pgid = t->pgid;
        child->sid = t->sid;
        child->tty = t->tty;
        if (flags & CLONE_THREAD) {
            child->leader = t->leader;
            child->leader->nr_threads++;
            list_add_tail(&child->thread_link, &t->thread_link);
        } else {
            list_add_tail(&child->sibling, &child->parent->children);
        }
    }
    spin_unlock(&pid_lock);
    return err;
}

/* A fault at parent_tid is, as on Linux, no error. */
int64_t
do_clone(const struct clone_args *args)
{
    bool vfork = args->flags & CLONE_VFORK;
    struct task *child;
    pid_t pid;
    int err = check_flags(args->flags);

    if (err)
        return err;
    child = alloc_task(current->comm, child_start, NULL);
    if (!child)
        return -ENOMEM;
    copy_plain(child, args);
    err = copy_parts(child, args->flags) ?: join_family(child, args->flags);
    if (err) {
        if (child->mm)
            mm_put(child->mm);
        if (child->fs)
            fs_context_put(child->fs);
        put_task(child);
        return err;
    }

    pid = child->pid;
    if (args->flags & CLONE_PARENT_SETTID)
        put_user((uint32_t)pid, (uint32_t *)args->parent_tid);
    if (vfork)
        get_task(child);
    wake_up_new_task(child);
    if (vfork) { /* sleep until it has its own memory, or has died */
        wait_event_killable(&child->child_exit,
                            !(atomic_read(&child->flags) & TF_VFORK));
        put_task(child);
    }
    return pid;
}
