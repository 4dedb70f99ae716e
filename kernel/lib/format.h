/* SPDX-License-Identifier: MIT */
/*
 * format.h - formatted output into a buffer.  See format.c for the subset.
 *
 * Both write at most size bytes with the final 0 (none at all if size is 0)
 * and return the length that the whole result has.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>

#include "lib/macros.h"

int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
    __printf(3, 0);
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
