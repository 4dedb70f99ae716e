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
 * Processes come and go while their names are cached.  So the path walk asks
 * proc_revalidate() before it uses a cached name: a process that has gone makes
 * it look the name up anew; one that has changed its user gives its files a new
 * owner.  Names that do not exist are never cached.
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

#include "include/dirent.h"
#include "lib/format.h"

#define PROC_SUPER_MAGIC 0x9fa0

/* Positions in a directory: ".", "..", the table, then the numbers. */
enum { POS_UP = 1, POS_TABLE = 2, TYPE_SHIFT = 12 };

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
proc_ino(const struct proc_entry *e, const struct task *t, int fd)
{
    uint64_t row = (uint64_t)((const char *)e - _kernel_start) / sizeof(long);

    return (uint64_t)(t ? t->pid : 0) << 36 | (uint64_t)(fd + 1) << 24 |
           (row + 1);
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
    inode->ino = proc_ino(e, t, fd);
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
    struct task *task; /* NULL: about no process */
    int fd;
    off_t next; /* where the names behind it begin */
};

/*
 * The first name of the directory at or behind pos.
 * => refs: c->task is the caller's; false: there is none, or the process of the
 *    directory has gone
 */
static bool
next_child(const struct inode *inode, off_t pos, struct child *c)
{
    const struct proc_inode *dir = proc_i(inode);
    const struct proc_entry *e = dir->entry;
    off_t numbers = POS_TABLE + e->nr_children;
    int n;

    *c = (struct child){.name = c->digits, .task = dir->task, .fd = -1};
    if (proc_gone(c->task))
        return false;
    if (pos < numbers) {
        c->entry = &e->children[pos - POS_TABLE];
        c->name = c->entry->name;
        c->next = pos + 1;
    } else {
        n = e->numbered && pos - numbers <= INT32_MAX
                ? e->next_number(&c->task, (int)(pos - numbers) - 1)
                : -1;
        if (n < 0)
            return false;
        c->entry = e->numbered;
        c->fd = c->task == dir->task ? n : -1; /* else a pid */
        c->next = numbers + n + 1;
        snprintf(c->digits, sizeof(c->digits), "%d", n);
    }
    if (c->task == dir->task && c->task)
        get_task(c->task);
    return true;
}

/* A number is looked for where it would be, everything else from the start. */
static int
proc_lookup(struct inode *dir, struct dentry *d)
{
    off_t pos = POS_TABLE;
    struct inode *inode;
    struct child c;
    const char *end;
    uint64_t number;

    if (!parse_u64(d->name, &end, 10, &number) && number <= INT32_MAX)
        pos += proc_i(dir)->entry->nr_children + (off_t)number;
    for (; next_child(dir, pos, &c); pos = c.next) {
        if (strcmp(c.name, d->name) == 0) {
            inode = proc_new_inode(dir->sb, c.entry, c.task, c.fd);
            return inode ? d_instantiate(d, inode) : -ENOMEM;
        }
        put_task(c.task);
        if (c.name == c.digits)
            break; /* it is this number or none */
    }
    return -ENOENT;
}

/*
 * Does this cached name still mean the same?  And whose is it now?  Two words,
 * read as they are.
 */
static bool
proc_revalidate(struct dentry *d)
{
    const struct proc_entry *dir = proc_i(d->parent->inode)->entry;
    struct task *t = proc_i(d->inode)->task;
    int fd = proc_i(d->inode)->fd;

    if (!t)
        return true;
    d->inode->uid = t->cred.euid;
    d->inode->gid = t->cred.egid;
    return !proc_gone(t) && (fd < 0 || dir->next_number(&t, fd - 1) == fd);
}

/* A position is where to go on, so names may come and go between two calls. */
static int
proc_iterate(struct file *f, struct dir_context *ctx)
{
    uint64_t up = f->dentry->parent->inode->ino;
    struct child c;
    bool room;

    if (ctx->pos == 0 && ctx->emit(ctx, ".", 1, f->inode->ino, DT_DIR, POS_UP))
        ctx->pos = POS_UP;
    if (ctx->pos == POS_UP && ctx->emit(ctx, "..", 2, up, DT_DIR, POS_TABLE))
        ctx->pos = POS_TABLE;
    while (ctx->pos >= POS_TABLE && next_child(f->inode, ctx->pos, &c)) {
        room = ctx->emit(ctx, c.name, (unsigned)strlen(c.name),
                         proc_ino(c.entry, c.task, c.fd),
                         c.entry->mode >> TYPE_SHIFT, c.next);
        put_task(c.task);
        if (!room)
            break;
        ctx->pos = c.next;
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
#define COMMON_OPS                                                             \
    .lookup = proc_lookup, .readlink = proc_readlink, .truncate = proc_truncate
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

static const struct super_ops super_ops = {
    .d_revalidate = proc_revalidate,
    .free_inode = proc_free_inode,
};

struct file_system_type proc_type = {
    .name = "proc",
    .magic = PROC_SUPER_MAGIC,
    .inode_size = sizeof(struct proc_inode),
    .cache_name = "proc_inode_cache",
    .ops = &super_ops,
    .fill_super = fill_super,
};
