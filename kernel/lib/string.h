/* SPDX-License-Identifier: MIT */
/*
 * string.h - memory blocks (memops.c) and strings (string.c).
 *
 * The functions that C knows do what C says.  The compiler itself emits calls
 * to memcpy, memmove, memset and memcmp.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int c, size_t n);

/* A whole page, at a page-aligned address. */
void clear_page(void *page);
void copy_page(void *dst, const void *src);

size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);

/*
 * Copy src into dst[size], cut if need be and always terminated (size > 0).
 * => the length of src: it was cut if that is >= size
 */
size_t strlcpy(char *dst, const char *src, size_t size);

/* The first character of s that is no blank, tab or newline. */
const char *skip_spaces(const char *s);

/*
 * Read an unsigned number in base 8, 10 or 16, or, if base is 0, with C's
 * prefixes 0 and 0x.
 * => 0, with *value, and *end behind the last digit; -EINVAL if there is no
 *    digit, -ERANGE if it does not fit
 */
int parse_u64(const char *s, const char **end, unsigned base, uint64_t *value);

/* The same (base 0), with an optional suffix K, M, G or T of either case. */
int memparse(const char *s, const char **end, uint64_t *value);
