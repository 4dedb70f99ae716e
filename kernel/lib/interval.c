/* SPDX-License-Identifier: MIT */
/*
 * interval.c - interval trees.
 *
 * A red-black tree in the order of the firsts, in which each node knows the
 * greatest last of its subtree: a subtree that ends before what we look for
 * is left out whole.  All that is looked at then ends late enough, or has one
 * below it that does; and behind the first that begins after the range nothing
 * more can come.  So the k intervals that meet a range are found in
 * O((k + 1) log n) steps.
 *
 * Locks: the caller's.
 * See: Cormen et al., Introduction to Algorithms, section 14.3.
 */
#include "lib/interval.h"

#define interval_of(rb) rb_entry(rb, struct interval, node)

/* Does something in the subtree end at `first` or behind it? */
#define reaches(rb, first) ((rb) && interval_of(rb)->max_last >= (first))

static bool
update_max_last(struct rb_node *node)
{
    struct interval *i = interval_of(node);
    uint64_t old = i->max_last;

    i->max_last = i->last;
    for (int d = 0; d < 2; d++)
        if (reaches(node->child[d], i->max_last))
            i->max_last = interval_of(node->child[d])->max_last;
    return i->max_last != old;
}

void
interval_insert(struct rb_root *root, struct interval *i)
{
    struct rb_node **link = &root->node, *parent = NULL;

    while (*link) {
        parent = *link;
        link = &parent->child[i->first >= interval_of(parent)->first];
    }
    rb_link_node(&i->node, parent, link);
    rb_insert(root, &i->node, update_max_last);
}

void
interval_erase(struct rb_root *root, struct interval *i)
{
    rb_erase(root, &i->node, update_max_last);
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
        rb_propagate(&i->node, update_max_last);
    else
        interval_insert(root, i);
}

/*
 * In order, but without the subtrees that do not reach `first`: the first of a
 * subtree, which does reach it, and the one after node.
 */
static const struct rb_node *
outermost(const struct rb_node *node, uint64_t first)
{
    while (reaches(node->rb_left, first))
        node = node->rb_left;
    return node;
}

static const struct rb_node *
step(const struct rb_node *node, uint64_t first)
{
    const struct rb_node *parent;

    if (reaches(node->rb_right, first))
        return outermost(node->rb_right, first);
    while ((parent = rb_parent(node)) && node == parent->rb_right)
        node = parent;
    return parent;
}

/* From node on: the first that ends late enough has to begin early enough. */
static struct interval *
first_from(const struct rb_node *node, uint64_t first, uint64_t last)
{
    while (node && interval_of(node)->last < first)
        node = step(node, first);
    return node && interval_of(node)->first <= last ? interval_of(node) : NULL;
}

struct interval *
interval_first(const struct rb_root *root, uint64_t first, uint64_t last)
{
    const struct rb_node *top = reaches(root->node, first) ? root->node : NULL;

    return first_from(top ? outermost(top, first) : NULL, first, last);
}

struct interval *
interval_next(const struct interval *i, uint64_t first, uint64_t last)
{
    return first_from(step(&i->node, first), first, last);
}
