/* SPDX-License-Identifier: MIT */
/* sources: */
/*
 * Lists (all of it lies in the header) against arrays.
 */
#include "host.h"

#include "lib/list.h"

enum { NR_LISTS = 3, NR_ITEMS = 30 };

struct item {
    int dummy;
    struct list_head link;
};

static struct item items[NR_ITEMS];
static struct list_head lists[NR_LISTS];
static int model[NR_LISTS][NR_ITEMS], count[NR_LISTS];
static int where[NR_ITEMS]; /* the list that an item is on, or -1 */

static void
model_insert(int l, int at, int item)
{
    memmove(&model[l][at + 1], &model[l][at],
            sizeof(int) * (size_t)(count[l] - at));
    model[l][at] = item;
    count[l]++;
    where[item] = l;
}

static void
model_remove(int item)
{
    int l = where[item], at = 0;

    while (model[l][at] != item)
        at++;
    count[l]--;
    memmove(&model[l][at], &model[l][at + 1],
            sizeof(int) * (size_t)(count[l] - at));
    where[item] = -1;
}

static size_t
list_count(const struct list_head *head)
{
    size_t n = 0;

    for (const struct list_head *p = head->next; p != head; p = p->next)
        n++;
    return n;
}

static void
compare(int l)
{
    struct item *pos;
    int at = 0;

    list_for_each_entry(pos, &lists[l], link)
        assert_int_equal(pos - items, model[l][at++]);
    assert_int_equal(at, count[l]);
    for (struct list_head *p = lists[l].prev; p != &lists[l]; p = p->prev)
        assert_int_equal(list_entry(p, struct item, link) - items,
                         model[l][--at]);
    assert_int_equal(at, 0);
    assert_int_equal(list_count(&lists[l]), count[l]);
    assert_int_equal(list_empty(&lists[l]), count[l] == 0);
    pos = list_first_entry_or_null(&lists[l], struct item, link);
    if (count[l] == 0)
        assert_null(pos);
    else
        assert_ptr_equal(pos, &items[model[l][0]]);
}

static void
model_splice(int from, int to, bool tail)
{
    for (int n = 0; count[from]; n++) {
        int item = model[from][0];

        model_remove(item);
        model_insert(to, tail ? count[to] : n, item);
    }
}

static void
one_operation(int item, int to)
{
    struct list_head *link = &items[item].link;
    bool tail = rnd_below(2);
    int other = (to + 1) % NR_LISTS;

    if (rnd_below(20) == 0) {
        if (tail)
            list_splice(&lists[other], lists[to].prev);
        else
            list_splice(&lists[other], &lists[to]);
        model_splice(other, to, tail);
        return;
    }
    if (where[item] < 0) {
        if (tail)
            list_add_tail(link, &lists[to]);
        else
            list_add(link, &lists[to]);
        model_insert(to, tail ? count[to] : 0, item);
    } else if (rnd_below(2)) {
        (tail ? list_move_tail : list_move)(link, &lists[to]);
        model_remove(item);
        model_insert(to, tail ? count[to] : 0, item);
    } else if (tail) {
        list_del(link);
        model_remove(item);
        assert_ptr_equal(link->next, LIST_POISON);
    } else {
        list_del_init(link);
        model_remove(item);
        assert_true(list_empty(link));
    }
}

static void
list_random_operations(void **state)
{
    (void)state;
    memset(count, 0, sizeof(count));
    list_init_all(lists);
    for (int i = 0; i < NR_ITEMS; i++)
        where[i] = -1;
    for (unsigned i = 0; i < scaled(20000); i++) {
        one_operation((int)rnd_below(NR_ITEMS), (int)rnd_below(NR_LISTS));
        for (int l = 0; l < NR_LISTS; l++)
            compare(l);
    }
}

static void
list_safe_walk_removes(void **state)
{
    struct item *pos, *tmp;
    LIST_HEAD(head);
    int seen = 0;

    (void)state;
    for (int i = 0; i < NR_ITEMS; i++)
        list_add_tail(&items[i].link, &head);
    list_for_each_entry_safe(pos, tmp, &head, link) {
        assert_ptr_equal(pos, &items[seen++]);
        if (seen % 2)
            list_del(&pos->link);
    }
    assert_int_equal(seen, NR_ITEMS);
    assert_int_equal(list_count(&head), NR_ITEMS / 2);
}

HOST_TESTS(HOST_TEST(list_random_operations), HOST_TEST(list_safe_walk_removes))
