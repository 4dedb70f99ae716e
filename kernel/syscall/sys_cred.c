/* SPDX-License-Identifier: MIT */
/*
 * sys_cred.c - user and group numbers.
 *
 * A task has three user numbers: the real one says who started it, the
 * effective one what it may do, the saved one to whom it may change back.  A
 * set-user-ID program starts with the owner's number in the last two.  Groups
 * have the same three, and a list of further ones.
 *
 * setuid and setresuid (and the gid ones) are one rule: without
 * privilege, which is the effective user 0, each of the new numbers must be
 * one of the old three.  -1 leaves a number as it is.
 *
 * What a process got with its old rights it has still when it has given them
 * up: open files, for one.  So until it runs another program it is not its new
 * user's to look into (TF_PRIVATE, proc_may_inspect).
 *
 * Locks: only the task changes its numbers, so it reads them without; others
 * read them under task->lock, which it takes to change them.
 *
 * Not done: capabilities; privilege is one bit.
 */
#include "syscall/syscall.h"

enum { USER, GROUP };            /* a row of cred.ids */
enum { REAL, EFFECTIVE, SAVED }; /* a column */
#define KEEP ((uint32_t)-1)

static void
set_cred(const struct cred *new)
{
    spin_lock(&current->lock);
    current->cred = *new;
    spin_unlock(&current->lock);
}

/* All of them or, with -EPERM, none. */
static int64_t
change(int kind, uint32_t real, uint32_t effective, uint32_t saved)
{
    const uint32_t new[] = {real, effective, saved};
    const uint32_t *old = current->cred.ids[kind];
    struct cred next = current->cred;

    for (int i = REAL; i <= SAVED; i++) {
        if (new[i] == KEEP)
            continue;
        if (!is_root(&current->cred) && new[i] != old[REAL] &&
            new[i] != old[EFFECTIVE] && new[i] != old[SAVED])
            return -EPERM;
        next.ids[kind][i] = new[i];
    }
    if (next.ids[kind][EFFECTIVE] != old[EFFECTIVE])
        atomic_fetch_or(&current->flags, TF_PRIVATE);
    set_cred(&next);
    return 0;
}

/* Root gives all three away for good. */
static int64_t
set_one(int kind, uint32_t id)
{
    uint32_t others = is_root(&current->cred) ? id : KEEP;

    return id == KEEP ? -EINVAL : change(kind, others, id, others);
}

/* clang-format off */
SYSCALL(getuid) { return current->cred.uid; }
SYSCALL(getgid) { return current->cred.gid; }
SYSCALL(geteuid) { return current->cred.euid; }
SYSCALL(getegid) { return current->cred.egid; }
SYSCALL(setuid) { return set_one(USER, (uid_t)a[0]); }
SYSCALL(setgid) { return set_one(GROUP, (gid_t)a[0]); }
SYSCALL(setresuid) { return change(USER, (uid_t)a[0], (uid_t)a[1], (uid_t)a[2]); }
SYSCALL(setresgid) { return change(GROUP, (gid_t)a[0], (gid_t)a[1], (gid_t)a[2]); }
/* clang-format on */

/* The list of further groups; size 0 only asks how many there are. */
SYSCALL(getgroups)
{
    struct cred *c = &current->cred;
    int size = (int)a[0];

    if (size < 0 || (size && (uint32_t)size < c->ngroups))
        return -EINVAL;
    if (size && copy_out(a[1], c->groups, c->ngroups * sizeof(gid_t)))
        return -EFAULT;
    return c->ngroups;
}

SYSCALL(setgroups)
{
    struct cred next = current->cred;

    if (!is_root(&next))
        return -EPERM;
    if (a[0] > NGROUPS_MAX)
        return -EINVAL;
    if (copy_in(next.groups, a[1], a[0] * sizeof(gid_t)))
        return -EFAULT;
    next.ngroups = (uint32_t)a[0];
    set_cred(&next);
    return 0;
}
