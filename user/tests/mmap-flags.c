/* SPDX-License-Identifier: MIT */
/* test: mmap-flags ram=16M harts=1-8 swap=0 time=30 */
/*
 * What the flags of mmap do: FIXED_NOREPLACE, POPULATE and NONBLOCK, STACK,
 * NORESERVE, GROWSDOWN, SHARED_VALIDATE; madvise's POPULATE_READ and
 * POPULATE_WRITE; max_map_count. Fails when a flag is ignored that should not
 * be, or refused where Linux takes it.
 */
#include <sys/resource.h>
#include "test.h"

enum { PAGES = 16, SIZE = PAGES * PAGE, MAPS = 100 };

static char *
map_flags(void *at, int prot, int flags)
{
    return mmap(at, SIZE, prot, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}

static void
check_place(void)
{
    char *p = map_memory(SIZE);
    const int there = MAP_FIXED_NOREPLACE;

    CHECK_ERR(map_flags(p, PROT_READ, there), EEXIST);
    CHECK_ERR(map_flags(p + SIZE - PAGE, PROT_READ, there), EEXIST);
    CHECK_ERR(map_flags(p - SIZE + PAGE, PROT_READ, there), EEXIST);
    CHECK_ERR(map_flags(p + 1, PROT_READ, there), EINVAL);
    CHECK_OK(munmap(p, SIZE));
    CHECK(map_flags(p, PROT_READ, there) == p);
    CHECK(map_flags(p, PROT_READ, MAP_STACK | MAP_NORESERVE) != p);
    CHECK_ERR(map_flags(wild(PAGE), PROT_READ, MAP_FIXED), EPERM);
    CHECK_OK(map_flags(NULL, PROT_READ | 8 /* PROT_SEM */, 0));
}

static void
check_populate(void)
{
    const int prot = PROT_READ | PROT_WRITE;
    char *p = map_flags(NULL, prot, MAP_POPULATE);

    CHECK_EQ(pages_resident(p, PAGES), PAGES);
    check_zero(p, SIZE);
    p = map_flags(NULL, prot, MAP_POPULATE | MAP_NONBLOCK);
    CHECK_EQ(pages_resident(p, PAGES), 0);
    CHECK_OK(madvise(p, SIZE / 2, MADV_POPULATE_WRITE));
    CHECK_EQ(pages_resident(p, PAGES), PAGES / 2);
    CHECK_OK(madvise(p, SIZE, MADV_POPULATE_READ));
    CHECK_EQ(pages_resident(p, PAGES), PAGES);
    CHECK_OK(mprotect(p, PAGE, PROT_READ));
    CHECK_ERR(madvise(p, SIZE, MADV_POPULATE_WRITE), EINVAL);
    CHECK_OK(mprotect(p, PAGE, PROT_NONE));
    CHECK_ERR(madvise(p, SIZE, MADV_POPULATE_READ), EINVAL);
    CHECK_OK(munmap(p, PAGE));
    CHECK_ERR(madvise(p, SIZE, MADV_POPULATE_READ), ENOMEM);
    CHECK_ERR(madvise(p + 1, SIZE, MADV_POPULATE_READ), EINVAL);
}

static void
check_files(void)
{
    char *p;
    int fd;

    make_file("f", SIZE / 2, 1);
    CHECK_OK(fd = open("f", O_RDONLY));
    p = mmap(NULL, SIZE, PROT_READ, MAP_SHARED_VALIDATE, fd, 0);
    CHECK(p != MAP_FAILED);
    check_fill(p, SIZE / 2, 1);
    CHECK_DIES(look_at_byte, p + SIZE / 2, SIGBUS);
    CHECK_ERR(madvise(p, SIZE, MADV_POPULATE_READ), EFAULT);
    CHECK_OK(munmap(p, SIZE));
    CHECK_ERR(mmap(NULL, SIZE, PROT_READ, MAP_SHARED_VALIDATE | 0x80000, fd, 0),
              EOPNOTSUPP);
    CHECK_ERR(
        mmap(NULL, SIZE, PROT_READ, MAP_SHARED_VALIDATE | MAP_ANONYMOUS, -1, 0),
        EINVAL);
    CHECK_ERR(mmap(NULL, SIZE, PROT_READ, MAP_PRIVATE | MAP_GROWSDOWN, fd, 0),
              EINVAL);
    CHECK_ERR(mmap(NULL, SIZE, PROT_READ, MAP_PRIVATE, fd, ~0UL << 12),
              EOVERFLOW);
    CHECK_ERR(mmap(NULL, SIZE, PROT_WRITE, MAP_SHARED, fd, 0), EACCES);
    close(fd);
    CHECK_OK(fd = open("/dev/zero", O_RDWR));
    p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    CHECK(p != MAP_FAILED);
    check_zero(p, SIZE);
    fill(p, SIZE, 2);
    check_fill(p, SIZE, 2);
    close(fd);
}

static void
grow_down(void *arg)
{
    for (int i = 1; i <= MB / PAGE; i++)
        fill((char *)arg - i * PAGE, PAGE, 3);
}

static void
grow_beyond_limit(void *arg)
{
    struct rlimit limit = {MB / 2, MB / 2};

    CHECK_OK(setrlimit(RLIMIT_STACK, &limit));
    grow_down(arg);
}

static void
check_grows_down(void)
{
    /* room for it, and for its guard gap */
    char *room = mmap(NULL, 8 * MB, PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    char *p;

    CHECK_OK(munmap(room, 8 * MB));
    p = map_flags(room + 6 * MB, PROT_READ | PROT_WRITE,
                  MAP_GROWSDOWN | MAP_FIXED | MAP_STACK);
    CHECK(p == room + 6 * MB);
    CHECK_DIES(grow_beyond_limit, p, SIGSEGV);
    grow_down(p);
    check_fill(p - MB, PAGE, 3);
    CHECK_OK(munmap(p - MB, MB + SIZE));
    /* One that was made so low has no index for pages far below it. */
    p = map_flags(wild(MB / 2), PROT_READ | PROT_WRITE,
                  MAP_GROWSDOWN | MAP_FIXED_NOREPLACE);
    CHECK(p == wild(MB / 2));
    p = mremap(p, SIZE, SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, room + 6 * MB);
    CHECK(p == room + 6 * MB);
    touch_byte(p - MB / 4);
    CHECK_DIES(touch_byte, p - MB, SIGSEGV);
    CHECK_OK(munmap(p - MB / 4, MB / 4 + SIZE));
}

/* Nothing else uses so many areas here. */
static void
check_map_count(void *arg)
{
    char *p;

    (void)arg;
    CHECK_OK(set_tunable("max_map_count", MAPS));
    p = mmap(NULL, 2 * MAPS * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
             0);
    CHECK(p != MAP_FAILED);
    for (int i = 1; munmap(p + i * PAGE, PAGE) == 0; i += 2)
        CHECK(i < 2 * MAPS); /* each hole makes one more */
    CHECK_EQ(errno, ENOMEM);
    p += 2 * MAPS * PAGE; /* the last of them is long enough */
    CHECK_ERR(mprotect(p - 4 * PAGE, PAGE, PROT_READ), ENOMEM);
    CHECK_ERR(madvise(p - 4 * PAGE, PAGE, MADV_RANDOM), EAGAIN);
    CHECK_ERR(mremap(p - PAGE, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p),
              ENOMEM);
    CHECK_ERR(mmap(p, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
              ENOMEM);
    p -= 2 * MAPS * PAGE;
    CHECK_OK(munmap(p, 2 * MAPS * PAGE));
}

int
main(void)
{
    long maps = get_tunable("max_map_count");

    enter_scratch();
    CHECK_EQ(maps, 65530);
    check_place();
    check_populate();
    check_files();
    check_grows_down();
    {
        int status = reap(start_child(check_map_count, NULL));

        CHECK_OK(set_tunable("max_map_count", maps));
        CHECK_EQ(status, 0);
    }
    return 0;
}
