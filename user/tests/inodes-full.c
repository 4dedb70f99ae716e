/* SPDX-License-Identifier: MIT */
/* test: inodes-full ram=16M harts=1-8 swap=0 time=240 */
/*
 * Making files until there is no inode left ends in ENOSPC though blocks are
 * free; existing files can still grow, links be made; after deleting all
 * inodes are back. Fails when an inode is lost, or a directory entry stays
 * without one.
 */
#include <sys/statfs.h>
#include "test.h"

enum { MOST = 20000, PER_FOLDER = 200 };

static struct statfs
now(void)
{
    struct statfs fs;

    sync(); /* deleting is done */
    CHECK_OK(statfs(".", &fs));
    return fs;
}

/* Fill folders with files. => how many folders; *files: those in the last */
static int
make_all(int *files)
{
    char name[32];
    int fd;

    for (int folder = 0;; folder++) {
        snprintf(name, sizeof(name), "d%d", folder);
        if (mkdir(name, 0755) < 0)
            return folder - 1;
        for (*files = 0; *files < PER_FOLDER; ++*files) {
            snprintf(name, sizeof(name), "d%d/%d", folder, *files);
            fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0644);
            if (fd < 0)
                return folder;
            CHECK_OK(close(fd));
        }
    }
}

static void
remove_all(int last, int files)
{
    char name[32];

    for (int folder = 0; folder <= last; folder++) {
        for (int i = 0; i < (folder == last ? files : PER_FOLDER); i++) {
            snprintf(name, sizeof(name), "d%d/%d", folder, i);
            CHECK_OK(unlink(name));
        }
        snprintf(name, sizeof(name), "d%d", folder);
        CHECK_OK(rmdir(name));
    }
}

int
main(void)
{
    struct statfs before;
    int last, files = 0;

    enter_scratch();
    make_file("first", 10, 1);
    before = now();
    if (before.f_ffree > MOST)
        SKIP("too many inodes to use them up");
    if (before.f_bfree < before.f_ffree / PER_FOLDER * 3)
        SKIP("too few blocks for so many folders");
    last = make_all(&files);
    CHECK_EQ(errno, ENOSPC);
    CHECK_EQ(now().f_ffree, 0);
    CHECK(now().f_bfree > 0);
    CHECK_ERR(mkdir("more", 0755), ENOSPC);
    CHECK_ERR(symlink("x", "more"), ENOSPC);
    CHECK_ERR(open("more", O_WRONLY | O_CREAT, 0644), ENOSPC);
    CHECK_OK(link("first", "more"));
    make_file("first", 5 * PAGE, 2);
    check_file("more", 5 * PAGE, 2);
    CHECK_OK(unlink("more"));
    remove_all(last, files);
    CHECK_EQ(now().f_ffree, before.f_ffree);
    return 0;
}
