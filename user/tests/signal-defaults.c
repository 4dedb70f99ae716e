/* SPDX-License-Identifier: MIT */
/* test: signal-defaults ram=16M harts=1-8 swap=0 time=60 */
/*
 * What each of the 64 signals does to a process that has made no arrangement:
 * it dies by it, stops, or takes no notice. A signal that is ignored or blocked
 * does none of that until it is unblocked; SIGKILL and SIGSTOP cannot be. The
 * first process is immune. Fails when the default of a signal is another than
 * POSIX's, or when init can be killed or stopped.
 */
#include <sched.h>
#include <sys/sysinfo.h>
#include "test.h"

enum { DIES, STOPS, IGNORES };

struct talk {
    int ready[2]; /* the child is there */
    int go[2];    /* the child may end */
};

static struct talk talk;

static int
default_of(int sig)
{
    switch (sig) {
    case SIGCHLD:
    case SIGCONT:
    case SIGURG:
    case SIGWINCH:
        return IGNORES;
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
        return STOPS;
    default:
        return DIES;
    }
}

/* What a shell has ignored for a job in the background is inherited. */
static void
stay(void *arg)
{
    (void)arg;
    for (int sig = 1; sig <= NSIG; sig++)
        signal(sig, SIG_DFL);
    put_byte(talk.ready[1], 'r');
    get_byte(talk.go[0]);
    _exit(7);
}

/* A child in a group of its own: a stop needs one with a parent outside. */
static pid_t
start_target(void)
{
    pid_t pid = start_child(stay, NULL);

    CHECK_OK(setpgid(pid, pid));
    CHECK_EQ(get_byte(talk.ready[0]), 'r');
    return pid;
}

static void
check_default(int sig)
{
    pid_t pid = start_target();
    int status;

    CHECK_OK(kill(pid, 0));
    CHECK_OK(kill(pid, sig));
    if (default_of(sig) == STOPS) {
        CHECK_EQ(waitpid(pid, &status, WUNTRACED), pid);
        CHECK(WIFSTOPPED(status));
        CHECK_EQ(WSTOPSIG(status), sig);
        CHECK_OK(kill(pid, SIGKILL));
        CHECK_EQ(WTERMSIG(reap(pid)), SIGKILL);
    } else if (default_of(sig) == IGNORES) {
        put_byte(talk.go[1], 'g');
        CHECK_EQ(WEXITSTATUS(reap(pid)), 7);
    } else {
        status = reap(pid);
        if (!WIFSIGNALED(status) || WTERMSIG(status) != sig)
            FAIL("signal %d: expected death by it, seen status %#x", sig,
                 (unsigned)status);
    }
}

static void
use_ignored(void *arg)
{
    (void)arg;
    CHECK(signal(SIGTERM, SIG_IGN) == SIG_DFL);
    CHECK_OK(raise(SIGTERM));
    CHECK(signal(SIGTERM, SIG_DFL) == SIG_IGN);
    raise(SIGTERM);
    FAIL("SIGTERM: expected death, seen life");
}

static void
use_blocked(void *arg)
{
    sigset_t set, waiting;

    (void)arg;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    CHECK_OK(sigprocmask(SIG_BLOCK, &set, NULL));
    CHECK_OK(raise(SIGUSR1));
    CHECK_OK(sigpending(&waiting));
    CHECK_EQ(sigismember(&waiting, SIGUSR1), 1);
    CHECK_EQ(sigismember(&waiting, SIGUSR2), 0);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    FAIL("SIGUSR1: expected death, seen life");
}

static void
block_all(void *arg)
{
    sigset_t set;

    (void)arg;
    sigfillset(&set);
    CHECK_OK(sigprocmask(SIG_SETMASK, &set, NULL));
    raise(SIGKILL);
}

static volatile int steps;

static int
make_a_step(void *arg)
{
    (void)arg;
    steps++;
    return 0;
}

/*
 * A child that is killed before it has had a turn does nothing any more.  Only
 * with one hart is it sure to wait for its turn, unless we are preempted.
 */
static void
check_first_step(void)
{
    enum { CHILDREN = 40 };
    static char stack[PAGE] __attribute__((aligned(16)));

    for (int i = 0; i < CHILDREN; i++) {
        pid_t pid =
            clone(make_a_step, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);

        CHECK_OK(kill(pid, SIGKILL));
        CHECK_EQ(waitpid(pid, NULL, 0), pid);
    }
    CHECK(steps < CHILDREN / 2 || get_nprocs() > 1);
}

int
main(void)
{
    check_first_step();
    CHECK_OK(pipe(talk.ready));
    CHECK_OK(pipe(talk.go));
    for (int sig = 1; sig <= NSIG; sig++)
        check_default(sig);
    CHECK_DIES(use_ignored, NULL, SIGTERM);
    CHECK_DIES(use_blocked, NULL, SIGUSR1);
    CHECK_DIES(block_all, NULL, SIGKILL);
    CHECK(signal(SIGKILL, SIG_IGN) == SIG_ERR && errno == EINVAL);
    CHECK(signal(SIGSTOP, SIG_IGN) == SIG_ERR && errno == EINVAL);
    CHECK_ERR(kill(getpid(), NSIG + 1), EINVAL);
    CHECK_ERR(kill(getpid(), -1), EINVAL);
    CHECK_ERR(kill(0x3fffffff, SIGTERM), ESRCH);
    CHECK_OK(kill(1, SIGKILL));
    CHECK_OK(kill(1, SIGSTOP));
    CHECK_OK(kill(1, SIGSEGV));
    return 0;
}
