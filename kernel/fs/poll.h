/* SPDX-License-Identifier: MIT */
/*
 * Waiting for one of several files: ppoll(2), pselect6(2).
 *
 * file_operations.poll returns the POLL* bits that hold now and calls
 * poll_wait_on() with each wait queue that is woken when that may change.
 * With pw == NULL it is only asked.  The file of a queue that is waited on is
 * kept open, since another thread may close its descriptor meanwhile.
 */
#pragma once

#include "include/fcntl.h"
#include "sched/task.h"

enum { POLL_MAX_QUEUES = 64 };

struct poll_wait {
    unsigned nr;
    bool overflow; /* too many queues: wait with a timeout instead */
    struct file *files[POLL_MAX_QUEUES]; /* kept open while waited on */
    struct wait_queue *queues[POLL_MAX_QUEUES];
    struct wait_entry entries[POLL_MAX_QUEUES];
};

static inline void
poll_wait_on(struct poll_wait *pw, struct wait_queue *q)
{
    if (!pw)
        return;
    if (pw->nr == POLL_MAX_QUEUES) {
        pw->overflow = true;
        return;
    }
    pw->queues[pw->nr] = q;
    wait_entry_init(&pw->entries[pw->nr]);
    prepare_to_wait(q, &pw->entries[pw->nr], TASK_INTERRUPTIBLE);
    pw->nr++;
}
