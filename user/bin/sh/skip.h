/* SPDX-License-Identifier: MIT */
/*
 * skip.h - where the pieces of a word end. Each function gets the address of
 * the first character of a piece and returns the address behind its last, or
 * NULL if the text ends before the piece does.
 */
#ifndef SH_SKIP_H
#define SH_SKIP_H

#include <stdbool.h>
#include <stddef.h>

bool is_name_start(int c);
bool is_name_char(int c);

/* The length of the name at s, 0 if there is none. */
size_t name_length(const char *s);

const char *skip_single(const char *p);    /* '...' */
const char *skip_double(const char *p);    /* "..." */
const char *skip_backquote(const char *p); /* `...` */
const char *skip_dollar(const char *p);    /* $name ${...} $(...) $((...)) */
const char *skip_word(const char *p);      /* up to a space or an operator */

#endif
