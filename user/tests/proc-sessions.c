/* SPDX-License-Identifier: MIT */
/* test: proc-sessions ram=16M harts=1-8 swap=0 time=30 */
/*
 * Sessions and process groups: who may make and join which, and a signal to a
 * group reaches all of it and nobody else. Fails when a child does not inherit
 * its group, when a leader may leave its session, or when kill(-group) misses
 * a member, were it one that is just being made.
 */
#include <sched.h>
#include "test.h"

enum { MEMBERS = 5, NOBODY = 0x3fffffff, STOPS = 60, RUN_US = 3000 };

static struct gate gate;

static void
stay(void *arg)
{
    (void)arg;
    gate_pass(&gate);
}

static void
lead_session(void *arg)
{
    pid_t pid, me = getpid();

    (void)arg;
    CHECK_EQ(setsid(), me);
    CHECK_EQ(getsid(0), me);
    CHECK_EQ(getpgrp(), me);
    CHECK_ERR(setsid(), EPERM);
    CHECK_ERR(setpgid(0, 0), EPERM);
    gate_make(&gate);
    pid = start_child(stay, NULL);
    CHECK_EQ(getpgid(pid), me);
    CHECK_EQ(getsid(pid), me);
    CHECK_OK(setpgid(pid, 0));
    CHECK_EQ(getpgid(pid), pid);
    CHECK_OK(setpgid(pid, me));
    CHECK_EQ(getpgid(pid), me);
    CHECK_ERR(setpgid(pid, getppid()), EPERM); /* not of this session */
    CHECK_ERR(setpgid(getppid(), me), ESRCH);  /* not a child */
    CHECK_ERR(setpgid(pid, -1), EINVAL);
    gate_open(&gate);
    reap_ok(pid);
}

static void
kill_own_group(void *arg)
{
    pid_t pids[MEMBERS];

    (void)arg;
    CHECK_OK(setpgid(0, 0));
    gate_make(&gate);
    for (int i = 0; i < MEMBERS; i++)
        pids[i] = start_child(stay, NULL);
    CHECK(signal(SIGTERM, SIG_IGN) == SIG_DFL);
    CHECK_OK(kill(0, SIGTERM));
    for (int i = 0; i < MEMBERS; i++)
        CHECK_EQ(WTERMSIG(reap(pids[i])), SIGTERM);
}

static void
kill_a_group(void)
{
    pid_t pids[MEMBERS], outside;

    gate_make(&gate);
    outside = start_child(stay, NULL);
    for (int i = 0; i < MEMBERS; i++) {
        pids[i] = start_child(stay, NULL);
        CHECK_OK(setpgid(pids[i], pids[0]));
    }
    CHECK_OK(killpg(pids[0], 0));
    CHECK_OK(killpg(pids[0], SIGTERM));
    for (int i = 0; i < MEMBERS; i++)
        CHECK_EQ(WTERMSIG(reap(pids[i])), SIGTERM);
    CHECK_ERR(killpg(pids[0], 0), ESRCH);
    CHECK_EQ(waitpid(outside, NULL, WNOHANG), 0);
    gate_open(&gate);
    reap_ok(outside);
}

/* One child after the other, in a group of its own. */
static void
fork_for_ever(void *arg)
{
    (void)arg;
    for (;;) {
        pid_t pid = (pid_t)CHECK_OK(fork());

        if (pid == 0)
            for (;;)
                pause();
        CHECK_OK(kill(pid, SIGKILL));
        reap(pid);
    }
}

/* What the child of a process does, as in /proc/PID/stat; Z: there is none. */
static char
state_of_child(pid_t parent)
{
    DIR *proc = opendir("/proc");
    struct dirent *entry;
    char path[sizeof(entry->d_name) + 16], line[256], state, found = 'Z';
    int ppid;

    CHECK(proc != NULL);
    while ((entry = readdir(proc)) != NULL) {
        ssize_t n;
        int fd;

        snprintf(path, sizeof(path), "/proc/%s/stat", entry->d_name);
        if (atoi(entry->d_name) == 0 || (fd = open(path, O_RDONLY)) < 0)
            continue;
        n = read(fd, line, sizeof(line) - 1);
        close(fd);
        line[n < 0 ? 0 : n] = '\0';
        if (n > 0 &&
            sscanf(strrchr(line, ')') + 1, " %c %d", &state, &ppid) == 2 &&
            ppid == parent)
            found = state;
    }
    closedir(proc);
    return found;
}

/* A fork that the signal meets half way must not leave a child that runs on. */
static void
stop_a_group(void)
{
    pid_t pid = start_child(fork_for_ever, NULL);
    uint64_t seed = 1;
    char state;

    CHECK_OK(setpgid(pid, 0));
    for (int n = 0; n < STOPS; n++) {
        usleep((useconds_t)(next_random(&seed) % RUN_US));
        CHECK_OK(killpg(pid, SIGSTOP));
        CHECK_EQ(waitpid(pid, NULL, WUNTRACED), pid);
        while (strchr("RD", state = state_of_child(pid)))
            sched_yield();
        CHECK(state == 'T' || state == 'Z');
        CHECK_OK(killpg(pid, SIGCONT));
    }
    CHECK_OK(killpg(pid, SIGKILL));
    CHECK_EQ(WTERMSIG(reap(pid)), SIGKILL);
}

int
main(void)
{
    CHECK_EQ(getpgrp(), getpgid(0));
    CHECK_ERR(getpgid(NOBODY), ESRCH);
    CHECK_ERR(getsid(NOBODY), ESRCH);
    reap_ok(start_child(lead_session, NULL));
    reap_ok(start_child(kill_own_group, NULL));
    kill_a_group();
    stop_a_group();
    return 0;
}
