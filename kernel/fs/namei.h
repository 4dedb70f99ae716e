/* SPDX-License-Identifier: MIT */
/* The path walk itself, for the name operations; see namei.c. */
#pragma once

#include "fs/fs.h"

/* What a component is.  LAST_NONE: the path was "/", or ended in a jump. */
enum walk_last { LAST_NONE, LAST_DOT, LAST_DOTDOT, LAST_NAME };

/* A walk under way: `d` is where we are, `rest` what is still to go. */
struct walk {
    struct dentry *d; /* referenced */
    const char *rest;
    char *buf;           /* kmalloc'ed: a link's target and the rest, or NULL */
    const char *name;    /* the last component cut off, */
    unsigned len;        /* its length, */
    enum walk_last last; /* and its kind */
    bool trailing_slash;
    unsigned links; /* followed so far */
};

/*
 * Start at dfd and resolve the path: all of it, so that w->d is what it names,
 * or with LOOKUP_PARENT all but the last component.
 * => path stays until walk_end(), which is due in any case
 */
int walk_begin(struct walk *w, int dfd, const char *path, unsigned flags);
/* The same from where w stands, after walk_follow(). */
int walk_on(struct walk *w, unsigned flags);
void walk_end(struct walk *w);
/* Step to next, giving up where we were.  => refs: consumes next */
void walk_step(struct walk *w, struct dentry *next);
/*
 * The dentry of the component cut off, positive or negative; no link is
 * followed, mounts are.  locked: the caller holds w->d's inode lock.  ERR_PTR
 */
struct dentry *walk_lookup(struct walk *w, bool locked);
/* Go on with the target of symlink `link`, found in w->d.  refs: consumes it */
int walk_follow(struct walk *w, struct dentry *link);
