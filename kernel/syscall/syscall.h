/* SPDX-License-Identifier: MIT */
/*
 * syscall.h - how a system call is written, and what the files of this layer
 * share.
 *
 * A call is a function of its argument registers: a[0] to a[5], and in a[7] its
 * number.  It returns what a0 shall be: a result or a negative errno.  It begins
 * with one of these, which say what is to be done first:
 *
 *   SYSCALL(name)              nothing
 *   SYSCALL_FILE(name)         a[0] is a descriptor: f is its file; -EBADF
 *   SYSCALL_FD(name)           the same, and it may be one of O_PATH
 *   SYSCALL_PATHS(name, mask)  if bit i of mask is set, a[i] is the address of
 *                              a path or of another string; path[0] is the
 *                              first of them.  -EFAULT, -ENAMETOOLONG, -ENOMEM
 *   SYSCALL_TASK(name, i)      a[i] is a pid, 0 the caller's: t is its task;
 *                              -ESRCH
 *
 * File, task and the copies of the paths are given back when the function has
 * returned.  The same words make its row in the table of calls, with the number
 * SYS_name of include/syscall.h: a call is written in one place.
 */
#pragma once

#include "fs/fs.h"
#include "include/syscall.h"
#include "riscv/uaccess.h"
#include "sched/sched.h"

#define ARGS const uint64_t *a __maybe_unused
typedef int64_t syscall_fn(const uint64_t *a);
typedef int64_t file_call_fn(struct file *f, const uint64_t *a);
typedef int64_t path_call_fn(char **path, const uint64_t *a);
typedef int64_t task_call_fn(struct task *t, const uint64_t *a);

/* Gathered by the linker; syscall_init() makes the table of them. */
struct syscall_row {
    uint64_t nr;
    syscall_fn *fn;
};
extern const struct syscall_row _syscalls_start[], _syscalls_end[];

/* A function and its row, which calls it by way of `entry`. */
#define SYSCALL_ROW(name, type, entry)                                         \
    static type sys_##name;                                                    \
    static int64_t enter_##name(ARGS)                                          \
    {                                                                          \
        return entry;                                                          \
    }                                                                          \
    static const struct syscall_row row_##name                                 \
        __attribute__((used, section(".syscalls"))) = {SYS_##name,             \
                                                       enter_##name};

#define SYSCALL(name)                                                          \
    SYSCALL_ROW(name, syscall_fn, sys_##name(a))                               \
    static int64_t sys_##name(ARGS)
#define SYSCALL_FILE(name)                                                     \
    SYSCALL_ROW(name, file_call_fn, with_file(sys_##name, fd_get, a))          \
    static int64_t sys_##name(struct file *f __maybe_unused, ARGS)
#define SYSCALL_FD(name)                                                       \
    SYSCALL_ROW(name, file_call_fn, with_file(sys_##name, fd_get_any, a))      \
    static int64_t sys_##name(struct file *f __maybe_unused, ARGS)
#define SYSCALL_PATHS(name, mask)                                              \
    SYSCALL_ROW(name, path_call_fn, with_paths(sys_##name, mask, a))           \
    static int64_t sys_##name(char **path, ARGS)
#define SYSCALL_TASK(name, i)                                                  \
    SYSCALL_ROW(name, task_call_fn, with_task(sys_##name, (pid_t)a[i], a))     \
    static int64_t sys_##name(struct task *t __maybe_unused, ARGS)

enum { NULL_ALLOWED = 1 << 6 }; /* in a mask of paths: NULL for address 0 */
int64_t with_paths(path_call_fn *fn, unsigned mask, const uint64_t *a);
int64_t with_task(task_call_fn *fn, pid_t pid, const uint64_t *a);

/* Inline, so that read and write are one function each. */
static inline __attribute__((always_inline)) int64_t
with_file(file_call_fn *fn, struct file *(*get)(int fd), const uint64_t *a)
{
    struct file *f = get((int)a[0]);
    int64_t ret;

    if (!f)
        return -EBADF;
    ret = fn(f, a);
    fput(f);
    return ret;
}

/* Register the trap upcalls; once at boot. */
void syscall_init(void);

/* Copy a structure out or in: 0 or -EFAULT. */
#define copy_out(user, from, n)                                                \
    (copy_to_user((void *)(user), from, n) ? -EFAULT : 0)
#define copy_in(to, user, n)                                                   \
    (copy_from_user(to, (const void *)(user), n) ? -EFAULT : 0)
/* The same if there is an address. */
static inline int
copy_out_if(uint64_t user, const void *from, size_t n)
{
    return user ? copy_out(user, from, n) : 0;
}

/*
 * sys_time.c: when a wait ends, on the timebase.  user: a struct timespec, from
 * now or, if a clock shows so many ticks now, a time on that clock; 0: never.
 * A wait that a stop interrupted put its end into current->wait_end before it
 * returned -ERESTARTSYS, and has it here again.  So that no other call finds it,
 * this is the first thing that a call does which may fail.  -EFAULT, -EINVAL
 */
int get_end(uint64_t user, uint64_t shown, uint64_t *end);
/* For schedule_timeout(); 0: it is over. */
static inline int64_t
ticks_left(uint64_t end)
{
    uint64_t now = clock_ticks();

    return (int64_t)MIN(end - MIN(end, now), (uint64_t)WAIT_FOREVER);
}
