/* SPDX-License-Identifier: MIT */
/*
 * uaccess.c - strings of user memory, by copies of pieces.
 *
 * A piece ends with its page at the latest: what lies behind the string in the
 * same page can be read if the string can, and does no harm in dst.
 */
#include "riscv/uaccess.h"

#include "lib/macros.h"
#include "lib/string.h"

enum { PIECE = 32 };

int64_t
strncpy_from_user(char *dst, const char *src, size_t max)
{
    for (size_t n = 0; n < max;) {
        size_t to_page_end = -(uint64_t)(src + n) % PAGE_SIZE ?: PAGE_SIZE;
        size_t piece = MIN(max - n, MIN(to_page_end, (size_t)PIECE)), len;

        if (copy_from_user(dst + n, src + n, piece))
            return -EFAULT;
        len = strnlen(dst + n, piece);
        n += len;
        if (len < piece)
            return (int64_t)n;
    }
    return (int64_t)max;
}
