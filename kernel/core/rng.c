/* SPDX-License-Identifier: MIT */
/*
 * rng.c - random bytes.
 *
 * The pool is a ChaCha20 key.  Entropy is mixed in by XOR followed by one
 * block, whose first half becomes the new key.  Output blocks come from the
 * same function; each request ends by replacing the key (fast key erasure), so
 * a later look at the kernel's memory tells nothing of what was handed out.
 *
 * Invariants
 *   I1  No block of key stream is used twice: the counter rises within a
 *       request, and the key changes after it.
 *   I2  Pinned by rng=SEED, the output depends on the order of requests only.
 *
 * Locks: rng_lock, innermost (unranked: it is held around nothing else).
 * Not done: an estimate of entropy; reading never blocks.
 * See: Bernstein, "Fast-key-erasure random-number generators", 2017.
 */
#include "core/rng.h"

#include "core/bootargs.h"
#include "core/spinlock.h"
#include "lib/chacha.h"
#include "lib/macros.h"
#include "lib/string.h"
#include "riscv/timer.h"

enum { KEY_BYTES = (CHACHA_COUNTER - CHACHA_KEY) * sizeof(uint32_t) };

static struct spinlock rng_lock = SPINLOCK_INIT(RANK_NONE, "rng");
static uint32_t state[CHACHA_WORDS] = {CHACHA_INIT}; /* rng_lock */
static bool pinned;                                  /* (c) after rng_init */

/* => rng_lock held */
static void
change_key(void)
{
    uint32_t block[CHACHA_WORDS];

    chacha20_block(state, block);
    memcpy(&state[CHACHA_KEY], block, KEY_BYTES);
    memset(block, 0, sizeof(block));
    state[CHACHA_COUNTER] = 0;
}

void
rng_seed(const void *seed, size_t len)
{
    const uint8_t *bytes = seed;

    if (pinned)
        return;
    spin_lock(&rng_lock);
    for (size_t i = 0; i < len; i++) {
        ((uint8_t *)&state[CHACHA_KEY])[i % KEY_BYTES] ^= bytes[i];
        if (i % KEY_BYTES == KEY_BYTES - 1 || i == len - 1)
            change_key();
    }
    spin_unlock(&rng_lock);
}

void
rng_mix(uint64_t value)
{
    rng_seed(&value, sizeof(value));
}

void
rng_init(const void *seed, size_t len)
{
    bool pin = bootarg_find("rng");

    if (seed && !pin)
        rng_seed(seed, len);
    rng_mix(pin ? bootarg_get_size("rng", 0) : timer_read());
    pinned = pin;
}

void
rng_bytes(void *buf, size_t n)
{
    uint32_t block[CHACHA_WORDS];
    uint8_t *out = buf;

    spin_lock(&rng_lock);
    while (n) {
        size_t part = MIN(n, sizeof(block));

        chacha20_block(state, block);
        state[CHACHA_COUNTER]++;
        memcpy(out, block, part);
        out += part;
        n -= part;
    }
    change_key();
    spin_unlock(&rng_lock);
    memset(block, 0, sizeof(block));
}
