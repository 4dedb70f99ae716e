/* SPDX-License-Identifier: MIT */
/*
 * list.h - circular doubly linked lists.
 *
 * The links are embedded in the objects, so linking allocates nothing.  A
 * list is a struct list_head that is not in any object; with it the links
 * form a ring, and an empty list is a head that points to itself.
 *
 *        .---------------------------------------------.
 *        '-> head <--> | link | <--> | link | <--> ... <-'
 *                      | obj  |      | obj  |
 *
 * So no operation has a special case for the first or the last object, and an
 * object leaves its list without knowing which list that is.
 *
 * A hash table is an array of lists: list_init_all() makes it empty.
 *
 * To walk use list_for_each_entry(pos, head, member), where pos is a variable
 * of the object's type; use the _safe form if the body may remove pos.
 *
 * Locks: the caller's.  A removed link is poisoned, so that using it again
 * faults at an address that says so.
 */
#pragma once

#include "lib/macros.h"

#define LIST_POISON ((void *)0xdea0) /* below 64 KB: never mapped */

struct list_head {
    struct list_head *next, *prev;
};

#define LIST_HEAD_INIT(name) ((struct list_head){&(name), &(name)})
#define LIST_HEAD(name) struct list_head name = LIST_HEAD_INIT(name)

static inline void
list_init(struct list_head *head)
{
    head->next = head->prev = head;
}

/* Every list of an array. */
#define list_init_all(heads)                                                   \
    for (size_t i_ = 0; i_ < ARRAY_SIZE(heads); i_++)                          \
    list_init(&(heads)[i_])

/* Make a and b neighbours. */
static inline void
list_join(struct list_head *a, struct list_head *b)
{
    a->next = b;
    b->prev = a;
}

/* Put item right behind head: in front of all others. */
static inline void
list_add(struct list_head *item, struct list_head *head)
{
    list_join(item, head->next);
    list_join(head, item);
}

/* Put item right before head: behind all others. */
#define list_add_tail(item, head) list_add(item, (head)->prev)

static inline void
list_del(struct list_head *item)
{
    list_join(item->prev, item->next);
    item->next = item->prev = LIST_POISON;
}

/* Remove item and leave it an empty list, which list_empty() recognises. */
static inline void
list_del_init(struct list_head *item)
{
    list_join(item->prev, item->next);
    list_init(item);
}

static inline void
list_move(struct list_head *item, struct list_head *head)
{
    list_join(item->prev, item->next);
    list_add(item, head);
}

static inline void
list_move_tail(struct list_head *item, struct list_head *head)
{
    list_join(item->prev, item->next);
    list_add_tail(item, head);
}

#define list_empty(head) ((head)->next == (head))

/*
 * Move all of `from`, in order, to the front of `head`; empties `from`.  To the
 * end of a list: list_splice(from, head->prev).
 */
static inline void
list_splice(struct list_head *from, struct list_head *head)
{
    list_join(from->prev, head->next); /* an empty one joins these two, */
    list_join(head, from->next);       /* and now leaves again */
    list_init(from);
}

#define list_entry(ptr, type, member) container_of(ptr, type, member)
#define list_first_entry(head, type, member)                                   \
    list_entry((head)->next, type, member)
#define list_last_entry(head, type, member)                                    \
    list_entry((head)->prev, type, member)
#define list_first_entry_or_null(head, type, member)                           \
    (list_empty(head) ? NULL : list_first_entry(head, type, member))
#define list_next_entry(pos, member)                                           \
    list_entry((pos)->member.next, __typeof__(*(pos)), member)
#define list_prev_entry(pos, member)                                           \
    list_entry((pos)->member.prev, __typeof__(*(pos)), member)

#define list_for_each_entry(pos, head, member)                                 \
    for (pos = list_first_entry(head, __typeof__(*pos), member);               \
         &pos->member != (head); pos = list_next_entry(pos, member))
#define list_for_each_entry_safe(pos, tmp, head, member)                       \
    for (pos = list_first_entry(head, __typeof__(*pos), member),               \
        tmp = list_next_entry(pos, member);                                    \
         &pos->member != (head);                                               \
         pos = tmp, tmp = list_next_entry(tmp, member))
