/* SPDX-License-Identifier: MIT */
/*
 * expr: evaluate an expression and print its value.
 *
 * Usage: expr word ...
 *   a | b   a & b                        the first that is not 0 or empty; both
 *   a = b  a != b  a < b  a <= b  a > b  a >= b   1 or 0; numbers, else texts
 *   a + b   a - b   a * b   a / b   a % b
 *   text : pattern     what \(...\) matched, or how many characters matched
 *   match text pattern   length text   substr text from count   index text set
 *   ( e )
 * Exit status: 0, 1 if the value is 0 or empty, 2 if the expression is wrong.
 *
 * Precedence is as listed, the weakest first; each level is a function.
 */
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "util.h"

enum { TROUBLE = 2, NUMBER_CHARS = 24 };

static char **word; /* the next one; NULL at the end */

static char *parse_or(void);

static char *
from_number(long long value)
{
    char *text = must_malloc(NUMBER_CHARS);

    snprintf(text, NUMBER_CHARS, "%lld", value);
    return text;
}

static long long
to_number(const char *text)
{
    long long value;

    if (!parse_number(text, &value))
        die_about(text, "not a number");
    return value;
}

static bool
is_null(const char *text)
{
    long long value;

    return text[0] == '\0' || (parse_number(text, &value) && value == 0);
}

static char *
take(void)
{
    if (*word == NULL)
        die_about("expression", "something is missing");
    return *word++;
}

/* Is the next word one of the operators? Then go past it. */
static const char *
take_operator(const char *const *operators)
{
    for (; *word != NULL && *operators != NULL; operators++)
        if (strcmp(*word, *operators) == 0) {
            word++;
            return *operators;
        }
    return NULL;
}

static char *
match(const char *text, const char *pattern)
{
    regmatch_t groups[2];
    regex_t re;
    char why[64];
    int error = regcomp(&re, pattern, 0);
    bool found;

    if (error != 0) {
        regerror(error, &re, why, sizeof(why));
        die_about(pattern, why);
    }
    found = regexec(&re, text, 2, groups, 0) == 0 && groups[0].rm_so == 0;
    if (re.re_nsub == 0)
        return from_number(found ? groups[0].rm_eo : 0);
    if (!found || groups[1].rm_so < 0)
        return must_strdup("");
    return strndup(text + groups[1].rm_so,
                   (size_t)(groups[1].rm_eo - groups[1].rm_so));
}

static char *
substring(const char *text, long long from, long long count)
{
    long long length = (long long)strlen(text);

    if (from < 1 || count < 1 || from > length)
        return must_strdup("");
    if (count > length - from + 1)
        count = length - from + 1;
    return strndup(text + from - 1, (size_t)count);
}

static char *
parse_primary(void)
{
    const char *first = take(), *text;
    char *value;
    long long from;

    if (strcmp(first, "(") == 0) {
        value = parse_or();
        if (strcmp(take(), ")") != 0)
            die_about("(", "unmatched");
        return value;
    }
    if (*word == NULL)
        return must_strdup(first);
    if (strcmp(first, "length") == 0)
        return from_number((long long)strlen(parse_primary()));
    if (strcmp(first, "match") == 0) {
        text = parse_primary();
        return match(text, parse_primary());
    }
    if (strcmp(first, "index") == 0) {
        text = parse_primary();
        from = (long long)strcspn(text, parse_primary());
        return from_number(text[from] != '\0' ? from + 1 : 0);
    }
    if (strcmp(first, "substr") == 0) {
        text = parse_primary();
        from = to_number(parse_primary());
        return substring(text, from, to_number(parse_primary()));
    }
    return must_strdup(first);
}

static char *
parse_match(void)
{
    static const char *const operators[] = {":", NULL};
    char *left = parse_primary();

    while (take_operator(operators) != NULL)
        left = match(left, parse_primary());
    return left;
}

static long long
calculate(long long a, char operator, long long b)
{
    unsigned long long x = (unsigned long long)a, y = (unsigned long long)b;

    if ((operator== '/' || operator== '%') && b == 0)
        die_about("division", "by zero");
    switch (operator) {
    case '*':
        return (long long)(x * y);
    case '/':
        return b == -1 ? (long long)(0 - x) : a / b;
    case '%':
        return b == -1 ? 0 : a % b;
    case '+':
        return (long long)(x + y);
    default:
        return (long long)(x - y);
    }
}

static char *
parse_product(void)
{
    static const char *const operators[] = {"*", "/", "%", NULL};
    char *left = parse_match();
    const char *operator;

    while ((operator= take_operator(operators)) != NULL) {
        long long a = to_number(left);

        left = from_number(calculate(a, operator[0], to_number(parse_match())));
    }
    return left;
}

static char *
parse_sum(void)
{
    static const char *const operators[] = {"+", "-", NULL};
    char *left = parse_product();
    const char *operator;

    while ((operator= take_operator(operators)) != NULL) {
        long long a = to_number(left);

        left =
            from_number(calculate(a, operator[0], to_number(parse_product())));
    }
    return left;
}

static bool
holds(const char *a, const char *operator, const char * b)
{
    long long x, y;
    int order;

    if (parse_number(a, &x) && parse_number(b, &y))
        order = x < y ? -1 : x > y;
    else
        order = strcmp(a, b);
    if (operator[0] == '=')
        return order == 0;
    if (operator[0] == '!')
        return order != 0;
    if (operator[0] == '<')
        return order < 0 || (operator[1] == '=' && order == 0);
    return order > 0 || (operator[1] == '=' && order == 0);
}

static char *
parse_comparison(void)
{
    static const char *const operators[] = {"=",  "==", "!=", "<",
                                            "<=", ">",  ">=", NULL};
    char *left = parse_sum();
    const char *operator;

    while ((operator= take_operator(operators)) != NULL)
        left = from_number(holds(left, operator, parse_sum()));
    return left;
}

static char *
parse_and(void)
{
    static const char *const operators[] = {"&", NULL};
    char *left = parse_comparison();

    while (take_operator(operators) != NULL) {
        char *right = parse_comparison();

        if (is_null(left) || is_null(right))
            left = from_number(0);
    }
    return left;
}

static char *
parse_or(void)
{
    static const char *const operators[] = {"|", NULL};
    char *left = parse_and();

    while (take_operator(operators) != NULL) {
        char *right = parse_and();

        if (is_null(left))
            left = is_null(right) ? from_number(0) : right;
    }
    return left;
}

int
main(int argc, char **argv)
{
    char *value;

    prog_init(argv);
    trouble_status = TROUBLE;
    if (argc < 2)
        usage("word ...");
    word = argv + 1;
    value = parse_or();
    if (*word != NULL)
        die_about(*word, "unexpected");
    puts(value);
    return finish(is_null(value) ? 1 : 0);
}
