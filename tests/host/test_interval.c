/* SPDX-License-Identifier: MIT */
/* sources: lib/interval.c lib/rbtree.c */
/*
 * Interval trees against a look at each interval.
 */
#include "host.h"

#include "lib/interval.h"
#include "rb_check.h"

enum { NR = 60, SPAN = 100 };

static struct interval items[NR];
static bool present[NR];
static struct rb_root root;

static bool
meets(const struct interval *i, uint64_t first, uint64_t last)
{
    return i->first <= last && i->last >= first;
}

/* Each that meets the range is seen once, in order; and no other. */
static void
check_range(uint64_t first, uint64_t last)
{
    unsigned want = 0, seen = 0;
    uint64_t before = 0;
    struct interval *i;

    for (unsigned k = 0; k < NR; k++)
        want += present[k] && meets(&items[k], first, last);
    for_each_interval(i, &root, first, last) {
        assert_true(present[i - items] && meets(i, first, last));
        assert_true(i->first >= before);
        before = i->first;
        seen++;
    }
    assert_int_equal(seen, want);
}

static void
interval_random_operations_match_scan(void **state)
{
    (void)state;
    for (unsigned n = 0; n < scaled(20000); n++) {
        unsigned k = (unsigned)rnd_below(NR);
        uint64_t first = rnd_below(SPAN);

        if (present[k] && rnd_below(3) == 0) {
            uint64_t to = rnd_below(2) ? items[k].first : first;
            uint64_t last = first + SPAN + rnd_below(SPAN);

            interval_move(&root, &items[k], to, last);
            assert_true(items[k].first == to && items[k].last == last);
            present[k] = false; /* and true again below */
        } else if (present[k]) {
            interval_erase(&root, &items[k]);
        } else {
            items[k].first = rnd_below(SPAN);
            items[k].last = items[k].first + rnd_below(rnd_below(8) ? 4 : 50);
            interval_insert(&root, &items[k]);
        }
        present[k] = !present[k];
        rb_check(&root);
        check_range(first, first + rnd_below(rnd_below(2) ? 1 : 20));
    }
    check_range(0, UINT64_MAX);
}

/* rmap needs it: a copy is seen after its original. */
static void
interval_equals_keep_order_of_insertion(void **state)
{
    struct interval same[8], *i;
    struct rb_root set = {NULL};
    unsigned k = 0;

    (void)state;
    for (; k < 8; k++) {
        same[k].first = 5;
        same[k].last = 10 + k % 3;
        interval_insert(&set, &same[k]);
    }
    k = 0;
    for_each_interval(i, &set, 10, 10) {
        assert_ptr_equal(i, &same[k++]);
    }
    assert_int_equal(k, 8);
}

HOST_TESTS(HOST_TEST(interval_random_operations_match_scan),
           HOST_TEST(interval_equals_keep_order_of_insertion))
