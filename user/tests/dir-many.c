/* SPDX-License-Identifier: MIT */
/* test: dir-many ram=16M harts=1-8 swap=0 time=120 */
/*
 * Three thousand names in one directory: all are made, found, listed once each,
 * every second is removed and its place used again by longer ones, and at the
 * end the directory can be removed. Fails when a name is lost or listed twice
 * as records are split and joined.
 */
#include "test.h"

enum { NAMES = 3000 };

static bool seen[NAMES];

static void
name_of(char *buf, size_t size, int i, bool longer)
{
    snprintf(buf, size, longer ? "%04d-a-name-that-is-longer" : "%04d", i);
}

static void
make_name(int i, bool longer)
{
    char name[64];

    name_of(name, sizeof(name), i, longer);
    CHECK_OK(
        close((int)CHECK_OK(open(name, O_WRONLY | O_CREAT | O_EXCL, 0644))));
}

static void
drop_name(int i, bool longer)
{
    char name[64];

    name_of(name, sizeof(name), i, longer);
    CHECK_OK(unlink(name));
}

/* List the directory: `count` names, each number once. */
static void
check_list(int count)
{
    struct dirent *entry;
    DIR *dir = opendir(".");
    int found = 0, dots = 0;

    CHECK(dir != NULL);
    memset(seen, 0, sizeof(seen));
    while ((entry = readdir(dir)) != NULL) {
        int i = atoi(entry->d_name);

        if (entry->d_name[0] == '.') {
            dots++;
            continue;
        }
        CHECK(i >= 0 && i < NAMES);
        if (seen[i])
            FAIL("%s: expected once, seen twice", entry->d_name);
        seen[i] = true;
        found++;
    }
    closedir(dir);
    CHECK_EQ(dots, 2);
    CHECK_EQ(found, count);
}

int
main(void)
{
    struct stat st;

    enter_scratch();
    CHECK_OK(mkdir("many", 0755));
    CHECK_OK(chdir("many"));
    for (int i = 0; i < NAMES; i++)
        make_name(i, false);
    check_list(NAMES);
    for (int i = 0; i < NAMES; i += 2)
        drop_name(i, false);
    check_list(NAMES / 2);
    CHECK_ERR(stat("0000", &st), ENOENT);
    CHECK_OK(stat("0001", &st));
    for (int i = 0; i < NAMES; i += 2)
        make_name(i, true);
    check_list(NAMES);
    CHECK_ERR(rmdir("../many"), ENOTEMPTY);
    for (int i = 0; i < NAMES; i++)
        drop_name(i, i % 2 == 0);
    check_list(0);
    CHECK_OK(chdir(".."));
    CHECK_OK(rmdir("many"));
    return 0;
}
