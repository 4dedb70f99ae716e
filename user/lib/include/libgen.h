/* SPDX-License-Identifier: MIT */
/* libgen.h: the parts of a path. Both functions may change their argument. */
#ifndef USER_LIBGEN_H
#define USER_LIBGEN_H

char *basename(char *path);
char *dirname(char *path);

#endif
