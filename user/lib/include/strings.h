/* SPDX-License-Identifier: MIT */
/* strings.h: the comparisons that ignore case live in string.h here. */
#ifndef USER_STRINGS_H
#define USER_STRINGS_H

#include <string.h>

int bcmp(const void *a, const void *b, size_t n);

#endif
