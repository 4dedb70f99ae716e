/* SPDX-License-Identifier: MIT */
/* test: exit-status ram=16M harts=1-8 swap=0 time=30 */
/*
 * What a parent learns of a child's end: the low eight bits of its exit value,
 * or the signal that killed it; and that each process knows its own number and
 * its parent's. Fails when the status word is put together wrongly, or when
 * wait gives another child.
 */
#include "test.h"

static void
exit_with(void *value)
{
    exit((int)(long)value);
}

static void
die_by(void *sig)
{
    raise((int)(long)sig);
}

static void
check_parent(void *parent)
{
    CHECK_EQ(getppid(), (long)parent);
    CHECK(getpid() != (long)parent);
    CHECK_EQ(gettid(), getpid());
}

int
main(void)
{
    static const int values[] = {0, 1, 77, 127, 255, 256, 511, -1};
    static const int signals[] = {SIGKILL, SIGTERM, SIGSEGV, SIGABRT};

    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        int status = reap(start_child(exit_with, (void *)(long)values[i]));

        CHECK(WIFEXITED(status) && !WIFSIGNALED(status));
        CHECK_EQ(WEXITSTATUS(status), values[i] & 0xff);
    }
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        int status = reap(start_child(die_by, (void *)(long)signals[i]));

        CHECK(WIFSIGNALED(status) && !WIFEXITED(status));
        CHECK_EQ(WTERMSIG(status), signals[i]);
    }
    reap_ok(start_child(check_parent, (void *)(long)getpid()));
    CHECK_ERR(wait(NULL), ECHILD);
    return 0;
}
