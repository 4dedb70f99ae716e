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

#define CHACHA_KEY_WORDS 8
#define CHACHA_NONCE_WORDS 3
#define CHACHA_BLOCK_WORDS 16

/* One block of key stream; as bytes it is the words in little-endian order. */
void chacha20_block(const uint32_t key[CHACHA_KEY_WORDS], uint32_t counter,
                    const uint32_t nonce[CHACHA_NONCE_WORDS],
                    uint32_t out[CHACHA_BLOCK_WORDS]);
