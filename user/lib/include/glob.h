/* SPDX-License-Identifier: MIT */
/* glob.h: the names of files that match a pattern. */
#ifndef USER_GLOB_H
#define USER_GLOB_H

#include <stddef.h>

typedef struct {
    size_t gl_pathc;
    char **gl_pathv;
} glob_t;

enum {
    GLOB_ERR = 1,  /* stop at a directory that cannot be read */
    GLOB_MARK = 2, /* a slash after directories */
    GLOB_NOSORT = 4,
    GLOB_NOCHECK = 16, /* no match: the pattern itself */
    GLOB_APPEND = 32,
    GLOB_NOESCAPE = 64,
};

enum { GLOB_NOSPACE = 1, GLOB_ABORTED, GLOB_NOMATCH }; /* results */

int glob(const char *restrict pattern, int flags,
         int (*on_error)(const char *path, int error), glob_t *restrict result);
void globfree(glob_t *result);

#endif
