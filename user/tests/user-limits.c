/* SPDX-License-Identifier: MIT */
/* test: user-limits ram=16M harts=1-8 swap=0 time=120 */
/*
 * What a user who sets himself no limit can take is bounded: processes end with
 * EAGAIN, open files of all his processes with ENFILE, what lies in pipes that
 * nobody reads is a part of RAM. Root can still open what he wants then, and
 * when the user's processes are gone all of it is there for him again. Fails when
 * one of the limits is not there (the machine runs out of memory), or when
 * something is not given back.
 */
#include <sys/resource.h>
#include "test.h"

enum { USER = 1000, MOST_RAM_MB = 20, MANY = 20000, PIPES = 100, OPENERS = 20 };
enum { SHARE = 3 }; /* of RAM that pipes may take, at most */

static struct gate gate;
static int report[2];

static void
become_user(void)
{
    CHECK_OK(setgid(USER));
    CHECK_OK(setuid(USER));
}

/* Fork children that stay, until that fails. */
static void
fork_all(void *arg)
{
    int count = 0;
    pid_t pid;

    (void)arg;
    gate_make(&gate);
    become_user();
    while (count < MANY && (pid = fork()) > 0)
        count++;
    if (count < MANY && pid == 0) {
        gate_pass(&gate);
        _exit(0);
    }
    CHECK(count < MANY);
    CHECK_EQ(errno, EAGAIN);
    gate_open(&gate);
    for (int i = 0; i < count; i++)
        CHECK_OK(wait(NULL));
}

/* Open the same file again and again; say whether there were none left. */
static void
open_all(void *arg)
{
    int fd;

    (void)arg;
    become_user();
    while ((fd = open("/", O_RDONLY)) >= 0)
        continue;
    fd = errno;
    CHECK(fd == EMFILE || fd == ENFILE);
    CHECK_EQ(write(report[1], &fd, sizeof(fd)), (long)sizeof(fd));
    gate_pass(&gate);
}

/* Fill pipes; say how many bytes they hold. */
static void
fill_pipes(void *arg)
{
    static char buf[PAGE];
    int fds[2], bytes = 0;

    (void)arg;
    become_user();
    for (int i = 0; i < PIPES && pipe2(fds, O_NONBLOCK) == 0; i++)
        while (write(fds[1], buf, sizeof(buf)) == (ssize_t)sizeof(buf))
            bytes += PAGE;
    CHECK_EQ(write(report[1], &bytes, sizeof(bytes)), (long)sizeof(bytes));
    gate_pass(&gate);
}

/* Start OPENERS of them, and let root do the same when they are all done. */
static void
check_all(void (*fn)(void *), bool pipes)
{
    uint64_t pages = ram_mb() * (MB / PAGE), bytes = 0;
    bool full = false;
    pid_t pids[OPENERS];
    int fds[2], said;

    gate_make(&gate);
    for (int i = 0; i < OPENERS; i++)
        pids[i] = start_child(fn, NULL);
    for (int i = 0; i < OPENERS; i++) {
        CHECK_EQ(read(report[0], &said, sizeof(said)), (long)sizeof(said));
        full |= said == ENFILE;
        bytes += (uint64_t)said;
    }
    if (pipes)
        CHECK(bytes / PAGE >= OPENERS && bytes / PAGE < pages / SHARE);
    else
        CHECK(full);
    CHECK_OK(pipe(fds));
    CHECK_OK(close(fds[0]));
    CHECK_OK(close(fds[1]));
    gate_open(&gate);
    for (int i = 0; i < OPENERS; i++)
        reap_ok(pids[i]);
}

int
main(void)
{
    if (ram_mb() > MOST_RAM_MB)
        SKIP("%d MB are enough for this", MOST_RAM_MB);
    CHECK_OK(pipe(report));
    for (int round = 0; round < 2; round++) {
        reap_ok(start_child(fork_all, NULL));
        check_all(open_all, false);
        check_all(fill_pipes, true);
    }
    return 0;
}
