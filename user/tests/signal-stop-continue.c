/* SPDX-License-Identifier: MIT */
/* test: signal-stop-continue ram=16M harts=1-8 swap=0 time=30 */
/*
 * A stopped process does nothing until it is continued, and its parent learns
 * of both; a system call that was interrupted by the stop goes on as if nothing
 * had been. A stopped process can be killed. Fails when a stopped process still
 * answers, when read says EINTR after the stop, or when the parent is told
 * twice.
 */
#include <poll.h>
#include "test.h"

enum { ROUNDS = 20 };

static int question[2], answer[2];

static void
echo(void *arg)
{
    (void)arg;
    close(question[1]);
    for (;;) {
        unsigned char c;
        ssize_t n = CHECK_OK(read(question[0], &c, 1));

        if (n == 0)
            _exit(0);
        put_byte(answer[1], c + 1);
    }
}

static bool
answered(void)
{
    struct pollfd p = {.fd = answer[0], .events = POLLIN};

    return CHECK_OK(poll(&p, 1, 0)) == 1;
}

static void
check_round(pid_t pid, int n)
{
    siginfo_t info;
    int status = 0;

    CHECK_OK(kill(pid, SIGSTOP));
    CHECK_EQ(waitpid(pid, &status, WUNTRACED), pid);
    CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
    CHECK_EQ(waitpid(pid, &status, WUNTRACED | WNOHANG), 0);
    put_byte(question[1], n);
    CHECK(!answered());
    CHECK_OK(kill(pid, SIGCONT));
    CHECK_OK(waitid(P_PID, (id_t)pid, &info, WCONTINUED));
    CHECK_EQ(info.si_code, CLD_CONTINUED);
    CHECK_EQ(waitpid(pid, &status, WCONTINUED | WNOHANG), 0);
    CHECK_EQ(get_byte(answer[0]), n + 1);
}

/* It may not have run between: that it stopped again must be told, too. */
static void
check_stopped_again(pid_t pid)
{
    CHECK_OK(kill(pid, SIGSTOP));
    for (int n = 0; n < ROUNDS; n++) {
        CHECK_EQ(waitpid(pid, NULL, WUNTRACED), pid);
        CHECK_OK(kill(pid, SIGCONT));
        CHECK_OK(kill(pid, SIGSTOP));
    }
    CHECK_EQ(waitpid(pid, NULL, WUNTRACED), pid);
    CHECK_OK(kill(pid, SIGCONT));
}

int
main(void)
{
    pid_t pid;

    CHECK_OK(pipe(question));
    CHECK_OK(pipe(answer));
    pid = start_child(echo, NULL);
    put_byte(question[1], 'a');
    CHECK_EQ(get_byte(answer[0]), 'b');
    for (int n = 0; n < ROUNDS; n++)
        check_round(pid, n);
    check_stopped_again(pid);
    close(question[1]);
    reap_ok(pid);

    CHECK_OK(pipe(question));
    pid = start_child(echo, NULL);
    CHECK_OK(kill(pid, SIGSTOP));
    CHECK_EQ(waitpid(pid, NULL, WUNTRACED), pid);
    CHECK_OK(kill(pid, SIGKILL));
    CHECK_EQ(WTERMSIG(reap(pid)), SIGKILL);
    return 0;
}
