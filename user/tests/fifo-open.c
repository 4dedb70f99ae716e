/* SPDX-License-Identifier: MIT */
/* test: fifo-open ram=16M harts=1-8 swap=0 time=30 */
/*
 * A FIFO is a pipe with a name: opening one end waits for the other, with
 * O_NONBLOCK a reader does not wait and a writer gets ENXIO; when the last
 * writer has gone the reader sees the end, and the next writer starts anew.
 * Fails when open hangs though the other end is there, or does not wait.
 */
#include "test.h"

enum { ROUNDS = 50 };

static void
write_name(void *text)
{
    int fd = (int)CHECK_OK(open("fifo", O_WRONLY));

    CHECK_EQ(write(fd, text, strlen(text)), strlen(text));
    CHECK_OK(close(fd));
}

static void
check_meeting(void)
{
    char text[16], buf[16];

    for (int i = 0; i < ROUNDS; i++) {
        pid_t pid;
        int fd;

        snprintf(text, sizeof(text), "round %d", i);
        pid = start_child(write_name, text);
        fd = (int)CHECK_OK(open("fifo", O_RDONLY));
        CHECK_EQ(read(fd, buf, sizeof(buf)), strlen(text));
        CHECK(memcmp(buf, text, strlen(text)) == 0);
        CHECK_EQ(read(fd, buf, sizeof(buf)), 0);
        reap_ok(pid);
        CHECK_OK(close(fd));
    }
}

static void
check_nonblocking(void)
{
    int in, out;
    char c;

    CHECK_ERR(open("fifo", O_WRONLY | O_NONBLOCK), ENXIO);
    in = (int)CHECK_OK(open("fifo", O_RDONLY | O_NONBLOCK));
    CHECK_EQ(read(in, &c, 1), 0); /* no writer: the end */
    out = (int)CHECK_OK(open("fifo", O_WRONLY | O_NONBLOCK));
    CHECK_ERR(read(in, &c, 1), EAGAIN);
    put_byte(out, 'x');
    CHECK_EQ(get_byte(in), 'x');
    put_byte(out, 'y');
    CHECK_OK(close(out));
    CHECK_EQ(get_byte(in), 'y');
    CHECK_EQ(read(in, &c, 1), 0);
    CHECK_OK(close(in));
    in = (int)CHECK_OK(open("fifo", O_RDWR)); /* both ends at once */
    put_byte(in, 'z');
    CHECK_EQ(get_byte(in), 'z');
    CHECK_OK(close(in));
}

int
main(void)
{
    struct stat st;

    enter_scratch();
    CHECK_OK(mkfifo("fifo", 0644));
    CHECK_OK(stat("fifo", &st));
    CHECK(S_ISFIFO(st.st_mode));
    check_meeting();
    check_nonblocking();
    return 0;
}
