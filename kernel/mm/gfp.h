/* SPDX-License-Identifier: MIT */
/*
 * GFP flags: where a frame may come from and what the allocator may do to
 * get it.  Not re-entering the file system or the block layer is a scope of
 * the thread (riscv/thread.h), not a flag.
 */
#pragma once

#include "lib/types.h"

#define __GFP_DMA 0x01u     /* only ZONE_DMA */
#define __GFP_DMA32 0x02u   /* ZONE_DMA32 or below */
#define __GFP_MOVABLE 0x04u /* a user or page cache page: could be moved */
#define __GFP_ZERO 0x08u    /* zeroed */
#define __GFP_WAIT 0x10u    /* may sleep and reclaim directly */
#define __GFP_HIGH 0x20u    /* may use half of the min reserve */
#define __GFP_NOWARN 0x40u  /* failure is expected: no report */
#define __GFP_NORETRY 0x80u /* fail rather than call the OOM killer */
#define __GFP_KSWAPD 0x100u /* wake kswapd below the low watermark */
#define __GFP_USER 0x200u   /* for a user: full lowmem protection */

#define GFP_KERNEL (__GFP_WAIT | __GFP_KSWAPD)
#define GFP_ATOMIC (__GFP_HIGH | __GFP_KSWAPD)
#define GFP_USER (GFP_KERNEL | __GFP_USER)
#define GFP_USER_MOVABLE (GFP_USER | __GFP_MOVABLE)

/*
 * In DEBUG builds alloc_pages() and kmem_cache_alloc() first ask the hook, in
 * any context and with any lock held, whether they should fail.  Host tests,
 * and /proc/PID/fail-nth in the guest, so fail the Nth allocation for every N.
 */
#ifdef DEBUG
extern bool (*fail_alloc_hook)(gfp_t gfp); /* NULL: nothing fails */
#define should_fail_alloc(gfp) (fail_alloc_hook && fail_alloc_hook(gfp))
#else
#define should_fail_alloc(gfp) false
#endif
