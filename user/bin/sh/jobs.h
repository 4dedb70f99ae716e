/* SPDX-License-Identifier: MIT */
/*
 * jobs.h - child processes: making them, waiting for them, telling about them.
 */
#ifndef SH_JOBS_H
#define SH_JOBS_H

#include <stdbool.h>
#include <sys/types.h>

struct job;

/*
 * Take the terminal under control, if standard input is one and the kernel lets
 * us: each job gets a process group of its own, and the one in the foreground
 * gets the terminal's signals.
 */
void jobs_init(void);

/* Be an ordinary program from now on: default signals, no jobs. */
void jobs_leave(void);

/* Was ^C typed while the shell itself was at work? Then the line is aborted. */
bool jobs_interrupted(void);

/* => text: as it was typed, for messages */
struct job *job_new(const char *text);

/*
 * Fork a process of a job.
 * => 0 in the child, which is an ordinary program now: default signals, not
 *    interactive; -1 after a message
 */
pid_t job_fork(struct job *job, bool foreground);

/* Wait until a job in the foreground ends or stops. => its status */
int job_wait(struct job *job);

/* Announce a job that stays in the background. */
void job_background(struct job *job);

/* Fork a process that belongs to no job. => as fork, with a message */
pid_t fork_subshell(void);
int wait_for_pid(pid_t pid);

/* Reap what has ended, and tell about jobs that changed. */
void jobs_report(void);

/* The builtin commands. */
int jobs_list(int argc, char **argv);
int jobs_wait(int argc, char **argv);
int jobs_foreground(int argc, char **argv);
int jobs_resume(int argc, char **argv);

#endif
