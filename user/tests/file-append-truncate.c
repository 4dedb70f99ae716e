/* SPDX-License-Identifier: MIT */
/* test: file-append-truncate ram=16M harts=1-8 swap=0 time=60 */
/*
 * O_APPEND writes at the end whatever the position was, also when several
 * processes do it at once: no line is lost or torn. Truncating drops what lies
 * behind, gives the blocks back, and shows zeroes when the file grows again;
 * RLIMIT_FSIZE bounds its growth. Fails when two appends take the same place,
 * or when old bytes show.
 */
#include <sys/resource.h>
#include "test.h"

enum { WRITERS = 4, LINES = 200, LINE = 16, LIMIT = 10000 };

static void
append_lines(void *number)
{
    int fd = (int)CHECK_OK(open("log", O_WRONLY | O_APPEND));
    char line[LINE + 1];

    for (int i = 0; i < LINES; i++) {
        snprintf(line, sizeof(line), "%03d %011d\n", (int)(long)number, i);
        CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
        CHECK_EQ(write(fd, line, LINE), LINE);
    }
    CHECK_OK(close(fd));
}

static void
check_append(void)
{
    static char text[WRITERS * LINES * LINE + 1];
    int next[WRITERS] = {0};
    pid_t pids[WRITERS];
    int fd, who, what;

    CHECK_OK(close((int)CHECK_OK(open("log", O_WRONLY | O_CREAT, 0644))));
    for (long i = 0; i < WRITERS; i++)
        pids[i] = start_child(append_lines, (void *)i);
    for (int i = 0; i < WRITERS; i++)
        reap_ok(pids[i]);
    fd = (int)CHECK_OK(open("log", O_RDONLY));
    CHECK_EQ(read(fd, text, sizeof(text)), sizeof(text) - 1);
    for (int i = 0; i < WRITERS * LINES; i++) {
        CHECK_EQ(sscanf(text + i * LINE, "%d %d", &who, &what), 2);
        CHECK(who >= 0 && who < WRITERS);
        CHECK_EQ(what, next[who]++);
    }
    CHECK_OK(close(fd));
}

static void
check_truncate(void)
{
    static char buf[20 * PAGE];
    int fd;
    struct stat st;

    make_file("cut", sizeof(buf), 3);
    fd = (int)CHECK_OK(open("cut", O_RDWR));
    CHECK_OK(ftruncate(fd, 5 * PAGE + 100));
    CHECK_EQ(pread(fd, buf, sizeof(buf), 0), 5 * PAGE + 100);
    check_fill(buf, 5 * PAGE + 100, 3);
    CHECK_OK(truncate("cut", sizeof(buf)));
    CHECK_EQ(pread(fd, buf, sizeof(buf), 0), sizeof(buf));
    check_fill(buf, 5 * PAGE + 100, 3);
    check_zero(buf + 5 * PAGE + 100, 15 * PAGE - 100);
    CHECK_OK(ftruncate(fd, 0));
    /* A write that fails leaves the end where it is, and no block. */
    CHECK_ERR(pwrite(fd, wild(64), PAGE, 60 * PAGE), EFAULT);
    CHECK_EQ(pread(fd, buf, 1, 0), 0);
    CHECK_OK(fsync(fd));
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_blocks, 0);
    CHECK_ERR(ftruncate(fd, -1), EINVAL);
    CHECK_OK(close(fd));
    fd = (int)CHECK_OK(open("cut", O_RDONLY));
    CHECK_ERR(ftruncate(fd, 1), EINVAL);
    CHECK_ERR(truncate(".", 0), EISDIR);
    CHECK_ERR(truncate("none", 0), ENOENT);
    CHECK_OK(close(fd));
}

static void
exceed_limit(void *arg)
{
    struct rlimit limit = {LIMIT, LIMIT};
    int fd = (int)CHECK_OK(open("bounded", O_RDWR | O_CREAT, 0644));
    static char buf[2 * LIMIT];

    CHECK_OK(setrlimit(RLIMIT_FSIZE, &limit));
    CHECK_EQ(write(fd, buf, sizeof(buf)), LIMIT);
    if (arg != NULL)
        signal(SIGXFSZ, SIG_IGN);
    CHECK_ERR(write(fd, buf, 1), EFBIG);
    CHECK_ERR(ftruncate(fd, LIMIT + 1), EFBIG);
    CHECK_EQ(pwrite(fd, buf, 1, 0), 1);
}

int
main(void)
{
    enter_scratch();
    check_append();
    check_truncate();
    CHECK_DIES(exceed_limit, NULL, SIGXFSZ);
    CHECK_DIES(exceed_limit, 1, 0);
    return 0;
}
