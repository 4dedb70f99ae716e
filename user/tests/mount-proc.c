/* SPDX-License-Identifier: MIT */
/* test: mount-proc ram=16M harts=1-8 swap=0 time=30 */
/*
 * A file system can be mounted on a directory, covers what is there, shows in
 * /proc/mounts, and is EBUSY while somebody uses it; unmounting uncovers what
 * was there. Fails when a mount point can be removed, when umount goes through
 * under somebody's feet, or when a reference is left that makes it EBUSY for
 * ever.
 */
#include <sys/mount.h>
#include "test.h"

enum { ROUNDS = 20 };

static bool
listed(const char *path)
{
    FILE *f = fopen("/proc/mounts", "r");
    char line[256], want[128];
    bool found = false;

    CHECK(f != NULL);
    snprintf(want, sizeof(want), " %s proc ", path);
    while (fgets(line, sizeof(line), f) != NULL)
        found |= strstr(line, want) != NULL;
    fclose(f);
    return found;
}

static void
check_busy(void)
{
    int fd = (int)CHECK_OK(open("point/uptime", O_RDONLY));

    CHECK_ERR(umount("point"), EBUSY);
    CHECK_OK(close(fd));
    CHECK_OK(chdir("point"));
    CHECK_ERR(umount("../point"), EBUSY);
    CHECK_OK(chdir(scratch_path));
    CHECK_ERR(rmdir("point"), EBUSY);
    CHECK_ERR(rename("point", "other"), EBUSY);
    CHECK_OK(umount("point"));
}

int
main(void)
{
    char path[80];
    struct stat st;

    if (getuid() != 0)
        SKIP("only root can show it");
    enter_scratch();
    CHECK_OK(mkdir("point", 0755));
    make_file("point/covered", 10, 1);
    snprintf(path, sizeof(path), "%s/point", scratch_path);
    for (int i = 0; i < ROUNDS; i++) {
        CHECK_OK(mount("proc", "point", "proc", 0, NULL));
        CHECK(listed(path));
        CHECK_ERR(stat("point/covered", &st), ENOENT);
        CHECK_OK(stat("point/self/status", &st));
        CHECK_OK(umount("point"));
        CHECK(!listed(path));
        check_file("point/covered", 10, 1);
    }
    CHECK_OK(mount("proc", "point", "proc", 0, NULL));
    check_busy();
    CHECK_ERR(umount("point"), EINVAL);
    CHECK_ERR(umount("none"), ENOENT);
    CHECK_ERR(umount("/"), EBUSY);
    CHECK_ERR(mount("proc", "none", "proc", 0, NULL), ENOENT);
    CHECK_ERR(mount("proc", "point/covered", "proc", 0, NULL), ENOTDIR);
    CHECK_ERR(mount("x", "point", "nosuchfs", 0, NULL), ENODEV);
    CHECK_ERR(mount("/dev/vda1", "point", "ext2", 0, NULL), EBUSY);
    return 0;
}
