/* SPDX-License-Identifier: MIT */
/*
 * oom.c - when nothing can be reclaimed, one process has to go.
 *
 * The victim is the process with the largest badness: the pages it would give
 * back (resident, swapped, page tables), shifted by its oom_score_adj as in
 * Linux.  It gets SIGKILL and may use the allocator's reserve, so that it can
 * run to its end; the log says who, how large, and why.  Whoever ran out of
 * memory waits a bounded time for it to give its memory back.  Who shares its
 * address space dies with it.
 *
 * Invariants
 *   I1  At most one victim at a time: while one has not given its address
 *       space back, others wait for it.  If it does not within the time, the
 *       next may be chosen.
 *   I2  init and kernel threads are never chosen.
 *
 * Locks: oom_mutex is held for choosing and for the bounded wait, so an
 * allocation waits for another's victim no longer than for its own; task->lock
 * to look at a task's mm.
 */
#include "vm/reclaim.h"

#include "core/printk.h"
#include "sched/sched.h"
#include "sched/timer.h"
#include "vm/swap.h"

enum { VICTIM_WAIT_MS = 2000, VICTIM_POLL_MS = 20 };

static struct mutex oom_mutex = MUTEX_INIT(oom_mutex, RANK_NONE, "oom");

uint64_t
oom_badness(struct task *t)
{
    int64_t points = 0;

    if (t->pid == INIT_PID || (atomic_read(&t->flags) & TF_KTHREAD) ||
        t->oom_score_adj == -1000)
        return 0;
    spin_lock(&t->lock);
    if (t->mm)
        points =
            (int64_t)(mm_rss(t->mm) +
                      (uint64_t)atomic_read(&t->mm->rss[MM_SWAPENTS]) +
                      (uint64_t)atomic_read(&t->mm->pgtable_bytes) / PAGE_SIZE);
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
        if (points <= worst || (atomic_read(&t->flags) & TF_OOM_SKIP))
            continue;
        if (victim)
            put_task(victim);
        victim = get_task(t);
        worst = points;
    }
    return victim;
}

static void
report(const struct task *victim, struct mm *mm, gfp_t gfp, unsigned order)
{
    const uint64_t kb = PAGE_SIZE / 1024;

    pr_err("%s invoked oom-killer: gfp_mask=0x%x, order=%u, oom_score_adj=%d",
           current->comm, gfp, order, current->oom_score_adj);
    pr_err("Mem-Info: free %lu, file %lu, anon %lu, slab %lu, dirty %lu "
           "(pages)",
           global_free_pages(), global_zone_stat(NR_FILE_PAGES),
           global_zone_stat(NR_ANON_PAGES),
           global_zone_stat(NR_SLAB_RECLAIMABLE) +
               global_zone_stat(NR_SLAB_UNRECLAIMABLE),
           global_zone_stat(NR_FILE_DIRTY));
    pr_err("Out of memory: Killed process %d (%s) total-vm:%lukB, "
           "anon-rss:%lukB, file-rss:%lukB",
           victim->pid, victim->comm, mm->total_vm * kb,
           (uint64_t)atomic_read(&mm->rss[MM_ANONPAGES]) * kb,
           (uint64_t)atomic_read(&mm->rss[MM_FILEPAGES]) * kb);
}

/* Kill all who run in mm: it goes with the last of them. */
static void
kill_users(const struct mm *mm)
{
    struct task *t;

    for (pid_t pid = 0; (t = next_task_after(pid)); put_task(t)) {
        pid = t->pid;
        if (READ_ONCE(t->mm) == mm) { /* we keep it from going */
            atomic_fetch_or(&t->flags, TF_OOM_VICTIM);
            force_signal(t, SIGKILL, NULL);
        }
    }
}

/* Sleep until nobody runs in mm.  => false: it takes too long */
static bool
await_exit(struct mm *mm)
{
    uint64_t end = clock_ticks() + ms_to_ticks(VICTIM_WAIT_MS);

    while (atomic_read(&mm->users) && !fatal_signal_pending(current)) {
        if (clock_ticks() >= end)
            return false;
        set_current_state(TASK_KILLABLE);
        schedule_timeout((int64_t)ms_to_ticks(VICTIM_POLL_MS));
    }
    return true;
}

bool
out_of_memory(gfp_t gfp, unsigned order)
{
    struct task *victim;
    struct mm *mm;

    if (fatal_signal_pending(current)) {
        /* We are dying: the reserve gets us there faster than waiting. */
        atomic_fetch_or(&current->flags, TF_OOM_VICTIM);
        current->thread.scope |= SCOPE_MEMALLOC;
        return true;
    }
    if (!mutex_trylock(&oom_mutex)) { /* wait with who waits for a victim */
        if (mutex_lock_killable(&oom_mutex) == 0)
            mutex_unlock(&oom_mutex);
        return true;
    }
    victim = select_victim();
    if (!victim) {
        mutex_unlock(&oom_mutex);
        return false;
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
        if (current->mm != mm && !await_exit(mm))
            atomic_fetch_or(&victim->flags, TF_OOM_SKIP); /* stuck: I1 */
        mm_drop(mm);
    }
    put_task(victim);
    mutex_unlock(&oom_mutex);
    return true;
}
