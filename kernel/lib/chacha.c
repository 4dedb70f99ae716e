/* SPDX-License-Identifier: MIT */
/*
 * chacha.c - the ChaCha20 block function (RFC 8439, section 2.3).
 *
 * The state is a square of 16 words: 4 of constants, 8 of key, the counter,
 * and 3 of nonce.  Twenty rounds of additions, exclusive-ors and rotations mix
 * it, in turn down the columns and along the diagonals.  Adding the state from
 * before makes that impossible to run backwards.
 */
#include "lib/chacha.h"

static uint32_t
rotl32(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

static void
quarter_round(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
    *a += *b;
    *d = rotl32(*d ^ *a, 16);
    *c += *d;
    *b = rotl32(*b ^ *c, 12);
    *a += *b;
    *d = rotl32(*d ^ *a, 8);
    *c += *d;
    *b = rotl32(*b ^ *c, 7);
}

void
chacha20_block(const uint32_t state[CHACHA_WORDS], uint32_t out[CHACHA_WORDS])
{
    for (int i = 0; i < CHACHA_WORDS; i++)
        out[i] = state[i];
    for (int round = 0; round < 20; round += 2) {
        for (int i = 0; i < 4; i++) /* columns */
            quarter_round(&out[i], &out[4 + i], &out[8 + i], &out[12 + i]);
        for (int i = 0; i < 4; i++) /* diagonals */
            quarter_round(&out[i], &out[4 + (i + 1) % 4], &out[8 + (i + 2) % 4],
                          &out[12 + (i + 3) % 4]);
    }
    for (int i = 0; i < CHACHA_WORDS; i++)
        out[i] += state[i];
}
