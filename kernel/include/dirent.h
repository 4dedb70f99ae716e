/* SPDX-License-Identifier: MIT */
/*
 * dirent.h - the records that getdents64 fills a buffer with.
 * Layer 0 (include): structures and constants only.
 *
 * Records start at multiples of 8 bytes; d_reclen leads to the next.  d_off is
 * the position to lseek to for the record AFTER this one.
 */
#pragma once

#include <stdint.h>

struct linux_dirent64 {
    uint64_t d_ino;
    int64_t d_off;
    uint16_t d_reclen;
    uint8_t d_type; /* DT_* */
    char d_name[];  /* ends with a zero byte */
};

/* A file's type is its mode's S_IFMT bits shifted right by 12. */
/* clang-format off: tables */
enum {
    DT_UNKNOWN = 0, DT_FIFO = 1, DT_CHR = 2, DT_DIR = 4, DT_BLK = 6,
    DT_REG = 8, DT_LNK = 10, DT_SOCK = 12,
};
/* clang-format on */
