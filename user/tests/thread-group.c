/* SPDX-License-Identifier: MIT */
/* test: thread-group ram=16M harts=1-8 swap=0 time=30 */
/*
 * Threads of one group: one pid, different tids; exit ends one, exit_group, a
 * fault and a signal end all; the parent sees the end when the last is gone,
 * also if the first was gone before; an exec ends the others and keeps the
 * pid, whoever calls it, also that of the first process; group and session are
 * those of all, and what children used. Fails when a thread outlives its group
 * (the parent or a reader of the pipe hangs), or the status is another's, or the
 * usage is nobody's, or a thread is left behind in an old session, or has another's
 * errno.
 */
#include <errno.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <thread.h>
#include "test.h"

enum { THREADS = 4, ROUNDS = 15 };

static int fd[2]; /* for what a thread has to wait for, or is to tell */

static int
sleep_for_ever(void *arg)
{
    (void)arg;
    return pause();
}

static int
spin_for_ever(void *arg)
{
    for (volatile long *n = arg;;)
        (*n)++;
    return 0;
}

static volatile long count;

/* Half of them sleep, half run. */
static void
start_threads(void)
{
    for (int i = 0; i < THREADS; i++)
        CHECK(thread_start(i % 2 ? sleep_for_ever : spin_for_ever,
                           (void *)&count) != NULL);
}

static int
ids(void *arg)
{
    int *tid = arg;

    *tid = gettid();
    return getpid();
}

/* A field of /proc/self/stat, from the third on, as proc(5) counts them. */
static const char *
stat_text(int field)
{
    static char line[512];
    FILE *f = fopen("/proc/self/stat", "r");
    char *p;

    CHECK(f != NULL && fgets(line, sizeof(line), f) != NULL);
    fclose(f);
    p = strrchr(line, ')') + 1;
    for (int i = 3; i < field; i++)
        p = strchr(p + 1, ' ');
    return p + 1;
}

/* Faults of those that the process, whichever thread it was, has waited for. */
static int
children_faults(void *arg)
{
    struct rusage usage;

    (void)arg;
    CHECK_OK(getrusage(RUSAGE_CHILDREN, &usage));
    return (int)usage.ru_minflt;
}

static void
test_usage(void)
{
    pid_t pid = (pid_t)CHECK_OK(fork());
    struct thread *t;

    if (pid == 0)
        _exit(0);
    reap_ok(pid);
    t = thread_start(children_faults, NULL);
    CHECK(t != NULL);
    CHECK(children_faults(NULL) > 0);
    CHECK_EQ(thread_join(t), children_faults(NULL));
}

static int
close_nothing(void *arg)
{
    (void)arg;
    return close(-1) < 0 ? errno : 0;
}

/* Another's errors are not ours. */
static void
test_errno(void)
{
    struct thread *t;

    errno = 0;
    t = thread_start(close_nothing, NULL);
    CHECK(t != NULL);
    while (t->running != 0)
        sched_yield();
    CHECK_EQ(errno, 0);
    CHECK_EQ(thread_join(t), EBADF);
}

static void
test_ids(void)
{
    int tid, signal = 0;
    char path[32];
    long locked;
    struct thread *t = thread_start(ids, &tid);

    CHECK(t != NULL);
    CHECK_EQ(thread_join(t), getpid());
    CHECK(tid != getpid() && gettid() == getpid());
    t = thread_start(sleep_for_ever, NULL);
    CHECK(t != NULL);
    CHECK_EQ(proc_number("/proc/self/status", "Threads:"), 2);
    CHECK_EQ(atoi(stat_text(20)), 2);
    locked = proc_number("/proc/meminfo", "Mlocked:");
    CHECK_OK(mlock((void *)&count, sizeof(count)));
    /* their memory is there once */
    CHECK_EQ(proc_number("/proc/meminfo", "Mlocked:"), locked + PAGE / 1024);
    CHECK_OK(munlock((void *)&count, sizeof(count)));
    snprintf(path, sizeof(path), "/proc/%d", t->tid);
    CHECK_ERR(chdir(path), ENOENT); /* it is no process */
    CHECK_OK(syscall(SYS_tgkill, getpid(), t->tid, signal));
    CHECK_ERR(syscall(SYS_tgkill, getppid(), t->tid, signal), ESRCH);
    CHECK_ERR(waitpid(t->tid, NULL, 0), ECHILD); /* nor a child */
}

static int
lead(void *arg)
{
    (void)arg;
    CHECK_ERR(setpgid(gettid(), 0), EINVAL);
    CHECK_EQ(setpgid(0, 0), 0);
    CHECK_EQ(getpgid(getpid()), getpid());
    CHECK_EQ(getpgid(gettid()), getpid());
    return 0;
}

static int
lead_session(void *arg)
{
    (void)arg;
    CHECK_EQ(setsid(), getpid());
    return 0;
}

static int
run_as_leader(void *arg)
{
    char text[64];

    CHECK_EQ(lead(arg), 0);
    snprintf(text, sizeof(text), "set -- $(cat /proc/self/stat); test $5 = %d",
             (int)getpid());
    execl("/bin/sh", "sh", "-c", text, NULL);
    return 0;
}

/* By one thread for all, and an exec by another finds it. */
static void
test_groups(void *arg)
{
    int (*function)(void *) = arg;
    struct thread *t = thread_start(function, NULL);

    CHECK(t != NULL);
    thread_join(t);
    CHECK_EQ(getpgid(0), getpid());
    CHECK_EQ(getsid(0) == getpid(), function == lead_session);
}

static int
exit_group_5(void *arg)
{
    (void)arg;
    _exit(5);
}

static int
write_nowhere(void *arg)
{
    touch_byte(arg);
    return 0;
}

static int
exec_shell(void *arg)
{
    char text[64];

    snprintf(text, sizeof(text), "test $$ = %d && exit 9", (int)getpid());
    while (arg && *stat_text(3) != 'Z') /* the first thread is going */
        sched_yield();
    execl("/bin/sh", "sh", "-c", text, NULL);
    return 0;
}

static int
await_byte(void *arg)
{
    char c;

    (void)arg;
    return read(fd[0], &c, 1) != 1;
}

/* A child of several threads, one of which does something. */
static void
group(int (*function)(void *), bool leader_stays)
{
    start_threads();
    CHECK(thread_start(function, leader_stays ? NULL : (void *)8) != NULL);
    if (!leader_stays)
        syscall(SYS_exit, 3);
    pause();
}

static int
status_of(int (*function)(void *), bool leader_stays)
{
    pid_t pid = fork();

    if (CHECK_OK(pid) == 0)
        group(function, leader_stays);
    return reap(pid);
}

/* The parent is told when the last has gone, what the first one said. */
static void
test_leader_first(void)
{
    pid_t pid;
    int status;

    CHECK_OK(pipe(fd));
    pid = (pid_t)CHECK_OK(fork());
    if (pid == 0) {
        CHECK(thread_start(await_byte, NULL) != NULL);
        syscall(SYS_exit, 3);
    }
    for (int i = 0; i < 20; i++) {
        CHECK_EQ(waitpid(pid, &status, WNOHANG), 0);
        sched_yield();
    }
    put_byte(fd[1], 0);
    CHECK_EQ(reap(pid), 3 << 8);
    close(fd[0]);
    close(fd[1]);
}

/* Nobody of the group is left: the pipe has no writer. */
static void
test_kill(int sig)
{
    pid_t pid;
    char c;
    int status;

    CHECK_OK(pipe(fd));
    pid = (pid_t)CHECK_OK(fork());
    if (pid == 0) {
        close(fd[0]);
        start_threads();
        put_byte(fd[1], 1);
        pause();
    }
    close(fd[1]);
    CHECK_EQ(get_byte(fd[0]), 1);
    CHECK_OK(kill(pid, SIGSTOP));
    CHECK_EQ(waitpid(pid, &status, WUNTRACED), pid);
    CHECK(WIFSTOPPED(status));
    CHECK_OK(kill(pid, SIGCONT));
    CHECK_OK(kill(pid, sig));
    CHECK_EQ(reap(pid), sig);
    CHECK_EQ(read(fd[0], &c, 1), 0);
    close(fd[0]);
}

int
main(void)
{
    pid_t pid;

    if (getpid() == 1) /* test_hostile.py */
        group(exec_shell, true);
    reap_ok(start_child(test_groups, (void *)lead));
    reap_ok(start_child(test_groups, (void *)lead_session));
    pid = (pid_t)CHECK_OK(fork());
    if (pid == 0) {
        test_usage();
        test_errno();
        test_ids();
        _exit(0);
    }
    reap_ok(pid);
    for (int i = 0; i < ROUNDS; i++) {
        CHECK_EQ(status_of(exit_group_5, true), 5 << 8);
        CHECK_EQ(status_of(exit_group_5, false), 5 << 8);
        CHECK_EQ(status_of(write_nowhere, false), SIGSEGV);
        CHECK_EQ(status_of(exec_shell, true), 9 << 8);
        CHECK_EQ(status_of(exec_shell, false), 9 << 8);
        CHECK_EQ(status_of(run_as_leader, true), 0);
        test_leader_first();
        test_kill(SIGTERM);
        test_kill(SIGKILL);
    }
    return 0;
}
