/* SPDX-License-Identifier: MIT */
/*
 * oom.c - when nothing can be reclaimed, one process has to go.
 *
 * The victim is the process with the largest badness: the pages it would give
 * back (resident, swapped, page tables, VMAs), shifted by its oom_score_adj as
 * in Linux.  It gets SIGKILL and may use the allocator's reserve, so that it can
 * run to its end; the log says who, how large, and why.  Who shares its address
 * space dies with it.
 *
 * A victim may not get far: it may wait for a lock that the very task has which
 * ran out of memory.  So that task reaps it: takes its private memory away, if
 * mmap_lock is to be had, without waiting for it to die.  From then on the
 * address space is `unstable`: a page that is missing may have been reaped, so
 * none of its faults is resolved any more, lest the victim, on its last way
 * through the kernel, write zeroes to a file in the place of its data.  Who ran
 * out of memory waits, a bounded time, until most of it has come back.
 *
 * Invariants
 *   I1  At most one victim at a time: while one has not given its memory back,
 *       others wait for it.  If it does not within the time, the next may be
 *       chosen; no address space is chosen twice.
 *   I2  init's address space, which a child of its vfork has too, is never
 *       chosen; kernel threads have none.
 *   I3  mm->unstable is set before the first page is reaped, and a fault looks
 *       at it after it has seen that the page is missing (fault.c).
 *
 * Locks: oom_mutex is held for choosing and for the bounded wait, so an
 * allocation waits for another's victim no longer than for its own; task->lock
 * to look at a task's mm.  The victim's mmap_lock is only tried, since the
 * caller may have one, and because whoever has the victim's may wait for us.
 */
#include "vm/reclaim.h"

#include "core/panic.h"
#include "core/printk.h"
#include "sched/sched.h"
#include "vm/swap.h"

enum { VICTIM_WAIT_MS = 2000, VICTIM_POLL_MS = 20 };

static struct mutex oom_mutex = MUTEX_INIT(oom_mutex, RANK_NONE);

uint64_t
oom_badness(struct task *t)
{
    int64_t points = 0;
    struct mm *mm;

    if (t->oom_score_adj == -1000)
        return 0;
    spin_lock(&t->lock);
    mm = t->mm;
    if (mm && !mm->of_init && !READ_ONCE(mm->unstable))
        points =
            (int64_t)mm_rss(mm) + atomic_read(&mm->rss[MM_SWAPENTS]) +
            (atomic_read(&mm->pgtable_bytes) +
             (int64_t)(READ_ONCE(mm->map_count) * sizeof(struct vm_area))) /
                (int64_t)PAGE_SIZE;
    spin_unlock(&t->lock);
    if (points == 0)
        return 0;
    points += (int64_t)t->oom_score_adj * (int64_t)oom_scale() / 1000;
    return points > 0 ? (uint64_t)points : 1;
}

/* => refs: the caller's; NULL: nobody can go */
static struct task *
select_victim(void)
{
    struct task *victim = NULL, *t;
    uint64_t worst = 0;

    for (pid_t pid = 0; (t = next_task_after(pid)); put_task(t)) {
        uint64_t points = oom_badness(t);

        pid = t->pid;
        if (points <= worst)
            continue;
        put_task(victim);
        victim = get_task(t);
        worst = points;
    }
    return victim;
}

static void
report(const struct task *victim, struct mm *mm, gfp_t gfp, unsigned order)
{
    pr_err("%s invoked oom-killer: gfp_mask=0x%x, order=%u, oom_score_adj=%d",
           current->comm, gfp, order, current->oom_score_adj);
    panic_ops->show_memory();
    pr_err("Out of memory: Killed process %d (%s) total-vm:%lukB, "
           "anon-rss:%lukB, file-rss:%lukB",
           victim->pid, victim->comm, mm->total_vm * KB_PER_PAGE,
           (uint64_t)atomic_read(&mm->rss[MM_ANONPAGES]) * KB_PER_PAGE,
           (uint64_t)atomic_read(&mm->rss[MM_FILEPAGES]) * KB_PER_PAGE);
}

/* Kill all who run in mm: it goes with the last of them. */
static void
kill_users(struct mm *mm)
{
    struct task *t;

    WRITE_ONCE(mm->unstable, true);
    smp_wmb(); /* I3 */
    for (pid_t pid = 0; (t = next_task_after(pid)); put_task(t)) {
        pid = t->pid;
        if (READ_ONCE(t->mm) == mm) /* we keep it from going */
            force_signal(t, SIGKILL);
    }
}

/*
 * Take away what only the victim has.  It may still run, and fault, and its
 * last user may be on the way to mm_put(), which then waits for us, or has been
 * there: then no VMA is left.
 * => false: mmap_lock is held
 */
static bool
reap(struct mm *mm, const struct task *victim)
{
    struct tlb_gather g;

    if (!down_read_trylock(&mm->mmap_lock))
        return false;
    gather_begin(&g, mm);
    for (struct vm_area *vma = vma_first(mm); vma; vma = vma_next(vma))
        if (!(vma->vm_flags & VM_SHARED))
            zap_range(&g, vma, vma->vm_start, vma->vm_end);
    gather_flush(&g);
    up_read(&mm->mmap_lock);
    pr_warn("oom_reaper: reaped process %d (%s), now anon-rss:%lukB, "
            "file-rss:%lukB, shmem-rss:%lukB",
            victim->pid, victim->comm,
            (uint64_t)atomic_read(&mm->rss[MM_ANONPAGES]) * KB_PER_PAGE,
            (uint64_t)atomic_read(&mm->rss[MM_FILEPAGES]) * KB_PER_PAGE,
            (uint64_t)atomic_read(&mm->rss[MM_SHMEMPAGES]) * KB_PER_PAGE);
    return true;
}

/* Wait until there is memory, or all of the victim's is back, or for too long. */
static void
await_memory(struct mm *mm, const struct task *victim)
{
    uint64_t end = clock_ticks() + ms_to_ticks(VICTIM_WAIT_MS);
    uint64_t most = mm_rss(mm) / 2;
    bool reaped = false;

    /* Without users it is being torn down, which takes its time. */
    while ((atomic_read(&mm->users) || mm_rss(mm) > most) &&
           clock_ticks() < end && !fatal_signal_pending(current)) {
        reaped = reaped || reap(mm, victim);
        if (reaped && zones_balanced()) /* else its end brings more */
            return;
        set_current_state(TASK_KILLABLE);
        schedule_timeout((int64_t)ms_to_ticks(VICTIM_POLL_MS));
    }
}

bool
out_of_memory(gfp_t gfp, unsigned order)
{
    struct task *victim;
    struct mm *mm;
    bool enough;

    if (fatal_signal_pending(current)) {
        /* We are dying: the reserve gets us there faster than waiting. */
        current->thread.scope |= SCOPE_MEMALLOC;
        return true;
    }
    if (!mutex_trylock(&oom_mutex)) { /* wait with who waits for a victim */
        if (mutex_lock_killable(&oom_mutex) == 0)
            mutex_unlock(&oom_mutex);
        return true;
    }
    /* Another's victim may have given its memory back since we looked. */
    enough = order == 0 && zones_balanced();
    victim = enough ? NULL : select_victim();
    if (!victim) {
        mutex_unlock(&oom_mutex);
        return enough;
    }
    spin_lock(&victim->lock);
    mm = victim->mm;
    if (mm)
        mm_hold(mm);
    spin_unlock(&victim->lock);
    if (mm) { /* else it is just going */
        report(victim, mm, gfp, order);
        count_vm_event(OOM_KILL);
        kill_users(mm);
        if (current->mm != mm)
            await_memory(mm, victim);
        mm_drop(mm);
    }
    put_task(victim);
    mutex_unlock(&oom_mutex);
    return true;
}
