/* SPDX-License-Identifier: MIT */
/*
 * substitute.h - $(command) and `command`.
 */
#ifndef SH_SUBSTITUTE_H
#define SH_SUBSTITUTE_H

#include "expand.h"

/* Each expands the piece that starts at p and returns the address behind it. */
const char *expand_command(struct expansion *ex, const char *p, const char *end,
                           enum expand_mode mode);
const char *expand_backquote(struct expansion *ex, const char *p,
                             enum expand_mode mode);

#endif
