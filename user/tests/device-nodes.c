/* SPDX-License-Identifier: MIT */
/* test: device-nodes ram=16M harts=1-8 swap=0 time=30 */
/*
 * The small devices do what their names say, through /dev as through nodes made
 * with mknod; a node for a device that is not there can be made but not opened.
 * Fails when a device gives other bytes, other lengths or other errors.
 */
#include "include/stat.h"
#include "test.h"

enum { NO_MAJOR = 200 };

static char buf[3 * PAGE];

static int
open_node(const char *name)
{
    return (int)CHECK_OK(open(name, O_RDWR));
}

static void
check_null(const char *name)
{
    int fd = open_node(name);

    CHECK_EQ(read(fd, buf, sizeof(buf)), 0);
    CHECK_EQ(write(fd, buf, sizeof(buf)), sizeof(buf));
    CHECK_OK(close(fd));
    CHECK_OK(
        close((int)CHECK_OK(open(name, O_WRONLY | O_TRUNC | O_CREAT, 0644))));
}

static void
check_zero_device(const char *name)
{
    int fd = open_node(name);

    memset(buf, 'x', sizeof(buf));
    CHECK_EQ(read(fd, buf, sizeof(buf)), sizeof(buf));
    check_zero(buf, sizeof(buf));
    CHECK_EQ(write(fd, buf, sizeof(buf)), sizeof(buf));
    CHECK_OK(close(fd));
}

static void
check_full(const char *name)
{
    int fd = open_node(name);

    memset(buf, 'x', sizeof(buf));
    CHECK_EQ(read(fd, buf, sizeof(buf)), sizeof(buf));
    check_zero(buf, sizeof(buf));
    CHECK_ERR(write(fd, buf, 1), ENOSPC);
    CHECK_OK(close(fd));
}

/* Different each time, and all values turn up. */
static void
check_random(const char *name)
{
    static char again[sizeof(buf)];
    bool seen[256] = {false};
    int fd = open_node(name), kinds = 0;

    CHECK_EQ(read(fd, buf, sizeof(buf)), sizeof(buf));
    CHECK_EQ(read(fd, again, sizeof(again)), sizeof(again));
    CHECK(memcmp(buf, again, sizeof(buf)) != 0);
    for (size_t i = 0; i < sizeof(buf); i++)
        if (!seen[(unsigned char)buf[i]]) {
            seen[(unsigned char)buf[i]] = true;
            kinds++;
        }
    CHECK_EQ(kinds, 256); /* in 12,288 bytes; misses once in 10^18 */
    CHECK_EQ(write(fd, buf, 16), 16);
    CHECK_OK(close(fd));
}

static void
check_own_nodes(void)
{
    struct stat st;

    CHECK_OK(mknod("zero", S_IFCHR | 0600, makedev(MEM_MAJOR, MEM_MINOR_ZERO)));
    CHECK_OK(stat("zero", &st));
    CHECK(S_ISCHR(st.st_mode));
    CHECK_EQ(st.st_rdev, makedev(MEM_MAJOR, MEM_MINOR_ZERO));
    check_zero_device("zero");
    CHECK_OK(mknod("nobody", S_IFCHR | 0600, makedev(NO_MAJOR, 1)));
    CHECK_ERR(open("nobody", O_RDONLY), ENXIO);
    CHECK_OK(mknod("nobody2", S_IFBLK | 0600, makedev(NO_MAJOR, 1)));
    CHECK_ERR(open("nobody2", O_RDONLY), ENXIO);
    CHECK_OK(mknod("plain", S_IFREG | 0600, 0));
    check_file("plain", 0, 0);
    CHECK_ERR(mknod("plain", S_IFREG | 0600, 0), EEXIST);
    CHECK_ERR(mknod("folder", S_IFDIR | 0700, 0), EPERM);
    CHECK_ERR(mknod("link", S_IFLNK | 0777, 0), EINVAL);
    CHECK_ERR(mknod("what", 0030000 | 0700, 0), EINVAL); /* no such type */
}

int
main(void)
{
    check_null("/dev/null");
    check_zero_device("/dev/zero");
    check_full("/dev/full");
    check_random("/dev/random");
    check_random("/dev/urandom");
    enter_scratch();
    check_own_nodes();
    return 0;
}
