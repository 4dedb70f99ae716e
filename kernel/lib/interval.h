/* SPDX-License-Identifier: MIT */
/*
 * interval.h - sets of intervals of numbers: which of them hold this one?
 * See interval.c.
 *
 *     struct interval *i;
 *     for_each_interval(i, &root, first, last)
 *         container_of(i, struct thing, interval) ...
 */
#pragma once

#include "lib/rbtree.h"

struct interval {
    struct rb_node node;
    uint64_t first, last; /* both inside; fixed while in a set */
    uint64_t max_last;    /* the greatest in the subtree */
};

/* i comes behind those that have the same first. */
void interval_insert(struct rb_root *root, struct interval *i);
void interval_erase(struct rb_root *root, struct interval *i);
/* i, in the set, becomes [first, last]. */
void interval_move(struct rb_root *root, struct interval *i, uint64_t first,
                   uint64_t last);

/* The first that meets [first, last], and the one after i; or NULL. */
struct interval *interval_first(const struct rb_root *root, uint64_t first,
                                uint64_t last);
struct interval *interval_next(const struct interval *i, uint64_t first,
                               uint64_t last);

#define for_each_interval(i, root, first, last)                                \
    for (i = interval_first(root, first, last); i;                             \
         i = interval_next(i, first, last))
