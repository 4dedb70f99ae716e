/* SPDX-License-Identifier: MIT */
/*
 * radix_tree.h - a sparse array of pointers with tags.  See radix_tree.c.
 *
 * The page cache keeps the pages of a file in one, by page index.  An item is
 * any value of a pointer's size but NULL; the tree never looks behind it.  By
 * convention those with bit 0 set are exceptional entries: values that are no
 * pointer, such as swap entries.  radix_tree_replace() exchanges one kind for
 * the other in place; what looks for items finds both, so whoever walks a tree
 * that may hold exceptional entries asks radix_is_exceptional() first.
 *
 * Inserting happens under the caller's spinlock, where nodes cannot be
 * allocated, so they come from a preload:
 *
 *     struct radix_preload pre = {0};
 * retry:
 *     spin_lock(&lock);
 *     err = radix_tree_insert(&tree, index, item, &pre);
 *     spin_unlock(&lock);
 *     if (err == -EAGAIN && !(err = radix_preload_fill(&pre, gfp)))
 *         goto retry;            // ends: pre holds what was asked for
 *     radix_preload_drop(&pre);
 *
 * Most inserts need no node, so the empty preload is the right first try.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/macros.h"

#define RADIX_BITS 6
#define RADIX_SLOTS (1U << RADIX_BITS)

enum radix_tag {
    RADIX_PRESENT, /* the slot is used: kept by the tree itself */
    RADIX_TAG_DIRTY,
    RADIX_TAG_WRITEBACK,
    RADIX_NR_TAGS
};

struct radix_node {
    struct radix_node *parent; /* NULL in the root node */
    uint8_t shift;             /* index bits below this node's: 0 in a leaf */
    uint8_t offset;            /* its slot in the parent */
    uint64_t tags[RADIX_NR_TAGS]; /* per tag one bit a slot */
    void *slots[RADIX_SLOTS];     /* children, or items if shift is 0 */
};

/* lib <- vm: where nodes come from.  Set before the first insert. */
struct radix_ops {
    /* May sleep; what gfp means is for vm to know.  NULL: no memory */
    struct radix_node *(*alloc_node)(uint32_t gfp);
    void (*free_node)(struct radix_node *); /* called under a tree's lock */
};
extern const struct radix_ops *radix_ops;

/* Zeroed memory is an empty one, and so it is with a preload. */
struct radix_tree {
    struct radix_node *node; /* the root node, NULL when empty */
};

struct radix_preload {
    struct radix_node *nodes; /* a stack linked through ->parent */
    unsigned nr;              /* how many it holds */
    unsigned want;            /* how many the last insert needed */
};

#define radix_is_exceptional(item) (((uintptr_t)(item)&1) != 0)

/* Allocate until pre holds what the last insert wanted: 0 or -ENOMEM. */
int radix_preload_fill(struct radix_preload *pre, uint32_t gfp);
/* Free what is left. */
void radix_preload_drop(struct radix_preload *pre);

/*
 * Put item at index, with all tags clear.
 * => 0; -EEXIST if something is there; -EAGAIN if pre has too few nodes (the
 *    tree is unchanged: drop the lock, radix_preload_fill(), try again)
 */
int radix_tree_insert(struct radix_tree *tree, uint64_t index, void *item,
                      struct radix_preload *pre);

/* The item at index, or NULL. */
void *radix_tree_lookup(const struct radix_tree *tree, uint64_t index);

/* Exchange the item at index, which exists, keeping its tags; the old item. */
void *radix_tree_replace(struct radix_tree *tree, uint64_t index, void *item);

/* Remove and return the item at index, or NULL; frees nodes that get empty. */
void *radix_tree_delete(struct radix_tree *tree, uint64_t index);

/* Set or clear a tag of the item at index; nothing if there is none. */
void radix_tree_tag(struct radix_tree *tree, uint64_t index, enum radix_tag tag,
                    bool on);

/* Has any item this tag? */
#define radix_tree_tagged(tree, tag) ((tree)->node && (tree)->node->tags[tag])

/*
 * The first item at or after *index that has the tag (RADIX_PRESENT: any);
 * *index becomes its index.  NULL, and *index unchanged, if there is none.
 */
void *radix_tree_find(const struct radix_tree *tree, uint64_t *index,
                      enum radix_tag tag);
