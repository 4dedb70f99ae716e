/* SPDX-License-Identifier: MIT */
/* sources: lib/format.c */
/*
 * Formatted output against libc's snprintf, over random conversions.  The
 * kernel's is called k_snprintf here.
 */
#include "host.h"

#include "lib/macros.h"

int k_snprintf(char *buf, size_t size, const char *fmt, ...);
int scnprintf(char *buf, size_t size, const char *fmt, ...);

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

/* "%" and random flags, width and precision. */
static char *
random_start(char *p)
{
    p += sprintf(p, "<%%");
    for (unsigned n = (unsigned)rnd_below(4); n; n--)
        *p++ = "-0+ #"[rnd_below(5)];
    if (rnd_below(2))
        p += sprintf(p, "%d", (int)rnd_below(40));
    if (rnd_below(3) == 0)
        p += sprintf(p, ".%d", (int)rnd_below(30));
    else if (rnd_below(8) == 0)
        *p++ = '.';
    return p;
}

static void
format_integers(void **state)
{
    static const char *const lengths[] = {"", "h", "hh", "l", "ll", "z", "t"};

    (void)state;
    for (unsigned i = 0; i < scaled(100000); i++) {
        const char *length = lengths[rnd_below(ARRAY_SIZE(lengths))];
        uint64_t v = rnd() >> rnd_below(64);
        size_t size = rnd_below(4) ? TEXT : rnd_below(30);
        char fmt[64], *p = random_start(fmt);

        if (rnd_below(4) == 0)
            v = rnd_below(2) ? 0 : 1ULL << rnd_below(64);
        if (rnd_below(2))
            v = -v;
        sprintf(p, "%s%c>", length, "diuxXo"[rnd_below(6)]);
        if (*length == 'l' || *length == 'z' || *length == 't')
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
        char fmt[64], *p = random_start(fmt);

        /* Flags that say nothing for strings are undefined in C. */
        for (char *q = fmt + 2; q < p && strchr("-0+ #", *q); q++)
            *q = '-';
        if (rnd_below(4)) {
            strcpy(p, "s>");
            COMPARE(size, fmt, s);
        } else {
            char *dot = strchr(fmt, '.');

            strcpy(dot ? dot : p, "c>");
            COMPARE(size, fmt, *s);
        }
    }
}

/* A string that is not terminated is read no further than its precision. */
static void
format_precision_bounds_string(void **state)
{
    char *s = malloc(5);

    (void)state;
    memcpy(s, "abcde", 5);
    COMPARE(64, "%.5s|%.*s|%*.*s|%-*.*s|", s, 3, s, 9, 5, s, 9, 2, s);
    free(s);
}

static void
format_mixed(void **state)
{
    char buf[64];

    (void)state;
    COMPARE(TEXT, "100%% %*d|%-*d|%*d", 5, 42, 5, 42, -5, 42);
    COMPARE(TEXT, "%.*d %c%c%c", -1, 0, 'a', '\x7f', 'z');
    COMPARE(TEXT, "%s", "");
    k_snprintf(buf, sizeof(buf), "%p %p", (void *)0x1234, NULL);
    assert_string_equal(buf, "0x0000000000001234 0x0000000000000000");
    k_snprintf(buf, sizeof(buf), "%s", (char *)NULL);
    assert_string_equal(buf, "(null)");
    k_snprintf(buf, sizeof(buf), "%d %y %5q|", 1);
    assert_string_equal(buf, "1 %y %5q|");
    k_snprintf(buf, sizeof(buf), "end %");
    assert_string_equal(buf, "end %");
}

static void
format_scnprintf_says_what_is_stored(void **state)
{
    char buf[8];

    (void)state;
    assert_int_equal(scnprintf(buf, sizeof(buf), "%s", "1234567890"), 7);
    assert_string_equal(buf, "1234567");
    assert_int_equal(scnprintf(buf, sizeof(buf), "123"), 3);
    assert_int_equal(scnprintf(buf, 0, "123"), 0);
}

HOST_TESTS(HOST_TEST(format_integers), HOST_TEST(format_strings),
           HOST_TEST(format_precision_bounds_string), HOST_TEST(format_mixed),
           HOST_TEST(format_scnprintf_says_what_is_stored))
