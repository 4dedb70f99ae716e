/* SPDX-License-Identifier: MIT */
/*
 * proc.h - what the files of procfs share: the table of names, and the buffer
 * that a file's text is printed into.
 *
 * A name of /proc is a row of a table: root_entries and vm_entries in system.c,
 * pid_entries in task.c.  To add a file, write a function that prints it,
 * and a row:
 *
 *     TEXT("uptime", READ, show_uptime),
 *     TEXT("maps", READ, show_maps, .private = true),
 *     NUMBER("dirty_ratio", dirty_tunables.ratio, 0, 100),
 *
 * A show function prints the whole file, or one record of it: then it says that
 * there is more, and notes in the cursor, 0 at first, where to go on.  It need
 * not look whether there is room: what did not fit is taken back, and the
 * function called again, with the cursor as it was and an empty or larger
 * buffer.
 *
 * Locks: a show or store function runs with no spinlock held; show with the
 * file's pos_lock, so it may take what ranks below it, and may sleep.  seq_*
 * allocate nothing and may be called under spinlocks.
 */
#pragma once

#include "fs/fs.h"
#include "sched/task.h"
#include "sched/timer.h"

struct seq {
    const struct proc_entry *entry;
    struct task *task; /* whose file it is; else the reader */
    struct mm *mm;     /* its address space; NULL: it has none */
    char *buf;
    size_t size, len;
    bool overflow;   /* something did not fit */
    bool more;       /* show has more to print, from the cursor on */
    uint64_t cursor; /* show's own; 0 at the start of the file */
    off_t start;     /* where in the file buf[0] is */
};

void seq_printf(struct seq *s, const char *fmt, ...) __printf(2, 3);
/* The path of d, characters of `escape` as \ooo. */
void seq_path(struct seq *s, struct dentry *d, const char *escape);

typedef void proc_show_fn(struct seq *s);

/* A name in /proc. */
struct proc_entry {
    const char *name;
    umode_t mode;       /* type and permission */
    bool private;       /* only for who may inspect the process */
    bool seek;          /* show's cursor is the position in the file */
    bool details;       /* show_maps: as smaps has it */
    proc_show_fn *show; /* a file's text, or that of a link */
    /*
     * What may be written: a number from min to max, which becomes *data; with
     * max 0 a word.  Then who is there is told: changed, or store, which finds
     * the text in s->buf and may say -errno.
     */
    int64_t min, max;
    uint32_t *data; /* what show_number shows */
    void (*changed)(uint64_t value);
    int (*store)(struct seq *s, int64_t value);
    /* What a link of t leads to.  => refs: the caller's; NULL: nothing */
    struct dentry *(*target)(struct task *t, int fd);
    const struct proc_entry *children; /* a directory's names */
    unsigned nr_children;
    /*
     * Behind them, its names that are numbers, each of which is the row
     * `numbered`: pids or, where there is a process, its descriptors.  => the
     * next one, or -1
     */
    int (*next_number)(struct task *t, int after);
    const struct proc_entry *numbered;
};

enum {
    DIR = S_IFDIR | 0555,
    DIR_PRIVATE = S_IFDIR | 0500,
    READ = S_IFREG | 0444,
    READ_PRIVATE = S_IFREG | 0400,
    TUNE = S_IFREG | 0644,
    LINK = S_IFLNK | 0777,
};
/* clang-format off */
#define TEXT(n, m, ...) { .name = n, .mode = m, .show = __VA_ARGS__ }
#define NUMBER(n, var, min_, ...) \
    TEXT(n, TUNE, show_number, .data = &(var), .min = min_, .max = __VA_ARGS__)
#define CHILDREN(table) .children = table, .nr_children = ARRAY_SIZE(table)
/* clang-format on */

/* A show function that prints one thing. */
#define SHOW(name, ...)                                                        \
    static void show_##name(struct seq *s)                                     \
    {                                                                          \
        seq_printf(s, __VA_ARGS__);                                            \
    }

extern const struct proc_entry proc_root;                 /* system.c */
extern const struct proc_entry proc_pid_dir;              /* task.c */
extern const struct file_operations proc_file_ops;        /* seq.c */
proc_show_fn show_meminfo, show_buddyinfo, show_zoneinfo; /* memory.c */
proc_show_fn show_slabinfo, show_vmstat;                  /* memory.c */
proc_show_fn show_maps, show_pagemap, show_kpageflags;    /* maps.c */

struct proc_inode {
    struct inode vfs;
    const struct proc_entry *entry;
    struct task *task; /* (c) a reference; NULL: about no process */
    int fd;            /* of a link in PID/fd, else -1 */
};

static inline struct proc_inode *
proc_i(const struct inode *inode)
{
    return container_of((struct inode *)inode, struct proc_inode, vfs);
}

/* Has it been reaped?  Then nothing tells of it any more. */
static inline bool
proc_gone(const struct task *t)
{
    return t && list_empty(&t->pid_link);
}

/* seq.c: may the current task see what is private? */
bool proc_may_inspect(struct task *t);
