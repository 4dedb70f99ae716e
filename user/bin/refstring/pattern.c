/* SPDX-License-Identifier: MIT */
/* pattern.c - reference strings: see pattern.h. */
#include "pattern.h"

#include <stdlib.h>
#include <string.h>

enum { PHASE_SHARE = 4, HOT_SHARE = 6, HOT_OF_THREE = 2 };

/* xorshift64*; the high half is the good one. */
static uint64_t
draw_below(struct pattern *p, uint64_t n)
{
    p->random ^= p->random >> 12;
    p->random ^= p->random << 25;
    p->random ^= p->random >> 27;
    return (p->random * 0x2545f4914f6cdd1dULL >> 32) % n;
}

static void
shuffle(struct pattern *p)
{
    for (uint32_t i = p->pages - 1; i > 0; i--) {
        uint32_t other = (uint32_t)draw_below(p, i + 1);
        uint32_t page = p->shuffled[i];

        p->shuffled[i] = p->shuffled[other];
        p->shuffled[other] = page;
    }
}

static uint32_t
next_loop(struct pattern *p)
{
    return (uint32_t)(p->done % p->pages);
}

static uint32_t
next_random(struct pattern *p)
{
    return (uint32_t)draw_below(p, p->pages);
}

/* Draw a point of the sum of all weights, and find whose part it is in. */
static uint32_t
next_zipf(struct pattern *p)
{
    uint64_t point = draw_below(p, p->sums[p->pages - 1]);
    uint32_t low = 0, high = p->pages - 1;

    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (point < p->sums[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return p->shuffled[low];
}

static uint32_t
next_phases(struct pattern *p)
{
    uint32_t set = (p->pages + PHASE_SHARE - 1) / PHASE_SHARE;
    uint64_t phase = (p->accesses + PHASES - 1) / PHASES;

    if (p->done % phase == 0)
        shuffle(p);
    return p->shuffled[draw_below(p, set)];
}

static uint32_t
next_scan(struct pattern *p)
{
    uint32_t hot = (p->pages + HOT_SHARE - 1) / HOT_SHARE;

    if (p->pages == hot || draw_below(p, 3) < HOT_OF_THREE)
        return (uint32_t)draw_below(p, hot);
    p->scan = (p->scan + 1) % (p->pages - hot);
    return hot + p->scan;
}

const char *const pattern_names[] = {"loop",   "random", "zipf",
                                     "phases", "scan",   NULL};

static uint32_t (*const next_of[])(struct pattern *p) = {
    next_loop, next_random, next_zipf, next_phases, next_scan};

static void
make_tables(struct pattern *p)
{
    uint64_t sum = 0;

    p->shuffled = malloc(p->pages * sizeof(p->shuffled[0]));
    p->sums = malloc(p->pages * sizeof(p->sums[0]));
    if (p->shuffled == NULL || p->sums == NULL)
        abort();
    for (uint32_t i = 0; i < p->pages; i++) {
        p->shuffled[i] = i;
        sum += (1U << 24) / (i + 1) + 1;
        p->sums[i] = sum;
    }
    shuffle(p);
}

bool
pattern_begin(struct pattern *p, const char *name, uint32_t pages,
              uint64_t accesses, uint64_t seed)
{
    for (int i = 0; pattern_names[i] != NULL; i++) {
        if (strcmp(pattern_names[i], name) != 0)
            continue;
        *p = (struct pattern){.next = next_of[i],
                              .pages = pages,
                              .accesses = accesses,
                              .random = seed * 2 + 1};
        make_tables(p);
        return true;
    }
    return false;
}

uint32_t
pattern_next(struct pattern *p)
{
    uint32_t page = p->next(p);

    p->done++;
    return page;
}

void
pattern_end(struct pattern *p)
{
    free(p->shuffled);
    free(p->sums);
}
