/* SPDX-License-Identifier: MIT */
/* test: proc-drop-caches ram=16M harts=1-8 swap=0 time=60 */
/*
 * Reading a file fills the page cache, dropping the caches empties it, and the
 * file reads the same afterwards; meminfo shows both. Dirty pages are kept.
 * Fails when clean pages stay, when a dirty one goes, or when the count of
 * cached pages drifts.
 */
#include "test.h"
#include "util.h"

enum { SIZE = 2 * MB, MOST = 3 * SIZE / 4 };

static long
cached(void)
{
    char *text = read_whole("/proc/meminfo", NULL);
    long kb;

    CHECK(text != NULL);
    kb = (long)proc_field(text, "Cached");
    free(text);
    return kb * 1024;
}

static void
drop(const char *what)
{
    int fd = (int)CHECK_OK(open("/proc/sys/vm/drop_caches", O_WRONLY));

    CHECK_EQ(write(fd, what, strlen(what)), strlen(what));
    CHECK_OK(close(fd));
}

int
main(void)
{
    long empty, full;
    int fd;

    enter_scratch();
    make_file("file", SIZE, 1);
    sync();
    drop("3\n");
    empty = cached();
    check_file("file", SIZE, 1);
    full = cached();
    CHECK(full - empty >= MOST);
    drop("1");
    CHECK(full - cached() >= MOST);
    check_file("file", SIZE, 1);
    make_file("file", SIZE, 2);
    drop("3");
    check_file("file", SIZE, 2);
    fd = (int)CHECK_OK(open("/proc/sys/vm/drop_caches", O_WRONLY));
    CHECK_ERR(write(fd, "x", 1), EINVAL);
    CHECK_OK(close(fd));
    return 0;
}
