/* SPDX-License-Identifier: MIT */
/*
 * table.c - Linux's system-call numbers and what they call; arguments in user
 * memory.
 *
 * Here are the calls that are one expression of a (the argument registers), f
 * (the file), path (the strings) or t (the task); the others have functions in
 * the files of this folder, listed in syscall.h.  All become a table of
 * functions of one kind: a PLAIN call is in it itself, FILE, PATHS and TASK
 * calls behind an entry function that fetches what they want.  So a plain call
 * costs one load and one jump.
 *
 * A number without an entry is -ENOSYS.  Programs of the C library probe for
 * some of these (rseq, clone3, riscv_hwprobe) and go on without.
 */
#include "syscall/syscall.h"

#include "lib/err.h"
#include "mm/slab.h"
#include "proc/exec.h"
#include "proc/exit.h"
#include "proc/fork.h"
#include "sched/sched.h"
#include "sched/timer.h"

enum {
    NICE_TO_PRIORITY = 20, /* so that it is never negative */
    NR_ARGS = 6,
    MAX_PATHS = 4,
    SHORT_PATH = 96, /* with the 0; mostly there is no need of more */
    NULL_ALLOWED = 1 << NR_ARGS, /* in a mask of paths */
};

/* With the inode of (a[0], path), or of path, and the arguments behind. */
#define INODE_AT(fn, flags) with_inode_at(fn, (int)a[0], path[0], flags, a + 2)
#define INODE_OF(fn) with_inode_at(fn, AT_FDCWD, path[0], 0, a + 1)

/* clang-format off */
#define SIMPLE_CALLS(PLAIN, FILE, PATHS, TASK)                                 \
    /* Open files */                                                           \
    PLAIN(close, fd_close((int)a[0]))                                          \
    PLAIN(dup, fd_dup((int)a[0], 0, false))                                    \
    PLAIN(dup3, fd_dup_to((int)a[0], (int)a[1], (int)a[2]))                    \
    FILE(read, file_transfer(f, a[1], a[2], &f->pos, false))                   \
    FILE(write, file_transfer(f, a[1], a[2], &f->pos, true))                   \
    FILE(writev, sys_readv(f, a))                                              \
    FILE(pwrite64, sys_pread64(f, a))                                          \
    FILE(lseek, vfs_llseek(f, (off_t)a[1], (int)a[2]))                         \
    FILE(ftruncate, f->can_write ? vfs_truncate(f->inode, (off_t)a[1])         \
                                 : -EINVAL)                                    \
    FILE(fallocate, -EOPNOTSUPP) /* as Linux's ext2 */                         \
    FILE(fsync, vfs_fsync(f))                                                  \
    FILE(fdatasync, vfs_fsync(f))                                              \
    FILE(syncfs, sync_all())                                                   \
    PLAIN(sync, (sync_all(), 0)) /* it reports no errors; fsync does */        \
    /* Names */                                                                \
    PATHS(mkdirat, BIT(1), vfs_mkdirat((int)a[0], path[0], (umode_t)a[2]))     \
    PATHS(mknodat, BIT(1),                                                     \
          vfs_mknodat((int)a[0], path[0], (umode_t)a[2], (dev_t)a[3]))         \
    PATHS(unlinkat, BIT(1), vfs_unlinkat((int)a[0], path[0], (int)a[2]))       \
    PATHS(symlinkat, BIT(0) | BIT(2),                                          \
          vfs_symlinkat(path[0], (int)a[1], path[1]))                          \
    PATHS(linkat, BIT(1) | BIT(3),                                             \
          vfs_linkat((int)a[0], path[0], (int)a[2], path[1], (int)a[4]))       \
    PATHS(renameat2, BIT(1) | BIT(3),                                          \
          vfs_renameat((int)a[0], path[0], (int)a[2], path[1],                 \
                       (unsigned)a[4]))                                        \
    PATHS(chroot, BIT(0), sys_chdir(path, a))                                  \
    PATHS(mount, BIT(0) | BIT(1) | BIT(2) | BIT(4) | NULL_ALLOWED,             \
          !path[1] || !path[2] ? -EFAULT                                       \
                               : do_mount(path[0] ?: "none", path[1], path[2], \
                                          a[3], path[3]))                      \
    PATHS(umount2, BIT(0), do_umount(path[0]))                                 \
    /* What an inode is */                                                     \
    FILE(fstat, inode_stat(f->inode, a + 1))                                   \
    FILE(fstatfs, inode_statfs(f->inode, a + 1))                               \
    FILE(fchmod, inode_chmod(f->inode, a + 1))                                 \
    FILE(fchown, inode_chown(f->inode, a + 1))                                 \
    PATHS(newfstatat, BIT(1), INODE_AT(inode_stat, a[3]))                      \
    PATHS(statfs, BIT(0), INODE_OF(inode_statfs))                              \
    PATHS(truncate, BIT(0), INODE_OF(inode_truncate))                          \
    PATHS(fchmodat, BIT(1), INODE_AT(inode_chmod, 0))                          \
    PATHS(fchownat, BIT(1), INODE_AT(inode_chown, a[4]))                       \
    PATHS(utimensat, BIT(1) | NULL_ALLOWED, INODE_AT(inode_utimes, a[3]))      \
    PATHS(readlinkat, BIT(1),                                                  \
          INODE_AT(inode_readlink, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))       \
    /* Memory */                                                               \
    PLAIN(brk, (int64_t)do_brk(current->mm, a[0]))                             \
    PLAIN(munmap, do_munmap(current->mm, a[0], a[1]))                          \
    PLAIN(mprotect, do_mprotect(current->mm, a[0], a[1], (uint32_t)a[2]))      \
    PLAIN(madvise, do_madvise(current->mm, a[0], a[1], (uint32_t)a[2]))        \
    PLAIN(mincore, do_mincore(current->mm, a[0], a[1], (uint8_t *)a[2]))       \
    PLAIN(mlock, do_mlock(current->mm, a[0], a[1], 0))                         \
    PLAIN(mlock2, do_mlock(current->mm, a[0], a[1], (uint32_t)a[2]))           \
    PLAIN(munlock, do_munlock(current->mm, a[0], a[1]))                        \
    PLAIN(mlockall, /* 0: EINVAL */                                            \
          do_mlockall(current->mm, a[0] ? (uint32_t)a[0] : MCL_ONFAULT))       \
    PLAIN(munlockall, do_mlockall(current->mm, 0))                             \
    PLAIN(mremap, do_mremap(current->mm, &(struct mremap_args){                \
                                a[0], a[1], a[2], (uint32_t)a[3], a[4]}))      \
    /* Processes */                                                            \
    PATHS(execve, BIT(0),                                                      \
          do_execve(path[0], (const char *const *)a[1],                        \
                    (const char *const *)a[2], true))                          \
    PLAIN(clone, do_clone(&(struct clone_args){                                \
                     .flags = a[0], .stack = a[1], .parent_tid = a[2],         \
                     .tls = a[3], .child_tid = a[4]}))                         \
    PLAIN(exit_group, (do_group_exit((uint32_t)(a[0] & 0xff) << 8), 0))        \
    PLAIN(exit, (do_exit((uint32_t)(a[0] & 0xff) << 8), 0))                    \
    PLAIN(getpid, current->tgid)                                               \
    PLAIN(gettid, current->pid)                                                \
    PLAIN(getppid, READ_ONCE(current->leader->ppid))                                   \
    TASK(getpgid, 0, READ_ONCE(t->pgid))                                       \
    TASK(getsid, 0, READ_ONCE(t->sid))                                         \
    TASK(getpriority, 1, a[0] == PRIO_PROCESS                                  \
                             ? NICE_TO_PRIORITY - t->nice : -EINVAL)           \
    PLAIN(getuid, current->cred.uid)                                           \
    PLAIN(geteuid, current->cred.euid)                                         \
    PLAIN(getgid, current->cred.gid)                                           \
    PLAIN(getegid, current->cred.egid)                                         \
    PLAIN(set_tid_address, (current->clear_child_tid = a[0], current->pid))    \
    PLAIN(sched_yield, (schedule(), 0))                                        \
    PLAIN(getrlimit,                                                           \
          sys_prlimit64(current, (const uint64_t[]){0, a[0], 0, a[1]}))        \
    PLAIN(setrlimit,                                                           \
          sys_prlimit64(current, (const uint64_t[]){0, a[0], a[1], 0}))        \
    /* Sleeping: for a time; until a signal, like a poll of nothing */         \
    PLAIN(nanosleep, sys_clock_nanosleep(                                      \
                         (const uint64_t[]){CLOCK_MONOTONIC, 0, a[0], a[1]}))  \
    PLAIN(rt_sigsuspend,                                                       \
          !a[0] ? -EFAULT                                                      \
                : sys_ppoll((const uint64_t[]){0, 0, 0, a[0], a[1]}))
/* clang-format on */

/* --- The functions of the simple calls */
#define ARGS const uint64_t *a __maybe_unused
#define FUNCTION(name, params, ...)                                            \
    static int64_t name params                                                 \
    {                                                                          \
        return __VA_ARGS__;                                                    \
    }
#define PLAIN_BODY(name, ...) FUNCTION(sys_##name, (ARGS), __VA_ARGS__)
#define FILE_BODY(name, ...)                                                   \
    FUNCTION(sys_##name, (struct file * f __maybe_unused, ARGS), __VA_ARGS__)
#define PATHS_BODY(name, mask, ...)                                            \
    FUNCTION(sys_##name, (char **path, ARGS), __VA_ARGS__)
#define TASK_BODY(name, i, ...)                                                \
    FUNCTION(sys_##name, (struct task * t, ARGS), __VA_ARGS__)
SIMPLE_CALLS(PLAIN_BODY, FILE_BODY, PATHS_BODY, TASK_BODY)

/* --- What comes before: the file, the paths, the task */

/* Call fn with the file of descriptor a[0]. */
static inline __attribute__((always_inline)) int64_t
with_file(file_call_fn *fn, const uint64_t *a)
{
    struct file *f = fd_get((int)a[0]);
    int64_t ret;

    if (!f)
        return -EBADF;
    ret = fn(f, a);
    fput(f);
    return ret;
}

/* Call fn with the task of this pid; 0 means the caller. */
static int64_t
with_task(task_call_fn *fn, pid_t pid, const uint64_t *a)
{
    struct task *t = pid ? find_get_task(pid) : get_task(current);
    int64_t ret;

    if (!t)
        return -ESRCH;
    ret = fn(t, a);
    put_task(t);
    return ret;
}

/* => buf with a copy, or a longer one for kfree(), or ERR_PTR(-errno) */
static char *
get_path(uint64_t user, char buf[SHORT_PATH])
{
    int64_t n = strncpy_from_user(buf, (const char *)user, SHORT_PATH);
    char *path = buf;

    if (n == SHORT_PATH) {
        path = kmalloc(PATH_MAX, GFP_KERNEL);
        if (!path)
            return ERR_PTR(-ENOMEM);
        n = strncpy_from_user(path, (const char *)user, PATH_MAX);
    }
    if (n >= 0 && n < PATH_MAX)
        return path;
    if (path != buf)
        kfree(path);
    return ERR_PTR(n < 0 ? n : -ENAMETOOLONG);
}

/* Call fn with copies of the strings at a[i], for every bit i of mask. */
static int64_t
with_paths(path_call_fn *fn, unsigned mask, const uint64_t *a)
{
    char *path[MAX_PATHS], buf[MAX_PATHS][SHORT_PATH];
    unsigned n = 0;
    int64_t ret = 0;

    for (unsigned i = 0; mask >> i && i < NR_ARGS && !ret; i++) {
        if (!(mask >> i & 1))
            continue;
        path[n] =
            a[i] || !(mask & NULL_ALLOWED) ? get_path(a[i], buf[n]) : NULL;
        if (IS_ERR(path[n]))
            ret = PTR_ERR(path[n]);
        else
            n++;
    }
    if (!ret)
        ret = fn(path, a);
    while (n-- > 0)
        if (path[n] != buf[n])
            kfree(path[n]);
    return ret;
}

#define NO_ENTRY(...)
#define FILE_ENTRY(name, ...)                                                  \
    FUNCTION(enter_##name, (ARGS), with_file(sys_##name, a))
#define PATHS_ENTRY(name, mask, ...)                                           \
    FUNCTION(enter_##name, (ARGS), with_paths(sys_##name, mask, a))
#define TASK_ENTRY(name, i, ...)                                               \
    FUNCTION(enter_##name, (ARGS), with_task(sys_##name, (pid_t)a[i], a))
SYSTEM_CALLS(NO_ENTRY, FILE_ENTRY, PATHS_ENTRY, TASK_ENTRY)
SIMPLE_CALLS(NO_ENTRY, FILE_ENTRY, PATHS_ENTRY, TASK_ENTRY)

/* --- The table */
#define PLAIN_ROW(name, ...) [SYS_##name] = sys_##name,
#define ENTRY_ROW(name, ...) [SYS_##name] = enter_##name,
syscall_fn *const syscall_table[NR_SYSCALLS] = {
    /* clang-format off */
    SYSTEM_CALLS(PLAIN_ROW, ENTRY_ROW, ENTRY_ROW, ENTRY_ROW)
    SIMPLE_CALLS(PLAIN_ROW, ENTRY_ROW, ENTRY_ROW, ENTRY_ROW)
    /* clang-format on */
};

/* --- Arguments in user memory */

int
copy_out(uint64_t user, const void *from, size_t n)
{
    return copy_to_user((void *)user, from, n) ? -EFAULT : 0;
}

int
copy_in(void *to, uint64_t user, size_t n)
{
    return copy_from_user(to, (const void *)user, n) ? -EFAULT : 0;
}
