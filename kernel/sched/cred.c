/* SPDX-License-Identifier: MIT */
/* cred.c - questions about credentials.  See cred.h. */
#include "sched/cred.h"

#include "sched/task.h"

bool
in_group(gid_t gid)
{
    const struct cred *c = &current->cred;

    if (c->egid == gid)
        return true;
    for (uint32_t i = 0; i < c->ngroups; i++)
        if (c->groups[i] == gid)
            return true;
    return false;
}

bool
may_signal(struct task *t)
{
    const struct cred *me = &current->cred;
    bool ok;

    if (is_root(me))
        return true;
    spin_lock(&t->lock);
    ok = me->euid == t->cred.suid || me->euid == t->cred.uid ||
         me->uid == t->cred.suid || me->uid == t->cred.uid;
    spin_unlock(&t->lock);
    return ok;
}
