/* SPDX-License-Identifier: MIT */
/*
 * mkfs.c: builds a disk image: partition table, ext2 root, swap area.
 *
 *     sector 0      the partition table (MBR)
 *     1 MiB         partition 1, type 0x83: ext2, filled from directory trees
 *     then          partition 2, type 0x82: swap with Linux's header (or none)
 *
 * Partitions begin and end at whole MiB. This file reads the command line and
 * writes all but the ext2 file system; ext2.c writes that, from the tree that
 * tree.c gathered; image.c is the file they write to.
 *
 * The same input gives the same image, byte for byte: the UUIDs are a hash of
 * the label, the sizes and -t, the times are those of the files or that of -t,
 * and nothing depends on the order of the host's directories. Without -t the
 * time of the file system is that of its newest file.
 *
 * An error prints one line and exits with 1, and leaves IMAGE as it was.
 *
 * See: include/mbr.h, include/ext2_fs.h, include/swap_hdr.h.
 */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ext2.h"
#include "image.h"
#include "include/ext2_fs.h"
#include "include/mbr.h"
#include "include/swap_hdr.h"
#include "tree.h"

enum {
    MIB = 1 << 20,
    ALIGNMENT = MIB, /* of partitions */
    DEFAULT_SIZE = 64 * MIB,
    MIN_SWAP_PAGES = 10, /* as mkswap wants it */
    HEADS = 255,         /* the geometry everybody assumes for CHS */
    TRACK_SECTORS = 63,
    MAX_CYLINDER = 1023,
    LABEL_LEN = 16,
};

struct options {
    uint64_t root_size;
    uint64_t swap_size;
    uint32_t inodes;
    const char *label;
    const char *image;
    struct tree tree;
    const char **dirs; /* arguments of -d, -m, -n, in their order */
    const char **made;
    const char **devices;
    size_t nr_dirs, nr_made, nr_devices;
};

static const char usage[] =
    "usage: mkfs [option]... -o IMAGE\n"
    "  -o IMAGE  the disk image to write\n"
    "  -d DIR    copy this tree into the root (later ones over earlier)\n"
    "  -m PATH:MODE\n"
    "            make an empty directory, or set the mode of one\n"
    "  -n PATH:c|b:MAJOR:MINOR:MODE\n"
    "            make a device node\n"
    "  -s SIZE   size of the root (64M); K, M, G or T may follow a number\n"
    "  -w SIZE   size of the swap area (64M); 0: none\n"
    "  -i N      at least N inodes (one per 16 KB)\n"
    "  -L LABEL  volume label of the root (folio)\n"
    "  -t EPOCH  give every file this time, in seconds since 1970\n";

/* ---- Command line ---- */

static unsigned long long
parse_number(const char *text, char **end)
{
    unsigned long long value;

    errno = 0;
    value = strtoull(text, end, 10); /* which would take a sign or blanks */
    if (!isdigit((unsigned char)*text) || errno)
        die("'%s' is not a number", text);
    return value;
}

/* A size in bytes: a number and perhaps a unit. */
static uint64_t
parse_size(const char *text)
{
    static const char units[] = "KMGT";
    char *end;
    unsigned long long value = parse_number(text, &end);
    const char *unit;
    int shift;

    if (!*end)
        return value;
    unit = strchr(units, *end);
    if (!unit || end[1])
        die("'%s' is not a size; write for example 64M", text);
    shift = 10 * (int)(unit - units + 1);
    if (value > UINT64_MAX >> shift)
        die("'%s' is too large", text);
    return value << shift;
}

/* A number without a unit. */
static uint64_t
parse_plain(const char *text, uint64_t max)
{
    char *end;
    unsigned long long value = parse_number(text, &end);

    if (*end || value > max)
        die("'%s' is not a number up to %llu", text, (unsigned long long)max);
    return value;
}

static void
parse_option(struct options *o, int option, const char *arg)
{
    switch (option) {
    case 's':
        o->root_size = parse_size(arg);
        break;
    case 'w':
        o->swap_size = parse_size(arg);
        break;
    case 'i':
        o->inodes = (uint32_t)parse_plain(arg, UINT32_MAX);
        break;
    case 'L':
        o->label = arg;
        break;
    case 't':
        o->tree.fixed_time = true;
        o->tree.time = (int64_t)parse_plain(arg, UINT32_MAX);
        break;
    case 'o':
        o->image = arg;
        break;
    case 'd':
        o->dirs[o->nr_dirs++] = arg;
        break;
    case 'm':
        o->made[o->nr_made++] = arg;
        break;
    case 'n':
        o->devices[o->nr_devices++] = arg;
        break;
    default:
        fputs(usage, stderr);
        exit(1);
    }
}

static void
parse_options(struct options *o, int argc, char **argv)
{
    size_t room = (size_t)argc * sizeof(char *);
    int option;

    *o = (struct options){
        .root_size = DEFAULT_SIZE,
        .swap_size = DEFAULT_SIZE,
        .label = "folio",
        .dirs = xrealloc(NULL, room),
        .made = xrealloc(NULL, room),
        .devices = xrealloc(NULL, room),
    };
    tree_init(&o->tree);
    while ((option = getopt(argc, argv, "o:d:m:n:s:w:i:L:t:h")) != -1) {
        if (option == 'h') {
            fputs(usage, stdout);
            exit(0);
        }
        parse_option(o, option, optarg);
    }
    if (optind < argc)
        die("'%s' is not an option", argv[optind]);
    if (!o->image)
        die("-o IMAGE is missing");
    if (strlen(o->label) > LABEL_LEN)
        die("label '%s' is longer than %d bytes", o->label, LABEL_LEN);
}

/* Trees first: -m and -n add to what they brought, wherever they stand. */
static void
gather_tree(struct options *o)
{
    for (size_t i = 0; i < o->nr_dirs; i++)
        tree_add_dir(&o->tree, o->dirs[i]);
    for (size_t i = 0; i < o->nr_made; i++)
        tree_make_dir(&o->tree, o->made[i]);
    for (size_t i = 0; i < o->nr_devices; i++)
        tree_make_device(&o->tree, o->devices[i]);
    tree_number(&o->tree);
}

/* ---- UUIDs ---- */

static uint64_t
hash(uint64_t h, const void *data, size_t len)
{
    const uint8_t *p = data;

    for (size_t i = 0; i < len; i++) /* FNV-1a */
        h = (h ^ p[i]) * 0x100000001b3ull;
    return h;
}

/* A UUID of the form of random ones (version 4), from a hash. */
static void
make_uuid(const struct options *o, const char *what, uint8_t uuid[16])
{
    uint64_t h = 0xcbf29ce484222325ull;

    h = hash(h, what, strlen(what));
    h = hash(h, o->label, strlen(o->label));
    h = hash(h, &o->root_size, sizeof(o->root_size));
    h = hash(h, &o->swap_size, sizeof(o->swap_size));
    if (o->tree.fixed_time)
        h = hash(h, &o->tree.time, sizeof(o->tree.time));
    for (int i = 0; i < 16; i++) {
        h = hash(h, &i, sizeof(i));
        uuid[i] = (uint8_t)(h >> 32);
    }
    uuid[6] = (uuid[6] & 0x0f) | 0x40;
    uuid[8] = (uuid[8] & 0x3f) | 0x80;
}

/* ---- Partitions ---- */

static uint64_t
align(uint64_t n)
{
    return (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Say SECTOR as cylinder, head and sector, for those who still look. */
static void
set_chs(uint8_t chs[3], uint64_t sector)
{
    uint64_t cylinder = sector / (HEADS * TRACK_SECTORS);
    uint64_t in_cylinder = sector % (HEADS * TRACK_SECTORS);

    if (cylinder > MAX_CYLINDER) { /* out of reach: the largest values */
        cylinder = MAX_CYLINDER;
        in_cylinder = HEADS * TRACK_SECTORS - 1;
    }
    chs[0] = (uint8_t)(in_cylinder / TRACK_SECTORS);
    chs[1] = (uint8_t)(in_cylinder % TRACK_SECTORS + 1) |
             (uint8_t)(cylinder >> 8 << 6);
    chs[2] = (uint8_t)cylinder;
}

static void
set_partition(struct mbr_partition *p, uint8_t type, uint64_t start,
              uint64_t size)
{
    p->type = type;
    p->start_sector = (uint32_t)(start / MBR_SECTOR_SIZE);
    p->nr_sectors = (uint32_t)(size / MBR_SECTOR_SIZE);
    set_chs(p->first_chs, p->start_sector);
    set_chs(p->last_chs, (uint64_t)p->start_sector + p->nr_sectors - 1);
}

/* The header makes a swap area; its pages need nothing. */
static void
write_swap(const struct options *o, uint64_t start)
{
    static struct swap_header header;

    header.version = SWAP_VERSION;
    header.last_page = (uint32_t)(o->swap_size / SWAP_PAGE_SIZE - 1);
    make_uuid(o, "swap", header.uuid);
    strncpy(header.volume_name, "swap", sizeof(header.volume_name));
    memcpy(header.magic, SWAP_MAGIC, sizeof(header.magic));
    image_write(start, &header, sizeof(header));
}

static void
write_mbr(const struct options *o, uint64_t root_start, uint64_t swap_start)
{
    struct mbr mbr = {.signature = MBR_SIGNATURE};
    uint8_t uuid[16];

    make_uuid(o, "disk", uuid);
    memcpy(&mbr.disk_id, uuid, sizeof(mbr.disk_id));
    set_partition(&mbr.part[0], MBR_TYPE_LINUX, root_start, o->root_size);
    if (o->swap_size)
        set_partition(&mbr.part[1], MBR_TYPE_LINUX_SWAP, swap_start,
                      o->swap_size);
    image_write(0, &mbr, sizeof(mbr));
}

/* Sector numbers have 32 bits, so a disk ends at 2 TiB. */
static void
check_sizes(const struct options *o)
{
    const uint64_t max = (uint64_t)UINT32_MAX * MBR_SECTOR_SIZE - 4 * MIB;

    if (o->root_size > max || o->swap_size > max - o->root_size)
        die("root and swap together are larger than the 2 TiB of an MBR");
    if (o->swap_size && o->swap_size < MIN_SWAP_PAGES * SWAP_PAGE_SIZE)
        die("a swap area of %llu bytes is too small: use at least %u KB, or 0",
            (unsigned long long)o->swap_size,
            MIN_SWAP_PAGES * SWAP_PAGE_SIZE / 1024);
}

int
main(int argc, char **argv)
{
    static struct options o;
    uint64_t root_start = ALIGNMENT;
    uint64_t swap_start;
    struct ext2_options root;

    parse_options(&o, argc, argv);
    check_sizes(&o);
    o.root_size = align(o.root_size);
    o.swap_size = align(o.swap_size);
    swap_start = root_start + o.root_size;
    gather_tree(&o);

    image_create(o.image);
    root = (struct ext2_options){
        .offset = root_start,
        .size = o.root_size,
        .inodes = o.inodes,
        .label = o.label,
    };
    make_uuid(&o, "root", root.uuid);
    ext2_make(&root, &o.tree);
    if (o.swap_size)
        write_swap(&o, swap_start);
    write_mbr(&o, root_start, swap_start);
    image_finish(swap_start + o.swap_size);
    return 0;
}
