/* SPDX-License-Identifier: MIT */
/* Making processes; see fork.c. */
#pragma once

#include <stdint.h>

struct clone_args {
    uint64_t flags;      /* CLONE_*, low byte: signal to the parent */
    uint64_t stack;      /* the child's sp; 0: the parent's */
    uint64_t parent_tid; /* user addresses */
    uint64_t child_tid;
    uint64_t tls;
};

/*
 * A child of the current task that returns 0 to user mode with a copy of its
 * registers.  => pid, -EAGAIN (no pid), -ENOMEM, -EINVAL (flags)
 */
int64_t do_clone(const struct clone_args *args);
