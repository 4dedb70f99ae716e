/* SPDX-License-Identifier: MIT */
/* sched.h: giving up the processor, and making threads with clone. */
#ifndef USER_SCHED_H
#define USER_SCHED_H

#include <stddef.h>
#include <sys/types.h>
#include "include/sched.h"

typedef struct {
    unsigned long bits[16];
} cpu_set_t;

#define CPU_SETSIZE 1024
#define CPU_ZERO(set) __builtin_memset((set), 0, sizeof(cpu_set_t))
#define CPU_SET(cpu, set) ((set)->bits[(cpu) / 64] |= 1UL << (cpu) % 64)
#define CPU_CLR(cpu, set) ((set)->bits[(cpu) / 64] &= ~(1UL << (cpu) % 64))
#define CPU_ISSET(cpu, set) ((int)((set)->bits[(cpu) / 64] >> (cpu) % 64 & 1UL))
#define CPU_COUNT(set) cpu_count(set)

int sched_yield(void);
int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set);
int cpu_count(const cpu_set_t *set);

/*
 * Start a thread or process that runs function(arg) on the given stack (its
 * END, aligned to 16) and exits with the result.
 * The further arguments are parent_tid, tls, child_tid, as the flags ask.
 * => the new thread's id, or -1
 */
int clone(int (*function)(void *), void *stack, int flags, void *arg,
          ... /* pid_t *parent_tid, void *tls, pid_t *child_tid */);

#endif
