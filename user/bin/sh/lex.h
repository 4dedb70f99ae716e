/* SPDX-License-Identifier: MIT */
/*
 * lex.h - lines to tokens.
 *
 * lex_peek() looks at the next token and reads as many lines as that takes, not
 * one more: an interactive shell must not ask for a line it does not need.
 * lex_take() goes on to the next.
 */
#ifndef SH_LEX_H
#define SH_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include "ast.h"
#include "input.h"
#include "pool.h"

enum token_type {
    TOKEN_END,
    TOKEN_NEWLINE,
    TOKEN_WORD,
    TOKEN_FD, /* digits right in front of < or > */
    TOKEN_AND_IF,
    TOKEN_OR_IF,
    TOKEN_SEMI,
    TOKEN_DOUBLE_SEMI,
    TOKEN_AMP,
    TOKEN_PIPE,
    TOKEN_LEFT_PAREN,
    TOKEN_RIGHT_PAREN,
    TOKEN_LESS,
    TOKEN_GREAT,
    TOKEN_CLOBBER,
    TOKEN_DOUBLE_GREAT,
    TOKEN_LESS_GREAT,
    TOKEN_LESS_AND,
    TOKEN_GREAT_AND,
    TOKEN_DOUBLE_LESS,
    TOKEN_DOUBLE_LESS_DASH,
};

struct lexer {
    struct input *in;
    struct pool *pool; /* for the texts of tokens */
    char *text;        /* the lines of the command read so far */
    size_t length;
    size_t pos;
    bool at_end; /* of the input */
    bool peeked; /* the next four members are valid */
    enum token_type type;
    char *word;   /* of TOKEN_WORD and TOKEN_FD */
    size_t start; /* where the token starts in text */
    size_t end;
    bool failed;              /* a message was printed */
    struct redirect *pending; /* here-documents whose bodies come next */
    struct redirect **pending_end;
};

void lex_init(struct lexer *lx, struct input *in);

/* Forget the lines of the command before and use pool for the next one. */
void lex_start(struct lexer *lx, struct pool *pool);
void lex_destroy(struct lexer *lx);

enum token_type lex_peek(struct lexer *lx);
void lex_take(struct lexer *lx);

/* Have the body of a here-document read behind the next newline. */
void lex_add_here(struct lexer *lx, struct redirect *here);

#endif
