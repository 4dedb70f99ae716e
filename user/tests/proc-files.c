/* SPDX-License-Identifier: MIT */
/* test: proc-files ram=16M harts=1-8 swap=0 time=60 */
/*
 * The files of /proc can be read, in one piece or byte by byte, and their
 * numbers fit each other: the parts of meminfo to its total, the free lists of
 * buddyinfo to the zones of zoneinfo, the fields of stat and status to what the
 * system calls say. Fails when a file cannot be read, a line has another form
 * than Linux's, or two files tell different stories.
 */
#include "test.h"
#include "util.h"

enum { ORDERS = 11, KB_PER_PAGE = PAGE / 1024 };
enum { STAT_FIELDS = 52, STATM_FIELDS = 7 }; /* of proc(5) */

static char *
must_read(const char *path)
{
    char *text = read_whole(path, NULL);

    if (text == NULL)
        FAIL("%s: %s", path, strerror(errno));
    return text;
}

static long
number_in(const char *path, const char *key)
{
    char *text = must_read(path);
    long value = (long)proc_field(text, key);

    free(text);
    return value;
}

/* Not all: pagemap has a word for every page that there could be. */
static void
read_some(const char *path)
{
    static char block[16 * PAGE];
    int fd = (int)CHECK_OK(open(path, O_RDONLY));

    for (int i = 0; i < 64 && CHECK_OK(read(fd, block, sizeof(block))) > 0; i++)
        ;
    CHECK_OK(close(fd));
}

/* Every plain file below a folder, but those that wait for something. */
static void
read_tree(const char *path)
{
    struct dirent *entry;
    DIR *dir = opendir(path);

    if (dir == NULL)
        FAIL("%s: %s", path, strerror(errno));
    while ((entry = readdir(dir)) != NULL) {
        char inner[300];
        struct stat st;

        if (entry->d_name[0] == '.' || strcmp(entry->d_name, "kmsg") == 0)
            continue;
        snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
        CHECK_OK(lstat(inner, &st));
        if (S_ISDIR(st.st_mode))
            read_tree(inner);
        else if (S_ISREG(st.st_mode) && (st.st_mode & S_IRUSR))
            read_some(inner);
    }
    closedir(dir);
}

static void
check_meminfo(void)
{
    char *text = must_read("/proc/meminfo");
    long total = (long)proc_field(text, "MemTotal");
    long unused = (long)proc_field(text, "MemFree");
    long available = (long)proc_field(text, "MemAvailable");
    long cached = (long)proc_field(text, "Cached");
    struct sysinfo info;

    CHECK_OK(sysinfo(&info));
    CHECK_EQ(total, info.totalram * info.mem_unit / 1024);
    CHECK(unused > 0 && unused < total);
    CHECK(available > 0 && available <= total);
    CHECK(cached >= 0 && unused + cached < total);
    CHECK((long)proc_field(text, "Slab") ==
          (long)(proc_field(text, "SReclaimable") +
                 proc_field(text, "SUnreclaim")));
    CHECK(proc_field(text, "PageTables") > 0);
    CHECK(proc_field(text, "KernelStack") > 0);
    CHECK((long)(proc_field(text, "Active") + proc_field(text, "Inactive")) <=
          total);
    free(text);
}

/* The lines of buddyinfo, and how many KB they say are free. */
static long
buddy_free_kb(void)
{
    char *text = must_read("/proc/buddyinfo"), *at = text, *line;
    long kb = 0;

    while ((line = strsep(&at, "\n")) != NULL && *line != '\0') {
        char zone[16], *rest = strstr(line, "zone");

        CHECK(strncmp(line, "Node 0, zone", 12) == 0);
        CHECK_EQ(sscanf(rest, "zone %15s", zone), 1);
        CHECK(strcmp(zone, "DMA") == 0 || strcmp(zone, "DMA32") == 0 ||
              strcmp(zone, "Normal") == 0);
        rest = strstr(rest, zone) + strlen(zone);
        for (int order = 0; order < ORDERS; order++) {
            char *end;
            long count = strtol(rest, &end, 10);

            CHECK(end != rest && count >= 0);
            kb += count * KB_PER_PAGE << order;
            rest = end;
        }
    }
    free(text);
    return kb;
}

static void
check_zones(void)
{
    char *text = must_read("/proc/zoneinfo"), *at = text, *line;
    long managed = 0, zones = 0, value, total;

    while ((line = strsep(&at, "\n")) != NULL) {
        if (strncmp(line, "Node 0, zone", 12) == 0)
            zones++;
        if (sscanf(line, " managed %ld", &value) == 1)
            managed += value;
    }
    CHECK(zones >= 1 && zones <= 3);
    total = number_in("/proc/meminfo", "MemTotal");
    CHECK_EQ(managed * KB_PER_PAGE, total);
    CHECK(buddy_free_kb() <= total);
    /* what the free lists lack lies in the per-CPU lists */
    CHECK(buddy_free_kb() > number_in("/proc/meminfo", "MemFree") / 2);
    free(text);
}

static void
check_slabs(void)
{
    char *text = must_read("/proc/slabinfo"), *at = text, *line;
    long active, objects, size, per_slab, pages, lines = 0;
    char name[64];

    CHECK(strncmp(text, "slabinfo - version: 2.1\n", 24) == 0);
    while ((line = strsep(&at, "\n")) != NULL && *line != '\0') {
        if (*line == '#' || strncmp(line, "slabinfo", 8) == 0)
            continue;
        CHECK_EQ(sscanf(line, "%60s %ld %ld %ld %ld %ld", name, &active,
                        &objects, &size, &per_slab, &pages),
                 6);
        if (active < 0 || active > objects || size <= 0 || per_slab <= 0 ||
            pages <= 0 || objects % per_slab != 0)
            FAIL("slabinfo: seen %s", line);
        lines++;
    }
    CHECK(lines > 10);
    free(text);
}

static int
fields_of(char *text)
{
    int n = 0;

    while (strtok(n ? NULL : text, " \n") != NULL)
        n++;
    return n;
}

static void
check_self(void)
{
    char *text = must_read("/proc/self/stat"), comm[32], state;
    int pid, ppid, pgrp, session;

    CHECK_EQ(sscanf(text, "%d (%30[^)]) %c %d %d %d", &pid, comm, &state, &ppid,
                    &pgrp, &session),
             6);
    CHECK_EQ(pid, getpid());
    CHECK_EQ(ppid, getppid());
    CHECK_EQ(pgrp, getpgrp());
    CHECK_EQ(session, getsid(0));
    CHECK(state == 'R');
    CHECK(strcmp(comm, "proc-files") == 0);
    CHECK_EQ(fields_of(text), STAT_FIELDS);
    free(text);
    text = must_read("/proc/self/statm");
    CHECK_EQ(fields_of(text), STATM_FIELDS);
    free(text);
    CHECK_EQ(number_in("/proc/self/status", "Pid"), getpid());
    CHECK_EQ(number_in("/proc/self/status", "PPid"), getppid());
    CHECK(number_in("/proc/self/status", "VmRSS") > 0);
    text = must_read("/proc/self/cmdline");
    CHECK(strstr(text, "proc-files") != NULL);
    free(text);
    text = must_read("/proc/self/maps");
    CHECK(strstr(text, "[stack]") != NULL && strstr(text, "r-xp") != NULL);
    CHECK(strstr(text, "rwxp") == NULL);
    free(text);
}

/* Byte by byte, forth and back: the same text as in one piece. */
static void
check_small_reads(const char *path)
{
    int fd = (int)CHECK_OK(open(path, O_RDONLY));
    size_t at = 0, size;
    char *whole = read_whole(path, &size), c;

    CHECK(whole != NULL);
    while (CHECK_OK(read(fd, &c, 1)) == 1) {
        CHECK_EQ(c, whole[at]);
        at++;
    }
    CHECK_EQ(at, size);
    CHECK_EQ(pread(fd, &c, 1, (off_t)size), 0);
    CHECK_EQ(pread(fd, &c, 1, (off_t)size + 5000), 0);
    while (at-- > 0) {
        CHECK_EQ(pread(fd, &c, 1, (off_t)at), 1);
        CHECK_EQ(c, whole[at]);
    }
    CHECK_OK(close(fd));
    free(whole);
}

int
main(void)
{
    struct stat st;

    read_tree("/proc");
    check_meminfo();
    check_zones();
    check_slabs();
    check_self();
    check_small_reads("/proc/self/maps");
    check_small_reads("/proc/self/cmdline");
    check_small_reads("/proc/partitions");
    check_small_reads("/proc/mounts");
    check_small_reads("/proc/filesystems");
    CHECK_ERR(open("/proc/none", O_RDONLY), ENOENT);
    CHECK_ERR(open("/proc/99999999", O_RDONLY), ENOENT);
    CHECK(open("/proc/meminfo", O_WRONLY | O_CREAT, 0644) < 0 || getuid() == 0);
    CHECK_ERR(mkdir("/proc/new", 0755), ENOENT);
    CHECK_ERR(unlink("/proc/meminfo"), EPERM);
    CHECK_OK(stat("/proc/1/status", &st));
    return 0;
}
