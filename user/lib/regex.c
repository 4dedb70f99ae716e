/* SPDX-License-Identifier: MIT */
/*
 * Regular expressions, the compiler: POSIX basic and extended patterns.
 *
 * A recursive-descent parser emits instructions as it reads (regex_impl.h):
 *
 *     expression  branch ('|' branch)*      SPLIT to either
 *     branch      piece*                    one after the other
 *     piece       atom ('*' '+' '?' {m,n})* SPLITs around the atom
 *     atom        char . [set] (expression) ^ $ \char \1..\9
 *
 * In a basic pattern ( ) { } | + ? are operators when a backslash stands
 * before them, in an extended one when none does; apart from that the parser
 * is the same for both: next_token() hides the difference.
 *
 * An operator that follows its operand must be put before it: the finished
 * piece is moved up to make room, or copied for {m,n}. Jumps are relative, so
 * this needs no patching.
 *
 * Beyond POSIX: \w \W \s \S \b \B \< \> and, in basic patterns, \+ \? \|.
 *
 * Not done: collating elements [.x.], equivalence classes [=x=], locales.
 * see regexec.c for how a program is run.
 */
#include <ctype.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include "regex_impl.h"

enum { REPEAT_MAX = 255, NESTING_MAX = 200, UNBOUNDED = -1 };

/* What next_token() returns for operators; characters stand for themselves. */
enum token {
    TOKEN_END = 256,
    TOKEN_STAR,
    TOKEN_PLUS,
    TOKEN_OPTIONAL,
    TOKEN_BRACE,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_OR,
    TOKEN_ANY,
    TOKEN_SET,
    TOKEN_BOL,
    TOKEN_EOL,
    TOKEN_ESCAPE, /* a backslash and a letter or digit that means something */
};

struct compiler {
    const char *p; /* next character of the pattern */
    int token;     /* the one being parsed */
    int escaped;   /* the letter or digit of TOKEN_ESCAPE */
    bool extended;
    bool operand_next; /* at the start of a branch: * is a character */
    int error;         /* first error, 0 if none */
    int depth;
    int room;            /* instructions allocated */
    int loops;           /* slots given to OP_PROGRESS */
    unsigned int closed; /* groups whose end we have seen */
    struct regex_program *prog;
};

static void parse_expression(struct compiler *c);

static void
fail(struct compiler *c, int error)
{
    if (c->error == 0)
        c->error = error;
}

/* ---- tokens ------------------------------------------------------------ */

/* The operator that ch is when it counts as one in an extended pattern. */
static int
operator_of(int ch)
{
    switch (ch) {
    case '+':
        return TOKEN_PLUS;
    case '?':
        return TOKEN_OPTIONAL;
    case '{':
        return TOKEN_BRACE;
    case '(':
        return TOKEN_OPEN;
    case ')':
        return TOKEN_CLOSE;
    case '|':
        return TOKEN_OR;
    default:
        return ch;
    }
}

/* In a basic pattern ^ and $ are anchors only at the ends of a branch. */
static bool
is_anchor(struct compiler *c, int ch)
{
    if (c->extended)
        return true;
    if (ch == '^')
        return c->operand_next;
    return c->p[0] == '\0' ||
           (c->p[0] == '\\' && (c->p[1] == ')' || c->p[1] == '|'));
}

static int
escape_token(struct compiler *c)
{
    int ch = (unsigned char)*c->p;

    if (ch == '\0') {
        fail(c, REG_EESCAPE);
        return TOKEN_END;
    }
    c->p++;
    c->escaped = ch;
    if (ch != '0' && strchr("123456789wWsSbB<>", ch) != NULL)
        return TOKEN_ESCAPE;
    return c->extended ? ch : operator_of(ch);
}

static void
next_token(struct compiler *c)
{
    int ch = (unsigned char)*c->p;

    c->token = TOKEN_END;
    if (ch == '\0')
        return;
    c->p++;
    if (ch == '\\')
        c->token = escape_token(c);
    else if (ch == '*')
        c->token = TOKEN_STAR;
    else if (ch == '.')
        c->token = TOKEN_ANY;
    else if (ch == '[')
        c->token = TOKEN_SET;
    else if ((ch == '^' || ch == '$') && is_anchor(c, ch))
        c->token = ch == '^' ? TOKEN_BOL : TOKEN_EOL;
    else
        c->token = c->extended ? operator_of(ch) : ch;
}

/* ---- emitting ---------------------------------------------------------- */

/* Make room for count instructions at `at`, moving up what is there. */
static bool
open_gap(struct compiler *c, int at, int count)
{
    struct regex_program *prog = c->prog;

    if (c->error != 0)
        return false;
    if (prog->count + count > REGEX_MAX_PROGRAM) {
        fail(c, REG_ESPACE);
        return false;
    }
    if (prog->count + count > c->room) {
        int room = 2 * c->room + count + 16;
        void *insns = realloc(prog->insns, (size_t)room * sizeof(*prog->insns));

        if (insns == NULL) {
            fail(c, REG_ESPACE);
            return false;
        }
        prog->insns = insns;
        c->room = room;
    }
    memmove(prog->insns + at + count, prog->insns + at,
            (size_t)(prog->count - at) * sizeof(*prog->insns));
    prog->count += count;
    return true;
}

static void
insert(struct compiler *c, int at, enum regex_op op, int x, int y)
{
    if (open_gap(c, at, 1))
        c->prog->insns[at] = (struct regex_insn){op, x, y};
}

static void
emit(struct compiler *c, enum regex_op op, int x, int y)
{
    insert(c, c->prog->count, op, x, y);
}

/* ---- bracket expressions ----------------------------------------------- */

static void
set_add(uint8_t *set, int ch, int flags)
{
    set[ch >> 3] |= (uint8_t)(1u << (ch & 7));
    if ((flags & REG_ICASE) && isalpha(ch)) {
        int other = islower(ch) ? toupper(ch) : tolower(ch);

        set[other >> 3] |= (uint8_t)(1u << (other & 7));
    }
}

static int
is_word(int ch)
{
    return isalnum(ch) || ch == '_';
}

/* [:name:]: add the class whose name starts at c->p and skip it. */
static void
set_add_class(struct compiler *c, uint8_t *set)
{
    static const struct {
        const char *name;
        int (*test)(int);
    } classes[] = {
        {"alpha:]", isalpha}, {"digit:]", isdigit}, {"alnum:]", isalnum},
        {"upper:]", isupper}, {"lower:]", islower}, {"space:]", isspace},
        {"blank:]", isblank}, {"punct:]", ispunct}, {"print:]", isprint},
        {"graph:]", isgraph}, {"cntrl:]", iscntrl}, {"xdigit:]", isxdigit},
    };

    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
        size_t length = strlen(classes[i].name);

        if (strncmp(c->p, classes[i].name, length) != 0)
            continue;
        c->p += length;
        for (int ch = 1; ch < 256; ch++)
            if (classes[i].test(ch))
                set_add(set, ch, c->prog->flags);
        return;
    }
    fail(c, REG_ECTYPE);
}

static uint8_t *
new_set(struct compiler *c)
{
    struct regex_program *prog = c->prog;
    size_t size = (size_t)(prog->set_count + 1) * REGEX_SET_BYTES;
    void *sets = realloc(prog->sets, size);

    if (sets == NULL) {
        fail(c, REG_ESPACE);
        return NULL;
    }
    prog->sets = sets;
    memset(prog->sets[prog->set_count], 0, REGEX_SET_BYTES);
    emit(c, OP_SET, prog->set_count, 0);
    return prog->sets[prog->set_count++];
}

static void
invert_set(struct compiler *c, uint8_t *set)
{
    for (int i = 0; i < REGEX_SET_BYTES; i++)
        set[i] = (uint8_t)~set[i];
    set[0] &= (uint8_t)~1u; /* never the end of the text */
    if (c->prog->flags & REG_NEWLINE)
        set['\n' >> 3] &= (uint8_t) ~(1u << ('\n' & 7));
}

/* What follows '[' up to the closing ']'. */
static void
parse_set(struct compiler *c)
{
    uint8_t *set = new_set(c);
    bool negated = *c->p == '^';
    const char *first;

    if (set == NULL)
        return;
    if (negated)
        c->p++;
    for (first = c->p; *c->p != ']' || c->p == first;) {
        int low = (unsigned char)*c->p, high;

        if (low == '\0') {
            fail(c, REG_EBRACK);
            return;
        }
        c->p++;
        if (low == '[' && *c->p == ':') {
            c->p++;
            set_add_class(c, set);
            if (c->error != 0)
                return;
            continue;
        }
        high = low;
        if (c->p[0] == '-' && c->p[1] != ']' && c->p[1] != '\0') {
            high = (unsigned char)c->p[1];
            c->p += 2;
        }
        if (high < low)
            fail(c, REG_ERANGE);
        for (int ch = low; ch <= high; ch++)
            set_add(set, ch, c->prog->flags);
    }
    c->p++;
    if (negated)
        invert_set(c, set);
}

/* \w \W \s \S */
static void
emit_class(struct compiler *c, int letter)
{
    uint8_t *set = new_set(c);
    bool word = tolower(letter) == 'w';

    if (set == NULL)
        return;
    for (int ch = 1; ch < 256; ch++)
        if (word ? is_word(ch) : isspace(ch))
            set_add(set, ch, 0);
    if (isupper(letter))
        invert_set(c, set);
}

/* ---- the parser -------------------------------------------------------- */

static void
parse_group(struct compiler *c)
{
    int group = c->prog->group_count++;
    bool saved = group < REGEX_MAX_GROUPS;

    if (++c->depth > NESTING_MAX) {
        fail(c, REG_ESPACE);
        return;
    }
    if (saved)
        emit(c, OP_SAVE, 2 * group, 0);
    parse_expression(c);
    if (c->token != TOKEN_CLOSE) {
        fail(c, REG_EPAREN);
        return;
    }
    if (saved) {
        emit(c, OP_SAVE, 2 * group + 1, 0);
        c->closed |= 1u << group;
    }
    c->depth--;
}

static void
emit_escape(struct compiler *c)
{
    int ch = c->escaped;

    if (isdigit(ch)) {
        if (!(c->closed & (1u << (ch - '0'))))
            fail(c, REG_ESUBREG);
        c->prog->has_backref = true;
        emit(c, OP_BACKREF, ch - '0', 0);
    } else if (ch == '<' || ch == '>') {
        emit(c, OP_EDGE, ch == '>', 0);
    } else if (ch == 'b' || ch == 'B') {
        emit(c, OP_WORD, ch == 'B', 0);
    } else {
        emit_class(c, ch);
    }
}

/* Emit one atom; the current token is its first. */
static void
parse_atom(struct compiler *c)
{
    switch (c->token) {
    case TOKEN_ANY:
        emit(c, OP_ANY, 0, 0);
        break;
    case TOKEN_SET:
        parse_set(c);
        break;
    case TOKEN_BOL:
        emit(c, OP_BOL, 0, 0);
        break;
    case TOKEN_EOL:
        emit(c, OP_EOL, 0, 0);
        break;
    case TOKEN_OPEN:
        parse_group(c);
        break;
    case TOKEN_ESCAPE:
        emit_escape(c);
        break;
    default: /* a character, or an operator that has nothing to work on */
        if (c->token >= TOKEN_END && c->extended)
            fail(c, REG_BADRPT);
        else if (c->token >= TOKEN_END)
            emit(c, OP_CHAR, (unsigned char)c->p[-1], 0);
        else if (c->prog->flags & REG_ICASE)
            emit(c, OP_CHAR, tolower(c->token), 0);
        else
            emit(c, OP_CHAR, c->token, 0);
    }
}

/* x* from x: SPLIT out, x, JUMP back; a round that matched nothing fails. */
static void
make_star(struct compiler *c, int start)
{
    int size = c->prog->count - start, slot;
    enum regex_op op;

    if (c->error != 0)
        return;
    op = c->prog->insns[start].op;
    if (op != OP_CHAR && op != OP_ANY && op != OP_SET) {
        slot = 2 * REGEX_MAX_GROUPS + c->loops++;
        insert(c, start, OP_SAVE, slot, 0);
        emit(c, OP_PROGRESS, slot, 0);
        size += 2;
    }
    insert(c, start, OP_SPLIT, 1, size + 2);
    emit(c, OP_JUMP, -(size + 1), 0);
}

/* Append a copy of the piece of `size` instructions that starts at `from`. */
static int
copy_piece(struct compiler *c, int from, int size)
{
    int at = c->prog->count;

    if (open_gap(c, at, size))
        memcpy(c->prog->insns + at, c->prog->insns + from,
               (size_t)size * sizeof(*c->prog->insns));
    return at;
}

/* x{least,most} from x, which starts at `start` and ends the program. */
static void
repeat(struct compiler *c, int start, int least, int most)
{
    int size = c->prog->count - start, last = start;

    if (most == 0) {
        c->prog->count = start;
        return;
    }
    for (int i = 1; i < least; i++)
        last = copy_piece(c, start, size);
    if (most == UNBOUNDED) {
        if (least > 0)
            last = copy_piece(c, start, size);
        make_star(c, last);
        return;
    }
    /* x{2,4} is xxx?x?: the path that stops early skips all that follow,
     * one SPLIT after the other. */
    for (int i = least > 0 ? least : 1; i < most; i++) {
        last = copy_piece(c, start, size);
        insert(c, last, OP_SPLIT, 1, size + 1);
    }
    if (least == 0)
        insert(c, start, OP_SPLIT, 1, size + 1);
}

/* Read the number at c->p; `otherwise` if there is none. */
static int
read_bound(struct compiler *c, int otherwise)
{
    int value = 0;

    if (!isdigit((unsigned char)*c->p))
        return otherwise;
    for (; isdigit((unsigned char)*c->p) && value <= REPEAT_MAX; c->p++)
        value = value * 10 + (*c->p - '0');
    return value;
}

/* {m} {m,} {m,n} after the brace. */
static void
parse_bounds(struct compiler *c, int start)
{
    int least = read_bound(c, UNBOUNDED), most = least;

    if (*c->p == ',') {
        c->p++;
        most = read_bound(c, UNBOUNDED);
    }
    if (!c->extended && *c->p == '\\')
        c->p++;
    if (*c->p != '}') {
        fail(c, REG_EBRACE);
        return;
    }
    c->p++;
    if (least < 0 || least > REPEAT_MAX || most > REPEAT_MAX ||
        (most != UNBOUNDED && most < least)) {
        fail(c, REG_BADBR);
        return;
    }
    repeat(c, start, least, most);
}

static void
parse_piece(struct compiler *c)
{
    int start = c->prog->count;
    bool anchor = c->token == TOKEN_BOL && !c->extended;

    parse_atom(c);
    if (c->error != 0)
        return;
    c->operand_next = anchor;
    next_token(c);
    while (c->error == 0 && !c->operand_next) {
        if (c->token == TOKEN_STAR)
            repeat(c, start, 0, UNBOUNDED);
        else if (c->token == TOKEN_PLUS)
            repeat(c, start, 1, UNBOUNDED);
        else if (c->token == TOKEN_OPTIONAL)
            repeat(c, start, 0, 1);
        else if (c->token == TOKEN_BRACE)
            parse_bounds(c, start);
        else
            return;
        next_token(c);
    }
}

static void
parse_branch(struct compiler *c)
{
    c->operand_next = true;
    next_token(c);
    while (c->error == 0 && c->token != TOKEN_END && c->token != TOKEN_OR &&
           c->token != TOKEN_CLOSE)
        parse_piece(c);
}

static void
parse_expression(struct compiler *c)
{
    int start = c->prog->count;

    parse_branch(c);
    if (c->error == 0 && c->token == TOKEN_OR) {
        int size = c->prog->count - start;

        insert(c, start, OP_SPLIT, 1, size + 2);
        emit(c, OP_JUMP, 0, 0);
        start = c->prog->count - 1; /* the JUMP, to go past the other side */
        parse_expression(c);
        if (c->error == 0)
            c->prog->insns[start].x = c->prog->count - start;
    }
}

/* ---- the interface ----------------------------------------------------- */

int
regcomp(regex_t *re, const char *pattern, int flags)
{
    struct regex_program *prog = calloc(1, sizeof(*prog));
    struct compiler c = {
        .p = pattern, .extended = (flags & REG_EXTENDED) != 0, .prog = prog};

    if (prog == NULL)
        return REG_ESPACE;
    prog->flags = flags;
    prog->group_count = 1;
    re->re_program = prog;
    parse_expression(&c);
    if (c.error == 0 && c.token != TOKEN_END)
        fail(&c, REG_EPAREN);
    emit(&c, OP_MATCH, 0, 0);
    prog->slot_count = 2 * REGEX_MAX_GROUPS + c.loops;
    re->re_nsub = (size_t)prog->group_count - 1;
    if (c.error != 0)
        regfree(re);
    return c.error;
}

void
regfree(regex_t *re)
{
    struct regex_program *prog = re->re_program;

    if (prog == NULL)
        return;
    free(prog->insns);
    free(prog->sets);
    free(prog);
    re->re_program = NULL;
}
