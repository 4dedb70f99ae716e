/* SPDX-License-Identifier: MIT */
/*
 * statfs.h - what statfs reports about a file system.
 * Layer 0 (include): structures and constants only.
 */
#ifndef INCLUDE_STATFS_H
#define INCLUDE_STATFS_H

#include <stdint.h>

#define EXT2_SUPER_MAGIC 0xef53
#define TMPFS_MAGIC 0x01021994
#define PROC_SUPER_MAGIC 0x9fa0
#define PIPEFS_MAGIC 0x50495045
#define BDEVFS_MAGIC 0x62646576

struct statfs {
    int64_t f_type; /* *_MAGIC */
    int64_t f_bsize;
    uint64_t f_blocks;
    uint64_t f_bfree;
    uint64_t f_bavail; /* what is free for ordinary users */
    uint64_t f_files;
    uint64_t f_ffree;
    int32_t f_fsid[2];
    int64_t f_namelen;
    int64_t f_frsize;
    int64_t f_flags; /* ST_* */
    int64_t f_spare[4];
};

#define ST_RDONLY 0x0001
#define ST_VALID 0x0020 /* f_flags means something */

_Static_assert(sizeof(struct statfs) == 120, "programs expect this size");

#endif
