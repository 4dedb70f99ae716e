/* SPDX-License-Identifier: MIT */
/* test: pipe-basic ram=16M harts=1-8 swap=0 time=60 */
/*
 * A pipe keeps bytes in order; a writer sleeps when it is full and a reader
 * when it is empty; writes of up to 4096 bytes of several writers are never
 * mixed; the end comes when the last writer has gone; with O_NONBLOCK nobody
 * sleeps. Fails when bytes are lost, doubled or mixed at the ring's end.
 */
#include <sys/ioctl.h>
#include "test.h"

enum { WRITERS = 4, MESSAGES = 100, STREAM = 2 * MB, ODD = 3001 };

static int fds[2];

static void
write_messages(void *number)
{
    char message[PAGE];

    close(fds[0]);
    memset(message, 'A' + (int)(long)number, sizeof(message));
    for (int i = 0; i < MESSAGES; i++)
        CHECK_EQ(write(fds[1], message, sizeof(message)), sizeof(message));
}

static void
read_whole_message(char *message)
{
    for (size_t done = 0; done < PAGE;) {
        long n = CHECK_OK(read(fds[0], message + done, PAGE - done));

        CHECK(n > 0);
        done += (size_t)n;
    }
}

static void
check_atomic(void)
{
    int counts[WRITERS] = {0};
    pid_t pids[WRITERS];
    char message[PAGE];

    CHECK_OK(pipe(fds));
    for (long i = 0; i < WRITERS; i++)
        pids[i] = start_child(write_messages, (void *)i);
    CHECK_OK(close(fds[1]));
    for (int i = 0; i < WRITERS * MESSAGES; i++) {
        read_whole_message(message);
        for (int k = 1; k < PAGE; k++)
            CHECK_EQ(message[k], message[0]);
        counts[message[0] - 'A']++;
    }
    CHECK_EQ(read(fds[0], message, 1), 0);
    for (int i = 0; i < WRITERS; i++) {
        CHECK_EQ(counts[i], MESSAGES);
        reap_ok(pids[i]);
    }
    CHECK_OK(close(fds[0]));
}

static void
write_stream(void *arg)
{
    static char buf[ODD];
    uint64_t state = 1;

    (void)arg;
    for (size_t done = 0; done < STREAM;) {
        size_t size = next_random(&state) % ODD + 1;

        if (size > STREAM - done)
            size = STREAM - done;
        for (size_t i = 0; i < size; i++)
            buf[i] = (char)((done + i) * 7 + ((done + i) >> 12));
        CHECK_EQ(write(fds[1], buf, size), size);
        done += size;
    }
}

static void
check_order(void)
{
    static unsigned char buf[ODD];
    uint64_t state = 2;
    size_t done = 0;
    pid_t pid;
    long n;

    CHECK_OK(pipe(fds));
    pid = start_child(write_stream, NULL);
    CHECK_OK(close(fds[1]));
    while ((n = CHECK_OK(read(fds[0], buf, next_random(&state) % ODD + 1))) >
           0) {
        for (long i = 0; i < n; i++)
            CHECK_EQ(buf[i], (unsigned char)((done + (size_t)i) * 7 +
                                             ((done + (size_t)i) >> 12)));
        done += (size_t)n;
    }
    CHECK_EQ(done, STREAM);
    reap_ok(pid);
    CHECK_OK(close(fds[0]));
}

static void
check_nonblocking(void)
{
    static char page[PAGE];
    int room = 0, waiting = 0;

    CHECK_OK(pipe2(fds, O_NONBLOCK));
    CHECK_ERR(read(fds[0], page, 1), EAGAIN);
    while (write(fds[1], page, PAGE) == PAGE)
        room += PAGE;
    CHECK_EQ(errno, EAGAIN);
    CHECK(room >= PAGE);
    CHECK_OK(ioctl(fds[0], FIONREAD, &waiting));
    CHECK_EQ(waiting, room);
    CHECK_EQ(read(fds[0], page, PAGE), PAGE);
    CHECK_EQ(write(fds[1], page, PAGE), PAGE);
    CHECK_ERR(write(fds[1], page, 1), EAGAIN);
    CHECK_OK(close(fds[1]));
    for (; room > 0; room -= PAGE)
        CHECK_EQ(read(fds[0], page, PAGE), PAGE);
    CHECK_EQ(read(fds[0], page, PAGE), 0);
    CHECK_OK(close(fds[0]));
}

int
main(void)
{
    check_atomic();
    check_order();
    check_nonblocking();
    return 0;
}
