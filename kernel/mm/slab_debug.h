/* SPDX-License-Identifier: MIT */
/*
 * slab_debug.h - poison, red zones and owners of slab objects, in DEBUG
 * builds; nothing at all in others.  See slab_debug.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct kmem_cache;

#ifdef DEBUG
/* Bytes to add behind an object of this size, itself rounded up to 8. */
size_t debug_trailer_size(size_t size);
/* A new slab's object. => true if it must not be constructed now */
bool debug_init_object(struct kmem_cache *cache, void *object);
/* Check that nobody touched the free object, and make it ready for use. */
void debug_alloc_object(struct kmem_cache *cache, void *object,
                        const void *caller);
/* Check and poison. */
void debug_free_object(struct kmem_cache *cache, void *object,
                       const void *caller);
#else
#define debug_trailer_size(size) ((size_t)0)
#define debug_init_object(cache, object) false
#define debug_alloc_object(cache, object, caller) ((void)(caller))
#define debug_free_object(cache, object, caller) ((void)(caller))
#endif
