/* SPDX-License-Identifier: MIT */
/*
 * sys_process.c - system calls on processes: birth, death, identity, limits.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/futex.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "syscall.h"

pid_t
fork(void)
{
    return (pid_t)SYS(clone, SIGCHLD, 0, 0, 0, 0);
}

pid_t
vfork(void)
{
    return fork();
}

pid_t
wait(int *status)
{
    return wait4(-1, status, 0, NULL);
}

pid_t
waitpid(pid_t pid, int *status, int options)
{
    return wait4(pid, status, options, NULL);
}

pid_t
wait4(pid_t pid, int *status, int options, struct rusage *usage)
{
    return (pid_t)SYS(wait4, pid, status, options, usage);
}

int
waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
    return (int)SYS(waitid, type, id, info, options, 0);
}

int
execve(const char *path, char *const argv[], char *const envp[])
{
    return (int)SYS(execve, path, argv, envp);
}

pid_t
getpid(void)
{
    return (pid_t)RAW(getpid);
}

pid_t
getppid(void)
{
    return (pid_t)RAW(getppid);
}

pid_t
gettid(void)
{
    return (pid_t)RAW(gettid);
}

uid_t
getuid(void)
{
    return (uid_t)RAW(getuid);
}

uid_t
geteuid(void)
{
    return (uid_t)RAW(geteuid);
}

gid_t
getgid(void)
{
    return (gid_t)RAW(getgid);
}

gid_t
getegid(void)
{
    return (gid_t)RAW(getegid);
}

int
setuid(uid_t uid)
{
    return (int)SYS(setuid, uid);
}

int
setgid(gid_t gid)
{
    return (int)SYS(setgid, gid);
}

int
seteuid(uid_t uid)
{
    return setresuid((uid_t)-1, uid, (uid_t)-1);
}

int
setegid(gid_t gid)
{
    return setresgid((gid_t)-1, gid, (gid_t)-1);
}

int
setresuid(uid_t ruid, uid_t euid, uid_t suid)
{
    return (int)SYS(setresuid, ruid, euid, suid);
}

int
setresgid(gid_t rgid, gid_t egid, gid_t sgid)
{
    return (int)SYS(setresgid, rgid, egid, sgid);
}

int
getgroups(int count, gid_t groups[])
{
    return (int)SYS(getgroups, count, groups);
}

int
setgroups(size_t count, const gid_t groups[])
{
    return (int)SYS(setgroups, count, groups);
}

int
setpgid(pid_t pid, pid_t pgid)
{
    return (int)SYS(setpgid, pid, pgid);
}

pid_t
getpgid(pid_t pid)
{
    return (pid_t)SYS(getpgid, pid);
}

pid_t
getpgrp(void)
{
    return getpgid(0);
}

pid_t
setsid(void)
{
    return (pid_t)SYS(setsid);
}

pid_t
getsid(pid_t pid)
{
    return (pid_t)SYS(getsid, pid);
}

int
prlimit(pid_t pid, int resource, const struct rlimit *new_limit,
        struct rlimit *old_limit)
{
    return (int)SYS(prlimit64, pid, resource, new_limit, old_limit);
}

int
getrlimit(int resource, struct rlimit *limit)
{
    return prlimit(0, resource, NULL, limit);
}

int
setrlimit(int resource, const struct rlimit *limit)
{
    return prlimit(0, resource, limit, NULL);
}

int
getrusage(int who, struct rusage *usage)
{
    return (int)SYS(getrusage, who, usage);
}

/* The kernel gives 20 - priority, so that the result is never negative. */
int
getpriority(int which, id_t who)
{
    long result = SYS(getpriority, which, who);

    return result < 0 ? -1 : (int)(20 - result);
}

int
setpriority(int which, id_t who, int priority)
{
    return (int)SYS(setpriority, which, who, priority);
}

int
nice(int increment)
{
    int priority = getpriority(PRIO_PROCESS, 0) + increment;

    return setpriority(PRIO_PROCESS, 0, priority) < 0 ? -1 : priority;
}

int
prctl(int option, ...)
{
    unsigned long x[4];
    va_list ap;

    va_start(ap, option);
    for (int i = 0; i < 4; i++)
        x[i] = va_arg(ap, unsigned long);
    va_end(ap);
    return (int)SYS(prctl, option, x[0], x[1], x[2], x[3]);
}

int
sched_yield(void)
{
    return (int)SYS(sched_yield);
}

/* The kernel gives the number of bytes it wrote; the rest becomes zero. */
int
sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
    long result = SYS(sched_getaffinity, pid, size, set);

    if (result < 0)
        return -1;
    memset((char *)set + result, 0, size - (size_t)result);
    return 0;
}

int
cpu_count(const cpu_set_t *set)
{
    int count = 0;

    for (int i = 0; i < CPU_SETSIZE; i++)
        count += CPU_ISSET(i, set);
    return count;
}

int
futex(uint32_t *word, int operation, uint32_t value,
      const struct timespec *timeout)
{
    return (int)SYS(futex, word, operation, value, timeout, NULL, 0);
}
