/* SPDX-License-Identifier: MIT */
/*
 * rng.h - random bytes: a ChaCha20 generator over an entropy pool.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Boot: the firmware's seed (may be NULL) and the clock; the boot argument
 * rng=SEED pins the generator instead, and later mixes are ignored.
 */
void rng_init(const void *seed, size_t len);

/* Stir bytes, or one unpredictable value (a time), into the pool. */
void rng_seed(const void *seed, size_t len);
void rng_mix(uint64_t value);

/* Fill buf.  Any context. */
void rng_bytes(void *buf, size_t n);
