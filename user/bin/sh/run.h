/* SPDX-License-Identifier: MIT */
/*
 * run.h - walking the tree.
 */
#ifndef SH_RUN_H
#define SH_RUN_H

#include <stdbool.h>
#include "ast.h"

/*
 * Run a tree. => its status, which is in sh.status, too
 * => last: the process ends afterwards, so a program may take its place
 */
int run(struct node *node, bool last);

/* Run a command with arguments that are already expanded. */
int run_command(int argc, char **argv, bool last);

#endif
