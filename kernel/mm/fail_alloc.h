/* SPDX-License-Identifier: MIT */
/*
 * fail_alloc.h - making allocations fail on purpose, in DEBUG builds.
 *
 * alloc_pages() and kmem_cache_alloc() ask should_fail_alloc() first.  Host
 * tests, and /proc/PID/fail-nth for tests in the guest, set the hook to fail
 * the Nth allocation for every N.
 */
#pragma once

#include <stdbool.h>

#include "lib/types.h"

#ifdef DEBUG
/* Any context, any lock held.  NULL: nothing fails. */
extern bool (*fail_alloc_hook)(gfp_t gfp);

static inline bool
should_fail_alloc(gfp_t gfp)
{
    return fail_alloc_hook && fail_alloc_hook(gfp);
}
#else
#define should_fail_alloc(gfp) false
#endif
