/* SPDX-License-Identifier: MIT */
/* test: sparse-huge ram=16M harts=1-8 swap=64 time=60 */
/*
 * What a shared mapping as large as an address space costs is what is in it:
 * smaps of a sparse one of which a part is swapped out is there at once, and
 * mincore of all of it ends by SIGKILL. Fails (the time is over) when
 * one goes through it page by page, or the other does not look at signals.
 */
#include "test.h"

enum { PAGES = 64, SIZE_SHIFT = 37, VEC = 32 * MB, FILL = 14 * MB };

static struct gate gate;
static char *huge;

/* Of all of it: it takes half a minute, and memory that is one page only. */
static void
look_at_all(void *arg)
{
    int fd = (int)CHECK_OK(open("/tmp/page", O_RDWR | O_CREAT, 0600));
    char *vec = mmap(NULL, VEC, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)arg;
    CHECK(vec != MAP_FAILED);
    CHECK_OK(ftruncate(fd, PAGE));
    for (char *p = vec; p < vec + VEC; p += PAGE)
        CHECK(mmap(p, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd,
                   0) == p);
    gate_open(&gate);
    mincore(huge, 1UL << SIZE_SHIFT, (unsigned char *)vec);
}

static void
read_smaps(void)
{
    int fd = (int)CHECK_OK(open("/proc/self/smaps", O_RDONLY));
    char buf[PAGE];

    while (CHECK_OK(read(fd, buf, sizeof(buf))) > 0)
        continue;
    CHECK_OK(close(fd));
}

int
main(void)
{
    size_t size = 1UL << SIZE_SHIFT, step = size / PAGES;
    char c, *full = map_memory(FILL);
    pid_t pid;

    if (ram_mb() > 20)
        SKIP("nothing would be swapped out");
    huge = mmap(NULL, size, PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(huge != MAP_FAILED);
    for (size_t i = 0; i < size; i += step)
        huge[i] = 1;
    for (size_t i = 0; i < FILL; i += PAGE)
        full[i] = 1;
    for (size_t i = 0; i < FILL; i += PAGE)
        full[i]++;
    CHECK(proc_number("/proc/meminfo", "SwapFree:") <
          proc_number("/proc/meminfo", "SwapTotal:"));
    read_smaps();
    CHECK_OK(munmap(full, FILL));
    gate_make(&gate);
    pid = start_child(look_at_all, NULL);
    CHECK_OK(close(gate.fd[1]));
    CHECK_EQ(read(gate.fd[0], &c, 1), 0);
    CHECK_OK(kill(pid, SIGKILL));
    CHECK_EQ(WTERMSIG(reap(pid)), SIGKILL);
    for (size_t i = 0; i < size; i += step)
        CHECK_EQ(huge[i], 1);
    return 0;
}
