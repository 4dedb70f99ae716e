/* SPDX-License-Identifier: MIT */
/* sources: lib/format.c */
/*
 * Formatted output against libc's snprintf, over random conversions.  The
 * kernel's is called k_snprintf here.
 */
#include "host.h"

#include "lib/macros.h"

int k_snprintf(char *buf, size_t size, const char *fmt, ...);

/* The formats are made up at run time. */
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
#pragma GCC diagnostic ignored "-Wformat-truncation"

enum { TEXT = 512 };

/* Call both with the same arguments, the kernel's into exactly size bytes. */
#define COMPARE(size, ...)                                                     \
    do {                                                                       \
        char want[TEXT], *got = malloc(size);                                  \
        int len = snprintf(want, (size), __VA_ARGS__);                         \
        assert_int_equal(k_snprintf(got, (size), __VA_ARGS__), len);           \
        if (size)                                                              \
            assert_string_equal(got, want);                                    \
        free(got);                                                             \
    } while (0)

/* "%" with random flags and width. */
static char *
random_start(char *p, const char *flags)
{
    p += sprintf(p, "<%%");
    for (unsigned n = (unsigned)rnd_below(3); n; n--)
        *p++ = flags[rnd_below(strlen(flags))];
    if (rnd_below(2))
        p += sprintf(p, "%d", (int)rnd_below(40));
    return p;
}

static void
format_integers(void **state)
{
    static const char *const lengths[] = {"", "l", "ll", "z"};

    (void)state;
    for (unsigned i = 0; i < scaled(100000); i++) {
        const char *length = lengths[rnd_below(ARRAY_SIZE(lengths))];
        uint64_t v = rnd() >> rnd_below(64);
        size_t size = rnd_below(4) ? TEXT : rnd_below(30);
        char fmt[64], *p = random_start(fmt, "-0");

        if (rnd_below(4) == 0)
            v = rnd_below(2) ? 0 : 1ULL << rnd_below(64);
        if (rnd_below(2))
            v = -v;
        sprintf(p, "%s%c>", length, "duxo"[rnd_below(4)]);
        if (*length)
            COMPARE(size, fmt, v);
        else
            COMPARE(size, fmt, (unsigned)v);
    }
}

static void
format_strings(void **state)
{
    (void)state;
    for (unsigned i = 0; i < scaled(20000); i++) {
        const char *s = "a moderately long string" + rnd_below(24);
        size_t size = rnd_below(4) ? TEXT : rnd_below(20);
        char fmt[64], *p = random_start(fmt, "-");

        if (rnd_below(4)) {
            strcpy(p, "s>");
            COMPARE(size, fmt, s);
        } else {
            strcpy(p, "c>");
            COMPARE(size, fmt, *s);
        }
    }
}

static void
format_mixed(void **state)
{
    char buf[64];

    (void)state;
    COMPARE(TEXT, "100%% %*d|%-*d|%0*d", 5, 42, 5, 42, 7, -42);
    COMPARE(TEXT, "%c%c%c", 'a', '\x7f', 'z');
    COMPARE(TEXT, "%s", "");
    COMPARE(TEXT, "%.*s|%-8.*s|%5.*s|", 3, "abcdef", 0, "abc", 9, "ab");
    k_snprintf(buf, sizeof(buf), "%p %p", (void *)0x1234, NULL);
    assert_string_equal(buf, "0x0000000000001234 0x0000000000000000");
    k_snprintf(buf, sizeof(buf), "%*s|", -5, "x");
    assert_string_equal(buf, "x|");
    k_snprintf(buf, sizeof(buf), "%s", (char *)NULL);
    assert_string_equal(buf, "(null)");
    k_snprintf(buf, sizeof(buf), "%d %y %5q|", 1);
    assert_string_equal(buf, "1 %y %5q|");
    k_snprintf(buf, sizeof(buf), "end %");
    assert_string_equal(buf, "end %");
}

HOST_TESTS(HOST_TEST(format_integers), HOST_TEST(format_strings),
           HOST_TEST(format_mixed))
