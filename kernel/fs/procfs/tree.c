/* SPDX-License-Identifier: MIT */
/*
 * tree.c - procfs as a file system: inodes, names, directories.
 *
 * An inode is a row of a table (proc.h), for a process together with its pid
 * and start time, for an open file with the descriptor too.  Inodes are not
 * hashed: each belongs to one dentry and is freed with it.
 *
 *   /proc            proc_root: its table, and a number for every process
 *   /proc/PID        proc_pid_entries
 *   /proc/PID/fd     a number for every descriptor
 *
 * Processes come and go while their names are cached.  So the path walk asks
 * proc_revalidate() before it uses a cached name: a process that has gone, or
 * whose pid is another's now, makes it look the name up anew.  Names that do
 * not exist are never cached.
 *
 * Invariants: every use of an inode for a process finds the task by pid AND
 * start time, so nobody is shown a process he did not look up.
 *
 * Locks: the VFS's.  No reference on a task is kept between calls.
 *
 * See: Linux, Documentation/filesystems/proc.rst.
 */
#include "fs/procfs/procfs.h"

#include "fs/procfs/proc.h"
#include "include/dirent.h"
#include "include/errno.h"
#include "lib/err.h"
#include "lib/format.h"
#include "lib/string.h"
#include "sched/task.h"
#include "sched/timer.h"

#define PROC_SUPER_MAGIC 0x9fa0

/* Positions in a directory: ".", "..", the table, then the numbers. */
enum { POS_TABLE = 2, POS_NUMBERS = 1 << 10, TYPE_SHIFT = 12 };

static const struct inode_operations dir_ops, file_ops, link_ops, jump_ops;
static const struct file_operations dir_file_ops;

struct task *
proc_get_task(const struct inode *inode)
{
    const struct proc_inode *pi = proc_i(inode);
    struct task *t = find_get_task(pi->pid);

    if (t && t->start_time != pi->start_time) {
        put_task(t);
        t = NULL;
    }
    return t;
}

/* --- Inodes */

/* Rows lie in the kernel's data, so their addresses make short numbers. */
static uint64_t
proc_ino(const struct proc_entry *e, pid_t pid, int fd)
{
    uint64_t row = (uint64_t)((const char *)e - _kernel_start) / sizeof(long);

    return (uint64_t)pid << 36 | (uint64_t)(fd + 1) << 24 | (row + 1);
}

static void
set_owner(struct inode *inode, struct task *t)
{
    spin_lock(&t->lock);
    inode->uid = t->cred.euid;
    inode->gid = t->cred.egid;
    spin_unlock(&t->lock);
}

/* => NULL: no memory; t: NULL if it is about no process */
static struct inode *
proc_new_inode(struct super_block *sb, const struct proc_entry *e,
               struct task *t, int fd)
{
    struct inode *inode = new_inode(sb);

    if (!inode)
        return NULL;
    proc_i(inode)->entry = e;
    proc_i(inode)->fd = fd;
    if (t) {
        proc_i(inode)->pid = t->pid;
        proc_i(inode)->start_time = t->start_time;
        set_owner(inode, t);
    }
    inode->ino = proc_ino(e, proc_i(inode)->pid, fd);
    inode->mode = e->mode;
    inode->atime = inode->mtime = inode->ctime = current_time();
    if (S_ISDIR(e->mode)) {
        inode->nlink = 2;
        inode->op = &dir_ops;
        inode->fop = &dir_file_ops;
    } else if (S_ISLNK(e->mode)) {
        inode->op = e->target ? &jump_ops : &link_ops;
    } else {
        inode->op = &file_ops;
        inode->fop = &proc_file_ops;
    }
    return inode;
}

static void
proc_getattr(struct inode *inode)
{
    struct task *t = proc_i(inode)->pid ? proc_get_task(inode) : NULL;

    if (!t)
        return;
    set_owner(inode, t);
    put_task(t);
}

/* Sizes are not kept: `>` truncates before it writes. */
static int
proc_truncate(struct inode *inode, off_t size)
{
    (void)inode;
    (void)size;
    return 0;
}

/* --- Names */

static bool
fd_is_open(struct task *t, int fd)
{
    return task_next_fd(t, fd - 1) == fd;
}

static bool
proc_revalidate(struct dentry *d)
{
    const struct proc_inode *pi = proc_i(d->inode);
    struct task *t;
    bool valid;

    if (!pi->pid)
        return true;
    t = proc_get_task(d->inode);
    if (!t)
        return false;
    set_owner(d->inode, t);
    valid = pi->fd < 0 || fd_is_open(t, pi->fd);
    put_task(t);
    return valid;
}

/* => a number without leading zeros, or -1 */
static int
name_to_number(const struct dentry *d)
{
    const char *end;
    uint64_t n;

    if ((d->name[0] == '0' && d->name_len > 1) ||
        parse_u64(d->name, &end, 10, &n) || *end || n > INT32_MAX)
        return -1;
    return (int)n;
}

static const struct proc_entry *
find_entry(const struct proc_entry *e, const char *name)
{
    for (; e && e->name; e++)
        if (strcmp(e->name, name) == 0)
            return e;
    return NULL;
}

/* Bind d to a new inode.  => refs: drops t's */
static int
bind(struct inode *dir, struct dentry *d, const struct proc_entry *e,
     struct task *t, int fd)
{
    struct inode *inode = proc_new_inode(dir->sb, e, t, fd);

    if (t)
        put_task(t);
    if (!inode)
        return -ENOMEM;
    d_instantiate(d, inode);
    return 0;
}

static int
proc_lookup(struct inode *dir, struct dentry *d)
{
    const struct proc_inode *pi = proc_i(dir);
    const struct proc_entry *e = find_entry(pi->entry->children, d->name);
    struct task *t = NULL;
    int n;

    if (pi->pid) {
        t = proc_get_task(dir);
        if (!t)
            return -ENOENT;
    }
    if (e)
        return bind(dir, d, e, t, -1);
    n = pi->entry->numbered ? name_to_number(d) : -1;
    if (!pi->pid && n > 0) {
        t = find_get_task(n);
        if (t)
            return bind(dir, d, pi->entry->numbered, t, -1);
    } else if (pi->pid && n >= 0 && fd_is_open(t, n)) {
        return bind(dir, d, pi->entry->numbered, t, n);
    }
    if (t)
        put_task(t);
    return -ENOENT;
}

/* --- Directories */

static bool
emit(struct dir_context *ctx, const char *name, uint64_t ino, umode_t mode,
     off_t next)
{
    if (!ctx->emit(ctx, name, (unsigned)strlen(name), ino, mode >> TYPE_SHIFT,
                   next))
        return false;
    ctx->pos = next;
    return true;
}

static bool
emit_number(struct dir_context *ctx, const struct proc_entry *e, pid_t pid,
            int fd)
{
    int n = fd < 0 ? pid : fd;
    char name[16];

    snprintf(name, sizeof(name), "%d", n);
    return emit(ctx, name, proc_ino(e, pid, fd), e->mode, POS_NUMBERS + n + 1);
}

static void
emit_processes(struct dir_context *ctx, const struct proc_entry *e)
{
    bool room = true;

    while (room) {
        off_t next = MIN(ctx->pos - POS_NUMBERS, (off_t)INT32_MAX);
        struct task *t = next_task_after((pid_t)MAX(next - 1, (off_t)0));

        if (!t)
            break;
        room = emit_number(ctx, e, t->pid, -1);
        put_task(t);
    }
}

static void
emit_descriptors(struct dir_context *ctx, const struct proc_entry *e,
                 struct task *t)
{
    int fd;

    do {
        off_t next = MIN(ctx->pos - POS_NUMBERS, (off_t)FD_MAX);

        fd = task_next_fd(t, (int)next - 1);
    } while (fd >= 0 && emit_number(ctx, e, t->pid, fd));
}

/* The two dots and the table.  => false: the buffer is full */
static bool
emit_table(struct file *f, struct dir_context *ctx)
{
    const struct proc_inode *pi = proc_i(f->inode);
    const struct proc_entry *e = pi->entry->children;
    uint64_t parent = f->dentry->parent->inode->ino;

    if (ctx->pos == 0 && !emit(ctx, ".", f->inode->ino, S_IFDIR, 1))
        return false;
    if (ctx->pos == 1 && !emit(ctx, "..", parent, S_IFDIR, POS_TABLE))
        return false;
    for (off_t i = POS_TABLE; e && e->name; e++, i++)
        if (i == ctx->pos &&
            !emit(ctx, e->name, proc_ino(e, pi->pid, -1), e->mode, i + 1))
            return false;
    ctx->pos = MAX(ctx->pos, (off_t)POS_NUMBERS);
    return true;
}

static int
proc_iterate(struct file *f, struct dir_context *ctx)
{
    const struct proc_inode *pi = proc_i(f->inode);
    const struct proc_entry *numbered = pi->entry->numbered;
    struct task *t = NULL;

    if (pi->pid) {
        t = proc_get_task(f->inode);
        if (!t)
            return -ENOENT;
    }
    if (emit_table(f, ctx) && numbered) {
        if (t)
            emit_descriptors(ctx, numbered, t);
        else
            emit_processes(ctx, numbered);
    }
    if (t)
        put_task(t);
    return 0;
}

/* --- Links */

static int
proc_follow(struct inode *inode, struct dentry **target)
{
    const struct proc_inode *pi = proc_i(inode);
    struct task *t = proc_get_task(inode);
    int err;

    if (!t)
        return -ENOENT;
    err = proc_may_inspect(t) ? pi->entry->target(t, pi->fd, target) : -EACCES;
    put_task(t);
    return err;
}

/* The path of what the link leads to. */
static ssize_t
proc_readlink_jump(struct inode *inode, char *buf, size_t size)
{
    struct dentry *d;
    ssize_t n = proc_follow(inode, &d);
    char *path;

    if (n < 0)
        return n;
    if (d->parent == d && d != d->sb->root) { /* it has no name */
        n = scnprintf(buf, size, "pipe:[%lu]", d->inode->ino);
    } else {
        path = d_path(d, buf, size);
        n = IS_ERR(path) ? PTR_ERR(path) : (ssize_t)strlen(path);
        if (n > 0)
            memmove(buf, path, (size_t)n + 1);
    }
    dput(d);
    return n;
}

/* A link that is text. */
static ssize_t
proc_readlink(struct inode *inode, char *buf, size_t size)
{
    struct seq s = {.buf = buf, .size = size};
    int err = proc_i(inode)->entry->show(&s);

    return err ? err : (ssize_t)s.len;
}

static const struct inode_operations dir_ops = {
    .lookup = proc_lookup,
    .getattr = proc_getattr,
};

static const struct inode_operations file_ops = {
    .truncate = proc_truncate,
    .getattr = proc_getattr,
};

static const struct inode_operations link_ops = {
    .readlink = proc_readlink,
};

static const struct inode_operations jump_ops = {
    .readlink = proc_readlink_jump,
    .follow = proc_follow,
    .getattr = proc_getattr,
};

static const struct file_operations dir_file_ops = {
    .iterate = proc_iterate,
};

/* --- The super block */

static int
fill_super(struct super_block *sb, const char *options)
{
    struct inode *root = proc_new_inode(sb, &proc_root, NULL, -1);

    (void)options;
    sb->max_bytes = INT64_MAX;
    sb->root = root ? d_alloc_root(root) : NULL;
    return sb->root ? 0 : -ENOMEM;
}

static const struct super_ops super_ops = {
    .d_revalidate = proc_revalidate,
};

static struct file_system_type proc_type = {
    .name = "proc",
    .magic = PROC_SUPER_MAGIC,
    .inode_size = sizeof(struct proc_inode),
    .cache_name = "proc_inode_cache",
    .ops = &super_ops,
    .fill_super = fill_super,
};

void
procfs_init(void)
{
    register_filesystem(&proc_type);
}
