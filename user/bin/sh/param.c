/* SPDX-License-Identifier: MIT */
/*
 * param.c - parameters: $name, ${name}, ${name:-word} and their kin.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "expand.h"
#include "pool.h"
#include "sh.h"
#include "skip.h"
#include "substitute.h"
#include "vars.h"

/* The parts of "${name:-word}". */
struct param {
    char *name;
    bool length;      /* ${#name} */
    bool colon;       /* an empty value counts as none */
    char op;          /* - = ? + % #, or 0 */
    bool twice;       /* %% and ## */
    const char *word; /* up to word_end */
    const char *word_end;
};

static char *
number_string(long n)
{
    char buf[24];

    snprintf(buf, sizeof(buf), "%ld", n);
    return pool_strdup(&scratch, buf);
}

/* The letters of the options that are on, for "$-". */
static char *
option_letters(void)
{
    char buf[8];
    size_t n = 0;

    if (sh.option_e)
        buf[n++] = 'e';
    if (sh.option_f)
        buf[n++] = 'f';
    if (sh.interactive)
        buf[n++] = 'i';
    if (sh.option_u)
        buf[n++] = 'u';
    if (sh.option_x)
        buf[n++] = 'x';
    return pool_strndup(&scratch, buf, n);
}

/* => NULL if the parameter is not set; $@ and $* are none of our business */
static const char *
param_value(const char *name)
{
    switch (name[0]) {
    case '?':
        return number_string(sh.status);
    case '$':
        return number_string(sh.pid);
    case '!':
        return sh.last_background > 0 ? number_string(sh.last_background)
                                      : NULL;
    case '#':
        return number_string(params.count);
    case '-':
        return option_letters();
    case '0':
        return sh.name;
    }
    if (name[0] >= '1' && name[0] <= '9') {
        int n = atoi(name);

        return n <= params.count ? params.values[n - 1] : NULL;
    }
    return var_get(name);
}

static void
add_value(struct expansion *ex, const char *value, enum expand_mode mode)
{
    text_add_string(ex->out, value,
                    mode == MODE_PLAIN ? CHAR_EXPANDED : CHAR_QUOTED);
}

/* "$*" in quotes: joined by the first character of $IFS. */
static void
add_joined(struct expansion *ex, char separator)
{
    for (int i = 0; i < params.count; i++) {
        if (i > 0 && separator != '\0')
            text_add(ex->out, separator, CHAR_QUOTED);
        text_add_string(ex->out, params.values[i], CHAR_QUOTED);
    }
}

static void
add_all_params(struct expansion *ex, char name, enum expand_mode mode)
{
    const char *ifs = var_get("IFS");

    if (ex->join_params || mode == MODE_HERE ||
        (name == '*' && mode == MODE_DOUBLE)) {
        add_joined(ex, name == '*' && ifs != NULL ? ifs[0] : ' ');
        return;
    }
    ex->saw_params = true;
    for (int i = 0; i < params.count; i++) {
        if (i > 0)
            text_add(ex->out, '\0', CHAR_BREAK);
        if (mode == MODE_DOUBLE && params.values[i][0] == '\0')
            text_add(ex->out, '\0', CHAR_EMPTY);
        add_value(ex, params.values[i], mode);
    }
}

static bool
is_all(const char *name)
{
    return (name[0] == '@' || name[0] == '*') && name[1] == '\0';
}

/* Take "${...}" apart. => false if it is malformed */
static bool
parse_param(const char *p, const char *end, struct param *param)
{
    size_t n;

    *param = (struct param){0};
    param->length =
        p[0] == '#' && p + 1 < end && strchr(":-=?+%#", p[1]) == NULL;
    p += param->length;
    n = name_length(p);
    if (n == 0)
        n = strspn(p, "0123456789");
    if (n == 0 && *p != '\0' && strchr("?$!#@*-", *p) != NULL)
        n = 1;
    param->name = pool_strndup(&scratch, p, n);
    p += n;
    if (n == 0 || p > end)
        return false;
    if (p == end)
        return true;
    param->colon = *p == ':';
    p += param->colon;
    param->op = *p++;
    if (param->length ||
        strchr(param->colon ? "-=?+" : "-=?+%#", param->op) == NULL)
        return false;
    param->twice = (param->op == '%' || param->op == '#') && *p == param->op;
    param->word = p + param->twice;
    param->word_end = end;
    return true;
}

/* The word of ${name=word} or ${name?word} as one string. */
static char *
word_string(const struct param *param)
{
    return expand_string(pool_strndup(&scratch, param->word,
                                      (size_t)(param->word_end - param->word)));
}

/* Expand the word of ${name-word} in place. */
static void
add_word(struct expansion *ex, const struct param *param, enum expand_mode mode)
{
    enum char_kind literal = ex->literal;

    ex->literal = CHAR_EXPANDED;
    expand_text(ex, param->word, param->word_end, mode);
    ex->literal = literal;
}

/*
 * Remove the part of the value that the pattern matches: at the end or at the
 * start, the shortest or the longest.
 */
static const char *
trim_value(const struct param *param, const char *value)
{
    char *pattern = expand_pattern(pool_strndup(
        &scratch, param->word, (size_t)(param->word_end - param->word)));
    size_t len = strlen(value);
    char *copy = pool_strdup(&scratch, value);

    for (size_t i = 0; i <= len; i++) {
        size_t at;

        if (param->op == '#') { /* does the start, up to at, match? */
            at = param->twice ? len - i : i;
            copy[at] = '\0';
            if (fnmatch(pattern, copy, 0) == 0)
                return value + at;
            copy[at] = value[at];
        } else { /* does the end, from at, match? */
            at = param->twice ? i : len - i;
            if (fnmatch(pattern, copy + at, 0) == 0)
                return pool_strndup(&scratch, value, at);
        }
    }
    return value;
}

/* What ${name-word}, = and ? do when there is no value. */
static void
expand_missing(struct expansion *ex, const struct param *param,
               enum expand_mode mode)
{
    char *word;

    switch (param->op) {
    case '-':
        add_word(ex, param, mode);
        break;
    case '=':
        word = word_string(param);
        if (name_length(param->name) == 0)
            abort_command("%s: cannot be assigned to", param->name);
        else if (var_set(param->name, word, 0))
            add_value(ex, word, mode);
        break;
    case '?':
        word = word_string(param);
        abort_command("%s: %s", param->name,
                      *word != '\0' ? word : "parameter not set");
        break;
    default:
        if (sh.option_u && param->op != '+')
            abort_command("%s: parameter not set", param->name);
        else if (param->length)
            add_value(ex, "0", mode);
        break;
    }
}

/* Expand a parameter that was taken apart. */
static void
expand_param(struct expansion *ex, const struct param *param,
             enum expand_mode mode)
{
    bool all = is_all(param->name);
    const char *value = param_value(param->name);
    bool missing = all ? params.count == 0
                       : value == NULL || (param->colon && *value == '\0');

    if (all && param->length) {
        add_value(ex, number_string(params.count), mode);
    } else if (missing && !(all && param->op == 0)) {
        expand_missing(ex, param, mode);
    } else if (param->op == '+') {
        add_word(ex, param, mode);
    } else if (all) {
        add_all_params(ex, param->name[0], mode);
    } else if (param->length) {
        add_value(ex, number_string((long)strlen(value)), mode);
    } else if (param->op == '%' || param->op == '#') {
        add_value(ex, trim_value(param, value), mode);
    } else {
        add_value(ex, value, mode);
    }
}

/* "$((...))". => the address behind it */
static const char *
expand_arithmetic(struct expansion *ex, const char *p, const char *end,
                  enum expand_mode mode)
{
    size_t len = (size_t)(end - 2 - (p + 3));
    char *expression = pool_strndup(&scratch, p + 3, len);
    long value = arithmetic(expand_here(expression));

    add_value(ex, number_string(value), mode);
    return end;
}

const char *
expand_dollar(struct expansion *ex, const char *p, enum expand_mode mode)
{
    const char *end = skip_dollar(p);
    struct param param = {0};

    if (end == NULL) { /* only in here-documents, where nothing was checked */
        abort_command("syntax error: a bracket is not closed");
        return p + strlen(p);
    }
    if (end == p + 1) { /* a lone dollar */
        text_add(ex->out, '$', mode == MODE_PLAIN ? ex->literal : CHAR_QUOTED);
        return end;
    }
    if (p[1] == '(' && p[2] == '(' && end[-2] == ')')
        return expand_arithmetic(ex, p, end, mode);
    if (p[1] == '(')
        return expand_command(ex, p, end, mode);
    if (p[1] == '{') {
        if (!parse_param(p + 2, end - 1, &param)) {
            abort_command("%.*s: bad substitution", (int)(end - p), p);
            return end;
        }
    } else {
        param.name = pool_strndup(&scratch, p + 1, (size_t)(end - p - 1));
    }
    expand_param(ex, &param, mode);
    return end;
}
