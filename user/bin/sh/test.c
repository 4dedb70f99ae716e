/* SPDX-License-Identifier: MIT */
/*
 * test.c - the builtin commands "test" and "[".
 *
 *   or      and { "-o" and }        not      ["!"] primary
 *   and     not { "-a" not }        primary  "(" or ")" | -op word
 *                                            | word op word | word
 *
 * With up to three arguments, POSIX decides by their number: a word that looks
 * like an operator is one only where an operand follows or precedes. So a
 * binary operator in the second place is looked for first.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "builtin.h"
#include "sh.h"

struct test {
    char **at; /* ends with NULL */
    bool failed;
};

static bool parse_or(struct test *t);

static long
number(struct test *t, const char *s)
{
    char *end;
    long n = strtol(s, &end, 10);

    while (*end == ' ')
        end++;
    if (end == s || *end != '\0') {
        if (!t->failed)
            complain_sh("test: %s: not a number", s);
        t->failed = true;
    }
    return n;
}

static bool
file_test(char op, const char *path)
{
    struct stat st;

    if (op == 'r' || op == 'w' || op == 'x')
        return access(path, op == 'r' ? R_OK : op == 'w' ? W_OK : X_OK) == 0;
    if (op == 'L' || op == 'h')
        return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
    if (stat(path, &st) < 0)
        return false;
    switch (op) {
    case 'b':
        return S_ISBLK(st.st_mode);
    case 'c':
        return S_ISCHR(st.st_mode);
    case 'd':
        return S_ISDIR(st.st_mode);
    case 'f':
        return S_ISREG(st.st_mode);
    case 'p':
        return S_ISFIFO(st.st_mode);
    case 's':
        return st.st_size > 0;
    case 'S':
        return S_ISSOCK(st.st_mode);
    case 'u':
        return (st.st_mode & S_ISUID) != 0;
    case 'g':
        return (st.st_mode & S_ISGID) != 0;
    default: /* 'e' */
        return true;
    }
}

static bool
is_unary(const char *s)
{
    return s[0] == '-' && s[1] != '\0' && s[2] == '\0' &&
           strchr("bcdefghLnprsStuwxz", s[1]) != NULL;
}

static bool
unary(struct test *t, char op, const char *operand)
{
    switch (op) {
    case 'n':
        return *operand != '\0';
    case 'z':
        return *operand == '\0';
    case 't':
        return isatty((int)number(t, operand));
    default:
        return file_test(op, operand);
    }
}

enum binary_op {
    BINARY_NONE,
    STRING_EQUAL,
    STRING_NOT_EQUAL,
    STRING_LESS,
    STRING_GREATER,
    NUMBER_EQ,
    NUMBER_NE,
    NUMBER_LT,
    NUMBER_LE,
    NUMBER_GT,
    NUMBER_GE,
    FILE_NEWER,
    FILE_OLDER,
    FILE_SAME,
};

static enum binary_op
binary_op(const char *s)
{
    static const struct {
        const char *text;
        enum binary_op op;
    } table[] = {
        {"=", STRING_EQUAL}, {"==", STRING_EQUAL},  {"!=", STRING_NOT_EQUAL},
        {"<", STRING_LESS},  {">", STRING_GREATER}, {"-eq", NUMBER_EQ},
        {"-ne", NUMBER_NE},  {"-lt", NUMBER_LT},    {"-le", NUMBER_LE},
        {"-gt", NUMBER_GT},  {"-ge", NUMBER_GE},    {"-nt", FILE_NEWER},
        {"-ot", FILE_OLDER}, {"-ef", FILE_SAME},
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (s != NULL && strcmp(s, table[i].text) == 0)
            return table[i].op;
    return BINARY_NONE;
}

static bool
newer(const struct stat *a, const struct stat *b)
{
    if (a->st_mtim.tv_sec != b->st_mtim.tv_sec)
        return a->st_mtim.tv_sec > b->st_mtim.tv_sec;
    return a->st_mtim.tv_nsec > b->st_mtim.tv_nsec;
}

/* A file that does not exist is older than any that does. */
static bool
compare_files(enum binary_op op, const char *x, const char *y)
{
    struct stat a, b;
    bool has_a = stat(x, &a) == 0;
    bool has_b = stat(y, &b) == 0;

    if (op == FILE_SAME)
        return has_a && has_b && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
    if (op == FILE_NEWER)
        return has_a && (!has_b || newer(&a, &b));
    return has_b && (!has_a || newer(&b, &a));
}

static bool
compare_numbers(enum binary_op op, long x, long y)
{
    switch (op) {
    case NUMBER_EQ:
        return x == y;
    case NUMBER_NE:
        return x != y;
    case NUMBER_LT:
        return x < y;
    case NUMBER_LE:
        return x <= y;
    case NUMBER_GT:
        return x > y;
    default:
        return x >= y;
    }
}

static bool
binary(struct test *t, enum binary_op op, const char *x, const char *y)
{
    switch (op) {
    case STRING_EQUAL:
        return strcmp(x, y) == 0;
    case STRING_NOT_EQUAL:
        return strcmp(x, y) != 0;
    case STRING_LESS:
        return strcmp(x, y) < 0;
    case STRING_GREATER:
        return strcmp(x, y) > 0;
    case FILE_NEWER:
    case FILE_OLDER:
    case FILE_SAME:
        return compare_files(op, x, y);
    default:
        return compare_numbers(op, number(t, x), number(t, y));
    }
}

static bool
parse_primary(struct test *t)
{
    char **at = t->at;
    enum binary_op op;
    bool result;

    if (at[0] == NULL) {
        if (!t->failed)
            complain_sh("test: an argument is missing");
        t->failed = true;
        return false;
    }
    op = binary_op(at[1]);
    if (op != BINARY_NONE && at[2] != NULL) {
        t->at += 3;
        return binary(t, op, at[0], at[2]);
    }
    if (is_unary(at[0]) && at[1] != NULL) {
        t->at += 2;
        return unary(t, at[0][1], at[1]);
    }
    t->at++;
    if (strcmp(at[0], "(") != 0 || at[1] == NULL)
        return at[0][0] != '\0';
    result = parse_or(t);
    if (*t->at != NULL && strcmp(*t->at, ")") == 0)
        t->at++;
    else
        t->failed = true;
    return result;
}

static bool
parse_not(struct test *t)
{
    if (t->at[0] != NULL && strcmp(t->at[0], "!") == 0 && t->at[1] != NULL &&
        !(binary_op(t->at[1]) != BINARY_NONE && t->at[2] != NULL)) {
        t->at++;
        return !parse_not(t);
    }
    return parse_primary(t);
}

static bool
next_is(const struct test *t, const char *word)
{
    return *t->at != NULL && strcmp(*t->at, word) == 0;
}

static bool
parse_and(struct test *t)
{
    bool result = parse_not(t);

    while (next_is(t, "-a")) {
        t->at++;
        result &= parse_not(t);
    }
    return result;
}

static bool
parse_or(struct test *t)
{
    bool result = parse_and(t);

    while (next_is(t, "-o")) {
        t->at++;
        result |= parse_and(t);
    }
    return result;
}

int
builtin_test(int argc, char **argv)
{
    struct test t = {.at = argv + 1};
    bool result;

    if (strcmp(argv[0], "[") == 0) {
        if (strcmp(argv[argc - 1], "]") != 0) {
            complain_sh("[: missing ]");
            return STATUS_USAGE;
        }
        argv[--argc] = NULL;
    }
    if (argc == 1)
        return 1;
    result = parse_or(&t);
    if (*t.at != NULL && !t.failed) {
        complain_sh("test: unexpected %s", *t.at);
        t.failed = true;
    }
    return t.failed ? STATUS_USAGE : !result;
}
