/* SPDX-License-Identifier: MIT */
/*
 * radix_tree.c - a sparse array indexed by 64-bit numbers, with tags.
 *
 * How
 *   A node has 64 slots and looks at 6 bits of the index: those from its
 *   shift on.  Leaves have shift 0 and hold items.  The root node's shift
 *   is just large enough for the largest index: the tree grows a level by
 *   putting a node on top, whose slot 0 is the old tree, and shrinks when
 *   slot 0 is all the root has.  A file of up to 256 KB is one node.
 *
 *       shift 6     [ 0 | 1 | . | . ...      indices 0 .. 4095
 *                     |   |
 *       shift 0  [a|b|.. [.|c|..             a = 0, b = 1, c = 65
 *
 *   A tag is one bit per slot, kept in the node; for a slot with a child it
 *   says that something below has the tag.  So the next dirty page is found
 *   without looking at clean ones.  "This slot is used" is such a bit, too:
 *   the tag RADIX_PRESENT, kept by insert and delete; and a search for the
 *   next item is a search for the next tag.
 *
 * Invariants
 *   I1  a slot is not NULL if and only if its RADIX_PRESENT bit is set
 *   I2  in a node with shift > 0, a slot's tag bit is set if and only if the
 *       child has that tag set for any slot
 *   I3  no node is empty, and a root node with shift > 0 uses more than slot 0
 *   I4  a child's shift is 6 less than its parent's, and parent, offset agree
 *
 * Locks: the caller's, for reading as well: a lookup under no lock could meet
 * a freed node.
 *
 * Not done: lookups without a lock (they need deferred freeing of nodes), and
 * entries for more than one index.
 * See: the page cache (vm/pagecache.c); Morrison 1968 (PATRICIA).
 */
#include "lib/radix_tree.h"

#include "include/errno.h"
#include "lib/assert.h"
#include "lib/bitops.h"

static unsigned
slot_of(const struct radix_node *node, uint64_t index)
{
    return (index >> node->shift) % RADIX_SLOTS;
}

/* Does index lie behind all that a tree with this root node can hold? */
static bool
beyond(const struct radix_node *root, uint64_t index)
{
    return root->shift + RADIX_BITS < 64 &&
           index >> (root->shift + RADIX_BITS) != 0;
}

/* The shift that a root node needs to reach index. */
static unsigned
shift_for(uint64_t index)
{
    return index ? ilog2(index) / RADIX_BITS * RADIX_BITS : 0;
}

int
radix_preload_fill(struct radix_preload *pre)
{
    while (pre->nr < pre->want) {
        struct radix_node *node = pre->ops->alloc_node();

        if (!node)
            return -ENOMEM;
        node->parent = pre->nodes;
        pre->nodes = node;
        pre->nr++;
    }
    return 0;
}

/* Take a node from pre, which has one, and make it empty. */
static struct radix_node *
take_node(struct radix_preload *pre, unsigned shift)
{
    struct radix_node *node = pre->nodes;

    ASSERT(pre->nr > 0);
    pre->nodes = node->parent;
    pre->nr--;
    *node = (struct radix_node){.shift = (uint8_t)shift};
    return node;
}

void
radix_preload_drop(struct radix_preload *pre)
{
    while (pre->nr)
        pre->ops->free_node(take_node(pre, 0));
}

/* The leaf for index, or NULL if the tree has none. */
static struct radix_node *
find_leaf(const struct radix_tree *tree, uint64_t index)
{
    struct radix_node *node = tree->node;

    if (!node || beyond(node, index))
        return NULL;
    while (node && node->shift)
        node = node->slots[slot_of(node, index)];
    return node;
}

void *
radix_tree_lookup(const struct radix_tree *tree, uint64_t index)
{
    struct radix_node *leaf = find_leaf(tree, index);

    return leaf ? leaf->slots[slot_of(leaf, index)] : NULL;
}

/* Set (clear) a tag of one slot, and in all nodes above where it follows. */
static void
tag_set_up(struct radix_node *node, unsigned slot, enum radix_tag tag)
{
    bool had = false;

    for (; node && !had; slot = node->offset, node = node->parent) {
        had = node->tags[tag] != 0;
        node->tags[tag] |= BIT(slot);
    }
}

static void
tag_clear_up(struct radix_node *node, unsigned slot, enum radix_tag tag)
{
    for (; node; slot = node->offset, node = node->parent) {
        node->tags[tag] &= ~BIT(slot);
        if (node->tags[tag])
            break;
    }
}

/* At most so many nodes does an insert at an index without a leaf add. */
static unsigned
nodes_wanted(const struct radix_node *root, uint64_t index)
{
    unsigned levels = shift_for(index) / RADIX_BITS;

    if (!root)
        return levels + 1;
    if (!beyond(root, index))
        return root->shift / RADIX_BITS;
    /* New levels above the old root, and a path below the new one. */
    return levels - root->shift / RADIX_BITS + levels;
}

/* Put child, with its tags, into a slot of node, which is linked already. */
static void
add_child(struct radix_node *node, unsigned slot, struct radix_node *child)
{
    node->slots[slot] = child;
    child->parent = node;
    child->offset = (uint8_t)slot;
    for (enum radix_tag tag = 0; tag < RADIX_NR_TAGS; tag++)
        if (child->tags[tag])
            tag_set_up(node, slot, tag);
}

/* A leaf for index: nodes on top until the tree reaches it, and below. */
static struct radix_node *
add_leaf(struct radix_tree *tree, uint64_t index, struct radix_preload *pre)
{
    struct radix_node *node = tree->node;
    unsigned slot;

    if (!node)
        tree->node = node = take_node(pre, shift_for(index));
    while (beyond(node, index)) {
        tree->node = take_node(pre, node->shift + RADIX_BITS);
        add_child(tree->node, 0, node);
        node = tree->node;
    }
    for (; node->shift; node = node->slots[slot]) {
        slot = slot_of(node, index);
        if (!node->slots[slot])
            add_child(node, slot, take_node(pre, node->shift - RADIX_BITS));
    }
    return node;
}

int
radix_tree_insert(struct radix_tree *tree, uint64_t index, void *item,
                  struct radix_preload *pre)
{
    struct radix_node *leaf = find_leaf(tree, index);

    ASSERT(item != NULL);
    if (leaf && leaf->slots[slot_of(leaf, index)])
        return -EEXIST;
    pre->want = leaf ? 0 : nodes_wanted(tree->node, index);
    if (pre->nr < pre->want)
        return -EAGAIN;
    if (!leaf)
        leaf = add_leaf(tree, index, pre);
    leaf->slots[slot_of(leaf, index)] = item;
    tag_set_up(leaf, slot_of(leaf, index), RADIX_PRESENT);
    return 0;
}

void *
radix_tree_replace(struct radix_tree *tree, uint64_t index, void *item)
{
    struct radix_node *leaf = find_leaf(tree, index);
    void **slot = leaf ? &leaf->slots[slot_of(leaf, index)] : NULL;
    void *old = slot ? *slot : NULL;

    ASSERT(item && old);
    *slot = item;
    return old;
}

/* Free the nodes from node upwards that are empty, then superfluous roots. */
static void
shrink(struct radix_tree *tree, struct radix_node *node)
{
    while (node && !node->tags[RADIX_PRESENT]) {
        struct radix_node *parent = node->parent;

        if (parent)
            parent->slots[node->offset] = NULL;
        else
            tree->node = NULL;
        tree->ops->free_node(node);
        node = parent;
    }
    node = tree->node;
    while (node && node->shift && node->tags[RADIX_PRESENT] == BIT(0)) {
        tree->node = node->slots[0];
        tree->node->parent = NULL;
        tree->ops->free_node(node);
        node = tree->node;
    }
}

void *
radix_tree_delete(struct radix_tree *tree, uint64_t index)
{
    struct radix_node *leaf = find_leaf(tree, index);
    unsigned slot = leaf ? slot_of(leaf, index) : 0;
    void *item = leaf ? leaf->slots[slot] : NULL;

    if (!item)
        return NULL;
    leaf->slots[slot] = NULL;
    for (enum radix_tag tag = 0; tag < RADIX_NR_TAGS; tag++)
        if (leaf->tags[tag] & BIT(slot))
            tag_clear_up(leaf, slot, tag);
    shrink(tree, leaf);
    return item;
}

void
radix_tree_tag_set(struct radix_tree *tree, uint64_t index, enum radix_tag tag)
{
    struct radix_node *leaf = find_leaf(tree, index);

    if (leaf && leaf->slots[slot_of(leaf, index)])
        tag_set_up(leaf, slot_of(leaf, index), tag);
}

void
radix_tree_tag_clear(struct radix_tree *tree, uint64_t index,
                     enum radix_tag tag)
{
    struct radix_node *leaf = find_leaf(tree, index);

    ASSERT(tag != RADIX_PRESENT);
    if (leaf && (leaf->tags[tag] & BIT(slot_of(leaf, index))))
        tag_clear_up(leaf, slot_of(leaf, index), tag);
}

void *
radix_tree_find(const struct radix_tree *tree, uint64_t *index,
                enum radix_tag tag)
{
    const struct radix_node *node = tree->node;
    uint64_t at = *index;

    if (!node || beyond(node, at))
        return NULL;
    for (;;) {
        unsigned slot = slot_of(node, at);
        uint64_t ahead = node->tags[tag] & (~0UL << slot);

        if (!ahead) {
            /* Nothing here: go on behind this node, from its parent. */
            do {
                slot = node->offset;
                node = node->parent;
            } while (node && slot == RADIX_SLOTS - 1);
            if (!node)
                return NULL;
            at = ((at >> node->shift) + 1) << node->shift;
            if (at == 0) /* behind the largest index */
                return NULL;
            continue;
        }
        if (ctz64(ahead) != slot) /* a later slot: from its beginning */
            at = ((at >> node->shift) + ctz64(ahead) - slot) << node->shift;
        slot = ctz64(ahead);
        if (!node->shift) {
            *index = at;
            return node->slots[slot];
        }
        node = node->slots[slot];
    }
}
