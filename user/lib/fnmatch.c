/* SPDX-License-Identifier: MIT */
/*
 * fnmatch.c - does a name match a pattern of the shell?
 *
 * "*" is tried with growing lengths. Only the latest star is ever retried: if
 * the rest fails with it, no other length of an earlier star can help, so the
 * work is bounded by the product of the two lengths.
 */
#include <ctype.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <string.h>

/* The part of a bracket expression "[:name:]". => the length of it, or 0 */
static size_t
class_length(const char *p)
{
    const char *end;

    if (p[0] != '[' || p[1] != ':')
        return 0;
    end = strstr(p + 2, ":]");
    return end != NULL ? (size_t)(end + 2 - p) : 0;
}

static bool
in_class(const char *name, size_t len, int c)
{
    static const struct {
        const char *name;
        int (*test)(int);
    } classes[] = {
        {"alnum", isalnum}, {"alpha", isalpha}, {"blank", isblank},
        {"cntrl", iscntrl}, {"digit", isdigit}, {"graph", isgraph},
        {"lower", islower}, {"print", isprint}, {"punct", ispunct},
        {"space", isspace}, {"upper", isupper}, {"xdigit", isxdigit},
    };

    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
        if (strlen(classes[i].name) == len &&
            strncmp(classes[i].name, name, len) == 0)
            return classes[i].test(c);
    return false;
}

static bool
in_range(int c, int low, int high, int flags)
{
    if (c >= low && c <= high)
        return true;
    return (flags & FNM_CASEFOLD) &&
           ((tolower(c) >= low && tolower(c) <= high) ||
            (toupper(c) >= low && toupper(c) <= high));
}

/*
 * Match one character against the bracket expression at p, just behind '['.
 * => the position behind ']', NULL if the expression is not closed
 */
static const char *
match_bracket(const char *p, int c, int flags, bool *matched)
{
    bool negated = *p == '!' || *p == '^';
    bool found = false;
    bool first = true;

    for (p += negated; *p != ']' || first; first = false) {
        size_t len = class_length(p);
        int low, high;

        if (*p == '\0')
            return NULL;
        if (len > 0) {
            found |= in_class(p + 2, len - 4, c);
            p += len;
            continue;
        }
        if (*p == '\\' && !(flags & FNM_NOESCAPE) && p[1] != '\0')
            p++;
        low = high = (unsigned char)*p++;
        if (p[0] == '-' && p[1] != ']' && p[1] != '\0') {
            p++;
            if (*p == '\\' && !(flags & FNM_NOESCAPE) && p[1] != '\0')
                p++;
            high = (unsigned char)*p++;
        }
        found |= in_range(c, low, high, flags);
    }
    *matched = found != negated;
    return p + 1;
}

/*
 * Match one character against the start of the pattern, which is no star.
 * => the position behind what matched, or NULL
 */
static const char *
match_one(const char *pattern, int c, int flags)
{
    bool matched;
    const char *end;

    if (*pattern == '?')
        return c == '/' && (flags & FNM_PATHNAME) ? NULL : pattern + 1;
    if (*pattern == '[') {
        end = match_bracket(pattern + 1, c, flags, &matched);
        if (end != NULL)
            return matched && !(c == '/' && (flags & FNM_PATHNAME)) ? end
                                                                    : NULL;
    } /* a '[' that is not closed is an ordinary character */
    if (*pattern == '\\' && !(flags & FNM_NOESCAPE) && pattern[1] != '\0')
        pattern++;
    return in_range(c, (unsigned char)*pattern, (unsigned char)*pattern, flags)
               ? pattern + 1
               : NULL;
}

/* Is this a dot that only a dot in the pattern may match? */
static bool
guarded_dot(const char *name, const char *at, int flags)
{
    if (*at != '.' || !(flags & FNM_PERIOD))
        return false;
    return at == name || (at[-1] == '/' && (flags & FNM_PATHNAME));
}

int
fnmatch(const char *pattern, const char *name, int flags)
{
    const char *at = name;
    const char *star = NULL;    /* behind the latest star */
    const char *star_at = NULL; /* where what it matches ends */
    const char *next;

    while (*at != '\0' || *pattern == '*') {
        bool dot = guarded_dot(name, at, flags);

        if (*pattern == '*' && !dot) {
            star = ++pattern;
            star_at = at;
            continue;
        }
        next = NULL;
        if (*pattern != '\0' && *at != '\0' && !(dot && *pattern != '.'))
            next = match_one(pattern, (unsigned char)*at, flags);
        if (next != NULL) {
            pattern = next;
            at++;
            continue;
        }
        /* Let the star take one character more, if it may. */
        if (star == NULL || *star_at == '\0' ||
            (*star_at == '/' && (flags & FNM_PATHNAME)))
            return FNM_NOMATCH;
        pattern = star;
        at = ++star_at;
    }
    return *pattern == '\0' ? 0 : FNM_NOMATCH;
}
