/* SPDX-License-Identifier: MIT */
/*
 * uaccess.c - the C half of uaccess.h: strings and the exception table.
 *
 * The table .ex_table holds triples of offsets, each relative to its own
 * place: a range of instructions and where to go on when one of them faults.
 * It is searched only when an access has really failed.
 */
#include "riscv/uaccess.h"

#include "lib/macros.h"

struct ex_entry {
    int32_t start, end, fixup;
};

extern const struct ex_entry _ex_table_start[], _ex_table_end[];

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
    if ((uint64_t)src >= USER_END)
        return -EFAULT;

    uint64_t room = USER_END - (uint64_t)src;
    int64_t len = uaccess_string(dst, src, MIN(max, room));

    /* It faulted, or ran into the end of user memory before its 0. */
    if (len < 0 || (room < max && len == (int64_t)room))
        return -EFAULT;
    return len;
}

static uint64_t
relative(const int32_t *field)
{
    return (uint64_t)field + (uint64_t)(int64_t)*field;
}

uint64_t
uaccess_fixup(uint64_t pc)
{
    for (const struct ex_entry *e = _ex_table_start; e < _ex_table_end; e++)
        if (pc >= relative(&e->start) && pc < relative(&e->end))
            return relative(&e->fixup);
    return 0;
}
