/* SPDX-License-Identifier: MIT */
/*
 * Regular expressions, the machine: runs the program that regcomp made.
 *
 * It backtracks, with a stack of its own: at a SPLIT it goes one way and
 * pushes the other. Plain backtracking takes exponential time for patterns
 * such as (a*)*b. But what follows from an instruction and a position does
 * not depend on how we got there, so one bit for each pair is enough to
 * never do the same work twice: time and space are at most
 * instructions x characters.
 *
 * POSIX wants the leftmost match and the longest of those. Starts are tried
 * from the left; for one start the search goes on after a match until
 * nothing is left to try, and the longest is kept. A pair that failed for one
 * start fails for the next, too, so the bits are cleared once.
 *
 * With back-references what follows does depend on the past; then there are
 * no bits, and a bound on the number of steps instead.
 *
 * Invariant: on the stack, an entry with slot >= 0 restores that slot;
 * an entry with slot < 0 is a place to try.
 *
 * Not done: of several ways to the same longest match, groups are reported
 * for the first found, which is not always the one POSIX defines.
 */
#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "regex_impl.h"

enum { MAX_BACKREF_STEPS = 5000000 };

struct choice {
    int slot; /* slot to restore, or -1 */
    int pc;   /* instruction to try */
    long pos; /* position to try it at, or the old value of the slot */
};

struct machine {
    const struct regex_program *prog;
    const char *text;
    long length;
    int flags;     /* of regexec */
    long *slots;   /* of the path we are on */
    long *best;    /* of the longest match so far */
    long best_end; /* its end, -1 if none */
    uint8_t *seen; /* one bit for each instruction and position, or NULL */
    long steps;
    struct choice *stack;
    size_t depth, room;
    bool exhausted; /* out of memory or steps */
};

static int
word_at(const struct machine *m, long pos)
{
    unsigned char c;

    if (pos < 0 || pos >= m->length)
        return 0;
    c = (unsigned char)m->text[pos];
    return isalnum(c) || c == '_';
}

static bool
at_line_start(const struct machine *m, long pos)
{
    if (pos == 0)
        return !(m->flags & REG_NOTBOL);
    return (m->prog->flags & REG_NEWLINE) && m->text[pos - 1] == '\n';
}

static bool
at_line_end(const struct machine *m, long pos)
{
    if (pos == m->length)
        return !(m->flags & REG_NOTEOL);
    return (m->prog->flags & REG_NEWLINE) && m->text[pos] == '\n';
}

static void
push(struct machine *m, int slot, int pc, long pos)
{
    if (m->depth == m->room) {
        size_t room = m->room != 0 ? 2 * m->room : 64;
        void *stack = realloc(m->stack, room * sizeof(*m->stack));

        if (stack == NULL) {
            m->exhausted = true;
            return;
        }
        m->stack = stack;
        m->room = room;
    }
    m->stack[m->depth++] = (struct choice){slot, pc, pos};
}

/* Mark a pair; => true if it was marked before, or the steps ran out. */
static bool
seen_before(struct machine *m, int pc, long pos)
{
    size_t bit = (size_t)pc * (size_t)(m->length + 1) + (size_t)pos;
    uint8_t mask = (uint8_t)(1u << (bit & 7));

    if (m->seen == NULL) {
        if (++m->steps > MAX_BACKREF_STEPS)
            m->exhausted = true;
        return m->exhausted;
    }
    if (m->seen[bit >> 3] & mask)
        return true;
    m->seen[bit >> 3] |= mask;
    return false;
}

/* The length of what group x matched if it stands at pos again, else -1. */
static long
match_again(const struct machine *m, int group, long pos)
{
    long from = m->slots[2 * group], length;

    if (from < 0 || m->slots[2 * group + 1] < 0)
        return -1;
    length = m->slots[2 * group + 1] - from;
    if (length > m->length - pos)
        return -1;
    for (long i = 0; i < length; i++) {
        int a = (unsigned char)m->text[from + i];
        int b = (unsigned char)m->text[pos + i];

        if (a != b &&
            (!(m->prog->flags & REG_ICASE) || tolower(a) != tolower(b)))
            return -1;
    }
    return length;
}

/* => how many characters the instruction takes at pos, -1 if it fails */
static long
try_simple(const struct machine *m, const struct regex_insn *insn, long pos)
{
    int c = pos < m->length ? (unsigned char)m->text[pos] : -1;

    switch (insn->op) {
    case OP_CHAR:
        if (m->prog->flags & REG_ICASE)
            c = c >= 0 ? tolower(c) : c;
        return c == insn->x ? 1 : -1;
    case OP_ANY:
        if (c == '\n' && (m->prog->flags & REG_NEWLINE))
            return -1;
        return c >= 0 ? 1 : -1;
    case OP_SET:
        return c >= 0 && regex_in_set(m->prog->sets[insn->x], (unsigned char)c)
                   ? 1
                   : -1;
    case OP_BOL:
        return at_line_start(m, pos) ? 0 : -1;
    case OP_EOL:
        return at_line_end(m, pos) ? 0 : -1;
    case OP_WORD:
        return (word_at(m, pos - 1) == word_at(m, pos)) == insn->x ? 0 : -1;
    case OP_EDGE:
        return word_at(m, pos - 1) == insn->x && word_at(m, pos) != insn->x
                   ? 0
                   : -1;
    case OP_BACKREF:
        return match_again(m, insn->x, pos);
    case OP_PROGRESS:
        return m->slots[insn->x] != pos ? 0 : -1;
    default:
        return -1;
    }
}

/* Follow one path until it fails or matches. */
static void
follow(struct machine *m, int pc, long pos)
{
    while (!m->exhausted && !seen_before(m, pc, pos)) {
        const struct regex_insn *insn = &m->prog->insns[pc];
        long taken;

        switch (insn->op) {
        case OP_MATCH:
            if (pos > m->best_end) {
                m->best_end = pos;
                memcpy(m->best, m->slots,
                       (size_t)m->prog->slot_count * sizeof(*m->best));
            }
            return;
        case OP_JUMP:
            pc += insn->x;
            break;
        case OP_SPLIT:
            push(m, -1, pc + insn->y, pos);
            pc += insn->x;
            break;
        case OP_SAVE:
            push(m, insn->x, 0, m->slots[insn->x]);
            m->slots[insn->x] = pos;
            pc++;
            break;
        default:
            taken = try_simple(m, insn, pos);
            if (taken < 0)
                return;
            pos += taken;
            pc++;
        }
    }
}

/*
 * Try all paths from one start. => true if there was a match
 * The slots are -1 before, and again after: the stack restores them.
 */
static bool
match_from(struct machine *m, long start)
{
    m->best_end = -1;
    m->depth = 0;
    push(m, -1, 0, start);
    while (m->depth > 0 && !m->exhausted) {
        struct choice choice = m->stack[--m->depth];

        if (choice.slot >= 0)
            m->slots[choice.slot] = choice.pos;
        else
            follow(m, choice.pc, choice.pos);
    }
    return m->best_end >= 0;
}

/* The character every match starts with, or -1. */
static int
first_char(const struct regex_program *prog)
{
    int pc = 0;

    if (prog->flags & REG_ICASE)
        return -1;
    while (prog->insns[pc].op == OP_SAVE)
        pc++;
    return prog->insns[pc].op == OP_CHAR ? prog->insns[pc].x : -1;
}

/* => where the leftmost match starts, -1 if there is none */
static long
search(struct machine *m)
{
    int first = first_char(m->prog);

    for (long start = 0; start <= m->length && !m->exhausted; start++) {
        if (first >= 0) {
            const char *p = strchr(m->text + start, first);

            if (p == NULL)
                return -1;
            start = p - m->text;
        }
        if (match_from(m, start))
            return start;
    }
    return -1;
}

static void
report(const struct machine *m, long start, size_t count, regmatch_t *matches)
{
    for (size_t i = 0; i < count; i++) {
        matches[i] = (regmatch_t){-1, -1};
        if (i == 0)
            matches[i] = (regmatch_t){start, m->best_end};
        else if (i < REGEX_MAX_GROUPS && m->best[2 * i + 1] >= 0)
            matches[i] = (regmatch_t){m->best[2 * i], m->best[2 * i + 1]};
    }
}

int
regexec(const regex_t *re, const char *text, size_t match_count,
        regmatch_t *matches, int flags)
{
    const struct regex_program *prog = re->re_program;
    struct machine m = {.prog = prog, .text = text, .flags = flags};
    size_t slot_bytes = (size_t)prog->slot_count * sizeof(long);
    long start = -1;

    m.length = (long)strlen(text);
    m.slots = malloc(slot_bytes);
    m.best = malloc(slot_bytes);
    m.exhausted = m.slots == NULL || m.best == NULL;
    if (!m.exhausted)
        memset(m.slots, 0xff, slot_bytes);
    if (!prog->has_backref) {
        m.seen =
            calloc(1, (size_t)prog->count * (size_t)(m.length + 1) / 8 + 1);
        m.exhausted |= m.seen == NULL;
    }
    if (!m.exhausted)
        start = search(&m);
    if (start >= 0 && !(prog->flags & REG_NOSUB))
        report(&m, start, match_count, matches);
    free(m.slots);
    free(m.best);
    free(m.seen);
    free(m.stack);
    if (start >= 0)
        return 0;
    return m.exhausted ? REG_ESPACE : REG_NOMATCH;
}

size_t
regerror(int code, const regex_t *re, char *buf, size_t size)
{
    static const char *const texts[] = {
        "no error",
        "no match",
        "invalid pattern",
        "unknown character class",
        "backslash at the end",
        "reference to a group that is not there",
        "unmatched [",
        "unmatched ( or )",
        "unmatched {",
        "invalid bounds in {}",
        "range ends before it starts",
        "out of memory",
        "repetition of nothing",
    };
    const char *text = "unknown error";

    (void)re;
    if (code >= 0 && code < (int)(sizeof(texts) / sizeof(texts[0])))
        text = texts[code];
    return (size_t)snprintf(buf, size, "%s", text) + 1;
}
