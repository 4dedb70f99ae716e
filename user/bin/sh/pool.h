/* SPDX-License-Identifier: MIT */
/*
 * pool.h - memory that is freed all at once, or back to a mark.
 *
 * A tree lives in a pool of its own, which goes when the command has run (that
 * of a function stays). Arguments and other short-lived strings come from the
 * scratch pool, which is used like a stack: take a mark, allocate, release.
 */
#ifndef SH_POOL_H
#define SH_POOL_H

#include <stddef.h>

struct chunk;

struct pool {
    struct chunk *chunks; /* newest first */
    size_t used;          /* of the newest */
};

struct pool_mark {
    struct chunk *chunk;
    size_t used;
};

extern struct pool scratch;

/* => zeroed, aligned to 16; never NULL */
void *pool_alloc(struct pool *pool, size_t size);
char *pool_strndup(struct pool *pool, const char *s, size_t n);
char *pool_strdup(struct pool *pool, const char *s);
struct pool_mark pool_mark(const struct pool *pool);
void pool_release(struct pool *pool, struct pool_mark mark);
void pool_free(struct pool *pool);

#endif
