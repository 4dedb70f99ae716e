/* SPDX-License-Identifier: MIT */
/*
 * vma.c - the set of VMAs of an address space.
 *
 * What: find the VMA of an address, find room for a new one, insert, remove,
 * resize, split and merge.
 *
 * How: VMAs lie in a list by address and in a red-black tree with the same
 * order.  Each knows the gap below it, and each subtree the largest gap in
 * it (max_gap), so room is found in O(log n):
 *
 *     |  gap a  | VMA A |  gap b  | VMA B |gap c| VMA C |
 *
 *              B  gap b,  max_gap = max(a, b, c)
 *             / \
 *   gap a    A   C  gap c
 *
 * A VMA that grows down keeps STACK_GUARD_GAP below it out of its gap.
 * Changing a VMA changes its own gap and that of the next one.
 *
 * Interface: find_vma, vma_at, vma_next, vma_prev (mm.h); vma_link,
 * vma_unlink, vma_resize, vma_split, vma_merge, vma_isolate,
 * vma_change_flags, vma_find_gap (vma.h).
 *
 * Invariants: I1, I3, I4 of mm.h, and
 *   I5  gap and max_gap are exact whenever mmap_lock is free.
 *
 * Locks: mmap_lock for writing (finding: for reading).  What rmap reads,
 * vm_start, vm_end and vm_pgoff of a VMA with a mapping, changes under
 * i_mmap_lock, since a truncation must miss no PTE; who looks for an anonymous
 * page may.  vma_hint is racy: any VMA in the set will do.
 *
 * See: rbtree.h; Bonwick's vmem for other ways to hand out ranges.
 */
#include "vm/vma.h"

#include "mm/slab.h"
#include "vm/pagecache.h"
#include "vm/rmap.h"

static struct kmem_cache *vma_cache;
uint32_t max_map_count = 65530;

void
vma_cache_init(void)
{
    vma_cache =
        kmem_cache_create("vm_area_struct", sizeof(struct vm_area), 0, 0, NULL);
    if (!vma_cache)
        panic("no memory for the cache of VMAs");
}

struct vm_area *
vma_alloc(struct mm *mm, vaddr_t start, vaddr_t end, uint32_t vm_flags)
{
    struct vm_area *vma = kmem_cache_alloc(vma_cache, GFP_KERNEL);

    if (vma)
        *vma = (struct vm_area){.vm_mm = mm,
                                .vm_start = start,
                                .vm_end = end,
                                .vm_flags = vm_flags,
                                .vm_pgoff = start >> PAGE_SHIFT};
    return vma;
}

struct vm_area *
vma_dup(struct mm *mm, const struct vm_area *vma)
{
    struct vm_area *new = kmem_cache_alloc(vma_cache, GFP_KERNEL);

    if (!new)
        return NULL;
    *new = *vma;
    new->vm_mm = mm;
    new->anon_vma = NULL;
    if (mm == vma->vm_mm)
        anon_vma_link(new, vma->anon_vma);
    vma_open(new);
    return new;
}

void
vma_free(struct vm_area *vma)
{
    anon_vma_unlink(vma); /* if it was never in the set */
    kmem_cache_free(vma_cache, vma);
}

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
update_max_gap(struct rb_node *node)
{
    struct vm_area *vma = vma_of(node);

    vma->max_gap = MAX(
        vma->gap, MAX(max_gap_of(node->rb_left), max_gap_of(node->rb_right)));
}

static const struct rb_augment gap_augment = {update_max_gap};

/* --- Finding */

struct vm_area *
find_vma(struct mm *mm, uint64_t addr)
{
    struct vm_area *best = READ_ONCE(mm->vma_hint);
    struct rb_node *node = mm->vma_tree.node;

    /* Faults come in clusters: the last VMA will often do. */
    if (best && best->vm_start <= addr && addr < best->vm_end)
        return best;
    best = NULL; /* the lowest that ends above addr, as far as seen */
    while (node) {
        struct vm_area *vma = vma_of(node);

        if (addr >= vma->vm_end) {
            node = node->rb_right;
            continue;
        }
        best = vma;
        if (addr >= vma->vm_start)
            break;
        node = node->rb_left;
    }
    if (best)
        WRITE_ONCE(mm->vma_hint, best);
    return best;
}

struct vm_area *
vma_at(struct mm *mm, uint64_t addr)
{
    struct vm_area *vma = find_vma(mm, addr);

    return vma && vma->vm_start <= addr ? vma : NULL;
}

struct vm_area *
vma_first(struct mm *mm)
{
    return list_first_entry_or_null(&mm->vmas, struct vm_area, link);
}

/* --- Gaps */

/* Where the free space below vma begins. */
static vaddr_t
gap_start(struct vm_area *vma)
{
    struct vm_area *prev = vma_prev(vma);

    return prev ? prev->vm_end : USER_MIN;
}

static uint64_t
gap_below(struct vm_area *vma)
{
    vaddr_t start = gap_start(vma), floor = vma_floor(vma);

    return floor > start ? floor - start : 0;
}

/* vma, if there is one, has got a new gap below it: tell those above. */
static void
gap_changed(struct vm_area *vma)
{
    struct rb_node *node;

    if (!vma)
        return;
    vma->gap = gap_below(vma);
    for (node = &vma->node; node; node = rb_parent(node)) {
        uint64_t old = vma_of(node)->max_gap;

        update_max_gap(node);
        if (vma_of(node)->max_gap == old)
            break;
    }
}

/*
 * As vma_find_gap, in the gaps below the VMAs of a subtree.  A VMA's own gap
 * lies above those of its left subtree and below those of its right one.
 * Only the gap that `high` cuts can be less than max_gap says, so one way down
 * is gone in vain at most.
 */
static vaddr_t
gap_in_subtree(struct rb_node *node, uint64_t len, vaddr_t high)
{
    while (max_gap_of(node) >= len) {
        struct vm_area *vma = vma_of(node);
        vaddr_t low = gap_start(vma), top = MIN(high, vma_floor(vma));
        vaddr_t found = 0;

        if (vma->vm_end < high)
            found = gap_in_subtree(node->rb_right, len, high);
        if (found)
            return found;
        if (low + len <= top)
            return top - len;
        node = node->rb_left;
    }
    return 0;
}

vaddr_t
vma_find_gap(struct mm *mm, uint64_t len, vaddr_t high)
{
    struct rb_node *last = rb_last(&mm->vma_tree);
    vaddr_t low = last ? vma_of(last)->vm_end : USER_MIN;

    if (low + len <= high) /* above all VMAs */
        return high - len;
    return gap_in_subtree(mm->vma_tree.node, len, high);
}

bool
vma_range_free(struct mm *mm, vaddr_t addr, uint64_t len)
{
    struct vm_area *vma = find_vma(mm, addr);

    return !vma || vma_floor(vma) >= addr + len;
}

/* --- Changing the set */

/* Its kind of VMA has got so much longer (or, modulo 2^64, shorter). */
static void
account(struct vm_area *vma, uint64_t pages)
{
    struct mm *mm = vma->vm_mm;
    uint32_t flags = vma->vm_flags;

    mm->total_vm += pages;
    mm->hiwater_vm = MAX(mm->hiwater_vm, mm->total_vm);
    if ((flags & (VM_EXEC | VM_WRITE)) == VM_EXEC)
        mm->exec_vm += pages;
    else if (flags & VM_GROWSDOWN)
        mm->stack_vm += pages;
    else if ((flags & (VM_WRITE | VM_SHARED)) == VM_WRITE)
        mm->data_vm += pages;
    if (flags & VM_LOCKED)
        mm->locked_vm += pages;
}

/*
 * The set_ functions change list, tree, gaps and counters, and nothing else.
 * The neighbours' gaps: a new VMA cuts the gap of the next one, one that
 * leaves gives its range and its gap to the next one.
 */
static void
set_insert(struct vm_area *vma)
{
    struct mm *mm = vma->vm_mm;
    struct rb_node **link = &mm->vma_tree.node, *parent = NULL;
    struct list_head *before = &mm->vmas;

    while (*link) {
        parent = *link;
        if (vma->vm_start < vma_of(parent)->vm_start) {
            link = &parent->rb_left;
        } else {
            link = &parent->rb_right;
            before = &vma_of(parent)->link;
        }
    }
    list_add(&vma->link, before);
    vma->gap = gap_below(vma);
    rb_link_node(&vma->node, parent, link);
    rb_insert(&mm->vma_tree, &vma->node, &gap_augment);
    gap_changed(vma_next(vma));
    mm->map_count++;
    account(vma, vma_pages(vma));
}

static void
set_remove(struct vm_area *vma)
{
    struct mm *mm = vma->vm_mm;
    struct vm_area *next = vma_next(vma);

    account(vma, -vma_pages(vma));
    mm->map_count--;
    if (mm->vma_hint == vma)
        mm->vma_hint = NULL;
    rb_erase(&mm->vma_tree, &vma->node, &gap_augment);
    list_del(&vma->link);
    gap_changed(next);
}

static void
set_resize(struct vm_area *vma, vaddr_t start, vaddr_t end)
{
    int64_t moved = (int64_t)(start - vma->vm_start);
    uint64_t pages = vma_pages(vma);
    bool moved_end = end != vma->vm_end;

    /* The first page changes with the start; its place in the file stays. */
    vma->vm_pgoff += (uint64_t)(moved >> PAGE_SHIFT);
    vma->vm_start = start;
    vma->vm_end = end;
    account(vma, vma_pages(vma) - pages);
    if (moved)
        gap_changed(vma);
    if (moved_end)
        gap_changed(vma_next(vma));
}

/* A truncation must not see a VMA that is half changed. */
static void
lock_mapping(struct vm_area *vma)
{
    if (vma->mapping)
        down_write(&vma->mapping->i_mmap_lock);
}

static void
unlock_mapping(struct vm_area *vma)
{
    if (vma->mapping)
        up_write(&vma->mapping->i_mmap_lock);
}

/* => mapping locked; nothing for anonymous VMAs */
static void
mapping_add(struct vm_area *vma, struct vm_area *after)
{
    if (vma->mapping)
        list_add(&vma->i_mmap_link,
                 after ? &after->i_mmap_link : &vma->mapping->i_mmap);
}

static void
mapping_del(struct vm_area *vma)
{
    if (vma->mapping)
        list_del(&vma->i_mmap_link);
}

void
vma_link(struct vm_area *vma, struct vm_area *after)
{
    lock_mapping(vma);
    set_insert(vma);
    mapping_add(vma, after);
    unlock_mapping(vma);
}

void
vma_detach(struct vm_area *vma)
{
    lock_mapping(vma);
    mapping_del(vma);
    unlock_mapping(vma);
    anon_vma_unlink(vma);
}

void
vma_unlink(struct vm_area *vma)
{
    vma_detach(vma);
    set_remove(vma);
}

void
vma_resize(struct vm_area *vma, vaddr_t start, vaddr_t end)
{
    lock_mapping(vma);
    set_resize(vma, start, end);
    unlock_mapping(vma);
}

int
vma_split(struct vm_area *vma, vaddr_t addr)
{
    struct mm *mm = vma->vm_mm;
    struct vm_area *upper;

    DEBUG_ASSERT(vma->vm_start < addr && addr < vma->vm_end);
    if (mm->map_count >= max_map_count)
        return -ENOMEM;
    upper = vma_dup(mm, vma);
    if (!upper)
        return -ENOMEM;
    /* The lower part gives its end up before the upper part takes it. */
    upper->vm_start = addr;
    upper->vm_pgoff += (addr - vma->vm_start) >> PAGE_SHIFT;
    lock_mapping(vma);
    set_resize(vma, vma->vm_start, addr);
    set_insert(upper);
    mapping_add(upper, vma);
    unlock_mapping(vma);
    return 0;
}

int
vma_isolate(struct vm_area **vma, vaddr_t start, vaddr_t end)
{
    int err = end < (*vma)->vm_end ? vma_split(*vma, end) : 0;

    if (!err && (*vma)->vm_start < start) {
        err = vma_split(*vma, start);
        if (!err)
            *vma = vma_next(*vma);
    }
    return err;
}

/*
 * Does b continue a?  Same kind, same file, and the next page of it; stacks
 * keep to themselves, as each needs its guard gap.
 */
static bool
can_merge(const struct vm_area *a, const struct vm_area *b)
{
    return a->vm_end == b->vm_start && a->vm_flags == b->vm_flags &&
           !(a->vm_flags & VM_GROWSDOWN) && a->vm_file == b->vm_file &&
           a->mapping == b->mapping && a->vm_ops == b->vm_ops &&
           (a->anon_vma == b->anon_vma || !a->anon_vma || !b->anon_vma) &&
           a->vm_pgoff + vma_pages(a) == b->vm_pgoff;
}

/* b continues a: let a have its range. */
static void
absorb(struct vm_area *a, struct vm_area *b, struct list_head *removed)
{
    vaddr_t end = b->vm_end;

    if (!a->anon_vma)
        anon_vma_link(a, b->anon_vma);
    lock_mapping(a);
    mapping_del(b);
    set_remove(b);
    set_resize(a, a->vm_start, end);
    unlock_mapping(a);
    anon_vma_unlink(b);
    list_add(&b->link, removed);
}

struct vm_area *
vma_merge(struct vm_area *vma, struct list_head *removed)
{
    struct vm_area *next = vma_next(vma), *prev = vma_prev(vma);

    if (next && can_merge(vma, next))
        absorb(vma, next, removed);
    if (prev && can_merge(prev, vma)) {
        absorb(prev, vma, removed);
        vma = prev;
    }
    return vma;
}

int
vma_change_flags(struct vm_area *vma, vaddr_t start, vaddr_t end,
                 uint32_t vm_flags, struct list_head *removed)
{
    int err;

    if (vma->vm_flags == vm_flags)
        return 0;
    err = vma_isolate(&vma, start, end);
    if (!err) {
        account(vma, -vma_pages(vma));
        vma->vm_flags = vm_flags;
        account(vma, vma_pages(vma));
    }
    vma_merge(vma, removed);
    return err;
}

void
vma_close_list(struct list_head *removed)
{
    struct vm_area *vma, *tmp;

    list_for_each_entry_safe(vma, tmp, removed, link) {
        if (vma->vm_ops && vma->vm_ops->close)
            vma->vm_ops->close(vma->vm_file);
        vma_free(vma);
    }
    list_init(removed);
}
