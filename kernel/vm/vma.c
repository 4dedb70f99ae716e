/* SPDX-License-Identifier: MIT */
/*
 * vma.c - the set of VMAs of an address space.
 *
 * What: find the VMA of an address, find room for a new one, insert, remove,
 * resize, split and merge.
 *
 * How: VMAs lie in a list by address and in a red-black tree with the same
 * order.  Each has a gap below it, and each subtree knows the largest gap
 * in it (max_gap), so room is found in O(log n):
 *
 *     |  gap a  | VMA A |  gap b  | VMA B |gap c| VMA C |
 *
 *              B  gap b,  max_gap = max(a, b, c)
 *             / \
 *   gap a    A   C  gap c
 *
 * A VMA that grows down keeps STACK_GUARD_GAP below it out of its gap.
 * Changing a VMA changes its own gap and that of the next one.  A gap is not
 * kept but read off the list, so the list changes before the tree.
 *
 * What a call takes out of the set waits on mm->removed, since a VMA may hold
 * the last reference of a file, which must not be dropped under mmap_lock (the
 * file system would be entered below it).  mmap_write_unlock() closes them.
 *
 * Interface: find_vma, vma_at, vma_next, vma_prev (mm.h); vma_dup, vma_link,
 * vma_unlink, vma_resize, vma_split, vma_merge, vma_extend, vma_isolate,
 * vma_change_flags, vma_find_room, vma_range_free, mmap_write_unlock (vma.h).
 *
 * Invariants: I1, I3, I4 of mm.h, and
 *   I5  max_gap is exact whenever mmap_lock is free.
 *   I6  A page that has a PTE lies in a VMA of its mapping's tree at every
 *       moment, or a truncation would miss it.  So a split adds the upper
 *       part before it cuts the lower one, and a merge grows the one before it
 *       drops the other: for a while rmap finds two VMAs at an address, and
 *       the second time finds nothing to do.
 *
 * Locks: mmap_lock for writing (finding: for reading).  What rmap reads,
 * vm_start, vm_end and vm_pgoff, changes under i_mmap_lock and the lock of
 * the anon_vma's root.  vma_hint is racy: any VMA in the set will do.
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
    if (new->vm_ops)
        new->vm_ops->open(new->vm_file);
    return new;
}

#define vma_of(rb) rb_entry(rb, struct vm_area, node)

#define max_gap_of(rb) ((rb) ? vma_of(rb)->max_gap : 0)

/* --- Finding */

/* Where the free space below vma begins. */
static vaddr_t
gap_start(struct vm_area *vma)
{
    struct vm_area *prev = vma_prev(vma);

    return prev ? prev->vm_end : USER_MIN;
}

struct vm_area *
find_vma(struct mm *mm, uint64_t addr)
{
    struct vm_area *best = READ_ONCE(mm->vma_hint);
    struct rb_node *node = mm->vma_tree.node;

    /* Faults come in clusters: the last VMA will often do. */
    if (best && addr < best->vm_end &&
        (best->vm_start <= addr || gap_start(best) <= addr))
        return best;
    best = NULL; /* the lowest that ends above addr, as far as seen */
    while (node) {
        bool above = addr < vma_of(node)->vm_end;

        if (above)
            best = vma_of(node);
        node = node->child[!above];
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

static struct vm_area *
vma_last(struct mm *mm)
{
    return list_empty(&mm->vmas)
               ? NULL
               : list_last_entry(&mm->vmas, struct vm_area, link);
}

/* --- Gaps */

/* The room below it that is mmap's: above mmap_base it is the stack's. */
static inline uint64_t
gap_below(struct vm_area *vma)
{
    vaddr_t low = gap_start(vma), top = vma_floor(vma);

    top = MIN(top, vma->vm_mm->mmap_base);
    return top > low ? top - low : 0;
}

static bool
update_max_gap(struct rb_node *node)
{
    struct vm_area *vma = vma_of(node);
    uint64_t old = vma->max_gap, gap = gap_below(vma);

    gap = MAX(gap, max_gap_of(node->rb_left));
    vma->max_gap = MAX(gap, max_gap_of(node->rb_right));
    return vma->max_gap != old;
}

/* vma, if there is one, has got a new gap below it: tell those above. */
static void
gap_changed(struct vm_area *vma)
{
    if (vma)
        rb_propagate(&vma->node, update_max_gap);
}

/*
 * A VMA's own gap lies above those of its left subtree and below those of its
 * right one.
 */
vaddr_t
vma_find_room(struct mm *mm, uint64_t len)
{
    struct rb_node *node = mm->vma_tree.node;
    struct vm_area *last = vma_last(mm);

    if ((last ? last->vm_end : USER_MIN) + len <= mm->mmap_base)
        return mm->mmap_base - len; /* above all VMAs */
    while (max_gap_of(node) >= len) {
        struct vm_area *vma = vma_of(node);
        uint64_t gap = gap_below(vma);

        if (max_gap_of(node->rb_right) >= len) {
            node = node->rb_right;
        } else if (gap >= len) {
            mm->vma_hint = vma; /* the next one above the room */
            return gap_start(vma) + gap - len;
        } else {
            node = node->rb_left;
        }
    }
    return 0;
}

bool
vma_range_free(struct mm *mm, vaddr_t addr, uint64_t len)
{
    struct vm_area *vma;

    if (addr < USER_MIN || addr + len > USER_END)
        return false;
    vma = find_vma(mm, addr);
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
    if ((flags & (VM_EXEC | VM_WRITE)) == VM_EXEC)
        mm->exec_vm += pages;
    else if (flags & VM_GROWSDOWN)
        mm->stack_vm += pages;
    else if ((flags & (VM_WRITE | VM_SHARED)) == VM_WRITE)
        mm->data_vm += pages;
    if (flags & VM_LOCKED) {
        mm->locked_vm += pages;
        atomic_add(&vm_locked, (int64_t)pages);
    }
    if (flags & VM_ACCOUNT)
        mm->commit_left -= pages;
}

void
vma_link(struct vm_area *vma, const struct vm_area *copied)
{
    struct mm *mm = vma->vm_mm;
    struct address_space *m = vma->mapping;
    struct vm_area *prev = vma_last(mm), *next = NULL;

    if (prev && vma->vm_start < prev->vm_end) { /* fork's never do */
        next = find_vma(mm, vma->vm_start);
        if (next->vm_start < vma->vm_start)
            next = vma_next(next); /* vma was just split from that */
        prev = next ? vma_prev(next) : prev;
    }
    list_add(&vma->link, prev ? &prev->link : &mm->vmas);
    /* One of two neighbours is below the other, and has a place there. */
    if (next && !next->node.rb_left)
        rb_link_node(&vma->node, &next->node, &next->node.rb_left);
    else if (prev)
        rb_link_node(&vma->node, &prev->node, &prev->node.rb_right);
    else
        rb_link_node(&vma->node, NULL, &mm->vma_tree.node);
    /* The next one, whose gap it cuts, is above the new leaf in the tree. */
    next = vma_next(vma);
    for (struct rb_node *n = &vma->node; next && n != &next->node;
         n = rb_parent(n))
        update_max_gap(n);
    gap_changed(next);
    rb_insert(&mm->vma_tree, &vma->node, update_max_gap);
    mm->map_count++;
    account(vma, vma_pages(vma));
    if (copied)
        anon_vma_link(vma, copied->anon_vma);
    if (!m)
        return;
    down_write(&m->i_mmap_lock);
    insert_by_index(&m->i_mmap, &vma->in_mapping, vma);
    up_write(&m->i_mmap_lock);
}

void
vma_unlink(struct vm_area *vma)
{
    struct mm *mm = vma->vm_mm;
    struct vm_area *next = vma_next(vma);

    if (vma->mapping) {
        down_write(&vma->mapping->i_mmap_lock);
        interval_erase(&vma->mapping->i_mmap, &vma->in_mapping);
        up_write(&vma->mapping->i_mmap_lock);
    }
    anon_vma_unlink(vma);
    account(vma, -vma_pages(vma));
    mm->map_count--;
    if (mm->vma_hint == vma)
        mm->vma_hint = NULL;
    list_move(&vma->link, &mm->removed);
    if (atomic_read(&mm->users) == 0)
        return; /* nobody looks into the tree of an mm that dies */
    /* The next one gets its range and its gap. */
    rb_erase(&mm->vma_tree, &vma->node, update_max_gap);
    gap_changed(next);
}

void
vma_resize(struct vm_area *vma, vaddr_t start, vaddr_t end)
{
    struct address_space *m = vma->mapping;
    struct anon_vma *av = vma->anon_vma;
    int64_t moved = (int64_t)(start - vma->vm_start);
    bool end_moves = end != vma->vm_end;
    uint64_t last;

    account(vma, ((end - start) >> PAGE_SHIFT) - vma_pages(vma));
    if (m)
        down_write(&m->i_mmap_lock);
    if (av)
        down_write_nested(&av->root->lock, 1);
    /* The first page changes with the start; its place in the file stays. */
    vma->vm_pgoff += (uint64_t)(moved >> PAGE_SHIFT);
    vma->vm_start = start;
    vma->vm_end = end;
    last = vma->vm_pgoff + vma_pages(vma) - 1;
    if (av) {
        interval_move(&av->vmas, &vma->in_anon, vma->vm_pgoff, last);
        up_write(&av->root->lock);
    }
    if (m) {
        interval_move(&m->i_mmap, &vma->in_mapping, vma->vm_pgoff, last);
        up_write(&m->i_mmap_lock);
    }
    if (moved)
        gap_changed(vma);
    if (end_moves)
        gap_changed(vma_next(vma));
}

struct vm_area *
vma_split(struct vm_area *vma, vaddr_t addr)
{
    struct mm *mm = vma->vm_mm;
    struct vm_area *upper;

    DEBUG_ASSERT(vma->vm_start < addr && addr < vma->vm_end);
    upper = mm->map_count < max_map_count ? vma_dup(mm, vma) : NULL;
    if (!upper)
        return NULL;
    upper->vm_pgoff = vma_index(vma, addr);
    upper->vm_start = addr;
    vma_link(upper, vma);
    vma_resize(vma, vma->vm_start, addr);
    return upper;
}

/*
 * Does b continue a: the same kind, the same file, and the next page of it?
 * Stacks keep to themselves, as each needs its guard gap.
 */
static inline bool
continues(const struct vm_area *a, const struct vm_area *b)
{
    return a && b && a->vm_end == b->vm_start && a->vm_flags == b->vm_flags &&
           !(a->vm_flags & VM_GROWSDOWN) && a->vm_file == b->vm_file &&
           a->mapping == b->mapping && a->vm_ops == b->vm_ops &&
           (!a->anon_vma || !b->anon_vma || a->anon_vma == b->anon_vma) &&
           vma_index(a, a->vm_end) == b->vm_pgoff;
}

/* If b continues a, let a have its range. */
static void
join(struct vm_area *a, struct vm_area *b)
{
    if (!continues(a, b))
        return;
    if (!a->anon_vma)
        anon_vma_link(a, b->anon_vma);
    vma_resize(a, a->vm_start, b->vm_end);
    vma_unlink(b);
}

bool
vma_extend(struct mm *mm, const struct vm_area *kind)
{
    struct vm_area *next = find_vma(mm, kind->vm_start);
    struct vm_area *prev = next ? vma_prev(next) : vma_last(mm);

    if (continues(prev, kind)) {
        vma_resize(prev, prev->vm_start, kind->vm_end);
        join(prev, next);
        return true;
    }
    if (!continues(kind, next))
        return false;
    vma_resize(next, kind->vm_start, next->vm_end);
    return true;
}

void
vma_merge(struct vm_area *vma)
{
    join(vma, vma_next(vma));
    join(vma_prev(vma), vma);
}

struct vm_area *
vma_isolate(struct vm_area *vma, vaddr_t start, vaddr_t end)
{
    struct vm_area *part = vma;

    if (end < vma->vm_end && !vma_split(vma, end))
        return NULL;
    if (vma->vm_start < start)
        part = vma_split(vma, start);
    if (!part)
        vma_merge(vma);
    return part;
}

int
vma_change_flags(struct vm_area *vma, vaddr_t start, vaddr_t end,
                 uint32_t vm_flags)
{
    if (vma->vm_flags == vm_flags)
        return 0;
    vma = vma_isolate(vma, start, end);
    if (!vma)
        return -ENOMEM;
    account(vma, -vma_pages(vma));
    vma->vm_flags = vm_flags;
    account(vma, vma_pages(vma));
    vma_merge(vma);
    return 0;
}

void
mmap_write_unlock(struct mm *mm)
{
    struct vm_area *vma, *tmp;
    LIST_HEAD(gone);

    list_splice(&mm->removed, &gone);
    atomic_sub(&vm_committed, mm->commit_left);
    mm->commit_left = 0;
    up_write(&mm->mmap_lock);
    list_for_each_entry_safe(vma, tmp, &gone, link) {
        if (vma->vm_ops)
            vma->vm_ops->close(vma->vm_file);
        kmem_cache_free(vma_cache, vma);
    }
}
