/* SPDX-License-Identifier: MIT */
/* test: tmpfs-full ram=16M harts=1-8 swap=0 time=60 */
/*
 * A tmpfs holds as many pages as size= says and no more: then write is ENOSPC,
 * a store to a hole through a mapping is SIGBUS, and what is there stays and
 * can be changed. Several writers at once do not get over the limit, and
 * deleting gives all of it back. Names are limited too. Fails when a page is
 * counted twice or not given back after a failure.
 */
#include <sys/mount.h>
#include <sys/statfs.h>
#include "test.h"

enum { LIMIT = 64, PROCS = 4, RW = PROT_READ | PROT_WRITE };

static char names[PROCS][4] = {"0", "1", "2", "3"};

static uint64_t
free_pages(void)
{
    struct statfs fs;

    CHECK_OK(statfs(".", &fs));
    return fs.f_bfree;
}

static void
write_until_full(void *name)
{
    int fd = (int)CHECK_OK(open(name, O_WRONLY | O_CREAT, 0644));
    char buf[3 * PAGE];
    off_t size = 0;
    struct stat st;
    ssize_t n;

    fill(buf, sizeof(buf), 1);
    while ((n = write(fd, buf, sizeof(buf))) > 0)
        size += n;
    CHECK_EQ(errno, ENOSPC);
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_size, size); /* what write said, and no more */
    CHECK_EQ(st.st_blocks, size / 512);
    CHECK_OK(close(fd));
}

static void
touch(void *address)
{
    *(volatile char *)address = 1;
}

static void
check_mapping(void)
{
    int fd = (int)CHECK_OK(open("hole", O_RDWR | O_CREAT, 0644));
    char *p;

    CHECK_OK(ftruncate(fd, 100 * PAGE));
    p = mmap(NULL, 100 * PAGE, RW, MAP_SHARED, fd, 0);
    CHECK(p != MAP_FAILED);
    CHECK_DIES(touch, p + 50 * PAGE, SIGBUS);
    for (int i = 0; i < PROCS; i++)
        CHECK_OK(truncate(names[i], 0));
    touch(p + 50 * PAGE);
    CHECK_EQ(p[50 * PAGE], 1);
    CHECK_OK(munmap(p, 100 * PAGE));
    CHECK_OK(close(fd));
    CHECK_OK(unlink("hole"));
}

/*
 * The limit holds for names as well: else empty files, or symbolic links with
 * long targets, would fill the RAM.
 */
static void
check_name_limit(void)
{
    struct statfs fs;
    uint64_t count = 0;
    char name[16];

    CHECK_OK(statfs(".", &fs));
    CHECK_EQ(fs.f_files, LIMIT);
    make_file("file", 0, 0);
    for (;; count++) {
        snprintf(name, sizeof(name), "l%d", (int)count);
        if (link("file", name) < 0)
            break;
    }
    CHECK_EQ(errno, ENOSPC);
    CHECK_EQ(count + 1, fs.f_ffree);
    CHECK_ERR(mkdir("folder", 0755), ENOSPC);
    CHECK_OK(rename("l0", "l00")); /* needs no more */
    CHECK_OK(rename("l00", "l0"));
    while (count-- > 0) {
        snprintf(name, sizeof(name), "l%d", (int)count);
        CHECK_OK(unlink(name));
    }
    CHECK_OK(unlink("file"));
}

/* A long target takes a page, as long as the link is there. */
static void
check_targets(void)
{
    static char target[PAGE];

    memset(target, 'x', sizeof(target) - 1);
    CHECK_OK(symlink(target, "long"));
    CHECK_OK(symlink("x", "short"));
    CHECK_EQ(free_pages(), LIMIT - 1);
    make_file("all", (LIMIT - 1) * PAGE, 3);
    CHECK_ERR(symlink(target, "longer"), ENOSPC);
    CHECK_OK(unlink("all"));
    CHECK_OK(unlink("short"));
    CHECK_OK(unlink("long"));
}

int
main(void)
{
    pid_t pids[PROCS];
    char path[80];

    if (getuid() != 0)
        SKIP("only root can show it");
    enter_scratch();
    snprintf(path, sizeof(path), "%s/point", scratch_path);
    CHECK_OK(mkdir(path, 0755));
    CHECK_OK(mount("t", path, "tmpfs", 0, "size=256k"));
    CHECK_OK(chdir(path));
    CHECK_EQ(free_pages(), LIMIT);
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < PROCS; i++)
            pids[i] = start_child(write_until_full, names[i]);
        for (int i = 0; i < PROCS; i++)
            reap_ok(pids[i]);
        CHECK_EQ(free_pages(), 0);
    }
    make_file("empty", 0, 0);
    CHECK_ERR(truncate("empty", -1), EINVAL);
    check_mapping();
    for (int i = 0; i < PROCS; i++)
        unlink(names[i]);
    CHECK_OK(unlink("empty"));
    CHECK_EQ(free_pages(), LIMIT);
    make_file("all", LIMIT * PAGE, 2);
    CHECK_EQ(truncate("all", LIMIT * PAGE - 10), 0);
    check_file("all", LIMIT * PAGE - 10, 2);
    CHECK_OK(unlink("all"));
    check_name_limit();
    CHECK_EQ(free_pages(), LIMIT);
    check_targets();
    CHECK_EQ(free_pages(), LIMIT);
    CHECK_OK(chdir(scratch_path));
    CHECK_OK(umount(path));
    return 0;
}
