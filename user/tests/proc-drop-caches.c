/* SPDX-License-Identifier: MIT */
/* test: proc-drop-caches ram=16M harts=1-8 swap=0 time=60 */
/*
 * Reading a file fills the page cache, dropping the caches empties it, and the
 * file reads the same afterwards; meminfo shows both. Dirty pages are kept.
 * All of the cache is looked at, also behind pages that stay because they are
 * mapped. Fails when clean pages stay, when a dirty one goes, or when the count
 * of cached pages drifts.
 */
#include "test.h"
#include "util.h"

enum { SIZE = 2 * MB, MOST = 3 * SIZE / 4, FEW = 32 };

static long
cached(void)
{
    char *text = read_whole("/proc/meminfo", NULL);
    long kb;

    CHECK(text != NULL);
    kb = (long)proc_field(text, "Cached");
    free(text);
    return kb * 1024;
}

static void
drop(const char *what)
{
    int fd = (int)CHECK_OK(open("/proc/sys/vm/drop_caches", O_WRONLY));

    CHECK_EQ(write(fd, what, strlen(what)), strlen(what));
    CHECK_OK(close(fd));
}

/* Map a file. => its pages, which are touched or not */
static char *
map_file(const char *name, size_t size, bool touch)
{
    int fd = (int)CHECK_OK(open(name, O_RDONLY));
    char *p = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

    CHECK(p != MAP_FAILED);
    CHECK_OK(close(fd));
    for (size_t i = 0; touch && i < size; i += PAGE)
        look_at_byte(p + i);
    return p;
}

/* Many pages that stay, and behind them, used later, some that must go. */
static void
check_behind_mapped(void)
{
    char *mapped, *others;

    make_file("others", FEW * PAGE, 3);
    sync();
    drop("3");
    mapped = map_file("file", SIZE, true);
    drop("1");
    check_file("others", FEW * PAGE, 3);
    others = map_file("others", FEW * PAGE, false);
    CHECK_EQ(pages_resident(others, FEW), FEW);
    drop("1");
    CHECK_EQ(pages_resident(others, FEW), 0);
    CHECK_EQ(pages_resident(mapped, SIZE / PAGE), SIZE / PAGE);
}

int
main(void)
{
    long empty, full;
    int fd;

    enter_scratch();
    make_file("file", SIZE, 1);
    sync();
    drop("3\n");
    empty = cached();
    check_file("file", SIZE, 1);
    full = cached();
    CHECK(full - empty >= MOST);
    drop("1");
    CHECK(full - cached() >= MOST);
    check_file("file", SIZE, 1);
    make_file("file", SIZE, 2);
    drop("3");
    check_file("file", SIZE, 2);
    check_behind_mapped();
    fd = (int)CHECK_OK(open("/proc/sys/vm/drop_caches", O_WRONLY));
    CHECK_ERR(write(fd, "x", 1), EINVAL);
    CHECK_OK(close(fd));
    return 0;
}
