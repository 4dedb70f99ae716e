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
    union {
        struct rb_node *child[2];
        struct {
            struct rb_node *rb_left, *rb_right;
        };
    };
};

struct rb_root {
    struct rb_node *node;
};

#define RB_ROOT_INIT ((struct rb_root){NULL})
#define rb_entry(ptr, type, member) container_of(ptr, type, member)

/*
 * For a tree whose nodes keep a summary of their subtree.  The same augment
 * must be given to every change of a tree.
 */
struct rb_augment {
    /*
     * Recompute node's summary from node itself and its two children.
     * => has it changed?
     */
    bool (*update)(struct rb_node *node);
};

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
               const struct rb_augment *aug);

/* Remove node, which is in the tree. */
void rb_erase(struct rb_root *root, struct rb_node *node,
              const struct rb_augment *aug);

/* What node's summary depends on has changed: update it and those above it. */
void rb_augment_propagate(struct rb_node *node, const struct rb_augment *aug);

/* The last node on the way down from node to side d (0: left). */
struct rb_node *rb_outermost(struct rb_node *node, int d);
/* The neighbour of node on side d, in order. */
struct rb_node *rb_neighbour(const struct rb_node *node, int d);

/* In order; NULL at the end. */
#define rb_first(root) rb_outermost((root)->node, 0)
#define rb_last(root) rb_outermost((root)->node, 1)
#define rb_next(node) rb_neighbour(node, 1)
#define rb_prev(node) rb_neighbour(node, 0)

/* Panic unless the invariants of rbtree.c hold (tests and DEBUG builds). */
void rb_check(const struct rb_root *root);
