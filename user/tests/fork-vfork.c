/* SPDX-License-Identifier: MIT */
/* test: fork-vfork ram=16M harts=1-8 swap=0 time=30 */
/*
 * clone with CLONE_VFORK: the parent goes on only after the child has ended or
 * has started another program; with CLONE_VM too they share their memory until
 * then. Fails when the parent runs too early, never, or sees none of what the
 * child wrote.
 */
#include <sched.h>
#include "test.h"

enum { ROUNDS = 100, STACK_BYTES = 4 * PAGE };

static volatile int written;
static char *stack_end;
static const char *self;

static int
write_and_exit(void *arg)
{
    (void)arg;
    for (int i = 0; i < 1000; i++)
        written++;
    _exit(3);
}

static int
exec_self(void *arg)
{
    (void)arg;
    written = 1;
    execl(self, self, "exit", (char *)NULL);
    _exit(1);
}

static void
check_shared(void)
{
    for (int i = 1; i <= ROUNDS; i++) {
        pid_t pid;

        written = 0;
        pid = (pid_t)CHECK_OK(clone(write_and_exit, stack_end,
                                    CLONE_VM | CLONE_VFORK | SIGCHLD, NULL));
        CHECK_EQ(written, 1000);
        CHECK_EQ(WEXITSTATUS(reap(pid)), 3);
    }
}

static void
check_exec(void)
{
    pid_t pid;

    written = 0;
    pid = (pid_t)CHECK_OK(
        clone(exec_self, stack_end, CLONE_VM | CLONE_VFORK | SIGCHLD, NULL));
    CHECK_EQ(written, 1);
    CHECK_EQ(WEXITSTATUS(reap(pid)), 5);
}

static int
tell_and_exit(void *arg)
{
    for (int i = 0; i < 1000; i++)
        written++;
    CHECK_EQ(write(*(int *)arg, "x", 1), 1);
    _exit(3);
}

/*
 * Without CLONE_VM the memory is a copy, but the parent waits just so: what
 * the child does last is done.  (It need not be a zombie yet: the parent goes
 * on when the child has left its memory, as on Linux.)
 */
static void
check_copied(void)
{
    int fds[2];
    char byte;
    pid_t pid;

    written = 0;
    CHECK_OK(pipe2(fds, O_NONBLOCK));
    pid = (pid_t)CHECK_OK(
        clone(tell_and_exit, stack_end, CLONE_VFORK | SIGCHLD, &fds[1]));
    CHECK_EQ(read(fds[0], &byte, 1), 1);
    CHECK_EQ(WEXITSTATUS(reap(pid)), 3);
    CHECK_EQ(written, 0);
}

int
main(int argc, char **argv)
{
    if (argc > 1)
        return 5;
    self = argv[0];
    stack_end = map_memory(STACK_BYTES) + STACK_BYTES;
    check_shared();
    check_exec();
    check_copied();
    return 0;
}
