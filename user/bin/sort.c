/* SPDX-License-Identifier: MIT */
/*
 * sort: put lines in order.
 *
 * Usage: sort [-bcfnrsu] [-t char] [-k from[,to]] [-o file] [file ...]
 *   -n by number    -r the other way round    -f upper case as lower case
 *   -b skip blanks before a field   -u equal lines once   -s stable
 *   -c only check that the input is in order
 *   -k by fields from..to, from 1; a field may be F.C (character C of it)
 *      and may carry options of its own: -k2,2nr
 *   -t what separates fields; otherwise the change from blank to non-blank
 *   -o the output, which may be one of the inputs
 *
 * All lines are held in memory. Lines that compare equal by their keys are
 * compared whole, as POSIX says, unless -s or -u is given.
 *
 * Not done: -m, -d, -i, -h, lines that hold a zero byte (they end there).
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

enum { MAX_KEYS = 16, TROUBLE = 2 };

struct order {
    bool number, reverse, fold, skip_blanks;
};

struct key {
    long from_field, from_char; /* from 1 */
    long to_field, to_char;     /* 0: to the end of the line, of the field */
    struct order order;
};

static struct key keys[MAX_KEYS];
static int key_count;
static struct order whole;
static int separator = -1;
static bool unique, stable, check;

static char **lines;
static size_t line_count, line_room;

/* ---- fields ------------------------------------------------------------ */

/* The end of the field that starts at p. */
static const char *
field_end(const char *p)
{
    if (separator >= 0) {
        const char *end = strchr(p, separator);

        return end != NULL ? end : p + strlen(p);
    }
    while (isblank((unsigned char)*p))
        p++;
    while (*p != '\0' && !isblank((unsigned char)*p))
        p++;
    return p;
}

/* The start of field n, counted from 1; the end of the line if missing. */
static const char *
field_start(const char *p, long n)
{
    while (--n > 0 && *p != '\0') {
        p = field_end(p);
        if (separator >= 0 && *p != '\0')
            p++;
    }
    return p;
}

static const char *
skip_blanks(const char *p)
{
    while (isblank((unsigned char)*p))
        p++;
    return p;
}

static const char *
forward(const char *p, long count)
{
    while (count-- > 0 && *p != '\0')
        p++;
    return p;
}

static void
key_bounds(const struct key *key, const char *line, const char **start,
           const char **end)
{
    const char *p = field_start(line, key->from_field);

    if (key->order.skip_blanks)
        p = skip_blanks(p);
    *start = forward(p, key->from_char - 1);
    if (key->to_field == 0) {
        *end = line + strlen(line);
    } else {
        p = field_start(line, key->to_field);
        if (key->to_char == 0) {
            *end = field_end(p);
        } else {
            if (key->order.skip_blanks)
                p = skip_blanks(p);
            *end = forward(p, key->to_char);
        }
    }
    if (*end < *start)
        *end = *start;
}

/* ---- comparing --------------------------------------------------------- */

/* A decimal number: its sign, its digits before and after the point. */
struct decimal {
    bool negative;
    const char *whole, *fraction;
    size_t whole_length, fraction_length;
};

static struct decimal
read_decimal(const char *p, const char *end)
{
    struct decimal d = {false, "", "", 0, 0};

    while (p < end && isblank((unsigned char)*p))
        p++;
    if (p < end && *p == '-') {
        d.negative = true;
        p++;
    }
    while (p < end && *p == '0')
        p++;
    for (d.whole = p; p < end && isdigit((unsigned char)*p); p++)
        d.whole_length++;
    if (p < end && *p == '.')
        for (d.fraction = ++p; p < end && isdigit((unsigned char)*p); p++)
            d.fraction_length++;
    while (d.fraction_length > 0 && d.fraction[d.fraction_length - 1] == '0')
        d.fraction_length--;
    if (d.whole_length == 0 && d.fraction_length == 0)
        d.negative = false;
    return d;
}

static int
compare_decimals(struct decimal a, struct decimal b)
{
    size_t common = a.fraction_length < b.fraction_length ? a.fraction_length
                                                          : b.fraction_length;
    int order;

    if (a.negative != b.negative)
        return a.negative ? -1 : 1;
    if (a.whole_length != b.whole_length)
        order = a.whole_length < b.whole_length ? -1 : 1;
    else
        order = memcmp(a.whole, b.whole, a.whole_length);
    if (order == 0)
        order = memcmp(a.fraction, b.fraction, common);
    if (order == 0 && a.fraction_length != b.fraction_length)
        order = a.fraction_length < b.fraction_length ? -1 : 1;
    return a.negative ? -order : order;
}

static int
compare_text(const char *a, const char *a_end, const char *b, const char *b_end,
             bool fold)
{
    for (; a < a_end && b < b_end; a++, b++) {
        int x = (unsigned char)*a, y = (unsigned char)*b;

        if (fold) {
            x = toupper(x);
            y = toupper(y);
        }
        if (x != y)
            return x < y ? -1 : 1;
    }
    return (a < a_end) - (b < b_end);
}

static int
compare_key(const struct key *key, const char *a, const char *b)
{
    const char *a_start, *a_end, *b_start, *b_end;
    int order;

    key_bounds(key, a, &a_start, &a_end);
    key_bounds(key, b, &b_start, &b_end);
    if (key->order.number)
        order = compare_decimals(read_decimal(a_start, a_end),
                                 read_decimal(b_start, b_end));
    else
        order = compare_text(a_start, a_end, b_start, b_end, key->order.fold);
    return key->order.reverse ? -order : order;
}

static int
compare_by_keys(const char *a, const char *b)
{
    for (int i = 0; i < key_count; i++) {
        int order = compare_key(&keys[i], a, b);

        if (order != 0)
            return order;
    }
    return 0;
}

/* qsort() may mix lines that compare equal. In memory each line stands behind
 * its place in the input, which decides when nothing else does. */
static long
place_of(const char *line)
{
    long place;

    memcpy(&place, line - sizeof(place), sizeof(place));
    return place;
}

static int
compare_lines(const void *a, const void *b)
{
    const char *x = *(char *const *)a, *y = *(char *const *)b;
    int order = compare_by_keys(x, y);

    if (order != 0)
        return order;
    if (!stable && !unique) {
        order = strcmp(x, y);
        if (order != 0)
            return whole.reverse ? -order : order;
    }
    return place_of(x) < place_of(y) ? -1 : 1;
}

/* ---- reading and writing ----------------------------------------------- */

static void
add_line(const char *text, size_t length)
{
    long place = (long)line_count;
    char *copy = must_malloc(sizeof(place) + length + 1);

    if (line_count == line_room) {
        line_room = line_room != 0 ? 2 * line_room : 256;
        lines = must_realloc(lines, line_room * sizeof(*lines));
    }
    memcpy(copy, &place, sizeof(place));
    memcpy(copy + sizeof(place), text, length);
    copy[sizeof(place) + length] = '\0';
    lines[line_count++] = copy + sizeof(place);
}

static int
read_lines(const char *name)
{
    bool standard = strcmp(name, "-") == 0;
    FILE *stream = standard ? stdin : fopen(name, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t length;

    if (stream == NULL)
        return complain(name);
    while ((length = getline(&line, &room, stream)) >= 0) {
        if (length > 0 && line[length - 1] == '\n')
            length--;
        add_line(line, (size_t)length);
    }
    free(line);
    if (ferror(stream))
        return complain(name);
    if (!standard)
        fclose(stream);
    return 0;
}

static int
check_order(void)
{
    for (size_t i = 1; i < line_count; i++) {
        int order = compare_by_keys(lines[i - 1], lines[i]);

        if (order > 0 || (order == 0 && unique)) {
            fprintf(stderr, "%s: disorder: %s\n", prog, lines[i]);
            return 1;
        }
    }
    return 0;
}

static void
write_lines(void)
{
    for (size_t i = 0; i < line_count; i++)
        if (!unique || i == 0 || compare_by_keys(lines[i - 1], lines[i]) != 0)
            puts(lines[i]);
}

/* ---- arguments --------------------------------------------------------- */

/* => false if the letter is no option of an order */
static bool
set_order(struct order *order, int letter)
{
    if (letter == 'n')
        order->number = true;
    else if (letter == 'r')
        order->reverse = true;
    else if (letter == 'f')
        order->fold = true;
    else if (letter == 'b')
        order->skip_blanks = true;
    else
        return false;
    return true;
}

/* F[.C][letters] */
static char *
parse_position(char *p, long *field, long *character, struct order *order)
{
    *field = strtol(p, &p, 10);
    if (*p == '.')
        *character = strtol(p + 1, &p, 10);
    while (set_order(order, *p))
        p++;
    return p;
}

static void
add_key(char *text)
{
    struct key key = {1, 1, 0, 0, {false, false, false, false}};
    char *p;

    if (key_count == MAX_KEYS)
        die_about(text, "too many keys");
    p = parse_position(text, &key.from_field, &key.from_char, &key.order);
    if (*p == ',')
        p = parse_position(p + 1, &key.to_field, &key.to_char, &key.order);
    if (*p != '\0' || key.from_field < 1 || key.from_char < 1)
        die_about(text, "not a key");
    keys[key_count++] = key;
}

/* A key without options of its own has those of the whole. */
static void
complete_keys(void)
{
    if (key_count == 0) {
        keys[0] = (struct key){1, 1, 0, 0, whole};
        key_count = 1;
    }
    for (int i = 0; i < key_count; i++) {
        struct order *order = &keys[i].order;

        if (!order->number && !order->reverse && !order->fold &&
            !order->skip_blanks)
            *order = whole;
    }
}

int
main(int argc, char **argv)
{
    static const char help[] =
        "[-bcfnrsu] [-t char] [-k from[,to]] [-o file] [file ...]";
    const char *output = NULL;
    int option, status = 0;

    prog_init(argv);
    trouble_status = TROUBLE;
    while ((option = getopt(argc, argv, "bcfnrsut:k:o:")) != -1) {
        if (option == 't')
            separator = (unsigned char)optarg[0];
        else if (option == 'k')
            add_key(optarg);
        else if (option == 'o')
            output = optarg;
        else if (option == 'u')
            unique = true;
        else if (option == 's')
            stable = true;
        else if (option == 'c')
            check = true;
        else if (!set_order(&whole, option))
            usage(help);
    }
    complete_keys();
    if (optind == argc)
        status = read_lines("-");
    for (int i = optind; i < argc; i++)
        status |= read_lines(argv[i]);
    if (check)
        return status != 0 ? status : check_order();
    if (line_count > 0)
        qsort(lines, line_count, sizeof(*lines), compare_lines);
    if (output != NULL && freopen(output, "w", stdout) == NULL)
        die(output);
    write_lines();
    return finish(status);
}
