/* SPDX-License-Identifier: MIT */
/*
 * pattern.h - reference strings: which page of a memory is used next.
 *
 * The same numbers come from the same seed, in the guest (refstring.c) and on
 * the host, where tests/policies feeds them to the kernel's policies.
 *
 *   loop     0, 1, ... N-1, 0, 1, ...: what recency predicts worst
 *   random   any page, each alike: nothing can be predicted
 *   zipf     the page of rank r is used 1/r as often as the first; which page
 *            has which rank is drawn once
 *   phases   a quarter of the pages at random; then, PHASES times in all,
 *            another quarter
 *   scan     two of three accesses to the hot pages (a sixth of all), at
 *            random; the third goes round the others in order
 */
#ifndef REFSTRING_PATTERN_H
#define REFSTRING_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

enum { PHASES = 8 };

struct pattern {
    uint32_t (*next)(struct pattern *p);
    uint32_t pages;    /* they are 0 .. pages - 1 */
    uint64_t accesses; /* how long it will be: phases divides that */
    uint64_t done;     /* how many there were */
    uint64_t random;   /* state of the generator, never 0 */
    uint32_t scan;     /* the next page of scan */
    uint32_t *shuffled;
    uint64_t *sums; /* zipf: of the weights of the ranks up to each */
};

/* The names, NULL at the end. */
extern const char *const pattern_names[];

/* => false: no such name; the rest ends with pattern_end() */
bool pattern_begin(struct pattern *p, const char *name, uint32_t pages,
                   uint64_t accesses, uint64_t seed);
/* The page that is used next. */
uint32_t pattern_next(struct pattern *p);
void pattern_end(struct pattern *p);

#endif
