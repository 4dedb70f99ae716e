/* SPDX-License-Identifier: MIT */
/*
 * tree.c: the tree of files that the root file system will hold.
 *
 * How: the host's directories named by -d are read one after the other into a
 * tree in memory; then the directories and device nodes of -m and -n are added.
 * A name that comes again replaces the earlier one, except that a directory
 * over a directory is merged. Only names and attributes are read here; the
 * contents of files are read when they are written into the image.
 *
 * Interface: tree_init(), tree_add_dir() for each tree, tree_make_dir() and
 * tree_make_device(), then tree_number().
 *
 * Invariants:
 *   I1  entries of a directory are sorted by name (as bytes), no name twice.
 *       So the image does not depend on the order of the host's directories.
 *   I2  all files belong to root, whoever owns them on the host.
 *   I3  after tree_number() the inode numbers in use are 2 and 11, 12, ...
 *       without a gap.
 *
 * The mode and time of a source tree's own top directory do not count: the
 * root directory is 0755 (or what -m says), as a tree is often put together in
 * a private temporary directory.
 *
 * Not done: extended attributes, access-control lists, owners.
 */
#define _GNU_SOURCE
#include "tree.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "image.h"
#include "include/ext2_fs.h"

enum {
    DIR_MODE = 0755,
    LOST_FOUND_MODE = 0700,
    LOST_FOUND_BLOCKS = 4, /* so that e2fsck need not allocate in a crisis */
    MAX_MAJOR = 0xfff,
    MAX_MINOR = 0xfffff,
};

/* A host inode with several names, and its node. */
struct hard_link {
    dev_t dev;
    ino_t ino;
    struct node *node;
};

static struct node *
new_node(const char *source, unsigned mode)
{
    struct node *n = xrealloc(NULL, sizeof(*n));

    *n = (struct node){.source = xstrdup(source), .mode = (uint16_t)mode};
    return n;
}

static struct node *
new_dir(const char *source, unsigned perm)
{
    struct node *n = new_node(source, EXT2_S_IFDIR | perm);

    n->made = true;
    return n;
}

/* The index of NAME in DIR, or where it belongs. */
static size_t
entry_index(const struct node *dir, const char *name)
{
    size_t low = 0, high = dir->nr_entries;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (strcmp(dir->entries[mid].name, name) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static struct node *
find_entry(const struct node *dir, const char *name)
{
    size_t i = entry_index(dir, name);

    if (i < dir->nr_entries && strcmp(dir->entries[i].name, name) == 0)
        return dir->entries[i].node;
    return NULL;
}

/* Let NAME in DIR be NODE, whatever it was before. */
static void
set_entry(struct node *dir, const char *name, struct node *node)
{
    size_t i = entry_index(dir, name);

    if (i == dir->nr_entries || strcmp(dir->entries[i].name, name) != 0) {
        size_t n = dir->nr_entries++;

        if (strlen(name) > EXT2_NAME_LEN)
            die("%s: name longer than %d bytes", node->source, EXT2_NAME_LEN);
        /* Room doubles: allocate when n is a power of two. */
        if ((n & (n - 1)) == 0)
            dir->entries =
                xrealloc(dir->entries, (n ? 2 * n : 1) * sizeof(*dir->entries));
        memmove(&dir->entries[i + 1], &dir->entries[i],
                (n - i) * sizeof(*dir->entries));
        dir->entries[i].name = xstrdup(name);
    }
    dir->entries[i].node = node;
}

void
tree_init(struct tree *t)
{
    struct node *lost_found = new_dir("/lost+found", LOST_FOUND_MODE);

    *t = (struct tree){.root = new_dir("/", DIR_MODE)};
    lost_found->min_blocks = LOST_FOUND_BLOCKS;
    set_entry(t->root, "lost+found", lost_found);
}

/* ---- The host's directories ---- */

static char *
read_link(const char *path)
{
    char target[PATH_MAX + 1];
    ssize_t n = readlink(path, target, sizeof(target));

    if (n < 0)
        die("%s: %s", path, strerror(errno));
    if ((size_t)n >= EXT2_BLOCK_SIZE)
        die("%s: the target of this symbolic link is longer than %u bytes",
            path, EXT2_BLOCK_SIZE - 1);
    target[n] = '\0';
    return xstrdup(target);
}

/* A node with the attributes of the host's file PATH, but for its entries. */
static struct node *
node_from_host(const char *path, const struct stat *st)
{
    struct node *n = new_node(path, st->st_mode & (EXT2_S_IFMT | EXT2_S_PERM));

    n->mtime = st->st_mtim.tv_sec;
    n->mtime_nsec = (uint32_t)st->st_mtim.tv_nsec;
    if (node_is(n, EXT2_S_IFLNK)) {
        n->target = read_link(path);
    } else if (node_is(n, EXT2_S_IFREG)) {
        n->size = (uint64_t)st->st_size;
        n->disk_size = (uint64_t)st->st_blocks * 512;
        if (n->disk_size > n->size)
            n->disk_size = n->size;
    } else if (node_is(n, EXT2_S_IFCHR) || node_is(n, EXT2_S_IFBLK)) {
        n->major = major(st->st_rdev);
        n->minor = minor(st->st_rdev);
    }
    return n;
}

static int
compare_hard_links(const void *a, const void *b)
{
    const struct hard_link *x = a, *y = b;

    if (x->dev != y->dev)
        return x->dev < y->dev ? -1 : 1;
    return x->ino < y->ino ? -1 : x->ino > y->ino;
}

/* The node of a host file that has several names, made when first met. */
static struct node *
hard_linked_node(struct tree *t, const char *path, const struct stat *st)
{
    struct hard_link *key = xrealloc(NULL, sizeof(*key));
    struct hard_link **found;

    *key = (struct hard_link){.dev = st->st_dev, .ino = st->st_ino};
    found = tsearch(key, &t->hard_links, compare_hard_links);
    if (!found)
        die("out of memory");
    if (*found == key)
        key->node = node_from_host(path, st);
    else
        free(key);
    return (*found)->node;
}

static void add_contents(struct tree *t, struct node *dir, const char *path);

/*
 * Add the host's PATH as NAME in DIR, and if it is a directory, all below it.
 * => a directory joins an earlier directory, anything else replaces what was
 *    there; only a file never replaces a directory, which is taken for a slip
 */
static void
add_file(struct tree *t, struct node *dir, const char *path, const char *name)
{
    struct node *old = find_entry(dir, name);
    struct node *n;
    struct stat st;

    if (lstat(path, &st) < 0)
        die("%s: %s", path, strerror(errno));

    if (S_ISDIR(st.st_mode) && old && node_is(old, EXT2_S_IFDIR)) {
        n = node_from_host(path, &st);
        n->entries = old->entries; /* merge: old entries, new attributes */
        n->nr_entries = old->nr_entries;
        n->min_blocks = old->min_blocks;
    } else if (old && node_is(old, EXT2_S_IFDIR)) {
        die("%s: an earlier tree has a directory here, %s", path, old->source);
    } else if (!S_ISDIR(st.st_mode) && st.st_nlink > 1) {
        n = hard_linked_node(t, path, &st);
    } else {
        n = node_from_host(path, &st);
    }
    set_entry(dir, name, n);
    if (node_is(n, EXT2_S_IFDIR))
        add_contents(t, n, path);
}

/* Add everything in the host's directory PATH to DIR. */
static void
add_contents(struct tree *t, struct node *dir, const char *path)
{
    DIR *d = opendir(path);
    struct dirent *e;
    char *child;

    if (!d)
        die("%s: %s", path, strerror(errno));
    for (;;) {
        errno = 0;
        e = readdir(d);
        if (!e)
            break;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (asprintf(&child, "%s/%s", path, e->d_name) < 0)
            die("out of memory");
        add_file(t, dir, child, e->d_name);
        free(child);
    }
    if (errno)
        die("%s: %s", path, strerror(errno));
    closedir(d);
}

void
tree_add_dir(struct tree *t, const char *dir)
{
    add_contents(t, t->root, dir);
}

/* ---- Directories and devices from the command line ---- */

/* The directory PATH, made with its parents where missing. Cuts PATH up. */
static struct node *
make_path(struct tree *t, char *path, const char *spec)
{
    struct node *dir = t->root;
    char *rest = path;
    char *name;

    while ((name = strtok_r(rest, "/", &rest))) {
        struct node *child = find_entry(dir, name);

        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
            die("%s: . and .. are not allowed here", spec);
        if (!child) {
            child = new_dir(spec, DIR_MODE);
            set_entry(dir, name, child);
        } else if (!node_is(child, EXT2_S_IFDIR)) {
            die("%s: %s is in the tree and is not a directory", spec, name);
        }
        dir = child;
    }
    return dir;
}

/* Cut the number after the last colon off TEXT. */
static uint32_t
cut_number(char *text, const char *spec, int base, unsigned long max)
{
    char *colon = strrchr(text, ':');
    unsigned long value;
    char *end;

    if (!colon)
        die("%s: a field is missing", spec);
    value = strtoul(colon + 1, &end, base);
    if (!isdigit((unsigned char)colon[1]) || *end || value > max)
        die("%s: '%s' is not a number up to %lu", spec, colon + 1, max);
    *colon = '\0';
    return (uint32_t)value;
}

void
tree_make_dir(struct tree *t, const char *spec)
{
    char *path = xstrdup(spec);
    uint32_t perm = cut_number(path, spec, 8, EXT2_S_PERM);
    struct node *dir = make_path(t, path, spec);

    dir->mode = (uint16_t)(EXT2_S_IFDIR | perm);
    free(path);
}

void
tree_make_device(struct tree *t, const char *spec)
{
    char *path = xstrdup(spec);
    uint32_t perm = cut_number(path, spec, 8, EXT2_S_PERM);
    uint32_t minor_nr = cut_number(path, spec, 10, MAX_MINOR);
    uint32_t major_nr = cut_number(path, spec, 10, MAX_MAJOR);
    char *colon = strrchr(path, ':');
    struct node *parent, *old, *n;
    char *name;
    bool block;

    if (!colon || (strcmp(colon, ":c") != 0 && strcmp(colon, ":b") != 0))
        die("%s: the type of a device must be c or b", spec);
    /* What is left of the text is the path: its last name, and its parents. */
    block = colon[1] == 'b';
    *colon = '\0';

    name = strrchr(path, '/');
    if (name)
        *name++ = '\0';
    else
        name = path;
    parent = name == path ? t->root : make_path(t, path, spec);
    if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        die("%s: the device has no name", spec);
    old = find_entry(parent, name);
    if (old && node_is(old, EXT2_S_IFDIR))
        die("%s: %s is in the tree and is a directory", spec, name);

    n = new_node(spec, (block ? EXT2_S_IFBLK : EXT2_S_IFCHR) | perm);
    n->made = true;
    n->major = major_nr;
    n->minor = minor_nr;
    set_entry(parent, name, n);
    free(path);
}

/* ---- Numbering ---- */

/* The time of the newest file becomes the time of what has none. */
static void
find_newest(struct tree *t, const struct node *dir)
{
    for (size_t i = 0; i < dir->nr_entries; i++) {
        const struct node *n = dir->entries[i].node;

        if (!n->made && n->mtime > t->time)
            t->time = n->mtime;
        if (node_is(n, EXT2_S_IFDIR))
            find_newest(t, n);
    }
}

static void
number_node(struct tree *t, struct node *n, uint32_t ino)
{
    n->ino = ino;
    if (node_is(n, EXT2_S_IFREG))
        t->bytes += n->disk_size;
    if (t->fixed_time || n->made) {
        n->mtime = t->time;
        n->mtime_nsec = 0;
    }
}

static void
count_link(struct node *n)
{
    if (++n->links > EXT2_LINK_MAX)
        die("%s: more than %d links or subdirectories", n->source,
            EXT2_LINK_MAX);
}

/* Number what is in DIR, then its subdirectories: neighbours lie together. */
static void
number_entries(struct tree *t, struct node *dir)
{
    count_link(dir); /* its "." */
    for (size_t i = 0; i < dir->nr_entries; i++) {
        struct node *n = dir->entries[i].node;

        if (!n->ino)
            number_node(t, n, ++t->nr_inodes);
        count_link(n);
        if (node_is(n, EXT2_S_IFDIR))
            count_link(dir); /* the ".." of a subdirectory */
    }
    for (size_t i = 0; i < dir->nr_entries; i++) {
        if (node_is(dir->entries[i].node, EXT2_S_IFDIR))
            number_entries(t, dir->entries[i].node);
    }
}

void
tree_number(struct tree *t)
{
    if (!t->fixed_time)
        find_newest(t, t->root);
    number_node(t, t->root, EXT2_ROOT_INO);
    number_node(t, find_entry(t->root, "lost+found"), EXT2_FIRST_INO);
    t->nr_inodes = EXT2_FIRST_INO;
    count_link(t->root); /* the root is its own parent */
    number_entries(t, t->root);
}
