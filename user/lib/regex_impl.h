/* SPDX-License-Identifier: MIT */
/*
 * The program that regcomp makes of a pattern and regexec runs. Private to
 * regex.c (the compiler) and regexec.c (the machine).
 *
 * Jumps are relative to the instruction itself, so a piece of program can be
 * moved and copied as it is: that is how `x{2,4}` becomes xx(x(x)?)?.
 */
#ifndef USER_REGEX_IMPL_H
#define USER_REGEX_IMPL_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    REGEX_MAX_GROUPS = 32,     /* groups that report where they matched */
    REGEX_MAX_PROGRAM = 20000, /* instructions; bounds a{255}{255}{255} */
    REGEX_SET_BYTES = 32,      /* one bit for each character */
};

enum regex_op {
    OP_CHAR,     /* the character x */
    OP_ANY,      /* any character */
    OP_SET,      /* a character of set x */
    OP_BOL,      /* the start of the text or line */
    OP_EOL,      /* its end */
    OP_WORD,     /* \b: between a word character and another; \B if x */
    OP_EDGE,     /* \< if x is 0, \> if it is 1 */
    OP_BACKREF,  /* what group x matched, once more */
    OP_SAVE,     /* slot x = position */
    OP_PROGRESS, /* go on only if the position is not slot x: no empty loop */
    OP_SPLIT,    /* try x first, then y */
    OP_JUMP,     /* go to x */
    OP_MATCH,    /* a match ends here */
};

struct regex_insn {
    enum regex_op op;
    int x, y;
};

struct regex_program {
    struct regex_insn *insns;
    int count;
    int slot_count;  /* two for each group, then one for each loop */
    int group_count; /* including group 0, the whole match */
    int flags;       /* of regcomp */
    bool has_backref;
    uint8_t (*sets)[REGEX_SET_BYTES];
    int set_count;
};

static inline bool
regex_in_set(const uint8_t *set, unsigned char c)
{
    return (set[c >> 3] >> (c & 7)) & 1;
}

#endif
