/* SPDX-License-Identifier: MIT */
/*
 * rbtree.h - red-black trees, optionally augmented.  See rbtree.c.
 *
 * The node is embedded in the object.  The tree compares nothing: the caller
 * walks down by rb_left and rb_right, keeping the address of the link it
 * followed, and then inserts there:
 *
 *     struct rb_node **link = &root->node, *parent = NULL;
 *     while (*link) {
 *         parent = *link;
 *         link = key < key_of(parent) ? &parent->rb_left : &parent->rb_right;
 *     }
 *     rb_link_node(&obj->rb, parent, link);
 *     rb_insert(root, &obj->rb, NULL);
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/macros.h"

struct rb_node {
    uintptr_t parent_colour; /* the parent's address; bit 0: black */
    struct rb_node *child[2];
};

#define rb_left child[0]
#define rb_right child[1]

struct rb_root {
    struct rb_node *node;
};

#define RB_ROOT_INIT ((struct rb_root){NULL})
#define rb_entry(ptr, type, member) container_of(ptr, type, member)

/*
 * For a tree whose nodes keep a summary of their subtree: recompute node's from
 * node itself and its two children.  The same function, or NULL where there are
 * no summaries, must be given to every change of a tree.
 * => has it changed?
 */
typedef bool rb_update_fn(struct rb_node *node);

static inline struct rb_node *
rb_parent(const struct rb_node *node)
{
    return (struct rb_node *)(node->parent_colour & ~(uintptr_t)1);
}

/* Hang node, which is in no tree, at *link below parent; then rb_insert(). */
static inline void
rb_link_node(struct rb_node *node, struct rb_node *parent,
             struct rb_node **link)
{
    node->parent_colour = (uintptr_t)parent;
    node->rb_left = node->rb_right = NULL;
    *link = node;
}

/* Restore balance (and summaries) after rb_link_node(node). */
void rb_insert(struct rb_root *root, struct rb_node *node,
               rb_update_fn *update);

/* Remove node, which is in the tree. */
void rb_erase(struct rb_root *root, struct rb_node *node, rb_update_fn *update);

/* What node's summary depends on has changed: update it and those above it. */
void rb_propagate(struct rb_node *node, rb_update_fn *update);

/* The first in order of the subtree of node (of none: NULL). */
struct rb_node *rb_leftmost(struct rb_node *node);
#define rb_first(root) rb_leftmost((root)->node)
