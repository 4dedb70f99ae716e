/* SPDX-License-Identifier: MIT */
/*
 * pool.c - memory that is freed all at once, or back to a mark: a list of
 * chunks, the newest of which is filled from its start.
 */
#include "pool.h"
#include <stdlib.h>
#include <string.h>
#include "util.h"

enum { CHUNK_BYTES = 2000, ALIGN_BYTES = 16 };

struct chunk {
    struct chunk *older;
    size_t size;
    _Alignas(16) char data[];
};

struct pool scratch;

void *
pool_alloc(struct pool *pool, size_t size)
{
    struct chunk *chunk = pool->chunks;
    void *p;

    size = (size + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES;
    if (chunk == NULL || chunk->size - pool->used < size) {
        size_t chunk_size = size > CHUNK_BYTES ? size : CHUNK_BYTES;

        chunk = must_malloc(sizeof(*chunk) + chunk_size);
        chunk->older = pool->chunks;
        chunk->size = chunk_size;
        pool->chunks = chunk;
        pool->used = 0;
    }
    p = chunk->data + pool->used;
    pool->used += size;
    return memset(p, 0, size);
}

char *
pool_strndup(struct pool *pool, const char *s, size_t n)
{
    return memcpy(pool_alloc(pool, n + 1), s, n);
}

char *
pool_strdup(struct pool *pool, const char *s)
{
    return pool_strndup(pool, s, strlen(s));
}

struct pool_mark
pool_mark(const struct pool *pool)
{
    return (struct pool_mark){pool->chunks, pool->used};
}

void
pool_release(struct pool *pool, struct pool_mark mark)
{
    while (pool->chunks != mark.chunk) {
        struct chunk *older = pool->chunks->older;

        free(pool->chunks);
        pool->chunks = older;
    }
    pool->used = mark.used;
}

void
pool_free(struct pool *pool)
{
    pool_release(pool, (struct pool_mark){NULL, 0});
}
