/* SPDX-License-Identifier: MIT */
/*
 * Regular expressions with POSIX's interface: regcomp, regexec, regfree.
 * What the patterns may hold is told in regex.c.
 */
#ifndef USER_REGEX_H
#define USER_REGEX_H

#include <stddef.h>
#include <sys/types.h>

typedef long regoff_t;

typedef struct {
    size_t re_nsub;   /* number of groups in the pattern */
    void *re_program; /* private to regex.c */
} regex_t;

typedef struct {
    regoff_t rm_so; /* start of the match, -1: the group took no part */
    regoff_t rm_eo; /* first character after it */
} regmatch_t;

enum { /* flags of regcomp */
       REG_EXTENDED = 1,
       REG_ICASE = 2,
       REG_NOSUB = 4,
       REG_NEWLINE = 8,
};

enum { /* flags of regexec */
       REG_NOTBOL = 1,
       REG_NOTEOL = 2,
};

enum { /* results */
       REG_NOMATCH = 1,
       REG_BADPAT,
       REG_ECTYPE,
       REG_EESCAPE,
       REG_ESUBREG,
       REG_EBRACK,
       REG_EPAREN,
       REG_EBRACE,
       REG_BADBR,
       REG_ERANGE,
       REG_ESPACE,
       REG_BADRPT,
};

int regcomp(regex_t *re, const char *pattern, int flags);
int regexec(const regex_t *re, const char *text, size_t match_count,
            regmatch_t *matches, int flags);
size_t regerror(int code, const regex_t *re, char *buf, size_t size);
void regfree(regex_t *re);

#endif
