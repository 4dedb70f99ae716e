/* SPDX-License-Identifier: MIT */
/*
 * interval.c - interval trees.
 *
 * A red-black tree in the order of the firsts, in which each node knows the
 * greatest last of its subtree: a subtree that ends before what we look for
 * is left out whole, and behind the first one that begins after it nothing
 * more can come.  So the k intervals that meet a range are found in
 * O(log n + k) steps but for rare shapes.
 *
 * Locks: the caller's.
 * See: Cormen et al., Introduction to Algorithms, section 14.3.
 */
#include "lib/interval.h"

static struct interval *
interval_of(const struct rb_node *node)
{
    return rb_entry(node, struct interval, node);
}

static bool
update_max_last(struct rb_node *node)
{
    struct interval *i = interval_of(node);
    uint64_t old = i->max_last;

    i->max_last = i->last;
    for (int d = 0; d < 2; d++)
        if (node->child[d])
            i->max_last =
                MAX(i->max_last, interval_of(node->child[d])->max_last);
    return i->max_last != old;
}

static const struct rb_augment max_last_augment = {update_max_last};

void
interval_insert(struct rb_root *root, struct interval *i)
{
    struct rb_node **link = &root->node, *parent = NULL;

    while (*link) {
        parent = *link;
        link = i->first < interval_of(parent)->first ? &parent->rb_left
                                                     : &parent->rb_right;
    }
    rb_link_node(&i->node, parent, link);
    rb_insert(root, &i->node, &max_last_augment);
}

void
interval_erase(struct rb_root *root, struct interval *i)
{
    rb_erase(root, &i->node, &max_last_augment);
}

void
interval_move(struct rb_root *root, struct interval *i, uint64_t first,
              uint64_t last)
{
    bool stays = i->first == first;

    if (!stays)
        interval_erase(root, i);
    i->first = first;
    i->last = last;
    if (stays)
        rb_augment_propagate(&i->node, &max_last_augment);
    else
        interval_insert(root, i);
}

/* Does something in the subtree reach `first`? */
static bool
reaches(const struct rb_node *node, uint64_t first)
{
    return node && interval_of(node)->max_last >= first;
}

/* The first in the subtree, which reaches `first`. */
static struct interval *
first_in(const struct rb_node *node, uint64_t first, uint64_t last)
{
    for (;;) {
        struct interval *i = interval_of(node);

        if (reaches(node->rb_left, first))
            node = node->rb_left; /* there, or else all begins behind last */
        else if (i->first > last)
            return NULL;
        else if (i->last >= first)
            return i;
        else
            node = node->rb_right;
    }
}

struct interval *
interval_first(const struct rb_root *root, uint64_t first, uint64_t last)
{
    return reaches(root->node, first) ? first_in(root->node, first, last)
                                      : NULL;
}

struct interval *
interval_next(const struct interval *i, uint64_t first, uint64_t last)
{
    const struct rb_node *node = &i->node, *parent;

    if (reaches(node->rb_right, first))
        return first_in(node->rb_right, first, last);
    for (; (parent = rb_parent(node)); node = parent) {
        if (node == parent->rb_right)
            continue;
        i = interval_of(parent);
        if (i->first > last)
            return NULL;
        if (i->last >= first)
            return interval_of(parent);
        if (reaches(parent->rb_right, first))
            return first_in(parent->rb_right, first, last);
    }
    return NULL;
}
