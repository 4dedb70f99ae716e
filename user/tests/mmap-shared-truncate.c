/* SPDX-License-Identifier: MIT */
/* test: mmap-shared-truncate ram=16M harts=1-8 swap=0 time=90 */
/*
 * Processes store to a file through shared mappings while it is truncated,
 * extended and written out, on the disk and in a tmpfs: each store is kept, or
 * is cut off, or is SIGBUS; what is behind a cut reads as zero when the file
 * grows. Fails when a fault brings back a page that was cut off, when one gets
 * dirty without a block, or when blocks are freed under a page (e2fsck looks
 * at the end).
 */
#include <sys/mount.h>
#include "test.h"

enum { PAGES = 40, SIZE = PAGES * PAGE, PROCS = 3, ROUNDS = 60 };

static int file;

/* Store this process's mark until told to stop, or until SIGBUS. */
static void
store(void *mark)
{
    char *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);

    CHECK(p != MAP_FAILED);
    for (int round = 0; round < 4; round++)
        for (size_t at = 0; at < PAGES; at++) {
            p[at * PAGE + (uintptr_t)mark] = (char)(uintptr_t)mark;
            CHECK_EQ(p[at * PAGE], 0);
        }
}

/* The parent's part of a round: cut, write out, grow. */
static void
cut(uint64_t *state)
{
    CHECK_OK(ftruncate(file, (off_t)(next_random(state) % SIZE)));
    if (next_random(state) % 3 == 0)
        CHECK_OK(fsync(file));
    CHECK_OK(ftruncate(file, SIZE));
    if (next_random(state) % 3 == 0)
        CHECK_OK(
            pwrite(file, "", 1, (off_t)(next_random(state) % PAGES) * PAGE));
}

static void
check_contents(void)
{
    char buf[PAGE];

    for (int i = 0; i < PAGES; i++) {
        CHECK_EQ(pread(file, buf, PAGE, i * PAGE), PAGE);
        for (int at = 0; at < PAGE; at++)
            if (buf[at] != 0 && (at > PROCS || buf[at] != at))
                FAIL("page %d, byte %d: seen %#x", i, at, buf[at]);
    }
}

static void
run(const char *name)
{
    uint64_t state = 1234567;
    pid_t pids[PROCS];

    file = (int)CHECK_OK(open(name, O_RDWR | O_CREAT, 0644));
    CHECK_OK(ftruncate(file, SIZE));
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < PROCS; i++)
            pids[i] = start_child(store, (void *)(uintptr_t)(i + 1));
        for (int i = 0; i < 8; i++)
            cut(&state);
        for (int i = 0; i < PROCS; i++) {
            int status = reap(pids[i]);

            if (WIFSIGNALED(status))
                CHECK_EQ(WTERMSIG(status), SIGBUS);
            else
                CHECK_EQ(WEXITSTATUS(status), 0);
        }
        check_contents();
    }
    CHECK_OK(ftruncate(file, 0));
    CHECK_OK(ftruncate(file, SIZE));
    CHECK_EQ(lseek(file, 0, SEEK_END), SIZE);
    CHECK_OK(close(file));
    CHECK_OK(unlink(name));
}

int
main(void)
{
    enter_scratch();
    run("file");
    if (getuid() == 0) {
        CHECK_OK(mkdir("point", 0755));
        CHECK_OK(mount("t", "point", "tmpfs", 0, "size=1M"));
        run("point/file");
        CHECK_OK(umount("point"));
    }
    return 0;
}
