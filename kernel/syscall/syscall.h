/* SPDX-License-Identifier: MIT */
/*
 * syscall.h - what the files of the system-call layer share.
 *
 * A system call is a function of its six argument registers a[0..5] that
 * returns what a0 shall be: a result or a negative errno.  The table in
 * table.c gives each Linux number its function.
 */
#ifndef SYSCALL_SYSCALL_H
#define SYSCALL_SYSCALL_H

#include <stddef.h>
#include <stdint.h>

#include "include/errno.h"
#include "include/syscall.h"

enum { NR_SYSCALLS = 464 };

typedef int64_t syscall_fn(const uint64_t *a);
extern syscall_fn *const syscall_table[NR_SYSCALLS];

/* Register the trap upcalls; once at boot. */
void syscall_init(void);

/*
 * A path from user space, in a buffer of PATH_MAX bytes from its own cache.
 * => ERR_PTR(-EFAULT, -ENAMETOOLONG, -ENOMEM); give back with put_path()
 */
char *get_path(uint64_t user);
void put_path(char *path);

/* Copy a structure out or in: 0 or -EFAULT. */
int copy_out(uint64_t user, const void *from, size_t n);
int copy_in(void *to, uint64_t user, size_t n);

struct timespec;
/* A valid timespec from user space: 0, -EFAULT, -EINVAL. */
int get_timespec(struct timespec *out, uint64_t user);
uint64_t timespec_to_ticks(const struct timespec *t);

/* sys_*.c */
syscall_fn sys_read, sys_write, sys_readv, sys_writev, sys_pread64,
    sys_pwrite64, sys_lseek, sys_close, sys_dup, sys_dup3, sys_fcntl, sys_ioctl,
    sys_fsync, sys_fdatasync, sys_sync, sys_syncfs, sys_pipe2, sys_getdents64,
    sys_ftruncate, sys_fstat, sys_fstatfs, sys_fadvise64, sys_readahead,
    sys_fallocate;
syscall_fn sys_openat, sys_newfstatat, sys_mkdirat, sys_mknodat, sys_unlinkat,
    sys_symlinkat, sys_linkat, sys_renameat2, sys_readlinkat, sys_faccessat,
    sys_chdir, sys_fchdir, sys_chroot, sys_getcwd, sys_fchmod, sys_fchmodat,
    sys_fchown, sys_fchownat, sys_utimensat, sys_truncate, sys_statfs,
    sys_mount, sys_umount2, sys_umask;
syscall_fn sys_brk, sys_mmap, sys_munmap, sys_mremap, sys_mprotect, sys_madvise,
    sys_mincore, sys_mlock, sys_mlock2, sys_munlock, sys_mlockall,
    sys_munlockall;
syscall_fn sys_clone, sys_execve, sys_exit, sys_wait4, sys_waitid, sys_getpid,
    sys_getppid, sys_gettid, sys_setpgid, sys_getpgid, sys_setsid, sys_getsid,
    sys_set_tid_address, sys_set_robust_list, sys_sched_yield,
    sys_sched_getaffinity, sys_sched_setaffinity, sys_setpriority,
    sys_getpriority, sys_getrusage, sys_prlimit64, sys_getrlimit, sys_setrlimit,
    sys_times, sys_prctl, sys_getcpu;
syscall_fn sys_getuid, sys_geteuid, sys_getgid, sys_getegid, sys_setuid,
    sys_setgid, sys_setresuid, sys_setresgid, sys_getresuid, sys_getresgid,
    sys_setreuid, sys_setregid, sys_getgroups, sys_setgroups;
syscall_fn sys_kill, sys_tkill, sys_tgkill, sys_rt_sigaction,
    sys_rt_sigprocmask, sys_rt_sigpending, sys_rt_sigsuspend;
syscall_fn sys_nanosleep, sys_clock_nanosleep, sys_clock_gettime,
    sys_clock_getres, sys_clock_settime, sys_gettimeofday, sys_settimeofday;
syscall_fn sys_ppoll, sys_pselect6;
syscall_fn sys_uname, sys_sethostname, sys_sysinfo, sys_syslog, sys_getrandom,
    sys_reboot;

#endif
