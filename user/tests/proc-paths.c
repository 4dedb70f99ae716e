/* SPDX-License-Identifier: MIT */
/* test: proc-paths ram=16M harts=1-8 swap=0 time=60 */
/*
 * Paths in /proc/self/maps and /proc/mounts: one that is longer than a page is
 * there as a whole, however small the pieces are that are read, and what would
 * break a line is written as \ooo; in the name of a program as \n. Fails when a record that is larger than the
 * kernel's buffer is cut or left out, or when a name can pass for another line.
 */
#include <sys/mount.h>
#include "test.h"

enum { DEPTH = 25, NAME = 200, SMALL = 97 };

static char text[64 * 1024], again[64 * 1024];

/* => its length */
static size_t
read_in_pieces(const char *path, char *buf, size_t size, size_t piece)
{
    int fd = (int)CHECK_OK(open(path, O_RDONLY));
    size_t done = 0;
    long n;

    while ((n = CHECK_OK(read(fd, buf + done, piece))) > 0) {
        done += (size_t)n;
        CHECK(done + piece < size);
    }
    buf[done] = '\0';
    CHECK_OK(close(fd));
    return done;
}

static void
check_maps(void)
{
    size_t n = read_in_pieces("/proc/self/maps", text, sizeof(text), PAGE);
    char *end = strstr(text, "/new\\012line\n"), *start = end;

    CHECK(end != NULL);
    while (start > text && start[-1] != '\n')
        start--;
    CHECK(end - start > PAGE);
    CHECK_EQ(strspn(strchr(start, '/') + strlen(scratch_path) + 1, "d"), NAME);
    CHECK(strstr(end, "[stack]") != NULL); /* and what comes behind it */
    CHECK_EQ(read_in_pieces("/proc/self/maps", again, sizeof(again), SMALL), n);
    CHECK(memcmp(text, again, n) == 0);
    CHECK(read_in_pieces("/proc/self/smaps", again, sizeof(again), PAGE) > n);
    CHECK(strstr(again, "/new\\012line\nSize:") != NULL);
}

static void
check_mounts(void)
{
    CHECK_OK(mkdir("a b\nc\\", 0755));
    CHECK_OK(mount("proc", "a b\nc\\", "proc", 0, NULL));
    read_in_pieces("/proc/mounts", text, sizeof(text), PAGE);
    CHECK(strstr(text, "/a\\040b\\012c\\134 proc ") != NULL);
    CHECK_OK(umount("a b\nc\\"));
    CHECK_OK(rmdir("a b\nc\\"));
}

static void
run_by_another_name(void *arg)
{
    CHECK_OK(symlink(arg, "a\nUid:\\"));
    CHECK_OK(execl("./a\nUid:\\", "x", "named", (char *)NULL));
}

static void
check_name(void)
{
    read_in_pieces("/proc/self/status", text, sizeof(text), PAGE);
    CHECK(strncmp(text, "Name:\ta\\nUid:\\\\\nUmask:", 22) == 0);
    read_in_pieces("/proc/self/stat", text, sizeof(text), PAGE);
    CHECK(strstr(text, " (a\\nUid:\\\\) R ") != NULL);
}

int
main(int argc, char **argv)
{
    char name[NAME + 1] = "";
    int fd;

    if (argc > 1) {
        check_name();
        return 0;
    }
    enter_scratch();
    reap_ok(start_child(run_by_another_name, argv[0]));
    CHECK_OK(unlink("a\nUid:\\"));
    if (getuid() == 0)
        check_mounts();
    memset(name, 'd', NAME);
    for (int i = 0; i < DEPTH; i++) {
        CHECK_OK(mkdir(name, 0755));
        CHECK_OK(chdir(name));
    }
    fd = (int)CHECK_OK(open("new\nline", O_RDWR | O_CREAT, 0644));
    CHECK_OK(ftruncate(fd, PAGE));
    CHECK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) != MAP_FAILED);
    CHECK_OK(close(fd));
    check_maps();
    CHECK_OK(unlink("new\nline"));
    for (int i = 0; i < DEPTH; i++) {
        CHECK_OK(chdir(".."));
        CHECK_OK(rmdir(name));
    }
    return 0;
}
