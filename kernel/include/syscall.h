/* SPDX-License-Identifier: MIT */
/*
 * syscall.h - the numbers of the system calls, as Linux has them on riscv64.
 * Layer 0 (include): constants only.
 *
 * A call is `ecall` with the number in a7 and arguments in a0..a5; the result,
 * or -errno, comes back in a0, and every other register is kept.  A number
 * listed here need not be implemented: the kernel answers -ENOSYS.
 */
#pragma once

/* clang-format off: a table */
enum {
    SYS_getcwd = 17, SYS_dup = 23, SYS_dup3 = 24, SYS_fcntl = 25,
    SYS_ioctl = 29, SYS_flock = 32, SYS_mknodat = 33, SYS_mkdirat = 34,
    SYS_unlinkat = 35, SYS_symlinkat = 36, SYS_linkat = 37, SYS_umount2 = 39,
    SYS_mount = 40, SYS_statfs = 43, SYS_fstatfs = 44, SYS_truncate = 45,
    SYS_ftruncate = 46, SYS_fallocate = 47, SYS_faccessat = 48, SYS_chdir = 49,
    SYS_fchdir = 50, SYS_chroot = 51, SYS_fchmod = 52, SYS_fchmodat = 53,
    SYS_fchownat = 54, SYS_fchown = 55, SYS_openat = 56, SYS_close = 57,
    SYS_pipe2 = 59, SYS_getdents64 = 61, SYS_lseek = 62, SYS_read = 63,
    SYS_write = 64, SYS_readv = 65, SYS_writev = 66, SYS_pread64 = 67,
    SYS_pwrite64 = 68, SYS_sendfile = 71, SYS_pselect6 = 72, SYS_ppoll = 73,
    SYS_readlinkat = 78, SYS_newfstatat = 79, SYS_fstat = 80, SYS_sync = 81,
    SYS_fsync = 82, SYS_fdatasync = 83, SYS_utimensat = 88, SYS_exit = 93,
    SYS_exit_group = 94, SYS_waitid = 95, SYS_set_tid_address = 96,
    SYS_futex = 98, SYS_nanosleep = 101,
    SYS_getitimer = 102, SYS_setitimer = 103, SYS_clock_settime = 112,
    SYS_clock_gettime = 113, SYS_clock_nanosleep = 115,
    SYS_syslog = 116, SYS_sched_getaffinity = 123,
    SYS_sched_yield = 124, SYS_kill = 129, SYS_tgkill = 131,
    SYS_sigaltstack = 132, SYS_rt_sigsuspend = 133, SYS_rt_sigaction = 134,
    SYS_rt_sigprocmask = 135, SYS_rt_sigpending = 136,
    SYS_rt_sigtimedwait = 137, SYS_rt_sigreturn = 139, SYS_setpriority = 140,
    SYS_getpriority = 141, SYS_reboot = 142, SYS_setgid = 144, SYS_setuid = 146,
    SYS_setresuid = 147, SYS_setresgid = 149,
    SYS_times = 153, SYS_setpgid = 154, SYS_getpgid = 155,
    SYS_getsid = 156, SYS_setsid = 157, SYS_getgroups = 158,
    SYS_setgroups = 159, SYS_uname = 160, SYS_sethostname = 161,
    SYS_getrlimit = 163, SYS_setrlimit = 164, SYS_getrusage = 165,
    SYS_umask = 166, SYS_prctl = 167, SYS_gettimeofday = 169,
    SYS_settimeofday = 170, SYS_getpid = 172, SYS_getppid = 173,
    SYS_getuid = 174, SYS_geteuid = 175, SYS_getgid = 176, SYS_getegid = 177,
    SYS_gettid = 178, SYS_sysinfo = 179, SYS_readahead = 213, SYS_brk = 214,
    SYS_munmap = 215, SYS_mremap = 216, SYS_clone = 220, SYS_execve = 221,
    SYS_mmap = 222, SYS_fadvise64 = 223, SYS_swapon = 224, SYS_swapoff = 225,
    SYS_mprotect = 226, SYS_msync = 227, SYS_mlock = 228, SYS_munlock = 229,
    SYS_mlockall = 230, SYS_munlockall = 231, SYS_mincore = 232,
    SYS_madvise = 233, SYS_riscv_hwprobe = 258, SYS_riscv_flush_icache = 259,
    SYS_wait4 = 260, SYS_prlimit64 = 261, SYS_syncfs = 267,
    SYS_renameat2 = 276, SYS_getrandom = 278,
    SYS_copy_file_range = 285, SYS_rseq = 293, SYS_clone3 = 435,
    SYS_faccessat2 = 439,
};
/* clang-format on */
