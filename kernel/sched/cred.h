/* SPDX-License-Identifier: MIT */
/* Credentials: who a task acts as.  Held by value in struct task. */
#pragma once

#include "lib/types.h"

enum { NGROUPS = 16 };

struct cred {
    union {
        struct {
            uid_t uid, euid, suid;
            gid_t gid, egid, sgid;
        };
        uint32_t ids[2][3]; /* the same, for who treats both kinds alike */
    };
    uint32_t ngroups;
    gid_t groups[NGROUPS];
};

struct task;
bool in_group(gid_t gid); /* of the current task, effective */
static inline bool
is_root(const struct cred *c)
{
    return c->euid == 0;
}
/* May the current task send a signal to t? */
bool may_signal(struct task *t);
