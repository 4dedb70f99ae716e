/* SPDX-License-Identifier: MIT */
/* The path walk itself, for the name operations; see namei.c. */
#ifndef FS_NAMEI_H
#define FS_NAMEI_H

#include "fs/fs.h"

enum { MAX_SYMLINKS = 40 };

/*
 * A walk under way: `d` is where we are, `rest` what is still to go.  After
 * walk_to_parent(), `name` is the last component ("." and ".." included; len
 * 0: the path was "/" or the like and d is the result).
 */
struct walk {
    struct dentry *d; /* referenced */
    char *buf;        /* PATH_MAX bytes: the path, symlinks put in */
    char *rest;
    const char *name;
    unsigned len;
    bool trailing_slash;
    unsigned links; /* followed so far */
};

/* Start.  => 0 or -errno (-ENOENT: empty path); walk_end() in any case */
int walk_begin(struct walk *w, int dfd, const char *path);
void walk_end(struct walk *w);
/* Resolve all but the last component. */
int walk_to_parent(struct walk *w);
/*
 * The last component's dentry, positive or negative; no link is followed,
 * mounts are.  locked: the caller holds w->d's inode lock.  ERR_PTR
 */
struct dentry *walk_last(struct walk *w, bool locked);
/* Go on with the target of symlink `link`, found in w->d. */
int walk_follow(struct walk *w, struct dentry *link);

#endif
