/* SPDX-License-Identifier: MIT */
/* test: link-symlink ram=16M harts=1-8 swap=0 time=30 */
/*
 * Hard links are equal names of one file; symbolic links are texts that the
 * path walk follows: short ones and long ones, relative and absolute, chains
 * and loops. Fails when a link count drifts, when a loop does not end in ELOOP,
 * or when a call follows the link that it must not.
 */
#include "test.h"

enum { LONG_TARGET = 1000, CHAIN = 30, TOO_LONG_CHAIN = 50 };

static void
check_hard(void)
{
    struct stat a, b;
    char name[16];

    make_file("file", 100, 1);
    for (int i = 0; i < 50; i++) {
        snprintf(name, sizeof(name), "name%d", i);
        CHECK_OK(link("file", name));
    }
    CHECK_OK(stat("file", &a));
    CHECK_OK(stat("name7", &b));
    CHECK_EQ(a.st_nlink, 51);
    CHECK_EQ(a.st_ino, b.st_ino);
    CHECK_OK(unlink("file"));
    check_file("name7", 100, 1);
    for (int i = 0; i < 50; i++) {
        snprintf(name, sizeof(name), "name%d", i);
        CHECK_OK(unlink(name));
    }
    make_file("file", 100, 1);
    CHECK_OK(mkdir("folder", 0755));
    CHECK_ERR(link("folder", "other"), EPERM);
    CHECK_ERR(link("file", "folder"), EEXIST);
    CHECK_ERR(link("none", "other"), ENOENT);
    CHECK_ERR(link("/proc/uptime", "other"), EXDEV);
}

static void
check_soft(void)
{
    char target[LONG_TARGET + 1], back[LONG_TARGET + 1];
    struct stat st;

    CHECK_OK(symlink("file", "short"));
    check_file("short", 100, 1);
    CHECK_EQ(readlink("short", back, sizeof(back)), 4);
    CHECK(memcmp(back, "file", 4) == 0);
    CHECK_EQ(readlink("short", back, 2), 2);
    CHECK_OK(lstat("short", &st));
    CHECK(S_ISLNK(st.st_mode));
    CHECK_EQ(st.st_size, 4);
    memset(target, '/', sizeof(target));
    memcpy(target, "./", 2);
    strcpy(target + LONG_TARGET - 4, "file");
    memcpy(target + 2, ".", 1);
    target[1] = '/';
    CHECK_OK(symlink(target, "long")); /* "././///...file" */
    check_file("long", 100, 1);
    CHECK_EQ(readlink("long", back, sizeof(back)), LONG_TARGET);
    CHECK(memcmp(back, target, LONG_TARGET) == 0);
    CHECK_OK(symlink("nowhere", "dangling"));
    CHECK_ERR(open("dangling", O_RDONLY), ENOENT);
    CHECK_OK(close((int)CHECK_OK(open("dangling", O_WRONLY | O_CREAT, 0644))));
    CHECK_OK(stat("nowhere", &st)); /* open made the target */
    CHECK_ERR(symlink("x", "short"), EEXIST);
    CHECK_ERR(symlink("", "empty"), ENOENT);
    CHECK_ERR(readlink("file", back, 10), EINVAL);
    CHECK_ERR(readlink("", back, 10), ENOENT);
    CHECK_ERR(open("short/x", O_RDONLY), ENOTDIR);
    CHECK_OK(symlink("..", "folder/up"));
    check_file("folder/up/folder/up/file", 100, 1);
    CHECK_OK(unlink("short"));
    check_file("file", 100, 1);
}

static void
check_chains(void)
{
    char from[16], to[16];

    CHECK_OK(symlink("loop2", "loop1"));
    CHECK_OK(symlink("loop1", "loop2"));
    CHECK_ERR(open("loop1", O_RDONLY), ELOOP);
    CHECK_ERR(mkdir("loop1/x", 0755), ELOOP);
    CHECK_ERR(open("loop1", O_RDONLY | O_NOFOLLOW), ELOOP);
    strcpy(to, "file");
    for (int i = 0; i < TOO_LONG_CHAIN; i++) {
        snprintf(from, sizeof(from), "chain%d", i);
        CHECK_OK(symlink(to, from));
        strcpy(to, from);
    }
    snprintf(from, sizeof(from), "chain%d", CHAIN);
    check_file(from, 100, 1);
    CHECK_ERR(open(to, O_RDONLY), ELOOP);
}

int
main(void)
{
    enter_scratch();
    check_hard();
    check_soft();
    check_chains();
    return 0;
}
