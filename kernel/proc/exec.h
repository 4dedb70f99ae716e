/* SPDX-License-Identifier: MIT */
/* Running programs; see exec.c. */
#pragma once

#include <stdbool.h>

/*
 * Replace the current task's program.  path: kernel memory; argv, envp:
 * NULL-terminated arrays of strings, of the user or (for init) the kernel.
 * => 0 (registers are the new program's), or -errno with the old one intact
 */
int do_execve(const char *path, const char *const *argv,
              const char *const *envp, bool user);
