/* SPDX-License-Identifier: MIT */
/*
 * policies - the kernel's replacement policies over reference traces, beside
 * exact LRU and the optimum.  `make policies` runs it.
 *
 * Usage: policies [-d] [TRACE...]
 *   -d      lines "trace pages accesses policy frames faults", for plot.py;
 *           otherwise tables for people
 *   TRACE   a file of page numbers, beside the patterns of pattern.h
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pattern.h"
#include "sim.h"

enum {
    PAGES = 120,
    ACCESSES = 24000,
    SEED = 7,
    RECORD_KEPT =
        12,      /* record.c's KEPT: with no more its traces mean nothing */
    POINTS = 40, /* of a curve */
    COLUMNS = 6, /* of a table: i / COLUMNS of the way */
    PERCENT = 100,
};

static const char *const names[] = {"min",   "exact", "lru",
                                    "clock", "lfu",   "fifo"};
enum { NAMES = sizeof(names) / sizeof(names[0]) };

static struct trace
make_trace(const char *name)
{
    struct trace t = {.name = name,
                      .pages = PAGES,
                      .length = ACCESSES,
                      .most = PAGES,
                      .refs = malloc(ACCESSES * sizeof(*t.refs))};
    struct pattern p;

    if (t.refs == NULL || !pattern_begin(&p, name, PAGES, ACCESSES, SEED))
        exit(2);
    for (uint32_t i = 0; i < ACCESSES; i++)
        t.refs[i] = pattern_next(&p);
    pattern_end(&p);
    return t;
}

/*
 * Numbers with blanks between them; lines that begin with # are comments.  The
 * name is the file's, without folder and suffix: cut out of path.
 */
static struct trace
load_trace(char *path)
{
    struct trace t = {.name = path};
    FILE *f = fopen(path, "r");
    char *slash = strrchr(path, '/');
    unsigned page;
    int got;

    if (f == NULL) {
        perror(path);
        exit(2);
    }
    while ((got = fscanf(f, "%u", &page)) != EOF) {
        if (got == 0) { /* a comment */
            if (fscanf(f, "%*[^\n]") == EOF)
                break;
            continue;
        }
        if ((t.length & (t.length - 1)) == 0)
            t.refs = realloc(t.refs, (t.length + 1) * 2 * sizeof(*t.refs));
        if (t.refs == NULL)
            exit(2);
        t.refs[t.length++] = page;
        if (page >= t.pages)
            t.pages = page + 1;
    }
    t.least = RECORD_KEPT;
    t.most = t.pages / 2;
    fclose(f);
    if (slash != NULL)
        t.name = slash + 1;
    if (strrchr(t.name, '.') != NULL)
        *strrchr(t.name, '.') = '\0';
    return t;
}

static uint32_t
frames_at(const struct trace *t, uint32_t part, uint32_t parts)
{
    return t->least + (t->most - t->least) * part / parts;
}

static void
print_data(const struct trace *t)
{
    for (unsigned n = 0; n < NAMES; n++)
        for (uint32_t i = 1; i <= POINTS; i++) {
            uint32_t frames = frames_at(t, i, POINTS);

            printf("%s %u %u %s %u %u\n", t->name, t->pages, t->length,
                   names[n], frames, simulate(t, frames, names[n]));
        }
}

/* By how much more than exact LRU the kernel's lru faults, in percent. */
static void
print_departure(const struct trace *t)
{
    double sum = 0, least = 1e9, most = -1e9;

    for (uint32_t i = 1; i < POINTS; i++) {
        uint32_t frames = frames_at(t, i, POINTS);
        double exact = sim_exact_lru(t, frames);
        double more = PERCENT * (sim_kernel(t, frames, "lru") - exact) / exact;

        sum += more;
        least = more < least ? more : least;
        most = more > most ? more : most;
    }
    printf("lru against exact: %+.1f %% on average, from %+.1f to %+.1f %%\n\n",
           sum / (POINTS - 1), least, most);
}

static void
print_table(const struct trace *t)
{
    printf("%s: %u accesses to %u pages; faults with so many frames\n", t->name,
           t->length, t->pages);
    printf("%8s", "");
    for (uint32_t i = 1; i <= COLUMNS; i++)
        printf("%8u", frames_at(t, i, COLUMNS));
    putchar('\n');
    for (unsigned n = 0; n < NAMES; n++) {
        printf("%-8s", names[n]);
        for (uint32_t i = 1; i <= COLUMNS; i++)
            printf("%8u", simulate(t, frames_at(t, i, COLUMNS), names[n]));
        putchar('\n');
    }
    print_departure(t);
}

int
main(int argc, char **argv)
{
    void (*print)(const struct trace *t) = print_table;

    if (argc > 1 && strcmp(argv[1], "-d") == 0) {
        print = print_data;
        argv++;
    }
    for (int i = 0; pattern_names[i] != NULL; i++) {
        struct trace t = make_trace(pattern_names[i]);

        print(&t);
        free(t.refs);
    }
    while (*++argv != NULL) {
        struct trace t = load_trace(*argv);

        print(&t);
        free(t.refs);
    }
    return 0;
}
