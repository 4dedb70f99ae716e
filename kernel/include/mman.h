/* SPDX-License-Identifier: MIT */
/*
 * mman.h - flags of mmap, mprotect, mremap, msync, madvise, mlock.
 * Layer 0 (include): constants only.
 */
#pragma once

/* clang-format off: tables */
enum {
    PROT_NONE = 0x0, PROT_READ = 0x1, PROT_WRITE = 0x2, PROT_EXEC = 0x4,

    MAP_SHARED = 0x01, MAP_PRIVATE = 0x02, MAP_SHARED_VALIDATE = 0x03,
    MAP_TYPE = 0x0f, /* mask of the three above */
    MAP_FIXED = 0x10, MAP_ANONYMOUS = 0x20, MAP_GROWSDOWN = 0x100,
    MAP_LOCKED = 0x2000, MAP_NORESERVE = 0x4000, MAP_POPULATE = 0x8000,
    MAP_NONBLOCK = 0x10000, MAP_STACK = 0x20000, MAP_HUGETLB = 0x40000,
    MAP_FIXED_NOREPLACE = 0x100000,
    MAP_KNOWN = MAP_TYPE | MAP_FIXED | MAP_ANONYMOUS | MAP_GROWSDOWN |
        0x1800 /* MAP_DENYWRITE, MAP_EXECUTABLE: ignored */ | MAP_LOCKED |
        MAP_NORESERVE | MAP_POPULATE | MAP_NONBLOCK | MAP_STACK | MAP_HUGETLB |
        MAP_FIXED_NOREPLACE, /* MAP_SHARED_VALIDATE refuses others */

    MREMAP_MAYMOVE = 1, MREMAP_FIXED = 2,
    MS_ASYNC = 1, MS_INVALIDATE = 2, MS_SYNC = 4,
    MCL_CURRENT = 1, MCL_FUTURE = 2,

    MADV_NORMAL = 0, MADV_RANDOM = 1, MADV_SEQUENTIAL = 2, MADV_WILLNEED = 3,
    MADV_DONTNEED = 4, MADV_FREE = 8, MADV_DONTFORK = 10, MADV_DOFORK = 11,
    MADV_POPULATE_READ = 22, MADV_POPULATE_WRITE = 23,
};
/* clang-format on */
