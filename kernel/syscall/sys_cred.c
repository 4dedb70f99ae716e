/* SPDX-License-Identifier: MIT */
/*
 * sys_cred.c - user and group numbers.
 *
 * A task has three user numbers: the real one says who started it, the
 * effective one what it may do, the saved one to whom it may change back.  A
 * set-user-ID program starts with the owner's number in the last two.  Groups
 * have the same three, and a list of further ones.
 *
 * setuid, setreuid and setresuid (and the gid ones) are one rule: without
 * privilege, which is the effective user 0, each of the new numbers must be
 * one of the old three.  -1 leaves a number as it is.
 *
 * Locks: only the task changes its numbers, so it reads them without; others
 * read them under task->lock, which it takes to change them.
 *
 * Not done: capabilities; privilege is one bit.
 */
#include "sched/task.h"
#include "syscall/syscall.h"

#define KEEP ((uint32_t)-1)

/* The real, effective and saved number of one kind, in struct cred. */
enum { REAL, EFFECTIVE, SAVED, NR_IDS };
struct ids {
    uint32_t *id[NR_IDS];
};

static bool
may_become(const struct ids *ids, uint32_t id)
{
    return id == KEEP || is_root(&current->cred) || id == *ids->id[REAL] ||
           id == *ids->id[EFFECTIVE] || id == *ids->id[SAVED];
}

/* All of them or, with -EPERM, none. */
static int64_t
change(struct ids ids, const uint32_t new[NR_IDS])
{
    for (int i = 0; i < NR_IDS; i++)
        if (!may_become(&ids, new[i]))
            return -EPERM;
    spin_lock(&current->lock);
    for (int i = 0; i < NR_IDS; i++)
        if (new[i] != KEEP)
            *ids.id[i] = new[i];
    spin_unlock(&current->lock);
    return 0;
}

/* setuid, setgid: root gives all three away for good. */
static int64_t
set_one(struct ids ids, const uint64_t *a)
{
    uint32_t id = (uint32_t)a[0], others = is_root(&current->cred) ? id : KEEP;

    if (id == KEEP)
        return -EINVAL;
    return change(ids, (const uint32_t[]){others, id, others});
}

/* setreuid, setregid: a changed number makes the saved one follow. */
static int64_t
set_two(struct ids ids, const uint64_t *a)
{
    uint32_t real = (uint32_t)a[0], effective = (uint32_t)a[1];
    uint32_t next = effective == KEEP ? *ids.id[EFFECTIVE] : effective;
    bool follow = real != KEEP || next != *ids.id[REAL];

    return change(ids,
                  (const uint32_t[]){real, effective, follow ? next : KEEP});
}

/* setresuid, setresgid */
static int64_t
set_three(struct ids ids, const uint64_t *a)
{
    return change(ids, (const uint32_t[]){(uint32_t)a[0], (uint32_t)a[1],
                                          (uint32_t)a[2]});
}

/* getresuid, getresgid */
static int64_t
get_three(struct ids ids, const uint64_t *a)
{
    for (int i = 0; i < NR_IDS; i++)
        if (put_user(*ids.id[i], (uint32_t *)a[i]))
            return -EFAULT;
    return 0;
}

/* Calls that come in pairs, for users and for groups. */
#define FOR_USER_AND_GROUP(name, fn)                                           \
    int64_t sys_##name##uid(const uint64_t *a)                                 \
    {                                                                          \
        struct cred *c = &current->cred;                                       \
                                                                               \
        return fn((struct ids){{&c->uid, &c->euid, &c->suid}}, a);             \
    }                                                                          \
    int64_t sys_##name##gid(const uint64_t *a)                                 \
    {                                                                          \
        struct cred *c = &current->cred;                                       \
                                                                               \
        return fn((struct ids){{&c->gid, &c->egid, &c->sgid}}, a);             \
    }
FOR_USER_AND_GROUP(set, set_one)
FOR_USER_AND_GROUP(setre, set_two)
FOR_USER_AND_GROUP(setres, set_three)
FOR_USER_AND_GROUP(getres, get_three)

/* The list of further groups; size 0 only asks how many there are. */
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
