/* SPDX-License-Identifier: MIT */
/* sources: lib/chacha.c */
/*
 * The ChaCha20 block function: the vectors of RFC 8439, 2.3.2 and A.1.
 */
#include "host.h"

#include "lib/chacha.h"
#include "lib/hash.h"

static void
chacha_rfc_vector(void **state)
{
    static const uint32_t nonce[] = {0x09000000, 0x4a000000, 0};
    static const uint32_t want[] = {
        0xe4e7f110, 0x15593bd1, 0x1fdd0f50, 0xc47120a3, 0xc7f4d1c7, 0x0368c033,
        0x9aaa2204, 0x4e6cd4c3, 0x466482d2, 0x09aa9f07, 0x05d7c214, 0xa2028bd9,
        0xd19c12b5, 0xb94e16de, 0xe883d0cb, 0x4e3c50a2,
    };
    uint32_t in[CHACHA_WORDS] = {CHACHA_INIT}, out[CHACHA_WORDS];

    (void)state;
    for (int i = 0; i < 32; i++)
        ((uint8_t *)&in[CHACHA_KEY])[i] = (uint8_t)i;
    in[CHACHA_COUNTER] = 1;
    memcpy(&in[CHACHA_COUNTER + 1], nonce, sizeof(nonce));
    chacha20_block(in, out);
    assert_memory_equal(out, want, sizeof(want));
}

static void
chacha_zero_key_vector(void **state)
{
    static const uint32_t zero[CHACHA_WORDS] = {CHACHA_INIT};
    uint32_t out[CHACHA_WORDS];

    (void)state;
    chacha20_block(zero, out);
    assert_int_equal(out[0], 0xade0b876);
    assert_int_equal(out[15], 0x8665eeb2);
}

/* FNV-1a's published values, and that hash_64 fills its range. */
static void
hash_values(void **state)
{
    bool seen[64] = {false};

    (void)state;
    assert_true(hash_bytes(0, "", 0) == 0xcbf29ce484222325ULL);
    assert_true(hash_bytes(0, "foobar", 6) == 0x85944171f73967e8ULL);
    for (uint64_t i = 0; i < 1000; i++) {
        assert_true(hash_64(i * 4096, 6) < 64);
        seen[hash_64(i * 4096, 6)] = true;
    }
    for (int i = 0; i < 64; i++)
        assert_true(seen[i]);
}

HOST_TESTS(HOST_TEST(chacha_rfc_vector), HOST_TEST(chacha_zero_key_vector),
           HOST_TEST(hash_values))
