/* SPDX-License-Identifier: MIT */
/* test: file-times ram=16M harts=1-8 swap=0 time=30 */
/*
 * Times of files: set to the nanosecond by utimensat and kept; writing moves
 * mtime and ctime, chmod ctime only, making a name the directory's mtime; no
 * time lies before the clock read earlier. Fails when an operation forgets a
 * time or changes one it must not.
 */
#include <time.h>
#include "test.h"

static const struct timespec past[2] = {{1000000000, 123456789},
                                        {1100000000, 987654321}};

static int
compare(struct timespec a, struct timespec b)
{
    if (a.tv_sec != b.tv_sec)
        return a.tv_sec < b.tv_sec ? -1 : 1;
    return a.tv_nsec < b.tv_nsec ? -1 : a.tv_nsec > b.tv_nsec;
}

static struct stat
stat_of(const char *path)
{
    struct stat st;

    CHECK_OK(lstat(path, &st));
    return st;
}

/* Put the times of both back to the past. */
static void
set_past(void)
{
    CHECK_OK(utimensat(AT_FDCWD, "file", past, 0));
    CHECK_OK(utimensat(AT_FDCWD, ".", past, 0));
}

static bool
modified(const char *path)
{
    return compare(stat_of(path).st_mtim, past[1]) != 0;
}

/* What sets nothing changes nothing, and anybody may. */
static void
check_omitted(void)
{
    static const struct timespec omit[2] = {{0, UTIME_OMIT}, {0, UTIME_OMIT}};
    struct timespec before = stat_of("file").st_ctim, now;

    do /* until a change would show */
        CHECK_OK(clock_gettime(CLOCK_REALTIME_COARSE, &now));
    while (compare(now, before) <= 0);
    CHECK_OK(utimensat(AT_FDCWD, "file", omit, 0));
    CHECK_EQ(compare(stat_of("file").st_ctim, before), 0);
    CHECK_OK(utimensat(AT_FDCWD, "/", omit, 0));
}

static void
check_setting(struct timespec start)
{
    struct timespec times[2] = {{0, UTIME_OMIT}, {0, UTIME_NOW}};
    struct stat st;

    set_past();
    st = stat_of("file");
    CHECK_EQ(compare(st.st_atim, past[0]), 0);
    CHECK_EQ(compare(st.st_mtim, past[1]), 0);
    CHECK(compare(st.st_ctim, start) >= 0);
    CHECK_OK(utimensat(AT_FDCWD, "file", times, 0));
    st = stat_of("file");
    CHECK_EQ(compare(st.st_atim, past[0]), 0);
    CHECK(compare(st.st_mtim, start) >= 0);
    times[1].tv_nsec = 1000000000;
    CHECK_ERR(utimensat(AT_FDCWD, "file", times, 0), EINVAL);
    check_omitted();
    CHECK_OK(symlink("none", "link"));
    CHECK_OK(utimensat(AT_FDCWD, "link", past, AT_SYMLINK_NOFOLLOW));
    CHECK_EQ(compare(stat_of("link").st_mtim, past[1]), 0);
    CHECK_ERR(utimensat(AT_FDCWD, "link", past, 0), ENOENT);
}

static void
check_moves(struct timespec start)
{
    int fd = (int)CHECK_OK(open("file", O_RDWR));

    set_past();
    CHECK_EQ(pwrite(fd, "x", 1, 0), 1);
    CHECK(modified("file"));
    CHECK(!modified("."));
    CHECK(compare(stat_of("file").st_mtim, start) >= 0);
    set_past();
    CHECK_OK(fchmod(fd, 0600));
    CHECK(!modified("file"));
    CHECK(compare(stat_of("file").st_ctim, start) >= 0);
    CHECK_OK(ftruncate(fd, 10));
    CHECK(modified("file"));
    set_past();
    CHECK_OK(link("file", "other"));
    CHECK(modified("."));
    CHECK(!modified("file"));
    set_past();
    CHECK_OK(unlink("other"));
    CHECK(modified("."));
    CHECK_OK(close(fd));
}

static void
look_and_set(void *arg)
{
    (void)arg;
    CHECK_OK(setuid(1000));
    CHECK_ERR(utimensat(AT_FDCWD, "file", past, 0), EPERM);
    CHECK_ERR(utimensat(AT_FDCWD, "file", NULL, 0), EACCES);
}

int
main(void)
{
    struct timespec start, again;

    enter_scratch();
    CHECK_OK(chmod(".", 0755));
    CHECK_OK(clock_gettime(CLOCK_REALTIME_COARSE, &start));
    make_file("file", 100, 1);
    CHECK(compare(stat_of("file").st_mtim, start) >= 0);
    CHECK_OK(clock_gettime(CLOCK_REALTIME, &again));
    CHECK(compare(stat_of("file").st_mtim, again) <= 0);
    check_setting(start);
    check_moves(start);
    CHECK_OK(chmod("file", 0644));
    if (getuid() == 0)
        reap_ok(start_child(look_and_set, NULL));
    return 0;
}
