/* SPDX-License-Identifier: MIT */
/*
 * string.c - strings: copy, join, compare, search, cut into tokens.
 * Blocks of memory and strlen are in memory.c.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

size_t
strnlen(const char *s, size_t max)
{
    const char *end = memchr(s, '\0', max);

    return end != NULL ? (size_t)(end - s) : max;
}

char *
stpcpy(char *restrict dst, const char *restrict src)
{
    while ((*dst = *src++) != '\0')
        dst++;
    return dst;
}

char *
strcpy(char *restrict dst, const char *restrict src)
{
    stpcpy(dst, src);
    return dst;
}

char *
strncpy(char *restrict dst, const char *restrict src, size_t n)
{
    size_t len = strnlen(src, n);

    memcpy(dst, src, len);
    memset(dst + len, 0, n - len);
    return dst;
}

char *
strcat(char *restrict dst, const char *restrict src)
{
    stpcpy(dst + strlen(dst), src);
    return dst;
}

char *
strncat(char *restrict dst, const char *restrict src, size_t n)
{
    char *end = dst + strlen(dst);
    size_t len = strnlen(src, n);

    memcpy(end, src, len);
    end[len] = '\0';
    return dst;
}

/* => the length of src; the copy was cut if that is not below size */
size_t
strlcpy(char *restrict dst, const char *restrict src, size_t size)
{
    size_t len = strlen(src);

    if (size > 0) {
        size_t n = len < size ? len : size - 1;

        memcpy(dst, src, n);
        dst[n] = '\0';
    }
    return len;
}

size_t
strlcat(char *restrict dst, const char *restrict src, size_t size)
{
    size_t used = strnlen(dst, size);

    return used + strlcpy(dst + used, src, size - used);
}

int
strcmp(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b)
        a++, b++;
    return (unsigned char)*a - (unsigned char)*b;
}

int
strncmp(const char *a, const char *b, size_t n)
{
    for (; n > 0; n--, a++, b++)
        if (*a != *b || *a == '\0')
            return (unsigned char)*a - (unsigned char)*b;
    return 0;
}

int
strcoll(const char *a, const char *b)
{
    return strcmp(a, b);
}

int
strcasecmp(const char *a, const char *b)
{
    return strncasecmp(a, b, (size_t)-1);
}

int
strncasecmp(const char *a, const char *b, size_t n)
{
    for (; n > 0; n--, a++, b++) {
        int difference = tolower(*a) - tolower(*b);

        if (difference != 0 || *a == '\0')
            return difference;
    }
    return 0;
}

char *
strchrnul(const char *s, int c)
{
    while (*s != '\0' && *s != (char)c)
        s++;
    return (char *)s;
}

char *
strchr(const char *s, int c)
{
    char *p = strchrnul(s, c);

    return *p == (char)c ? p : NULL;
}

char *
strrchr(const char *s, int c)
{
    return memrchr(s, c, strlen(s) + 1);
}

char *
strstr(const char *s, const char *what)
{
    return memmem(s, strlen(s), what, strlen(what));
}

size_t
strspn(const char *s, const char *set)
{
    size_t n = 0;

    while (s[n] != '\0' && strchr(set, s[n]) != NULL)
        n++;
    return n;
}

size_t
strcspn(const char *s, const char *set)
{
    size_t n = 0;

    while (s[n] != '\0' && strchr(set, s[n]) == NULL)
        n++;
    return n;
}

char *
strpbrk(const char *s, const char *set)
{
    s += strcspn(s, set);
    return *s != '\0' ? (char *)s : NULL;
}

char *
strtok_r(char *restrict s, const char *restrict set, char **restrict at)
{
    char *token = s != NULL ? s : *at;

    token += strspn(token, set);
    if (*token == '\0') {
        *at = token;
        return NULL;
    }
    s = token + strcspn(token, set);
    if (*s != '\0')
        *s++ = '\0';
    *at = s;
    return token;
}

char *
strtok(char *restrict s, const char *restrict set)
{
    static char *at;

    return strtok_r(s, set, &at);
}

char *
strsep(char **s, const char *set)
{
    char *token = *s;

    if (token == NULL)
        return NULL;
    *s = strpbrk(token, set);
    if (*s != NULL)
        *(*s)++ = '\0';
    return token;
}

char *
strndup(const char *s, size_t n)
{
    size_t len = strnlen(s, n);
    char *copy = malloc(len + 1);

    if (copy == NULL)
        return NULL;
    memcpy(copy, s, len);
    copy[len] = '\0';
    return copy;
}

char *
strdup(const char *s)
{
    return strndup(s, strlen(s));
}
