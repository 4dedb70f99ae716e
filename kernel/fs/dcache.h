/* SPDX-License-Identifier: MIT */
/* The dentry cache's calls that only the path walk needs; see dcache.c. */
#ifndef FS_DCACHE_H
#define FS_DCACHE_H

#include "fs/fs.h"

/* A dentry for a name, not yet findable: count 1.  NULL: no memory */
struct dentry *d_alloc(struct dentry *parent, const char *name, unsigned len);
/* Make it findable, positive or negative. */
void d_add(struct dentry *d);
/* => refs: the caller's; NULL: not cached */
struct dentry *d_lookup(struct dentry *parent, const char *name, unsigned len);
/* Is ancestor d itself or above it (in one file system)? */
bool d_is_ancestor(struct dentry *ancestor, struct dentry *d);
/* Drop the names of a directory that was removed. => its inode's lock held */
void d_forget_children(struct dentry *d);
void d_set_mounted(struct dentry *d, struct super_block *sb);
/* The root of what is mounted on d.  => refs: the caller's; NULL: nothing */
struct dentry *d_mounted_root(struct dentry *d);
struct dentry *d_parent(struct dentry *d); /* => refs: the caller's */

#endif
