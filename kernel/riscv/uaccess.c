/* SPDX-License-Identifier: MIT */
/*
 * uaccess.c - the C half of uaccess.h: what is made from its routines, and
 * where they go on after a fault that nobody could mend.
 */
#include "riscv/uaccess.h"

#include "lib/macros.h"

/* uaccess.S; rows of start, end, where to go on */
extern const uint64_t uaccess_table[][3];
int64_t uaccess_string(char *dst, const char *src, size_t max);

size_t
clear_user(void *dst, size_t n)
{
    static const uint8_t zeros[512];
    size_t left = 0;

    for (uint8_t *p = dst; n && !left; p += sizeof(zeros)) {
        size_t chunk = MIN(n, sizeof(zeros));

        left = copy_to_user(p, zeros, chunk);
        n -= chunk - left;
    }
    return n;
}

int64_t
strncpy_from_user(char *dst, const char *src, size_t max)
{
    size_t room = (uint64_t)src < USER_END ? USER_END - (uint64_t)src : 0;
    int64_t len = uaccess_string(dst, src, MIN(max, room));

    /* It faulted, or ran into the end of user memory before its 0. */
    if (len < 0 || (room < max && len == (int64_t)room))
        return -EFAULT;
    return len;
}

uint64_t
uaccess_fixup(uint64_t pc)
{
    for (int i = 0; uaccess_table[i][0]; i++)
        if (pc >= uaccess_table[i][0] && pc < uaccess_table[i][1])
            return uaccess_table[i][2];
    return 0;
}
