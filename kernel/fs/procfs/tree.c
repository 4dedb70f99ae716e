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
 * whose pid is another's now, makes it look the name up anew; a process that
 * has changed its user gives its files a new owner.  Names that do not exist
 * are never cached.
 *
 * Where a name is about no process, the current task stands in for one, so
 * that there is always one to ask and to put.
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
#include "lib/err.h"
#include "lib/format.h"
#include "sched/task.h"

#define PROC_SUPER_MAGIC 0x9fa0

/* Positions in a directory: ".", "..", the table, then the numbers. */
enum { POS_TABLE = 2, POS_NUMBERS = 1 << 10, TYPE_SHIFT = 12 };

static const struct inode_operations dir_ops, file_ops, link_ops, jump_ops;
static const struct file_operations dir_file_ops;

struct task *
proc_get_task(const struct inode *inode)
{
    const struct proc_inode *pi = proc_i(inode);
    struct task *t;

    if (!pi->pid)
        return get_task(current);
    t = find_get_task(pi->pid);
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

/* Two words, read as they are. */
static void
set_owner(struct inode *inode, const struct task *t)
{
    inode->uid = t->cred.euid;
    inode->gid = t->cred.egid;
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

/* Sizes are not kept: `>` truncates before it writes. */
static int
proc_truncate(struct inode *inode, off_t size)
{
    (void)inode;
    (void)size;
    return 0;
}

/* --- Names */

/* Is n one of the directory's numbers? */
static bool
has_number(const struct proc_entry *dir, struct task *t, int n)
{
    return dir->next_number(t, n - 1) == n;
}

/* Does this cached name still mean the same?  And whose is it now? */
static bool
proc_revalidate(struct dentry *d)
{
    const struct proc_inode *pi = proc_i(d->inode);
    struct task *t = proc_get_task(d->inode);
    bool valid = true;

    if (!t)
        return false;
    if (pi->pid)
        set_owner(d->inode, t);
    if (pi->fd >= 0)
        valid = has_number(proc_i(d->parent->inode)->entry, t, pi->fd);
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

/*
 * A name of the table; else, where there are numbers, that of a process or of
 * one of its descriptors.  The task is only looked at here: the inode gets what
 * finds it again.
 */
static int
proc_lookup(struct inode *dir, struct dentry *d)
{
    const struct proc_inode *pi = proc_i(dir);
    const struct proc_entry *e = find_entry(pi->entry->children, d->name);
    struct task *t = proc_get_task(dir);
    struct inode *inode = NULL;
    bool of_process = pi->pid;
    int n = -1, err = -ENOENT;

    if (t && !e && pi->entry->numbered) {
        n = name_to_number(d);
        if (n >= 0 && has_number(pi->entry, t, n))
            e = pi->entry->numbered;
        if (e && !of_process) { /* the number is a process */
            put_task(t);
            t = find_get_task(n);
            of_process = true;
            n = -1;
        }
    }
    if (t && e) {
        inode = proc_new_inode(dir->sb, e, of_process ? t : NULL, n);
        err = inode ? 0 : -ENOMEM;
    }
    if (inode)
        d_instantiate(d, inode);
    if (t)
        put_task(t);
    return err;
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

/* The process's numbers, or those of all processes. */
static void
emit_numbers(struct dir_context *ctx, const struct proc_inode *dir,
             struct task *t)
{
    const struct proc_entry *e = dir->entry->numbered;
    off_t next = MIN(ctx->pos - POS_NUMBERS, (off_t)INT32_MAX);
    int n = (int)next - 1;
    char name[16];
    uint64_t ino;

    do {
        n = dir->entry->next_number(t, n);
        if (n < 0)
            break;
        snprintf(name, sizeof(name), "%d", n);
        ino = dir->pid ? proc_ino(e, dir->pid, n) : proc_ino(e, n, -1);
    } while (emit(ctx, name, ino, e->mode, POS_NUMBERS + n + 1));
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

/* The table first, then the numbers: their position says after which one. */
static int
proc_iterate(struct file *f, struct dir_context *ctx)
{
    struct task *t = proc_get_task(f->inode);

    if (!t)
        return -ENOENT;
    if (emit_table(f, ctx) && proc_i(f->inode)->entry->numbered)
        emit_numbers(ctx, proc_i(f->inode), t);
    put_task(t);
    return 0;
}

/* --- Links */

/* Jump to what a link leads to.  => refs: *target is the caller's */
static int
proc_follow(struct inode *inode, struct dentry **target)
{
    const struct proc_inode *pi = proc_i(inode);
    struct task *t = proc_get_task(inode);
    bool may = t && proc_may_inspect(t);

    *target = may ? pi->entry->target(t, pi->fd) : NULL;
    if (t)
        put_task(t);
    return *target ? 0 : t && !may ? -EACCES : -ENOENT;
}

/* Its text, or the path of what it leads to. */
static ssize_t
proc_readlink(struct inode *inode, char *buf, size_t size)
{
    const struct proc_entry *e = proc_i(inode)->entry;
    struct seq s = {.buf = buf, .size = size};
    struct dentry *d;

    if (e->show) {
        e->show(&s);
    } else {
        int err = proc_follow(inode, &d);

        if (err)
            return err;
        if (d->parent == d && d != d->sb->root) /* it has no name */
            seq_printf(&s, "pipe:[%lu]", d->inode->ino);
        else
            seq_path(&s, d, "");
        dput(d);
    }
    if (s.overflow)
        return -ENAMETOOLONG;
    buf[s.len] = '\0';
    return (ssize_t)s.len;
}

static const struct inode_operations dir_ops = {
    .lookup = proc_lookup,
};

static const struct inode_operations file_ops = {
    .truncate = proc_truncate,
};

static const struct inode_operations link_ops = {
    .readlink = proc_readlink,
};

static const struct inode_operations jump_ops = {
    .readlink = proc_readlink,
    .follow = proc_follow,
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
