/* SPDX-License-Identifier: MIT */
/* test: shm-named ram=16M harts=1-8 swap=0 time=30 */
/*
 * Processes that find shared memory by its name (shm_open) see each other's
 * stores; a store past its end is SIGBUS; when the name has gone, who has it
 * mapped keeps it, and another of that name is another. Fails when /dev/shm is
 * not mounted or gives each a copy.
 */
#include "test.h"

enum { SIZE = 8 * PAGE, RW = PROT_READ | PROT_WRITE };

static const char name[] = "/shm-named-test";

static char *
attach(int flags)
{
    int fd = (int)CHECK_OK(shm_open(name, O_RDWR | flags, 0600));
    char *p;

    if (flags & O_CREAT)
        CHECK_OK(ftruncate(fd, SIZE));
    p = mmap(NULL, SIZE + PAGE, RW, MAP_SHARED, fd, 0);
    CHECK(p != MAP_FAILED);
    CHECK_OK(close(fd));
    return p;
}

static void
touch(void *address)
{
    *(volatile char *)address = 1;
}

static void
answer(void *arg)
{
    char *p = attach(0);

    (void)arg;
    check_fill(p, SIZE / 2, 1);
    fill(p + SIZE / 2, SIZE / 2, 2);
}

int
main(void)
{
    char *p, *other;

    shm_unlink(name);
    CHECK_ERR(shm_open(name, O_RDWR, 0600), ENOENT);
    CHECK_ERR(shm_open("/a/b", O_RDWR | O_CREAT, 0600), EINVAL);
    p = attach(O_CREAT | O_EXCL);
    CHECK_ERR(shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
    check_zero(p, SIZE);
    CHECK_DIES(touch, p + SIZE, SIGBUS);
    fill(p, SIZE / 2, 1);
    reap_ok(start_child(answer, NULL));
    check_fill(p + SIZE / 2, SIZE / 2, 2);
    CHECK_OK(shm_unlink(name));
    other = attach(O_CREAT | O_EXCL);
    check_zero(other, SIZE);
    check_fill(p, SIZE / 2, 1);
    CHECK_OK(munmap(p, SIZE + PAGE));
    CHECK_OK(munmap(other, SIZE + PAGE));
    CHECK_OK(shm_unlink(name));
    return 0;
}
