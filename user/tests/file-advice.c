/* SPDX-License-Identifier: MIT */
/* test: file-advice ram=16M harts=1-8 swap=0 time=30 */
/*
 * posix_fadvise may be asked of whatever is open: it does nothing where there
 * are no cached pages, and what is fetched in advance has a limit. Fails when
 * the kernel takes a directory's bytes or a link's for a file's, or when the
 * advice on a huge file does not end.
 */
#include "test.h"

#define HUGE_SIZE ((off_t)1 << 40)

static void
advise(const char *name, int flags)
{
    int fd = open(name, flags);

    if (fd < 0)
        FAIL("%.60s: %s", name, strerror(errno));
    for (int advice = POSIX_FADV_NORMAL; advice <= POSIX_FADV_NOREUSE; advice++)
        CHECK_EQ(posix_fadvise(fd, 0, 0, advice), 0);
    CHECK_EQ(posix_fadvise(fd, 1, HUGE_SIZE, POSIX_FADV_WILLNEED), 0);
    CHECK_EQ(posix_fadvise(fd, 0, 100, POSIX_FADV_NOREUSE + 1), EINVAL);
    CHECK_EQ(posix_fadvise(fd, 0, -1, POSIX_FADV_WILLNEED), EINVAL);
    CHECK_OK(close(fd));
}

static void
check_kinds(void)
{
    int fd;

    CHECK_OK(mkdir("folder", 0755));
    CHECK_OK(symlink("folder", "link"));
    make_file("file", 3 * PAGE, 1);
    advise("file", O_RDONLY);
    advise("folder", O_RDONLY);
    fd = (int)CHECK_OK(open("link", O_PATH | O_NOFOLLOW));
    CHECK_EQ(posix_fadvise(fd, 0, 0, POSIX_FADV_WILLNEED), EBADF);
    CHECK_OK(close(fd));
    check_file("file", 3 * PAGE, 1);
}

int
main(void)
{
    static char log[256 * 1024];
    char memory[] = "/dev/shm/test-XXXXXX";
    int fds[2], fd;

    enter_scratch();
    check_kinds();
    fd = (int)CHECK_OK(open("huge", O_RDWR | O_CREAT, 0644));
    CHECK_OK(ftruncate(fd, HUGE_SIZE));
    advise("huge", O_RDONLY);
    advise("/proc", O_RDONLY);
    advise("/proc/self/maps", O_RDONLY);
    advise("/dev/null", O_RDONLY);
    advise("/dev/vda1", O_RDONLY);
    CHECK(mkdtemp(memory) != NULL);
    CHECK_OK(chdir(memory));
    check_kinds();
    advise(".", O_RDONLY);
    CHECK_OK(chdir("/"));
    remove_tree(memory);
    CHECK_OK(pipe(fds));
    CHECK_EQ(posix_fadvise(fds[0], 0, 0, POSIX_FADV_NORMAL), ESPIPE);
    CHECK_OK(klogctl(SYSLOG_ACTION_READ_ALL, log, sizeof(log) - 1));
    CHECK(strstr(log, "EXT2-fs error") == NULL);
    return 0;
}
