/* SPDX-License-Identifier: MIT */
/*
 * seq.c - the text of a file in /proc: printed into a kernel buffer, from
 * which read(2) copies.
 *
 *   file:  ....|<---- buf: start, len ---->|....
 *                    ^ *pos
 *
 * Reading at position 0 prints anew; reading behind the buffer lets a show
 * function that has more go on; reading before it starts over.  Where the
 * cursor is the position in the file (seek), reading elsewhere starts there.
 * Text goes to user memory only when show has returned, so no lock of show is
 * held then.
 *
 * Invariants: the process is looked up, and the right to inspect it checked,
 * each time that something is printed, not only at open(2): it may have gone,
 * or run a set-user-ID program, since.
 *
 * Locks: file->pos_lock guards the buffer.
 */
#include "fs/procfs/proc.h"

#include "lib/err.h"
#include "lib/format.h"
#include "mm/slab.h"
#include "riscv/uaccess.h"
#include "sched/task.h"

enum {
    SEQ_MAX_BYTES = 8 * PAGE_SIZE, /* of one record */
    NUMBER_CHARS = 24,
    ESCAPE_BYTES = 5, /* \ooo and the 0 */
};

void
seq_printf(struct seq *s, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(s->buf + s->len, s->size - s->len, fmt, ap);
    va_end(ap);
    if ((size_t)n < s->size - s->len)
        s->len += (size_t)n;
    else
        s->overflow = true;
}

void
seq_write(struct seq *s, const void *data, size_t n)
{
    if (n > s->size - s->len) {
        s->overflow = true;
        return;
    }
    memcpy(s->buf + s->len, data, n);
    s->len += n;
}

void
seq_path(struct seq *s, struct dentry *d, const char *escape)
{
    char *to = s->buf + s->len, *p = ERR_PTR(-ENAMETOOLONG);

    /*
     * d_path() writes at the end of the room; the result moves forward, and
     * what is escaped may grow into the gap, but not over what is still to be
     * read.
     */
    if (s->size - s->len > 1)
        p = d_path(d, to, s->size - s->len);
    s->overflow |= IS_ERR(p);
    while (!s->overflow && *p) {
        char c = *p++;

        if (!strchr(escape, c)) {
            *to++ = c;
        } else if (to + ESCAPE_BYTES > p) {
            s->overflow = true;
        } else {
            to += snprintf(to, ESCAPE_BYTES, "\\%03o", c);
        }
    }
    s->len = (size_t)(to - s->buf);
}

/*
 * A buffer twice as large, empty.  Most files fit one page, which can be had
 * when memory is short and in pieces, too; so larger ones come only at need.
 * => -EFBIG: no record is so long; -ENOMEM: and there is no buffer
 */
static int
grow(struct seq *s)
{
    size_t size = s->size ? 2 * s->size : PAGE_SIZE;

    if (size > SEQ_MAX_BYTES)
        return -EFBIG;
    kfree(s->buf);
    s->buf = kmalloc(size, GFP_KERNEL);
    s->size = s->buf ? size : 0;
    return s->buf ? 0 : -ENOMEM;
}

/* The inode's process, which the current task may inspect.  ERR_PTR */
static struct task *
get_inspectable(struct inode *inode)
{
    struct task *t = proc_get_task(inode);

    if (!t)
        return ERR_PTR(-ESRCH);
    if (proc_i(inode)->entry->private && !proc_may_inspect(t)) {
        put_task(t);
        return ERR_PTR(-EACCES);
    }
    return t;
}

/*
 * Print from the cursor on until there is no more, or no room, for a reader who
 * may see it, with the address space held so long.
 * => -ESRCH: the process has gone; -EACCES, -ENOMEM, -EFBIG
 */
static int
fill(struct seq *s, struct inode *inode)
{
    int err = 0;

    s->task = get_inspectable(inode);
    if (IS_ERR(s->task))
        return (int)PTR_ERR(s->task);
    s->mm = proc_get_mm(s->task);
    do {
        uint64_t cursor = s->cursor;
        size_t mark = s->len;

        s->overflow = s->more = false;
        s->entry->show(s);
        if (!s->overflow)
            continue;
        /* Half a record is no record: take it back, and try it again. */
        s->len = mark;
        s->cursor = cursor;
        s->more = true;
        if (mark) /* what is here goes out first */
            break;
        err = grow(s);
    } while (s->more && !err);
    if (s->mm)
        mm_put(s->mm);
    put_task(s->task);
    return err;
}

/* The right to inspect is asked for here too, so that open(2) says so. */
static int
proc_open(struct inode *inode, struct file *f)
{
    struct task *t = get_inspectable(inode);
    struct seq *s;

    if (IS_ERR(t))
        return (int)PTR_ERR(t);
    put_task(t);
    s = kzalloc(sizeof(*s), GFP_KERNEL);
    if (!s || grow(s)) {
        kfree(s);
        return -ENOMEM;
    }
    s->entry = proc_i(inode)->entry;
    f->private = s;
    return 0;
}

static void
proc_release(struct file *f)
{
    struct seq *s = f->private;

    kfree(s->buf);
    kfree(s);
}

/*
 * Bring the text at *pos into the buffer, and from there to the user.
 * => pos_lock held; bytes, 0 at the end, or -errno
 */
static ssize_t
read_locked(struct file *f, void *ubuf, size_t n, off_t *pos)
{
    struct seq *s = f->private;
    off_t end = s->start + (off_t)s->len;

    /* Start over: from the beginning or, where show can do that, from *pos. */
    if (*pos == 0 || *pos < s->start || (s->entry->seek && *pos > end)) {
        end = s->entry->seek ? *pos : 0;
        s->cursor = (uint64_t)end;
        s->more = true;
    }
    /* On, piece by piece; what lies before *pos is printed and forgotten. */
    while (*pos >= end) {
        int err;

        if (!s->more)
            return 0;
        s->start = end;
        s->len = 0;
        err = fill(s, f->inode);
        if (err)
            return err;
        end += (off_t)s->len;
    }
    n = MIN(n, (size_t)(end - *pos));
    n -= copy_to_user(ubuf, s->buf + (*pos - s->start), n);
    *pos += (off_t)n;
    return n ? (ssize_t)n : -EFAULT;
}

static ssize_t
proc_read(struct file *f, void *ubuf, size_t n, off_t *pos)
{
    bool lock = pos != &f->pos; /* pread: the caller did not take it */
    ssize_t ret;

    if (n == 0)
        return 0;
    if (lock)
        mutex_lock(&f->pos_lock);
    ret = read_locked(f, ubuf, n, pos);
    if (lock)
        mutex_unlock(&f->pos_lock);
    return ret;
}

/* A decimal number with blanks around it.  => is it one, and in bounds? */
static bool
parse_number(const char *text, const struct proc_entry *e, int64_t *value)
{
    const char *p = skip_spaces(text), *end;
    bool minus = *p == '-';
    uint64_t v;

    if (parse_u64(p + minus, &end, 10, &v) || v > INT64_MAX ||
        *skip_spaces(end))
        return false;
    *value = minus ? -(int64_t)v : (int64_t)v;
    return *value >= e->min && *value <= e->max;
}

/*
 * One write is one number; nothing is kept for a second one to go on with.
 * => -EINVAL: no number, out of bounds, or a file that takes none
 */
static ssize_t
proc_write(struct file *f, const void *ubuf, size_t n, off_t *pos)
{
    const struct proc_entry *e = proc_i(f->inode)->entry;
    char text[NUMBER_CHARS] = {0};
    struct task *t;
    int64_t value = 0;
    int err = 0;

    if (n >= sizeof(text) || (!e->max && !e->store_text))
        return -EINVAL;
    if (copy_from_user(text, ubuf, n))
        return -EFAULT;
    if (!e->store_text && !parse_number(text, e, &value))
        return -EINVAL;
    if (e->unset)
        WRITE_ONCE(*e->unset, 0);
    if (e->data)
        WRITE_ONCE(*(uint32_t *)e->data, (uint32_t)value);
    if (e->changed)
        e->changed((uint64_t)value);
    if (e->store_text) {
        if (n > 0 && text[n - 1] == '\n')
            text[n - 1] = '\0';
        err = e->store_text(text);
    } else if (e->store) {
        t = get_inspectable(f->inode);
        if (IS_ERR(t))
            return PTR_ERR(t);
        err = e->store(t, value);
        put_task(t);
    }
    if (err)
        return err;
    *pos += (off_t)n;
    return (ssize_t)n;
}

const struct file_operations proc_file_ops = {
    .open = proc_open,
    .release = proc_release,
    .read = proc_read,
    .write = proc_write,
};
