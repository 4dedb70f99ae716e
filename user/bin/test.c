/* SPDX-License-Identifier: MIT */
/*
 * test: check files, texts and numbers; its exit status is the answer.
 *
 * Usage: test expression    or, when called "[": [ expression ]
 *   -e -f -d -h -L -p -b -c -S   the file exists, is a ...
 *   -r -w -x    may be read, written, run     -s   is not empty
 *   -u -g -k    has that bit    -O -G   is ours    -t N   is a terminal
 *   a -nt b, a -ot b, a -ef b   is newer, older, the same
 *   -n s, -z s, s               is not empty, empty, not empty
 *   a = b, a == b, a != b, a < b, a > b   texts
 *   a -eq b -ne -gt -ge -lt -le numbers
 *   ! e   ( e )   e -a e   e -o e
 * Exit status: 0 true, 1 false, 2 the expression is wrong.
 *
 * With one to four words POSIX defines the meaning by their number, so that
 * `test -f = -f` compares; a longer one is parsed.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

enum { TROUBLE = 2 };

static char **word, **end;

static bool parse_or(void);

static long long
number(const char *s)
{
    long long value;

    if (!parse_number(s, &value))
        die_about(s, "not a number");
    return value;
}

/* ---- what can be asked ------------------------------------------------- */

static bool
is_unary(const char *s)
{
    return s[0] == '-' && s[1] != '\0' && s[2] == '\0' &&
           strchr("bcdefghkLnprsStuwxzOG", s[1]) != NULL;
}

static bool
test_kind(char letter, const struct stat *st)
{
    switch (letter) {
    case 'b':
        return S_ISBLK(st->st_mode);
    case 'c':
        return S_ISCHR(st->st_mode);
    case 'd':
        return S_ISDIR(st->st_mode);
    case 'f':
        return S_ISREG(st->st_mode);
    case 'h':
    case 'L':
        return S_ISLNK(st->st_mode);
    case 'p':
        return S_ISFIFO(st->st_mode);
    case 'S':
        return S_ISSOCK(st->st_mode);
    case 's':
        return st->st_size > 0;
    case 'u':
        return (st->st_mode & S_ISUID) != 0;
    case 'g':
        return (st->st_mode & S_ISGID) != 0;
    case 'k':
        return (st->st_mode & S_ISVTX) != 0;
    case 'O':
        return st->st_uid == geteuid();
    case 'G':
        return st->st_gid == getegid();
    default: /* e */
        return true;
    }
}

static bool
test_unary(char letter, const char *operand)
{
    struct stat st;

    switch (letter) {
    case 'n':
        return operand[0] != '\0';
    case 'z':
        return operand[0] == '\0';
    case 't':
        return isatty((int)number(operand)) != 0;
    case 'r':
        return access(operand, R_OK) == 0;
    case 'w':
        return access(operand, W_OK) == 0;
    case 'x':
        return access(operand, X_OK) == 0;
    case 'h':
    case 'L':
        return lstat(operand, &st) == 0 && test_kind(letter, &st);
    default:
        return stat(operand, &st) == 0 && test_kind(letter, &st);
    }
}

static const char *const binaries[] = {
    "=",   "==",  "!=",  "<",   ">",   "-eq", "-ne",
    "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef",
};

static bool
is_binary(const char *s)
{
    for (size_t i = 0; i < sizeof(binaries) / sizeof(binaries[0]); i++)
        if (strcmp(s, binaries[i]) == 0)
            return true;
    return false;
}

static bool
compare_files(const char *a, const char *operator, const char * b)
{
    struct stat x, y;
    bool have_x = stat(a, &x) == 0, have_y = stat(b, &y) == 0;
    long long order;

    if (strcmp(operator, "-ef") == 0)
        return have_x && have_y && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
    if (!have_x || !have_y)
        return operator[1] == 'n' ? have_x : have_y;
    order = (long long)x.st_mtim.tv_sec - y.st_mtim.tv_sec;
    if (order == 0)
        order = (long long)x.st_mtim.tv_nsec - y.st_mtim.tv_nsec;
    return operator[1] == 'n' ? order > 0 : order<0;
}

static bool
compare_numbers(long long a, const char *operator, long long b)
{
    if (strcmp(operator, "-eq") == 0)
        return a == b;
    if (strcmp(operator, "-ne") == 0)
        return a != b;
    if (strcmp(operator, "-lt") == 0)
        return a < b;
    if (strcmp(operator, "-le") == 0)
        return a <= b;
    if (strcmp(operator, "-gt") == 0)
        return a > b;
    return a >= b;
}

static bool
test_binary(const char *a, const char *operator, const char * b)
{
    if (operator[0] == '=')
        return strcmp(a, b) == 0;
    if (operator[0] == '!')
        return strcmp(a, b) != 0;
    if (operator[0] == '<')
        return strcmp(a, b) < 0;
    if (operator[0] == '>')
        return strcmp(a, b) > 0;
    if (operator[2] == 't' &&(operator[1] == 'n' || operator[1] == 'o'))
        return compare_files(a, operator, b);
    if (strcmp(operator, "-ef") == 0)
        return compare_files(a, operator, b);
    return compare_numbers(number(a), operator, number(b));
}

/* ---- expressions ------------------------------------------------------- */

static const char *
take(void)
{
    if (word == end)
        die_about("expression", "something is missing");
    return *word++;
}

static bool
parse_primary(void)
{
    const char *first = take(), *operator;
    bool answer;

    if (end - word >= 2 && is_binary(word[0])) {
        operator= take();
        return test_binary(first, operator, take());
    }
    if (strcmp(first, "!") == 0 && word < end)
        return !parse_primary();
    if (strcmp(first, "(") == 0 && word < end) {
        answer = parse_or();
        if (strcmp(take(), ")") != 0)
            die_about("(", "unmatched");
        return answer;
    }
    if (is_unary(first) && word < end)
        return test_unary(first[1], take());
    return first[0] != '\0';
}

static bool
parse_and(void)
{
    bool answer = parse_primary();

    while (word < end && strcmp(*word, "-a") == 0) {
        word++;
        answer &= parse_primary();
    }
    return answer;
}

static bool
parse_or(void)
{
    bool answer = parse_and();

    while (word < end && strcmp(*word, "-o") == 0) {
        word++;
        answer |= parse_and();
    }
    return answer;
}

/* By the number of words; what is left is parsed. */
static bool
evaluate(void)
{
    long count = end - word;
    bool answer;

    if (count == 0)
        return false;
    if (count == 1)
        return word[0][0] != '\0';
    if (count == 3 && is_binary(word[1]))
        return test_binary(word[0], word[1], word[2]);
    if (strcmp(word[0], "!") == 0 && count <= 4) {
        word++;
        return !evaluate();
    }
    if (count == 2 && is_unary(word[0]))
        return test_unary(word[0][1], word[1]);
    if (count == 3 && strcmp(word[0], "(") == 0 && strcmp(word[2], ")") == 0)
        return word[1][0] != '\0';
    answer = parse_or();
    if (word != end)
        die_about(*word, "unexpected");
    return answer;
}

int
main(int argc, char **argv)
{
    prog_init(argv);
    trouble_status = TROUBLE;
    word = argv + 1;
    end = argv + argc;
    if (strcmp(prog, "[") == 0) {
        if (argc < 2 || strcmp(end[-1], "]") != 0)
            die_about("[", "] missing");
        end--;
    }
    return evaluate() ? 0 : 1;
}
