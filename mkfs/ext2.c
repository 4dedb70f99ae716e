/* SPDX-License-Identifier: MIT */
/*
 * ext2.c: lays out an ext2 file system and writes its metadata.
 *
 * How: include/ext2_fs.h describes the disk. Since the whole tree is known
 * before the first block is written, allocation is one counter: next_block
 * walks up through the partition and steps over each group's superblock copy,
 * descriptors, bitmaps and inode table. Inode numbers were given in the same
 * way by tree_number(). So the bitmaps need not be kept: they follow from the
 * counters, and are written last. The contents of files are ext2_file.c's.
 *
 * Interface: ext2_make(); for ext2_file.c write_block() and alloc_block().
 *
 * Invariants:
 *   I1  blocks below next_block are in use, all others but the groups' own
 *       metadata are free.
 *   I2  inodes 1 .. tree->nr_inodes are in use, all others are free; 1 and
 *       3 .. 10 are reserved and stay zero.
 *
 * Not done: a journal (the kernel or tune2fs -j adds one), blocks reserved for
 * the superuser (none), room for growing (resize_inode), hashed directories.
 */
#include "ext2.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ext2_file.h"
#include "image.h"
#include "tree.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "the structures of the disk are written as they are");

enum {
    BYTES_PER_INODE = 16384,
    MIN_LAST_GROUP = 50, /* data blocks that make a short last group worth it */
    NEVER = 0xffff,      /* s_max_mnt_count */
};

void
write_block(const struct fs *fs, uint32_t block, const void *data)
{
    image_write(fs->options->offset + (uint64_t)block * EXT2_BLOCK_SIZE, data,
                EXT2_BLOCK_SIZE);
}

/* ---- Layout ---- */

static bool
is_power_of(uint32_t n, uint32_t base)
{
    while (n > 1 && n % base == 0)
        n /= base;
    return n == 1;
}

/* Does GROUP begin with a copy of the superblock (sparse_super)? */
static bool
has_super(uint32_t group)
{
    return group == 0 || is_power_of(group, 3) || is_power_of(group, 5) ||
           is_power_of(group, 7);
}

/* Blocks that GROUP needs for itself; they are its first ones. */
static uint32_t
group_overhead(const struct fs *fs, uint32_t group)
{
    uint32_t bitmaps = 2;

    /* The order on the disk: superblock, descriptors, bitmaps, inode table. */
    return (has_super(group) ? 1 + fs->desc_blocks : 0) + bitmaps +
           fs->table_blocks;
}

static uint32_t
group_start(uint32_t group)
{
    return group * EXT2_BLOCKS_PER_GROUP;
}

static uint32_t
group_size(const struct fs *fs, uint32_t group)
{
    uint32_t rest = fs->super.s_blocks_count - group_start(group);

    return rest < EXT2_BLOCKS_PER_GROUP ? rest : EXT2_BLOCKS_PER_GROUP;
}

/* How many inodes: what was asked for, and at least what the tree needs. */
static uint64_t
wanted_inodes(const struct fs *fs)
{
    uint64_t need = fs->tree->nr_inodes;
    uint64_t by_size =
        (uint64_t)fs->super.s_blocks_count * EXT2_BLOCK_SIZE / BYTES_PER_INODE;

    if (fs->options->inodes)
        return fs->options->inodes;
    need += need / 4; /* some to spare */
    return need > by_size ? need : by_size;
}

/* Divide BLOCKS into groups, each with its share of the inodes. */
static void
divide(struct fs *fs, uint32_t blocks)
{
    struct ext2_super_block *s = &fs->super;
    uint64_t inodes, per_group;

    s->s_blocks_count = blocks;
    fs->nr_groups = (uint32_t)(round_up(blocks, EXT2_BLOCKS_PER_GROUP) /
                               EXT2_BLOCKS_PER_GROUP);
    fs->desc_blocks = (uint32_t)(round_up(fs->nr_groups, EXT2_DESC_PER_BLOCK) /
                                 EXT2_DESC_PER_BLOCK);
    inodes = wanted_inodes(fs);
    per_group = round_up(round_up(inodes, fs->nr_groups) / fs->nr_groups,
                         EXT2_INODES_PER_BLOCK);
    if (per_group > 8 * EXT2_BLOCK_SIZE)
        die("%llu inodes do not fit into a root of %llu KB",
            (unsigned long long)inodes,
            (unsigned long long)blocks * KB_PER_BLOCK);
    s->s_inodes_per_group = (uint32_t)per_group;
    s->s_inodes_count = s->s_inodes_per_group * fs->nr_groups;
    fs->table_blocks = s->s_inodes_per_group / EXT2_INODES_PER_BLOCK;
}

/*
 * Decide the shape of the file system. A short last group that would hold
 * little but its own metadata is left out, as mke2fs does.
 * => dies when the partition cannot hold the metadata or the tree's inodes
 */
static void
layout(struct fs *fs)
{
    uint32_t blocks = (uint32_t)(fs->options->size / EXT2_BLOCK_SIZE);
    uint32_t last, need;

    if (blocks == 0)
        die("a root of %llu bytes is too small",
            (unsigned long long)fs->options->size);
    divide(fs, blocks);
    last = fs->nr_groups - 1;
    need = group_overhead(fs, last) + MIN_LAST_GROUP;
    if (last > 0 && group_size(fs, last) < need)
        divide(fs, group_start(last));

    need = group_overhead(fs, 0);
    if (group_size(fs, 0) <= need)
        die("a root of %u KB is too small: %u inodes and the other metadata "
            "take %u KB",
            blocks * KB_PER_BLOCK, fs->super.s_inodes_count,
            need * KB_PER_BLOCK);
    if (fs->tree->nr_inodes > fs->super.s_inodes_count)
        die("too few inodes: the tree needs %u, there are %u; use a larger -i",
            fs->tree->nr_inodes, fs->super.s_inodes_count);
}

/* ---- Allocation ---- */

/* Blocks of GROUP that are in use when those below NEXT are (I1). */
static uint32_t
group_used(const struct fs *fs, uint32_t group, uint32_t next)
{
    uint32_t start = group_start(group);
    uint32_t size = group_size(fs, group);
    uint32_t overhead = group_overhead(fs, group);

    if (next >= start + size)
        return size;
    return next > start + overhead ? next - start : overhead;
}

/* Free blocks of all groups when those below NEXT are in use. */
static uint32_t
free_blocks(const struct fs *fs, uint32_t next)
{
    uint32_t sum = 0;

    for (uint32_t g = 0; g < fs->nr_groups; g++)
        sum += group_size(fs, g) - group_used(fs, g, next);
    return sum;
}

/* Say which file did not fit, and how much room there was and should be. */
static void
die_no_space(const struct fs *fs)
{
    unsigned long long left =
        (unsigned long long)free_blocks(fs, fs->node_start) * KB_PER_BLOCK;
    unsigned long long need =
        round_up(fs->node->disk_size, EXT2_BLOCK_SIZE) / 1024;

    die("%s: no space: it needs about %llu KB, %llu KB are left; the root has "
        "%llu KB and all files take about %llu KB: use a larger -s",
        fs->node->source, need > left ? need : left + KB_PER_BLOCK, left,
        (unsigned long long)fs->super.s_blocks_count * KB_PER_BLOCK,
        (unsigned long long)fs->tree->bytes / 1024);
}

uint32_t
alloc_block(struct fs *fs, struct ext2_inode *inode)
{
    uint32_t group = fs->next_block / EXT2_BLOCKS_PER_GROUP;
    uint32_t first_data = group_start(group) + group_overhead(fs, group);

    if (fs->next_block < first_data)
        fs->next_block = first_data;
    if (fs->next_block >= fs->super.s_blocks_count)
        die_no_space(fs);
    inode->i_blocks += EXT2_SECTORS_PER_BLOCK;
    return fs->next_block++;
}

/* ---- Inodes ---- */

/* Put INODE into its place in the inode table of its group. */
static void
write_inode(const struct fs *fs, uint32_t ino, const struct ext2_inode *inode)
{
    uint32_t group = (ino - 1) / fs->super.s_inodes_per_group;
    uint32_t index = (ino - 1) % fs->super.s_inodes_per_group;
    uint64_t table =
        group_start(group) + group_overhead(fs, group) - fs->table_blocks;

    image_write(fs->options->offset + table * EXT2_BLOCK_SIZE +
                    (uint64_t)index * EXT2_INODE_SIZE,
                inode, sizeof(*inode));
}

/* Write one file: its blocks, then its inode, which says where they are. */
static void
write_node(struct fs *fs, struct node *n, uint32_t parent)
{
    struct ext2_inode inode;

    fs->node = n;
    fs->node_start = fs->next_block;
    write_contents(fs, n, parent, &inode);
    write_inode(fs, n->ino, &inode);
    n->written = true;
}

/* Write the directory DIR and all below it. */
static void
write_tree(struct fs *fs, struct node *dir, uint32_t parent)
{
    fs->dirs[(dir->ino - 1) / fs->super.s_inodes_per_group]++;
    write_node(fs, dir, parent);
    for (size_t i = 0; i < dir->nr_entries; i++) {
        struct node *n = dir->entries[i].node;

        if (!node_is(n, EXT2_S_IFDIR) && !n->written)
            write_node(fs, n, dir->ino);
    }
    for (size_t i = 0; i < dir->nr_entries; i++) {
        if (node_is(dir->entries[i].node, EXT2_S_IFDIR))
            write_tree(fs, dir->entries[i].node, dir->ino);
    }
}

/* ---- Bitmaps, descriptors, superblock ---- */

static void
set_bits(uint8_t *map, uint32_t from, uint32_t to)
{
    for (uint32_t bit = from; bit < to; bit++)
        map[bit / 8] |= (uint8_t)(1u << bit % 8);
}

/* Inodes of GROUP that are in use: numbers are given in order (I2). */
static uint32_t
group_used_inodes(const struct fs *fs, uint32_t group)
{
    uint32_t per_group = fs->super.s_inodes_per_group;
    uint32_t before = group * per_group;

    if (fs->tree->nr_inodes <= before)
        return 0;
    if (fs->tree->nr_inodes - before >= per_group)
        return per_group;
    return fs->tree->nr_inodes - before;
}

/* Write the bitmaps of GROUP and fill in its descriptor. */
static void
finish_group(struct fs *fs, uint32_t group, struct ext2_group_desc *desc)
{
    uint32_t per_group = fs->super.s_inodes_per_group;
    uint32_t blocks = group_used(fs, group, fs->next_block);
    uint32_t inodes = group_used_inodes(fs, group);
    uint8_t map[EXT2_BLOCK_SIZE];

    desc->bg_inode_table =
        group_start(group) + group_overhead(fs, group) - fs->table_blocks;
    desc->bg_inode_bitmap = desc->bg_inode_table - 1;
    desc->bg_block_bitmap = desc->bg_inode_table - 2;
    desc->bg_free_blocks_count = (uint16_t)(group_size(fs, group) - blocks);
    desc->bg_free_inodes_count = (uint16_t)(per_group - inodes);
    desc->bg_used_dirs_count = (uint16_t)fs->dirs[group];

    /* Bits that stand for nothing are set. */
    memset(map, 0, sizeof(map));
    set_bits(map, 0, blocks);
    set_bits(map, group_size(fs, group), 8 * EXT2_BLOCK_SIZE);
    write_block(fs, desc->bg_block_bitmap, map);
    memset(map, 0, sizeof(map));
    set_bits(map, 0, inodes);
    set_bits(map, per_group, 8 * EXT2_BLOCK_SIZE);
    write_block(fs, desc->bg_inode_bitmap, map);
}

/* Fill in what the layout has not yet decided of the superblock. */
static void
fill_super(struct fs *fs)
{
    struct ext2_super_block *s = &fs->super;
    uint32_t now = (uint32_t)fs->tree->time;

    s->s_free_blocks_count = free_blocks(fs, fs->next_block);
    s->s_free_inodes_count = s->s_inodes_count - fs->tree->nr_inodes;
    s->s_log_block_size = EXT2_LOG_BLOCK_SIZE;
    s->s_log_frag_size = EXT2_LOG_BLOCK_SIZE;
    s->s_blocks_per_group = EXT2_BLOCKS_PER_GROUP;
    s->s_frags_per_group = EXT2_BLOCKS_PER_GROUP;
    s->s_wtime = s->s_lastcheck = s->s_mkfs_time = now;
    s->s_max_mnt_count = NEVER;
    s->s_magic = EXT2_SUPER_MAGIC;
    s->s_state = EXT2_VALID_FS;
    s->s_errors = EXT2_ERRORS_CONTINUE;
    s->s_rev_level = EXT2_DYNAMIC_REV;
    s->s_first_ino = EXT2_FIRST_INO;
    s->s_inode_size = EXT2_INODE_SIZE;
    s->s_feature_incompat = EXT2_FEATURE_INCOMPAT_FILETYPE;
    s->s_feature_ro_compat =
        EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER | EXT2_FEATURE_RO_COMPAT_LARGE_FILE;
    s->s_min_extra_isize = s->s_want_extra_isize = EXT2_EXTRA_ISIZE;
    memcpy(s->s_uuid, fs->options->uuid, sizeof(s->s_uuid));
    memcpy(s->s_volume_name, fs->options->label, strlen(fs->options->label));
}

/* Write the superblock and the descriptors wherever a copy belongs. */
static void
write_supers(struct fs *fs, const struct ext2_group_desc *descs)
{
    for (uint32_t g = 0; g < fs->nr_groups; g++) {
        uint64_t start =
            fs->options->offset + (uint64_t)group_start(g) * EXT2_BLOCK_SIZE;

        if (!has_super(g))
            continue;
        fs->super.s_block_group_nr = (uint16_t)g;
        image_write(g ? start : start + EXT2_SUPER_OFFSET, &fs->super,
                    sizeof(fs->super));
        image_write(start + EXT2_BLOCK_SIZE, descs,
                    (size_t)fs->desc_blocks * EXT2_BLOCK_SIZE);
    }
}

void
ext2_make(const struct ext2_options *options, struct tree *tree)
{
    struct fs fs = {.options = options, .tree = tree};
    struct ext2_group_desc *descs;

    layout(&fs);
    fs.dirs = calloc(fs.nr_groups, sizeof(*fs.dirs));
    descs = calloc(fs.desc_blocks, EXT2_BLOCK_SIZE);
    if (!fs.dirs || !descs)
        die("out of memory");
    write_tree(&fs, tree->root, tree->root->ino);
    /* Only now is it known what is in use. */
    for (uint32_t g = 0; g < fs.nr_groups; g++)
        finish_group(&fs, g, &descs[g]);
    fill_super(&fs);
    write_supers(&fs, descs);
    free(descs);
    free(fs.dirs);
}
