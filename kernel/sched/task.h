/* SPDX-License-Identifier: MIT */
/*
 * struct task: a thread of execution, user or kernel.
 *
 * Life: alloc_task -> RUNNING (on a run queue or on a hart) <-> sleeping
 * states -> ZOMBIE (do_exit), for the parent to reap, or for nobody.  Its stack is
 * freed after it has left it for good.
 *
 * The task does not know what mm, files and fs are: these belong to higher
 * layers, which count them; proc/ puts them in and takes them out.
 *
 * Keys: (o) the task itself; (c) constant; (r) its run queue's lock;
 * (P) the pid lock (RANK_PID); (t) task->lock; (s) sig_lock; (a) atomic; (w) one
 * word, read and written without lock.
 */
#pragma once

#include "include/limits.h"
#include "include/resource.h"
#include "riscv/mmu.h"
#include "sched/signal.h"
#include "sched/wait.h"

/* Who a task acts as. */
struct cred {
    union {
        struct {
            uid_t uid, euid, suid;
            gid_t gid, egid, sgid;
        };
        uint32_t ids[2][3]; /* the same, for who treats both kinds alike */
    };
    uint32_t ngroups;
    gid_t groups[NGROUPS_MAX];
};

bool in_group(gid_t gid); /* of the current task, effective */
#define is_root(cred) ((cred)->euid == 0)

/* Times in timebase ticks, page faults. */
struct usage {
    uint64_t utime, stime, min_flt, maj_flt;
};

struct mm;
struct fs_context;
struct tty;

enum {
    INIT_PID = 1,
    TASK_COMM_LEN = 16,
    NICE_LIMIT = 20, /* nice is from -20 to 19 */
    /* Flags; the first three are numbered as Linux's in /proc/PID/stat. */
    TF_EXITING = 0x4, /* in do_exit */
    TF_FORKNOEXEC = 0x40,
    TF_KTHREAD = 0x200000,
    TF_ENDED = 1u << 27,   /* by another thread; even one of init's ends */
    TF_PRIVATE = 1u << 28, /* has, or had, other rights than its user */
    TF_VFORK = 1u << 29,   /* the parent waits until it leaves the mm */
};

struct task {
    struct thread thread; /* first: tp points here in the kernel */

    _Atomic uint32_t state;   /* (a) enum task_state; sched/wait.h */
    _Atomic uint32_t flags;   /* (a) TF_* */
    atomic32_t refcount;      /* (a) table's own 1, plus get_task() */
    pid_t pid, tgid;          /* (c) but for exec in a thread: (P) */
    char comm[TASK_COMM_LEN]; /* (o), read torn by others */
    void *stack;              /* (c) lowest address, kstack_alloc() */

    /* Scheduling */
    struct list_head run_link; /* (r) */
    bool on_rq;                /* (r) queued */
    _Atomic bool on_cpu;       /* (a) its registers live on a hart */
    uint32_t hart;             /* (r) whose run queue */
    int nice;                  /* (w) */
    uint32_t slice;            /* (r) ticks left */
    uint64_t stamp;            /* (o) when the current account began */
    uint64_t start_time;       /* (c) but for exec; timebase */
    uint64_t nvcsw, nivcsw;    /* (o) */
    struct usage used;         /* (o) up to stamp; task_usage() is newer */
    uint64_t max_rss;          /* (o) pages, once the mm is gone */
    struct usage child_used;   /* (P) by those that were waited for */

    /* Address space and files: opaque here, owned by proc/ */
    struct mmu *mmu;       /* (o) what the scheduler switches to */
    struct mm *mm;         /* (t) to change, (o) to read; NULL: kernel thread */
    struct fs_context *fs; /* (o) descriptors, root, cwd, umask */
    struct cred cred;      /* (o), read by others under (t) */
    struct rlimit rlim[RLIM_NLIMITS]; /* (t) to change */

    /* Family: (P) */
    struct task *parent;
    pid_t ppid;                /* its tgid; 0: none.  Read without the lock */
    struct list_head children; /* of sibling */
    struct list_head sibling;
    struct list_head all_link; /* every task, by pid */
    struct list_head pid_link;
    struct task *leader;          /* of its threads: tgid is its pid */
    struct list_head thread_link; /* all of the group, in a circle */
    uint32_t nr_threads;          /* leader: those that have not ended */
    struct task *exec_task;       /* leader: the one that shall be left */
    bool group_exit;              /* leader: all end, with status */
    pid_t pgid, sid;              /* (P) the same in all threads, and so is */
    struct tty *tty;              /* (P) the controlling terminal */
    int exit_signal;              /* (P) to the parent at exit */
    struct wait_queue child_exit; /* it waits for children; vfork: for it */
    uint32_t news;   /* (P) WEXITED, WSTOPPED, WCONTINUED: not waited for yet */
    uint32_t status; /* (P) what wait4 says of it then; of a leader's end */

    struct signals sig; /* (s) pending, dispositions: sched/signal.h */

    uint64_t set_child_tid, clear_child_tid; /* (o) user addresses, or 0 */
    uint64_t wait_end; /* (o) of the timed call that is made again, or 0 */
    int oom_score_adj; /* (t) */
    uint32_t fail_nth; /* DEBUG: that allocation from now on fails; 0: none */

    struct spinlock lock; /* RANK_TASK */
};

#define current ((struct task *)current_thread())

/* The unblocked signals that are not ignored; 0: none. */
static inline uint64_t
signal_pending(struct task *t)
{
    return atomic_read(&t->sig.pending) & ~READ_ONCE(t->sig.blocked);
}

static inline struct task *
get_task(struct task *t)
{
    atomic_inc(&t->refcount);
    return t;
}
/* => refs: drops one; the last frees task and stack.  NULL is allowed */
void put_task(struct task *t);

/*
 * A new task, not yet visible: stack, pid 0, refcount 1.  Once started by
 * wake_up_new_task() it runs entry() in the kernel, interrupts on, which must
 * not return.  The registers for user mode go to thread.frame.
 * => NULL: no memory; put_task() undoes it
 */
struct task *alloc_task(const char *comm, void (*entry)(void));

/* The next thread of the group, at last t again.  => pid_lock held */
#define next_thread(t) list_next_entry(t, thread_link)

/* pid.c: the table.  All tasks that have a pid, zombies included. */
extern struct spinlock pid_lock;
void pid_init(void);
/* Give t a pid and hash it.  => pid_lock held; -EAGAIN: none left */
int attach_pid_locked(struct task *t);
void detach_pid_locked(struct task *t);
/*
 * t, the only thread left, takes the place of its leader, a zombie.
 * => pid_lock held; the old leader: its table reference is the caller's
 */
struct task *replace_leader_locked(struct task *t);
struct task *find_task_locked(pid_t pid); /* => pid_lock held */
struct task *find_get_task(pid_t pid);    /* => refs: caller's */
extern struct list_head all_tasks;        /* (P) of all_link, by pid */
extern pid_t last_pid;                    /* (P) the newest */
extern uint32_t task_count;               /* (P) */
#define nr_tasks() READ_ONCE(task_count)
/* The next task with pid > after, referenced, or NULL; for procfs. */
struct task *next_task_after(pid_t after);
