/* SPDX-License-Identifier: MIT */
/* test: file-parallel ram=16M harts=1-8 swap=0 time=120 */
/*
 * Eight processes each write, read, rename, truncate and remove files of their
 * own in one directory, at the same time, with a sync now and then; each finds
 * its files as it left them. Fails when two files get one block or inode, or
 * when two operations in one directory overwrite each other's record.
 */
#include <sys/statfs.h>
#include "test.h"

enum { PROCESSES = 8, ROUNDS = 40, FILES = 4, MOST = 20 * PAGE };

static void
work(void *number)
{
    uint64_t state = (uint64_t)number + 1, seeds[FILES] = {0};
    size_t sizes[FILES] = {0};
    char name[32], other[32];

    for (uint64_t round = 1; round <= ROUNDS; round++) {
        size_t i = next_random(&state) % FILES;

        snprintf(name, sizeof(name), "p%ld-%zu", (long)number, i);
        if (sizes[i] > 0)
            check_file(name, sizes[i], seeds[i]);
        sizes[i] = next_random(&state) % MOST + 1;
        seeds[i] = (uint64_t)number * 1000 + round;
        snprintf(other, sizeof(other), "p%ld-new-%d", (long)number,
                 (int)(round % 3));
        make_file(other, sizes[i], seeds[i]);
        CHECK_OK(rename(other, name));
        if (round % 10 == 0)
            sync();
        if (round % 5 == 0) {
            sizes[i] /= 2;
            CHECK_OK(truncate(name, (off_t)sizes[i]));
        }
    }
    for (size_t i = 0; i < FILES; i++) {
        snprintf(name, sizeof(name), "p%ld-%zu", (long)number, i);
        if (sizes[i] > 0)
            check_file(name, sizes[i], seeds[i]);
        if (seeds[i] > 0)
            CHECK_OK(unlink(name));
    }
}

int
main(void)
{
    pid_t pids[PROCESSES];
    struct dirent *entry;
    DIR *dir;

    enter_scratch();
    for (long i = 0; i < PROCESSES; i++)
        pids[i] = start_child(work, (void *)i);
    for (int i = 0; i < PROCESSES; i++)
        reap_ok(pids[i]);
    dir = opendir(".");
    CHECK(dir != NULL);
    while ((entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.')
            FAIL("expected an empty folder, seen %s", entry->d_name);
    closedir(dir);
    return 0;
}
