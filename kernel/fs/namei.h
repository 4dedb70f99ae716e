/* SPDX-License-Identifier: MIT */
/* The path walk itself, for the calls that change names; see namei.c. */
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
    unsigned links;       /* followed so far */
    bool locked;          /* we hold the inode lock of d */
    struct dentry *child; /* what the last component names in d, referenced */
    umode_t create; /* make the last name so; 0: do not, or that is done */
};

/* Subclasses of the inode locks that are held together. */
enum { LOCK_PARENT, LOCK_PARENT2, LOCK_CHILD, LOCK_CHILD2 };

/*
 * Start at dfd and resolve the path: all of it, so that w->d is what it names,
 * or with LOOKUP_PARENT all but the last component.
 * => w is zero, or says what to create; path stays until walk_end(), which is
 *    due in any case
 */
int walk_begin(struct walk *w, int dfd, const char *path, unsigned flags);
/* Lock the directory w->d. */
void walk_lock(struct walk *w, unsigned subclass);
/* Look w->child up in w->d, which is locked; it may be negative. */
int walk_child(struct walk *w);
/* Unlock if it is locked; then drop what is held. */
void walk_unlock(struct walk *w);
void walk_end(struct walk *w);
