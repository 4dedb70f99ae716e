/* SPDX-License-Identifier: MIT */
/* test: oom-reaper ram=16M harts=1-8 swap=0 time=180 */
/*
 * A victim of the OOM killer that cannot die is reaped.  Here a process that
 * may not be killed runs out of memory in the middle of a write(2) to a file in
 * memory, while the victim waits to write to the same file, which it will not
 * stop to do for a signal.  So the writer goes on only with what is reaped; else
 * others would have to die, such as the shell.  The victim's own write, when its
 * turn comes, finds its memory gone, and must not write zeroes in its place.
 *
 *
 * Then a victim that writes to a pipe all the time, on another hart perhaps,
 * while it is reaped: who reads the pipe gets its data and nothing else.
 *
 * Fails without the reaper (it is never seen in the log, others are killed), and
 * when a fault gives the victim a fresh page for one that was reaped (the pipe
 * shows it, on several harts).
 */
#include "test.h"

enum {
    MOST_RAM_MB = 300,
    ROUNDS = 6,
    VICTIM = 5 * MB,
    LEFT = MB, /* free when the writer begins */
    WRITTEN = 3 * MB,
    PIECE = 16 * PAGE, /* to the pipe */
    LOOK_EVERY = 16,   /* pages */
};

static const char file_name[] = "/dev/shm/oom-reaper";
static int alive[2], data[2];

static void
set_badness(const char *adj)
{
    int fd = CHECK_OK(open("/proc/self/oom_score_adj", O_WRONLY));

    CHECK_EQ(write(fd, adj, strlen(adj)), strlen(adj));
    close(fd);
}

/* Fill memory, then write it to this descriptor, for ever. */
static void
be_victim(void *arg)
{
    char *memory = map_memory(VICTIM);
    int fd = (int)(intptr_t)arg;

    set_badness("500");
    memset(memory, 'x', VICTIM);
    put_byte(alive[1], 1);
    for (size_t at = 0;; at = (at + PIECE) % VICTIM) {
        lseek(fd, 0, SEEK_SET);
        write(fd, memory + at, fd == data[1] ? PIECE : PAGE);
    }
}

static void
check_x(const char *buf, ssize_t n)
{
    for (ssize_t i = 0; i < n; i++)
        CHECK_EQ(buf[i], 'x');
}

/* Read until the victim has gone. */
static void
read_data(void *arg)
{
    char buf[PAGE];
    ssize_t n;

    (void)arg;
    close(data[1]);
    while ((n = CHECK_OK(read(data[0], buf, sizeof(buf)))) > 0)
        check_x(buf, n);
}

/* Touch memory until somebody has been killed for it. */
static void
touch(void *arg)
{
    long kills = proc_number("/proc/vmstat", "oom_kill ");
    size_t bytes = ram_mb() * MB;
    char *p = map_memory(bytes);

    (void)arg;
    close(data[0]);
    close(data[1]);
    for (size_t i = 0; proc_number("/proc/vmstat", "oom_kill ") == kills;
         i += LOOK_EVERY * PAGE)
        memset(p + i, 1, LOOK_EVERY * PAGE);
}

/* Take most of the memory, and what is left and more in one write. */
static void
press(void *arg)
{
    size_t take = free_mb() * MB - LEFT;
    int fd = CHECK_OK(open(file_name, O_WRONLY));

    (void)arg;
    memset(map_memory(take), 1, take);
    CHECK_EQ(pwrite(fd, map_memory(WRITTEN), WRITTEN, PAGE), WRITTEN);
}

int
main(void)
{
    char page[PAGE];
    int fd, reaped = 0;

    if (ram_mb() > MOST_RAM_MB)
        SKIP("too much memory to use it all up");
    set_badness("-1000");
    memset(page, 'x', PAGE);
    fd = CHECK_OK(open(file_name, O_RDWR | O_CREAT | O_TRUNC, 0600));
    CHECK_EQ(write(fd, page, PAGE), PAGE);
    CHECK_OK(pipe(alive));
    CHECK_OK(pipe(data));
    for (int i = 0; i < ROUNDS; i++) {
        bool to_pipe = i % 2;
        pid_t reader = to_pipe ? start_child(read_data, NULL) : 0, presser;
        pid_t victim =
            start_child(be_victim, (void *)(intptr_t)(to_pipe ? data[1] : fd));

        CHECK_EQ(get_byte(alive[0]), 1);
        presser = start_child(to_pipe ? touch : press, NULL);
        if (to_pipe) {
            close(data[0]);
            close(data[1]);
            CHECK_OK(pipe(data));
        }
        CHECK_EQ(WTERMSIG(reap(victim)), SIGKILL);
        reap_ok(presser);
        if (to_pipe)
            reap_ok(reader);
        else
            reaped += log_says("oom_reaper: reaped", victim);
        CHECK_EQ(pread(fd, page, PAGE, 0), PAGE);
        check_x(page, PAGE);
        CHECK_OK(ftruncate(fd, PAGE));
    }
    CHECK(reaped > 0); /* it may die in time, but not each time */
    CHECK_OK(unlink(file_name));
    return 0;
}
