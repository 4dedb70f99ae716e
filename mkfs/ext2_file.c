/* SPDX-License-Identifier: MIT */
/*
 * ext2_file.c: writes the contents of files and makes their inodes.
 *
 * How: ext2.c hands out blocks in ascending order. So a file is one run of
 * blocks, with each indirect block just before the first block that it maps,
 * which is also the order in which a reader needs them. A block of a regular
 * file that is all zeroes gets no block on the disk: it becomes a hole.
 *
 * Interface: write_contents().
 *
 * Invariants:
 *   I1  the blocks of a file are mapped in ascending order, so that of each
 *       level of indirect blocks only the latest is needed.
 */
#define _GNU_SOURCE
#include "ext2_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "ext2.h"
#include "image.h"
#include "include/ext2_fs.h"
#include "tree.h"

enum {
    LEVELS = 3, /* of indirect blocks */
};

#define MAX_FILE_BLOCKS                                                        \
    (EXT2_NDIR_BLOCKS +                                                        \
     EXT2_ADDR_PER_BLOCK *                                                     \
         (1 + EXT2_ADDR_PER_BLOCK * (1 + (uint64_t)EXT2_ADDR_PER_BLOCK)))

/* The inode being made, and the latest indirect block of each level. */
struct block_map {
    struct fs *fs;
    struct ext2_inode *inode;
    uint32_t block[LEVELS]; /* where it goes; 0: none yet */
    uint32_t slots[LEVELS][EXT2_ADDR_PER_BLOCK];
};

/* A directory being written: the block being filled, and its last entry. */
struct dir_writer {
    struct block_map *map;
    uint32_t index; /* of the block in the directory */
    uint32_t used;  /* bytes */
    struct ext2_dir_entry *last;
    _Alignas(struct ext2_dir_entry) uint8_t data[EXT2_BLOCK_SIZE];
};

/* ---- Blocks of a file ---- */

/*
 * Find the way to block INDEX of a file: slot[0] is an index into i_block, the
 * others are indices into indirect blocks.
 * => returns the number of indirect blocks on the way
 */
static unsigned
block_path(uint64_t index, uint32_t slot[LEVELS + 1])
{
    uint64_t span = EXT2_ADDR_PER_BLOCK;
    unsigned depth = 1;

    if (index < EXT2_NDIR_BLOCKS) {
        slot[0] = (uint32_t)index;
        return 0;
    }
    /* Each further level of indirection maps 1024 times as many blocks. */
    index -= EXT2_NDIR_BLOCKS;
    while (index >= span) {
        index -= span;
        span *= EXT2_ADDR_PER_BLOCK;
        depth++;
    }
    slot[0] = EXT2_NDIR_BLOCKS + depth - 1;
    /* What is left of INDEX, written with base 1024, gives the other slots. */
    for (unsigned d = depth; d > 0; d--) {
        slot[d] = index % EXT2_ADDR_PER_BLOCK;
        index /= EXT2_ADDR_PER_BLOCK;
    }
    return depth;
}

/* Write out the indirect block of LEVEL, since it will not change again. */
static void
flush_level(struct block_map *map, unsigned level)
{
    if (map->block[level])
        write_block(map->fs, map->block[level], map->slots[level]);
}

/*
 * Give block INDEX of the file the contents DATA.
 * => the indices of one file must ascend (I1)
 */
static void
add_block(struct block_map *map, uint64_t index, const void *data)
{
    uint32_t slot[LEVELS + 1];
    unsigned depth = block_path(index, slot);
    uint32_t *where = &map->inode->i_block[slot[0]];

    for (unsigned level = 0; level < depth; level++) {
        /* A new indirect block replaces the one before it on its level. */
        if (*where == 0) {
            flush_level(map, level);
            *where = alloc_block(map->fs, map->inode);
            map->block[level] = *where;
            memset(map->slots[level], 0, sizeof(map->slots[level]));
        }
        where = &map->slots[level][slot[level + 1]];
    }
    *where = alloc_block(map->fs, map->inode);
    write_block(map->fs, *where, data);
}

static void
finish_blocks(struct block_map *map)
{
    for (unsigned level = 0; level < LEVELS; level++)
        flush_level(map, level);
}

static void
set_size(struct ext2_inode *inode, uint64_t size)
{
    inode->i_size = (uint32_t)size;
    inode->i_size_high = (uint32_t)(size >> 32);
}

/* ---- Regular files and symbolic links ---- */

static bool
is_zero(const void *data, size_t len)
{
    const char *p = data;

    return p[0] == 0 && memcmp(p, p + 1, len - 1) == 0;
}

/* Read a block; what lies beyond the end of the file is zero. */
static void
read_block(int fd, const struct node *n, uint64_t offset, char *data)
{
    size_t want = EXT2_BLOCK_SIZE, got = 0;

    if (n->size - offset < want)
        want = n->size - offset;
    while (got < want) {
        ssize_t r = pread(fd, data + got, want - got, (off_t)(offset + got));

        if (r < 0)
            die("%s: cannot read: %s", n->source, strerror(errno));
        if (r == 0)
            die("%s: became shorter while it was read", n->source);
        got += (size_t)r;
    }
    memset(data + got, 0, EXT2_BLOCK_SIZE - got);
}

/* The first block at or after INDEX that may have data; holes are skipped. */
static uint64_t
next_data_block(int fd, uint64_t index, uint64_t nr_blocks)
{
    off_t data = lseek(fd, (off_t)(index * EXT2_BLOCK_SIZE), SEEK_DATA);

    if (data >= 0)
        return (uint64_t)data / EXT2_BLOCK_SIZE;
    /* No data any more; or a host that does not know: then read it all. */
    return errno == ENXIO ? nr_blocks : index;
}

/* Copy the contents of a host file. */
static void
write_regular(struct block_map *map, const struct node *n)
{
    uint64_t nr_blocks = round_up(n->size, EXT2_BLOCK_SIZE) / EXT2_BLOCK_SIZE;
    int fd = open(n->source, O_RDONLY);
    char data[EXT2_BLOCK_SIZE];

    if (fd < 0)
        die("%s: %s", n->source, strerror(errno));
    if (nr_blocks > MAX_FILE_BLOCKS)
        die("%s: larger than ext2 allows", n->source);
    for (uint64_t i = next_data_block(fd, 0, nr_blocks); i < nr_blocks;
         i = next_data_block(fd, i + 1, nr_blocks)) {
        read_block(fd, n, i * EXT2_BLOCK_SIZE, data);
        if (!is_zero(data, sizeof(data)))
            add_block(map, i, data);
    }
    close(fd);
    set_size(map->inode, n->size);
}

/* A short target lies in the inode, in the place of the block numbers. */
static void
write_symlink(struct block_map *map, const struct node *n)
{
    size_t len = strlen(n->target);
    char data[EXT2_BLOCK_SIZE] = {0};

    if (len < EXT2_FAST_SYMLINK_MAX) {
        memcpy(map->inode->i_block, n->target, len);
    } else {
        memcpy(data, n->target, len);
        add_block(map, 0, data);
    }
    set_size(map->inode, len);
}

/* ---- Directories ---- */

static uint8_t
file_type(const struct node *n)
{
    switch (n->mode & EXT2_S_IFMT) {
    case EXT2_S_IFREG:
        return EXT2_FT_REG_FILE;
    case EXT2_S_IFDIR:
        return EXT2_FT_DIR;
    case EXT2_S_IFCHR:
        return EXT2_FT_CHRDEV;
    case EXT2_S_IFBLK:
        return EXT2_FT_BLKDEV;
    case EXT2_S_IFIFO:
        return EXT2_FT_FIFO;
    case EXT2_S_IFSOCK:
        return EXT2_FT_SOCK;
    case EXT2_S_IFLNK:
        return EXT2_FT_SYMLINK;
    default:
        return EXT2_FT_UNKNOWN;
    }
}

/* Let the last entry fill its block, and write the block. */
static void
dir_flush(struct dir_writer *w)
{
    w->last->rec_len += (uint16_t)(EXT2_BLOCK_SIZE - w->used);
    add_block(w->map, w->index++, w->data);
    memset(w->data, 0, sizeof(w->data));
    w->used = 0;
}

/* Add an entry; it never crosses from one block into the next. */
static void
dir_add(struct dir_writer *w, const char *name, uint32_t ino, uint8_t type)
{
    size_t len = strlen(name);
    size_t rec_len = EXT2_DIR_REC_LEN(len);

    if (w->used + rec_len > EXT2_BLOCK_SIZE)
        dir_flush(w);
    w->last = (struct ext2_dir_entry *)(w->data + w->used);
    w->last->inode = ino;
    w->last->rec_len = (uint16_t)rec_len;
    w->last->name_len = (uint8_t)len;
    w->last->file_type = type;
    memcpy(w->last->name, name, len);
    w->used += (uint32_t)rec_len;
}

/* Write all blocks of a directory; PARENT is the inode number of "..". */
static void
write_dir(struct block_map *map, const struct node *n, uint32_t parent)
{
    struct dir_writer w = {.map = map};

    dir_add(&w, ".", n->ino, EXT2_FT_DIR);
    dir_add(&w, "..", parent, EXT2_FT_DIR);
    for (size_t i = 0; i < n->nr_entries; i++) {
        const struct tree_entry *e = &n->entries[i];

        dir_add(&w, e->name, e->node->ino, file_type(e->node));
    }
    dir_flush(&w);
    while (w.index < n->min_blocks) {
        dir_add(&w, "", 0, EXT2_FT_UNKNOWN); /* one unused entry a block */
        dir_flush(&w);
    }
    set_size(map->inode, (uint64_t)w.index * EXT2_BLOCK_SIZE);
}

/* ---- Inodes ---- */

/* All four times are that of the last change: it is the one that is known. */
static void
set_times(struct ext2_inode *inode, const struct node *n)
{
    uint32_t low = (uint32_t)n->mtime;
    uint64_t above = (uint64_t)(n->mtime - (int32_t)low) >> 32;
    uint32_t extra =
        ((uint32_t)above & EXT2_EPOCH_MASK) | n->mtime_nsec << EXT2_EPOCH_BITS;

    inode->i_extra_isize = EXT2_EXTRA_ISIZE;
    inode->i_atime = inode->i_ctime = inode->i_mtime = inode->i_crtime = low;
    inode->i_atime_extra = inode->i_ctime_extra = extra;
    inode->i_mtime_extra = inode->i_crtime_extra = extra;
}

/* The number of a device, see include/stat.h. */
static void
set_device(struct ext2_inode *inode, const struct node *n)
{
    uint32_t dev =
        (n->minor & 0xff) | n->major << 8 | (n->minor & ~0xffu) << 12;

    inode->i_block[dev > UINT16_MAX] = dev;
}

void
write_contents(struct fs *fs, const struct node *n, uint32_t parent,
               struct ext2_inode *inode)
{
    struct block_map map = {.fs = fs, .inode = inode};

    *inode = (struct ext2_inode){
        .i_mode = n->mode,
        .i_links_count = (uint16_t)n->links,
    };
    set_times(inode, n);
    if (node_is(n, EXT2_S_IFREG))
        write_regular(&map, n);
    else if (node_is(n, EXT2_S_IFDIR))
        write_dir(&map, n, parent);
    else if (node_is(n, EXT2_S_IFLNK))
        write_symlink(&map, n);
    else if (node_is(n, EXT2_S_IFCHR) || node_is(n, EXT2_S_IFBLK))
        set_device(inode, n);
    finish_blocks(&map);
}
