/* SPDX-License-Identifier: MIT */
/* test: path-edges ram=16M harts=1-8 swap=0 time=30 */
/*
 * Paths as users and shells write them: empty, with slashes doubled and at the
 * end, with "." and ".." everywhere, names of 255 and 256 bytes, paths too
 * long; relative to a descriptor; getcwd tells the truth after all of it. Fails
 * when the walk differs from Linux's, or when a long name is cut without a
 * word.
 */
#include "include/limits.h"
#include "test.h"

static char name[NAME_MAX + 2], path[2 * PATH_MAX];

static void
check_slashes(void)
{
    struct stat st;

    make_file("file", 10, 1);
    CHECK_OK(mkdir("folder", 0755));
    check_file(".//./folder/..///file", 10, 1);
    CHECK_OK(stat("folder/", &st));
    CHECK_OK(stat("folder//.", &st));
    CHECK_ERR(stat("file/", &st), ENOTDIR);
    CHECK_ERR(stat("file/.", &st), ENOTDIR);
    CHECK_ERR(stat("/proc/self/exe/", &st), ENOTDIR);
    CHECK_ERR(stat("", &st), ENOENT);
    CHECK_ERR(open("", O_RDONLY), ENOENT);
    CHECK_ERR(open("new/", O_WRONLY | O_CREAT, 0644), EISDIR);
    CHECK_OK(mkdir("slashed///", 0755));
    CHECK_OK(rmdir("slashed/"));
    CHECK_ERR(mkdir("folder/", 0755), EEXIST);
    CHECK_ERR(mkdir(".", 0755), EEXIST);
    CHECK_ERR(mkdir("/", 0755), EEXIST);
    CHECK_ERR(unlink("folder"), EISDIR);
    CHECK_ERR(unlink("file/"), ENOTDIR);
    CHECK_ERR(rmdir("file"), ENOTDIR);
    CHECK_ERR(rmdir("folder/."), EINVAL);
    CHECK_ERR(rmdir("folder/.."), ENOTEMPTY);
    CHECK_ERR(rmdir("/"), EBUSY);
    CHECK_OK(stat("/../../..", &st));
    CHECK_ERR(chdir("file"), ENOTDIR);
    CHECK_ERR(open("folder", O_WRONLY), EISDIR);
}

static void
check_lengths(void)
{
    memset(name, 'n', NAME_MAX);
    make_file(name, 10, 2);
    check_file(name, 10, 2);
    CHECK_OK(unlink(name));
    memset(name, 'n', NAME_MAX + 1);
    CHECK_ERR(open(name, O_WRONLY | O_CREAT, 0644), ENAMETOOLONG);
    CHECK_ERR(mkdir(name, 0755), ENAMETOOLONG);
    for (size_t i = 0; i < sizeof(path) - 1; i += 2)
        memcpy(path + i, "./", 2);
    strcpy(path + PATH_MAX - 6, "/file"); /* PATH_MAX with its end */
    check_file(path, 10, 1);
    strcpy(path + PATH_MAX - 6, "//file");
    CHECK_ERR(open(path, O_RDONLY), ENAMETOOLONG);
}

static void
check_relative(void)
{
    char back[100], want[100];
    int folder = (int)CHECK_OK(open("folder", O_RDONLY | O_DIRECTORY));
    int file = (int)CHECK_OK(open("file", O_RDONLY));
    struct stat st;

    CHECK_OK(mkdirat(folder, "inner", 0755));
    CHECK_OK(fstatat(folder, "inner", &st, 0));
    CHECK_OK(fstatat(folder, "../file", &st, 0));
    CHECK_OK(fstatat(99, "/tmp", &st, 0)); /* absolute: not asked */
    CHECK_ERR(fstatat(99, "file", &st, 0), EBADF);
    CHECK_ERR(fstatat(file, "x", &st, 0), ENOTDIR);
    CHECK_OK(fstatat(file, "", &st, AT_EMPTY_PATH));
    CHECK_EQ(st.st_size, 10);
    CHECK_OK(fchdir(folder));
    CHECK_OK(chdir("./inner/../inner"));
    snprintf(want, sizeof(want), "%s/folder/inner", scratch_path);
    CHECK(getcwd(back, sizeof(back)) != NULL);
    CHECK(strcmp(back, want) == 0);
    CHECK(getcwd(back, strlen(want)) == NULL && errno == ERANGE);
    CHECK(getcwd(back, strlen(want) + 1) != NULL);
    CHECK_OK(chdir("/"));
    CHECK(strcmp(getcwd(back, sizeof(back)), "/") == 0);
    CHECK_OK(chdir(scratch_path));
    CHECK_OK(unlinkat(folder, "inner", AT_REMOVEDIR));
    CHECK_ERR(fchdir(file), ENOTDIR);
    CHECK_ERR(fchdir(AT_FDCWD), EBADF);
}

static void
enter_root(void *arg)
{
    struct stat st;
    char back[100];

    (void)arg;
    CHECK_OK(chroot("folder"));
    CHECK_OK(chdir("/"));
    CHECK_ERR(stat("/file", &st), ENOENT);
    CHECK_ERR(stat("../file", &st), ENOENT); /* no way out */
    CHECK_OK(mkdir("/within", 0755));
    CHECK_OK(chdir("within"));
    CHECK(strcmp(getcwd(back, sizeof(back)), "/within") == 0);
}

int
main(void)
{
    enter_scratch();
    check_slashes();
    check_lengths();
    check_relative();
    if (getuid() == 0) {
        reap_ok(start_child(enter_root, NULL));
        CHECK_OK(rmdir("folder/within"));
    }
    return 0;
}
