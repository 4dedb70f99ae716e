/* SPDX-License-Identifier: MIT */
/* test: file-unlinked-open ram=16M harts=1-8 swap=0 time=30 */
/*
 * A file whose last name is gone lives while somebody has it open: it can be
 * written, read and grow; another file of the same name is another file. With
 * the last close its blocks come back. The same for a directory that is
 * somebody's working directory. Fails when the blocks are given away too early
 * (contents of others show) or never.
 */
#include <sys/statfs.h>
#include "test.h"

enum { SIZE = 300 * 1024 };

static uint64_t
free_blocks(void)
{
    struct statfs fs;

    sync();
    CHECK_OK(statfs(".", &fs));
    return fs.f_bfree;
}

static void
use_unlinked(void)
{
    static char buf[SIZE];
    int fd = (int)CHECK_OK(open("file", O_RDWR | O_CREAT, 0644));
    struct stat st;

    fill(buf, SIZE, 1);
    CHECK_EQ(write(fd, buf, SIZE / 2), SIZE / 2);
    CHECK_OK(unlink("file"));
    CHECK_ERR(open("file", O_RDONLY), ENOENT);
    make_file("file", SIZE, 2); /* might take the blocks, were they free */
    CHECK_EQ(write(fd, buf + SIZE / 2, SIZE - SIZE / 2), SIZE - SIZE / 2);
    CHECK_OK(fsync(fd));
    memset(buf, 0, SIZE);
    CHECK_EQ(pread(fd, buf, SIZE, 0), SIZE);
    check_fill(buf, SIZE, 1);
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_nlink, 0);
    CHECK_EQ(st.st_size, SIZE);
    check_file("file", SIZE, 2);
    CHECK_OK(unlink("file"));
    CHECK_OK(close(fd));
}

static void
use_removed_folder(void)
{
    char path[100];

    CHECK_OK(mkdir("folder", 0755));
    CHECK_OK(chdir("folder"));
    CHECK_OK(rmdir("../folder"));
    CHECK_ERR(open("new", O_WRONLY | O_CREAT, 0644), ENOENT);
    CHECK_ERR(mkdir("new", 0755), ENOENT);
    CHECK(getcwd(path, sizeof(path)) == NULL && errno == ENOENT);
    CHECK_OK(chdir(scratch_path));
}

int
main(void)
{
    uint64_t before;

    enter_scratch();
    make_file("warm-up", PAGE, 1);
    CHECK_OK(unlink("warm-up"));
    before = free_blocks();
    use_unlinked();
    use_removed_folder();
    CHECK_EQ(free_blocks(), before);
    return 0;
}
