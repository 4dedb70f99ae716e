/* SPDX-License-Identifier: MIT */
/*
 * tree.h: the tree of files that the root file system will hold.
 */
#ifndef MKFS_TREE_H
#define MKFS_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* A file of any type: what becomes an inode. */
struct node {
    char *source;   /* where it comes from; also names it in messages */
    uint16_t mode;  /* EXT2_S_IF* and permissions */
    bool made;      /* by an option: has no time of its own */
    bool written;   /* its inode is in the image */
    uint32_t ino;   /* 0 until tree_number() */
    uint32_t links; /* as the inode will say; from tree_number() */
    int64_t mtime;  /* seconds since 1970 */
    uint32_t mtime_nsec;
    uint64_t size;      /* regular files: bytes */
    uint64_t disk_size; /* regular files: bytes without holes, about */
    char *target;       /* symlinks */
    uint32_t major;     /* device nodes */
    uint32_t minor;
    struct tree_entry *entries; /* directories: by name, without . and .. */
    size_t nr_entries;
    size_t min_blocks; /* directories: at least so many blocks */
};

/* A name of a node; several names of one node are hard links. */
struct tree_entry {
    char *name;
    struct node *node;
};

struct tree {
    struct node *root;
    void *hard_links;   /* nodes with several names in a source tree */
    bool fixed_time;    /* every file gets the time `time` */
    int64_t time;       /* else that of the newest file */
    uint64_t bytes;     /* contents of all regular files, about */
    uint32_t nr_inodes; /* highest inode number; from tree_number() */
};

/* Begin a tree with a root directory and lost+found. */
void tree_init(struct tree *t);

/* Add what is in the host's directory DIR, over what is there already. */
void tree_add_dir(struct tree *t, const char *dir);

/* Make the empty directory "path:mode"; one that exists gets the mode. */
void tree_make_dir(struct tree *t, const char *spec);

/* Make the device node "path:c|b:major:minor:mode". */
void tree_make_device(struct tree *t, const char *spec);

/* Decide inode numbers, link counts and times. Nothing may be added later. */
void tree_number(struct tree *t);

static inline bool
node_is(const struct node *n, uint16_t type)
{
    return (n->mode & 0xf000) == type;
}

#endif
