/* SPDX-License-Identifier: MIT */
/*
 * lex.c - lines to tokens.
 *
 * The lines of one command are gathered in a buffer. When a word is not
 * complete at the end of the buffer (an open quote, a line that ends in a
 * backslash), another line is appended and the word is scanned again from its
 * start: simple, and quadratic only for words of very many lines.
 *
 * The bodies of here-documents are read when the newline that ends their line
 * becomes a token.
 */
#include "lex.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "sh.h"
#include "skip.h"
#include "util.h"

void
lex_init(struct lexer *lx, struct input *in)
{
    memset(lx, 0, sizeof(*lx));
    lx->in = in;
    lx->text = must_strdup("");
    lx->pending_end = &lx->pending;
}

void
lex_start(struct lexer *lx, struct pool *pool)
{
    memmove(lx->text, lx->text + lx->pos, lx->length - lx->pos + 1);
    lx->length -= lx->pos;
    lx->pos = 0;
    lx->pool = pool;
    lx->peeked = false;
    lx->failed = false;
    lx->pending = NULL;
    lx->pending_end = &lx->pending;
}

void
lex_destroy(struct lexer *lx)
{
    free(lx->text);
}

/* Append a line. => false at the end of the input */
static bool
more(struct lexer *lx)
{
    char *line = NULL;
    size_t n;

    if (!lx->at_end)
        line = input_line(lx->in, lx->length == 0);
    if (line == NULL) {
        lx->at_end = true;
        return false;
    }
    n = strlen(line);
    lx->text = must_realloc(lx->text, lx->length + n + 1);
    memcpy(lx->text + lx->length, line, n + 1);
    lx->length += n;
    free(line);
    return true;
}

/* Spaces, comments, and newlines behind a backslash. */
static void
skip_blanks(struct lexer *lx)
{
    for (;;) {
        const char *p = lx->text + lx->pos;

        if (*p == ' ' || *p == '\t')
            lx->pos++;
        else if (p[0] == '\\' && p[1] == '\n')
            lx->pos += 2;
        else if (*p == '#')
            lx->pos += strcspn(p, "\n");
        else if (*p != '\0' || !more(lx))
            return;
    }
}

/* => the end of line in the text, past its newline; reads it if it must */
static size_t
line_end(struct lexer *lx, size_t start)
{
    const char *newline;

    if (start == lx->length && !more(lx))
        return start;
    newline = strchr(lx->text + start, '\n');
    return newline != NULL ? (size_t)(newline - lx->text) + 1 : lx->length;
}

/* Read the body of a here-document, up to the line with its end mark. */
static void
read_here(struct lexer *lx, struct redirect *here)
{
    size_t mark_len = strlen(here->target);
    char *body = must_strdup("");
    size_t used = 0;

    for (;;) {
        size_t start = lx->pos;
        size_t end = line_end(lx, start);
        const char *line;
        size_t len;

        lx->pos = end;
        if (end == start)
            break;
        if (here->strip)
            start += strspn(lx->text + start, "\t");
        line = lx->text + start;
        len = end - start;
        if (strncmp(line, here->target, mark_len) == 0 &&
            (len == mark_len || line[mark_len] == '\n'))
            break;
        body = must_realloc(body, used + len + 1);
        memcpy(body + used, line, len);
        used += len;
    }
    here->body = pool_strndup(lx->pool, body, used);
    free(body);
}

void
lex_add_here(struct lexer *lx, struct redirect *here)
{
    here->body = pool_strdup(lx->pool, "");
    *lx->pending_end = here;
    lx->pending_end = &here->next_pending;
}

static void
read_pending(struct lexer *lx)
{
    struct redirect *here = lx->pending;

    lx->pending = NULL;
    lx->pending_end = &lx->pending;
    for (; here != NULL; here = here->next_pending)
        read_here(lx, here);
}

/* The longest operator comes first. */
static const struct {
    const char *text;
    enum token_type type;
} operators[] = {
    {"<<-", TOKEN_DOUBLE_LESS_DASH},
    {"<<", TOKEN_DOUBLE_LESS},
    {"<&", TOKEN_LESS_AND},
    {"<>", TOKEN_LESS_GREAT},
    {"<", TOKEN_LESS},
    {">>", TOKEN_DOUBLE_GREAT},
    {">&", TOKEN_GREAT_AND},
    {">|", TOKEN_CLOBBER},
    {">", TOKEN_GREAT},
    {"&&", TOKEN_AND_IF},
    {"&", TOKEN_AMP},
    {"||", TOKEN_OR_IF},
    {"|", TOKEN_PIPE},
    {";;", TOKEN_DOUBLE_SEMI},
    {";", TOKEN_SEMI},
    {"(", TOKEN_LEFT_PAREN},
    {")", TOKEN_RIGHT_PAREN},
    {"\n", TOKEN_NEWLINE},
};

static bool
scan_operator(struct lexer *lx)
{
    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
        size_t n = strlen(operators[i].text);

        if (strncmp(lx->text + lx->pos, operators[i].text, n) == 0) {
            lx->type = operators[i].type;
            lx->pos += n;
            return true;
        }
    }
    return false;
}

static void
scan_word(struct lexer *lx)
{
    const char *end, *start;
    size_t digits;

    while ((end = skip_word(lx->text + lx->pos)) == NULL)
        if (!more(lx)) {
            if (!lx->in->abandoned)
                complain_sh("syntax error: a quote or bracket is not closed");
            lx->failed = true;
            lx->type = TOKEN_END;
            lx->pos = lx->length;
            return;
        }
    start = lx->text + lx->pos;
    digits = strspn(start, "0123456789");
    lx->type = TOKEN_WORD;
    if (start + digits == end && (*end == '<' || *end == '>'))
        lx->type = TOKEN_FD;
    lx->word = pool_strndup(lx->pool, start, (size_t)(end - start));
    lx->pos = (size_t)(end - lx->text);
}

enum token_type
lex_peek(struct lexer *lx)
{
    if (lx->peeked)
        return lx->type;
    lx->peeked = true;
    lx->word = NULL;
    if (lx->failed) /* no more is read for a command that is wrong */
        return lx->type = TOKEN_END;
    skip_blanks(lx);
    lx->start = lx->pos;
    if (lx->text[lx->pos] == '\0')
        lx->type = TOKEN_END;
    else if (!scan_operator(lx))
        scan_word(lx);
    lx->end = lx->pos;
    if (lx->type == TOKEN_NEWLINE)
        read_pending(lx);
    return lx->type;
}

void
lex_take(struct lexer *lx)
{
    lx->peeked = false;
}
