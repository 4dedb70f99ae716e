/* SPDX-License-Identifier: MIT */
/* test: proc-smaps ram=16M harts=1-8 swap=0 time=60 */
/*
 * /proc/self/smaps says what each area's pages are: private and shared, clean
 * and dirty, proportional shares, locked, let go by MADV_FREE, and the flags;
 * status has the sums; names in maps. Fails when a page is counted where it
 * does not belong.
 */
#include "test.h"

enum { PAGES = 16, SIZE = PAGES * PAGE, KB = PAGE / 1024 };

static char text[128 * 1024];

static void
read_proc(const char *path)
{
    int fd = (int)CHECK_OK(open(path, O_RDONLY));
    size_t done = 0;
    long n;

    while ((n = CHECK_OK(read(fd, text + done, sizeof(text) - 1 - done))) > 0)
        done += (size_t)n;
    text[done] = '\0';
    CHECK_OK(close(fd));
}

/* Where the text tells of the area that begins at p. */
static char *
area_of(const void *p)
{
    char start[32], *at;

    read_proc("/proc/self/smaps");
    snprintf(start, sizeof(start), "%08lx-", (unsigned long)p);
    for (at = text; at != NULL; at = strchr(at, '\n')) {
        at += *at == '\n';
        if (strncmp(at, start, strlen(start)) == 0)
            return at;
    }
    FAIL("smaps: no area at %s", start);
}

/* The number behind "Name:", the first from `at` on. */
static long
number_in(const char *at, const char *field)
{
    char name[32];
    const char *p;

    snprintf(name, sizeof(name), "\n%s:", field);
    p = strstr(at, name);
    if (p == NULL)
        FAIL("smaps: no %s", field);
    return strtol(p + strlen(name), NULL, 10);
}

static void
check_field(int line, const void *p, const char *field, long pages)
{
    long kb = number_in(area_of(p), field);

    if (kb != pages * KB)
        test_fail(line, "%s: expected %ld kB, seen %ld kB", field, pages * KB,
                  kb);
}
#define CHECK_FIELD(p, field, pages) check_field(__LINE__, p, field, pages)

static void
check_flags(int line, const void *p, const char *want)
{
    char *flags = strstr(area_of(p), "\nVmFlags: ");

    CHECK(flags != NULL);
    flags += strlen("\nVmFlags: ");
    if (strncmp(flags, want, strlen(want)) != 0 || flags[strlen(want)] != '\n')
        test_fail(line, "VmFlags: expected \"%s\", seen \"%.40s\"", want,
                  flags);
}
#define CHECK_FLAGS(p, want) check_flags(__LINE__, p, want)

static void
see_shared(void *arg)
{
    CHECK_FIELD(arg, "Shared_Dirty", 4);
    CHECK_FIELD(arg, "Private_Dirty", 0);
    CHECK_FIELD(arg, "Pss", 2);
    touch_byte(arg);
    CHECK_FIELD(arg, "Shared_Dirty", 3);
    CHECK_FIELD(arg, "Private_Dirty", 1);
    CHECK_EQ(number_in(area_of(arg), "Pss"), 3 * KB / 2 + KB);
}

static void
check_private(void)
{
    char *p = map_memory(SIZE);

    CHECK_FIELD(p, "Size", PAGES);
    CHECK_FIELD(p, "Rss", 0);
    for (int i = 0; i < PAGES; i++)
        look_at_byte(p + i * PAGE); /* the page of zeroes counts nowhere */
    CHECK_FIELD(p, "Rss", 0);
    memset(p, 1, 4 * PAGE);
    CHECK_FIELD(p, "Rss", 4);
    CHECK_FIELD(p, "Pss", 4);
    CHECK_FIELD(p, "Pss_Dirty", 4);
    CHECK_FIELD(p, "Private_Dirty", 4);
    CHECK_FIELD(p, "Referenced", 4);
    CHECK_FIELD(p, "Anonymous", 4);
    CHECK_FIELD(p, "Swap", 0);
    CHECK_FLAGS(p, "rd wr mr mw me ac ");
    reap_ok(start_child(see_shared, p));
    CHECK_FIELD(p, "Private_Dirty", 4);
    CHECK_OK(madvise(p, 2 * PAGE, MADV_FREE));
    CHECK_FIELD(p, "LazyFree", 2);
    CHECK_FIELD(p, "Private_Clean", 2);
    CHECK_OK(mlock(p, SIZE));
    CHECK_FIELD(p, "Locked", PAGES);
    CHECK_FLAGS(p, "rd wr mr mw me lo ac ");
    CHECK_EQ(proc_number("/proc/self/status", "VmLck:"), SIZE / 1024);
    CHECK(proc_number("/proc/meminfo", "Mlocked:") >= SIZE / 1024);
    CHECK_OK(munmap(p, SIZE));
}

static void
check_file_area(void)
{
    char *p, *name;
    int fd;

    make_file("file", SIZE, 1);
    sync();
    fd = (int)CHECK_OK(open("file", O_RDWR));
    p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    CHECK(p != MAP_FAILED);
    for (int i = 0; i < PAGES; i++)
        look_at_byte(p + i * PAGE);
    CHECK_FIELD(p, "Private_Clean", PAGES);
    touch_byte(p);
    CHECK_FIELD(p, "Private_Clean", PAGES - 1);
    CHECK_FIELD(p, "Private_Dirty", 1);
    CHECK_FIELD(p, "Anonymous", 1);
    CHECK_OK(unlink("file"));
    name = area_of(p);
    *strchr(name, '\n') = '\0';
    CHECK(strstr(name, "/file (deleted)") != NULL);
    CHECK_OK(munmap(p, SIZE));
    CHECK_OK(close(fd));
}

static void
check_shared_area(void)
{
    char *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0),
         *name;
    long before = proc_number("/proc/meminfo", "Shmem:");

    CHECK(p != MAP_FAILED);
    memset(p, 1, SIZE);
    CHECK(proc_number("/proc/meminfo", "Shmem:") >= before + SIZE / 1024);
    CHECK_FIELD(p, "Private_Dirty", PAGES);
    CHECK_FIELD(p, "Anonymous", 0);
    name = area_of(p);
    CHECK(strncmp(strchr(name, ' '), " rw-s ", 6) == 0);
    *strchr(name, '\n') = '\0';
    CHECK(strstr(name, "/dev/zero (deleted)") != NULL);
    CHECK_EQ(proc_number("/proc/self/status", "RssShmem:"), SIZE / 1024);
    CHECK_OK(munmap(p, SIZE));
}

/* The sums of all areas are those of status. */
static void
check_sums(void)
{
    static const char *const fields[] = {"Rss", "Anonymous"};
    long sum[2] = {0};

    read_proc("/proc/self/smaps");
    for (size_t i = 0; i < 2; i++)
        for (char *at = text; (at = strstr(at, "\nSize:")) != NULL; at++)
            sum[i] += number_in(at, fields[i]);
    CHECK(strstr(text, "[heap]") != NULL && strstr(text, "[stack]") != NULL);
    CHECK_EQ(proc_number("/proc/self/status", "RssAnon:"), sum[1]);
    CHECK_EQ(proc_number("/proc/self/status", "VmRSS:"), sum[0]);
}

int
main(void)
{
    enter_scratch();
    memset(text, 0, sizeof(text)); /* no faults in it later on */
    free(malloc(1));
    check_private();
    check_file_area();
    check_shared_area();
    check_sums();
    return 0;
}
