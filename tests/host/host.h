/* SPDX-License-Identifier: MIT */
/*
 * host.h - what every host test includes first: a little of libc, cmocka, and
 * the test framework.  Kernel headers come after it.
 *
 * A test file test_X.c
 *   - says which kernel files it tests:  / * sources: lib/rbtree.c * /
 *     (paths below kernel/; what they need beyond comes from shim/)
 *   - has functions  static void x_what_it_does(void **state)
 *   - ends with      HOST_TESTS(HOST_TEST(x_one), HOST_TEST(x_two))
 *
 * Randomness comes from rnd(), which is seeded anew for each test with the
 * environment's SEED; a failing run prints the seed it had.
 */
#ifndef HOST_H
#define HOST_H

/* Keeps <stdlib.h> from declaring dev_t, struct timespec and the like. */
#define _ISOC11_SOURCE

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct thread;

/* A random number; one in [0, n). The same sequence for the same seed. */
uint64_t rnd(void);
uint64_t rnd_below(uint64_t n);

/* How often to repeat: n, times the environment's SCALE (default 1). */
unsigned scaled(unsigned n);

/*
 * The statement must panic; host_panic_text is then what it said.  Locks that
 * it held stay held: call host_drop_locks() if that matters.
 */
extern char host_panic_text[512];
extern jmp_buf host_panic_env;
extern bool host_panic_expected;
#define expect_panic(...)                                                      \
    do {                                                                       \
        host_panic_expected = true;                                            \
        if (!setjmp(host_panic_env)) {                                         \
            __VA_ARGS__;                                                       \
            host_panic_expected = false;                                       \
            fail_msg("no panic: %s", #__VA_ARGS__);                            \
        }                                                                      \
        host_panic_expected = false;                                           \
    } while (0)

/* All that was printed by printk since the test began. */
extern char host_log[65536];

/* The thread that current_thread() yields; its hart may be changed. */
extern struct thread *const host_thread;
void host_set_hart(unsigned hart);

/* Locks held now, by anybody; forget them. */
unsigned host_locks_held(void);
void host_drop_locks(void);

/* The contents of a file in the build folder, or NULL; free() it. */
void *host_read_file(const char *name, size_t *len);

/* Every test starts with this: seed, log and locks as new. */
int host_setup(void **state);
/* ... and ends with this: no lock may be left held. */
int host_teardown(void **state);

#define HOST_TEST(fn)                                                          \
    cmocka_unit_test_setup_teardown(fn, host_setup, host_teardown)
#define HOST_TESTS(...)                                                        \
    int main(void)                                                             \
    {                                                                          \
        const struct CMUnitTest tests[] = {__VA_ARGS__};                       \
        if (getenv("TEST"))                                                    \
            cmocka_set_test_filter(getenv("TEST"));                            \
        return cmocka_run_group_tests(tests, NULL, NULL);                      \
    }

#endif
