/* SPDX-License-Identifier: MIT */
/* The flusher thread and the throttling of writers; see flusher.c. */
#ifndef VM_FLUSHER_H
#define VM_FLUSHER_H

#include <stdbool.h>
#include <stdint.h>

struct address_space;

/* The first mapping became dirty: see to it in time.  Any context. */
void flusher_note_dirty(void);
/* A write ended: throttled writers may look again.  Any context. */
void flusher_note_progress(void);
/*
 * Sleep until a write ends, ticks timebase ticks at most; for reclaim, when
 * all it found is under writeback.
 */
void wait_for_write_progress(uint64_t ticks);

/*
 * writeback.c: take the oldest dirty mapping off the list, pinned, if it was
 * dirtied at or before `before`; unpin puts it back if pages remain dirty.
 */
struct address_space *next_dirty_mapping(uint64_t before);
void unpin_mapping(struct address_space *m);
bool dirty_mappings_exist(void);

/*
 * The same for shared memory with pages in a swap area, which is never on the
 * other list.  note: it has some (the caller keeps it from going); next: the
 * first, taken off and pinned.
 */
void note_swapped_mapping(struct address_space *m);
struct address_space *next_swapped_mapping(void);
unsigned nr_swapped_mappings(void);

/* /proc/sys/vm: percentages of dirtyable memory and hundredths of seconds. */
struct dirty_tunables {
    uint32_t background_ratio, ratio;
    uint32_t expire_centisecs, writeback_centisecs;
};
extern struct dirty_tunables dirty_tunables;

#endif
