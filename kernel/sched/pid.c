/* SPDX-License-Identifier: MIT */
/*
 * pid.c - the table of tasks by pid.
 *
 * Numbers are given out in ascending order and start again at PID_RECYCLED
 * after PID_MAX - 1, as on Linux, so that a number is not used again soon.  A
 * bitmap says which are taken, a hash table whose they are.  Once numbers
 * come round, one that still names a process group or session is skipped.
 *
 * A pid stands for a process in wait4 and kill as long as the task is a zombie;
 * it is free for another when the parent has reaped it.  exec in a thread gives
 * the thread its process's pid, so that those who wait for the process, and its
 * children, do not notice (replace_leader_locked).
 *
 * Locks: pid_lock, which also guards the family tree (key (P) in task.h).
 */
#include "lib/assert.h"
#include "lib/bitmap.h"
#include "lib/hash.h"
#include "sched/task.h"

enum { PID_MAX = 32768, PID_RECYCLED = 300, PID_HASH_BITS = 8 };

struct spinlock pid_lock = SPINLOCK_INIT(RANK_PID, "pid table");
LIST_HEAD(all_tasks);

static BITMAP(pid_map, PID_MAX) = {1}; /* (P) 0 is the idle tasks' */
static struct hlist_head pid_hash[1 << PID_HASH_BITS]; /* (P) */
static pid_t last_pid;                                 /* (P) */
static bool came_round; /* (P) numbers are being used again */
uint32_t task_count;

/* Is pid still the number of a process group or a session? */
static bool
names_a_group_locked(pid_t pid)
{
    struct task *t;

    list_for_each_entry(t, &all_tasks, all_link)
        if (t->pgid == pid || t->sid == pid)
            return true;
    return false;
}

static struct hlist_head *
pid_chain(pid_t pid)
{
    return &pid_hash[hash_64((uint64_t)pid, PID_HASH_BITS)];
}

/* Enter t as pid, which is free. */
static void
enter_locked(struct task *t, pid_t pid)
{
    DEBUG_ASSERT(spin_held(&pid_lock));
    t->pid = pid;
    bitmap_set(pid_map, (size_t)pid);
    hlist_add_head(&t->pid_link, pid_chain(pid));
    list_add_tail(&t->all_link, &all_tasks);
    task_count++;
}

int
attach_pid_locked(struct task *t)
{
    size_t pid = (size_t)last_pid;
    int rounds = 0;

    do {
        pid = bitmap_next_zero(pid_map, PID_MAX, pid + 1);
        if (pid == PID_MAX) {
            if (++rounds == 2)
                return -EAGAIN;
            pid = PID_RECYCLED; /* which may be taken */
            came_round = true;
        }
    } while (bitmap_test(pid_map, pid) ||
             (came_round && names_a_group_locked((pid_t)pid)));
    last_pid = (pid_t)pid;
    enter_locked(t, last_pid);
    if (t->tgid == 0)
        t->tgid = t->pid;
    return 0;
}

void
detach_pid_locked(struct task *t)
{
    ASSERT(spin_held(&pid_lock) && !hlist_unhashed(&t->pid_link));
    hlist_del_init(&t->pid_link);
    list_del_init(&t->all_link);
    bitmap_clear(pid_map, (size_t)t->pid);
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
    t->child_utime = old->child_utime;
    t->child_stime = old->child_stime;
    t->child_min_flt = old->child_min_flt;
    t->child_maj_flt = old->child_maj_flt;
    return old;
}

struct task *
find_task_locked(pid_t pid)
{
    struct task *t;

    hlist_for_each_entry(t, pid_chain(pid), pid_link)
        if (t->pid == pid)
            return t;
    return NULL;
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

/* In ascending order, so that a walk meets each task at most once. */
struct task *
next_task_after(pid_t after)
{
    struct task *t = NULL;
    size_t pid;

    if (after < 0 || after >= PID_MAX)
        return NULL;
    spin_lock(&pid_lock);
    pid = bitmap_next_set(pid_map, PID_MAX, (size_t)after + 1);
    if (pid < PID_MAX)
        t = get_task(find_task_locked((pid_t)pid));
    spin_unlock(&pid_lock);
    return t;
}
