/* SPDX-License-Identifier: MIT */
/*
 * args.c - what a system call's arguments mean: the strings in user memory, the
 * task of a pid.
 *
 * Strings are copied before the call looks at them, once, so that another thread
 * cannot change a path between its check and its use.  Most are short and fit
 * the stack; a longer one gets a buffer of PATH_MAX.
 *
 * Locks: none; a task is referenced as long as the call works on it.
 */
#include "mm/slab.h"
#include "syscall/syscall.h"

enum {
    NR_ARGS = 6,
    MAX_PATHS = 4,
    SHORT_PATH = 96, /* with the 0; mostly there is no need of more */
};

/* Call fn with the task of this pid; 0 means the caller. */
int64_t
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
int64_t
with_paths(path_call_fn *fn, unsigned mask, const uint64_t *a)
{
    char *path[MAX_PATHS], buf[MAX_PATHS][SHORT_PATH];
    unsigned n = 0;
    int64_t ret = 0;

    for (unsigned i = 0; i < NR_ARGS && !ret; i++) {
        if (!(mask >> i & 1))
            continue;
        path[n] =
            a[i] || !(mask & NULL_ALLOWED) ? get_path(a[i], buf[n]) : NULL;
        ret = IS_ERR(path[n]) ? PTR_ERR(path[n]) : 0;
        n += !ret;
    }
    if (!ret)
        ret = fn(path, a);
    while (n-- > 0)
        if (path[n] != buf[n])
            kfree(path[n]);
    return ret;
}
