/* SPDX-License-Identifier: MIT */
/*
 * expand.c - words as typed to what commands get.
 *
 * A word is walked once, from left to right. What it yields goes to a struct
 * text, character by character, each with the kind that tells how it came to
 * be. Splitting into fields and generating file names (fields.c) then need only
 * look at characters and kinds. Parameters are in param.c, commands in
 * substitute.c, arithmetic in arith.c.
 */
#include "expand.h"
#include <stdlib.h>
#include <string.h>
#include "pool.h"
#include "sh.h"
#include "skip.h"
#include "substitute.h"
#include "util.h"
#include "vars.h"

/* Expand "~" and "~/..." to $HOME. => the address behind the tilde */
static const char *
expand_tilde(struct expansion *ex, const char *p, const char *end)
{
    const char *home = var_get("HOME");

    if (home != NULL && (p + 1 == end || p[1] == '/' || p[1] == ':'))
        text_add_string(ex->out, home, CHAR_QUOTED);
    else
        text_add(ex->out, '~', ex->literal);
    return p + 1;
}

/* "...": p is at the opening quote. => the address behind the closing one */
static const char *
expand_double(struct expansion *ex, const char *p)
{
    const char *end = skip_double(p);
    size_t before = ex->out->length;
    bool saw_before = ex->saw_params;

    ex->saw_params = false;
    expand_text(ex, p + 1, end - 1, MODE_DOUBLE);
    if (ex->out->length == before && !ex->saw_params)
        text_add(ex->out, '\0', CHAR_EMPTY);
    ex->saw_params = saw_before;
    return end;
}

static const char *
expand_single(struct expansion *ex, const char *p)
{
    const char *end = skip_single(p);

    if (end == p + 2)
        text_add(ex->out, '\0', CHAR_EMPTY);
    for (p++; p < end - 1; p++)
        text_add(ex->out, *p, CHAR_QUOTED);
    return end;
}

static const char *
expand_backslash(struct expansion *ex, const char *p, const char *end,
                 enum expand_mode mode)
{
    const char *protects = mode == MODE_HERE ? "$`\\" : "$`\\\"";

    if (p + 1 >= end) {
        text_add(ex->out, '\\', CHAR_QUOTED);
        return end;
    }
    if (p[1] == '\n') /* a line that goes on */
        return p + 2;
    if (mode != MODE_PLAIN && strchr(protects, p[1]) == NULL)
        text_add(ex->out, '\\', CHAR_QUOTED);
    text_add(ex->out, p[1], CHAR_QUOTED);
    return p + 2;
}

/* Expand one piece. => the address behind it */
static const char *
expand_piece(struct expansion *ex, const char *p, const char *end,
             enum expand_mode mode)
{
    switch (*p) {
    case '\\':
        return expand_backslash(ex, p, end, mode);
    case '$':
        return expand_dollar(ex, p, mode);
    case '`':
        return expand_backquote(ex, p, mode);
    case '"':
        if (mode != MODE_HERE)
            return expand_double(ex, p);
        break;
    case '\'':
        if (mode == MODE_PLAIN)
            return expand_single(ex, p);
        break;
    }
    text_add(ex->out, *p, mode == MODE_PLAIN ? ex->literal : CHAR_QUOTED);
    return p + 1;
}

void
expand_text(struct expansion *ex, const char *from, const char *to,
            enum expand_mode mode)
{
    const char *p = from;

    while (p < to && sh.flow != FLOW_ABORT) {
        bool at_start = p == from || (ex->assignment && p[-1] == ':');

        if (*p == '~' && mode == MODE_PLAIN && at_start)
            p = expand_tilde(ex, p, to);
        else
            p = expand_piece(ex, p, to, mode);
    }
}

/* The text of a word for which no fields are made. */
static void
expand_joined(const char *word, struct text *text, enum expand_mode mode)
{
    struct expansion ex = {
        .out = text,
        .literal = CHAR_LITERAL,
        .join_params = true,
        .assignment = true,
    };

    expand_text(&ex, word, word + strlen(word), mode);
}

char *
expand_string(const char *word)
{
    struct text text = {0};
    char *result;

    expand_joined(word, &text, MODE_PLAIN);
    result = text_to_string(&text);
    text_free(&text);
    return result;
}

char *
expand_pattern(const char *word)
{
    struct text text = {0};
    char *result;

    expand_joined(word, &text, MODE_PLAIN);
    result = text_to_pattern(&text);
    text_free(&text);
    return result;
}

char *
expand_here(const char *body)
{
    struct text text = {0};
    char *result;

    expand_joined(body, &text, MODE_HERE);
    result = text_to_string(&text);
    text_free(&text);
    return result;
}

char **
expand_words(const struct word *words, int *count)
{
    struct field_list fields = {0};
    char **result;

    for (; words != NULL && sh.flow == FLOW_NONE; words = words->next) {
        struct text text = {0};
        struct expansion ex = {.out = &text, .literal = CHAR_LITERAL};

        expand_text(&ex, words->text, words->text + strlen(words->text),
                    MODE_PLAIN);
        split_fields(&text, &fields);
        text_free(&text);
    }
    result = pool_alloc(&scratch, ((size_t)fields.count + 1) * sizeof(char *));
    if (fields.count > 0)
        memcpy(result, fields.items, (size_t)fields.count * sizeof(char *));
    free(fields.items);
    *count = fields.count;
    return result;
}
