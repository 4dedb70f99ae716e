/* SPDX-License-Identifier: MIT */
/*
 * The buddy system of one zone.  Pure: takes no lock, calls nobody.
 */
#pragma once

#include "mm/zone.h"

void buddy_init(struct zone *zone); /* nothing is free yet */

/*
 * Take a block of 2^order frames off the lists.
 * => NULL if there is none that large; zone->lock held
 */
struct page *buddy_alloc(struct zone *zone, unsigned order);

/*
 * Put a block back and merge it with its buddies as far as possible.
 * => pfn is aligned to 2^order; the frames' refcounts are 0; zone->lock held
 */
void buddy_free(struct zone *zone, struct page *page, unsigned order);

/* The same for the frames [from, to), in the largest aligned blocks. */
void buddy_free_range(struct zone *zone, pfn_t from, pfn_t to);
