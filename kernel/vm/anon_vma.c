/* SPDX-License-Identifier: MIT */
/*
 * anon_vma.c - which VMAs may map an anonymous page.
 *
 * A file's page is found through its address_space.  An anonymous page has
 * only the processes that fork made out of the one that created it.  So each
 * VMA that has anonymous pages belongs to a node, an anon_vma, and fork hangs
 * the child's node below the parent's:
 *
 *         (A: shell)               page->anon_vma = A: any of A, B, C, D
 *          /      \                               B: B or D
 *     (B: make)  (C: ls)                          D: D alone
 *         |
 *     (D: cc)
 *
 * A page belongs to the node in which it was created (first touch, or copy on
 * write), and whoever maps it lies in the subtree of that node.  So a page
 * private to one of a thousand children is found in one step, and one that a
 * thousand share in a thousand.
 *
 *   split VMAs share their node; only VMAs of one node merge (vma.c)
 *   a page that comes back from swap for several belongs to the root, since
 *   nobody knows any more who created it (fault_swap.c)
 *
 * A node without VMAs stays while it has children.  A chain of processes each
 * of which forks and exits would leave one such node, idle, a generation.  So
 * a child shares its parent's node if there are more idle nodes above it than
 * processes that share it already: to have n of them, n processes must have
 * lived at once, and a private page costs a look at n VMAs at most.  A child
 * cannot have a node above its parent's, which may own pages that it maps.
 *
 * Interface: anon_vma_prepare (first fault), anon_vma_fork, anon_vma_link
 * (split), anon_vma_unlink (the VMA goes); page_lock_anon_vma,
 * anon_vma_next and unlock_anon_vma for rmap.c.
 *
 * Invariants
 *   I1  page->anon_vma means something while the page is mapped: a VMA in
 *       the subtree then keeps the node, and the node its root.
 *   I2  Every node in a tree has a VMA or a child.
 *
 * A walk begins with a page, so the tree may go before the walk has its lock.
 * That is what anon_lock is for: page_lock_anon_vma() looks at mapcount and
 * tries the lock under it.  A VMA leaves its node after its last PTE is gone,
 * and anon_vma_unlink() passes through anon_lock before it waits for the
 * tree's lock.  So who saw the page mapped has the tree's lock by then, or has
 * given up; whoever looks later sees that it is not mapped.  Locks of trees
 * that may go are released, and their nodes freed, under anon_lock too: a
 * rwsem must outlive the call that releases it.
 *
 * Locks: root->lock (RANK_I_MMAP) for the shape of the tree and the sets of
 * VMAs; nothing is allocated under it.  anon_lock as said.
 *
 * See: rmap.c; Linux, mm/rmap.c, which lets a VMA be on several nodes so that
 * even the root's pages are found faster.
 */
#include "vm/rmap.h"

#include "lib/assert.h"
#include "mm/slab.h"
#include "vm/vma.h"

static struct kmem_cache *anon_vma_cache;
static struct spinlock anon_lock = SPINLOCK_INIT(RANK_ANON_VMA, "anon_vma");

void
anon_vma_init(void)
{
    anon_vma_cache =
        kmem_cache_create("anon_vma", sizeof(struct anon_vma), 0, 0, NULL);
}

/* A node below parent (NULL: a root), in no list.  NULL: no memory */
static struct anon_vma *
anon_vma_alloc(struct anon_vma *parent)
{
    struct anon_vma *av =
        kmem_cache_alloc(anon_vma_cache, GFP_KERNEL | __GFP_ZERO);

    if (!av)
        return NULL;
    av->parent = parent;
    av->root = parent ? parent->root : av;
    rwsem_init(&av->lock, RANK_I_MMAP);
    list_init(&av->children);
    return av;
}

struct anon_vma *
page_lock_anon_vma(struct page *page)
{
    struct anon_vma *av = NULL;

    spin_lock(&anon_lock);
    if (atomic_read(&page->mapcount) > 0 &&
        down_read_trylock(&page->anon_vma->root->lock))
        av = page->anon_vma;
    spin_unlock(&anon_lock);
    return av;
}

void
unlock_anon_vma(struct anon_vma *av)
{
    spin_lock(&anon_lock);
    up_read(&av->root->lock);
    spin_unlock(&anon_lock);
}

int
anon_vma_prepare(struct vm_area *vma)
{
    struct anon_vma *av = anon_vma_alloc(NULL);

    if (!av)
        return -ENOMEM;
    /* Other threads may fault in this VMA as well: one of us is first. */
    spin_lock(&vma->vm_mm->page_table_lock);
    if (!vma->anon_vma) {
        insert_by_index(&av->vmas, &vma->in_anon, vma);
        WRITE_ONCE(vma->anon_vma, av);
        av = NULL;
    }
    spin_unlock(&vma->vm_mm->page_table_lock);
    if (av)
        kmem_cache_free(anon_vma_cache, av);
    return 0;
}

void
anon_vma_link(struct vm_area *vma, struct anon_vma *av)
{
    DEBUG_ASSERT(!vma->anon_vma);
    if (!av)
        return;
    down_write(&av->root->lock);
    insert_by_index(&av->vmas, &vma->in_anon, vma);
    vma->anon_vma = av;
    up_write(&av->root->lock);
}

int
anon_vma_fork(struct vm_area *child, struct anon_vma *parent,
              struct anon_fork *memo)
{
    struct anon_vma *av = parent;
    uint32_t idle = 0;

    if (!parent)
        return 0;
    if (memo->parent == parent) { /* parts of one VMA stay together */
        anon_vma_link(child, memo->child);
        return 0;
    }
    down_write(&parent->root->lock);
    /* How many above are there for one child and nothing else? */
    for (struct anon_vma *up = parent->parent; up; up = up->parent)
        idle += !up->vmas.node && up->children.next == up->children.prev;
    if (parent->shared < idle) {
        parent->shared++;
    } else {
        up_write(&parent->root->lock);
        av = anon_vma_alloc(parent);
        if (!av)
            return -ENOMEM;
        down_write(&parent->root->lock);
        list_add(&av->sibling, &parent->children);
    }
    insert_by_index(&av->vmas, &child->in_anon, child);
    child->anon_vma = av;
    up_write(&parent->root->lock);
    *memo = (struct anon_fork){.parent = parent, .child = av};
    return 0;
}

void
anon_vma_unlink(struct vm_area *vma)
{
    struct anon_vma *av = vma->anon_vma, *root, *tmp;
    LIST_HEAD(dead);

    if (!av)
        return;
    root = av->root;
    spin_lock(&anon_lock); /* see the head of the file */
    spin_unlock(&anon_lock);
    down_write(&root->lock);
    interval_erase(&av->vmas, &vma->in_anon);
    vma->anon_vma = NULL;
    av->shared -= av->shared > 0; /* roughly: it may have been a part only */
    while (av && !av->vmas.node && list_empty(&av->children)) {
        if (av->parent)
            list_del(&av->sibling);
        list_add_tail(&av->sibling, &dead); /* the root, if at all, last */
        av = av->parent;
    }
    spin_lock(&anon_lock);
    up_write(&root->lock);
    list_for_each_entry_safe(av, tmp, &dead, sibling)
        kmem_cache_free(anon_vma_cache, av);
    spin_unlock(&anon_lock);
}

struct anon_vma *
anon_vma_next(struct anon_vma *av, const struct anon_vma *top)
{
    if (!list_empty(&av->children))
        return list_first_entry(&av->children, struct anon_vma, sibling);
    for (; av != top; av = av->parent)
        if (av->sibling.next != &av->parent->children)
            return list_next_entry(av, sibling);
    return NULL;
}
