/* SPDX-License-Identifier: MIT */
/*
 * rb_check.h - panic unless the invariants of kernel/lib/rbtree.c hold; and the
 * neighbour of a node in order, by which tests walk.
 */
#ifndef RB_CHECK_H
#define RB_CHECK_H

#include "lib/assert.h"
#include "lib/rbtree.h"

/* The number of black nodes on each way down from node. */
static unsigned
check_subtree(const struct rb_node *node, const struct rb_node *parent)
{
    unsigned left, right, black;

    if (!node)
        return 0;
    black = node->parent_colour & 1;
    ASSERT(rb_parent(node) == parent);                        /* I1 */
    ASSERT(black || (parent && (parent->parent_colour & 1))); /* I2 */
    left = check_subtree(node->rb_left, node);
    right = check_subtree(node->rb_right, node);
    ASSERT(left == right); /* I3 */
    return left + black;
}

static inline void
rb_check(const struct rb_root *root)
{
    check_subtree(root->node, NULL);
}

/* The neighbour on side d (0: before); NULL at the end. */
static inline struct rb_node *
rb_neighbour(struct rb_node *node, int d)
{
    struct rb_node *parent = rb_parent(node);

    if (node->child[d]) {
        node = node->child[d];
        while (node->child[!d])
            node = node->child[!d];
        return node;
    }
    for (; parent && parent->child[d] == node; parent = rb_parent(node))
        node = parent;
    return parent;
}

#endif
