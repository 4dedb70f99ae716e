/* SPDX-License-Identifier: MIT */
/*
 * pid.c - the table of tasks by pid.
 *
 * Numbers are given out in ascending order and start again at PID_RECYCLED
 * after PID_MAX - 1, as on Linux, so that a number is not used again soon.  A
 * hash table says whose they are, and a list has all tasks in the order of
 * their numbers: a new task comes to its end, until the numbers come round.
 * From then on one that still names a process group or session is skipped.
 *
 * A pid stands for a process in wait4 and kill as long as the task is a zombie;
 * it is free for another when the parent has reaped it.  exec in a thread gives
 * the thread its process's pid, so that those who wait for the process, and its
 * children, do not notice (replace_leader_locked).
 *
 * Locks: pid_lock, which also guards the family tree (key (P) in task.h).
 *
 * Not done: when nearly all of the 32,000 numbers are taken, finding a free one
 * takes long; no machine has had memory for so many tasks yet.
 */
#include "lib/assert.h"
#include "lib/hash.h"
#include "sched/task.h"

enum { PID_MAX = 32768, PID_RECYCLED = 300, PID_HASH_BITS = 8 };

struct spinlock pid_lock = SPINLOCK_INIT(RANK_PID, "pid table");
LIST_HEAD(all_tasks);
pid_t last_pid;
uint32_t task_count;

static struct list_head pid_hash[1 << PID_HASH_BITS]; /* (P) */
static bool came_round; /* (P) numbers are being used again */

void
pid_init(void)
{
    list_init_all(pid_hash);
}

static struct list_head *
pid_chain(pid_t pid)
{
    return &pid_hash[hash_64((uint64_t)pid, PID_HASH_BITS)];
}

struct task *
find_task_locked(pid_t pid)
{
    struct list_head *chain = pid_chain(pid);
    struct task *t;

    list_for_each_entry(t, chain, pid_link)
        if (t->pid == pid)
            return t;
    return NULL;
}

/* Is pid the number of nothing, not even of a process group or a session? */
static bool
is_free_locked(pid_t pid)
{
    struct task *t;

    if (find_task_locked(pid))
        return false;
    if (came_round)
        list_for_each_entry(t, &all_tasks, all_link)
            if (t->pgid == pid || t->sid == pid)
                return false;
    return true;
}

/* Enter t as pid, which is free: behind all with a lower one. */
static void
enter_locked(struct task *t, pid_t pid)
{
    struct list_head *before = all_tasks.prev;

    while (before != &all_tasks &&
           list_entry(before, struct task, all_link)->pid > pid)
        before = before->prev;
    list_add(&t->all_link, before);
    list_add(&t->pid_link, pid_chain(pid));
    t->pid = pid;
    task_count++;
}

int
attach_pid_locked(struct task *t)
{
    DEBUG_ASSERT(spin_held(&pid_lock));
    for (unsigned tries = 0; tries < PID_MAX; tries++) {
        if (++last_pid == PID_MAX) {
            last_pid = PID_RECYCLED;
            came_round = true;
        }
        if (is_free_locked(last_pid)) {
            enter_locked(t, last_pid);
            t->tgid = t->tgid ?: t->pid;
            return 0;
        }
    }
    return -EAGAIN;
}

void
detach_pid_locked(struct task *t)
{
    ASSERT(spin_held(&pid_lock) && !list_empty(&t->pid_link));
    list_del_init(&t->pid_link);
    list_del(&t->all_link);
    task_count--;
}

/* Pid, parent and children. */
struct task *
replace_leader_locked(struct task *t)
{
    struct task *old = t->leader, *child;

    detach_pid_locked(t);
    detach_pid_locked(old);
    old->pid = t->pid;
    enter_locked(t, t->tgid);
    list_del_init(&old->thread_link);
    t->leader = t;
    t->parent = old->parent;
    t->ppid = old->ppid;
    t->exit_signal = old->exit_signal;
    t->start_time = old->start_time;
    list_add(&t->sibling, &old->sibling);
    list_del_init(&old->sibling);
    list_for_each_entry(child, &old->children, sibling)
        child->parent = t;
    list_splice(&old->children, &t->children);
    t->child_used = old->child_used;
    return old;
}

struct task *
find_get_task(pid_t pid)
{
    struct task *t;

    spin_lock(&pid_lock);
    t = find_task_locked(pid);
    if (t)
        get_task(t);
    spin_unlock(&pid_lock);
    return t;
}

/*
 * In ascending order, so that a walk meets each task at most once.  Mostly the
 * task with `after` is still there, and has the next one behind it.
 */
struct task *
next_task_after(pid_t after)
{
    struct task *t;

    spin_lock(&pid_lock);
    t = find_task_locked(after)
            ?: list_first_entry(&all_tasks, struct task, all_link);
    while (&t->all_link != &all_tasks && t->pid <= after)
        t = list_next_entry(t, all_link);
    t = &t->all_link != &all_tasks ? get_task(t) : NULL;
    spin_unlock(&pid_lock);
    return t;
}
