/* SPDX-License-Identifier: MIT */
/* test: rename-cases ram=16M harts=1-8 swap=0 time=30 */
/*
 * rename in all its cases: to a new name, over a file, between directories,
 * over an empty and a full directory, file over directory and the other way
 * round, onto itself, onto another name of the same file, into one's own
 * subtree; link counts and ".." follow. Fails when a name is lost or doubled,
 * or when a forbidden case goes through.
 */
#include "test.h"

static void
expect_links(const char *path, unsigned links)
{
    struct stat st;

    CHECK_OK(stat(path, &st));
    if (st.st_nlink != links)
        FAIL("links of %s: expected %u, seen %u", path, links, st.st_nlink);
}

static ino_t
inode_of(const char *path)
{
    struct stat st;

    CHECK_OK(lstat(path, &st));
    return st.st_ino;
}

static bool
missing(const char *path)
{
    struct stat st;

    return lstat(path, &st) < 0 && errno == ENOENT;
}

static void
check_files(void)
{
    ino_t inode;

    make_file("a", 100, 1);
    inode = inode_of("a");
    CHECK_OK(rename("a", "b"));
    CHECK(missing("a"));
    CHECK_EQ(inode_of("b"), inode);
    make_file("c", 200, 2);
    CHECK_OK(rename("b", "c"));
    CHECK(missing("b"));
    check_file("c", 100, 1);
    CHECK_OK(rename("c", "c"));
    check_file("c", 100, 1);
    CHECK_OK(link("c", "d"));
    CHECK_OK(rename("c", "d")); /* the same file: nothing happens */
    expect_links("c", 2);
    CHECK_OK(unlink("d"));
    CHECK_ERR(rename("none", "x"), ENOENT);
    CHECK_ERR(rename("c", "none/x"), ENOENT);
    CHECK_ERR(rename("c/x", "y"), ENOTDIR);
    CHECK_ERR(rename("", "y"), ENOENT);
    CHECK_ERR(rename("c", "y/"), ENOTDIR);
    CHECK_OK(unlink("c"));
}

static void
check_folders(void)
{
    CHECK_OK(mkdir("one", 0755));
    CHECK_OK(mkdir("two", 0755));
    CHECK_OK(mkdir("one/inner", 0755));
    make_file("one/inner/file", 50, 3);
    expect_links("one", 3);
    CHECK_OK(rename("one/inner", "two/moved"));
    expect_links("one", 2);
    expect_links("two", 3);
    CHECK_EQ(inode_of("two/moved/.."), inode_of("two"));
    check_file("two/moved/../moved/file", 50, 3);
    CHECK_OK(rename("two/moved", "one")); /* over an empty one */
    check_file("one/file", 50, 3);
    expect_links("two", 2);
    CHECK_EQ(inode_of("one/.."), inode_of("."));
    CHECK_ERR(rename("two", "one"), ENOTEMPTY);
    CHECK_OK(rename("two/", "three/"));
    CHECK(missing("two"));
    CHECK_OK(rename("three", "one/three"));
    CHECK_OK(rename("one/three", "three"));
    CHECK_OK(rmdir("three"));
}

static void
check_mixed(void)
{
    make_file("file", 10, 4);
    CHECK_OK(mkdir("empty", 0755));
    CHECK_ERR(rename("file", "empty"), EISDIR);
    CHECK_ERR(rename("empty", "file"), ENOTDIR);
    CHECK_ERR(rename("one", "one/inside"), EINVAL);
    CHECK_OK(mkdir("one/deep", 0755));
    CHECK_OK(mkdir("one/deep/deeper", 0755));
    CHECK_ERR(rename("one", "one/deep/deeper/x"), EINVAL);
    CHECK_ERR(rename("one/deep", "one"), ENOTEMPTY);
    CHECK_ERR(rename(".", "x"), EBUSY);
    CHECK_ERR(rename("one/..", "x"), EBUSY);
    CHECK_ERR(rename("file", "/proc/x"), EXDEV);
    CHECK_ERR(rename("file", "/proc/."), EXDEV);
    CHECK_OK(symlink("file", "pointer"));
    CHECK_OK(rename("pointer", "pointer2")); /* the link, not the file */
    CHECK_OK(rename("pointer2", "empty/p"));
    check_file("file", 10, 4);
    CHECK_OK(rename("file", "empty/p")); /* over a link: it goes */
    check_file("empty/p", 10, 4);
    CHECK(missing("file"));
}

static void
check_flags(void)
{
    make_file("p", 10, 5);
    make_file("q", 20, 6);
    CHECK_ERR(renameat2(AT_FDCWD, "p", AT_FDCWD, "q", RENAME_NOREPLACE),
              EEXIST);
    CHECK_OK(renameat2(AT_FDCWD, "p", AT_FDCWD, "r", RENAME_NOREPLACE));
    check_file("r", 10, 5);
    CHECK_ERR(renameat2(AT_FDCWD, "r", AT_FDCWD, "s", 0x80), EINVAL);
}

/* Over a file that somebody has open: he keeps the old one, by its name. */
static void
check_open(void)
{
    char buf[100], name[100], link[32];
    int fd = (int)CHECK_OK(open("q", O_RDONLY));

    CHECK_OK(rename("r", "q"));
    check_file("q", 10, 5);
    CHECK_EQ(read(fd, buf, sizeof(buf)), 20);
    check_fill(buf, 20, 6);
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    snprintf(name, sizeof(name), "%s/q (deleted)", scratch_path);
    CHECK_EQ(readlink(link, buf, sizeof(buf)), strlen(name));
    CHECK_EQ(memcmp(buf, name, strlen(name)), 0);
    CHECK_OK(close(fd));
}

int
main(void)
{
    enter_scratch();
    check_files();
    check_folders();
    check_mixed();
    check_flags();
    check_open();
    expect_links(".", 4); /* one and empty are left */
    return 0;
}
