/* SPDX-License-Identifier: MIT */
/* test: copy-edges ram=16M harts=1-8 swap=0 time=30 */
/*
 * Buffers that end where the address space has a hole: a transfer that got some
 * way says how far, one that got nowhere says EFAULT, and the file position
 * agrees with what was moved. Strings and structures may end with the last
 * byte of a page but not beyond. Fails when the kernel touches a byte too many,
 * or says EFAULT for data that it has moved, or shows what was there before.
 */
#include <sys/uio.h>
#include <sys/utsname.h>
#include "test.h"

enum { GOOD = 100, HOLE = 64 * PAGE };

static char *edge; /* the first byte of the hole */

static void
check_file_read(int fd)
{
    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
    CHECK_EQ(read(fd, edge - GOOD, 2 * GOOD), GOOD);
    check_fill(edge - GOOD, GOOD, 1);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), GOOD);
    CHECK_ERR(read(fd, edge, GOOD), EFAULT);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), GOOD);
    CHECK_EQ(read(fd, edge, 0), 0);
    CHECK_EQ(pread(fd, edge - PAGE, 2 * PAGE, 0), PAGE);
    CHECK_ERR(pread(fd, wild(0xffffffc000200000), PAGE, 0), EFAULT);
}

static void
check_file_write(int fd)
{
    struct stat st;
    char back[GOOD];

    memset(edge - GOOD, 'w', GOOD);
    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
    CHECK_EQ(write(fd, edge - GOOD, 3 * PAGE), GOOD);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), GOOD);
    CHECK_ERR(write(fd, edge, GOOD), EFAULT);
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_size, GOOD);
    CHECK_EQ(pread(fd, back, GOOD, 0), GOOD);
    CHECK(memcmp(back, edge - GOOD, GOOD) == 0);
}

/*
 * A write to a hole that has been read, from nowhere: nothing is written, and
 * the blocks that it was given do not show what another file had left there.
 */
static void
check_hole(void)
{
    static char back[HOLE];
    int fd;

    make_file("old", HOLE, 2);
    sync();
    CHECK_OK(unlink("old"));
    fd = (int)CHECK_OK(open("hole", O_RDWR | O_CREAT, 0644));
    CHECK_OK(ftruncate(fd, HOLE));
    CHECK_EQ(read(fd, back, HOLE), HOLE);
    for (off_t at = 0; at < HOLE; at += PAGE)
        CHECK_ERR(pwrite(fd, edge, GOOD, at), EFAULT);
    CHECK_OK(fsync(fd));
    CHECK_OK(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
    CHECK_EQ(pread(fd, back, HOLE, 0), HOLE);
    for (size_t i = 0; i < HOLE; i++)
        CHECK_EQ(back[i], 0);
    /* A whole page that is not cached, of which only some bytes come. */
    CHECK_OK(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
    CHECK_EQ(pwrite(fd, edge - GOOD, 2 * PAGE, PAGE), GOOD);
    CHECK_EQ(pread(fd, back, PAGE, PAGE), PAGE);
    CHECK(memcmp(back, edge - GOOD, GOOD) == 0);
    for (size_t i = GOOD; i < PAGE; i++)
        CHECK_EQ(back[i], 0);
    CHECK_OK(close(fd));
}

static void
check_vectors(int fd)
{
    char first[10], back[20];
    struct iovec iov[2] = {{first, 10}, {edge, 10}};

    memset(first, 'v', sizeof(first));
    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
    CHECK_EQ(writev(fd, iov, 2), 10);
    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
    CHECK_EQ(readv(fd, iov, 2), 10);
    CHECK_EQ(pread(fd, back, 10, 0), 10);
    CHECK(memcmp(back, "vvvvvvvvvv", 10) == 0);
    CHECK_ERR(readv(fd, (struct iovec *)(edge - 8), 1), EFAULT);
}

static void
check_pipe(void)
{
    int fds[2];
    char c[4];

    CHECK_OK(pipe(fds));
    CHECK_ERR(write(fds[1], edge, 4), EFAULT);
    CHECK_EQ(write(fds[1], "data", 4), 4);
    CHECK_ERR(read(fds[0], edge, 4), EFAULT);
    CHECK_EQ(read(fds[0], c, 4), 4);
    CHECK(memcmp(c, "data", 4) == 0); /* a failed read has taken nothing */
}

static void
check_protections(int fd)
{
    char *p = map_memory(PAGE);

    CHECK_OK(mprotect(p, PAGE, PROT_READ));
    CHECK_ERR(pread(fd, p, 1, 0), EFAULT);
    CHECK_EQ(pwrite(fd, p, 1, 0), 1);
    CHECK_OK(mprotect(p, PAGE, PROT_NONE));
    CHECK_ERR(pwrite(fd, p, 1, 0), EFAULT);
    CHECK_ERR(pread(fd, (void *)(uintptr_t)check_pipe, 1, 0), EFAULT);
}

static void
check_strings(void)
{
    char *at = edge - sizeof("name");

    memcpy(at, "name", sizeof("name"));
    CHECK_OK(mkdir(at, 0755));
    CHECK_OK(rmdir(at));
    memcpy(edge - 4, "name", 4); /* its end lies in the hole */
    CHECK_ERR(mkdir(edge - 4, 0755), EFAULT);
    CHECK_ERR(mkdir(edge, 0755), EFAULT);
}

static void
check_structures(void)
{
    CHECK_OK(stat(".", (struct stat *)(edge - sizeof(struct stat))));
    CHECK_ERR(stat(".", (struct stat *)(edge - sizeof(struct stat) + 8)),
              EFAULT);
    CHECK_OK(uname((struct utsname *)(edge - sizeof(struct utsname))));
    CHECK_ERR(uname((struct utsname *)(edge - 10)), EFAULT);
    CHECK_ERR(pipe((int *)(edge - 4)), EFAULT);
    CHECK_ERR(wait((int *)(edge - 4)), ECHILD);
}

int
main(void)
{
    int fd;

    enter_scratch();
    edge = map_memory(4 * PAGE) + 2 * PAGE;
    CHECK_OK(munmap(edge, 2 * PAGE));
    make_file("read", 2 * PAGE, 1);
    fd = (int)CHECK_OK(open("read", O_RDONLY));
    check_file_read(fd);
    fd = (int)CHECK_OK(open("write", O_RDWR | O_CREAT, 0644));
    check_file_write(fd);
    check_hole();
    check_vectors(fd);
    check_pipe();
    check_protections(fd);
    check_strings();
    check_structures();
    return 0;
}
