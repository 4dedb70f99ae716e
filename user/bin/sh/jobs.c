/* SPDX-License-Identifier: MIT */
/*
 * jobs.c - child processes: making them, waiting for them, telling about them.
 *
 * A job is a pipeline: one or more processes. All waiting goes through reap(),
 * which takes whatever child changed its state and notes it in its job, so that
 * no child is lost whoever waits for whom.
 *
 * In an interactive shell with job control each job is a process group. The
 * shell itself ignores the signals of the keyboard; before a job in the
 * foreground runs it hands the terminal over (TIOCSPGRP), and takes it back
 * afterwards. Both parent and child set the group, since either may be first.
 * SIGINT is not ignored but blocked: while the shell itself is at work, in a
 * loop of builtin commands or in "wait", it looks whether one is pending.
 */
#include "jobs.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include "sh.h"
#include "util.h"

struct process {
    pid_t pid;
    int status;
    bool done;
    bool stopped;
    struct process *next;
};

struct job {
    int number; /* 0: in the foreground so far */
    pid_t pgid; /* 0: no process group of its own */
    char *text;
    struct process *first;
    struct process *last; /* its status is the job's */
    bool told;            /* the latest change was reported */
    struct job *next;
};

static struct job *jobs; /* by number, those in the foreground first */
static bool control;     /* jobs have process groups */
static int terminal = -1;
static pid_t own_group;
static struct termios own_modes;

static const int keyboard_signals[] = {
    SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU,
};

enum {
    NR_KEYBOARD_SIGNALS =
        sizeof(keyboard_signals) / sizeof(keyboard_signals[0]),
    POLL_US = 20000,
};

static void
set_keyboard_signals(sighandler_t handler)
{
    for (int i = 0; i < NR_KEYBOARD_SIGNALS; i++)
        signal(keyboard_signals[i], handler);
}

static void
block_interrupt(int how)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigprocmask(how, &set, NULL);
}

void
jobs_init(void)
{
    terminal = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, HIGH_FD);
    tcgetattr(terminal, &own_modes);
    set_keyboard_signals(SIG_IGN);
    own_group = getpid();
    if (getpgrp() != own_group && setpgid(0, own_group) < 0)
        own_group = getpgrp();
    control = tcsetpgrp(terminal, own_group) == 0;
    if (control) {
        block_interrupt(SIG_BLOCK);
        signal(SIGINT, SIG_DFL);
    }
}

/* ^C ends loops and lists, too. */
static void
interrupt(void)
{
    putchar('\n');
    sh.flow = FLOW_ABORT;
    sh.status = STATUS_SIGNAL + SIGINT;
}

/* => true if there was one, which is forgotten now */
static bool
take_interrupt(void)
{
    sigset_t pending;

    if (!control || sigpending(&pending) < 0 || !sigismember(&pending, SIGINT))
        return false;
    signal(SIGINT, SIG_IGN); /* what is ignored is not pending */
    signal(SIGINT, SIG_DFL);
    return true;
}

bool
jobs_interrupted(void)
{
    if (!take_interrupt())
        return false;
    interrupt();
    return true;
}

/* ---- the list of jobs --------------------------------------------------- */

struct job *
job_new(const char *text)
{
    struct job *job = must_malloc(sizeof(*job));

    *job = (struct job){.text = must_strdup(text), .next = jobs};
    jobs = job;
    return job;
}

static void
job_free(struct job *job)
{
    struct job **link = &jobs;

    while (*link != job)
        link = &(*link)->next;
    *link = job->next;
    while (job->first != NULL) {
        struct process *next = job->first->next;

        free(job->first);
        job->first = next;
    }
    free(job->text);
    free(job);
}

static void
add_process(struct job *job, pid_t pid)
{
    struct process *process = must_malloc(sizeof(*process));

    *process = (struct process){.pid = pid};
    if (job->last != NULL)
        job->last->next = process;
    else
        job->first = process;
    job->last = process;
}

static bool
is_done(const struct job *job)
{
    for (struct process *p = job->first; p != NULL; p = p->next)
        if (!p->done)
            return false;
    return true;
}

/* Some processes are stopped, and none runs. */
static bool
is_stopped(const struct job *job)
{
    for (struct process *p = job->first; p != NULL; p = p->next)
        if (!p->done && !p->stopped)
            return false;
    return !is_done(job);
}

/* A wait status as the shell's $?. */
static int
exit_status(int status)
{
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    if (WIFSTOPPED(status))
        return STATUS_SIGNAL + WSTOPSIG(status);
    return STATUS_SIGNAL + WTERMSIG(status);
}

/*
 * Wait for any child and note what became of it.
 * => the child, 0 if none has anything new (WNOHANG), -1 if there is none
 */
static pid_t
reap(int options, int *status)
{
    pid_t pid;

    do
        pid = waitpid(-1, status, options | (control ? WUNTRACED : 0));
    while (pid < 0 && errno == EINTR);
    for (struct job *job = jobs; pid > 0 && job != NULL; job = job->next)
        for (struct process *p = job->first; p != NULL; p = p->next)
            if (p->pid == pid && !p->done) {
                p->status = *status;
                p->stopped = WIFSTOPPED(*status);
                p->done = !p->stopped;
                job->told = false;
                return pid;
            }
    return pid;
}

/* ---- making and waiting ------------------------------------------------- */

void
jobs_leave(void)
{
    if (sh.interactive) {
        set_keyboard_signals(SIG_DFL);
        block_interrupt(SIG_UNBLOCK);
    }
    sh.interactive = false;
    control = false;
    while (jobs != NULL)
        job_free(jobs);
}

pid_t
fork_subshell(void)
{
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid < 0)
        abort_command("cannot fork: %s", strerror(errno));
    if (pid == 0)
        jobs_leave();
    return pid;
}

/* In a child: enter the job's process group, and perhaps take the terminal. */
static void
enter_group(pid_t pgid, bool foreground)
{
    setpgid(0, pgid);
    if (foreground)
        tcsetpgrp(terminal, getpgrp());
}

/* Without job control a background job must not read what we read. */
static void
detach(void)
{
    int fd = open("/dev/null", O_RDONLY);

    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    if (fd > STDIN_FILENO) {
        dup2(fd, STDIN_FILENO);
        close(fd);
    }
}

pid_t
job_fork(struct job *job, bool foreground)
{
    pid_t pgid = job->pgid;
    bool had_control = control;
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid < 0) {
        abort_command("cannot fork: %s", strerror(errno));
        return -1;
    }
    if (pid == 0) {
        if (had_control)
            enter_group(pgid, foreground);
        jobs_leave();
        if (!had_control && !foreground)
            detach();
        return 0;
    }
    if (control) {
        if (job->pgid == 0)
            job->pgid = pid;
        setpgid(pid, job->pgid);
    }
    add_process(job, pid);
    return pid;
}

static const char *
signal_text(int status)
{
    return strsignal(WTERMSIG(status));
}

/* Give a stopped or background job its number. */
static void
number_job(struct job *job)
{
    int highest = 0;

    for (struct job *other = jobs; other != NULL; other = other->next)
        if (other->number > highest)
            highest = other->number;
    if (job->number == 0)
        job->number = highest + 1;
}

static void
print_job(struct job *job)
{
    char state[64];
    int status = job->last != NULL ? job->last->status : 0;

    if (is_stopped(job))
        strcpy(state, "Stopped");
    else if (!is_done(job))
        strcpy(state, "Running");
    else if (WIFSIGNALED(status))
        strlcpy(state, signal_text(status), sizeof(state));
    else if (WEXITSTATUS(status) != 0)
        snprintf(state, sizeof(state), "Done(%d)", WEXITSTATUS(status));
    else
        strcpy(state, "Done");
    printf("[%d] %-24s %s\n", job->number, state, job->text);
    job->told = true;
}

/* The terminal is ours again; say what ended a job if it is worth a word. */
static void
after_foreground(int status)
{
    if (control) {
        tcsetpgrp(terminal, own_group);
        tcsetattr(terminal, TCSADRAIN, &own_modes);
    }
    if (!WIFSIGNALED(status) || !sh.interactive)
        return;
    if (WTERMSIG(status) == SIGINT) {
        interrupt();
    } else if (WTERMSIG(status) != SIGPIPE) {
        printf("%s\n", signal_text(status));
    }
    fflush(stdout);
}

int
job_wait(struct job *job)
{
    int ignored, status;

    while (!is_done(job) && !is_stopped(job))
        if (reap(0, &ignored) < 0)
            break;
    status = job->last != NULL ? job->last->status : 0;
    after_foreground(status);
    if (is_stopped(job)) {
        number_job(job);
        putchar('\n');
        print_job(job);
        fflush(stdout);
    } else {
        job_free(job);
    }
    return exit_status(status);
}

void
job_background(struct job *job)
{
    number_job(job);
    if (job->last != NULL)
        sh.last_background = job->last->pid;
    if (sh.interactive)
        printf("[%d] %d\n", job->number, (int)sh.last_background);
}

/* Wait for a child outside of jobs. */
int
wait_for_pid(pid_t pid)
{
    int status = 0;
    pid_t found;

    do
        found = reap(0, &status);
    while (found >= 0 && (found != pid || WIFSTOPPED(status)));
    jobs_interrupted();
    return found == pid ? exit_status(status) : STATUS_NOT_FOUND;
}

void
jobs_report(void)
{
    struct job *job, *next;
    int status;

    take_interrupt(); /* one that came too late */
    while (reap(WNOHANG, &status) > 0)
        ;
    for (job = jobs; job != NULL; job = next) {
        next = job->next;
        if (!job->told && (is_done(job) || is_stopped(job)))
            print_job(job);
        if (is_done(job))
            job_free(job);
    }
    fflush(stdout);
}

/* ---- builtin commands --------------------------------------------------- */

/* The job that "%n", "n" or a process number means; NULL: the latest one. */
static struct job *
find_job(const char *name)
{
    struct job *best = NULL;
    int number = name != NULL ? atoi(name + (*name == '%')) : 0;

    for (struct job *job = jobs; job != NULL; job = job->next) {
        if (job->number == 0)
            continue;
        if (name == NULL && (best == NULL || job->number > best->number))
            best = job;
        if (name != NULL && *name == '%' && job->number == number)
            return job;
        for (struct process *p = job->first; p != NULL; p = p->next)
            if (name != NULL && *name != '%' && p->pid == number)
                return job;
    }
    if (best == NULL && (name == NULL || *name == '%'))
        complain_sh("%s: no such job", name != NULL ? name : "current");
    return best;
}

int
jobs_list(int argc, char **argv)
{
    int status;

    (void)argc;
    (void)argv;
    while (reap(WNOHANG, &status) > 0)
        ;
    for (int number = 1, seen = 1; seen; number++) {
        seen = 0;
        for (struct job *job = jobs; job != NULL; job = job->next) {
            seen |= job->number >= number;
            if (job->number == number)
                print_job(job);
        }
    }
    return 0;
}

/* For "wait", which ^C ends: no signal wakes us, so we look now and then. */
static int
wait_for_job(struct job *job)
{
    int ignored, status;

    while (!is_done(job) && !is_stopped(job) && !jobs_interrupted()) {
        pid_t pid = reap(control ? WNOHANG : 0, &ignored);

        if (pid < 0)
            break;
        if (pid == 0)
            usleep(POLL_US);
    }
    if (sh.flow == FLOW_ABORT)
        return sh.status;
    status = exit_status(job->last->status);
    if (is_done(job))
        job_free(job);
    return status;
}

int
jobs_wait(int argc, char **argv)
{
    int status = 0;

    if (argc == 1)
        for (struct job *job = jobs, *next; job != NULL; job = next) {
            next = job->next;
            if (job->number > 0 && sh.flow == FLOW_NONE)
                wait_for_job(job);
        }
    for (int i = 1; i < argc; i++) {
        struct job *job = find_job(argv[i]);

        status = job != NULL ? wait_for_job(job) : STATUS_NOT_FOUND;
    }
    return status;
}

/* Let a stopped job go on. */
static void
resume(struct job *job)
{
    for (struct process *p = job->first; p != NULL; p = p->next)
        p->stopped = false;
    if (job->pgid > 0)
        kill(-job->pgid, SIGCONT);
}

int
jobs_foreground(int argc, char **argv)
{
    struct job *job = find_job(argc > 1 ? argv[1] : NULL);

    if (job == NULL || !control)
        return 1;
    puts(job->text);
    fflush(stdout);
    tcsetpgrp(terminal, job->pgid);
    resume(job);
    return job_wait(job);
}

int
jobs_resume(int argc, char **argv)
{
    struct job *job = find_job(argc > 1 ? argv[1] : NULL);

    if (job == NULL || !control)
        return 1;
    resume(job);
    job->told = true;
    printf("[%d] %s\n", job->number, job->text);
    return 0;
}
