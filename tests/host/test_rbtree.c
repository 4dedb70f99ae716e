/* SPDX-License-Identifier: MIT */
/* sources: lib/rbtree.c */
/*
 * Red-black trees against an array of flags, one for each possible key.
 */
#include "host.h"

#include "lib/macros.h"
#include "lib/rbtree.h"
#include "rb_check.h"

enum { NR_KEYS = 200 };

struct item {
    struct rb_node rb;
    unsigned key, weight;
    unsigned sum; /* of the weights in its subtree */
};

static struct item items[NR_KEYS];
static bool present[NR_KEYS];
static struct rb_root root;

static struct item *
item_of(struct rb_node *node)
{
    return rb_entry(node, struct item, rb);
}

static unsigned
right_sum(struct rb_node *node)
{
    unsigned sum = item_of(node)->weight;

    for (int d = 0; d < 2; d++)
        if (node->child[d])
            sum += item_of(node->child[d])->sum;
    return sum;
}

static bool
update_sum(struct rb_node *node)
{
    unsigned old = item_of(node)->sum;

    item_of(node)->sum = right_sum(node);
    return item_of(node)->sum != old;
}

static void
insert(unsigned key, rb_update_fn *update)
{
    struct rb_node **link = &root.node, *parent = NULL;

    while (*link) {
        parent = *link;
        link =
            key < item_of(parent)->key ? &parent->rb_left : &parent->rb_right;
    }
    items[key].key = key;
    items[key].weight = (unsigned)rnd_below(1000);
    rb_link_node(&items[key].rb, parent, link);
    rb_insert(&root, &items[key].rb, update);
    present[key] = true;
}

static void
erase(unsigned key, rb_update_fn *update)
{
    rb_erase(&root, &items[key].rb, update);
    memset(&items[key], 0xee, sizeof(items[key]));
    present[key] = false;
}

/* The tree holds what the flags say, in both directions. */
static void
compare(void)
{
    struct rb_node *node = rb_first(&root);

    for (unsigned key = 0; key < NR_KEYS; key++) {
        if (!present[key])
            continue;
        assert_non_null(node);
        assert_int_equal(item_of(node)->key, key);
        node = rb_neighbour(node, 1);
    }
    assert_null(node);
    node = root.node;
    while (node && node->rb_right)
        node = node->rb_right;
    for (unsigned key = NR_KEYS; key-- > 0;) {
        if (!present[key])
            continue;
        assert_ptr_equal(node, &items[key].rb);
        node = rb_neighbour(node, 0);
    }
    assert_null(node);
}

static void
compare_sums(void)
{
    for (struct rb_node *n = rb_first(&root); n; n = rb_neighbour(n, 1))
        assert_int_equal(item_of(n)->sum, right_sum(n));
}

static void
start(void)
{
    root = RB_ROOT_INIT;
    memset(present, 0, sizeof(present));
}

static void
rbtree_random_operations(void **state)
{
    (void)state;
    start();
    for (unsigned i = 0; i < scaled(20000); i++) {
        /* Few keys at times, many at others: all shapes come up. */
        unsigned range = i / 500 % 2 ? NR_KEYS : 12;
        unsigned key = (unsigned)rnd_below(range);

        if (present[key])
            erase(key, NULL);
        else
            insert(key, NULL);
        rb_check(&root);
        if (i % 16 == 0)
            compare();
    }
}

static void
rbtree_augment_follows(void **state)
{
    (void)state;
    start();
    for (unsigned i = 0; i < scaled(20000); i++) {
        unsigned key = (unsigned)rnd_below(i / 500 % 2 ? NR_KEYS : 20);

        if (!present[key]) {
            insert(key, update_sum);
        } else if (rnd_below(3)) {
            erase(key, update_sum);
        } else {
            items[key].weight = (unsigned)rnd_below(1000);
            rb_propagate(&items[key].rb, update_sum);
        }
        rb_check(&root);
        compare_sums();
    }
}

/* Every order of inserting and of removing a handful of keys. */
static void
permute(unsigned *keys, unsigned n, unsigned k, void (*use)(const unsigned *))
{
    if (k == n) {
        use(keys);
        return;
    }
    for (unsigned i = k; i < n; i++) {
        unsigned swap = keys[k];

        keys[k] = keys[i];
        keys[i] = swap;
        permute(keys, n, k + 1, use);
        keys[i] = keys[k];
        keys[k] = swap;
    }
}

enum { FEW = 7 };

static void
insert_in_order_and_erase(const unsigned *keys)
{
    for (unsigned way = 0; way < 2; way++) {
        start();
        for (unsigned i = 0; i < FEW; i++) {
            insert(keys[i], update_sum);
            rb_check(&root);
        }
        compare_sums();
        for (unsigned i = 0; i < FEW; i++) {
            erase(way ? keys[i] : i, update_sum);
            rb_check(&root);
            compare_sums();
        }
        assert_null(root.node);
    }
}

static void
rbtree_all_small_orders(void **state)
{
    unsigned keys[FEW] = {0, 1, 2, 3, 4, 5, 6};

    (void)state;
    permute(keys, FEW, 0, insert_in_order_and_erase);
}

static unsigned
height(const struct rb_node *node)
{
    unsigned left, right;

    if (!node)
        return 0;
    left = height(node->rb_left);
    right = height(node->rb_right);
    return 1 + MAX(left, right);
}

static void
rbtree_stays_low(void **state)
{
    (void)state;
    start();
    for (unsigned key = 0; key < NR_KEYS; key++)
        insert(key, NULL);
    assert_true(height(root.node) <= 2 * 8); /* 2 log2(NR_KEYS + 1) */
}

static void
rbtree_check_finds_damage(void **state)
{
    (void)state;
    start();
    for (unsigned key = 0; key < 20; key++)
        insert(key, NULL);
    root.node->rb_left->parent_colour ^= 1;
    expect_panic(rb_check(&root));
    root.node->rb_left->parent_colour ^= 1;
    rb_check(&root);
    root.node->parent_colour &= ~1UL;
    expect_panic(rb_check(&root));
}

HOST_TESTS(HOST_TEST(rbtree_random_operations),
           HOST_TEST(rbtree_augment_follows),
           HOST_TEST(rbtree_all_small_orders), HOST_TEST(rbtree_stays_low),
           HOST_TEST(rbtree_check_finds_damage))
