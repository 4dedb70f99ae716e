/* SPDX-License-Identifier: MIT */
/*
 * ext2_fs.h: the ext2 file system, revision 1, as it lies on the disk.
 * Layer 0 (include): structures and constants only; shared by the kernel, by
 * user programs and by mkfs.
 *
 * How a partition is laid out, with 4096-byte blocks (block 0 first):
 *
 *     block 0   1024 bytes for a boot loader, then the superblock
 *     block 1   group descriptors, as many blocks as are needed
 *     then      the block bitmap, the inode bitmap and the inode table of
 *               group 0, and its data blocks
 *     block 32768, 65536, ...   the next groups of the same form
 *
 * With SPARSE_SUPER only groups 0, 1 and powers of 3, 5 and 7 begin with a copy
 * of the superblock and the descriptors; the other groups begin with a bitmap.
 * A group has as many blocks as its bitmap has bits, hence 8 x 4096 = 32768.
 *
 * All numbers are little endian, and are read as they are: Folio runs on
 * little-endian machines only. Every field is naturally aligned.
 *
 * How a file finds its blocks: i_block[0..11] are numbers of data blocks,
 * i_block[12] is a block of such numbers, [13] a block of blocks of numbers,
 * and [14] one level more. The number 0 is a hole and reads as zeroes.
 *
 * See: "The Second Extended File System" (Poirier); Tweedie 1998 for the
 * journal fields; the chapter on ext2.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define EXT2_SUPER_MAGIC 0xef53
#define EXT2_SUPER_OFFSET 1024 /* bytes from the start of the partition */

/* Sizes that Folio fixes, mke2fs's usual ones: it mounts no others. */
#define EXT2_BLOCK_SIZE 4096u
#define EXT2_LOG_BLOCK_SIZE 2 /* s_log_block_size: 1024 << 2 */
#define EXT2_INODE_SIZE 256u
#define EXT2_SECTORS_PER_BLOCK (EXT2_BLOCK_SIZE / 512) /* unit of i_blocks */
#define EXT2_BLOCKS_PER_GROUP (8 * EXT2_BLOCK_SIZE)
#define EXT2_ADDR_PER_BLOCK (EXT2_BLOCK_SIZE / 4)
#define EXT2_DESC_PER_BLOCK (EXT2_BLOCK_SIZE / 32)
#define EXT2_INODES_PER_BLOCK (EXT2_BLOCK_SIZE / EXT2_INODE_SIZE)

/* Inode numbers start at 1: the root directory; the first for files. */
enum { EXT2_ROOT_INO = 2, EXT2_FIRST_INO = 11 };

#define EXT2_DYNAMIC_REV 1 /* s_rev_level; 0 had no feature words */

/* s_state: unmounted cleanly; inconsistencies were seen */
enum { EXT2_VALID_FS = 1, EXT2_ERROR_FS = 2 };
#define EXT2_ERRORS_CONTINUE 1 /* s_errors: what to do when one is seen */

/* s_feature_incompat: with an unknown bit, do not mount */
#define EXT2_FEATURE_INCOMPAT_FILETYPE 2u /* file_type in entries */
#define EXT3_FEATURE_INCOMPAT_RECOVER 4u  /* the journal needs replay */
/* s_feature_ro_compat: with an unknown bit, do not change anything */
#define EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER 1u
#define EXT2_FEATURE_RO_COMPAT_LARGE_FILE 2u /* i_size_high of files */

struct ext2_super_block {
    uint32_t s_inodes_count, s_blocks_count;
    uint32_t s_r_blocks_count; /* reserved for the superuser */
    uint32_t s_free_blocks_count, s_free_inodes_count;
    uint32_t s_first_data_block; /* 0 with 4096-byte blocks */
    /* Block size = 1024 << this; fragments, of the same size, never came. */
    uint32_t s_log_block_size, s_log_frag_size;
    uint32_t s_blocks_per_group, s_frags_per_group, s_inodes_per_group;
    uint32_t s_mtime, s_wtime; /* last mount, last write: since 1970 */
    uint16_t s_mnt_count, s_max_mnt_count; /* 0xffff: do not check by count */
    uint16_t s_magic, s_state, s_errors, s_minor_rev_level;
    uint32_t s_lastcheck, s_checkinterval; /* 0: do not check by time */
    uint32_t s_creator_os, s_rev_level;    /* 0: Linux */
    uint16_t s_def_resuid, s_def_resgid;
    /* From here on only with EXT2_DYNAMIC_REV. */
    uint32_t s_first_ino;
    uint16_t s_inode_size, s_block_group_nr; /* the group of this copy */
    /* Unknown bits of the first do not matter. */
    uint32_t s_feature_compat, s_feature_incompat, s_feature_ro_compat;
    uint8_t s_uuid[16];
    char s_volume_name[16];    /* not terminated when 16 long */
    uint8_t s_unused_136[128]; /* last mount point; where the journal is */
    uint32_t s_mkfs_time;
    uint8_t s_unused_268[80];                       /* the journal's blocks */
    uint16_t s_min_extra_isize, s_want_extra_isize; /* of old, new inodes */
    uint8_t s_unused_352[672];
};

/* One for each group, in the blocks after the superblock. */
struct ext2_group_desc {
    uint32_t bg_block_bitmap, bg_inode_bitmap, bg_inode_table; /* where */
    uint16_t bg_free_blocks_count, bg_free_inodes_count, bg_used_dirs_count;
    uint16_t bg_unused_18[7];
};

/* i_block: the numbers of 12 data blocks and of 3 trees of indirect blocks */
enum { EXT2_NDIR_BLOCKS = 12, EXT2_N_BLOCKS = 15 };

/*
 * An inode. The first 128 bytes are those of revision 0; i_extra_isize says how
 * many of the bytes after them are in use. A time is signed 32-bit seconds; its
 * _extra word carries two more high bits of seconds (bits 0-1) and nanoseconds
 * (bits 2-31), see EXT2_EPOCH_MASK. i_crtime is when the file was created.
 *
 * A device node holds its number in i_block: in [0] when it fits into 16 bits,
 * else in [1], both as in include/stat.h. A short symlink's target lies there
 * as well, see EXT2_FAST_SYMLINK_MAX.
 */
struct ext2_inode {
    uint16_t i_mode, i_uid; /* with POSIX's values; low 16 bits */
    uint32_t i_size;
    uint32_t i_atime, i_ctime, i_mtime, i_dtime; /* when deleted */
    uint16_t i_gid, i_links_count;               /* low 16 bits */
    uint32_t i_blocks; /* in 512-byte units, indirect blocks included */
    uint32_t i_flags, i_unused_36;
    uint32_t i_block[EXT2_N_BLOCKS];
    uint32_t i_generation;
    uint32_t i_file_acl;  /* a block of attributes */
    uint32_t i_size_high; /* of regular files */
    uint32_t i_unused_112[2];
    uint16_t i_uid_high, i_gid_high;
    uint32_t i_unused_124;
    /* byte 128 */
    uint16_t i_extra_isize, i_unused_130;
    uint32_t i_ctime_extra, i_mtime_extra, i_atime_extra;
    uint32_t i_crtime, i_crtime_extra;
    uint32_t i_unused_152[26]; /* attributes: left alone */
};

#define EXT2_EXTRA_ISIZE 32u /* as mke2fs sets it: up to byte 160 */

/* The parts of a time's _extra word. */
#define EXT2_EPOCH_BITS 2
#define EXT2_EPOCH_MASK 3u

/* i_flags: a hashed directory; to be cleared when it is changed without */
#define EXT2_INDEX_FL 0x1000

/* A symlink whose target is shorter than this keeps it in i_block itself. */
#define EXT2_FAST_SYMLINK_MAX (EXT2_N_BLOCKS * sizeof(uint32_t))

#define EXT2_NAME_LEN 255
#define EXT2_LINK_MAX 32000

/*
 * A directory is a file of blocks, each filled by entries to its last byte. An
 * entry with inode 0 is unused. rec_len leads to the next entry and may be
 * longer than the name needs; deleting an entry adds its rec_len to the one
 * before it in the block.
 */
struct ext2_dir_entry {
    uint32_t inode;
    uint16_t rec_len;
    uint8_t name_len, file_type; /* EXT2_FT_*, with INCOMPAT_FILETYPE */
    char name[];                 /* name_len bytes, not terminated */
};

#define EXT2_DIR_PAD 4u
#define EXT2_DIR_REC_LEN(name_len)                                             \
    (((name_len) + sizeof(struct ext2_dir_entry) + 3) & ~(size_t)3)

/* file_type of a directory entry */
/* clang-format off: a table */
enum {
    EXT2_FT_UNKNOWN = 0, EXT2_FT_REG_FILE = 1, EXT2_FT_DIR = 2,
    EXT2_FT_CHRDEV = 3, EXT2_FT_BLKDEV = 4, EXT2_FT_FIFO = 5, EXT2_FT_SOCK = 6,
    EXT2_FT_SYMLINK = 7,
};
/* clang-format on */

_Static_assert(sizeof(struct ext2_super_block) == 1024 &&
                   offsetof(struct ext2_super_block, s_mkfs_time) == 264 &&
                   sizeof(struct ext2_group_desc) == 32 &&
                   sizeof(struct ext2_inode) == EXT2_INODE_SIZE &&
                   offsetof(struct ext2_inode, i_block) == 40 &&
                   offsetof(struct ext2_inode, i_extra_isize) == 128 &&
                   sizeof(struct ext2_dir_entry) == 8,
               "fields lie where others expect them");
