/* SPDX-License-Identifier: MIT */
/*
 * hash.h - hash functions for tables of 2^bits chains.
 *
 * Not for adversaries: who can choose the keys can make them collide.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Multiply by 2^64 / golden ratio; the upper bits are the best mixed. */
static inline uint32_t
hash_64(uint64_t key, unsigned bits)
{
    return (uint32_t)((key * 0x9e3779b97f4a7c15ULL) >> (64 - bits));
}

/* FNV-1a over n bytes: fold it with hash_64(h, bits).  start: mixed in. */
static inline uint64_t
hash_bytes(uint64_t start, const void *data, size_t n)
{
    const uint8_t *p = data;
    uint64_t hash = 0xcbf29ce484222325ULL ^ start;

    while (n--)
        hash = (hash ^ *p++) * 0x100000001b3ULL;
    return hash;
}
