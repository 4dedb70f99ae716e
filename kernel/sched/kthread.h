/* SPDX-License-Identifier: MIT */
/* Kernel threads; see task.c. */
#pragma once

struct task;

/*
 * Start fn(arg) in a new kernel thread, which ends by returning.
 * => NULL: no memory or pids; the pointer is good as long as the thread is
 */
struct task *kthread_run(const char *name, void (*fn)(void *), void *arg);
