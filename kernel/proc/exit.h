/* SPDX-License-Identifier: MIT */
/* The end of processes and waiting for it; see exit.c. */
#ifndef PROC_EXIT_H
#define PROC_EXIT_H

#include <stdint.h>

#include "include/resource.h"
#include "include/wait.h"
#include "lib/types.h"

struct task;

enum { INIT_PID = 1, MAX_TASKS = 32768 };

/* End the current task; status as wait4 shows it (code << 8, or signal). */
_Noreturn void do_exit(uint32_t status);

struct wait_args {
    pid_t pid;            /* > 0: it; -1: any; 0: my group; < -1: group -pid */
    unsigned options;     /* W* */
    uint32_t status;      /* out */
    struct rusage rusage; /* out */
    pid_t found;          /* out: the child, or 0 with WNOHANG */
    uid_t uid;            /* out: the child's */
    int code;             /* out: CLD_* */
};
/* => 0, -ECHILD, -EINTR; WEXITED is implied unless a W* says otherwise */
int do_wait(struct wait_args *args);

/* Usage of a task, and of its waited-for children. */
void task_rusage(struct task *t, struct rusage *out);
void children_rusage(struct task *t, struct rusage *out);

/* exec, exit: a CLONE_VFORK parent may go on. */
void vfork_done(struct task *t);
/* The current task stopped or continued: tell the parent. */
void notify_parent_stop(int sig, bool stopped);

#endif
