/* SPDX-License-Identifier: MIT */
/*
 * parse.h - tokens to a tree.
 */
#ifndef SH_PARSE_H
#define SH_PARSE_H

#include "ast.h"
#include "lex.h"

enum parse_result {
    PARSE_COMMAND, /* *tree holds it; NULL: an empty line */
    PARSE_END,     /* of the input */
    PARSE_ERROR,   /* a message was printed */
};

/* Parse the next complete line; the tree lives in pool. */
enum parse_result parse_command(struct lexer *lx, struct pool *pool,
                                struct node **tree);

#endif
