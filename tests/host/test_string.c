/* SPDX-License-Identifier: MIT */
/* sources: lib/string.c lib/memops.c */
/*
 * Memory blocks at every alignment and many lengths, and strings, against
 * libc.  All memory but the blocks is closed, so that ASan sees an access
 * beyond them.  The kernel's functions are called k_... here.
 */
#include "host.h"

#include <sanitizer/asan_interface.h>

#include "include/errno.h"
#include "lib/types.h"

void *k_memcpy(void *dst, const void *src, size_t n);
void *k_memmove(void *dst, const void *src, size_t n);
void *k_memset(void *dst, int c, size_t n);
int k_memcmp(const void *a, const void *b, size_t n);
void *k_memchr(const void *s, int c, size_t n);
size_t k_strlen(const char *s);
size_t k_strnlen(const char *s, size_t max);
int k_strcmp(const char *a, const char *b);
int k_strncmp(const char *a, const char *b, size_t n);
char *k_strchr(const char *s, int c);
char *k_strrchr(const char *s, int c);
void clear_page(void *page);
void copy_page(void *dst, const void *src);
size_t strlcpy(char *dst, const char *src, size_t size);
const char *skip_spaces(const char *s);
int parse_u64(const char *s, const char **end, unsigned base, uint64_t *value);
int memparse(const char *s, const char **end, uint64_t *value);

enum { ALIGN = 16, MOST = 400, ARENA = 1024, CANARY = 0x5c };

/* Two arenas of which only a window may be touched. */
static uint8_t from[ARENA] __attribute__((aligned(64)));
static uint8_t to[ARENA] __attribute__((aligned(64)));
static uint8_t expected[ARENA];

/* Close all of the arena but n bytes, to ASan's grain of 8 at the start. */
static uint8_t *
window(uint8_t *arena, size_t offset, size_t n)
{
    ASAN_POISON_MEMORY_REGION(arena, ARENA);
    ASAN_UNPOISON_MEMORY_REGION(arena + offset, n);
    return arena + offset;
}

static void
open_all(void)
{
    ASAN_UNPOISON_MEMORY_REGION(from, ARENA);
    ASAN_UNPOISON_MEMORY_REGION(to, ARENA);
}

/* Random source, canaries in the destination and in what is expected. */
static void
prepare(void)
{
    open_all();
    for (size_t i = 0; i < ARENA; i++)
        from[i] = (uint8_t)rnd();
    memset(to, CANARY, ARENA);
    memset(expected, CANARY, ARENA);
}

static size_t
some_length(unsigned i)
{
    return i < 100 ? i : 100 + rnd_below(MOST - 100);
}

static void
memcpy_every_alignment(void **state)
{
    (void)state;
    for (unsigned a = 0; a < ALIGN; a++)
        for (unsigned b = 0; b < ALIGN; b++)
            for (unsigned i = 0; i < 110; i++) {
                size_t n = some_length(i);
                uint8_t *d, *s;

                prepare();
                memcpy(expected + 64 + a, from + 64 + b, n);
                d = window(to, 64 + a, n);
                s = window(from, 64 + b, n);
                assert_ptr_equal(k_memcpy(d, s, n), d);
                open_all();
                assert_memory_equal(to, expected, ARENA);
            }
}

static void
memmove_every_overlap(void **state)
{
    (void)state;
    for (unsigned a = 0; a < 8; a++)
        for (int distance = -80; distance <= 80; distance++)
            for (unsigned i = 0; i < 20; i++) {
                size_t n = rnd_below(MOST), at = 128 + a;

                prepare();
                memcpy(expected, from, ARENA);
                memmove(expected + at + distance, expected + at, n);
                window(from, distance < 0 ? at + distance : at,
                       n + (size_t)abs(distance));
                k_memmove(from + at + distance, from + at, n);
                open_all();
                assert_memory_equal(from, expected, ARENA);
            }
}

static void
memset_every_alignment(void **state)
{
    (void)state;
    for (unsigned a = 0; a < ALIGN; a++)
        for (unsigned i = 0; i < 200; i++) {
            size_t n = some_length(i);
            int c = (int)rnd_below(512) - 256;
            uint8_t *d;

            prepare();
            memset(expected + 64 + a, c, n);
            d = window(to, 64 + a, n);
            assert_ptr_equal(k_memset(d, c, n), d);
            open_all();
            assert_memory_equal(to, expected, ARENA);
        }
}

static int
sign(int x)
{
    return (x > 0) - (x < 0);
}

static void
memcmp_every_alignment(void **state)
{
    (void)state;
    for (unsigned a = 0; a < ALIGN; a++)
        for (unsigned i = 0; i < 300; i++) {
            unsigned b = rnd_below(2) ? a : (unsigned)rnd_below(ALIGN);
            size_t n = some_length(i % 110);
            uint8_t *p, *q;
            int want;

            prepare();
            memcpy(to + 64 + b, from + 64 + a, n);
            if (n && rnd_below(4))
                to[64 + b + rnd_below(n)] ^= (uint8_t)(1 << rnd_below(8));
            want = sign(memcmp(from + 64 + a, to + 64 + b, n));
            p = window(from, 64 + a, n);
            q = window(to, 64 + b, n);
            assert_int_equal(sign(k_memcmp(p, q, n)), want);
        }
    open_all();
}

static void
memchr_finds_first(void **state)
{
    (void)state;
    for (unsigned i = 0; i < scaled(2000); i++) {
        size_t n = rnd_below(MOST);
        uint8_t *p;
        int c = (int)rnd_below(512);
        void *want;

        prepare();
        want = memchr(from + 64, c, n);
        p = window(from, 64, n);
        assert_ptr_equal(k_memchr(p, c, n), want);
    }
    open_all();
}

static void
page_clear_and_copy(void **state)
{
    uint8_t *a = aligned_alloc(PAGE_SIZE, PAGE_SIZE);
    uint8_t *b = aligned_alloc(PAGE_SIZE, PAGE_SIZE);

    (void)state;
    for (size_t i = 0; i < PAGE_SIZE; i++)
        a[i] = (uint8_t)rnd();
    memset(b, CANARY, PAGE_SIZE);
    copy_page(b, a);
    assert_memory_equal(a, b, PAGE_SIZE);
    clear_page(b);
    for (size_t i = 0; i < PAGE_SIZE; i++)
        assert_int_equal(b[i], 0);
    free(a);
    free(b);
}

/* A string of up to max letters from a small alphabet, exactly allocated. */
static char *
random_string(size_t max)
{
    size_t n = rnd_below(max + 1);
    char *s = malloc(n + 1);

    for (size_t i = 0; i < n; i++)
        s[i] = "ab\xff\x01"[rnd_below(4)];
    s[n] = '\0';
    return s;
}

static void
strings_like_libc(void **state)
{
    (void)state;
    for (unsigned i = 0; i < scaled(20000); i++) {
        char *a = random_string(12);
        char *b = rnd_below(4) ? random_string(12) : strdup(a);
        size_t n = rnd_below(14);
        int c = "ab\xff\x01z"[rnd_below(6)];

        assert_int_equal(k_strlen(a), strlen(a));
        assert_int_equal(k_strnlen(a, n), strlen(a) < n ? strlen(a) : n);
        assert_int_equal(sign(k_strcmp(a, b)), sign(strcmp(a, b)));
        assert_int_equal(sign(k_strncmp(a, b, n)), sign(strncmp(a, b, n)));
        assert_ptr_equal(k_strchr(a, c), strchr(a, c));
        assert_ptr_equal(k_strrchr(a, c), strrchr(a, c));
        free(a);
        free(b);
    }
}

static void
strlcpy_cuts_and_terminates(void **state)
{
    (void)state;
    for (size_t size = 1; size < 12; size++) {
        char *dst = malloc(size);

        assert_int_equal(strlcpy(dst, "folio", size), 5);
        assert_int_equal(strlen(dst), size > 5 ? 5 : size - 1);
        assert_memory_equal(dst, "folio", strlen(dst));
        free(dst);
    }
}

static void
parse_numbers(void **state)
{
    static const struct {
        const char *text;
        unsigned base;
        int err;
        uint64_t value;
        size_t used;
    } cases[] = {
        {"0", 0, 0, 0, 1},
        {"42,", 0, 0, 42, 2},
        {"0x1fG", 0, 0, 0x1f, 4},
        {"0X1F", 16, 0, 0x1f, 4},
        {"1f", 16, 0, 0x1f, 2},
        {"017", 0, 0, 15, 3},
        {"019", 0, 0, 1, 2},
        {"019", 10, 0, 19, 3},
        {"0x", 0, 0, 0, 1},
        {"0xg", 16, 0, 0, 1},
        {"18446744073709551615", 0, 0, ~0ULL, 20},
        {"18446744073709551616", 0, -ERANGE, 0, 0},
        {"99999999999999999999", 0, -ERANGE, 0, 0},
        {"0x10000000000000000", 0, -ERANGE, 0, 0},
        {"", 0, -EINVAL, 0, 0},
        {"-1", 0, -EINVAL, 0, 0},
        {" 1", 0, -EINVAL, 0, 0},
        {"x1", 0, -EINVAL, 0, 0},
        {"9", 8, -EINVAL, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *text = strdup(cases[i].text);
        const char *end = NULL;
        uint64_t value = 0;

        assert_int_equal(parse_u64(text, &end, cases[i].base, &value),
                         cases[i].err);
        if (cases[i].err == 0) {
            assert_true(value == cases[i].value);
            assert_ptr_equal(end, text + cases[i].used);
        }
        free(text);
    }
    assert_string_equal(skip_spaces(" \t\nx "), "x ");
}

static void
parse_sizes(void **state)
{
    const char *end;
    uint64_t v;

    (void)state;
    assert_int_equal(memparse("16M,", &end, &v), 0);
    assert_int_equal(v, 16 << 20);
    assert_string_equal(end, ",");
    assert_int_equal(memparse("0x10k", &end, &v), 0);
    assert_int_equal(v, 16 << 10);
    assert_int_equal(memparse("3g", &end, &v), 0);
    assert_true(v == 3UL << 30);
    assert_int_equal(memparse("1T", &end, &v), 0);
    assert_true(v == 1UL << 40);
    assert_int_equal(memparse("12", &end, &v), 0);
    assert_int_equal(v, 12);
    assert_string_equal(end, "");
    assert_int_equal(memparse("M", &end, &v), -EINVAL);
    assert_int_equal(memparse("16777216T", &end, &v), -ERANGE);
}

HOST_TESTS(HOST_TEST(memcpy_every_alignment), HOST_TEST(memmove_every_overlap),
           HOST_TEST(memset_every_alignment), HOST_TEST(memcmp_every_alignment),
           HOST_TEST(memchr_finds_first), HOST_TEST(page_clear_and_copy),
           HOST_TEST(strings_like_libc), HOST_TEST(strlcpy_cuts_and_terminates),
           HOST_TEST(parse_numbers), HOST_TEST(parse_sizes))
