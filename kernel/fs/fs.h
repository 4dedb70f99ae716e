/* SPDX-License-Identifier: MIT */
/*
 * The virtual file system: super blocks, inodes, dentries, open files.
 *
 *   fd -> file -> dentry -> inode -> super_block -> block device
 *                                \-> address_space (the cached pages)
 *
 * Keys: (c) constant; (a) atomic; (I) inode->lock; (i) i_lock; (H) inode hash
 * lock; (D) dcache_lock; (F) fs_context->lock; (P) file->pos_lock.
 *
 * A dentry is one name; an inode is one file and lives as long as a dentry or
 * an open file uses it; what is cached of the file hangs on the inode.  A file
 * system is a table of functions at each level: file_system_type with its
 * fill_super(), which makes the root, inode_operations, file_operations,
 * address_space_ops.
 *
 * Invariants
 *   I1  An inode is hashed once per (sb, ino); its data pages live only in
 *       its own `data`, its metadata only in the block device's mapping.
 *   I2  A dentry holds its parent; a positive dentry holds its inode.  A
 *       cached dentry without users has count 1 (the cache's own).
 *   I3  The name space of a directory (entries and child dentries) changes
 *       only under its inode lock.
 */
#pragma once

#include "include/fcntl.h"
#include "include/limits.h"
#include "include/stat.h"
#include "lib/bitmap.h"
#include "lib/err.h"
#include "vm/mm.h"
#include "vm/pagecache.h"

struct dentry;
struct file;
struct inode;
struct pipe;
struct super_block;

/* --- File system types and super blocks */
struct file_system_type {
    const char *name; /* "ext2", "proc" */
    bool needs_dev;
    bool names_in_dcache;   /* and nowhere else: dcache.c keeps them */
    uint32_t magic;         /* statfs shows it */
    size_t inode_size;      /* of a structure that begins with struct inode */
    const char *cache_name; /* of the cache that these come from */
    struct kmem_cache *inode_cache; /* set by fs_init() */
    /* Fill sb (bdev is claimed); root dentry in sb->root.  -errno; NULL: no */
    int (*fill_super)(struct super_block *sb, const char *options);
    /*
     * find_get_inode() has made it, with its number: read what is on the disk,
     * and set what is the file system's own.  -errno
     */
    int (*read_inode)(struct inode *inode);
    /* Free what hangs on an inode; then it is freed. */
    void (*free_inode)(struct inode *inode);
    /*
     * Copy the inode's fields into its metadata block, and return that (pinned)
     * to be set dirty.  => i_lock held
     */
    struct page *(*pack_inode)(struct inode *inode);
    /* Last iput of an inode with nlink 0: free blocks and number (ino is 0). */
    void (*evict)(struct inode *inode);
    int (*statfs)(struct super_block *sb, struct statfs *out);
    /* As at umount, but it stays mounted, for reading: power-off. */
    int (*remount_ro)(struct super_block *sb);
    /* Undo fill_super, however far it came; then `private` is freed. */
    void (*put_super)(struct super_block *sb);
};
extern struct file_system_type ext2_type, proc_type, tmpfs_type, pipe_type;
/* All of them that can be mounted, then pipe_type, then NULL. */
extern struct file_system_type *const file_systems[];

/* Flags of mount that are kept; read-only it may become later, too. */
enum { SB_FLAGS = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC };

struct super_block {
    const struct file_system_type *type; /* (c) */
    struct block_device *bdev;           /* (c) NULL: none */
    dev_t dev;                           /* (c) st_dev */
    uint32_t flags;                      /* mount mutex: MS_* */
    uint64_t max_bytes;                  /* (c) largest file */
    struct dentry *root;                 /* (c) */
    void *private;                       /* (c) the file system's own */
    atomic32_t nr_inodes;                /* (a) in memory */
    struct list_head link;               /* mount mutex */
    char source[32];                     /* (c) "/dev/vda1", "proc" */
    struct dentry *mountpoint;           /* mount mutex; NULL: the root */
};

/* --- Inodes */
struct inode_operations {
    /*
     * Directories, which are locked.  make, link, unlink and rename are there,
     * or none of them: then it cannot be changed.
     */
    /*
     * d_add() dentry (its name) with its inode, or with NULL if there is none;
     * or set dentry->inode, if the name is not to be cached.  -errno.  NULL:
     * nothing is found, since all names are cached (names_in_dcache)
     */
    int (*lookup)(struct inode *dir, struct dentry *dentry);
    /* d_add() a new inode of any type; rdev: of a device, target: of a link. */
    int (*make)(struct inode *dir, struct dentry *d, umode_t mode, dev_t rdev,
                const char *target);
    /* Another name; the inode is locked. */
    int (*link)(struct inode *inode, struct inode *dir, struct dentry *d);
    /* d's inode is locked; a directory (rmdir) must be empty. */
    int (*unlink)(struct inode *dir, struct dentry *d);
    /* Both directories and both inodes are locked; nd may be positive. */
    int (*rename)(struct inode *odir, struct dentry *od, struct inode *ndir,
                  struct dentry *nd);
    /* The target into buf (NUL-terminated).  => length or -errno */
    ssize_t (*readlink)(struct inode *inode, char *buf, size_t size);
    /* procfs links: a path to jump to instead of text; or NULL. */
    int (*follow)(struct inode *inode, struct dentry **target);
    /*
     * Inode lock held.  Change the size (both ways).  -errno.  NULL: sizes are
     * not kept, but `>` truncates before it writes
     */
    int (*truncate)(struct inode *inode, off_t size);
    const struct file_operations *dir_fop; /* what open of a directory gives */
};

struct inode {
    uint64_t ino;                        /* (c) 0 at last: deleted on disk */
    struct super_block *sb;              /* (c) */
    const struct inode_operations *op;   /* (c) */
    const struct file_operations *fop;   /* (c) what open() gives */
    atomic32_t count;                    /* (a) 0: comes or goes */
    umode_t mode;                        /* (I) type is (c) */
    uid_t uid;                           /* (I) */
    gid_t gid;                           /* (I) */
    uint32_t nlink;                      /* (I) */
    dev_t rdev;                          /* (c) */
    uint64_t blocks;                     /* (I) in 512 bytes */
    struct timespec atime, mtime, ctime; /* (i) */

    struct mutex lock;             /* RANK_INODE */
    struct spinlock i_lock;        /* RANK_INODE_STATE */
    struct address_space data;     /* its pages; data.size is the size */
    struct address_space *mapping; /* (c) &data, or the block device's */
    struct dentry *dir_dentry;     /* (D) a directory's only dentry */

    struct list_head hash_link; /* (H) */
    struct pipe *pipe;          /* (I) FIFO or pipe */
    void *private;              /* (c) kmalloc'ed, goes with the inode */
};

static inline off_t
inode_size(const struct inode *inode)
{
    return atomic_load_explicit(&((struct inode *)inode)->data.size,
                                memory_order_acquire);
}

/* --- inode.c */
/*
 * The inode that has this number, in memory or read in.  => refs: caller's;
 * ERR_PTR
 */
struct inode *find_get_inode(struct super_block *sb, uint64_t ino);
/* All of it is 0 but what every new one has.  NULL: no memory */
struct inode *new_inode(struct super_block *sb);
/* Hash an inode that new_inode() made and that now has its number. */
void insert_inode_hash(struct inode *inode);
/* One more reference. */
static inline struct inode *
ihold(struct inode *inode)
{
    atomic_inc(&inode->count);
    return inode;
}
/* NULL is allowed.  => may sleep; not under SCOPE_NOFS */
void iput(struct inode *inode);
/* Fields were changed, and these times are now: on to its metadata block. */
void inode_touch(struct inode *inode, unsigned which);
enum { TOUCH_ATIME = 1, TOUCH_MTIME = 2, TOUCH_CTIME = 4 };
#define mark_inode_dirty(inode) inode_touch(inode, 0)
/*
 * Its data or size was changed: so are its times, and who is not root takes a
 * program's set-uid bits away.  => inode lock held
 */
void inode_data_changed(struct inode *inode);
/* Until the last inode of sb has gone.  => nobody inside */
void wait_for_inodes(struct super_block *sb);
/*
 * Delete on disk the inodes that have no name but are open, since their last
 * iput() may never come; wait for those that are being deleted.
 */
void evict_orphans(struct super_block *sb);

enum { MAY_EXEC = 1, MAY_WRITE = 2, MAY_READ = 4 };
/* mode bits for the current task; mask of MAY_*.  0 or -EACCES, -EROFS */
int inode_permission(struct inode *inode, unsigned mask);
/* May the current task change names in dir, and can that be done at all? */
int may_change_dir(struct inode *dir);
/* Mode, owner and times of a new inode in dir (NULL: in none). */
void inode_init_owner(struct inode *inode, const struct inode *dir,
                      umode_t mode);
int vfs_truncate(struct inode *inode, off_t size);

/* --- Dentries */
struct dentry {
    atomic32_t count;                   /* (a) */
    struct dentry *parent;              /* (D) itself for a root */
    struct inode *inode;                /* (D) NULL: negative */
    struct super_block *sb;             /* (c) */
    struct super_block *mounted;        /* (D) mounted here */
    uint32_t name_len;                  /* (D) */
    const char *name;                   /* (D) kmalloc'ed */
    struct list_head hash_link;         /* (D) unhashed: not cached */
    struct list_head children, sibling; /* (D) */
    off_t pos; /* (D) among the children of parent; 0: never was cached */
    struct list_head lru_link; /* (D) if hashed */
};

/* A dentry for a name, ours alone: count 1.  NULL: no memory */
struct dentry *d_alloc(struct dentry *parent, const char *name, unsigned len);
struct dentry *d_alloc_root(struct inode *inode); /* consumes inode */
static inline struct dentry *
dget(struct dentry *d)
{
    atomic_inc(&d->count);
    return d;
}
void dput(struct dentry *d);
/*
 * What this name leads to, perhaps the root of what is mounted there.
 * => refs: the caller's; NULL: not cached
 */
struct dentry *d_lookup(struct dentry *parent, const char *name, unsigned len);
/* The directory above d, but not above our root.  => refs: the caller's */
struct dentry *d_up(struct dentry *d);
/*
 * In ->lookup, make, link: this is its inode (NULL: it has none), as all may
 * know.  => refs: consumes that on inode; -ELOOP, and nothing done, for a
 * directory that has another name
 */
int d_add(struct dentry *d, struct inode *inode);
/*
 * After unlink: make it negative, or unhash it if others use it.
 * => the caller has a reference of his own on its inode
 */
void d_delete(struct dentry *d);
/* Drop all cached names below d, which nobody uses. */
void d_forget_below(struct dentry *d);
/*
 * After rename: d takes the place of target, which is unhashed.  name: a copy
 * of target's, kmalloc'ed, which becomes d's.
 */
void d_move(struct dentry *d, struct dentry *target, const char *name);
/*
 * Where reading a directory begins: "." and "..", where they are no entries.
 * => directory locked, so it is not moved; false: no room
 */
struct dir_context;
enum { DIR_POS_NAMES = 2 }; /* the position behind them */
bool dir_emit_dots(struct file *f, struct dir_context *ctx);
/* iterate() where the names are dentries.  => directory locked */
int d_iterate(struct file *f, struct dir_context *ctx);
/* Is ancestor d itself or above it (in one file system)? */
bool d_is_ancestor(struct dentry *ancestor, struct dentry *d);
void d_mount(struct dentry *d, struct super_block *sb);
/* Undo it.  => -EBUSY: somebody is inside; else, from now on, nobody */
int d_umount(struct super_block *sb);
/* Absolute path from the current root.  => pointer into buf or ERR_PTR */
char *d_path(struct dentry *d, char *buf, size_t size);

/* --- Path walk: namei.c */
/* EMPTY: an empty path is dfd itself; PARENT: all but the last (namei.h) */
enum { LOOKUP_FOLLOW = 1, LOOKUP_EMPTY = 2, LOOKUP_PARENT = 4 };
/* => *out referenced; path is kernel memory; dfd as for openat */
int path_lookup(int dfd, const char *path, unsigned flags, struct dentry **out);
/* open(2) without the descriptor.  => file or ERR_PTR */
struct file *filp_open(int dfd, const char *path, int flags, umode_t mode);

/* --- Mounts: mount.c */
int do_mount(const char *source, const char *target, const char *type,
             unsigned long flags, const char *options);
int do_umount(const char *target, unsigned lookup); /* LOOKUP_FOLLOW or 0 */
/* The block device that a path names.  ERR_PTR */
struct block_device *find_bdev(const char *path);
int mount_root(const char *device, bool readonly); /* from the init thread */
/* sync(2): all mappings, then the caches of the disks.  => 0 or -EIO */
int sync_all(void);
extern struct mutex mount_mutex;
extern struct list_head super_blocks; /* in the order of mounting */
/*
 * Before power-off and reboot: no file system is changed any more, all are on
 * their disks and marked clean.
 */
void vfs_shutdown(void);

/* --- Open files */
struct dir_context {
    /* Called per entry: pos = next.  => false: the buffer is full */
    bool (*emit)(struct dir_context *ctx, const char *name, unsigned len,
                 uint64_t ino, unsigned type, off_t next);
    off_t pos;
    uint8_t *buf; /* getdents64's; size 0: an entry did not fit any more */
    size_t used, size;
};

/*
 * Waiting for one of several files (ppoll, pselect6): the queues of one open
 * file that the current task waits on.
 */
enum { POLL_MAX_QUEUES = 2 }; /* of a FIFO that is open for both */
struct poll_wait {
    unsigned nr; /* joined in this round */
    struct {
        struct wait_queue *queue; /* of those joined */
        struct wait_entry entry;
    } on[POLL_MAX_QUEUES];
};
/* For poll methods, with each queue.  pw == NULL: it is only asked. */
static inline void
poll_wait_on(struct poll_wait *pw, struct wait_queue *q)
{
    if (!pw)
        return;
    pw->on[pw->nr].queue = q;
    join_wait_queue(q, &pw->on[pw->nr++].entry);
}

struct file_operations {
    int (*open)(struct inode *inode, struct file *file);
    void (*release)(struct file *file); /* last reference; may sleep */
    /* ubuf lies in the user half, file_transfer() has seen to that. */
    ssize_t (*read)(struct file *f, void *ubuf, size_t n, off_t *pos);
    ssize_t (*write)(struct file *f, const void *ubuf, size_t n, off_t *pos);
    int (*iterate)(struct file *f, struct dir_context *ctx);
    long (*ioctl)(struct file *f, unsigned cmd, uint64_t arg);
    /*
     * For streams.  POLLIN.. that hold now, after poll_wait_on() for each queue
     * that is woken when that may change: of one open file always the same
     * ones, in the same order.  => does not sleep
     */
    unsigned (*poll)(struct file *f, struct poll_wait *pw);
    /* Fill mapping, vm_ops of the mapping to be made.  -ENODEV if NULL */
    int (*mmap)(struct file *f, struct mmap_args *args);
};

struct file {
    atomic32_t count;                 /* (a) */
    uint32_t flags;                   /* O_*; F_SETFL changes some */
    bool can_read, can_write;         /* (c) */
    const struct file_operations *op; /* (c) */
    struct dentry *dentry;            /* (c) referenced */
    struct inode *inode;              /* (c) the dentry's, which keeps it */
    off_t pos;                        /* (P) */
    struct mutex pos_lock;            /* RANK_FILE_POS */
    struct file_ra_state ra;          /* racy */
    uint32_t wb_seen[2];              /* errors that fsync, syncfs have seen */
    void *private;
};

/* Open what d names.  => refs: takes one on d; ERR_PTR */
struct file *dentry_open(struct dentry *d, int flags);
/* One more reference. */
static inline struct file *
fget(struct file *f)
{
    atomic_inc(&f->count);
    return f;
}
void fput(struct file *f); /* may sleep; NULL is allowed */
/*
 * The whole of read(2)/write(2) and friends below the descriptor; buf: n bytes
 * in user memory.
 */
ssize_t file_transfer(struct file *f, uint64_t buf, uint64_t n, off_t *pos,
                      bool write);
off_t vfs_llseek(struct file *f, off_t off, int whence);
/* all: syncfs, of the file system that f is on */
int vfs_fsync(struct file *f, bool all);
/* n random bytes, or zeroes, to user memory; fewer if killed.  -EFAULT */
ssize_t mem_give(void *ubuf, size_t n, bool random);

/* --- Files of cached pages: filemap.c */
extern const struct file_operations generic_file_ops;
ssize_t generic_file_read(struct file *f, void *ubuf, size_t n, off_t *pos);
ssize_t generic_file_write(struct file *f, const void *ubuf, size_t n,
                           off_t *pos);
int generic_file_mmap(struct file *f, struct mmap_args *args);
/* Read a regular file into kernel memory (exec). */
ssize_t kernel_read(struct file *f, void *buf, size_t n, off_t pos);
extern const struct vm_operations file_vm_ops; /* open/close: fget/fput */

/* --- What a process has open, and where it is: files.c */
enum { FD_MAX = OPEN_MAX };
struct fs_context {
    atomic32_t count;
    struct spinlock lock;      /* RANK_FILES */
    struct dentry *root, *cwd; /* (F) referenced */
    umode_t umask;
    BITMAP(used, FD_MAX);      /* (F) descriptors reserved or open */
    BITMAP(cloexec, FD_MAX);   /* (F) */
    struct file *slot[FD_MAX]; /* (F) */
};
struct fs_context *
fs_context_copy(struct fs_context *old);    /* NULL: no memory */
void fs_context_put(struct fs_context *fs); /* closes all at the last */
bool files_shared(void); /* has the current task's other users? */
void files_close_on_exec(void);
/* Reserve a number from `from` on.  -EMFILE; -EINVAL: `from` is above all */
int fd_alloc(int from, bool cloexec);
/* What it was reserved for, or NULL: it is not needed.  => refs: consumes f */
void fd_install(int fd, struct file *f);
struct file *fd_get(int fd); /* => refs: caller's fput; NULL: -EBADF */
/* Also one opened with O_PATH, which stands for a name and can do nothing. */
struct file *fd_get_any(int fd);
int fd_close(int fd);
/* dup3: fd becomes one of f.  => fd, -EBADF, -EBUSY */
int fd_replace(int fd, struct file *f, bool cloexec);
/* Set close on exec of an open descriptor, or, with set < 0, say it. */
int fd_cloexec(int fd, int set);
/* Descriptor `fd` of another task, for procfs.  => referenced or NULL */
struct file *fd_get_of(struct fs_context *fs, int fd);
int next_fd_of(struct fs_context *fs, int after); /* -1: none */

/* --- Pipes and devices */
int pipe_create(struct file *ends[2], int flags);
extern const struct file_operations fifo_file_ops;
/* Set op; fop as the inode's type asks for; rdev if it is a device. */
void inode_set_ops(struct inode *inode, const struct inode_operations *op,
                   dev_t rdev);
/* Give each block device its page cache; once, when all are known. */
void bdev_init(void);
/* Write its dirty pages, then what its disk caches.  => 0 or -EIO */
int sync_bdev(struct block_device *bdev);
extern const struct file_operations bdev_file_ops;

/* --- Once at boot: all of fs/ (mount.c), and its parts */
void fs_init(void);
void file_init(void);
void inode_init(void);
void dcache_init(void);
