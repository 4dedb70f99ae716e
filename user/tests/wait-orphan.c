/* SPDX-License-Identifier: MIT */
/* test: wait-orphan ram=16M harts=1-8 swap=0 time=30 */
/*
 * A process whose parent ends gets init for a parent, and lives on; who was
 * its grandparent cannot wait for it. Fails when the orphan keeps a dead
 * parent, or dies with it.
 */
#include "test.h"

enum { INIT = 1, ORPHANS = 20 };

static struct gate gate;
static int answer[2];

static void
orphan(void *parent)
{
    CHECK_EQ(getppid(), (long)parent);
    put_byte(answer[1], 'a');
    gate_pass(&gate);
    put_byte(answer[1], getppid() == INIT ? 'o' : 'x');
}

static void
parent(void *arg)
{
    (void)arg;
    for (int i = 0; i < ORPHANS; i++)
        start_child(orphan, (void *)(long)getpid());
    for (int i = 0; i < ORPHANS; i++)
        CHECK_EQ(get_byte(answer[0]), 'a');
}

int
main(void)
{
    CHECK_OK(pipe(answer));
    gate_make(&gate);
    reap_ok(start_child(parent, NULL));
    CHECK_ERR(wait(NULL), ECHILD);
    gate_open(&gate);
    close(answer[1]);
    for (int i = 0; i < ORPHANS; i++)
        CHECK_EQ(get_byte(answer[0]), 'o');
    CHECK_EQ(read(answer[0], &gate, 1), 0); /* all of them have ended */
    return 0;
}
