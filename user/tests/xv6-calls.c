/* SPDX-License-Identifier: MIT */
/* test: xv6-calls ram=16M harts=1-8 swap=0 time=30 */
/*
 * A program as xv6's are written: its headers, its calls, its ways. Fails when
 * one of them means what it means on Linux, or when a directory is not read on
 * where it was left while others were read in between.
 */
#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "kernel/fs.h"
#include "user/user.h"

#define CHECK(condition) check(condition, #condition, __LINE__)

static void
check(int good, const char *text, int line)
{
    if (good)
        return;
    printf("xv6-calls:%d: %s does not hold\n", line, text);
    exit(1);
}

static void
make_file(const char *path)
{
    int fd = open(path, O_CREATE | O_RDWR | O_TRUNC);

    CHECK(fd >= 0 && write(fd, path, strlen(path)) == (int)strlen(path));
    close(fd);
}

/* As the exercise everybody does: all files below a directory. */
static int
count_files(const char *path)
{
    char child[64];
    struct dirent entry;
    struct stat st;
    int fd = open(path, O_RDONLY), count = 0;

    CHECK(fd >= 0 && fstat(fd, &st) == 0);
    while (st.type == T_DIR && read(fd, &entry, sizeof(entry)) > 0) {
        if (strcmp(entry.name, ".") == 0 || strcmp(entry.name, "..") == 0)
            continue;
        strcpy(child, path);
        child[strlen(child) + 1] = '\0';
        child[strlen(child)] = '/';
        memmove(child + strlen(child), entry.name, strlen(entry.name) + 1);
        count += count_files(child);
    }
    close(fd);
    return count + (st.type == T_FILE);
}

static void
check_files(void)
{
    char name[] = "xv6-dir/a";
    struct stat st;

    CHECK(mkdir("xv6-dir") == 0 && mkdir("xv6-dir/d") == 0);
    for (name[8] = 'e'; name[8] < 'k'; name[8]++)
        make_file(name);
    make_file("xv6-dir/d/1");
    make_file("xv6-dir/d/2");
    CHECK(link("xv6-dir/d/1", "xv6-dir/x") == 0);
    CHECK(stat("xv6-dir/x", &st) == 0);
    CHECK(st.type == T_FILE && st.nlink == 2 && st.size == 11);
    CHECK(count_files("xv6-dir") == 9);
    CHECK(unlink("xv6-dir/d") < 0);
    CHECK(unlink("xv6-dir/d/1") == 0 && unlink("xv6-dir/d/2") == 0);
    CHECK(unlink("xv6-dir/d") == 0 && unlink("xv6-dir/x") == 0);
    for (name[8] = 'e'; name[8] < 'k'; name[8]++)
        CHECK(unlink(name) == 0);
    CHECK(unlink("xv6-dir") == 0);
}

static void
check_processes(void)
{
    static char *echo[] = {(char *)"echo", (char *)"one", (char *)"two", 0};
    char line[32];
    int fds[2], status;

    CHECK(pipe(fds) == 0);
    if (fork() == 0) {
        close(1);
        dup(fds[1]);
        close(fds[0]);
        close(fds[1]);
        exec("echo", echo);
        exit(1);
    }
    close(fds[1]);
    CHECK(read(fds[0], line, sizeof(line)) == 8);
    CHECK(memcmp(line, "one two\n", 8) == 0);
    CHECK(wait(&status) > 0 && status == 0);
    if (fork() == 0)
        exit(7);
    CHECK(wait(&status) > 0 && status == 7);
    status = fork();
    if (status == 0)
        pause(1000);
    CHECK(kill(status) == 0);
    CHECK(wait(&status) > 0 && status == -1);
    CHECK(wait(0) == -1);
}

int
main(void)
{
    int start = uptime();
    char *end = sbrk(4096);

    CHECK(end != (char *)-1 && sbrk(0) == end + 4096);
    pause(2);
    CHECK(uptime() > start);
    CHECK(chdir("/tmp") == 0);
    check_files();
    check_processes();
    printf("all well\n");
    exit(0);
}
