/* SPDX-License-Identifier: MIT */
/* test: text-shared ram=16M harts=1-8 swap=0 time=60 */
/*
 * Several processes that run the same program share its text and constants: a
 * program with a megabyte of them, run eight times at once and read through by
 * each, takes the memory of little more than one. Fails when exec reads a copy
 * for each process, or when a fault on a file page copies what is only read.
 */
#include "test.h"

enum { WORDS = MB / 8, COPIES = 8, SLACK_KB = 3 * 1024, STEP = PAGE / 8 };

/* A megabyte that the file holds: not zero, so that it is no bss. */
static const uint64_t constants[WORDS] = {[0 ... WORDS - 1] = 0x1234};
static const char *self;
static struct gate gate;
static int answer[2];

static size_t
free_kb(void)
{
    struct sysinfo info;

    CHECK_OK(sysinfo(&info));
    return info.freeram * info.mem_unit / 1024;
}

/* In each copy: read everything, say so, and stay until told. */
static void
read_constants(void)
{
    const volatile uint64_t *p = constants;

    for (size_t i = 0; i < WORDS; i += STEP)
        CHECK_EQ(p[i], 0x1234);
    put_byte(STDOUT_FILENO, 'r');
    CHECK_EQ(read(STDIN_FILENO, &gate, 1), 0);
}

static void
run_copy(void *arg)
{
    (void)arg;
    CHECK_OK(dup2(gate.fd[0], STDIN_FILENO));
    CHECK_OK(dup2(answer[1], STDOUT_FILENO));
    close(gate.fd[0]);
    close(gate.fd[1]);
    CHECK_OK(execl(self, self, "copy", (char *)NULL));
}

int
main(int argc, char **argv)
{
    pid_t pids[COPIES];
    size_t before;

    if (argc > 1) {
        read_constants();
        return 0;
    }
    self = argv[0];
    CHECK_OK(pipe(answer));
    gate_make(&gate);
    before = free_kb();
    for (int i = 0; i < COPIES; i++) {
        pids[i] = start_child(run_copy, NULL);
        CHECK_EQ(get_byte(answer[0]), 'r');
    }
    if (free_kb() + SLACK_KB < before)
        FAIL("%d copies: expected less than %d KB, seen %zu KB", COPIES,
             SLACK_KB, before - free_kb());
    gate_open(&gate);
    for (int i = 0; i < COPIES; i++)
        reap_ok(pids[i]);
    return 0;
}
