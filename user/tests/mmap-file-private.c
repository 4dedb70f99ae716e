/* SPDX-License-Identifier: MIT */
/* test: mmap-file-private ram=16M harts=1-8 swap=0 time=30 */
/*
 * A private mapping of a file shows its bytes, zeroes up to the end of its last
 * page, and SIGBUS beyond; what is written there stays with the writer; the
 * mapping outlives the descriptor and the file's name. Fails when a write goes
 * to the file or to another mapping, or when a page beyond the end is given.
 */
#include "test.h"

enum { SIZE = 2 * PAGE + PAGE / 2, SPAN = 4 * PAGE };

static void
look(void *address)
{
    (void)*(volatile char *)address;
}

static void
touch(void *address)
{
    *(volatile char *)address = 1;
}

static char *
map_file(int fd, int prot, off_t offset)
{
    char *p = mmap(NULL, SPAN, prot, MAP_PRIVATE, fd, offset);

    CHECK(p != MAP_FAILED);
    return p;
}

static void
check_contents(int fd)
{
    char *p = map_file(fd, PROT_READ, 0), want[SIZE];

    fill(want, SIZE, 1);
    CHECK(memcmp(p, want, SIZE) == 0);
    check_zero(p + SIZE, 3 * PAGE - SIZE);
    CHECK_DIES(look, p + 3 * PAGE, SIGBUS);
    CHECK_DIES(touch, p, SIGSEGV);
    CHECK_OK(munmap(p, SPAN));
    p = map_file(fd, PROT_READ, PAGE);
    CHECK(memcmp(p, want + PAGE, SIZE - PAGE) == 0);
    CHECK_DIES(look, p + 2 * PAGE, SIGBUS);
    CHECK_OK(munmap(p, SPAN));
}

static void
check_private(int fd)
{
    char *mine = map_file(fd, PROT_READ | PROT_WRITE, 0);
    char *other = map_file(fd, PROT_READ, 0);

    look(mine); /* a read first, then a write */
    memset(mine, 'm', PAGE);
    mine[PAGE] = 'm'; /* a write at once */
    mine[SIZE] = 'm'; /* behind the end, in its page */
    check_fill(other, SIZE, 1);
    CHECK_EQ(other[SIZE], 0);
    check_file("file", SIZE, 1);
    CHECK_EQ(mine[0], 'm');
    CHECK_EQ(pwrite(fd, "F", 1, 0), 1);
    CHECK_EQ(mine[0], 'm');
    CHECK_EQ(other[0], 'F'); /* the page of the page cache itself */
    make_file("file", SIZE, 1);
    CHECK_OK(munmap(mine, SPAN));
    CHECK_OK(munmap(other, SPAN));
}

static void
check_fork(int fd)
{
    char *p = map_file(fd, PROT_READ | PROT_WRITE, 0);
    pid_t pid;

    p[PAGE] = 'p';
    pid = fork();
    CHECK_OK(pid);
    if (pid == 0) {
        CHECK_EQ(p[PAGE], 'p');
        p[0] = p[PAGE] = 'c';
        _exit(p[0] != 'c');
    }
    reap_ok(pid);
    CHECK_EQ(p[PAGE], 'p');
    p[PAGE] = 0;
    check_fill(p, PAGE, 1);
    CHECK_OK(munmap(p, SPAN));
}

static void
check_life(int fd)
{
    char *p = map_file(fd, PROT_READ, 0);

    CHECK_OK(unlink("file"));
    CHECK_OK(close(fd));
    check_fill(p, SIZE, 1);
    CHECK_OK(munmap(p, SPAN));
}

static void
check_truncate(int fd)
{
    char *p = map_file(fd, PROT_READ, 0);

    look(p + 2 * PAGE);
    CHECK_OK(ftruncate(fd, PAGE + 10));
    CHECK_DIES(look, p + 2 * PAGE, SIGBUS);
    check_fill(p, PAGE + 10, 1);
    check_zero(p + PAGE + 10, PAGE - 10);
    CHECK_OK(ftruncate(fd, SIZE));
    check_zero(p + PAGE + 10, 2 * PAGE - 10);
    CHECK_OK(munmap(p, SPAN));
}

static void
check_errors(int fd)
{
    int writing = (int)CHECK_OK(open("file", O_WRONLY));
    int folder = (int)CHECK_OK(open(".", O_RDONLY));

    CHECK_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, writing, 0), EACCES);
    CHECK_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, folder, 0), ENODEV);
    CHECK_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 99, 0), EBADF);
    CHECK_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 100), EINVAL);
    CHECK_OK(close(writing));
    CHECK_OK(close(folder));
}

int
main(void)
{
    int fd;

    enter_scratch();
    make_file("file", SIZE, 1);
    fd = (int)CHECK_OK(open("file", O_RDWR));
    check_contents(fd);
    check_private(fd);
    check_fork(fd);
    check_errors(fd);
    check_truncate(fd);
    make_file("file", SIZE, 1);
    check_life(fd);
    return 0;
}
