/* SPDX-License-Identifier: MIT */
/* fnmatch.h: does a name match a pattern of * ? [..]? */
#ifndef USER_FNMATCH_H
#define USER_FNMATCH_H

enum {
    FNM_NOESCAPE = 1,  /* a backslash is an ordinary character */
    FNM_PATHNAME = 2,  /* only a slash matches a slash */
    FNM_PERIOD = 4,    /* only a dot matches a leading dot */
    FNM_CASEFOLD = 16, /* upper and lower case are the same */
    FNM_NOMATCH = 1,   /* result */
};

int fnmatch(const char *pattern, const char *name, int flags);

#endif
