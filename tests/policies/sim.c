/* SPDX-License-Identifier: MIT */
/*
 * sim.c - faults of a trace: the kernel's policies, exact LRU, Belady's MIN.
 *
 * The policies are the kernel's own file, vm/policy.c, called as reclaim.c and
 * reclaim_page.c call it:
 *
 *   - a page that faults enters the inactive list at its head, its accessed
 *     bit set by the access;
 *   - a frame is needed: if inactive_is_low(), the page at the active tail goes
 *     to the inactive head and loses its accessed bit (consider_active); then
 *     the one at the inactive tail is judged; this is repeated until one goes;
 *   - PAGE_KEEP: to the inactive head, PAGE_ACTIVATE: to the active head.
 *
 * Not done: batches of 32 and the space between the watermarks (the kernel
 * frees a little ahead, here a frame is freed when it is needed, which is what
 * the theorems speak of); several zones; pages of files beside anonymous ones;
 * program text; read(2).
 */
/* Keeps <stdlib.h> from declaring dev_t, which is the kernel's here. */
#define _ISOC11_SOURCE

#include "sim.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mm/page.h"
#include "vm/policy.h"

struct frame {
    struct page page;
    uint32_t number; /* of the page in the trace */
    bool used;       /* the accessed bit of its PTE */
};

struct lists {
    struct list_head active, inactive;
    uint32_t nr_active, nr_inactive;
};

static void *
allocate(size_t count, size_t size)
{
    void *p = calloc(count, size);

    if (p == NULL) {
        perror("policies");
        exit(2);
    }
    return p;
}

/* --- The kernel's */

static void
add_frame(struct lists *l, struct frame *f)
{
    if (page_test(&f->page, PG_active)) {
        list_add(&f->page.lru, &l->active);
        l->nr_active++;
    } else {
        list_add(&f->page.lru, &l->inactive);
        l->nr_inactive++;
    }
}

/* Take the tail of the active or the inactive list; NULL if it is empty. */
static struct frame *
pop_frame(struct lists *l, bool active)
{
    struct list_head *from = active ? &l->active : &l->inactive;
    struct frame *f;

    if (list_empty(from))
        return NULL;
    f = list_last_entry(from, struct frame, page.lru);
    list_del(&f->page.lru);
    if (active)
        l->nr_active--;
    else
        l->nr_inactive--;
    return f;
}

static void
deactivate_one(struct lists *l)
{
    struct frame *f = pop_frame(l, true);

    f->used = false;
    page_clear(&f->page, PG_active);
    add_frame(l, f);
}

static enum page_fate
judge(struct frame *f)
{
    unsigned use = f->used ? USED_MAPPED : 0;

    f->used = false;
    if (page_test_and_clear(&f->page, PG_referenced))
        use |= USED_CALL;
    return reclaim_policy->judge(&f->page, use);
}

/* Ends: what is judged again and again without being used goes. */
static struct frame *
reclaim_frame(struct lists *l)
{
    for (;;) {
        struct frame *f;
        enum page_fate fate;

        if (inactive_is_low(l->nr_active, l->nr_inactive))
            deactivate_one(l);
        f = pop_frame(l, false);
        if (f == NULL)
            continue;
        fate = judge(f);
        if (fate == PAGE_RECLAIM)
            return f;
        if (fate == PAGE_ACTIVATE && reclaim_policy->two_lists)
            page_set(&f->page, PG_active);
        add_frame(l, f);
    }
}

uint32_t
sim_kernel(const struct trace *t, uint32_t frames, const char *name)
{
    struct frame *memory = allocate(frames, sizeof(*memory));
    struct frame **where = allocate(t->pages, sizeof(struct frame *));
    struct lists l = {LIST_HEAD_INIT(l.active), LIST_HEAD_INIT(l.inactive), 0,
                      0};
    uint32_t faults = 0;

    if (set_reclaim_policy(name) != 0) {
        fprintf(stderr, "policies: no policy %s\n", name);
        exit(2);
    }
    for (uint32_t i = 0; i < t->length; i++) {
        struct frame *f = where[t->refs[i]];

        if (f == NULL) {
            if (faults < frames) {
                f = &memory[faults];
            } else {
                f = reclaim_frame(&l);
                where[f->number] = NULL;
                memset(f, 0, sizeof(*f));
            }
            f->number = t->refs[i];
            where[f->number] = f;
            add_frame(&l, f);
            faults++;
        }
        f->used = true;
    }
    free(where);
    free(memory);
    return faults;
}

/* --- Exact LRU */

uint32_t
sim_exact_lru(const struct trace *t, uint32_t frames)
{
    struct frame *memory = allocate(t->pages, sizeof(*memory));
    LIST_HEAD(resident); /* the last used one first */
    uint32_t faults = 0, nr = 0;

    for (uint32_t i = 0; i < t->length; i++) {
        struct frame *f = &memory[t->refs[i]];

        if (f->used) {
            list_del(&f->page.lru);
        } else {
            faults++;
            f->used = true;
            if (nr++ == frames) {
                struct frame *old =
                    list_last_entry(&resident, struct frame, page.lru);

                list_del(&old->page.lru);
                old->used = false;
                nr--;
            }
        }
        list_add(&f->page.lru, &resident);
    }
    free(memory);
    return faults;
}

/* --- MIN */

/* For each access when its page is used next; length if never. */
static uint32_t *
next_uses(const struct trace *t)
{
    uint32_t *next = allocate(t->length + 1, sizeof(*next));
    uint32_t *seen = allocate(t->pages, sizeof(*seen));

    for (uint32_t p = 0; p < t->pages; p++)
        seen[p] = t->length;
    for (uint32_t i = t->length; i-- > 0;) {
        next[i] = seen[t->refs[i]];
        seen[t->refs[i]] = i;
    }
    free(seen);
    return next;
}

struct slot {
    uint32_t page, next;
};

static struct slot *
find_slot(struct slot *slots, uint32_t nr, uint32_t page)
{
    for (uint32_t i = 0; i < nr; i++)
        if (slots[i].page == page)
            return &slots[i];
    return NULL;
}

static struct slot *
used_last(struct slot *slots, uint32_t nr)
{
    struct slot *last = slots;

    for (uint32_t i = 1; i < nr; i++)
        if (slots[i].next > last->next)
            last = &slots[i];
    return last;
}

uint32_t
sim_min(const struct trace *t, uint32_t frames)
{
    struct slot *slots = allocate(frames, sizeof(*slots));
    uint32_t *next = next_uses(t);
    uint32_t faults = 0, nr = 0;

    for (uint32_t i = 0; i < t->length; i++) {
        struct slot *s = find_slot(slots, nr, t->refs[i]);

        if (s == NULL) {
            faults++;
            s = nr < frames ? &slots[nr++] : used_last(slots, nr);
            s->page = t->refs[i];
        }
        s->next = next[i];
    }
    free(next);
    free(slots);
    return faults;
}

uint32_t
simulate(const struct trace *t, uint32_t frames, const char *name)
{
    if (strcmp(name, "exact") == 0)
        return sim_exact_lru(t, frames);
    if (strcmp(name, "min") == 0)
        return sim_min(t, frames);
    return sim_kernel(t, frames, name);
}
