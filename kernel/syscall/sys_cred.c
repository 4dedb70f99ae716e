/* SPDX-License-Identifier: MIT */
/*
 * sys_cred.c - user and group numbers.
 *
 * setuid, setreuid and setresuid (and the gid ones) are one rule: without
 * privilege each of the new numbers must be one of the old three.  -1 leaves
 * a number as it is.
 */
#include "riscv/uaccess.h"
#include "sched/task.h"
#include "syscall/syscall.h"

#define KEEP ((uint32_t)-1)

/* The three numbers of one kind, in struct cred. */
struct ids {
    uint32_t *real, *effective, *saved;
};

static struct ids
user_ids(void)
{
    struct cred *c = &current->cred;

    return (struct ids){&c->uid, &c->euid, &c->suid};
}

static struct ids
group_ids(void)
{
    struct cred *c = &current->cred;

    return (struct ids){&c->gid, &c->egid, &c->sgid};
}

static bool
may_become(const struct ids *ids, uint32_t id)
{
    return id == KEEP || is_root(&current->cred) || id == *ids->real ||
           id == *ids->effective || id == *ids->saved;
}

static int64_t
set_ids(struct ids ids, uint32_t real, uint32_t effective, uint32_t saved)
{
    if (!may_become(&ids, real) || !may_become(&ids, effective) ||
        !may_become(&ids, saved))
        return -EPERM;
    spin_lock(&current->lock);
    if (real != KEEP)
        *ids.real = real;
    if (effective != KEEP)
        *ids.effective = effective;
    if (saved != KEEP)
        *ids.saved = saved;
    spin_unlock(&current->lock);
    return 0;
}

/* setuid, setgid: root gives all three away for good. */
static int64_t
set_one(struct ids ids, uint32_t id)
{
    if (id == KEEP)
        return -EINVAL;
    if (is_root(&current->cred))
        return set_ids(ids, id, id, id);
    return set_ids(ids, KEEP, id, KEEP);
}

/* setreuid, setregid: a changed number makes the saved one follow. */
static int64_t
set_two(struct ids ids, uint32_t real, uint32_t effective)
{
    uint32_t old_real = *ids.real;
    bool follow = real != KEEP || (effective != KEEP && effective != old_real);
    int64_t err = set_ids(ids, real, effective, KEEP);

    if (!err && follow)
        *ids.saved = *ids.effective;
    return err;
}

static int64_t
get_three(struct ids ids, const uint64_t *a)
{
    if (put_user(*ids.real, (uint32_t *)a[0]) ||
        put_user(*ids.effective, (uint32_t *)a[1]) ||
        put_user(*ids.saved, (uint32_t *)a[2]))
        return -EFAULT;
    return 0;
}

int64_t
sys_getuid(const uint64_t *a)
{
    (void)a;
    return current->cred.uid;
}

int64_t
sys_geteuid(const uint64_t *a)
{
    (void)a;
    return current->cred.euid;
}

int64_t
sys_getgid(const uint64_t *a)
{
    (void)a;
    return current->cred.gid;
}

int64_t
sys_getegid(const uint64_t *a)
{
    (void)a;
    return current->cred.egid;
}

int64_t
sys_setuid(const uint64_t *a)
{
    return set_one(user_ids(), (uint32_t)a[0]);
}

int64_t
sys_setgid(const uint64_t *a)
{
    return set_one(group_ids(), (uint32_t)a[0]);
}

int64_t
sys_setreuid(const uint64_t *a)
{
    return set_two(user_ids(), (uint32_t)a[0], (uint32_t)a[1]);
}

int64_t
sys_setregid(const uint64_t *a)
{
    return set_two(group_ids(), (uint32_t)a[0], (uint32_t)a[1]);
}

int64_t
sys_setresuid(const uint64_t *a)
{
    return set_ids(user_ids(), (uint32_t)a[0], (uint32_t)a[1], (uint32_t)a[2]);
}

int64_t
sys_setresgid(const uint64_t *a)
{
    return set_ids(group_ids(), (uint32_t)a[0], (uint32_t)a[1], (uint32_t)a[2]);
}

int64_t
sys_getresuid(const uint64_t *a)
{
    return get_three(user_ids(), a);
}

int64_t
sys_getresgid(const uint64_t *a)
{
    return get_three(group_ids(), a);
}

int64_t
sys_getgroups(const uint64_t *a)
{
    struct cred *c = &current->cred;
    int size = (int)a[0];

    if (size < 0 || (size && (uint32_t)size < c->ngroups))
        return -EINVAL;
    if (size && copy_out(a[1], c->groups, c->ngroups * sizeof(gid_t)))
        return -EFAULT;
    return c->ngroups;
}

int64_t
sys_setgroups(const uint64_t *a)
{
    struct cred *c = &current->cred;
    gid_t groups[NGROUPS];
    uint64_t n = a[0];

    if (!is_root(c))
        return -EPERM;
    if (n > NGROUPS)
        return -EINVAL;
    if (copy_in(groups, a[1], n * sizeof(gid_t)))
        return -EFAULT;
    spin_lock(&current->lock);
    for (uint64_t i = 0; i < n; i++)
        c->groups[i] = groups[i];
    c->ngroups = (uint32_t)n;
    spin_unlock(&current->lock);
    return 0;
}
