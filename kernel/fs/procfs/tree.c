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
 * Processes come and go.  So the names of a process and below it are not
 * cached: each walk looks them up anew, and finds the process as it is, with
 * the user that it has now.  Nor are names that do not exist.
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
#include "fs/procfs/proc.h"

#include "lib/err.h"
#include "lib/format.h"
#include "sched/task.h"

#define PROC_SUPER_MAGIC 0x9fa0

/* Positions in a directory: ".", "..", the table, then the numbers. */
enum { POS_TABLE = 2, POS_NUMBERS = 1 << 10, TYPE_SHIFT = 12 };

static const struct inode_operations ops, jump_ops;
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

/* The files of a process are its effective user's.  Two words, read as are. */
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
    inode->nlink = S_ISDIR(e->mode) ? 2 : 1;
    inode->op = e->link ? &jump_ops : &ops;
    inode->fop = S_ISDIR(e->mode) ? &dir_file_ops : &proc_file_ops;
    return inode;
}

/* Sizes are not kept: `>` truncates before it writes. */
static int
proc_truncate(struct inode *inode __maybe_unused, off_t size __maybe_unused)
{
    return 0;
}

/* --- Names */

/* A name in a directory, and what its inode is about. */
struct child {
    const struct proc_entry *entry;
    const char *name;
    char digits[12];
    pid_t pid;
    int fd;
    off_t next; /* where the names behind it begin */
};

/*
 * The first name of the directory at or behind pos: the rows of its table, then
 * its numbers, each at POS_NUMBERS + number.  => false: there is none
 */
static bool
next_child(const struct proc_inode *dir, struct task *t, off_t pos,
           struct child *c)
{
    const struct proc_entry *e = dir->entry->children;
    off_t i = POS_TABLE;
    int n;

    *c = (struct child){.name = c->digits, .pid = dir->pid, .fd = -1};
    for (; e && e->name && i < pos; i++)
        e++;
    if (e && e->name && pos < POS_NUMBERS) {
        c->entry = e;
        c->name = e->name;
        c->next = i + 1;
        return true;
    }
    /* Behind the table: a descriptor where there is a process, else a pid. */
    c->entry = dir->entry->numbered;
    pos = MIN(MAX(pos - POS_NUMBERS, (off_t)0), (off_t)INT32_MAX);
    n = c->entry ? dir->entry->next_number(t, (int)pos - 1) : -1;
    *(dir->pid ? &c->fd : &c->pid) = n;
    c->next = (off_t)POS_NUMBERS + n + 1;
    snprintf(c->digits, sizeof(c->digits), "%d", n);
    return n >= 0;
}

/*
 * What the name is in the directory.  The task is only looked at here: the
 * inode gets what finds it again.
 */
static int
proc_lookup(struct inode *dir, struct dentry *d)
{
    struct task *t = proc_get_task(dir);
    struct inode *inode = NULL;
    struct child c = {.next = POS_TABLE, .pid = -1};
    int err = -ENOENT;
    bool found = false;
    const char *end;
    uint64_t number;

    if (!t)
        return -ENOENT;
    if (!parse_u64(d->name, &end, 10, &number) && number <= INT32_MAX)
        c.next = (off_t)(POS_NUMBERS + number);
    while (!found && next_child(proc_i(dir), t, c.next, &c)) {
        found = strcmp(c.name, d->name) == 0;
        if (c.name == c.digits)
            break; /* it is this number or none */
    }
    /* From here on it is about that process; it may have gone meanwhile. */
    if (found && c.pid != proc_i(dir)->pid) {
        put_task(t);
        t = find_get_task(c.pid);
    }
    if (found && t) {
        inode = proc_new_inode(dir->sb, c.entry, c.pid ? t : NULL, c.fd);
        err = inode ? 0 : -ENOMEM;
        if (inode && c.pid)
            d->inode = inode; /* and is not cached */
        else if (inode)
            d_add(d, inode);
    }
    if (t)
        put_task(t);
    return err;
}

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

/* A position is where to go on, so names may come and go between two calls. */
static int
proc_iterate(struct file *f, struct dir_context *ctx)
{
    uint64_t parent = f->dentry->parent->inode->ino;
    struct task *t = proc_get_task(f->inode);
    struct child c;

    if (!t)
        return -ENOENT;
    if ((ctx->pos > 0 || emit(ctx, ".", f->inode->ino, S_IFDIR, 1)) &&
        (ctx->pos > 1 || emit(ctx, "..", parent, S_IFDIR, POS_TABLE)))
        while (next_child(proc_i(f->inode), t, ctx->pos, &c) &&
               emit(ctx, c.name, proc_ino(c.entry, c.pid, c.fd), c.entry->mode,
                    c.next))
            ;
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
    int err = -ENOENT;

    *target = NULL;
    if (t && !proc_may_inspect(t))
        err = -EACCES;
    else if (t)
        *target = proc_link(t, pi->entry->link, pi->fd);
    if (t)
        put_task(t);
    return *target ? 0 : err;
}

/* Its text, or the path of what it leads to. */
static ssize_t
proc_readlink(struct inode *inode, char *buf, size_t size)
{
    const struct proc_entry *e = proc_i(inode)->entry;
    struct seq s = {.buf = buf, .size = size};
    struct dentry *d;
    int err;

    if (e->show) {
        e->show(&s);
    } else {
        err = proc_follow(inode, &d);
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

/* Each is called for what it is about only. */
#define COMMON_OPS                                                             \
    .lookup = proc_lookup, .readlink = proc_readlink, .truncate = proc_truncate
static const struct inode_operations ops = {COMMON_OPS};
static const struct inode_operations jump_ops = {COMMON_OPS,
                                                 .follow = proc_follow};

static const struct file_operations dir_file_ops = {
    .iterate = proc_iterate,
};

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
};
