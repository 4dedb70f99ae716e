/* SPDX-License-Identifier: MIT */
/* test: vma-random ram=16M harts=1-8 swap=0 time=120 */
/*
 * Random mmap, munmap, mprotect, mremap, madvise, mlock and fork in a stretch
 * of addresses, against a model with an entry a page: what is there, with what
 * rights, and what it holds. Now and then all of it is compared: contents,
 * /proc/self/maps, VmLck. Fails when any of them disagrees with the model;
 * the seed and the step are printed.
 */
#include "test.h"

enum { PAGES = 96, MAX = 20, STEPS = 1500, COMPARE_EVERY = 25 };

struct entry {
    bool mapped, locked;
    int prot;
    uint64_t tag; /* what fill() gives for it; 0: zeroes */
};

static struct entry model[PAGES];
static char *base;
static uint64_t state, next_tag;
static unsigned seed;
static int step;

static int
below(int n)
{
    return (int)(next_random(&state) >> 33) % n;
}

static char *
at(int page)
{
    return base + page * PAGE;
}

/* Pages [*first, *first + n), inside the stretch. => n */
static int
random_range(int *first)
{
    int n = 1 + below(MAX);

    *first = below(PAGES - n + 1);
    return n;
}

static bool
all_mapped(int first, int n)
{
    for (int i = first; i < first + n; i++)
        if (!model[i].mapped)
            return false;
    return true;
}

/* The same area: as far as mremap asks for it. */
static bool
one_area(int first, int n)
{
    for (int i = first; i < first + n; i++)
        if (!model[i].mapped || model[i].prot != model[first].prot ||
            model[i].locked != model[first].locked)
            return false;
    return true;
}

static void
write_some(int first, int n)
{
    for (int i = first; i < first + n; i++)
        if (model[i].mapped && (model[i].prot & PROT_WRITE) && below(2)) {
            model[i].tag = ++next_tag;
            fill(at(i), PAGE, model[i].tag);
        }
}

static int
random_prot(void)
{
    const int prots[] = {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE,
                         PROT_READ | PROT_WRITE};

    return prots[below(4)];
}

static void
do_map(int first, int n)
{
    int prot = random_prot();

    CHECK(mmap(at(first), (size_t)n * PAGE, prot,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == at(first));
    for (int i = first; i < first + n; i++)
        model[i] = (struct entry){.mapped = true, .prot = prot};
}

static void
do_unmap(int first, int n)
{
    CHECK_OK(munmap(at(first), (size_t)n * PAGE));
    memset(model + first, 0, (size_t)n * sizeof(model[0]));
}

static void
do_protect(int first, int n)
{
    int prot = random_prot();
    int err = mprotect(at(first), (size_t)n * PAGE, prot);

    CHECK_EQ(err == 0, all_mapped(first, n));
    for (int i = first; i < first + n && model[i].mapped; i++)
        model[i].prot = prot; /* up to the first hole */
}

static void
do_lock(int first, int n)
{
    bool lock = below(2), all = all_mapped(first, n);
    int err = lock ? mlock(at(first), (size_t)n * PAGE)
                   : munlock(at(first), (size_t)n * PAGE);

    for (int i = first; i < first + n && model[i].mapped; i++) {
        model[i].locked = lock;
        /* It is locked then, but cannot be brought in. */
        all &= !lock || (model[i].prot & (PROT_READ | PROT_WRITE));
    }
    CHECK_EQ(err == 0, all);
}

static void
do_drop(int first, int n)
{
    for (int i = first; i < first + n; i++)
        if (model[i].locked)
            return;
    CHECK_EQ(madvise(at(first), (size_t)n * PAGE, MADV_DONTNEED) == 0,
             all_mapped(first, n));
    for (int i = first; i < first + n; i++)
        model[i].tag = 0;
}

/* Move n pages to where `size` fit, which do not overlap them. */
static void
do_remap(int first, int n)
{
    int size = 1 + below(MAX), to = below(PAGES - size + 1);
    struct entry moved[MAX];
    char *p;

    if (to < first + n && first < to + size)
        return;
    p = mremap(at(first), (size_t)n * PAGE, (size_t)size * PAGE,
               MREMAP_MAYMOVE | MREMAP_FIXED, at(to));
    if (p == MAP_FAILED) {
        /* Areas that do not continue each other are no mapping to move; but
         * what was in the way has gone, and so has the end that was cut. */
        CHECK_EQ(errno, EFAULT);
        if (!model[first].mapped)
            return;
        memset(model + to, 0, (size_t)size * sizeof(model[0]));
        for (int i = size; i < n; i++)
            model[first + i] = (struct entry){0};
        return;
    }
    CHECK(p == at(to));
    CHECK(one_area(first, n < size ? n : size));
    for (int i = 0; i < size; i++)
        moved[i] = i < n ? model[first + i]
                         : (struct entry){.mapped = true,
                                          .prot = model[first].prot,
                                          .locked = model[first].locked};
    memset(model + first, 0, (size_t)n * sizeof(model[0]));
    memcpy(model + to, moved, (size_t)size * sizeof(model[0]));
}

static void
check_maps(void)
{
    FILE *f = fopen("/proc/self/maps", "r");
    unsigned long start, end;
    char line[256], perms[8];
    struct entry seen[PAGES] = {{0}};

    CHECK(f != NULL);
    while (fgets(line, sizeof(line), f) != NULL) {
        if (sscanf(line, "%lx-%lx %4s", &start, &end, perms) != 3)
            FAIL("/proc/self/maps: seen %s", line);
        for (int i = 0; i < PAGES; i++)
            if (start <= (unsigned long)at(i) && (unsigned long)at(i) < end) {
                seen[i].mapped = true;
                seen[i].prot = (perms[0] == 'r' ? PROT_READ : 0) |
                               (perms[1] == 'w' ? PROT_WRITE : 0);
            }
    }
    fclose(f);
    for (int i = 0; i < PAGES; i++)
        if (seen[i].mapped != model[i].mapped ||
            (seen[i].mapped && seen[i].prot != model[i].prot))
            FAIL("seed %u step %d page %d: expected %d/%d, seen %d/%d", seed,
                 step, i, model[i].mapped, model[i].prot, seen[i].mapped,
                 seen[i].prot);
}

static void
check_contents(void *arg)
{
    (void)arg;
    for (int i = 0; i < PAGES; i++) {
        if (!model[i].mapped || !(model[i].prot & PROT_READ))
            continue;
        if (model[i].tag)
            check_fill(at(i), PAGE, model[i].tag);
        else
            check_zero(at(i), PAGE);
    }
}

static void
compare(void)
{
    int locked = 0;

    check_maps();
    check_contents(NULL);
    for (int i = 0; i < PAGES; i++)
        locked += model[i].locked;
    CHECK_EQ(proc_number("/proc/self/status", "VmLck:"),
             locked * (PAGE / 1024));
}

int
main(int argc, char **argv)
{
    void (*const ops[])(int, int) = {do_map,  do_unmap,  do_protect, do_remap,
                                     do_lock, do_drop,   write_some, do_remap,
                                     do_map,  write_some};

    seed = argc > 1 ? (unsigned)atoi(argv[1]) : (unsigned)getpid();
    state = seed * 2 + 1;
    printf("seed %u\n", seed);
    fflush(stdout);
    base = mmap(NULL, (PAGES + 2) * PAGE, PROT_NONE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(base != MAP_FAILED);
    base += PAGE; /* a page on each side keeps the neighbours away */
    CHECK_OK(munmap(base, PAGES * PAGE));
    for (step = 0; step < STEPS; step++) {
        int first, n = random_range(&first);

        ops[below((int)(sizeof(ops) / sizeof(ops[0])))](first, n);
        if (step % COMPARE_EVERY == 0) {
            compare();
            reap_ok(start_child(check_contents, NULL));
        }
    }
    compare();
    return 0;
}
