/* SPDX-License-Identifier: MIT */
/*
 * swap-storm [MB [POLICY]]: four processes do at once all that can be done to
 * memory that is being swapped.
 *
 * Each dirties MB of its own in sequential, random and strided order; forks,
 * and writes while its child does; shrinks, grows and moves the mapping;
 * takes accesses away, which then kill, and gives them back; lets parts go by
 * MADV_DONTNEED. Meanwhile all four write in turns to shared anonymous memory
 * and to a shared mapping of a file, and privately to their own mappings of
 * another. At the end every word of all of it is looked at once more.
 *
 * A word says which memory it belongs to, who wrote it, when, and where: a
 * page that is another's, old, or at the wrong place is told as what it is.
 * What should be in a page is kept beside, in `stamps`.
 *
 * At its peak all this is almost 7 times MB, 217 MB for 32. So it has no
 * machine among the other tests; tests/qemu/test_storm.py boots those with
 * 256 MB of swap, and says which policy is used there.
 */
#include "test.h"

#define POLICY "/proc/sys/vm/reclaim_policy"

enum {
    PROCESSES = 4,
    CHILD = 8, /* added to a process' number: its child */
    ROUNDS = 2,
    GATES = 2 * ROUNDS,
    STRIDE = 509,
    WORDS = PAGE / sizeof(uint64_t),
    FILE_AUTHOR = 15,
    RW = PROT_READ | PROT_WRITE,
};

enum tag { OWN = 1, SHARED_ANON, SHARED_FILE, PRIVATE_FILE };
enum order { SEQUENTIAL, RANDOM, STRIDED, ORDERS };

/* A mapping, and for each page who wrote it when; 0: nobody, it is zero. */
struct area {
    uint64_t *words;
    size_t pages;
    enum tag tag;
    uint16_t *stamps;
};

static unsigned who;
static unsigned generation;
static struct gate gates[GATES];

/* ---- what a word holds ------------------------------------------------- */

/* From the top: tag, writer, generation, page, word. */
static uint64_t
first_word(const struct area *a, size_t page, uint16_t stamp)
{
    if (stamp == 0)
        return 0;
    return (uint64_t)a->tag << 56 | (uint64_t)stamp << 40 | page << 16;
}

static void
explain(const struct area *a, size_t page, size_t word, uint64_t seen)
{
    uint64_t expected = first_word(a, page, a->stamps[page]);

    FAIL("process %u, memory %d, page %zu, word %zu: expected writer %d "
         "generation %d, seen %#llx: memory %d, writer %d, generation %d, "
         "page %d, word %d",
         who, a->tag, page, word, (int)(expected >> 48 & 0xff),
         (int)(expected >> 40 & 0xff), (unsigned long long)seen,
         (int)(seen >> 56), (int)(seen >> 48 & 0xff), (int)(seen >> 40 & 0xff),
         (int)(seen >> 16 & 0xffffff), (int)(seen & 0xffff));
}

static void
check_page(const struct area *a, size_t page)
{
    const uint64_t *words = a->words + page * WORDS;
    uint64_t first = first_word(a, page, a->stamps[page]);
    uint64_t step = first != 0;

    for (size_t w = 0; w < WORDS; w++)
        if (words[w] != first + w * step)
            explain(a, page, w, words[w]);
}

static void
check_pages(const struct area *a, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        check_page(a, i);
}

static void
set_stamp(struct area *a, size_t page, unsigned writer)
{
    a->stamps[page] = (uint16_t)(writer << 8 | generation);
}

static void
fill_page(const struct area *a, size_t page, uint64_t *words)
{
    uint64_t first = first_word(a, page, a->stamps[page]);

    for (size_t w = 0; w < WORDS; w++)
        words[w] = first + w;
}

/* Look at a page, then write it anew. */
static void
renew_page(struct area *a, size_t page, unsigned writer)
{
    check_page(a, page);
    set_stamp(a, page, writer);
    fill_page(a, page, a->words + page * WORDS);
}

static void
renew_pages(struct area *a, size_t from, size_t to)
{
    generation++;
    for (size_t i = from; i < to; i++)
        renew_page(a, i, who);
}

static struct area
make_area(enum tag tag, size_t pages, int flags, int fd)
{
    struct area a = {NULL, pages, tag, calloc(pages, sizeof(*a.stamps))};

    CHECK(a.stamps != NULL);
    a.words = mmap(NULL, pages * PAGE, RW, flags, fd, 0);
    CHECK(a.words != MAP_FAILED);
    return a;
}

/* ---- memory of one's own ----------------------------------------------- */

static uint16_t *
random_order(size_t pages)
{
    uint16_t *order = calloc(pages, sizeof(*order));
    uint64_t state = who;

    CHECK(order != NULL && pages <= UINT16_MAX + 1UL);
    for (size_t i = 0; i < pages; i++) {
        size_t other = next_random(&state) % (i + 1);

        order[i] = order[other];
        order[other] = (uint16_t)i;
    }
    return order;
}

static void
dirty(struct area *a, enum order order)
{
    uint16_t *shuffled = random_order(a->pages);

    generation++;
    for (size_t n = 0; n < a->pages; n++) {
        size_t page = order == SEQUENTIAL ? n
                      : order == RANDOM   ? shuffled[n]
                                          : n * STRIDE % a->pages;

        renew_page(a, page, who);
    }
    free(shuffled);
}

/*
 * Of eight pages the child writes three and its parent three, at the same
 * time; one of them both. Each sees its own and what was before.
 */
static void
fork_and_write(struct area *a)
{
    pid_t pid = fork();
    unsigned writer = pid == 0 ? who + CHILD : who;
    size_t first = pid == 0 ? 1 : 3;

    CHECK_OK(pid);
    generation++;
    for (size_t i = 0; i + 8 <= a->pages; i += 8)
        for (size_t j = first; j < first + 3; j++)
            renew_page(a, i + j, writer);
    check_pages(a, 0, a->pages);
    if (pid == 0)
        _exit(0);
    reap_ok(pid);
}

/* A free place for so many pages. */
static void *
free_place(size_t pages)
{
    char *p = map_memory(pages * PAGE);

    CHECK_OK(munmap(p, pages * PAGE));
    return p;
}

static uint64_t *
move(uint64_t *from, size_t pages, void *to)
{
    size_t size = pages * PAGE;

    CHECK(mremap(from, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
    return to;
}

/* Shorten it, grow it, move it, move a part of it away and back. */
static void
remap(struct area *a)
{
    size_t part = a->pages / 8, left = a->pages - part;
    uint64_t *middle, *away;

    CHECK(mremap(a->words, a->pages * PAGE, left * PAGE, 0) == a->words);
    CHECK_DIES(look_at_byte, a->words + left * WORDS, SIGSEGV);
    a->words = mremap(a->words, left * PAGE, a->pages * PAGE, MREMAP_MAYMOVE);
    CHECK(a->words != MAP_FAILED);
    memset(a->stamps + left, 0, part * sizeof(*a->stamps));

    a->words = move(a->words, a->pages, free_place(a->pages));
    check_pages(a, left - part, a->pages);
    middle = a->words + 3 * part * WORDS;
    away = move(middle, part, free_place(part));
    CHECK_DIES(look_at_byte, middle, SIGSEGV);
    for (size_t i = 0; i < part; i += STRIDE)
        CHECK_EQ(away[i * WORDS],
                 first_word(a, 3 * part + i, a->stamps[3 * part + i]));
    move(away, part, middle);
    renew_pages(a, 3 * part, 4 * part);
}

/* What may not be done kills; what is beside may be done. */
static void
protect(struct area *a)
{
    size_t from = a->pages / 4, to = a->pages / 2, size = (to - from) * PAGE;
    uint64_t *part = a->words + from * WORDS;

    CHECK_OK(mprotect(part, size, PROT_NONE));
    CHECK_DIES(look_at_byte, part, SIGSEGV);
    CHECK_DIES(touch_byte, part + (to - from) * WORDS - 1, SIGSEGV);
    renew_pages(a, to, to + 1);
    CHECK_OK(mprotect(part, size, PROT_READ));
    check_pages(a, from, to);
    CHECK_DIES(touch_byte, part, SIGSEGV);
    CHECK_OK(mprotect(part, size, RW));
    renew_pages(a, from, to);
}

/* Every second of 16 parts goes; half of each is written again. */
static void
let_go(struct area *a)
{
    size_t part = a->pages / 16;

    for (size_t i = 0; i < a->pages; i += 2 * part) {
        CHECK_OK(madvise(a->words + i * WORDS, part * PAGE, MADV_DONTNEED));
        memset(a->stamps + i, 0, part * sizeof(*a->stamps));
        renew_pages(a, i, i + part / 2);
    }
}

/* ---- memory of all ----------------------------------------------------- */

/* In each round a page has another writer; all know whom. */
static void
write_share(struct area *a)
{
    for (size_t i = 0; i < a->pages; i++) {
        unsigned writer = (unsigned)(i + generation) % PROCESSES + 1;

        if (writer == who)
            renew_page(a, i, writer);
        else
            set_stamp(a, i, writer);
    }
}

static void
write_in_turns(struct area *anon, struct area *file, unsigned round)
{
    unsigned own = generation;

    generation = round + 1;
    write_share(anon);
    write_share(file);
    gate_pass(&gates[2 * round]);
    check_pages(anon, 0, anon->pages);
    check_pages(file, 0, file->pages);
    if (who == round + 1)
        CHECK_OK(msync(file->words, file->pages * PAGE, MS_SYNC));
    gate_pass(&gates[2 * round + 1]);
    generation = own;
}

/* Write every third page of the private mapping; the rest is the file's. */
static void
write_privately(struct area *a)
{
    generation++;
    for (size_t i = 0; i < a->pages; i += 3)
        renew_page(a, i, who);
}

/* Dropped pages of a private mapping are the file's again. */
static void
let_go_privately(struct area *a, const uint16_t *original)
{
    size_t half = a->pages / 2;

    CHECK_OK(madvise(a->words, half * PAGE, MADV_DONTNEED));
    memcpy(a->stamps, original, half * sizeof(*original));
    check_pages(a, 0, a->pages);
}

/* ---- all of it --------------------------------------------------------- */

static struct area shared_anon, shared_file, private_file;
static size_t own_pages;

static void
work(void *number)
{
    struct area own, copy = private_file;

    who = (unsigned)(uintptr_t)number;
    own = make_area(OWN, own_pages, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    copy.stamps = calloc(copy.pages, sizeof(*copy.stamps));
    CHECK(copy.stamps != NULL);
    memcpy(copy.stamps, private_file.stamps, copy.pages * sizeof(*copy.stamps));

    for (unsigned n = 0; n < ORDERS; n++)
        dirty(&own, (who + n) % ORDERS);
    write_privately(&copy);
    write_in_turns(&shared_anon, &shared_file, 0);
    fork_and_write(&own);
    remap(&own);
    protect(&own);
    let_go(&own);
    let_go_privately(&copy, private_file.stamps);
    write_in_turns(&shared_anon, &shared_file, 1);

    check_pages(&own, 0, own.pages);
    check_pages(&copy, 0, copy.pages);
    check_pages(&shared_anon, 0, shared_anon.pages);
    check_pages(&shared_file, 0, shared_file.pages);
}

/* A mapping of a new file, which is written if it has an author. */
static struct area
make_file_area(enum tag tag, const char *name, size_t pages, int flags)
{
    int fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    struct area a;

    CHECK_OK(fd);
    CHECK_OK(ftruncate(fd, (off_t)(pages * PAGE)));
    a = make_area(tag, pages, flags, fd);
    for (size_t i = 0; tag == PRIVATE_FILE && i < pages; i++) {
        uint64_t words[WORDS];

        set_stamp(&a, i, FILE_AUTHOR);
        fill_page(&a, i, words);
        CHECK_EQ(write(fd, words, PAGE), PAGE);
    }
    CHECK_OK(close(fd));
    return a;
}

/* The file, by read(2). */
static void
check_file_area(const struct area *a, const char *name)
{
    struct area copy = *a;
    int fd = open(name, O_RDONLY);

    CHECK_OK(fd);
    copy.words = (uint64_t *)map_memory(a->pages * PAGE);
    for (size_t i = 0; i < a->pages; i++)
        CHECK_EQ(read(fd, copy.words + i * WORDS, PAGE), PAGE);
    check_pages(&copy, 0, copy.pages);
    CHECK_OK(munmap(copy.words, a->pages * PAGE));
    CHECK_OK(close(fd));
}

/* => the policy that was in force */
static const char *
set_policy(const char *name)
{
    static char old[32];
    int fd = open(POLICY, O_RDWR);

    CHECK_OK(fd);
    old[CHECK_OK(read(fd, old, sizeof(old) - 1))] = '\0';
    if (name != NULL)
        CHECK_EQ(write(fd, name, strlen(name)), (long)strlen(name));
    CHECK_OK(close(fd));
    return old;
}

int
main(int argc, char **argv)
{
    size_t mb = argc > 1 ? (size_t)atoi(argv[1]) : 32, pages = mb * MB / PAGE;
    const char *old = set_policy(argc > 2 ? argv[2] : NULL);
    pid_t child[PROCESSES];

    CHECK(mb > 0 && mb * MB / PAGE <= UINT16_MAX);
    enter_scratch();
    own_pages = pages;
    shared_anon =
        make_area(SHARED_ANON, pages / 8, MAP_SHARED | MAP_ANONYMOUS, -1);
    shared_file = make_file_area(SHARED_FILE, "shared", pages / 8, MAP_SHARED);
    private_file =
        make_file_area(PRIVATE_FILE, "private", pages / 8, MAP_PRIVATE);
    for (size_t i = 0; i < GATES; i++)
        gate_make(&gates[i]);
    for (size_t i = 0; i < PROCESSES; i++)
        child[i] = start_child(work, (void *)(i + 1));
    for (size_t i = 0; i < GATES; i++)
        gate_open(&gates[i]);
    for (size_t i = 0; i < PROCESSES; i++)
        reap_ok(child[i]);

    generation = ROUNDS; /* the last writers of what is shared */
    write_share(&shared_anon);
    write_share(&shared_file);
    check_pages(&shared_anon, 0, shared_anon.pages);
    check_file_area(&shared_file, "shared");
    check_file_area(&private_file, "private");
    set_policy(old);
    return 0;
}
