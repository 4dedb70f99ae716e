/* SPDX-License-Identifier: MIT */
/* test: wait-variants ram=16M harts=1-8 swap=0 time=30 */
/*
 * wait4 and waitid find the children that are asked for: one, any, those of a
 * process group; they return at once with WNOHANG, leave the child with
 * WNOWAIT, and say ECHILD when there is nobody to wait for. Fails when a wait
 * takes another's child, takes one twice, or sleeps though it must not.
 */
#include "test.h"

static struct gate gate;

static void
wait_at_gate(void *value)
{
    gate_pass(&gate);
    _exit((int)(long)value);
}

static void
exit_with(void *value)
{
    _exit((int)(long)value);
}

/* Sleep until the child has ended, and leave it to be waited for. */
static void
await_end(pid_t pid)
{
    siginfo_t info;

    CHECK_OK(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT));
    CHECK_EQ(info.si_pid, pid);
}

static void
check_nohang(void)
{
    siginfo_t info;
    int status = -1;
    pid_t pid;

    gate_make(&gate);
    pid = start_child(wait_at_gate, (void *)3);
    CHECK_EQ(waitpid(pid, &status, WNOHANG), 0);
    CHECK_EQ(waitpid(-1, &status, WNOHANG), 0);
    info.si_pid = -1;
    CHECK_OK(waitid(P_ALL, 0, &info, WEXITED | WNOHANG));
    CHECK_EQ(info.si_pid, 0);
    CHECK_ERR(waitid(P_PGID, 1, &info, WEXITED | WNOHANG), ECHILD);
    gate_open(&gate);
    await_end(pid);
    await_end(pid);
    CHECK_EQ(waitpid(pid, &status, WNOHANG), pid);
    CHECK_EQ(WEXITSTATUS(status), 3);
    CHECK_ERR(waitpid(pid, &status, WNOHANG), ECHILD);
}

static void
check_which(void)
{
    pid_t first = start_child(exit_with, (void *)1);
    pid_t second = start_child(exit_with, (void *)2);

    await_end(first);
    await_end(second);
    CHECK_EQ(WEXITSTATUS(reap(second)), 2);
    CHECK_ERR(waitpid(second, NULL, 0), ECHILD);
    CHECK_EQ(WEXITSTATUS(reap(first)), 1);
    CHECK_ERR(waitpid(-1, NULL, 0), ECHILD);
    CHECK_ERR(waitpid(getppid(), NULL, 0), ECHILD);
}

static void
check_groups(void)
{
    siginfo_t info;
    pid_t mine, other;

    gate_make(&gate);
    mine = start_child(wait_at_gate, (void *)1);
    other = start_child(wait_at_gate, (void *)2);
    CHECK_OK(setpgid(other, other));
    CHECK_EQ(waitpid(0, NULL, WNOHANG), 0);
    gate_open(&gate);
    await_end(mine);
    await_end(other);
    CHECK_EQ(waitpid(-other, NULL, 0), other);
    CHECK_ERR(waitpid(-other, NULL, 0), ECHILD);
    CHECK_OK(waitid(P_PGID, (id_t)getpgrp(), &info, WEXITED));
    CHECK_EQ(info.si_pid, mine);
    CHECK_ERR(waitid(P_PGID, (id_t)getpgrp(), &info, WEXITED), ECHILD);
}

static void
check_info(void)
{
    siginfo_t info;
    pid_t pid = start_child(exit_with, (void *)9);

    CHECK_OK(waitid(P_PID, (id_t)pid, &info, WEXITED));
    CHECK_EQ(info.si_signo, SIGCHLD);
    CHECK_EQ(info.si_code, CLD_EXITED);
    CHECK_EQ(info.si_status, 9);
    CHECK_EQ(info.si_pid, pid);
    gate_make(&gate);
    pid = start_child(wait_at_gate, NULL);
    CHECK_OK(kill(pid, SIGKILL));
    CHECK_OK(waitid(P_ALL, 0, &info, WEXITED));
    gate_open(&gate);
    CHECK_EQ(info.si_code, CLD_KILLED);
    CHECK_EQ(info.si_status, SIGKILL);
    CHECK_ERR(waitid(P_ALL, 0, &info, WEXITED), ECHILD);
    CHECK_ERR(waitid(P_ALL, 0, &info, 0), EINVAL);
    CHECK_ERR(waitid(17, 0, &info, WEXITED), EINVAL);
    CHECK_ERR(waitpid(-1, NULL, 0x4000), EINVAL);
}

int
main(void)
{
    check_nohang();
    check_which();
    check_groups();
    check_info();
    return 0;
}
