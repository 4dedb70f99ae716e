/* SPDX-License-Identifier: MIT */
/*
 * skip.c - where the pieces of a word end. The lexer uses it to cut words out
 * of the input, the expansion to take them apart.
 *
 * Not done: a ")" of a case pattern inside $(...) must have its "(".
 */
#include "skip.h"
#include <ctype.h>
#include <string.h>

bool
is_name_start(int c)
{
    return isalpha(c) || c == '_';
}

bool
is_name_char(int c)
{
    return isalnum(c) || c == '_';
}

size_t
name_length(const char *s)
{
    size_t n = 0;

    if (!is_name_start((unsigned char)*s))
        return 0;
    while (is_name_char((unsigned char)s[n]))
        n++;
    return n;
}

const char *
skip_single(const char *p)
{
    const char *end = strchr(p + 1, '\'');

    return end != NULL ? end + 1 : NULL;
}

/* A backslash and what it protects; a newline it removes must be followed. */
static const char *
skip_backslash(const char *p)
{
    if (p[1] == '\0' || (p[1] == '\n' && p[2] == '\0'))
        return NULL;
    return p + 2;
}

const char *
skip_backquote(const char *p)
{
    for (p++; p != NULL && *p != '`';) {
        if (*p == '\0')
            return NULL;
        p = *p == '\\' ? skip_backslash(p) : p + 1;
    }
    return p != NULL ? p + 1 : NULL;
}

/* One character or one quoted piece. => NULL also at the end of the text */
static const char *
skip_piece(const char *p)
{
    switch (*p) {
    case '\0':
        return NULL;
    case '\\':
        return skip_backslash(p);
    case '\'':
        return skip_single(p);
    case '"':
        return skip_double(p);
    case '`':
        return skip_backquote(p);
    case '$':
        return skip_dollar(p);
    default:
        return p + 1;
    }
}

const char *
skip_double(const char *p)
{
    for (p++; p != NULL && *p != '"';)
        p = *p == '\'' ? p + 1 : skip_piece(p);
    return p != NULL ? p + 1 : NULL;
}

/* "{...}": p is behind the opening brace. */
static const char *
skip_braces(const char *p)
{
    while (p != NULL && *p != '}')
        p = skip_piece(p);
    return p != NULL ? p + 1 : NULL;
}

/* "(...)": p is behind the opening parenthesis. */
static const char *
skip_parens(const char *p)
{
    bool word_start = true;

    while (p != NULL && *p != ')') {
        bool blank = strchr(" \t\n;&|(", *p) != NULL && *p != '\0';

        if (*p == '(') {
            p = skip_parens(p + 1);
        } else if (*p == '#' && word_start) {
            p = strchr(p, '\n');
        } else {
            p = skip_piece(p);
        }
        word_start = blank;
    }
    return p != NULL ? p + 1 : NULL;
}

const char *
skip_dollar(const char *p)
{
    size_t n = name_length(p + 1);

    if (n > 0)
        return p + 1 + n;
    switch (p[1]) {
    case '{':
        return skip_braces(p + 2);
    case '(':
        return skip_parens(p + 2);
    case '\0':
        return p + 1;
    default:
        /* Special parameters have one character; others make "$" plain. */
        return strchr("?$!#@*-0123456789", p[1]) != NULL ? p + 2 : p + 1;
    }
}

const char *
skip_word(const char *p)
{
    while (p != NULL && *p != '\0' && strchr(" \t\n;&|<>()", *p) == NULL)
        p = skip_piece(p);
    return p;
}
