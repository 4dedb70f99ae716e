/* SPDX-License-Identifier: MIT */
/*
 * The set of VMAs: random mapping, unmapping and protecting against a model
 * with one entry a page; the search for room against a scan of the model;
 * file references; and what happens when there is no memory.
 */
/* sources: vm/vma.c lib/rbtree.c lib/interval.c */
#include "host.h"

#include "include/errno.h"
#include "lib/assert.h"
#include "lib/macros.h"
#include "mm/slab.h"
#include "vm/pagecache.h"
#include "vm/rmap.h"
#include "rb_check.h"
#include "vm/vma.h"

enum { PAGES = 4096, NR_FLAGS = 4, GUARD_PAGES = STACK_GUARD_GAP / PAGE_SIZE };

#define BASE USER_MIN
#define PAGE_AT(i) (BASE + (i)*PAGE_SIZE)

/* --- What vma.c needs from below */

static unsigned fail_after; /* let the n-th allocation from now on fail */
static int vmas_alive;

struct kmem_cache *
kmem_cache_create(const char *name, size_t size, size_t align, unsigned flags,
                  void (*ctor)(void *))
{
    (void)name, (void)align, (void)flags, (void)ctor;
    assert_int_equal(size, sizeof(struct vm_area));
    return (struct kmem_cache *)(uintptr_t)size;
}

void *
kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp)
{
    (void)gfp;
    if (fail_after && --fail_after == 0)
        return NULL;
    vmas_alive++;
    return malloc((size_t)(uintptr_t)cache);
}

void
kmem_cache_free(struct kmem_cache *cache, void *obj)
{
    (void)cache;
    vmas_alive--;
    free(obj);
}

static struct mm mm;
static int mm_locked, mapping_locked;
atomic64_t vm_committed, vm_locked;

/* mm->mmap_lock, and inside it that of the mapping. */
static int *
locked_by(struct rwsem *s)
{
    return s == &mm.mmap_lock ? &mm_locked : &mapping_locked;
}

int
rwsem_lock(struct rwsem *s, bool write, uint32_t state, unsigned subclass)
{
    (void)state;
    (void)subclass;
    assert_true(write);
    assert_int_equal(mapping_locked, 0);
    assert_int_equal((*locked_by(s))++, 0);
    return 0;
}

void
rwsem_unlock(struct rwsem *s, int64_t by)
{
    assert_int_equal(by, 1);
    assert_int_equal((*locked_by(s))--, 1);
}

/* Anonymous pages are rmap's business: what counts is who is on a node. */
void
anon_vma_link(struct vm_area *vma, struct anon_vma *av)
{
    assert_null(vma->anon_vma);
    vma->anon_vma = av;
}

void
anon_vma_unlink(struct vm_area *vma)
{
    vma->anon_vma = NULL;
}

/* --- A file */

static int file_refs;
static struct address_space file_mapping;

static void
file_open(struct file *file)
{
    assert_ptr_equal(file, &file_mapping);
    file_refs++;
}

static void
file_close(struct file *file)
{
    assert_ptr_equal(file, &file_mapping);
    assert_int_equal(mm_locked, 0); /* it may be the last one */
    file_refs--;
}

static const struct vm_operations file_ops = {file_open, file_close};

/* --- The invariants I1, I4 of mm.h, I5 of vma.c, I1 of limits.c, or a panic */

static struct vm_area *
vma_of(struct rb_node *node)
{
    return rb_entry(node, struct vm_area, node);
}

static uint64_t
max_gap_of(struct rb_node *node)
{
    return node ? vma_of(node)->max_gap : 0;
}

static void
check_one(struct vm_area *vma, vaddr_t floor)
{
    struct rb_node *prev = rb_neighbour(&vma->node, 0);
    vaddr_t top = MIN(vma_floor(vma), mm.mmap_base);
    uint64_t gap = top > floor ? top - floor : 0;

    ASSERT(vma->vm_start < vma->vm_end);
    ASSERT(((vma->vm_start | vma->vm_end) & ~PAGE_MASK) == 0);
    ASSERT(vma->vm_start >= floor && vma->vm_end <= USER_END);
    ASSERT((prev ? vma_of(prev) : NULL) == vma_prev(vma));
    ASSERT(vma->max_gap == MAX(gap, MAX(max_gap_of(vma->node.rb_left),
                                        max_gap_of(vma->node.rb_right))));
}

static void
vma_check(void)
{
    struct vm_area *vma;
    vaddr_t floor = USER_MIN;
    uint64_t pages = 0, accounted = 0;
    uint32_t count = 0;

    ASSERT(list_empty(&mm.removed) && mm.commit_left == 0);
    rb_check(&mm.vma_tree);
    list_for_each_entry(vma, &mm.vmas, link) {
        check_one(vma, floor);
        floor = vma->vm_end;
        pages += vma_pages(vma);
        accounted += vma->vm_flags & VM_ACCOUNT ? vma_pages(vma) : 0;
        count++;
    }
    ASSERT(pages == mm.total_vm);
    ASSERT(accounted == (uint64_t)atomic_read(&vm_committed));
    ASSERT(mm.locked_vm == (uint64_t)atomic_read(&vm_locked));
    ASSERT(count == mm.map_count);
    ASSERT((vma_first(&mm) ? &vma_first(&mm)->node : NULL) ==
           rb_first(&mm.vma_tree));
}

/* --- The address space and its model */

struct model_page {
    uint32_t flags; /* 0: not mapped */
    bool file;
    uint64_t pgoff;
};

static struct model_page model[PAGES];

static void
start(void)
{
    memset(&mm, 0, sizeof(mm));
    memset(model, 0, sizeof(model));
    mm.users = 1;
    mm.mmap_base = PAGE_AT(PAGES);
    list_init(&mm.vmas);
    list_init(&mm.removed);
    file_mapping.i_mmap = RB_ROOT_INIT;
    atomic_set(&vm_committed, 0);
    atomic_set(&vm_locked, 0);
    vmas_alive = file_refs = 0;
    fail_after = 0;
    vma_cache_init();
}

/* What mm_charge() does, but the asking. */
static void
charge(uint32_t flags, uint64_t pages)
{
    if (!(flags & VM_ACCOUNT))
        return;
    atomic_add(&vm_committed, (int64_t)pages);
    mm.commit_left += pages;
}

/* munmap, as mmap.c does it but without pages. */
static int
unmap_pages(uint64_t start_at, uint64_t end)
{
    struct vm_area *vma = find_vma(&mm, start_at), *next;

    if (!vma || vma->vm_start >= end)
        return 0;
    if (vma->vm_start < start_at && end < vma->vm_end && !vma_split(vma, end))
        return -ENOMEM;
    for (; vma && vma->vm_start < end; vma = next) {
        next = vma_next(vma);
        if (vma->vm_start < start_at)
            vma_resize(vma, vma->vm_start, start_at);
        else if (end < vma->vm_end)
            vma_resize(vma, end, vma->vm_end);
        else
            vma_unlink(vma);
    }
    return 0;
}

static int
unmap(uint64_t start_at, uint64_t end)
{
    int err;

    down_write(&mm.mmap_lock);
    err = unmap_pages(start_at, end);
    mmap_write_unlock(&mm);
    return err;
}

static int
map(uint64_t start_at, uint64_t end, uint32_t flags, bool file)
{
    struct vm_area *vma, kind = {.vm_start = start_at,
                                 .vm_end = end,
                                 .vm_flags = flags,
                                 .vm_pgoff = start_at >> PAGE_SHIFT};
    int err = -ENOMEM;

    if (file) {
        kind.vm_file = (struct file *)&file_mapping;
        kind.mapping = &file_mapping;
        kind.vm_ops = &file_ops;
        kind.vm_pgoff += 1000;
    }
    down_write(&mm.mmap_lock);
    charge(flags, (end - start_at) >> PAGE_SHIFT);
    vma = vma_dup(&mm, &kind);
    if (vma)
        err = unmap_pages(start_at, end);
    if (vma && err)
        list_add(&vma->link, &mm.removed);
    if (!err) {
        vma_link(vma, NULL);
        vma_merge(vma);
    }
    mmap_write_unlock(&mm);
    return err;
}

/* mprotect of what is mapped in the range. */
static int
protect(uint64_t from, uint64_t end, uint32_t flags)
{
    int err = 0;

    down_write(&mm.mmap_lock);
    while (from < end && !err) {
        struct vm_area *vma = find_vma(&mm, from);
        uint64_t stop;

        if (!vma || vma->vm_start >= end)
            break;
        from = MAX(from, vma->vm_start);
        stop = MIN(end, vma->vm_end);
        if (!(vma->vm_flags & VM_ACCOUNT))
            charge(flags, (stop - from) >> PAGE_SHIFT);
        err = vma_change_flags(vma, from, stop, flags);
        from = stop;
    }
    mmap_write_unlock(&mm);
    return err;
}

/* Every page as the model has it; neighbours merged; files counted. */
static void
compare(void)
{
    unsigned files = 0, listed = 0, locked = 0;
    struct vm_area *vma;
    struct interval *in;

    vma_check();
    for (unsigned i = 0; i < PAGES; i++) {
        vma = vma_at(&mm, PAGE_AT(i));
        if (!model[i].flags) {
            assert_null(vma);
            continue;
        }
        assert_non_null(vma);
        assert_int_equal(vma->vm_flags, model[i].flags);
        locked += !!(model[i].flags & VM_LOCKED);
        assert_int_equal(!!vma->mapping, model[i].file);
        assert_int_equal(vma->vm_pgoff + i -
                             ((vma->vm_start - BASE) >> PAGE_SHIFT),
                         model[i].pgoff);
    }
    list_for_each_entry(vma, &mm.vmas, link) {
        struct vm_area *next = vma_next(vma);

        files += vma->mapping != NULL;
        assert_false(next && next->vm_start == vma->vm_end &&
                     next->vm_flags == vma->vm_flags &&
                     next->mapping == vma->mapping);
    }
    assert_int_equal(files, file_refs);
    assert_int_equal(locked, mm.locked_vm);
    for_each_interval(in, &file_mapping.i_mmap, 0, UINT64_MAX) {
        vma = container_of(in, struct vm_area, in_mapping);
        assert_int_equal(in->first, vma->vm_pgoff);
        assert_int_equal(in->last + 1, vma->vm_pgoff + vma_pages(vma));
        listed++;
    }
    assert_int_equal(files, listed);
    assert_int_equal(mm.map_count, vmas_alive);
}

static void
finish(void)
{
    assert_int_equal(unmap(BASE, USER_END), 0);
    assert_int_equal(vmas_alive, 0);
    assert_int_equal(file_refs, 0);
    assert_int_equal(
        mm.total_vm + mm.data_vm + mm.exec_vm + mm.stack_vm + mm.locked_vm, 0);
    vma_check();
}

static const uint32_t kinds[NR_FLAGS] = {
    VM_READ, VM_READ | VM_WRITE | VM_ACCOUNT, VM_READ | VM_EXEC,
    VM_READ | VM_LOCKED};

static void
random_range(uint64_t *first, uint64_t *end)
{
    *first = rnd_below(PAGES - 1);
    *end = *first + 1 +
           rnd_below(MIN(PAGES - *first, rnd_below(8) ? 16UL : 500UL));
}

/* One random operation, on both. */
static void
step(void)
{
    uint64_t first, end, op = rnd_below(3);
    uint32_t flags = kinds[rnd_below(NR_FLAGS)];
    bool file = rnd_below(2);

    random_range(&first, &end);
    if (op == 0)
        assert_int_equal(map(PAGE_AT(first), PAGE_AT(end), flags, file), 0);
    else if (op == 1)
        assert_int_equal(unmap(PAGE_AT(first), PAGE_AT(end)), 0);
    else
        assert_int_equal(protect(PAGE_AT(first), PAGE_AT(end), flags), 0);
    for (; first < end; first++) {
        struct model_page *m = &model[first];

        if (op == 0)
            *m = (struct model_page){flags, file,
                                     (PAGE_AT(first) >> PAGE_SHIFT) +
                                         (file ? 1000 : 0)};
        else if (op == 1)
            m->flags = 0;
        else if (m->flags)
            m->flags = flags;
    }
}

static void
vma_random_operations_match_model(void **state)
{
    (void)state;
    start();
    for (unsigned i = 0; i < scaled(3000); i++) {
        step();
        if (i % 16 == 0)
            compare();
    }
    compare();
    finish();
}

/* The highest free run of len pages below page `high`, or -1. */
static int64_t
naive_gap(uint64_t len, uint64_t high)
{
    uint64_t run = 0;

    for (int64_t i = (int64_t)high - 1; i >= 0; i--) {
        run = model[i].flags ? 0 : run + 1;
        if (run == len)
            return i;
    }
    return -1;
}

static void
vma_find_room_is_highest_that_fits(void **state)
{
    (void)state;
    for (unsigned base = PAGES / 8; base <= PAGES; base += PAGES / 8) {
        start();
        mm.mmap_base = PAGE_AT(base);
        for (unsigned i = 0; i < scaled(1000); i++) {
            uint64_t len = 1 + rnd_below(300);
            int64_t want = naive_gap(len, base);
            vaddr_t got = vma_find_room(&mm, len * PAGE_SIZE);

            assert_int_equal(got, want < 0 ? 0 : PAGE_AT((uint64_t)want));
            step();
        }
        finish();
    }
}

static void
vma_gap_spares_stack_guard(void **state)
{
    (void)state;
    start();
    mm.mmap_base = PAGE_AT(2011);
    assert_int_equal(map(PAGE_AT(2000), PAGE_AT(2010),
                         VM_READ | VM_WRITE | VM_GROWSDOWN, false),
                     0);
    assert_int_equal(mm.stack_vm, 10);
    assert_int_equal(vma_find_room(&mm, PAGE_SIZE), PAGE_AT(2010));
    assert_int_equal(vma_find_room(&mm, 2 * PAGE_SIZE),
                     PAGE_AT(2000 - GUARD_PAGES - 2));
    assert_true(
        vma_range_free(&mm, PAGE_AT(2000 - GUARD_PAGES - 1), PAGE_SIZE));
    assert_false(vma_range_free(&mm, PAGE_AT(2000 - GUARD_PAGES), PAGE_SIZE));
    /* A neighbour inside the guard leaves no gap at all. */
    assert_int_equal(map(PAGE_AT(1990), PAGE_AT(1991), VM_READ, false), 0);
    vma_check();
    assert_int_equal(vma_find_room(&mm, 2 * PAGE_SIZE), PAGE_AT(1988));
    finish();
}

static void
vma_find_returns_next_above(void **state)
{
    (void)state;
    start();
    assert_null(find_vma(&mm, BASE));
    assert_int_equal(map(PAGE_AT(10), PAGE_AT(20), VM_READ, false), 0);
    assert_int_equal(map(PAGE_AT(30), PAGE_AT(40), VM_READ, false), 0);
    assert_int_equal(find_vma(&mm, PAGE_AT(0))->vm_start, PAGE_AT(10));
    assert_int_equal(find_vma(&mm, PAGE_AT(20) - 1)->vm_start, PAGE_AT(10));
    assert_int_equal(find_vma(&mm, PAGE_AT(20))->vm_start, PAGE_AT(30));
    assert_null(vma_at(&mm, PAGE_AT(20)));
    assert_null(find_vma(&mm, PAGE_AT(40)));
    finish();
}

/* However early memory runs out, the set stays whole and nothing leaks. */
static void
vma_survives_failing_allocations(void **state)
{
    (void)state;
    for (unsigned n = 1; n < 60; n++) {
        unsigned failed = 0;

        start();
        for (unsigned i = 0; i < 200; i++) {
            uint64_t first, end;
            int err;

            random_range(&first, &end);
            fail_after = 1 + (unsigned)rnd_below(n);
            err = i % 3 == 0   ? unmap(PAGE_AT(first), PAGE_AT(end))
                  : i % 3 == 1 ? protect(PAGE_AT(first), PAGE_AT(end),
                                         kinds[rnd_below(NR_FLAGS)])
                               : map(PAGE_AT(first), PAGE_AT(end),
                                     kinds[rnd_below(NR_FLAGS)], i & 1);
            failed += err != 0;
            assert_true(err == 0 || err == -ENOMEM);
            vma_check();
        }
        assert_true(failed > 0 || n > 1);
        fail_after = 0;
        finish();
    }
}

/* At vm.max_map_count nothing is split, and nothing has changed. */
static void
vma_split_respects_max_map_count(void **state)
{
    const uint32_t most = max_map_count;

    (void)state;
    start();
    assert_int_equal(map(PAGE_AT(10), PAGE_AT(20), VM_READ, true), 0);
    max_map_count = 2;
    assert_int_equal(protect(PAGE_AT(12), PAGE_AT(14), VM_LOCKED), -ENOMEM);
    assert_int_equal(vma_at(&mm, PAGE_AT(12))->vm_flags, VM_READ);
    assert_int_equal(mm.locked_vm, 0);
    assert_int_equal(mm.map_count, 1);
    max_map_count = 3;
    vma_check();
    assert_int_equal(protect(PAGE_AT(12), PAGE_AT(14), VM_LOCKED), 0);
    assert_int_equal(mm.locked_vm, 2);
    assert_int_equal(mm.map_count, 3);
    assert_int_equal(protect(PAGE_AT(12), PAGE_AT(14), VM_READ), 0);
    assert_int_equal(mm.map_count, 1);
    max_map_count = most;
    finish();
}

static void
vma_check_notices_damage(void **state)
{
    (void)state;
    start();
    assert_int_equal(map(PAGE_AT(10), PAGE_AT(20), VM_READ, false), 0);
    vma_first(&mm)->max_gap += PAGE_SIZE;
    expect_panic(vma_check());
    vma_first(&mm)->max_gap -= PAGE_SIZE;
    mm.total_vm++;
    expect_panic(vma_check());
    mm.total_vm--;
    finish();
}

HOST_TESTS(HOST_TEST(vma_find_returns_next_above),
           HOST_TEST(vma_random_operations_match_model),
           HOST_TEST(vma_find_room_is_highest_that_fits),
           HOST_TEST(vma_gap_spares_stack_guard),
           HOST_TEST(vma_survives_failing_allocations),
           HOST_TEST(vma_split_respects_max_map_count),
           HOST_TEST(vma_check_notices_damage))
