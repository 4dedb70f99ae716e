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

const struct radix_ops *radix_ops;

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
    return ilog2(index | 1) / RADIX_BITS * RADIX_BITS;
}

int
radix_preload_fill(struct radix_preload *pre, uint32_t gfp)
{
    while (pre->nr < pre->want) {
        struct radix_node *node = radix_ops->alloc_node(gfp);

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
        radix_ops->free_node(take_node(pre, 0));
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

    return leaf ? leaf->slots[index % RADIX_SLOTS] : NULL;
}

/*
 * Set or clear a tag of one slot, and in the nodes above as far as it follows:
 * to where a node had the tag before if and only if it has it now.
 */
static void
tag_slot(struct radix_node *node, unsigned slot, enum radix_tag tag, bool on)
{
    uint64_t old, *tags;

    for (; node; slot = node->offset, node = node->parent) {
        tags = &node->tags[tag];
        old = *tags;
        *tags = (old & ~BIT(slot)) | (uint64_t)on << slot;
        if (!old == !*tags)
            break;
    }
}

/* At most so many nodes does an insert at an index without a leaf add. */
static unsigned
nodes_wanted(const struct radix_node *root, uint64_t index)
{
    unsigned levels = root ? root->shift / RADIX_BITS + 1 : 0;
    unsigned then = MAX(levels, shift_for(index) / RADIX_BITS + 1);

    /* New levels above the old root, and a path below the root. */
    return then - levels + (root ? then - 1 : 0);
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
            tag_slot(node, slot, tag, true);
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
    unsigned slot = index % RADIX_SLOTS;

    ASSERT(item != NULL);
    if (leaf && leaf->slots[slot])
        return -EEXIST;
    pre->want = leaf ? 0 : nodes_wanted(tree->node, index);
    if (pre->nr < pre->want)
        return -EAGAIN;
    if (!leaf)
        leaf = add_leaf(tree, index, pre);
    leaf->slots[slot] = item;
    tag_slot(leaf, slot, RADIX_PRESENT, true);
    return 0;
}

void *
radix_tree_replace(struct radix_tree *tree, uint64_t index, void *item)
{
    void *old = radix_tree_lookup(tree, index);

    ASSERT(item && old);
    find_leaf(tree, index)->slots[index % RADIX_SLOTS] = item;
    return old;
}

void *
radix_tree_delete(struct radix_tree *tree, uint64_t index)
{
    struct radix_node *node = find_leaf(tree, index), *parent;
    void *item = node ? node->slots[index % RADIX_SLOTS] : NULL;

    if (!item)
        return NULL;
    node->slots[index % RADIX_SLOTS] = NULL;
    for (enum radix_tag tag = 0; tag < RADIX_NR_TAGS; tag++)
        tag_slot(node, index % RADIX_SLOTS, tag, false);
    /* Free the nodes from here upwards that are empty, */
    for (; node && !node->tags[RADIX_PRESENT]; node = parent) {
        parent = node->parent;
        *(parent ? &parent->slots[node->offset] : (void **)&tree->node) = NULL;
        radix_ops->free_node(node);
    }
    /* and roots that have nothing but slot 0. */
    while ((node = tree->node) && node->shift &&
           node->tags[RADIX_PRESENT] == BIT(0)) {
        tree->node = node->slots[0];
        tree->node->parent = NULL;
        radix_ops->free_node(node);
    }
    return item;
}

void
radix_tree_tag(struct radix_tree *tree, uint64_t index, enum radix_tag tag,
               bool on)
{
    struct radix_node *leaf = find_leaf(tree, index);

    if (leaf && leaf->slots[index % RADIX_SLOTS])
        tag_slot(leaf, index % RADIX_SLOTS, tag, on);
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
