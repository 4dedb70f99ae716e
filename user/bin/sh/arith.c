/* SPDX-License-Identifier: MIT */
/*
 * arith.c - the value of $((expression)), with C's operators on long.
 *
 * Precedence climbing: parse a unary operand, then take binary operators as
 * long as they bind tighter than the caller's. "&&", "||" and "?:" parse the
 * side that is not wanted with `skip` set, so that it has no effects.
 *
 * Not done: the comma, ++ and --.
 */
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "expand.h"
#include "pool.h"
#include "sh.h"
#include "skip.h"
#include "vars.h"

struct arith {
    const char *at;
    int skip;  /* > 0: parse only */
    int depth; /* of brackets, bounded: they cost stack */
};

enum { MAX_DEPTH = 100, LEVEL_OR = 1 };

static long parse_assignment(struct arith *a);

static void
fail(struct arith *a, const char *why)
{
    if (sh.flow != FLOW_ABORT)
        abort_command("arithmetic: %s at \"%s\"", why, a->at);
    a->at += strlen(a->at);
}

static void
skip_space(struct arith *a)
{
    while (isspace((unsigned char)*a->at))
        a->at++;
}

/* Take an operator if it comes next. */
static bool
accept(struct arith *a, const char *op)
{
    size_t n = strlen(op);

    skip_space(a);
    if (strncmp(a->at, op, n) != 0)
        return false;
    a->at += n;
    return true;
}

/* The value of a variable: a number, or nothing, which is 0. */
static long
variable(struct arith *a, const char *name)
{
    const char *value = var_get(name);
    char *end;
    long n;

    if (value == NULL || *value == '\0')
        return 0;
    n = strtol(value, &end, 0);
    if (*end != '\0' && a->skip == 0)
        fail(a, "not a number");
    return n;
}

static long
parse_primary(struct arith *a)
{
    size_t n;
    char *end;
    long value;

    skip_space(a);
    n = name_length(a->at);
    if (n > 0) {
        char *name = pool_strndup(&scratch, a->at, n);

        a->at += n;
        return variable(a, name);
    }
    if (accept(a, "(")) {
        if (++a->depth > MAX_DEPTH)
            fail(a, "too many brackets");
        value = parse_assignment(a);
        a->depth--;
        if (!accept(a, ")"))
            fail(a, "missing )");
        return value;
    }
    value = strtol(a->at, &end, 0);
    if (end == a->at || !isdigit((unsigned char)*a->at))
        fail(a, "a number is missing");
    else
        a->at = end;
    return value;
}

static long
parse_unary(struct arith *a)
{
    if (accept(a, "-"))
        return (long)-(unsigned long)parse_unary(a);
    if (accept(a, "+"))
        return parse_unary(a);
    if (accept(a, "~"))
        return ~parse_unary(a);
    skip_space(a);
    if (a->at[0] == '!' && a->at[1] != '=') {
        a->at++;
        return !parse_unary(a);
    }
    return parse_primary(a);
}

/* Longer operators first; level: how tight it binds. */
static const struct operator
{
    char text[3];
    int level;
}
operators[] = {
    {"||", 1}, {"&&", 2}, {"==", 6}, {"!=", 6}, {"<=", 7}, {">=", 7},
    {"<<", 8}, {">>", 8}, {"|", 3},  {"^", 4},  {"&", 5},  {"<", 7},
    {">", 7},  {"+", 9},  {"-", 9},  {"*", 10}, {"/", 10}, {"%", 10},
};

static const struct operator* next_operator(struct arith *a)
{
    skip_space(a);
    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
        if (strncmp(a->at, operators[i].text, strlen(operators[i].text)) == 0)
            return &operators[i];
    return NULL;
}

/* => division by zero and LONG_MIN / -1 must not reach us */
static long
apply_word(const char *op, long x, long y)
{
    switch (op[0]) {
    case '*':
        return (long)((unsigned long)x * (unsigned long)y);
    case '/':
        return x / y;
    case '%':
        return x % y;
    case '+':
        return (long)((unsigned long)x + (unsigned long)y);
    case '-':
        return (long)((unsigned long)x - (unsigned long)y);
    case '<':
        return op[1] == '<'   ? (long)((unsigned long)x << (y & 63))
               : op[1] == '=' ? x <= y
                              : x < y;
    case '>':
        return op[1] == '>' ? x >> (y & 63) : op[1] == '=' ? x >= y : x > y;
    case '=':
        return x == y;
    case '!':
        return x != y;
    case '&':
        return x & y;
    case '^':
        return x ^ y;
    default:
        return x | y;
    }
}

static long
apply(struct arith *a, const char *op, long x, long y)
{
    if (op[0] != '/' && op[0] != '%')
        return apply_word(op, x, y);
    if (y == 0 && a->skip == 0)
        fail(a, "division by zero");
    if (y == 0 || a->skip > 0)
        return 0;
    if (y == -1) /* LONG_MIN / -1 does not fit */
        return op[0] == '/' ? (long)-(unsigned long)x : 0;
    return apply_word(op, x, y);
}

/* Operators that bind at least as tight as level. */
static long
parse_binary(struct arith *a, int level)
{
    long x = parse_unary(a);
    const struct operator* op;

    while ((op = next_operator(a)) != NULL && op->level >= level) {
        bool logical = op->level <= 2;
        bool decided = logical && (op->level == 1) == (x != 0);
        long y;

        a->at += strlen(op->text);
        a->skip += decided;
        y = parse_binary(a, op->level + 1);
        a->skip -= decided;
        if (logical)
            x = decided ? x != 0 : y != 0;
        else
            x = apply(a, op->text, x, y);
    }
    return x;
}

static long
parse_ternary(struct arith *a)
{
    long condition = parse_binary(a, LEVEL_OR);
    long x, y;

    if (!accept(a, "?"))
        return condition;
    a->skip += condition == 0;
    x = parse_assignment(a);
    a->skip -= condition == 0;
    if (!accept(a, ":"))
        fail(a, "missing :");
    a->skip += condition != 0;
    y = parse_ternary(a);
    a->skip -= condition != 0;
    return condition != 0 ? x : y;
}

/* "name = ...", "name += ..." and so on. => NULL if it is none of these */
static const char *
assignment_operator(const char *p)
{
    static const char *const ops[] = {
        "=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "^=", "|=",
    };

    for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
        if (strncmp(p, ops[i], strlen(ops[i])) == 0 && p[strlen(ops[i])] != '=')
            return ops[i];
    return NULL;
}

static long
parse_assignment(struct arith *a)
{
    const char *p, *op;
    char *name;
    char value[24];
    size_t n;
    long x;

    skip_space(a);
    n = name_length(a->at);
    p = a->at + n + strspn(a->at + n, " \t\n");
    op = n > 0 ? assignment_operator(p) : NULL;
    if (op == NULL)
        return parse_ternary(a);
    name = pool_strndup(&scratch, a->at, n);
    a->at = p + strlen(op);
    x = parse_assignment(a);
    if (op[0] != '=')
        x = apply(a, op, variable(a, name), x);
    snprintf(value, sizeof(value), "%ld", x);
    if (a->skip == 0 && sh.flow != FLOW_ABORT)
        var_set(name, value, 0);
    return x;
}

long
arithmetic(const char *expression)
{
    struct arith a = {.at = expression};
    long value;

    skip_space(&a);
    if (*a.at == '\0')
        return 0;
    value = parse_assignment(&a);
    skip_space(&a);
    if (*a.at != '\0')
        fail(&a, "syntax error");
    return value;
}
