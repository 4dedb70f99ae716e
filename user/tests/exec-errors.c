/* SPDX-License-Identifier: MIT */
/* test: exec-errors ram=16M harts=1-8 swap=0 time=30 */
/*
 * An exec that cannot be done says why, and leaves the caller as it was: its
 * memory, its descriptors, its close-on-exec ones too. Fails when the errno is
 * another, or when the old program was damaged before the new one was checked.
 */
#include "test.h"

static const char text[] = "just text\n";

static void
make(const char *name, const void *contents, size_t size, mode_t mode)
{
    int fd = CHECK_OK(open(name, O_WRONLY | O_CREAT, mode));

    CHECK_EQ(write(fd, contents, size), size);
    CHECK_OK(close(fd));
}

static long
try_exec(const char *path)
{
    return execl(path, path, (char *)NULL);
}

int
main(void)
{
    char *none[] = {NULL}, *bad[] = {wild(16), NULL};
    char name[300], *memory = map_memory(4 * PAGE);
    int fd;

    enter_scratch();
    fill(memory, 4 * PAGE, 1);
    fd = CHECK_OK(open("/dev/null", O_RDONLY | O_CLOEXEC));
    make("text", text, sizeof(text) - 1, 0755);
    make("closed", text, sizeof(text) - 1, 0644);
    make("nothing", "", 0, 0755);
    CHECK_OK(mkdir("folder", 0755));
    CHECK_OK(symlink("round", "round"));
    memset(name, 'n', sizeof(name));
    name[sizeof(name) - 1] = '\0';

    CHECK_ERR(try_exec("missing"), ENOENT);
    CHECK_ERR(try_exec(""), ENOENT);
    CHECK_ERR(try_exec("folder/missing"), ENOENT);
    CHECK_ERR(try_exec("text/inside"), ENOTDIR);
    CHECK_ERR(try_exec("folder"), EACCES);
    CHECK_ERR(try_exec("/dev/null"), EACCES);
    CHECK_ERR(try_exec("closed"), EACCES);
    CHECK_ERR(try_exec("text"), ENOEXEC);
    CHECK_ERR(try_exec("nothing"), ENOEXEC);
    CHECK_ERR(try_exec("round"), ELOOP);
    CHECK_ERR(try_exec(name), ENAMETOOLONG);
    CHECK_ERR(execve(wild(16), none, none), EFAULT);
    CHECK_ERR(execve("/bin/true", bad, none), EFAULT);
    CHECK_ERR(execve("/bin/true", none, bad), EFAULT);
    CHECK_ERR(execve("/bin/true", wild(8), none), EFAULT);

    check_fill(memory, 4 * PAGE, 1);
    CHECK_OK(fcntl(fd, F_GETFD));
    return 0;
}
