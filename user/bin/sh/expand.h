/* SPDX-License-Identifier: MIT */
/*
 * expand.h - words as typed to what commands get.
 *
 * All results lie in the scratch pool. An error gives the command line up:
 * look at sh.flow after a call.
 */
#ifndef SH_EXPAND_H
#define SH_EXPAND_H

#include "ast.h"
#include "text.h"

/* Everything: parameters, commands, arithmetic, splitting, file names. */
char **expand_words(const struct word *words, int *count);

/* Without splitting and file names: assignments, redirections, "case". */
char *expand_string(const char *word);

/* The same; what was quoted is protected by backslashes, for fnmatch. */
char *expand_pattern(const char *word);

/* The body of a here-document: quotes mean nothing. */
char *expand_here(const char *body);

/* ---- between expand.c, param.c, substitute.c, fields.c ------------------ */

/* How a piece of a word is read. */
enum expand_mode {
    MODE_PLAIN,  /* outside of quotes */
    MODE_DOUBLE, /* inside "..." */
    MODE_HERE,   /* a here-document: as in "...", but " is ordinary */
};

struct expansion {
    struct text *out;
    enum char_kind literal; /* what plain characters become */
    bool join_params;       /* no splitting follows: $@ is one string */
    bool assignment;        /* ~ is special behind a colon, too */
    bool saw_params;        /* "$@" was expanded in the current quotes */
};

/* Expand from..to into ex->out. */
void expand_text(struct expansion *ex, const char *from, const char *to,
                 enum expand_mode mode);

/*
 * Expand what starts with "$", other than $(...).
 * => the address behind it
 */
const char *expand_dollar(struct expansion *ex, const char *p,
                          enum expand_mode mode);

/* Split a text into fields, and each field into file names if it matches. */
struct field_list {
    char **items;
    int count;
    int size;
};

void split_fields(const struct text *text, struct field_list *fields);

/* A text as a pattern: what is quoted is protected by backslashes. */
char *text_to_pattern(const struct text *text);

/* The value of an arithmetic expression. */
long arithmetic(const char *expression);

#endif
