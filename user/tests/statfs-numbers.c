/* SPDX-License-Identifier: MIT */
/* test: statfs-numbers ram=16M harts=1-8 swap=0 time=30 */
/*
 * What df shows: free blocks and inodes go down by what files take and come
 * back when they go, to the block. Fails when a count drifts, or when a freed
 * block is lost.
 */
#include <sys/statfs.h>
#include "test.h"

enum { BLOCKS = 100, FILES = 20, INDIRECT = 1 };

static struct statfs
now(void)
{
    struct statfs fs;

    sync();
    CHECK_OK(statfs(".", &fs));
    return fs;
}

int
main(void)
{
    struct statfs before, during, after;
    char name[16];
    struct stat st;

    enter_scratch();
    before = now();
    CHECK_EQ(before.f_type, EXT2_SUPER_MAGIC);
    CHECK_EQ(before.f_bsize, PAGE);
    CHECK_EQ(before.f_namelen, 255);
    CHECK(before.f_bfree <= before.f_blocks && before.f_bfree > BLOCKS);
    CHECK(before.f_bavail <= before.f_bfree);
    CHECK(before.f_ffree <= before.f_files && before.f_ffree > FILES);

    make_file("big", BLOCKS * PAGE, 1);
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof(name), "f%d", i);
        make_file(name, i % 2, 1);
    }
    during = now();
    CHECK_EQ(before.f_bfree - during.f_bfree, BLOCKS + INDIRECT + FILES / 2);
    CHECK_EQ(before.f_ffree - during.f_ffree, FILES + 1);
    CHECK_EQ(during.f_blocks, before.f_blocks);
    CHECK_OK(stat("big", &st));
    CHECK_EQ(st.st_blocks, (BLOCKS + INDIRECT) * PAGE / 512);
    CHECK_EQ(st.st_blksize, PAGE);

    CHECK_OK(unlink("big"));
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof(name), "f%d", i);
        CHECK_OK(unlink(name));
    }
    CHECK_OK(mkdir("folder", 0755));
    after = now();
    CHECK_EQ(before.f_bfree - after.f_bfree, 1);
    CHECK_EQ(before.f_ffree - after.f_ffree, 1);
    CHECK_OK(rmdir("folder"));
    after = now();
    CHECK_EQ(after.f_bfree, before.f_bfree);
    CHECK_EQ(after.f_ffree, before.f_ffree);
    CHECK_OK(statfs("/proc", &after));
    CHECK_EQ(after.f_type, PROC_SUPER_MAGIC);
    CHECK_ERR(statfs("none", &after), ENOENT);
    return 0;
}
