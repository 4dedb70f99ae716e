/* SPDX-License-Identifier: MIT */
/* sources: lib/bitmap.c */
/*
 * Bitmaps against arrays of bool, bit operations against loops.
 */
#include "host.h"

#include "lib/bitmap.h"
#include "lib/bitops.h"
#include "lib/macros.h"

enum { MAX_BITS = 300 };

static bool model[MAX_BITS];

static size_t
model_next(size_t nbits, size_t start, bool value)
{
    while (start < nbits && model[start] != value)
        start++;
    return start < nbits ? start : nbits;
}

static void
compare(const uint64_t *map, size_t nbits)
{
    for (size_t i = 0; i < nbits; i++) {
        assert_int_equal(bitmap_test(map, i), model[i]);
        assert_int_equal(bitmap_next_set(map, nbits, i),
                         model_next(nbits, i, true));
        assert_int_equal(bitmap_next_zero(map, nbits, i),
                         model_next(nbits, i, false));
    }
    assert_int_equal(bitmap_next_set(map, nbits, nbits), nbits);
    assert_int_equal(bitmap_next_zero(map, nbits, nbits + 70), nbits);
}

/* The map is exactly as large as it must be: ASan watches the ends. */
static void
bitmap_random_operations(void **state)
{
    (void)state;
    for (unsigned round = 0; round < scaled(300); round++) {
        size_t nbits = 1 + rnd_below(MAX_BITS - 1);
        uint64_t *map = calloc(BITMAP_WORDS(nbits), sizeof(*map));

        memset(model, 0, sizeof(model));
        for (unsigned i = 0; i < 30; i++) {
            size_t n = rnd_below(nbits);

            if (rnd_below(2)) {
                bitmap_set(map, n);
                model[n] = true;
            } else {
                bitmap_clear(map, n);
                model[n] = false;
            }
            compare(map, nbits);
        }
        free(map);
    }
}

/* Bits beyond the end do not count, whatever they are. */
static void
bitmap_ignores_bits_beyond(void **state)
{
    uint64_t map[1] = {~0ULL << 10};

    (void)state;
    assert_int_equal(bitmap_next_set(map, 10, 0), 10);
    map[0] = ~map[0];
    assert_int_equal(bitmap_next_zero(map, 10, 0), 10);
}

static void
check_word(uint64_t x)
{
    unsigned low = 0, high = 0;

    for (unsigned i = 0; i < 64; i++) {
        if (!(x >> i & 1))
            continue;
        if (!low)
            low = i + 1;
        high = i + 1;
    }
    assert_int_equal(ffs64(x), low);
    if (x) {
        assert_int_equal(ctz64(x), low - 1);
        assert_int_equal(ilog2(x), high - 1);
    }
}

static void
bitops_words(void **state)
{
    (void)state;
    check_word(0);
    check_word(~0ULL);
    for (unsigned i = 0; i < 64; i++) {
        check_word(1ULL << i);
        check_word((1ULL << i) - 1);
        check_word((1ULL << i) + 1);
        check_word(~0ULL << i);
    }
    for (unsigned i = 0; i < scaled(20000); i++)
        check_word(rnd() & rnd() >> rnd_below(64));
}

static void
macros_evaluate_once(void **state)
{
    int calls = 0;

    (void)state;
    assert_int_equal(MIN(++calls, 5), 1);
    assert_int_equal(MAX(MIN(3, 4), MAX(++calls, 1)), 3);
    assert_int_equal(calls, 2);
    assert_int_equal(ALIGN_UP(4097UL, 4096UL), 8192);
    assert_int_equal(ALIGN_UP(4096UL, 4096UL), 4096);
    assert_int_equal(ALIGN_DOWN(4097UL, 4096UL), 4096);
    assert_true(ALIGN_DOWN(0xffffffff00001fffUL, 4096) == 0xffffffff00001000UL);
    assert_true(IS_ALIGNED(8192UL, 4096) && !IS_ALIGNED(8193UL, 2));
    assert_int_equal(DIV_ROUND_UP(9, 4), 3);
}

HOST_TESTS(HOST_TEST(bitmap_random_operations),
           HOST_TEST(bitmap_ignores_bits_beyond), HOST_TEST(bitops_words),
           HOST_TEST(macros_evaluate_once))
