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
 * Not done: CLONE_PARENT; CLONE_SIGHAND of two processes copies; prlimit64 is
 * each thread's own matter.
 */
#include "proc/proc.h"

#include "fs/fs.h"
#include "include/sched.h"
#include "riscv/trap.h"
#include "riscv/uaccess.h"

/* Where a child begins, in the kernel.  Only here is its own memory at hand. */
static void
child_start(void)
{
    struct task *t = current;

    if (t->set_child_tid)
        put_user((uint32_t)t->pid, (uint32_t *)t->set_child_tid);
    ret_to_user(t->thread.frame);
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
copy_plain(struct task *child, uint64_t flags, uint64_t stack, uint64_t tls,
           uint64_t child_tid)
{
    struct task *t = current;

    child->cred = t->cred;
    memcpy(child->rlim, t->rlim, sizeof(child->rlim));
    child->nice = t->nice;
    child->oom_score_adj = t->oom_score_adj;
    child->exit_signal = (int)(flags & CSIGNAL);
    atomic_set(&child->flags, TF_FORKNOEXEC |
                                  (atomic_read(&t->flags) & TF_PRIVATE) |
                                  (flags & CLONE_VFORK ? TF_VFORK : 0));
    child->clear_child_tid = flags & CLONE_CHILD_CLEARTID ? child_tid : 0;
    child->set_child_tid = flags & CLONE_CHILD_SETTID ? child_tid : 0;

    child->sig.blocked = t->sig.blocked;
    *child->thread.frame = *t->thread.frame;
    child->thread.frame->a0 = 0;
    child->thread.frame->sp = stack ?: t->thread.frame->sp;
    if (flags & CLONE_SETTLS)
        child->thread.frame->tp = tls;
}

/* Has the user all processes that he may?  It is no limit for root. */
static bool
at_user_limit_locked(const struct task *t)
{
    uint64_t limit = t->rlim[RLIMIT_NPROC].rlim_cur, count = 0;
    const struct task *other;

    if (t->cred.uid == 0 || is_root(&t->cred))
        return false;
    list_for_each_entry(other, &all_tasks, all_link)
        count += other->cred.uid == t->cred.uid;
    return count >= limit;
}

/*
 * Enter the child into the family: from here on others can find it.  A signal
 * to the whole group that came before has not reached the child, and shall not
 * leave it behind: the call is made again when we have acted on it (to SIGCONT
 * there is no act, and who is flooded with it shall be able to fork).  sigaction()
 * sets all threads under pid_lock, so the dispositions are copied under it.
 */
static int
join_family(struct task *child, uint64_t flags)
{
    struct task *t = current;
    int err;

    spin_lock(&pid_lock);
    if (flags & CLONE_THREAD)
        child->tgid = t->tgid;
    err = at_user_limit_locked(t)                 ? -EAGAIN
          : signal_pending(t) & ~BIT(SIGCONT - 1) ? -ERESTARTSYS
                                                  : attach_pid_locked(child);
    if (!err) {
        memcpy(child->sig.action, t->sig.action, sizeof(child->sig.action));
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

/*
 * Flags that old programs set and Linux ignores are known, too.  A fault at
 * parent_tid is, as on Linux, no error.
 */
int64_t
do_clone(uint64_t flags, uint64_t stack, uint64_t parent_tid, uint64_t tls,
         uint64_t child_tid)
{
    const uint64_t known = CSIGNAL | CLONE_VM | CLONE_FS | CLONE_FILES |
                           CLONE_SIGHAND | CLONE_THREAD | CLONE_VFORK |
                           CLONE_SETTLS | CLONE_PARENT_SETTID |
                           CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID |
                           CLONE_SYSVSEM | CLONE_UNTRACED | CLONE_DETACHED;
    struct task *child;
    pid_t pid;
    int err;

    if (flags & ~known || (flags & CSIGNAL) > _NSIG ||
        (flags & CLONE_THREAD && !(flags & CLONE_SIGHAND)) ||
        !(flags & CLONE_FILES) != !(flags & CLONE_FS) ||
        (flags & CLONE_SIGHAND && !(flags & CLONE_VM)))
        return -EINVAL;
    child = alloc_task(current->comm, child_start);
    if (!child)
        return -ENOMEM;
    copy_plain(child, flags, stack, tls, child_tid);
    err = copy_parts(child, flags) ?: join_family(child, flags);
    if (err) {
        mm_put(child->mm);
        if (child->fs)
            fs_context_put(child->fs);
        put_task(child);
        return err;
    }

    pid = child->pid;
    if (flags & CLONE_PARENT_SETTID)
        put_user((uint32_t)pid, (uint32_t *)parent_tid);
    get_task(child);
    wake_up_new_task(child);
    if (flags & CLONE_VFORK) /* until it has done with our memory */
        wait_event_killable(&child->child_exit,
                            !(atomic_read(&child->flags) & TF_VFORK));
    put_task(child);
    return pid;
}
