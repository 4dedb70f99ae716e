/* SPDX-License-Identifier: MIT */
/* util.c - arguments in user memory. */
#include "include/limits.h"
#include "include/time.h"
#include "lib/err.h"
#include "mm/slab.h"
#include "riscv/uaccess.h"
#include "sched/timer.h"
#include "syscall/syscall.h"

enum { NSEC_PER_SEC = 1000000000 };

char *
get_path(uint64_t user)
{
    char *path = kmalloc(PATH_MAX, GFP_KERNEL);
    int64_t n;

    if (!path)
        return ERR_PTR(-ENOMEM);
    n = strncpy_from_user(path, (const char *)user, PATH_MAX);
    if (n >= 0 && n < PATH_MAX)
        return path;
    kfree(path);
    return ERR_PTR(n < 0 ? n : -ENAMETOOLONG);
}

void
put_path(char *path)
{
    kfree(path);
}

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

int
get_timespec(struct timespec *out, uint64_t user)
{
    if (copy_in(out, user, sizeof(*out)))
        return -EFAULT;
    if (out->tv_sec < 0 || out->tv_nsec < 0 || out->tv_nsec >= NSEC_PER_SEC)
        return -EINVAL;
    return 0;
}

uint64_t
timespec_to_ticks(const struct timespec *t)
{
    uint64_t ns;

    if (__builtin_mul_overflow((uint64_t)t->tv_sec, (uint64_t)NSEC_PER_SEC,
                               &ns) ||
        __builtin_add_overflow(ns, (uint64_t)t->tv_nsec, &ns))
        ns = INT64_MAX;
    return ns_to_ticks(ns);
}
