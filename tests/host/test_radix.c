/* SPDX-License-Identifier: MIT */
/* sources: lib/radix_tree.c lib/bitmap.c */
/*
 * Radix trees against a sorted array, nodes counted, allocations failing.
 */
#include "host.h"

#include "include/errno.h"
#include "lib/assert.h"
#include "lib/macros.h"
#include "lib/radix_tree.h"

enum { GFP = 0x80 }; /* comes to alloc_node() as it is */

static int nodes_out;  /* allocated and not freed */
static int nodes_left; /* that alloc_node() still gives; < 0: any number */

static struct radix_node *
alloc_node(uint32_t gfp)
{
    struct radix_node *node;

    assert_int_equal(gfp, GFP);

    if (nodes_left == 0)
        return NULL;
    if (nodes_left > 0)
        nodes_left--;
    node = malloc(sizeof(*node));
    memset(node, 0xa5, sizeof(*node));
    nodes_out++;
    return node;
}

static void
free_node(struct radix_node *node)
{
    nodes_out--;
    free(node);
}

static const struct radix_ops ops = {alloc_node, free_node};
static struct radix_tree tree;

static void
check_node(const struct radix_node *node)
{
    ASSERT(node->tags[RADIX_PRESENT] != 0); /* I3 */
    for (unsigned slot = 0; slot < RADIX_SLOTS; slot++) {
        const struct radix_node *child = node->slots[slot];

        ASSERT(!child == !(node->tags[RADIX_PRESENT] & BIT(slot))); /* I1 */
        for (enum radix_tag t = 1; t < RADIX_NR_TAGS; t++)
            ASSERT(child || !(node->tags[t] & BIT(slot)));
        if (!child || !node->shift)
            continue;
        for (enum radix_tag t = 0; t < RADIX_NR_TAGS; t++)
            ASSERT(!child->tags[t] == !(node->tags[t] & BIT(slot))); /* I2 */
        ASSERT(child->shift + RADIX_BITS == node->shift);            /* I4 */
        ASSERT(child->parent == node && child->offset == slot);
        check_node(child);
    }
}

/* Panic unless the invariants of radix_tree.c hold. */
static void
check_tree(void)
{
    const struct radix_node *node = tree.node;

    if (!node)
        return;
    ASSERT(!node->parent);
    ASSERT(!node->shift || node->tags[RADIX_PRESENT] != BIT(0)); /* I3 */
    check_node(node);
}

enum { MAX_ENTRIES = 4000 };
struct entry {
    uint64_t index;
    void *item;
    bool tag[RADIX_NR_TAGS];
};
static struct entry model[MAX_ENTRIES]; /* ascending */
static unsigned nr_entries;

/* Where index is in the model, or where it would have to be. */
static unsigned
model_find(uint64_t index)
{
    unsigned low = 0, high = nr_entries;

    while (low < high) {
        unsigned mid = (low + high) / 2;

        if (model[mid].index < index)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static bool
model_has(uint64_t index)
{
    unsigned i = model_find(index);

    return i < nr_entries && model[i].index == index;
}

static void
start(void)
{
    radix_ops = &ops;
    tree.node = NULL;
    nr_entries = 0;
    nodes_out = 0;
    nodes_left = -1;
}

static int
insert(uint64_t index, void *item)
{
    struct radix_preload pre = {0};
    int err;

    while ((err = radix_tree_insert(&tree, index, item, &pre)) == -EAGAIN) {
        err = radix_preload_fill(&pre, GFP);
        if (err)
            break;
    }
    radix_preload_drop(&pre);
    if (err == 0) {
        unsigned at = model_find(index);

        memmove(&model[at + 1], &model[at],
                (nr_entries - at) * sizeof(model[0]));
        model[at] = (struct entry){.index = index, .item = item};
        model[at].tag[RADIX_PRESENT] = true;
        nr_entries++;
    }
    return err;
}

static void delete (uint64_t index)
{
    unsigned at = model_find(index);
    void *item = radix_tree_delete(&tree, index);

    if (!model_has(index)) {
        assert_null(item);
        return;
    }
    assert_ptr_equal(item, model[at].item);
    nr_entries--;
    memmove(&model[at], &model[at + 1], (nr_entries - at) * sizeof(model[0]));
}

static void *
random_item(void)
{
    return (void *)(uintptr_t)(rnd() | 2);
}

/* Indices of all sizes, but near each other. */
static uint64_t
random_index(void)
{
    static const uint64_t bases[] = {0,       60,        4090,
                                     1 << 18, 1UL << 36, ~0UL - 99};

    return bases[rnd_below(ARRAY_SIZE(bases))] + rnd_below(100);
}

/* Walk by each tag, by single steps and in gangs of random size. */
static void
compare_walk(enum radix_tag tag)
{
    uint64_t index = 0, last;
    bool any = false;

    for (unsigned i = 0; i < nr_entries; i++) {
        if (!model[i].tag[tag])
            continue;
        any = true;
        assert_ptr_equal(radix_tree_find(&tree, &index, tag), model[i].item);
        assert_true(index == model[i].index);
        if (++index == 0)
            return;
    }
    last = index;
    assert_null(radix_tree_find(&tree, &index, tag));
    assert_true(index == last);
    assert_int_equal(radix_tree_tagged(&tree, tag), any);
}

static void
compare(void)
{
    check_tree();
    for (enum radix_tag tag = 0; tag < RADIX_NR_TAGS; tag++)
        compare_walk(tag);
    for (unsigned i = 0; i < 50; i++) {
        uint64_t index = random_index();
        void *item = radix_tree_lookup(&tree, index);

        if (model_has(index))
            assert_ptr_equal(item, model[model_find(index)].item);
        else
            assert_null(item);
    }
}

static void
change_tag(uint64_t index)
{
    enum radix_tag tag = 1 + (enum radix_tag)rnd_below(RADIX_NR_TAGS - 1);
    bool on = rnd_below(2);

    if (on)
        radix_tree_tag(&tree, index, tag, true);
    else
        radix_tree_tag(&tree, index, tag, false);
    if (model_has(index))
        model[model_find(index)].tag[tag] = on;
}

static void
one_operation(void)
{
    uint64_t index = random_index();
    void *item = random_item();
    bool had = model_has(index);

    switch (rnd_below(6)) {
    case 0:
    case 1:
        assert_int_equal(insert(index, item), had ? -EEXIST : 0);
        break;
    case 2:
        delete (index);
        break;
    case 3:
        if (had) {
            struct entry *e = &model[model_find(index)];

            assert_ptr_equal(radix_tree_replace(&tree, index, item), e->item);
            e->item = item;
        }
        break;
    default:
        change_tag(index);
    }
}

static void
radix_random_operations(void **state)
{
    (void)state;
    start();
    for (unsigned i = 0; i < scaled(40000); i++) {
        one_operation();
        if (i % 64 == 0)
            compare();
    }
    while (nr_entries) {
        delete (model[rnd_below(nr_entries)].index);
        if (nr_entries % 16 == 0)
            compare();
    }
    assert_null(tree.node);
    assert_int_equal(nodes_out, 0);
}

static void
radix_shrinks_to_nothing(void **state)
{
    (void)state;
    start();
    assert_int_equal(insert(0, random_item()), 0);
    assert_int_equal(nodes_out, 1);
    assert_int_equal(insert(1UL << 40, random_item()), 0);
    assert_int_equal(nodes_out, 1 + 6 + 6);
    delete (1UL << 40);
    assert_int_equal(nodes_out, 1);
    delete (0);
    assert_int_equal(nodes_out, 0);
}

/* The largest index, and what an insert at it may need. */
static void
radix_full_height(void **state)
{
    (void)state;
    start();
    assert_int_equal(insert(~0UL, random_item()), 0);
    assert_int_equal(nodes_out, 11);
    assert_int_equal(insert(0, random_item()), 0);
    compare();
    delete (~0UL);
    assert_int_equal(nodes_out, 1);
    radix_tree_tag(&tree, 0, RADIX_TAG_DIRTY, true); /* the tops get it, too */
    model[0].tag[RADIX_TAG_DIRTY] = true;
    assert_int_equal(insert(~0UL, random_item()), 0);
    compare();
    delete (0);
    delete (~0UL);
    assert_int_equal(nodes_out, 0);
}

/* With too few nodes an insert fails and changes nothing; nothing leaks. */
static void
radix_preload_runs_out(void **state)
{
    (void)state;
    start();
    assert_int_equal(insert(3, random_item()), 0);
    for (int n = 0;; n++) {
        int before = nodes_out, err;

        nodes_left = n;
        err = insert(1UL << 40, random_item());
        compare();
        if (err == 0)
            break;
        assert_int_equal(err, -ENOMEM);
        assert_int_equal(nodes_out, before);
        assert_true(n < 12);
    }
    nodes_left = -1;
    delete (3);
    delete (1UL << 40);
    assert_int_equal(nodes_out, 0);
}

/* A full leaf's neighbours need no node but the 64th. */
static void
radix_insert_takes_nodes_rarely(void **state)
{
    struct radix_preload pre = {0};

    (void)state;
    start();
    assert_int_equal(insert(0, random_item()), 0);
    for (uint64_t index = 1; index < RADIX_SLOTS; index++)
        assert_int_equal(radix_tree_insert(&tree, index, random_item(), &pre),
                         0);
    assert_int_equal(radix_tree_insert(&tree, RADIX_SLOTS, random_item(), &pre),
                     -EAGAIN);
    assert_int_equal(pre.want, 2);
    for (uint64_t index = 0; index < RADIX_SLOTS; index++)
        radix_tree_delete(&tree, index);
    assert_int_equal(nodes_out, 0);
}

static void
radix_exceptional_entries(void **state)
{
    void *swap = (void *)0x1235;

    (void)state;
    start();
    assert_int_equal(insert(7, swap), 0);
    assert_true(radix_is_exceptional(radix_tree_lookup(&tree, 7)));
    assert_ptr_equal(radix_tree_replace(&tree, 7, &tree), swap);
    assert_false(radix_is_exceptional(radix_tree_lookup(&tree, 7)));
    expect_panic(radix_tree_replace(&tree, 8, swap));
    radix_tree_delete(&tree, 7);
}

static void
radix_check_finds_damage(void **state)
{
    (void)state;
    start();
    assert_int_equal(insert(0, random_item()), 0);
    assert_int_equal(insert(100, random_item()), 0);
    tree.node->tags[RADIX_TAG_DIRTY] = 2;
    expect_panic(check_tree());
    tree.node->tags[RADIX_TAG_DIRTY] = 0;
    check_tree();
    delete (0);
    delete (100);
}

HOST_TESTS(HOST_TEST(radix_random_operations),
           HOST_TEST(radix_shrinks_to_nothing), HOST_TEST(radix_full_height),
           HOST_TEST(radix_preload_runs_out),
           HOST_TEST(radix_insert_takes_nodes_rarely),
           HOST_TEST(radix_exceptional_entries),
           HOST_TEST(radix_check_finds_damage))
