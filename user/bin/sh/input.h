/* SPDX-License-Identifier: MIT */
/*
 * input.h - where commands come from, line by line.
 */
#ifndef SH_INPUT_H
#define SH_INPUT_H

#include <stdbool.h>

struct input {
    const char *text; /* what is left of a string; NULL: read from fd */
    int fd;
    bool interactive; /* ask with a prompt, edit lines */
    bool abandoned;   /* the user gave the line up with ^C */
};

/*
 * The next line, with its newline if it has one.
 * => malloc()ed; NULL at the end of the input or when a line was abandoned
 * => first: the line starts a command (the prompt is $PS1, otherwise $PS2)
 */
char *input_line(struct input *in, bool first);

#endif
