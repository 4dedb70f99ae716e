/* SPDX-License-Identifier: MIT */
/*
 * seq.c - the text of a file in /proc: printed into a kernel buffer, from
 * which read(2) copies; and what is written to one.
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
 * Invariants
 *   I1  Whether the process is still there, and whether the reader may inspect
 *       it, is asked each time that something is printed, not only at open(2):
 *       it may have gone, or run a set-user-ID program, since.
 *   I2  Only whole records are in the buffer.
 *
 * Locks: file->pos_lock guards the buffer.
 */
#include "fs/procfs/proc.h"

#include "lib/format.h"
#include "mm/slab.h"
#include "riscv/uaccess.h"

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
    for (; !s->overflow && *p; p++) {
        if (!strchr(escape, *p))
            *to++ = *p;
        else if (to + ESCAPE_BYTES > p + 1)
            s->overflow = true;
        else
            to += snprintf(to, ESCAPE_BYTES, "\\%03o", *p);
    }
    s->len = (size_t)(to - s->buf);
}

/* --- Whom the file is about */

bool
proc_may_inspect(struct task *t)
{
    const struct cred *me = &current->cred;
    bool same;

    /* All three, or a set-id program could be watched by its user. */
    spin_lock(&t->lock);
    same = !(atomic_read(&t->flags) & TF_PRIVATE);
    for (int i = 0; i < 3; i++)
        same &= t->cred.ids[0][i] == me->euid && t->cred.ids[1][i] == me->egid;
    spin_unlock(&t->lock);
    return same || t->tgid == current->tgid || is_root(me);
}

/*
 * Find whom it is about, and hold his address space, for who may see it.  Exec
 * changes address space and credentials at once, so these are looked at last:
 * who may see the old one does not get the new one.
 * => refs: s->mm, if there is one, is the caller's; -ESRCH: he has gone; -EACCES
 */
static int
get_subject(struct seq *s, const struct inode *inode)
{
    struct task *t = proc_i(inode)->task ?: current;

    if (proc_gone(t))
        return -ESRCH;
    s->task = t; /* the inode holds it */
    /* While t has it, it has a user: t drops its own after t->mm is NULL. */
    spin_lock(&t->lock);
    s->mm = t->mm ? mm_get(t->mm) : NULL;
    spin_unlock(&t->lock);
    if (!s->entry->private || proc_may_inspect(t))
        return 0;
    mm_put(s->mm);
    return -EACCES;
}

/* --- Reading */

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

/*
 * Forget what is there; print from the cursor on until there is no more, or no
 * room.  => -errno of get_subject() and grow()
 */
static int
fill(struct seq *s, const struct inode *inode)
{
    int err = get_subject(s, inode);

    if (err)
        return err;
    s->start += (off_t)s->len;
    s->len = 0;
    do {
        uint64_t cursor = s->cursor;
        size_t mark = s->len;

        s->more = false;
        s->overflow = !s->buf; /* the first time: nothing fits */
        if (s->buf)
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
    mm_put(s->mm);
    return err;
}

/* The right to inspect is asked for here too, so that open(2) says so. */
static int
proc_open(struct inode *inode, struct file *f)
{
    struct seq *s = kzalloc(sizeof(*s), GFP_KERNEL);
    int err;

    if (!s)
        return -ENOMEM;
    s->entry = proc_i(inode)->entry;
    err = get_subject(s, inode);
    if (err) {
        kfree(s);
        return err;
    }
    mm_put(s->mm);
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

/* Bring the text at *pos into the buffer, and from there to the user. */
static ssize_t
proc_read(struct file *f, void *ubuf, size_t n, off_t *pos)
{
    bool lock = pos != &f->pos; /* pread: the caller did not take it */
    struct seq *s = f->private;
    size_t got = 0, at;
    int err = 0;

    if (lock)
        mutex_lock(&f->pos_lock);
    /* Start over: from the beginning or, where show can do that, from *pos. */
    if (*pos == 0 || *pos < s->start ||
        (s->entry->seek && *pos > s->start + (off_t)s->len)) {
        s->start = s->entry->seek ? *pos : 0;
        s->len = 0;
        s->cursor = (uint64_t)s->start;
        s->more = true;
    }
    /* On, piece by piece; what lies before *pos is printed and forgotten. */
    while (!err && s->more && *pos >= s->start + (off_t)s->len)
        err = fatal_signal_pending(current) ? -EINTR : fill(s, f->inode);
    at = (size_t)(*pos - s->start);
    if (!err && at < s->len && n > 0) {
        n = MIN(n, s->len - at);
        got = n - copy_to_user(ubuf, s->buf + at, n);
        *pos += (off_t)got;
        err = got ? 0 : -EFAULT;
    }
    if (lock)
        mutex_unlock(&f->pos_lock);
    return err ? err : (ssize_t)got;
}

/* --- Writing */

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
 * One write is one number, or word; nothing is kept for a second one to go on
 * with.
 * => -EINVAL: no number, out of bounds, or a file that takes none
 */
static ssize_t
proc_write(struct file *f, const void *ubuf, size_t n, off_t *pos)
{
    char text[NUMBER_CHARS] = {0};
    struct seq s = {.entry = proc_i(f->inode)->entry, .buf = text};
    int64_t value = 0;
    int err;

    if (n >= sizeof(text) || !(s.entry->max || s.entry->store))
        return -EINVAL;
    if (copy_from_user(text, ubuf, n))
        return -EFAULT;
    if (n > 0 && text[n - 1] == '\n')
        text[n - 1] = '\0';
    if (s.entry->max && !parse_number(text, s.entry, &value))
        return -EINVAL;
    err = get_subject(&s, f->inode);
    if (err)
        return err;
    if (s.entry->data)
        WRITE_ONCE(*s.entry->data, (uint32_t)value);
    if (s.entry->changed)
        s.entry->changed((uint64_t)value);
    if (s.entry->store)
        err = s.entry->store(&s, value);
    mm_put(s.mm);
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
