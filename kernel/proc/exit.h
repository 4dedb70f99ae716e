/* SPDX-License-Identifier: MIT */
/* The end of processes and waiting for it; see exit.c. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "include/resource.h"
#include "lib/types.h"

struct siginfo;
struct task;

/* The wait status of a task that stopped, or goes on. */
#define STATUS_STOPPED(sig) ((uint32_t)(sig) << 8 | 0x7f)
#define STATUS_CONTINUED 0xffffu

/* End the current task; status as wait4 shows it (code << 8, or signal). */
_Noreturn void do_exit(uint32_t status);
/* The same for all threads; the first who calls it says the status. */
_Noreturn void do_group_exit(uint32_t status);
/*
 * exec: end all other threads, and be the leader.
 * => -EAGAIN: the group ends, -EINTR: a fatal signal; some may have gone
 */
int end_other_threads(void);

struct wait_args {
    pid_t pid;            /* > 0: it; -1: any; 0: my group; < -1: group -pid */
    unsigned options;     /* W* */
    uint32_t status;      /* out */
    struct rusage rusage; /* out */
    pid_t found;          /* out: the child, or 0 with WNOHANG */
    uid_t uid;            /* out: the child's */
};
/* => 0, -ECHILD, -ERESTARTSYS */
int do_wait(struct wait_args *args);
/* What a SIGCHLD says of a child with that status. */
void child_info(struct siginfo *info, pid_t pid, uid_t uid, uint32_t status);

/* Usage of t (current, or a dead one), or of its waited-for children. */
void task_rusage(struct task *t, bool children, struct rusage *out);

/* exec, exit: a CLONE_VFORK parent may go on. */
void vfork_done(struct task *t);
/* The current task stopped or continued: tell the parent. */
void notify_parent(uint32_t status);
