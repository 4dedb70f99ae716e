/* SPDX-License-Identifier: MIT */
/*
 * lru.c - the lists that say which pages were used long ago.
 *
 * Per zone four lists: {inactive, active} x {anonymous, file}.  New pages
 * enter at the head of the inactive list; a page that is used a second time
 * while there moves to the active list.  Reclaim takes from the inactive tail.
 *
 *   PG_lru       on a list (under lru_lock)
 *   PG_active    which of the two
 *   PG_referenced  used once since it was last looked at
 *
 * A page leaves its list in two ways: isolate_lru_pages() takes a reference
 * along, and the last put_page() calls lru_del().  The first can not
 * take a page whose count has reached 0, so they never both have it.
 */
#include "vm/reclaim.h"

#include "vm/policy.h"

/* The list that a page is on, or bound for. */
#define page_lru_list(page)                                                    \
    lru_list_of(!page_test(page, PG_swapbacked), page_test(page, PG_active))

/* => lru_lock held */
static void
add_to_list_locked(struct zone *z, struct page *page)
{
    enum lru_list l = page_lru_list(page);

    list_add(&page->lru, &z->lru[l]);
    z->nr_lru[l]++;
    page_set(page, PG_lru);
}

/* => lru_lock held */
static void
del_from_list_locked(struct zone *z, struct page *page)
{
    list_del(&page->lru);
    z->nr_lru[page_lru_list(page)]--;
    page_clear(page, PG_lru);
}

void
lru_add(struct page *page)
{
    struct zone *z = page_zone(page);

    DEBUG_ASSERT(!page_test(page, PG_lru));
    spin_lock(&z->lru_lock);
    add_to_list_locked(z, page);
    spin_unlock(&z->lru_lock);
}

/*
 * For reclaim_ops.release_lru: one lock for many pages of a zone.  Nobody else
 * takes a page without references off its list.
 */
void
lru_del(struct page **pages, unsigned nr)
{
    struct zone *z = NULL;

    for (unsigned i = 0; i < nr; i++) {
        if (!page_test(pages[i], PG_lru))
            continue;
        if (page_zone(pages[i]) != z) {
            if (z)
                spin_unlock(&z->lru_lock);
            z = page_zone(pages[i]);
            spin_lock(&z->lru_lock);
        }
        del_from_list_locked(z, pages[i]);
    }
    if (z)
        spin_unlock(&z->lru_lock);
}

bool
lru_change(struct page *page, int32_t refs, uint64_t clear, uint64_t set)
{
    struct zone *z = page_zone(page);
    bool ok;

    spin_lock(&z->lru_lock);
    ok = page_test(page, PG_lru) &&
         (!refs || atomic_read(&page->refcount) == refs);
    if (ok) {
        del_from_list_locked(z, page);
        atomic_fetch_and(&page->flags, ~clear);
        atomic_fetch_or(&page->flags, set);
        add_to_list_locked(z, page);
    }
    spin_unlock(&z->lru_lock);
    return ok;
}

void
mark_page_accessed(struct page *page)
{
    if (!page_test(page, PG_referenced))
        page_set(page, PG_referenced);
    else if (!page_test(page, PG_active) && reclaim_policy->two_lists &&
             lru_change(page, 0, BIT(PG_referenced), BIT(PG_active)))
        count_vm_event(PGACTIVATE);
}

void
rotate_lru_page(struct page *page)
{
    struct zone *z = page_zone(page);

    spin_lock(&z->lru_lock);
    if (page_test(page, PG_lru) && !page_test(page, PG_active))
        list_move_tail(&page->lru, &z->lru[page_lru_list(page)]);
    spin_unlock(&z->lru_lock);
}

unsigned
isolate_lru_pages(struct zone *z, enum lru_list l, uint64_t max,
                  struct page **out)
{
    unsigned n = 0;

    spin_lock(&z->lru_lock);
    for (unsigned i = 0; i < max && !list_empty(&z->lru[l]); i++) {
        struct page *page = list_last_entry(&z->lru[l], struct page, lru);

        if (try_get_page(page)) {
            del_from_list_locked(z, page);
            out[n++] = page;
        } else { /* being freed: lru_del() is about to take it off */
            list_move(&page->lru, &z->lru[l]);
        }
    }
    spin_unlock(&z->lru_lock);
    return n;
}

void
putback_lru_pages(struct page **pages, unsigned nr)
{
    struct zone *z = page_zone(pages[0]);

    spin_lock(&z->lru_lock);
    for (unsigned i = 0; i < nr; i++)
        add_to_list_locked(z, pages[i]);
    spin_unlock(&z->lru_lock);
    put_pages(pages, nr);
}
