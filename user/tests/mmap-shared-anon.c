/* SPDX-License-Identifier: MIT */
/* test: mmap-shared-anon ram=16M harts=1-8 swap=0 time=60 */
/*
 * Shared anonymous memory, and /dev/zero mapped shared, begins as zeroes, is
 * the same memory in every process that fork made, lives until the last of
 * them has gone, and is counted; a private mapping of /dev/zero is plain
 * memory. Fails when fork copies it on write, when two processes get a frame
 * each for one page, or when the frames stay (the ledger).
 */
#include "test.h"

enum { PAGES = 64, SIZE = PAGES * PAGE, PROCS = 6, ROUNDS = 500 };
enum { RW = PROT_READ | PROT_WRITE };

static char *
map_anon(size_t size)
{
    char *p = mmap(NULL, size, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED)
        FAIL("mmap: %s", strerror(errno));
    return p;
}

static void
touch(void *address)
{
    *(volatile char *)address = 1;
}

static long
meminfo(const char *name)
{
    FILE *f = fopen("/proc/meminfo", "r");
    char line[128];
    long kb = -1;

    CHECK(f != NULL);
    while (fgets(line, sizeof(line), f) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            kb = strtol(line + strlen(name), NULL, 10);
    fclose(f);
    return kb;
}

/* All processes count in one word of each page, and touch pages first. */
static void
check_processes(void)
{
    _Atomic uint32_t *p = (void *)map_anon(SIZE);
    pid_t pids[PROCS];

    for (int i = 0; i < PROCS; i++) {
        pids[i] = fork();
        CHECK_OK(pids[i]);
        if (pids[i] == 0) {
            for (size_t at = 0; at < PAGES * ROUNDS; at++)
                p[at % PAGES * (PAGE / sizeof(*p))]++;
            _exit(0);
        }
    }
    for (int i = 0; i < PROCS; i++)
        reap_ok(pids[i]);
    for (size_t at = 0; at < SIZE / sizeof(*p); at++)
        CHECK_EQ(p[at], at % (PAGE / sizeof(*p)) ? 0 : PROCS * ROUNDS);
    CHECK_OK(munmap((void *)p, SIZE));
}

static void
check_fork(void)
{
    char *p = map_anon(SIZE), *other = map_anon(SIZE);
    pid_t pid;

    check_zero(p, SIZE);
    fill(p, SIZE / 2, 1);
    pid = fork();
    CHECK_OK(pid);
    if (pid == 0) {
        check_fill(p, SIZE / 2, 1);
        fill(p + SIZE / 2, SIZE / 2, 2);
        CHECK_OK(munmap(other, SIZE));
        pid = fork();
        if (pid == 0)
            fill(p, SIZE / 2, 3); /* and ends with it mapped */
        else
            reap_ok(pid);
        _exit(0);
    }
    reap_ok(pid);
    check_fill(p, SIZE / 2, 3);
    check_fill(p + SIZE / 2, SIZE / 2, 2);
    check_zero(other, SIZE); /* another mapping is other memory */
    CHECK_OK(munmap(other, SIZE));
    /* A part goes; the rest stays, with its contents. */
    CHECK_OK(munmap(p + PAGE, PAGE));
    CHECK_OK(mprotect(p + 2 * PAGE, PAGE, PROT_READ));
    CHECK_DIES(touch, p + 2 * PAGE, SIGSEGV);
    CHECK_OK(mprotect(p + 2 * PAGE, PAGE, RW));
    touch(p + 2 * PAGE);
    check_fill(p + SIZE / 2, SIZE / 2, 2);
    CHECK_OK(munmap(p, SIZE));
}

static void
check_zero_device(void)
{
    int fd = (int)CHECK_OK(open("/dev/zero", O_RDWR));
    char *shared = mmap(NULL, SIZE, RW, MAP_SHARED, fd, 0);
    char *private = mmap(NULL, SIZE, RW, MAP_PRIVATE, fd, 0);
    pid_t pid;

    CHECK(shared != MAP_FAILED && private != MAP_FAILED);
    CHECK_OK(close(fd));
    pid = fork();
    CHECK_OK(pid);
    if (pid == 0) {
        memset(shared, 's', SIZE);
        memset(private, 'p', SIZE);
        _exit(0);
    }
    reap_ok(pid);
    CHECK_EQ(shared[SIZE - 1], 's');
    check_zero(private, SIZE);
    CHECK_OK(munmap(shared, SIZE));
    CHECK_OK(munmap(private, SIZE));
}

static void
check_shown(void)
{
    char line[256], want[32];
    char *p = map_anon(SIZE);
    long before = meminfo("Shmem:");
    bool found = false;
    FILE *f;

    memset(p, 1, SIZE);
    CHECK_EQ(meminfo("Shmem:") - before, SIZE / 1024);
    f = fopen("/proc/self/maps", "r");
    CHECK(f != NULL);
    snprintf(want, sizeof(want), "%lx", (unsigned long)p);
    while (fgets(line, sizeof(line), f) != NULL)
        found |= strncmp(line + strspn(line, "0"), want, strlen(want)) == 0 &&
                 strstr(line, "rw-s") != NULL &&
                 strstr(line, "/dev/zero (deleted)") != NULL;
    fclose(f);
    CHECK(found);
    CHECK_OK(munmap(p, SIZE));
    CHECK_EQ(meminfo("Shmem:"), before);
}

int
main(void)
{
    check_processes();
    check_fork();
    check_zero_device();
    check_shown();
    CHECK_ERR(mmap(NULL, PAGE, RW, MAP_SHARED_VALIDATE | MAP_ANONYMOUS, -1, 0),
              EINVAL);
    return 0;
}
