/* SPDX-License-Identifier: MIT */
/* test: dir-concurrent ram=16M harts=1-8 swap=0 time=60 */
/*
 * Reading a directory while others make and remove names in it: the names that
 * are always there are seen exactly once in every pass, removing what readdir
 * has just given works to the end, and a position from telldir can be gone back
 * to. Fails when a pass skips or repeats names, never ends, or shows a record
 * that is half written.
 */
#include "test.h"

enum { STABLE = 200, PASSES = 30, CHURN = 50 };

static struct gate gate;

/* Make and remove names of several lengths until the pipe says stop. */
static void
churn(void *number)
{
    char name[64], c;

    close(gate.fd[1]);
    fcntl(gate.fd[0], F_SETFL, O_NONBLOCK);
    for (unsigned round = 0; read(gate.fd[0], &c, 1) != 0; round++) {
        for (int i = 0; i < CHURN; i++) {
            snprintf(name, sizeof(name), "x%ld-%d-%.*s", (long)number, i,
                     (int)(round % 30), "abcdefghijklmnopqrstuvwxyz0123");
            CHECK_OK(
                close((int)CHECK_OK(open(name, O_WRONLY | O_CREAT, 0644))));
            CHECK_OK(unlink(name));
        }
    }
}

static void
check_pass(void)
{
    bool seen[STABLE] = {false};
    struct dirent *entry;
    DIR *dir = opendir(".");
    int found = 0;

    CHECK(dir != NULL);
    while ((entry = readdir(dir)) != NULL) {
        int i = atoi(entry->d_name + 1);

        if (entry->d_name[0] != 's') {
            CHECK(entry->d_name[0] == '.' || entry->d_name[0] == 'x');
            continue;
        }
        CHECK(i >= 0 && i < STABLE);
        CHECK(!seen[i]);
        seen[i] = true;
        found++;
    }
    closedir(dir);
    CHECK_EQ(found, STABLE);
}

static void
check_seek(void)
{
    DIR *dir = opendir(".");
    char name[256];
    long at = 0;

    CHECK(dir != NULL);
    for (int i = 0; i < STABLE / 2; i++) {
        at = telldir(dir);
        strcpy(name, readdir(dir)->d_name);
    }
    while (readdir(dir) != NULL)
        ;
    seekdir(dir, at);
    CHECK(strcmp(readdir(dir)->d_name, name) == 0);
    closedir(dir);
}

/* Unlink each name as it comes. */
static void
remove_all(void)
{
    struct dirent *entry;
    DIR *dir = opendir(".");
    int removed = 0;

    CHECK(dir != NULL);
    while ((entry = readdir(dir)) != NULL)
        if (entry->d_name[0] == 's') {
            CHECK_OK(unlink(entry->d_name));
            removed++;
        }
    closedir(dir);
    CHECK_EQ(removed, STABLE);
    CHECK_OK(chdir(".."));
    CHECK_OK(rmdir("busy"));
}

int
main(void)
{
    char name[16];
    pid_t first, second;

    enter_scratch();
    CHECK_OK(mkdir("busy", 0755));
    CHECK_OK(chdir("busy"));
    for (int i = 0; i < STABLE; i++) {
        snprintf(name, sizeof(name), "s%d", i);
        make_file(name, 0, 0);
    }
    gate_make(&gate);
    first = start_child(churn, (void *)1);
    second = start_child(churn, (void *)2);
    for (int i = 0; i < PASSES; i++)
        check_pass();
    gate_open(&gate);
    reap_ok(first);
    reap_ok(second);
    check_seek();
    remove_all();
    return 0;
}
