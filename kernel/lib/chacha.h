/* SPDX-License-Identifier: MIT */
/*
 * chacha.h - the ChaCha20 block function (RFC 8439, section 2.3).
 *
 * The random-number generator runs it in counter mode and overwrites its key
 * with part of the output, so that a later look at the key tells nothing of
 * what was handed out before.
 */
#pragma once

#include <stdint.h>

enum {
    CHACHA_WORDS = 16, /* of the state, and of a block */
    CHACHA_KEY = 4,    /* the first of 8 words of key in the state */
    CHACHA_COUNTER = 12,
};

/* The constants that a state begins with: "expand 32-byte k". */
#define CHACHA_INIT 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574

/* One block of key stream; as bytes it is the words in little-endian order. */
void chacha20_block(const uint32_t state[CHACHA_WORDS],
                    uint32_t out[CHACHA_WORDS]);
