/* SPDX-License-Identifier: MIT */
/* Running programs; see exec.c. */
#ifndef PROC_EXEC_H
#define PROC_EXEC_H

#include <stdint.h>

/*
 * Replace the current task's program.  path: kernel memory; argv, envp: user
 * addresses of NULL-terminated arrays.  => 0 (registers are the new
 * program's), or -errno with the old program intact
 */
int do_execve(const char *path, uint64_t argv, uint64_t envp);

/* The same with kernel strings, for init; does not need a user mm. */
int kernel_execve(const char *path, const char *const *argv,
                  const char *const *envp);

#endif
