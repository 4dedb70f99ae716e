/* SPDX-License-Identifier: MIT */
/*
 * edit.h - reading a line from the terminal, with editing and history.
 */
#ifndef SH_EDIT_H
#define SH_EDIT_H

#include <stdbool.h>
#include <stddef.h>

/* Look what the terminal can do. */
void edit_init(void);

/*
 * => the line with its newline, malloc()ed; NULL at the end of the input, or,
 *    with *abandoned set, after ^C
 */
char *edit_line(const char *prompt, bool *abandoned);

/*
 * Complete the file name in front of the cursor.
 * => the characters to insert, malloc()ed; NULL: none. When the candidates
 *    differ and there is nothing to insert, they are listed, and *listed is set
 */
char *complete_name(const char *line, size_t cursor, bool *listed);

#endif
