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
#ifndef INCLUDE_EXT2_FS_H
#define INCLUDE_EXT2_FS_H

#include <stddef.h>
#include <stdint.h>

#define EXT2_SUPER_MAGIC 0xef53
#define EXT2_SUPER_OFFSET 1024 /* bytes from the start of the partition */
#define EXT2_SUPER_SIZE 1024

/* Sizes that Folio fixes: it mounts no other block size. */
#define EXT2_BLOCK_SHIFT 12
#define EXT2_BLOCK_SIZE 4096u
#define EXT2_LOG_BLOCK_SIZE 2 /* s_log_block_size: 1024 << 2 */
#define EXT2_SECTORS_PER_BLOCK (EXT2_BLOCK_SIZE / 512) /* unit of i_blocks */
#define EXT2_INODE_SIZE 256u
#define EXT2_BLOCKS_PER_GROUP (8 * EXT2_BLOCK_SIZE)
#define EXT2_ADDR_PER_BLOCK (EXT2_BLOCK_SIZE / 4)
#define EXT2_DESC_PER_BLOCK (EXT2_BLOCK_SIZE / 32)
#define EXT2_INODES_PER_BLOCK (EXT2_BLOCK_SIZE / EXT2_INODE_SIZE)

/* Inode numbers with a meaning; inode numbers start at 1. */
enum {
    EXT2_ROOT_INO = 2,    /* the root directory */
    EXT2_JOURNAL_INO = 8, /* the journal, where there is one */
    EXT2_FIRST_INO = 11,  /* the first inode for files: lost+found */
};

#define EXT2_DYNAMIC_REV 1 /* s_rev_level; 0 had no feature words */

/* s_state */
enum {
    EXT2_VALID_FS = 0x0001,  /* unmounted cleanly */
    EXT2_ERROR_FS = 0x0002,  /* inconsistencies were seen */
    EXT2_ORPHAN_FS = 0x0004, /* orphans are being recovered */
};

/* s_errors: what to do when an inconsistency is seen */
enum {
    EXT2_ERRORS_CONTINUE = 1,
    EXT2_ERRORS_RO = 2,
    EXT2_ERRORS_PANIC = 3, /* Folio takes it as EXT2_ERRORS_RO */
};

/* s_feature_compat: an unknown bit does not matter */
enum {
    EXT3_FEATURE_COMPAT_HAS_JOURNAL = 0x0004,
    EXT2_FEATURE_COMPAT_EXT_ATTR = 0x0008,
    EXT2_FEATURE_COMPAT_RESIZE_INODE = 0x0010,
    EXT2_FEATURE_COMPAT_DIR_INDEX = 0x0020,
};

/* s_feature_ro_compat: with an unknown bit, mount read-only */
enum {
    EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER = 0x0001,
    EXT2_FEATURE_RO_COMPAT_LARGE_FILE = 0x0002, /* i_size_high of files */
};

/* s_feature_incompat: with an unknown bit, do not mount */
enum {
    EXT2_FEATURE_INCOMPAT_FILETYPE = 0x0002, /* file_type in entries */
    EXT3_FEATURE_INCOMPAT_RECOVER = 0x0004,  /* the journal needs replay */
};

#define EXT3_JNL_BACKUP_BLOCKS 1 /* s_jnl_backup_type: s_jnl_blocks is valid */

struct ext2_super_block {
    uint32_t s_inodes_count;
    uint32_t s_blocks_count;
    uint32_t s_r_blocks_count; /* reserved for the superuser */
    uint32_t s_free_blocks_count;
    uint32_t s_free_inodes_count;
    uint32_t s_first_data_block; /* 0 with 4096-byte blocks */
    uint32_t s_log_block_size;   /* block size = 1024 << this */
    uint32_t s_log_frag_size;    /* the same value; fragments never came */
    uint32_t s_blocks_per_group;
    uint32_t s_frags_per_group;
    uint32_t s_inodes_per_group;
    uint32_t s_mtime; /* last mount, seconds since 1970 */
    uint32_t s_wtime; /* last write of the superblock */
    uint16_t s_mnt_count;
    uint16_t s_max_mnt_count; /* 0xffff: never check by count */
    uint16_t s_magic;
    uint16_t s_state;
    uint16_t s_errors;
    uint16_t s_minor_rev_level;
    uint32_t s_lastcheck;
    uint32_t s_checkinterval; /* seconds; 0: never check by time */
    uint32_t s_creator_os; /* 0: Linux */
    uint32_t s_rev_level;
    uint16_t s_def_resuid;
    uint16_t s_def_resgid;
    /* From here on only with EXT2_DYNAMIC_REV. */
    uint32_t s_first_ino;
    uint16_t s_inode_size;
    uint16_t s_block_group_nr; /* the group this copy lies in */
    uint32_t s_feature_compat;
    uint32_t s_feature_incompat;
    uint32_t s_feature_ro_compat;
    uint8_t s_uuid[16];
    char s_volume_name[16]; /* not terminated when 16 long */
    char s_last_mounted[64];
    uint32_t s_algorithm_usage_bitmap;
    uint8_t s_prealloc_blocks;
    uint8_t s_prealloc_dir_blocks;
    uint16_t s_reserved_gdt_blocks;
    /* The journal (ext3). */
    uint8_t s_journal_uuid[16];
    uint32_t s_journal_inum; /* EXT2_JOURNAL_INO, or 0 */
    uint32_t s_journal_dev;
    uint32_t s_last_orphan; /* head of the orphan list; next in i_dtime */
    uint32_t s_hash_seed[4];
    uint8_t s_def_hash_version;
    uint8_t s_jnl_backup_type;
    uint16_t s_desc_size; /* 0: 32 bytes */
    uint32_t s_default_mount_opts;
    uint32_t s_first_meta_bg;
    uint32_t s_mkfs_time;
    uint32_t s_jnl_blocks[17]; /* i_block, size high, size of the journal */
    /* ext4's; all 0 here but the two sizes. */
    uint32_t s_blocks_count_hi;
    uint32_t s_r_blocks_count_hi;
    uint32_t s_free_blocks_hi;
    uint16_t s_min_extra_isize;  /* all inodes have at least this much */
    uint16_t s_want_extra_isize; /* new inodes should have this much */
    uint32_t s_flags;            /* how names are hashed; 0 here */
    uint32_t s_reserved[167];
};

_Static_assert(sizeof(struct ext2_super_block) == EXT2_SUPER_SIZE,
               "the superblock is 1024 bytes");
_Static_assert(offsetof(struct ext2_super_block, s_journal_uuid) == 208 &&
                   offsetof(struct ext2_super_block, s_last_orphan) == 232 &&
                   offsetof(struct ext2_super_block, s_blocks_count_hi) == 336,
               "fields of the superblock lie where others expect them");

/* One for each group, in the blocks after the superblock. */
struct ext2_group_desc {
    uint32_t bg_block_bitmap; /* block numbers */
    uint32_t bg_inode_bitmap;
    uint32_t bg_inode_table;
    uint16_t bg_free_blocks_count;
    uint16_t bg_free_inodes_count;
    uint16_t bg_used_dirs_count;
    uint16_t bg_flags; /* ext4's; 0 */
    uint32_t bg_reserved[3];
};

_Static_assert(sizeof(struct ext2_group_desc) == 32,
               "a group descriptor is 32 bytes");

/* Indices into i_block. */
enum {
    EXT2_NDIR_BLOCKS = 12,
    EXT2_IND_BLOCK = 12,
    EXT2_DIND_BLOCK = 13,
    EXT2_TIND_BLOCK = 14,
    EXT2_N_BLOCKS = 15,
};

/*
 * An inode. The first 128 bytes are those of revision 0; i_extra_isize says how
 * many of the bytes after them are in use. A time is signed 32-bit seconds; its
 * _extra word carries two more high bits of seconds (bits 0-1) and nanoseconds
 * (bits 2-31), see EXT2_EPOCH_MASK.
 */
struct ext2_inode {
    uint16_t i_mode;
    uint16_t i_uid; /* low 16 bits */
    uint32_t i_size;
    uint32_t i_atime;
    uint32_t i_ctime;
    uint32_t i_mtime;
    uint32_t i_dtime; /* when deleted; next orphan while on that list */
    uint16_t i_gid;   /* low 16 bits */
    uint16_t i_links_count;
    uint32_t i_blocks; /* in 512-byte units, indirect blocks included */
    uint32_t i_flags;
    uint32_t i_version; /* osd1 */
    uint32_t i_block[EXT2_N_BLOCKS];
    uint32_t i_generation;
    uint32_t i_file_acl;
    uint32_t i_size_high; /* of regular files; formerly i_dir_acl */
    uint32_t i_faddr;
    uint16_t i_blocks_high; /* osd2, as Linux uses it; 0 here */
    uint16_t i_file_acl_high;
    uint16_t i_uid_high;
    uint16_t i_gid_high;
    uint16_t i_checksum_lo; /* ext4's */
    uint16_t i_reserved;
    /* byte 128 */
    uint16_t i_extra_isize;
    uint16_t i_checksum_hi;
    uint32_t i_ctime_extra;
    uint32_t i_mtime_extra;
    uint32_t i_atime_extra;
    uint32_t i_crtime; /* when the file was created */
    uint32_t i_crtime_extra;
    uint32_t i_version_hi;
    uint32_t i_projid;
    uint32_t i_xattr[24]; /* attributes in the inode; Folio leaves them alone */
};

#define EXT2_GOOD_OLD_INODE_SIZE 128u
#define EXT2_EXTRA_ISIZE 32u /* through i_projid, as mke2fs sets it */

_Static_assert(sizeof(struct ext2_inode) == EXT2_INODE_SIZE,
               "an inode is 256 bytes");
_Static_assert(offsetof(struct ext2_inode, i_block) == 40 &&
                   offsetof(struct ext2_inode, i_extra_isize) ==
                       EXT2_GOOD_OLD_INODE_SIZE &&
                   offsetof(struct ext2_inode, i_xattr) ==
                       EXT2_GOOD_OLD_INODE_SIZE + EXT2_EXTRA_ISIZE,
               "fields of the inode lie where others expect them");

/* The parts of a time's _extra word. */
#define EXT2_EPOCH_BITS 2
#define EXT2_EPOCH_MASK ((1u << EXT2_EPOCH_BITS) - 1)

/* i_mode: type and permissions; the values are those of POSIX's S_IF*. */
enum {
    EXT2_S_IFMT = 0xf000,
    EXT2_S_IFSOCK = 0xc000,
    EXT2_S_IFLNK = 0xa000,
    EXT2_S_IFREG = 0x8000,
    EXT2_S_IFBLK = 0x6000,
    EXT2_S_IFDIR = 0x4000,
    EXT2_S_IFCHR = 0x2000,
    EXT2_S_IFIFO = 0x1000,
    EXT2_S_PERM = 0x0fff, /* set-id, sticky and rwx bits */
};

/* i_flags */
enum {
    EXT2_IMMUTABLE_FL = 0x00000010,
    EXT2_APPEND_FL = 0x00000020,
    EXT2_INDEX_FL = 0x00001000, /* a hashed directory: clear when changing it */
    EXT3_JOURNAL_DATA_FL = 0x00004000,
};

/*
 * Device numbers of device nodes: i_block[0] holds major << 8 | minor when both
 * fit into a byte; else it is 0 and i_block[1] holds the 12-bit major and the
 * 20-bit minor in Linux's form.
 */
#define EXT2_OLD_DEV(major, minor) ((uint32_t)(major) << 8 | (uint32_t)(minor))
#define EXT2_NEW_DEV(major, minor)                                             \
    (((uint32_t)(minor) & 0xff) | (uint32_t)(major) << 8 |                     \
     ((uint32_t)(minor) & ~0xffu) << 12)

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
    uint8_t name_len;
    uint8_t file_type; /* EXT2_FT_*, with INCOMPAT_FILETYPE */
    char name[];       /* name_len bytes, not terminated */
};

#define EXT2_DIR_PAD 4u
#define EXT2_DIR_HEADER sizeof(struct ext2_dir_entry)
#define EXT2_DIR_REC_LEN(name_len)                                             \
    (((name_len) + EXT2_DIR_HEADER + EXT2_DIR_PAD - 1) &                       \
     ~(size_t)(EXT2_DIR_PAD - 1))

_Static_assert(sizeof(struct ext2_dir_entry) == 8,
               "the head of a directory entry is 8 bytes");

/* file_type of a directory entry */
enum {
    EXT2_FT_UNKNOWN = 0,
    EXT2_FT_REG_FILE = 1,
    EXT2_FT_DIR = 2,
    EXT2_FT_CHRDEV = 3,
    EXT2_FT_BLKDEV = 4,
    EXT2_FT_FIFO = 5,
    EXT2_FT_SOCK = 6,
    EXT2_FT_SYMLINK = 7,
};

#endif
