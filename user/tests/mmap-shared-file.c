/* SPDX-License-Identifier: MIT */
/* test: mmap-shared-file ram=16M harts=1-8 swap=0 time=60 */
/*
 * What is stored through a shared mapping of a file is seen at once by read(),
 * by other mappings and by other processes, what write() stores by the
 * mapping; msync puts it on the disk; a hole gets blocks; beyond the end, and
 * after a truncation, is SIGBUS, and what was stored behind the end in the
 * last page is gone when the file grows. Fails when a mapping has a copy of
 * its own, when a store after a write-out is not written again (the page kept
 * W), or when a truncated page can still be reached.
 */
#include "test.h"

enum { PAGES = 24, SIZE = PAGES * PAGE, ROUNDS = 20, PROCS = 4 };
enum { RW = PROT_READ | PROT_WRITE };

static char *
map_shared(int fd, int prot, size_t size)
{
    char *p = mmap(NULL, size, prot, MAP_SHARED, fd, 0);

    if (p == MAP_FAILED)
        FAIL("mmap: %s", strerror(errno));
    return p;
}

static void
look(void *address)
{
    (void)*(volatile char *)address;
}

static void
touch(void *address)
{
    *(volatile char *)address = 1;
}

static int
new_file(size_t size)
{
    int fd;

    make_file("file", size, 1);
    fd = (int)CHECK_OK(open("file", O_RDWR));
    return fd;
}

/* Forget what is cached, so that the disk's contents are seen. */
static void
drop_caches(void)
{
    int fd;

    sync();
    fd = (int)CHECK_OK(open("/proc/sys/vm/drop_caches", O_WRONLY));
    CHECK_EQ(write(fd, "3", 1), 1);
    CHECK_OK(close(fd));
}

static void
check_seen(void)
{
    int fd = new_file(SIZE);
    char *a = map_shared(fd, RW, SIZE), *b = map_shared(fd, PROT_READ, SIZE);
    char buf[PAGE];
    pid_t pid;

    look(a + PAGE); /* a read first, then a write */
    fill(a, SIZE, 2);
    check_fill(b, SIZE, 2);
    check_file("file", SIZE, 2);
    fill(buf, PAGE, 3);
    CHECK_EQ(pwrite(fd, buf, PAGE, 5 * PAGE), PAGE);
    check_fill(a + 5 * PAGE, PAGE, 3);
    pid = fork();
    CHECK_OK(pid);
    if (pid == 0) {
        fill(a, SIZE, 4); /* through the mapping that fork copied */
        _exit(0);
    }
    reap_ok(pid);
    check_fill(a, SIZE, 4);
    check_fill(b, SIZE, 4);
    CHECK_OK(munmap(a, SIZE));
    check_file("file", SIZE, 4);
    CHECK_OK(munmap(b, SIZE));
    CHECK_OK(close(fd));
}

/* Each write-out takes the W bits; what is stored afterwards must come too. */
static void
check_disk(void)
{
    int fd = new_file(SIZE);
    char *p = map_shared(fd, RW, SIZE);

    CHECK_OK(close(fd));
    for (int i = 0; i < ROUNDS; i++) {
        fill(p, SIZE, 10 + (uint64_t)i);
        CHECK_OK(msync(p, SIZE, i % 2 ? MS_SYNC : MS_SYNC | MS_INVALIDATE));
        if (i % 8 == 0)
            drop_caches();
        CHECK_OK(msync(p, SIZE, MS_ASYNC));
        check_fill(p, SIZE, 10 + (uint64_t)i);
        p[i] ^= 1; /* between two fills, too */
        p[i] ^= 1;
    }
    fill(p, SIZE, 99);
    CHECK_OK(msync(p, SIZE, MS_SYNC));
    CHECK_OK(munmap(p, SIZE));
    drop_caches();
    check_file("file", SIZE, 99);
}

/* Processes store to neighbouring bytes while the pages are written out. */
static void
check_concurrent(void)
{
    int fd = new_file(SIZE);
    unsigned char *p = (void *)map_shared(fd, RW, SIZE);
    pid_t pids[PROCS];

    memset(p, 0, SIZE);
    for (int i = 0; i < PROCS; i++) {
        pids[i] = fork();
        CHECK_OK(pids[i]);
        if (pids[i] == 0) {
            for (int round = 1; round <= ROUNDS; round++)
                for (size_t at = (size_t)i; at < SIZE; at += 64)
                    p[at]++;
            _exit(0);
        }
    }
    for (int i = 0; i < ROUNDS / 2; i++)
        CHECK_OK(i % 2 ? fsync(fd) : msync(p, SIZE, MS_SYNC));
    for (int i = 0; i < PROCS; i++)
        reap_ok(pids[i]);
    CHECK_OK(munmap(p, SIZE));
    drop_caches();
    p = (void *)map_shared(fd, PROT_READ, SIZE);
    for (size_t at = 0; at < SIZE; at++)
        CHECK_EQ(p[at], at % 64 < PROCS ? ROUNDS : 0);
    CHECK_OK(munmap(p, SIZE));
    CHECK_OK(close(fd));
}

static void
check_hole(void)
{
    int fd = (int)CHECK_OK(open("hole", O_RDWR | O_CREAT, 0644));
    struct stat st;
    char *p;

    CHECK_OK(ftruncate(fd, SIZE));
    p = map_shared(fd, RW, SIZE);
    check_zero(p, SIZE);
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_blocks, 0);
    fill(p + 3 * PAGE, PAGE, 5);           /* was read before */
    fill(p + (PAGES - 1) * PAGE, PAGE, 6); /* behind an indirect block */
    CHECK_OK(fstat(fd, &st));
    CHECK(st.st_blocks >= 2 * PAGE / 512);
    CHECK(st.st_blocks <= 3 * PAGE / 512);
    CHECK_OK(munmap(p, SIZE));
    drop_caches();
    p = map_shared(fd, PROT_READ, SIZE);
    check_zero(p, 3 * PAGE);
    check_fill(p + 3 * PAGE, PAGE, 5);
    check_fill(p + (PAGES - 1) * PAGE, PAGE, 6);
    CHECK_OK(munmap(p, SIZE));
    CHECK_OK(close(fd));
    CHECK_OK(unlink("hole"));
}

static void
check_end(void)
{
    int fd = new_file(PAGE + 100);
    char *p = map_shared(fd, RW, SIZE), buf[2 * PAGE];

    memset(p + PAGE + 100, 'x', PAGE - 100); /* allowed, but not kept */
    CHECK_DIES(touch, p + 2 * PAGE, SIGBUS);
    CHECK_DIES(look, p + 2 * PAGE, SIGBUS);
    CHECK_OK(ftruncate(fd, SIZE));
    check_fill(p, PAGE + 100, 1);
    check_zero(p + PAGE + 100, SIZE - PAGE - 100);
    fill(p, SIZE, 2);
    CHECK_OK(ftruncate(fd, PAGE / 2));
    CHECK_DIES(touch, p + PAGE, SIGBUS);
    CHECK_DIES(look, p + (PAGES - 1) * PAGE, SIGBUS);
    check_fill(p, PAGE / 2, 2);
    memset(p + PAGE / 2, 'y', PAGE / 2);
    CHECK_EQ(pwrite(fd, "e", 1, PAGE - 1),
             1); /* makes what lies between zero */
    check_zero(p + PAGE / 2, PAGE / 2 - 1);
    CHECK_OK(ftruncate(fd, PAGE / 2));
    memset(p + PAGE / 2, 'z', PAGE / 2);
    CHECK_OK(munmap(p, SIZE));
    drop_caches();
    CHECK_OK(ftruncate(fd, 2 * PAGE));
    CHECK_EQ(pread(fd, buf, 2 * PAGE, 0), 2 * PAGE);
    check_fill(buf, PAGE / 2, 2);
    check_zero(buf + PAGE / 2, 2 * PAGE - PAGE / 2);
    CHECK_OK(close(fd));
}

static void
check_protection(void)
{
    int fd = new_file(SIZE), reading = (int)CHECK_OK(open("file", O_RDONLY));
    char *p = map_shared(fd, PROT_READ, SIZE);

    CHECK_DIES(touch, p, SIGSEGV);
    CHECK_OK(mprotect(p, SIZE, RW));
    fill(p, SIZE, 7);
    CHECK_OK(msync(p, SIZE, MS_SYNC));
    CHECK_OK(mprotect(p, SIZE, PROT_NONE));
    CHECK_DIES(look, p, SIGSEGV);
    CHECK_OK(mprotect(p, SIZE, RW));
    fill(p, SIZE, 8); /* the pages are clean: they must get dirty */
    CHECK_OK(munmap(p, SIZE));
    drop_caches();
    check_file("file", SIZE, 8);
    CHECK_ERR(mmap(NULL, PAGE, RW, MAP_SHARED, reading, 0), EACCES);
    p = map_shared(reading, PROT_READ, SIZE);
    CHECK_ERR(mprotect(p, SIZE, RW), EACCES);
    CHECK_OK(munmap(p, SIZE));
    CHECK_ERR(mmap(NULL, PAGE, RW, MAP_SHARED_VALIDATE | 0x80000, fd, 0),
              EOPNOTSUPP);
    CHECK_OK(close(reading));
    CHECK_OK(close(fd));
}

static void
check_msync(void)
{
    int fd = new_file(SIZE);
    char *p = map_shared(fd, RW, SIZE);

    CHECK_ERR(msync(p + 1, PAGE, MS_SYNC), EINVAL);
    CHECK_ERR(msync(p, PAGE, MS_SYNC | MS_ASYNC), EINVAL);
    CHECK_ERR(msync(p, PAGE, 64), EINVAL);
    CHECK_OK(msync(p, 0, MS_SYNC));
    CHECK_OK(munmap(p + PAGE, PAGE));
    fill(p + 2 * PAGE, PAGE, 9);
    CHECK_ERR(msync(p, 3 * PAGE, MS_SYNC), ENOMEM);
    CHECK_ERR(msync(p + PAGE, PAGE, MS_ASYNC), ENOMEM);
    CHECK_OK(munmap(p, SIZE));
    CHECK_OK(close(fd));
}

int
main(void)
{
    enter_scratch();
    check_seen();
    check_disk();
    check_concurrent();
    check_hole();
    check_end();
    check_protection();
    check_msync();
    return 0;
}
