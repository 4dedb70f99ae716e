/* SPDX-License-Identifier: MIT */
/* sources: vm/policy.c */
/*
 * The replacement policies over exact traces (tests/policies), where theory
 * says what must come out, and the order of the policies where it is the
 * reason that they exist.
 */
#include "host.h"

#include "pattern.h"
#include "sim.h"

enum { MAX_REFS = 4000, MAX_PAGES = 40 };

static const char *const kernel_names[] = {"lru", "clock", "lfu", "fifo"};
enum { KERNEL_NAMES = sizeof(kernel_names) / sizeof(kernel_names[0]) };

static uint32_t refs[MAX_REFS];

static struct trace
loop_of(uint32_t pages, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++)
        refs[i] = i % pages;
    return (struct trace){
        .name = "loop", .pages = pages, .length = length, .refs = refs};
}

static struct trace
pattern_of(const char *name, uint32_t pages, uint64_t seed)
{
    struct pattern p;

    assert_true(pattern_begin(&p, name, pages, MAX_REFS, seed));
    for (uint32_t i = 0; i < MAX_REFS; i++)
        refs[i] = pattern_next(&p);
    pattern_end(&p);
    return (struct trace){
        .name = name, .pages = pages, .length = MAX_REFS, .refs = refs};
}

/* Cyclic access to one page more than there are frames: recency is no help. */
static void
policies_miss_all_of_a_loop(void **state)
{
    static const char *const names[] = {"fifo", "clock", "exact"};

    (void)state;
    for (uint32_t frames = 1; frames < MAX_PAGES; frames++) {
        struct trace t = loop_of(frames + 1, 10 * (frames + 1));

        for (unsigned n = 0; n < 3; n++)
            assert_int_equal(simulate(&t, frames, names[n]), t.length);
    }
}

/* What fits faults once a page, whoever rules. */
static void
policies_keep_what_fits(void **state)
{
    struct trace t = loop_of(MAX_PAGES, MAX_REFS);

    (void)state;
    assert_int_equal(simulate(&t, MAX_PAGES, "min"), MAX_PAGES);
    assert_int_equal(simulate(&t, MAX_PAGES, "exact"), MAX_PAGES);
    for (unsigned n = 0; n < KERNEL_NAMES; n++)
        assert_int_equal(simulate(&t, MAX_PAGES, kernel_names[n]), MAX_PAGES);
}

/* In a loop MIN keeps all but one frame: one fault in every N - 1 accesses. */
static void
policies_min_of_a_loop(void **state)
{
    (void)state;
    for (uint32_t frames = 2; frames < MAX_PAGES; frames++) {
        struct trace t = loop_of(frames + 1, frames + 1 + 5 * frames);

        assert_int_equal(simulate(&t, frames, "min"), frames + 1 + 5);
    }
}

static void
policies_min_is_the_least(void **state)
{
    (void)state;
    for (int i = 0; pattern_names[i] != NULL; i++) {
        struct trace t = pattern_of(pattern_names[i], MAX_PAGES, rnd());

        for (uint32_t frames = 1; frames <= MAX_PAGES; frames++) {
            uint32_t least = simulate(&t, frames, "min");

            assert_true(least <= simulate(&t, frames, "exact"));
            for (unsigned n = 0; n < KERNEL_NAMES; n++)
                assert_true(least <= simulate(&t, frames, kernel_names[n]));
        }
    }
}

/* LRU and MIN are stack algorithms: what N frames hold, N + 1 hold too. */
static void
policies_stack_algorithms(void **state)
{
    (void)state;
    for (int i = 0; pattern_names[i] != NULL; i++) {
        struct trace t = pattern_of(pattern_names[i], MAX_PAGES, rnd());

        for (uint32_t frames = 1; frames < MAX_PAGES; frames++) {
            assert_true(simulate(&t, frames + 1, "exact") <=
                        simulate(&t, frames, "exact"));
            assert_true(simulate(&t, frames + 1, "min") <=
                        simulate(&t, frames, "min"));
        }
    }
}

/* Belady, Nelson, Shedler 1969: more frames, more faults. */
static void
policies_belady_anomaly(void **state)
{
    uint32_t string[] = {1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5};
    struct trace t = {
        .name = "belady", .pages = 6, .length = 12, .refs = string};

    (void)state;
    assert_int_equal(simulate(&t, 3, "fifo"), 9);
    assert_int_equal(simulate(&t, 4, "fifo"), 10);
    assert_int_equal(simulate(&t, 3, "exact"), 10);
    assert_int_equal(simulate(&t, 4, "exact"), 8);
    assert_int_equal(simulate(&t, 3, "min"), 7);
    assert_int_equal(simulate(&t, 4, "min"), 6);
}

/* fifo against a queue of its own. */
static void
policies_fifo_is_a_queue(void **state)
{
    struct trace t = pattern_of("random", MAX_PAGES, rnd());

    (void)state;
    for (uint32_t frames = 1; frames < MAX_PAGES; frames++) {
        uint32_t queue[MAX_REFS], faults = 0;
        bool in[MAX_PAGES] = {false};

        for (uint32_t i = 0; i < t.length; i++) {
            if (in[t.refs[i]])
                continue;
            if (faults >= frames)
                in[queue[faults - frames]] = false;
            in[t.refs[i]] = true;
            queue[faults++] = t.refs[i];
        }
        assert_int_equal(simulate(&t, frames, "fifo"), faults);
    }
}

/* Corbato's clock as textbooks draw it: a ring of frames and a hand. */
static uint32_t
clock_faults(const struct trace *t, uint32_t frames)
{
    uint32_t ring[MAX_PAGES], nr = 0, hand = 0, faults = 0;
    bool used[MAX_PAGES] = {false}, in[MAX_PAGES] = {false};

    for (uint32_t i = 0; i < t->length; i++) {
        uint32_t page = t->refs[i];

        if (!in[page]) {
            faults++;
            in[page] = true;
            if (nr < frames) {
                ring[nr++] = page;
            } else {
                for (; used[ring[hand]]; hand = (hand + 1) % frames)
                    used[ring[hand]] = false;
                in[ring[hand]] = false;
                ring[hand] = page;
                hand = (hand + 1) % frames;
            }
        }
        used[page] = true;
    }
    return faults;
}

static void
policies_clock_is_a_clock(void **state)
{
    (void)state;
    for (int i = 0; pattern_names[i] != NULL; i++) {
        struct trace t = pattern_of(pattern_names[i], MAX_PAGES, rnd());

        for (uint32_t frames = 1; frames < MAX_PAGES; frames++)
            assert_int_equal(simulate(&t, frames, "clock"),
                             clock_faults(&t, frames));
    }
}

/* Two lists: a scan does not push the hot pages out; nor do old ages. */
static void
policies_resist_a_scan(void **state)
{
    struct trace t = pattern_of("scan", MAX_PAGES, 7);
    uint32_t clock = simulate(&t, MAX_PAGES / 3, "clock");

    (void)state;
    assert_true(simulate(&t, MAX_PAGES / 3, "lru") < clock * 9 / 10);
    assert_true(simulate(&t, MAX_PAGES / 3, "lfu") < clock * 9 / 10);
}

HOST_TESTS(
    HOST_TEST(policies_miss_all_of_a_loop), HOST_TEST(policies_keep_what_fits),
    HOST_TEST(policies_min_of_a_loop), HOST_TEST(policies_min_is_the_least),
    HOST_TEST(policies_stack_algorithms), HOST_TEST(policies_belady_anomaly),
    HOST_TEST(policies_fifo_is_a_queue), HOST_TEST(policies_clock_is_a_clock),
    HOST_TEST(policies_resist_a_scan))
