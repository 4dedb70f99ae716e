/* SPDX-License-Identifier: MIT */
/*
 * bootargs.h - the kernel command line: words "name=value" or "name",
 * separated by blanks; the last of several equal names counts.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Keep a copy of the line (cut at 1 KB with a warning). */
void bootargs_init(const char *line);

extern char bootargs_line[]; /* the whole, for /proc/cmdline; read only */

/* The value of `name`; "" for a bare name; NULL if it was not given. */
const char *bootarg_find(const char *name);

/* A number, perhaps with a suffix K, M, G, T.  A bad one warns. */
uint64_t bootarg_get_size(const char *name, uint64_t default_value);

/* "name", "name=1|y|on" are true, "name=0|n|off" false. */
bool bootarg_get_bool(const char *name, bool default_value);
