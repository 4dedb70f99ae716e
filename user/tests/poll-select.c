/* SPDX-License-Identifier: MIT */
/* test: poll-select ram=16M harts=1-8 swap=0 time=30 */
/*
 * poll and select say which descriptors are ready, for what, and sleep until
 * one is: woken by a byte, by room in a full pipe, or by the other end going
 * away. Fails when a wakeup between the look and the sleep is lost (it hangs),
 * or when a state is reported that is not there.
 */
#include <poll.h>
#include <sys/select.h>
#include "test.h"

enum { ROUNDS = 300, MANY = 100, RIVALS = 4 };

static int fds[2], answer[2];

static int
events_of(int fd, int events)
{
    struct pollfd p = {.fd = fd, .events = (short)events};

    CHECK_OK(poll(&p, 1, 0));
    return p.revents;
}

static void
check_states(void)
{
    static char page[PAGE];
    int file = (int)CHECK_OK(open("/dev/null", O_RDWR));

    CHECK_OK(pipe2(fds, O_NONBLOCK));
    CHECK_EQ(events_of(fds[0], POLLIN), 0);
    CHECK_EQ(events_of(fds[1], POLLOUT), POLLOUT);
    put_byte(fds[1], 'x');
    CHECK_EQ(events_of(fds[0], POLLIN), POLLIN);
    CHECK_EQ(get_byte(fds[0]), 'x');
    while (write(fds[1], page, PAGE) > 0)
        ;
    CHECK_EQ(events_of(fds[1], POLLOUT), 0);
    CHECK_OK(close(fds[1]));
    CHECK_EQ(events_of(fds[0], POLLIN), POLLIN | POLLHUP);
    while (read(fds[0], page, PAGE) > 0)
        ;
    CHECK_EQ(events_of(fds[0], POLLIN), POLLHUP);
    CHECK_OK(close(fds[0]));
    CHECK_EQ(events_of(fds[0], POLLIN), POLLNVAL);
    CHECK_EQ(events_of(-1, POLLIN), 0);
    CHECK_EQ(events_of(file, POLLIN | POLLOUT), POLLIN | POLLOUT);
    CHECK_OK(pipe(fds));
    CHECK_OK(close(fds[0]));
    CHECK_EQ(events_of(fds[1], POLLOUT) & POLLERR, POLLERR);
    CHECK_OK(close(fds[1]));
    CHECK_OK(close(file));
}

static void
answer_bytes(void *arg)
{
    (void)arg;
    for (int i = 0; i < ROUNDS; i++)
        put_byte(answer[1], get_byte(fds[0]));
}

/* The parent sleeps in poll, then in select, each time until the answer. */
static void
check_sleep(void)
{
    pid_t pid;

    CHECK_OK(pipe(fds));
    CHECK_OK(pipe(answer));
    pid = start_child(answer_bytes, NULL);
    CHECK_OK(close(answer[1]));
    for (int i = 0; i < ROUNDS; i++) {
        put_byte(fds[1], i);
        if (i % 2 == 0) {
            struct pollfd p[2] = {{.fd = -1},
                                  {.fd = answer[0], .events = POLLIN}};

            CHECK_EQ(poll(p, 2, -1), 1);
            CHECK_EQ(p[1].revents & POLLIN, POLLIN);
        } else {
            fd_set set;

            FD_ZERO(&set);
            FD_SET(answer[0], &set);
            CHECK_EQ(select(answer[0] + 1, &set, NULL, NULL, NULL), 1);
            CHECK(FD_ISSET(answer[0], &set));
        }
        CHECK_EQ(get_byte(answer[0]), i & 0xff);
    }
    reap_ok(pid);
    CHECK_EQ(events_of(answer[0], POLLIN), POLLHUP);
}

static void
write_one(void *fd)
{
    put_byte((int)(long)fd, 'x');
}

/* The byte comes by the last of many pipes. */
static void
check_many(void)
{
    struct pollfd p[MANY];
    int ends[MANY][2];
    pid_t pid;

    for (int i = 0; i < MANY; i++) {
        CHECK_OK(pipe(ends[i]));
        p[i] = (struct pollfd){.fd = ends[i][0], .events = POLLIN};
    }
    pid = start_child(write_one, (void *)(long)ends[MANY - 1][1]);
    CHECK_EQ(poll(p, MANY, -1), 1);
    CHECK_EQ(p[MANY - 1].revents, POLLIN);
    reap_ok(pid);
    for (int i = 0; i < MANY; i++) {
        CHECK_OK(close(ends[i][0]));
        CHECK_OK(close(ends[i][1]));
    }
}

/*
 * Take bytes that the others may be faster to take, until there are no more.
 * Many a file to look at makes the time long in which they may be.
 */
static void
take_bytes(void *arg)
{
    struct pollfd p[MANY] = {{.fd = fds[0], .events = POLLIN}};
    ssize_t n = -1;
    int idle[2];
    char c;

    (void)arg;
    CHECK_OK(close(fds[1]));
    CHECK_OK(pipe(idle));
    for (int i = 1; i < MANY; i++)
        p[i] = (struct pollfd){.fd = idle[0], .events = POLLIN};
    while (n != 0) {
        CHECK_EQ(poll(p, MANY, -1), 1);
        n = read(fds[0], &c, 1);
        if (n == 1)
            put_byte(answer[1], c);
    }
}

/* All are woken by each byte and one gets it; the others hear of the end. */
static void
check_rivals(void)
{
    pid_t pids[RIVALS];

    CHECK_OK(pipe2(fds, O_NONBLOCK));
    CHECK_OK(pipe(answer));
    for (int i = 0; i < RIVALS; i++)
        pids[i] = start_child(take_bytes, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        put_byte(fds[1], i);
        CHECK_EQ(get_byte(answer[0]), i & 0xff);
    }
    CHECK_OK(close(fds[1]));
    for (int i = 0; i < RIVALS; i++)
        reap_ok(pids[i]);
}

static void
check_select(void)
{
    struct timeval none = {0, 0};
    fd_set in, out;
    int p[2];

    CHECK_OK(pipe(p));
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_SET(p[0], &in);
    FD_SET(p[1], &out);
    CHECK_EQ(select(p[1] + 1, &in, &out, NULL, &none), 1);
    CHECK(!FD_ISSET(p[0], &in) && FD_ISSET(p[1], &out));
    put_byte(p[1], 'x');
    FD_SET(p[0], &in);
    CHECK_EQ(select(p[1] + 1, &in, &out, NULL, NULL), 2);
    CHECK_OK(close(p[0]));
    CHECK_ERR(select(p[1] + 1, &in, NULL, NULL, &none), EBADF);
    CHECK_ERR(select(-1, NULL, NULL, NULL, &none), EINVAL);
    CHECK_EQ(select(0, NULL, NULL, NULL, &none), 0);
    CHECK_EQ(poll(NULL, 0, 1), 0);
}

int
main(void)
{
    check_states();
    check_sleep();
    check_many();
    check_rivals();
    check_select();
    return 0;
}
