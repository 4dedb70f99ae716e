/* SPDX-License-Identifier: MIT */
/* test: swap-shared ram=16M harts=1-8 swap=64 time=120 */
/*
 * Two processes share more memory than the machine has: anonymous memory and
 * a file of tmpfs, mapped and written. Each writes the pages whose number has
 * its parity and reads the other's, in rounds that they take together; then
 * the file is read with read(2), shortened while most of it is swapped out,
 * and grown again. Fails when a shared page that was swapped out comes back
 * twice, old, or as another's, or when what was cut off comes back at all.
 */
#include "test.h"

enum { ROUNDS = 4, ANON_MB = 17, FILE_MB = 3, WORDS = PAGE / 8 };

struct shared {
    uint64_t *words;
    size_t pages;
    uint64_t salt;
};

static uint64_t
word_of(const struct shared *s, size_t page, size_t word, uint64_t round)
{
    uint64_t state = s->salt + (round << 40) + (page << 12) + word + 1;

    return next_random(&state);
}

static void
write_half(const struct shared *s, size_t parity, uint64_t round)
{
    for (size_t i = parity; i < s->pages; i += 2)
        for (size_t w = 0; w < WORDS; w++)
            s->words[i * WORDS + w] = word_of(s, i, w, round);
}

static void
check_all(const struct shared *s, uint64_t round)
{
    for (size_t i = 0; i < s->pages; i++)
        for (size_t w = 0; w < WORDS; w++)
            if (s->words[i * WORDS + w] != word_of(s, i, w, round))
                FAIL("page %zu word %zu of round %d: expected %llx, seen %llx",
                     i, w, (int)round,
                     (unsigned long long)word_of(s, i, w, round),
                     (unsigned long long)s->words[i * WORDS + w]);
}

/* to, from: pipes on which the two wait for each other. */
static void
take_turns(const struct shared *s, size_t parity, int to, int from)
{
    for (uint64_t round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < 2; i++)
            write_half(&s[i], parity, round);
        put_byte(to, 1);
        CHECK_EQ(get_byte(from), 1);
        for (size_t i = 0; i < 2; i++)
            check_all(&s[i], round);
        put_byte(to, 2);
        CHECK_EQ(get_byte(from), 2);
    }
}

static void
check_read(int fd, const struct shared *s)
{
    uint64_t page[WORDS];

    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
    for (size_t i = 0; i < s->pages; i++) {
        CHECK_EQ(read(fd, page, PAGE), PAGE);
        for (size_t w = 0; w < WORDS; w++)
            CHECK(page[w] == word_of(s, i, w, ROUNDS - 1));
    }
}

/* Cut the file in half, grow it again: the second half is zero. */
static void
check_truncate(int fd, const struct shared *s)
{
    size_t half = s->pages / 2 * PAGE;

    CHECK_OK(ftruncate(fd, (off_t)half));
    CHECK_OK(ftruncate(fd, (off_t)(s->pages * PAGE)));
    for (size_t i = 0; i < s->pages / 2; i++)
        CHECK(s->words[i * WORDS] == word_of(s, i, 0, ROUNDS - 1));
    check_zero((char *)s->words + half, s->pages * PAGE - half);
}

int
main(void)
{
    struct shared s[2] = {{NULL, ANON_MB * MB / PAGE, 7UL << 56},
                          {NULL, FILE_MB * MB / PAGE, 9UL << 56}};
    int there[2], back[2], fd;
    pid_t child;

    fd = open("/dev/shm/swap-shared", O_RDWR | O_CREAT | O_EXCL, 0600);
    CHECK_OK(fd);
    CHECK_OK(unlink("/dev/shm/swap-shared"));
    CHECK_OK(ftruncate(fd, FILE_MB * MB));
    s[0].words = mmap(NULL, ANON_MB * MB, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    s[1].words =
        mmap(NULL, FILE_MB * MB, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(s[0].words != MAP_FAILED && s[1].words != MAP_FAILED);
    CHECK_OK(pipe(there));
    CHECK_OK(pipe(back));
    child = fork();
    CHECK_OK(child);
    if (child == 0) {
        close(there[1]); /* so that it sees its parent's end */
        close(back[0]);
        take_turns(s, 1, back[1], there[0]);
        _exit(0);
    }
    take_turns(s, 0, there[1], back[0]);
    reap_ok(child);
    check_read(fd, &s[1]);
    check_truncate(fd, &s[1]);
    return 0;
}
