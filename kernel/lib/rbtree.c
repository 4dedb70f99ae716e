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

#define BLACK 1UL

static bool
is_black(const struct rb_node *node)
{
    return !node || (node->parent_colour & BLACK);
}

/* Links are made red; the colour of a node outlives changes of its parent. */
#define set_black(node) ((node)->parent_colour |= BLACK)
#define set_red(node) ((node)->parent_colour &= ~BLACK)

/* Which child of its parent is node? */
static int
side_of(const struct rb_node *node)
{
    const struct rb_node *parent = rb_parent(node);

    return parent && parent->child[1] == node;
}

/* Make node, if it is one, the child on side d of parent (NULL: the root). */
static void
set_child(struct rb_root *root, struct rb_node *parent, int d,
          struct rb_node *node)
{
    *(parent ? &parent->child[d] : &root->node) = node;
    if (node)
        node->parent_colour = (uintptr_t)parent | (node->parent_colour & BLACK);
}

/* Turn node down to side d; its other child comes up and is returned. */
static struct rb_node *
rotate(struct rb_root *root, struct rb_node *node, int d, rb_update_fn *update)
{
    struct rb_node *up = node->child[!d];

    set_child(root, rb_parent(node), side_of(node), up);
    set_child(root, node, !d, up->child[d]);
    set_child(root, up, d, node);
    if (update) {
        update(node);
        update(up);
    }
    return up;
}

void
rb_propagate(struct rb_node *node, rb_update_fn *update)
{
    while (node && update(node))
        node = rb_parent(node);
}

void
rb_insert(struct rb_root *root, struct rb_node *node, rb_update_fn *update)
{
    struct rb_node *parent;

    if (update) {
        update(node); /* it was garbage: the answer says nothing */
        rb_propagate(rb_parent(node), update);
    }
    /* A red parent is not the root, so the grandparent exists. */
    while ((parent = rb_parent(node)) && !is_black(parent)) {
        struct rb_node *grand = rb_parent(parent);
        int d = side_of(parent);

        if (is_black(grand->child[!d])) {
            if (side_of(node) != d)
                parent = rotate(root, parent, d, update);
            set_black(parent);
            set_red(grand);
            rotate(root, grand, !d, update);
            break;
        }
        /* Hand the grandparent's black down; look again from there. */
        set_black(parent);
        set_black(grand->child[!d]);
        set_red(grand);
        node = grand;
    }
    set_black(root->node);
}

/*
 * The paths through parent->child[d], which is black or missing, are one black
 * node short.  Its sibling's side gives one up; or all below parent is made
 * short, and a red parent makes up for it, or the level above has to.
 */
static void
erase_repair(struct rb_root *root, struct rb_node *parent, int d,
             rb_update_fn *update)
{
    while (parent) {
        struct rb_node *sib = parent->child[!d];

        if (!is_black(sib)) {
            /* Get a black sibling: turn the red one above parent. */
            set_black(sib);
            set_red(parent);
            rotate(root, parent, d, update);
            sib = parent->child[!d];
        }
        if (!is_black(sib->child[0]) || !is_black(sib->child[1])) {
            if (is_black(sib->child[!d])) {
                set_black(sib->child[d]);
                sib = rotate(root, sib, !d, update);
            }
            /* sib takes parent's place and colour; its children are black. */
            if (!is_black(parent))
                set_red(sib);
            set_black(parent);
            set_black(sib->child[!d]);
            rotate(root, parent, d, update);
            return;
        }
        set_red(sib);
        if (!is_black(parent)) {
            set_black(parent);
            return;
        }
        d = side_of(parent);
        parent = rb_parent(parent);
    }
}

void
rb_erase(struct rb_root *root, struct rb_node *node, rb_update_fn *update)
{
    struct rb_node *out = node, *parent, *child;
    bool lost_black;
    int d;

    /* Who really leaves its place has at most one child: node, or its heir. */
    if (node->rb_left && node->rb_right)
        out = rb_leftmost(node->rb_right);
    parent = rb_parent(out);
    d = side_of(out);
    child = out->rb_left ? out->rb_left : out->rb_right;
    set_child(root, parent, d, child);
    lost_black = is_black(out) && !child;
    if (child) /* by I3 an only child is red: it takes over out's black */
        set_black(child);
    if (out != node) {
        if (parent == node)
            parent = out;
        *out = *node;
        set_child(root, rb_parent(node), side_of(node), out);
        set_child(root, out, 0, node->rb_left);
        set_child(root, out, 1, node->rb_right);
    }
    /* All of them: the heir has the summary of another place. */
    for (struct rb_node *n = update ? parent : NULL; n; n = rb_parent(n))
        update(n);
    if (lost_black)
        erase_repair(root, parent, d, update);
}

struct rb_node *
rb_leftmost(struct rb_node *node)
{
    while (node && node->rb_left)
        node = node->rb_left;
    return node;
}
