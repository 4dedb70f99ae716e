/* SPDX-License-Identifier: MIT */
/*
 * redirect.h - opening files for a command, and undoing it.
 */
#ifndef SH_REDIRECT_H
#define SH_REDIRECT_H

#include <stdbool.h>
#include "ast.h"

struct saved_fd;

/*
 * Do redirections from left to right.
 * => saved != NULL: what was there before is remembered in *saved
 * => false after a message; what was done so far stays and is in *saved
 */
bool redirect_do(const struct redirect *redirects, struct saved_fd **saved);

/* Undo redirections. */
void redirect_undo(struct saved_fd *saved);

/* Make redirections permanent: forget what was there before. */
void redirect_keep(struct saved_fd *saved);

#endif
