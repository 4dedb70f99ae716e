/* SPDX-License-Identifier: MIT */
/*
 * The life of a process: clone (fork.c), execve (exec.c), signals on the way
 * back to user mode (signal.c), exit and wait (exit.c).
 */
#pragma once

#include "include/resource.h"
#include "sched/sched.h"

struct trapframe;

/* --- fork.c */

/*
 * A child of the current task that returns 0 to user mode with a copy of its
 * registers.  flags: CLONE_*, low byte: the signal to the parent; stack: the
 * child's sp, 0: the parent's; parent_tid, child_tid: user addresses.
 * => pid, -EAGAIN (no pid), -ENOMEM, -EINVAL (flags)
 */
int64_t do_clone(uint64_t flags, uint64_t stack, uint64_t parent_tid,
                 uint64_t tls, uint64_t child_tid);

/* --- exec.c */

/*
 * Replace the current task's program.  path: kernel memory; argv, envp:
 * NULL-terminated arrays of strings, of the user or, for the first program, of
 * the kernel.
 * => 0 (registers are the new program's), or -errno with the old one intact
 */
int do_execve(const char *path, const char *const *argv,
              const char *const *envp);

/* --- signal.c */

/*
 * Act on the pending signals of the current task; may not return.
 * restart: the system call in tf returned -ERESTARTSYS.
 * => before the return to user mode, interrupts on
 */
void do_signals(struct trapframe *tf, bool restart);

/* --- exit.c */

/* End the current task; status as wait4 shows it (code << 8, or signal). */
_Noreturn void do_exit(uint32_t status);
/* The same for all threads; the first who calls it says the status. */
_Noreturn void do_group_exit(uint32_t status);
/*
 * exec: end all other threads, and be the leader.
 * => -EAGAIN: the group ends, -EINTR: a fatal signal; some may have gone
 */
int end_other_threads(void);

enum { ANY_CHILD = INT32_MIN };
struct wait_args {
    pid_t pid;        /* > 0: it; 0: my group; < 0: group -pid; ANY_CHILD */
    unsigned options; /* W* */
    /* Out: the child, or 0 with WNOHANG, if it ended its usage. */
    struct siginfo info;
    uint32_t status;
    struct rusage rusage;
};
/* => 0, -ECHILD, -ERESTARTSYS */
int do_wait(struct wait_args *args);

/*
 * Usage of the current task, or of the children that its process has waited
 * for; or of one that was reaped, with the children.
 */
struct rusage task_rusage(struct task *t, bool children);

/*
 * exec, exit: t, the current task, will not touch its memory again.  Who shares it
 * is told by CLONE_CHILD_CLEARTID; a CLONE_VFORK parent may go on.
 */
void leave_mm(struct task *t);
/* The current task stopped or continued: tell the parent. */
void notify_parent(uint32_t news, uint32_t status);
