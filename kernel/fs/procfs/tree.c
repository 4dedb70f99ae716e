/* SPDX-License-Identifier: MIT */
/*
 * tree.c - procfs as a file system: inodes, names, directories.
 *
 * An inode is a row of a table (proc.h), for a process together with its task,
 * for an open file with the descriptor too.  Inodes are not hashed: each
 * belongs to one dentry and is freed with it.
 *
 *   /proc            proc_root: its table, and a number for every process
 *   /proc/PID        proc_pid_dir
 *   /proc/PID/fd     a number for every descriptor
 *
 * Processes come and go.  So the names of a process and below it are not
 * cached: each walk looks them up anew, and finds the process as it is, with
 * the user that it has now.  Nor are names that do not exist.
 *
 * Invariants
 *   I1  The inode of a process holds the task, a few KB at most (its stack and
 *       memory went at exit), until the name is dropped from the dentry cache.
 *       So pids may be used again: nobody is shown a process he did not look
 *       up.
 *   I2  A task that is found unhashed (proc_gone) stays so.
 *
 * Locks: the VFS's; those of the tasks in next_number.
 *
 * See: Linux, Documentation/filesystems/proc.rst.
 */
#include "fs/procfs/proc.h"

#include "lib/format.h"

static const struct inode_operations ops, jump_ops;
static const struct file_operations dir_file_ops;

/* --- Inodes */

/*
 * Every name has a number of its own, and the same each time:
 *
 *       63        36 35        24 23       0
 *     +------------+-------------+----------+
 *     |    pid     |   fd + 1    | row + 1  |
 *     +------------+-------------+----------+
 *
 * Rows lie in the kernel's data, so their addresses make short numbers.
 */
static uint64_t
proc_ino(const struct proc_entry *e, pid_t pid, int fd)
{
    uint64_t row = (uint64_t)((const char *)e - _kernel_start) / sizeof(long);

    return (uint64_t)pid << 36 | (uint64_t)(fd + 1) << 24 | (row + 1);
}

/* => refs: consumes t (NULL: it is about no process); NULL: no memory */
static struct inode *
proc_new_inode(struct super_block *sb, const struct proc_entry *e,
               struct task *t, int fd)
{
    struct inode *inode = new_inode(sb);

    if (!inode) {
        put_task(t);
        return NULL;
    }
    proc_i(inode)->entry = e;
    proc_i(inode)->task = t;
    proc_i(inode)->fd = fd;
    if (t) { /* its files are its effective user's */
        inode->uid = t->cred.euid;
        inode->gid = t->cred.egid;
    }
    inode->ino = proc_ino(e, t ? t->pid : 0, fd);
    inode->mode = e->mode;
    inode->atime = inode->mtime = inode->ctime = current_time();
    inode->nlink = S_ISDIR(e->mode) ? 2 : 1;
    inode->op = e->target ? &jump_ops : &ops;
    inode->fop = S_ISDIR(e->mode) ? &dir_file_ops : &proc_file_ops;
    return inode;
}

static void
proc_free_inode(struct inode *inode)
{
    put_task(proc_i(inode)->task);
}

/* --- Names */

/* A row of the directory's table, or one of its numbers, written as usual. */
static int
proc_lookup(struct inode *dir, struct dentry *d)
{
    const struct proc_entry *e = proc_i(dir)->entry, *row = e->children;
    struct task *t = proc_i(dir)->task;
    uint64_t n = 0;
    int fd = -1;
    struct inode *inode;
    const char *end;

    if (proc_gone(t))
        return -ENOENT;
    while (row < e->children + e->nr_children && strcmp(row->name, d->name))
        row++;
    if (row == e->children + e->nr_children) {
        row = e->numbered;
        if (!row || parse_u64(d->name, &end, 10, &n) || *end || n > INT32_MAX ||
            (d->name[0] == '0' && d->name[1]) ||
            e->next_number(t, (int)n - 1) != (int)n)
            return -ENOENT;
        fd = t ? (int)n : -1; /* else a pid */
    }
    /* From here on it is about that process; it may have gone meanwhile. */
    if (t)
        get_task(t);
    else if (row == e->numbered && !(t = find_get_task((pid_t)n)))
        return -ENOENT;
    inode = proc_new_inode(dir->sb, row, t, fd);
    if (!inode)
        return -ENOMEM;
    if (!t)
        return d_add(d, inode);
    d->inode = inode; /* and is not cached */
    return 0;
}

/*
 * The table comes first, then the numbers.  A position is where to go on, so
 * names may come and go between two calls.
 */
static int
proc_iterate(struct file *f, struct dir_context *ctx)
{
    const struct proc_entry *e = proc_i(f->inode)->entry, *row;
    struct task *t = proc_i(f->inode)->task;
    off_t numbers = DIR_POS_NAMES + e->nr_children, max = INT32_MAX;
    pid_t pid = t ? t->pid : 0;
    char name[12];
    bool room;
    int n;

    if (proc_gone(t))
        return -ENOENT;
    room = dir_emit_dots(f, ctx);
    while (room && ctx->pos < numbers) {
        row = &e->children[ctx->pos - DIR_POS_NAMES];
        room = ctx->emit(ctx, row->name, (unsigned)strlen(row->name),
                         proc_ino(row, pid, -1), row->mode >> DT_SHIFT,
                         ctx->pos + 1);
    }
    row = e->numbered;
    while (room && row) {
        n = e->next_number(t, (int)MIN(ctx->pos - numbers, max) - 1);
        if (n < 0)
            break;
        room = ctx->emit(ctx, name,
                         (unsigned)snprintf(name, sizeof(name), "%d", n),
                         proc_ino(row, t ? pid : n, t ? n : -1),
                         row->mode >> DT_SHIFT, numbers + n + 1);
    }
    return 0;
}

/* --- Links */

/*
 * Jump to what a link leads to.  The right to it is looked at last, as in
 * get_subject().  => refs: *target is the caller's
 */
static int
proc_follow(struct inode *inode, struct dentry **target)
{
    const struct proc_inode *pi = proc_i(inode);
    int err = 0;

    *target = pi->entry->target(pi->task, pi->fd);
    if (!proc_may_inspect(pi->task))
        err = -EACCES;
    else if (!*target)
        err = -ENOENT;
    if (err)
        dput(*target);
    return err;
}

/* Its text, or the path of what it leads to. */
static ssize_t
proc_readlink(struct inode *inode, char *buf, size_t size)
{
    struct seq s = {.buf = buf, .size = size};
    struct dentry *d;
    int err = 0;

    if (proc_i(inode)->entry->show) {
        proc_i(inode)->entry->show(&s);
    } else if (!(err = proc_follow(inode, &d))) {
        if (d->parent == d && d != d->sb->root) /* it has no name */
            seq_printf(&s, "pipe:[%lu]", d->inode->ino);
        else
            seq_path(&s, d, "");
        dput(d);
    }
    if (err || s.overflow)
        return err ? err : -ENAMETOOLONG;
    buf[s.len] = '\0';
    return (ssize_t)s.len;
}

/* Each is called for what it is about only. */
#define COMMON_OPS .lookup = proc_lookup, .readlink = proc_readlink
static const struct inode_operations ops = {COMMON_OPS};
static const struct inode_operations jump_ops = {COMMON_OPS,
                                                 .follow = proc_follow};
static const struct file_operations dir_file_ops = {.iterate = proc_iterate};

/* --- The super block */

static int
fill_super(struct super_block *sb, const char *options __maybe_unused)
{
    struct inode *root = proc_new_inode(sb, &proc_root, NULL, -1);

    sb->max_bytes = INT64_MAX;
    sb->root = root ? d_alloc_root(root) : NULL;
    return sb->root ? 0 : -ENOMEM;
}

struct file_system_type proc_type = {
    .name = "proc",
    .magic = PROC_SUPER_MAGIC,
    .inode_size = sizeof(struct proc_inode),
    .cache_name = "proc_inode_cache",
    .fill_super = fill_super,
    .free_inode = proc_free_inode,
};
