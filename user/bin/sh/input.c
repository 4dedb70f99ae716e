/* SPDX-License-Identifier: MIT */
/*
 * input.c - where commands come from: a string, a terminal, or a descriptor.
 *
 * From a descriptor we read byte by byte: the commands share it with us, and
 * what lies behind the current line may be meant for them.
 */
#include "input.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "edit.h"
#include "jobs.h"
#include "util.h"
#include "vars.h"

static char *
string_line(struct input *in)
{
    const char *end = strchrnul(in->text, '\n');
    size_t len = (size_t)(end - in->text) + (*end == '\n');
    char *line;

    if (len == 0)
        return NULL;
    line = must_malloc(len + 1);
    memcpy(line, in->text, len);
    line[len] = '\0';
    in->text += len;
    return line;
}

static char *
fd_line(int fd)
{
    size_t size = 128;
    size_t len = 0;
    char *line = must_malloc(size);

    while (len == 0 || line[len - 1] != '\n') {
        if (len + 1 == size)
            line = must_realloc(line, size *= 2);
        if (read(fd, line + len, 1) != 1)
            break;
        len++;
    }
    line[len] = '\0';
    if (len > 0)
        return line;
    free(line);
    return NULL;
}

char *
input_line(struct input *in, bool first)
{
    const char *prompt;

    if (in->text != NULL)
        return string_line(in);
    if (!in->interactive)
        return fd_line(in->fd);
    if (first)
        jobs_report();
    prompt = var_get(first ? "PS1" : "PS2");
    return edit_line(prompt != NULL ? prompt : "", &in->abandoned);
}
