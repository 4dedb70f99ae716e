/* SPDX-License-Identifier: MIT */
/*
 * show.c - the tasks, for panic and for ^P on the console: what each does,
 * where the sleepers sleep, who holds which lock.  It must not make things
 * worse.  While the system goes on it has pid_lock, which keeps the list, the
 * tasks, and the stacks of those that are not zombies (exit.c); for that it does
 * not wait, since an owner may be what somebody is looking for.  In a panic it
 * goes on without.  Nothing else is locked, so what it shows may be torn.
 */
#include "core/lockdep.h"
#include "core/panic.h"
#include "core/printk.h"
#include "lib/bitops.h"
#include "mm/zone.h"
#include "sched/runqueue.h"

enum { MAX_SHOWN = 256 }; /* a torn list may be a ring */

/* By the bit that is set in task->state, the lowest being 1. */
static const char state_letters[] = "RSDDTZ";

static void
show_tasks(void)
{
    bool locked = raw_trylock(&pid_lock.word, hart_index() + 1);
    struct task *t;
    unsigned n = 0;

    printk("tasks: %u, running %lu", nr_tasks(), nr_running());
    if (!locked && !panicking()) {
        printk("the pid table is busy: try again");
        return;
    }
    list_for_each_entry(t, &all_tasks, all_link) {
        bool on_cpu = atomic_read(&t->on_cpu);
        char letter = state_letters[ffs64(atomic_read(&t->state))];

        if (++n > MAX_SHOWN)
            break;
        printk("%5d %c%c %-15s hart %u%s", t->pid, letter, on_cpu ? '*' : ' ',
               t->comm, t->hart, t->on_rq ? ", queued" : "");
        if (!on_cpu && letter != 'Z' && t->stack)
            backtrace_from(&t->thread, t->thread.context.s[0],
                           t->thread.context.ra);
        show_held_locks(&t->thread);
    }
    if (locked)
        raw_unlock(&pid_lock.word);
}

/* Takes no lock, so the numbers may not agree. */
static void
show_memory(void)
{
    for_each_zone(zone)
        printk("zone %s: free %lu of %lu pages (min %lu low %lu high %lu), "
               "anon %lu/%lu file %lu/%lu (active/inactive)",
               zone->name, zone->free_pages, zone->managed,
               zone->watermark[WMARK_MIN], zone->watermark[WMARK_LOW],
               zone->watermark[WMARK_HIGH], zone->nr_lru[LRU_ACTIVE_ANON],
               zone->nr_lru[LRU_INACTIVE_ANON], zone->nr_lru[LRU_ACTIVE_FILE],
               zone->nr_lru[LRU_INACTIVE_FILE]);
    printk("slab %lu+%lu, page tables %lu, dirty %lu, writeback %lu (pages)",
           global_zone_stat(NR_SLAB_RECLAIMABLE),
           global_zone_stat(NR_SLAB_UNRECLAIMABLE),
           global_zone_stat(NR_PAGETABLE), global_zone_stat(NR_FILE_DIRTY),
           global_zone_stat(NR_WRITEBACK));
}

static const char *
thread_name(const struct thread *t)
{
    return ((const struct task *)t)->comm;
}

const struct panic_ops sched_panic_ops = {
    .show_tasks = show_tasks,
    .show_memory = show_memory,
    .thread_name = thread_name,
};
