/* SPDX-License-Identifier: MIT */
/*
 * rbtree.c - red-black trees: ordered sets with O(log n) insert and remove.
 *
 * How
 *   A binary search tree whose nodes are red or black.  I2 and I3 make the
 *   longest path from the root at most twice as long as the shortest.  An
 *   insert adds a red leaf, which can break only I2; an erase of a black node
 *   breaks only I3, by one, on one side.  Both are repaired walking up, by
 *   recolouring, and end after at most three rotations.
 *
 *        g               p       A rotation keeps the order x p y g z and
 *       / \             / \      changes three links in each direction.
 *      p   z   <--->   x   g
 *     / \                 / \
 *    x   y               y   z
 *
 *   The two mirror images of every case are one piece of code: children are
 *   child[0] and child[1], and d says which side we are on.
 *
 *   The colour is bit 0 of the parent pointer, set for black.
 *
 * Augmentation
 *   A node may keep a summary of its subtree (the largest gap, the highest
 *   end).  Rotations update the two nodes they turn, insert and erase the
 *   path from the lowest changed node to the root; insert only as far as
 *   something changes, which mostly is not far.
 *
 * Invariants
 *   I1  the links agree: node->child[d]->parent == node; the root has none
 *   I2  a red node has no red child, and the root is black
 *   I3  every path from the root down to a missing child passes the same
 *       number of black nodes
 *
 * Locks: the caller's.
 * See: Cormen et al., Introduction to Algorithms, chapter 13.
 */
#include "lib/rbtree.h"

#include "lib/assert.h"

#define BLACK 1UL

static bool
is_black(const struct rb_node *node)
{
    return !node || (node->parent_colour & BLACK);
}

static void
set_black(struct rb_node *node)
{
    node->parent_colour |= BLACK;
}

static void
set_red(struct rb_node *node)
{
    node->parent_colour &= ~BLACK;
}

static void
set_parent(struct rb_node *node, struct rb_node *parent)
{
    node->parent_colour = (uintptr_t)parent | (node->parent_colour & BLACK);
}

/* Which child of its parent is node? */
static int
side_of(const struct rb_node *node, const struct rb_node *parent)
{
    return parent->child[1] == node;
}

/* Let parent (or the root, if NULL) point to `to` where it did to `from`. */
static void
replace_child(struct rb_root *root, struct rb_node *parent,
              struct rb_node *from, struct rb_node *to)
{
    if (parent)
        parent->child[side_of(from, parent)] = to;
    else
        root->node = to;
}

/* Turn node down to side d; its other child comes up and is returned. */
static struct rb_node *
rotate(struct rb_root *root, struct rb_node *node, int d,
       const struct rb_augment *aug)
{
    struct rb_node *up = node->child[!d], *inner = up->child[d];
    struct rb_node *parent = rb_parent(node);

    replace_child(root, parent, node, up);
    set_parent(up, parent);
    up->child[d] = node;
    set_parent(node, up);
    node->child[!d] = inner;
    if (inner)
        set_parent(inner, node);
    if (aug) {
        aug->update(node);
        aug->update(up);
    }
    return up;
}

void
rb_augment_propagate(struct rb_node *node, const struct rb_augment *aug)
{
    while (node && aug->update(node))
        node = rb_parent(node);
}

void
rb_insert(struct rb_root *root, struct rb_node *node,
          const struct rb_augment *aug)
{
    struct rb_node *parent, *grand, *uncle;

    set_red(node);
    if (aug) {
        aug->update(node);
        rb_augment_propagate(rb_parent(node), aug);
    }
    /* A red parent is not the root, so the grandparent exists. */
    while ((parent = rb_parent(node)) && !is_black(parent)) {
        grand = rb_parent(parent);
        int d = side_of(parent, grand);

        uncle = grand->child[!d];
        if (!is_black(uncle)) {
            /* Hand the grandparent's black down; look again from there. */
            set_black(parent);
            set_black(uncle);
            set_red(grand);
            node = grand;
            continue;
        }
        if (side_of(node, parent) != d)
            parent = rotate(root, parent, d, aug);
        set_black(parent);
        set_red(grand);
        rotate(root, grand, !d, aug);
        break;
    }
    set_black(root->node);
}

/*
 * The paths through parent->child[d] are one black node short.  Either that
 * child is red and is painted black, or its sibling's side gives one up.
 */
static void
erase_repair(struct rb_root *root, struct rb_node *parent, int d,
             const struct rb_augment *aug)
{
    struct rb_node *node, *sib;

    while (parent && is_black(parent->child[d])) {
        sib = parent->child[!d];
        if (!is_black(sib)) {
            /* Get a black sibling: turn the red one above parent. */
            set_black(sib);
            set_red(parent);
            rotate(root, parent, d, aug);
            sib = parent->child[!d];
        }
        if (is_black(sib->child[0]) && is_black(sib->child[1])) {
            /* Make the sibling's paths short too: now parent is. */
            set_red(sib);
            node = parent;
            parent = rb_parent(node);
            d = parent ? side_of(node, parent) : 0;
            continue;
        }
        if (is_black(sib->child[!d])) {
            set_black(sib->child[d]);
            set_red(sib);
            sib = rotate(root, sib, !d, aug);
        }
        /* sib takes parent's place and colour; both its children are black. */
        if (!is_black(parent))
            set_red(sib);
        set_black(parent);
        set_black(sib->child[!d]);
        rotate(root, parent, d, aug);
        return;
    }
    node = parent ? parent->child[d] : root->node;
    if (node)
        set_black(node);
}

/* Put heir, which has no parent and children of its own, in node's place. */
static void
take_place(struct rb_root *root, struct rb_node *node, struct rb_node *heir)
{
    *heir = *node;
    replace_child(root, rb_parent(node), node, heir);
    for (int d = 0; d < 2; d++)
        if (heir->child[d])
            set_parent(heir->child[d], heir);
}

void
rb_erase(struct rb_root *root, struct rb_node *node,
         const struct rb_augment *aug)
{
    struct rb_node *out = node, *parent, *child;
    bool lost_black;
    int d;

    /* Who really leaves its place has at most one child: node, or its heir. */
    if (node->rb_left && node->rb_right)
        out = rb_next(node);
    parent = rb_parent(out);
    child = out->rb_left ? out->rb_left : out->rb_right;
    d = parent ? side_of(out, parent) : 0;
    lost_black = is_black(out);
    replace_child(root, parent, out, child);
    if (child)
        set_parent(child, parent);
    if (out != node) {
        take_place(root, node, out);
        if (parent == node)
            parent = out;
    }
    /* All of them: the heir has the summary of another place. */
    for (struct rb_node *n = aug ? parent : NULL; n; n = rb_parent(n))
        aug->update(n);
    if (lost_black)
        erase_repair(root, parent, d, aug);
}

struct rb_node *
rb_outermost(struct rb_node *node, int d)
{
    while (node && node->child[d])
        node = node->child[d];
    return node;
}

struct rb_node *
rb_neighbour(const struct rb_node *node, int d)
{
    struct rb_node *parent;

    if (node->child[d])
        return rb_outermost(node->child[d], !d);
    while ((parent = rb_parent(node)) && side_of(node, parent) == d)
        node = parent;
    return parent;
}

/* The number of black nodes on each way down from node. */
static unsigned
check_subtree(const struct rb_node *node, const struct rb_node *parent)
{
    unsigned left, right;

    if (!node)
        return 0;
    ASSERT(rb_parent(node) == parent);                      /* I1 */
    ASSERT(is_black(node) || (parent && is_black(parent))); /* I2 */
    left = check_subtree(node->rb_left, node);
    right = check_subtree(node->rb_right, node);
    ASSERT(left == right); /* I3 */
    return left + is_black(node);
}

void
rb_check(const struct rb_root *root)
{
    check_subtree(root->node, NULL);
}
