/* SPDX-License-Identifier: MIT */
/* test: data-model ram=16M harts=1-8 swap=64 time=120 */
/*
 * Several processes do to a file each, on the disk and in a tmpfs, all that can
 * be done to its bytes: write, read, store and load through a mapping, truncate,
 * grow, sync, forget, unlink; and beside it keep a model of it in memory of
 * their own, private or shared, which memory pressure swaps and children copy.
 * After each step some bytes, after some steps all of them, are the model's.
 * Fails when a byte is lost, stale, or somebody else's, on any of these ways.
 */
#include "test.h"

enum { PROCS = 4, PAGES = 160, SIZE = PAGES * PAGE, STEPS = 300 };

/* A file, its mapping and its model; bytes of the model behind size are 0. */
struct file {
    int fd, step;
    char name[32];
    unsigned char *map, *model;
    size_t size;
    uint64_t state;
};

static size_t
below(struct file *f, size_t n)
{
    return next_random(&f->state) % n;
}

/* File and model must agree in [at, at + n). */
static void
agree(struct file *f, const unsigned char *seen, size_t at, size_t n,
      const char *way)
{
    if (memcmp(seen, f->model + at, n) == 0)
        return;
    for (size_t i = 0; i < n; i++)
        if (seen[i] != f->model[at + i])
            FAIL("%s, step %d, size %zu, %s: byte %zu: expected %#x, seen %#x",
                 f->name, f->step, f->size, way, at + i, f->model[at + i],
                 seen[i]);
}

static void
look(struct file *f, size_t at, size_t n, int mapped)
{
    static unsigned char buf[SIZE];
    size_t left = at < f->size ? f->size - at : 0;

    n = n < left ? n : left;
    if (mapped) {
        agree(f, f->map + at, at, n, "mapping");
    } else {
        CHECK_EQ(pread(f->fd, buf, n, (off_t)at), n);
        agree(f, buf, at, n, "read");
    }
}

/* A range inside what there is, or (grow) inside what there may be. */
static size_t
range(struct file *f, bool grow, size_t *n)
{
    size_t end = grow ? SIZE : f->size, at = end ? below(f, end) : 0;
    size_t most = end - at, len = below(f, 4) ? PAGE / 2 : 8 * PAGE;

    *n = most ? 1 + below(f, most < len ? most : len) : 0;
    return at;
}

static void
set_size(struct file *f, size_t size)
{
    if (size < f->size)
        memset(f->model + size, 0, f->size - size);
    f->size = size;
}

/* New bytes: by write(2), partly from the file's own mapping; or by stores. */
static void
change(struct file *f, bool mapped)
{
    size_t n, at = range(f, !mapped, &n), end = at + n;
    unsigned char mark = (unsigned char)(1 + below(f, 255));

    if (n == 0)
        return;
    for (size_t i = at; i < end; i++)
        f->model[i] = (unsigned char)(mark + i * 7);
    if (mapped)
        memcpy(f->map + at, f->model + at, n);
    else
        CHECK_EQ(pwrite(f->fd, f->model + at, n, (off_t)at), n);
    if (end > f->size)
        f->size = end;
}

/* From one place of the file to another, by a write from, or a read into it. */
static void
copy(struct file *f, bool into)
{
    size_t n, to = range(f, false, &n), from = below(f, f->size + 1);

    n = n < f->size - from ? n : f->size - from;
    if (n == 0 || (from < to + n && to < from + n))
        return;
    if (into)
        CHECK_EQ(pread(f->fd, f->map + to, n, (off_t)from), n);
    else
        CHECK_EQ(pwrite(f->fd, f->map + from, n, (off_t)to), n);
    memcpy(f->model + to, f->model + from, n);
}

/* A child sees, and changes for itself, a private mapping and the model. */
static void
private_view(void *arg)
{
    struct file *f = arg;
    size_t n, at = range(f, false, &n);
    unsigned char *p =
        mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, f->fd, 0);

    CHECK(p != MAP_FAILED);
    for (size_t i = at; i < at + n; i += 512) {
        p[i] ^= 0xff;
        CHECK_EQ(p[i], (unsigned char)~f->model[i]);
        p[i] ^= 0xff;
    }
    agree(f, p, 0, f->size, "private mapping of a child");
}

static void
remap(struct file *f)
{
    munmap(f->map, SIZE);
    f->map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, f->fd, 0);
    CHECK((void *)f->map != MAP_FAILED);
}

static void
start_again(struct file *f)
{
    close(f->fd);
    CHECK_OK(unlink(f->name));
    f->fd = (int)CHECK_OK(open(f->name, O_RDWR | O_CREAT | O_EXCL, 0600));
    set_size(f, 0);
    remap(f);
}

static void
one_step(struct file *f)
{
    size_t n, at;

    switch (below(f, 20)) {
    case 0:
    case 1:
    case 2:
    case 3:
        change(f, false);
        break;
    case 4:
    case 5:
    case 6:
    case 7:
        change(f, true);
        break;
    case 8:
    case 9:
        copy(f, below(f, 2));
        break;
    case 10:
        set_size(f, below(f, f->size + 1));
        CHECK_OK(ftruncate(f->fd, (off_t)f->size));
        break;
    case 11:
        set_size(f, f->size + below(f, SIZE - f->size + 1));
        CHECK_OK(ftruncate(f->fd, (off_t)f->size));
        break;
    case 12:
        CHECK_OK(below(f, 2) ? fsync(f->fd) : msync(f->map, SIZE, MS_SYNC));
        break;
    case 13:
        CHECK_OK(posix_fadvise(f->fd, 0, 0, POSIX_FADV_DONTNEED));
        break;
    case 14:
        CHECK_OK(madvise(f->map, SIZE, MADV_DONTNEED));
        break;
    case 15:
        reap_ok(start_child(private_view, f));
        break;
    case 16:
        remap(f);
        break;
    case 17:
        set_tunable("drop_caches", 1);
        break;
    case 18:
        at = range(f, false, &n); /* what lies behind the end is not kept */
        if (f->size % PAGE)
            f->map[f->size] = 0xee;
        look(f, at, n, 0);
        break;
    default:
        if (below(f, 8) == 0)
            start_again(f);
    }
}

static void
work(void *arg)
{
    size_t nr = (size_t)(uintptr_t)arg, at, n;
    struct file f = {.state = nr + 1};

    snprintf(f.name, sizeof(f.name), "%sdata-model-%zu",
             nr % 2 ? "/dev/shm/" : "", nr);
    f.fd = (int)CHECK_OK(open(f.name, O_RDWR | O_CREAT | O_TRUNC, 0600));
    f.map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, f.fd, 0);
    f.model = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
                   (nr & 2 ? MAP_SHARED : MAP_PRIVATE) | MAP_ANONYMOUS, -1, 0);
    CHECK((void *)f.map != MAP_FAILED && (void *)f.model != MAP_FAILED);
    for (f.step = 0; f.step < STEPS; f.step++) {
        one_step(&f);
        at = range(&f, false, &n);
        look(&f, at, n, (int)below(&f, 2));
        if (f.step % 16 == 0)
            look(&f, 0, f.size, f.step / 16 % 2);
    }
    look(&f, 0, f.size, 0);
    CHECK_OK(unlink(f.name));
}

/*
 * All on one file: each process has a lane of every page to itself, and one
 * more makes the file longer and shorter behind them.
 */
static void
lane_work(void *arg)
{
    enum { LANE = PAGE / PROCS, LANE_PAGES = 64, ROUNDS = 700 };
    static unsigned char model[LANE_PAGES][LANE], buf[LANE];
    size_t lane = (size_t)(uintptr_t)arg;
    struct file f = {.state = lane + 77};

    f.fd = (int)CHECK_OK(open("lanes", O_RDWR));
    f.map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, f.fd, 0);
    CHECK((void *)f.map != MAP_FAILED);
    for (int round = 0; round < ROUNDS; round++) {
        size_t page = below(&f, LANE_PAGES), at = page * PAGE + lane * LANE;
        size_t from = below(&f, LANE), n = 1 + below(&f, LANE - from);

        memset(model[page] + from, (int)below(&f, 256), n);
        if (below(&f, 2))
            memcpy(f.map + at + from, model[page] + from, n);
        else
            CHECK_EQ(pwrite(f.fd, model[page] + from, n, (off_t)(at + from)),
                     n);
        if (below(&f, 32) == 0)
            CHECK_OK(fsync(f.fd));
        if (below(&f, 32) == 0)
            CHECK_OK(madvise(f.map, SIZE, MADV_DONTNEED));
        if (below(&f, 32) == 0)
            CHECK_OK(posix_fadvise(f.fd, 0, 0, POSIX_FADV_DONTNEED));
        page = below(&f, LANE_PAGES);
        at = page * PAGE + lane * LANE;
        CHECK_EQ(pread(f.fd, buf, LANE, (off_t)at), LANE);
        if (memcmp(buf, model[page], LANE) != 0 ||
            memcmp(f.map + at, model[page], LANE) != 0)
            FAIL("lane %zu, page %zu, round %d differs", lane, page, round);
    }
}

static void
lane_cutter(void *arg)
{
    uint64_t state = 5;
    int fd = (int)CHECK_OK(open("lanes", O_RDWR));

    (void)arg;
    for (;;) {
        off_t end = 64 * PAGE + (off_t)(next_random(&state) % (64 * PAGE));
        char c = 1;

        CHECK_OK(ftruncate(fd, end));
        CHECK_EQ(pwrite(fd, &c, 1, end + PAGE), 1);
        CHECK_EQ(pread(fd, &c, 1, end), 1);
        CHECK_EQ(c, 0);
        CHECK_OK(ftruncate(fd, 64 * PAGE + 1));
    }
}

/* Memory that is wanted again and again, so that the rest is swapped. */
static void
press(void *size)
{
    size_t n = (size_t)(uintptr_t)size;
    char *p = map_memory(n);

    for (size_t round = 1; round; round++)
        for (size_t at = 0; at < n; at += PAGE) {
            size_t *word = (size_t *)(p + at);

            if (*word != (round == 1 ? 0 : round - 1 + at))
                FAIL("memory at %zu, round %zu: seen %zu", at, round, *word);
            *word = round + at;
        }
}

int
main(void)
{
    pid_t pid[PROCS], presser, cutter;
    int status;

    enter_scratch();
    presser = start_child(press, (void *)(free_mb() * MB / 2));
    for (size_t i = 0; i < PROCS; i++)
        pid[i] = start_child(work, (void *)i);
    for (size_t i = 0; i < PROCS; i++)
        reap_ok(pid[i]);
    close((int)CHECK_OK(open("lanes", O_RDWR | O_CREAT, 0600)));
    CHECK_OK(truncate("lanes", 64 * PAGE));
    cutter = start_child(lane_cutter, NULL);
    for (size_t i = 0; i < PROCS; i++)
        pid[i] = start_child(lane_work, (void *)i);
    for (size_t i = 0; i < PROCS; i++)
        reap_ok(pid[i]);
    CHECK_OK(kill(cutter, SIGKILL));
    status = reap(cutter);
    CHECK(WIFSIGNALED(status));
    CHECK_OK(kill(presser, SIGKILL));
    status = reap(presser);
    CHECK(WIFSIGNALED(status));
    return 0;
}
