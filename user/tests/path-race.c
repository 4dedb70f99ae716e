/* SPDX-License-Identifier: MIT */
/* test: path-race ram=16M harts=1-8 swap=0 time=120 */
/*
 * Paths are walked while others move, make, remove, mount and unmount the
 * directories that they lead through, on the disk and in a tmpfs. Each call
 * does what it says or fails with an error that tells of another one; who has
 * changed his root does not get out of it; and at the end everything can be
 * removed and unmounted. Fails when a lock is taken in the wrong order, when a
 * reference is lost or left (the ledger), or when two truths about a name stay.
 */
#include <sys/mount.h>
#include "test.h"

enum { WORKERS = 8, ROUNDS = 300 };

/* Directories and files of the same names, in each other. */
static const char *const names[] = {"a", "b", "a/c", "b/c", "a/c/d", "b/c/d"};
enum { NAMES = sizeof(names) / sizeof(names[0]) };

static struct gate gate;
static uint64_t seed;

static const char *
any_name(void)
{
    return names[next_random(&seed) % NAMES];
}

/* An error that somebody else's work explains, or success. */
#define CHECK_RACE(call)                                                       \
    do {                                                                       \
        if ((call) < 0 && errno != ENOENT && errno != EEXIST &&                \
            errno != ENOTDIR && errno != EISDIR && errno != ENOTEMPTY &&       \
            errno != EINVAL && errno != EBUSY && errno != EXDEV)               \
            FAIL(#call ": %s", strerror(errno));                               \
    } while (0)

static void
walk(const char *name)
{
    char path[100], text[200];
    struct stat st;
    int fd;

    snprintf(path, sizeof(path), "%s/../../%s/.././%s", name, any_name(),
             any_name());
    CHECK_RACE(stat(path, &st));
    snprintf(path, sizeof(path), "%s/file", name);
    fd = open(path, O_RDWR | O_CREAT, 0644);
    CHECK_RACE(fd);
    if (fd < 0)
        return;
    CHECK_EQ(write(fd, "x", 1), 1);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    CHECK_OK(stat(path, &st)); /* whatever has become of its name */
    CHECK(S_ISREG(st.st_mode) && st.st_size == 1);
    CHECK(readlink(path, text, sizeof(text)) > 0);
    CHECK_OK(close(fd));
}

static void
list(const char *name)
{
    DIR *dir = opendir(name);

    CHECK_RACE(dir ? 0 : -1);
    if (!dir)
        return;
    while (readdir(dir) != NULL)
        ;
    closedir(dir);
}

/* The working directory goes with a directory that is moved or removed. */
static void
go_there(const char *name)
{
    char back[200];
    int here = (int)CHECK_OK(open(".", O_PATH | O_DIRECTORY));

    CHECK_RACE(chdir(name));
    if (getcwd(back, sizeof(back)) == NULL)
        CHECK_EQ(errno, ENOENT);
    CHECK_OK(fchdir(here));
    CHECK_OK(close(here));
}

static void
change(unsigned what, const char *name, const char *other)
{
    char path[100];

    switch (what) {
    case 0:
    case 1:
        CHECK_RACE(mkdir(name, 0755));
        break;
    case 2:
        CHECK_RACE(rmdir(name));
        break;
    case 3:
    case 4:
        CHECK_RACE(rename(name, other));
        break;
    case 5:
        snprintf(path, sizeof(path), "%s/file", name);
        CHECK_RACE(unlink(path));
        break;
    case 6:
        if (getuid() == 0)
            CHECK_RACE(mount("none", name, "tmpfs", 0, NULL));
        break;
    default:
        if (getuid() == 0)
            CHECK_RACE(umount(name));
    }
}

static void
work(void *arg)
{
    seed = (uint64_t)(long)arg;
    gate_pass(&gate);
    for (int i = 0; i < ROUNDS; i++) {
        walk(any_name());
        change(next_random(&seed) % 8, any_name(), any_name());
        if (i % 4 == 0)
            list(any_name());
        if (i % 4 == 2)
            go_there(any_name());
    }
}

/* A root that nobody moves: what is beside it is never seen. */
static void
work_inside(void *arg)
{
    struct stat st;

    (void)arg;
    gate_pass(&gate);
    CHECK_OK(chroot("."));
    CHECK_OK(chdir("/"));
    for (int i = 0; i < ROUNDS; i++) {
        char path[100];

        snprintf(path, sizeof(path), "%s/../../../outside", any_name());
        CHECK(stat(path, &st) < 0);
        snprintf(path, sizeof(path), "/../%s/../../outside", any_name());
        CHECK(stat(path, &st) < 0);
    }
}

/* Unmount the newest that is mounted below here.  => false: nothing is */
static bool
unmount_one(const char *where)
{
    FILE *f = fopen("/proc/mounts", "r");
    char line[1024], below[100], last[1024] = "";

    CHECK(f != NULL);
    snprintf(below, sizeof(below), " %s/%s/", scratch_path, where);
    while (fgets(line, sizeof(line), f) != NULL)
        if (strstr(line, below) != NULL)
            strcpy(last, strchr(line, ' ') + 1);
    fclose(f);
    if (*last)
        CHECK_OK(umount(strtok(last, " ")));
    return *last;
}

static void
race(const char *where)
{
    pid_t pids[WORKERS + 1];

    CHECK_OK(chdir(where));
    make_file("../outside", 1, 1);
    gate_make(&gate);
    for (int i = 0; i < WORKERS; i++)
        pids[i] = start_child(work, (void *)(long)(i + 1));
    pids[WORKERS] = getuid() == 0 ? start_child(work_inside, NULL) : 0;
    gate_open(&gate);
    for (int i = 0; i <= WORKERS && pids[i]; i++)
        reap_ok(pids[i]);
    while (unmount_one(where))
        ;
    remove_tree("a");
    remove_tree("b");
    CHECK_OK(unlink("../outside"));
    CHECK_OK(chdir(".."));
    CHECK_OK(rmdir(where) ? umount(where) ?: rmdir(where) : 0);
}

int
main(void)
{
    enter_scratch();
    CHECK_OK(mkdir("disk", 0755));
    race("disk");
    if (getuid() != 0)
        return 0;
    CHECK_OK(mkdir("memory", 0755));
    CHECK_OK(mount("none", "memory", "tmpfs", 0, NULL));
    race("memory");
    return 0;
}
