/* SPDX-License-Identifier: MIT */
/*
 * syscall.h - the list of all system calls, and what the files of this layer
 * share.
 *
 * A system call is a function of its argument registers: a[0] to a[5], and in
 * a[7] its number.  It returns what a0 shall be: a result or a negative errno.
 * The list says what the entry has to do first:
 *
 *   PLAIN(name)        nothing: sys_name(a)
 *   FILE(name)         a[0] is a descriptor: sys_name(file, a); -EBADF
 *   PATHS(name, mask)  if bit i of mask is set, a[i] is the address of a path
 *                      or of another string: sys_name(path, a), where path[0]
 *                      is the first of them.  -EFAULT, -ENAMETOOLONG, -ENOMEM
 *   TASK(name, i)      a[i] is a pid, 0 the caller's: sys_name(task, a); -ESRCH
 *
 * File, task and the copies of the paths are given back when the function has
 * returned.  To add a call: a row here and its function in a sys_*.c; or, if it
 * is but one expression, a row in table.c.
 */
#pragma once

#include "fs/fs.h"
#include "include/syscall.h"
#include "riscv/uaccess.h"

/* clang-format off */
#define SYSTEM_CALLS(PLAIN, FILE, PATHS, TASK)                                 \
    /* sys_file.c: open files */                                               \
    PATHS(openat, BIT(1)) PLAIN(pipe2) FILE(readv) FILE(pread64) FILE(fcntl)   \
    FILE(ioctl) FILE(readahead) FILE(fadvise64) FILE(getdents64)               \
    /* sys_path.c: names and where we are; attributes */                       \
    PATHS(chdir, BIT(0)) FILE(fchdir) PLAIN(getcwd) PLAIN(umask)               \
    PATHS(faccessat, BIT(1))                                                   \
    /* sys_mm.c */                                                             \
    PLAIN(mmap) PLAIN(msync)                                                   \
    /* sys_swap.c */                                                           \
    PATHS(swapon, BIT(0)) PATHS(swapoff, BIT(0))                               \
    /* sys_proc.c */                                                           \
    PLAIN(wait4) PLAIN(waitid) PLAIN(setpgid) PLAIN(setsid)                    \
    PLAIN(set_robust_list) PLAIN(getcpu) PLAIN(getrusage) PLAIN(times)         \
    PLAIN(prctl) TASK(sched_getaffinity, 0) TASK(sched_setaffinity, 0)         \
    TASK(setpriority, 1) TASK(prlimit64, 0) PLAIN(futex)                       \
    /* sys_cred.c */                                                           \
    PLAIN(setuid) PLAIN(setgid) PLAIN(setreuid) PLAIN(setregid)                \
    PLAIN(setresuid) PLAIN(setresgid) PLAIN(getresuid) PLAIN(getresgid)        \
    PLAIN(getgroups) PLAIN(setgroups)                                          \
    /* sys_signal.c */                                                         \
    PLAIN(kill) PLAIN(tkill) PLAIN(tgkill) PLAIN(rt_sigaction)                 \
    PLAIN(rt_sigprocmask) PLAIN(rt_sigpending)                                 \
    /* sys_time.c */                                                           \
    PLAIN(clock_nanosleep) PLAIN(clock_gettime) PLAIN(clock_getres)            \
    PLAIN(clock_settime) PLAIN(gettimeofday) PLAIN(settimeofday)               \
    /* sys_poll.c */                                                           \
    PLAIN(ppoll) PLAIN(pselect6)                                               \
    /* sys_misc.c */                                                           \
    PLAIN(uname) PLAIN(sethostname) PLAIN(sysinfo) PLAIN(syslog)               \
    PLAIN(getrandom) PLAIN(reboot)
/* clang-format on */

enum { NR_SYSCALLS = 464, NSEC_PER_SEC = 1000000000 };

typedef int64_t syscall_fn(const uint64_t *a);
typedef int64_t file_call_fn(struct file *f, const uint64_t *a);
typedef int64_t path_call_fn(char **path, const uint64_t *a);
typedef int64_t task_call_fn(struct task *t, const uint64_t *a);

#define DECLARE_PLAIN(name) syscall_fn sys_##name;
#define DECLARE_FILE(name) file_call_fn sys_##name;
#define DECLARE_PATHS(name, mask) path_call_fn sys_##name;
#define DECLARE_TASK(name, i) task_call_fn sys_##name;
SYSTEM_CALLS(DECLARE_PLAIN, DECLARE_FILE, DECLARE_PATHS, DECLARE_TASK)

extern syscall_fn *const syscall_table[NR_SYSCALLS];

/* Register the trap upcalls; once at boot. */
void syscall_init(void);

/*
 * sys_path.c: calls on what an inode is, with the arguments behind those that
 * name it, so that they serve by descriptor and by name.
 */
typedef int64_t inode_call_fn(struct inode *inode, const uint64_t *a);
inode_call_fn inode_stat, inode_statfs, inode_readlink, inode_truncate,
    inode_chmod, inode_chown, inode_utimes;
/*
 * Call fn with the inode that path means, from directory dfd on.  flags: AT_*.
 * NULL, or "" with AT_EMPTY_PATH: the inode of the open file dfd
 */
int64_t with_inode_at(inode_call_fn *fn, int dfd, const char *path,
                      uint64_t flags, const uint64_t *a);

/* Copy a structure out or in: 0 or -EFAULT. */
int copy_out(uint64_t user, const void *from, size_t n);
int copy_in(void *to, uint64_t user, size_t n);
/* The same if there is an address. */
static inline int
copy_out_if(uint64_t user, const void *from, size_t n)
{
    return user ? copy_out(user, from, n) : 0;
}

/* sys_time.c: how long a struct timespec is in ticks.  -EFAULT, -EINVAL */
int get_ticks(uint64_t user, uint64_t *ticks);
