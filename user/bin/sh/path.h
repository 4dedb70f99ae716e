/* SPDX-License-Identifier: MIT */
/*
 * path.h - finding and starting programs.
 */
#ifndef SH_PATH_H
#define SH_PATH_H

#include <stdbool.h>
#include <stddef.h>

/* Find a program along $PATH, or as given if it has a slash. */
bool path_find(const char *name, char *buf, size_t size);

/* Become a program; after a message, exit with 126 or 127. */
void path_exec(char **argv) __attribute__((noreturn));

#endif
