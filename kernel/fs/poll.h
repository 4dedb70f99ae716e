/* SPDX-License-Identifier: MIT */
/*
 * Waiting for one of several files: ppoll(2), pselect6(2).
 *
 * file_operations.poll returns the POLL* bits that hold now and calls
 * poll_wait_on() with each wait queue that is woken when that may change: of one
 * open file always the same ones, in the same order.  With pw == NULL it is only
 * asked.
 */
#pragma once

#include "include/fcntl.h"
#include "sched/task.h"

enum { POLL_MAX_QUEUES = 2 }; /* of a FIFO that is open for both */

/* The queues of one open file that the current task waits on. */
struct poll_wait {
    unsigned nr; /* joined in this round */
    struct {
        struct wait_queue *queue; /* of those joined */
        struct wait_entry entry;
    } on[POLL_MAX_QUEUES];
};

static inline void
poll_wait_on(struct poll_wait *pw, struct wait_queue *q)
{
    if (!pw)
        return;
    pw->on[pw->nr].queue = q;
    prepare_to_wait(q, &pw->on[pw->nr++].entry, TASK_INTERRUPTIBLE);
}
