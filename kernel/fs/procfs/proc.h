/* SPDX-License-Identifier: MIT */
/*
 * proc.h - what the files of procfs share: the table of names, and the buffer
 * that a file's text is printed into.
 *
 * A name of /proc is a row of a table: root_entries, vm_entries and others in
 * system.c, proc_pid_entries in task.c.  To add a file, write a function that
 * prints it, and a row:
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
 * Locks: a show function runs with the file's pos_lock held, so it may take
 * what ranks below it, and may sleep.  seq_* allocate nothing and may be called
 * under spinlocks.
 */
#pragma once

#include "fs/fs.h"
#include "sched/timer.h"

struct proc_entry;
struct task;

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
void seq_write(struct seq *s, const void *data, size_t n);
/* The path of d, characters of `escape` as \ooo. */
void seq_path(struct seq *s, struct dentry *d, const char *escape);

typedef void proc_show_fn(struct seq *s);
typedef uint64_t proc_word_fn(struct seq *s, uint64_t index);

/* A name in /proc; a table of them ends with a row without a name. */
struct proc_entry {
    const char *name;
    umode_t mode;       /* type and permission */
    bool private;       /* only for who may inspect the process */
    bool seek;          /* show's cursor is the position in the file */
    proc_show_fn *show; /* a file's text, or that of a LINK_TEXT */
    proc_word_fn *word; /* show_words: what it shows */
    /*
     * What a number between min and max does that is written to the file: it
     * becomes the value of data, another becomes 0, somebody is told.
     */
    int64_t min, max;
    void *data; /* uint32_t, or what show shows */
    uint32_t *unset;
    void (*changed)(uint64_t value);
    int (*store)(struct task *t, int64_t value); /* of a process: -errno */
    int (*store_text)(const char *text);         /* not a number: a word */
    enum proc_link { LINK_TEXT, LINK_EXE, LINK_CWD, LINK_ROOT, LINK_FD } link;
    const struct proc_entry *children; /* a directory's */
    /* Its children that are numbers: the next one, or -1; what each is. */
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
#define WORDS(n, fn, ...) \
    TEXT(n, READ_PRIVATE, show_words, .seek = true, .word = fn, __VA_ARGS__)
#define STRING(n, text) TEXT(n, READ, show_string, .data = text)
#define NUMBER(n, var, min_, ...) \
    TEXT(n, TUNE, show_number, .data = &(var), .min = min_, .max = __VA_ARGS__)
#define JUMP(n, to) { .name = n, .mode = LINK, .link = to }
#define DIRECTORY(n, m, ...) { .name = n, .mode = m, __VA_ARGS__ }
/* clang-format on */

/* A show function that prints one thing. */
#define SHOW(name, ...)                                                        \
    static void show_##name(struct seq *s)                                     \
    {                                                                          \
        seq_printf(s, __VA_ARGS__);                                            \
    }

extern const struct proc_entry proc_root;
extern const struct proc_entry proc_pid_entries[];

struct proc_inode {
    struct inode vfs;
    const struct proc_entry *entry;
    pid_t pid;           /* 0: about no process */
    uint64_t start_time; /* of that process: pids are used again */
    int fd;              /* of a link in PID/fd, else -1 */
};

static inline struct proc_inode *
proc_i(const struct inode *inode)
{
    return container_of((struct inode *)inode, struct proc_inode, vfs);
}

/*
 * tree.c: the process that inode is about, or the current one.
 * => refs: the caller's; NULL: it has gone
 */
struct task *proc_get_task(const struct inode *inode);
/* seq.c */
extern const struct file_operations proc_file_ops;
/* task.c: may the current task see what is private? */
bool proc_may_inspect(struct task *t);
/* What a link of t leads to.  => refs: the caller's; NULL: it is not there */
struct dentry *proc_link(struct task *t, enum proc_link which, int fd);
/* t's address space with one more user; NULL: it has none */
struct mm *proc_get_mm(struct task *t);
/* memory.c */
proc_show_fn show_meminfo, show_buddyinfo, show_zoneinfo, show_slabinfo,
    show_vmstat, show_ledger;
/* maps.c */
proc_show_fn show_maps, show_smaps, show_smaps_rollup, show_words;
proc_word_fn pagemap_word, kpagecount_word, kpageflags_word;
/* system.c */
proc_show_fn show_mounts;
