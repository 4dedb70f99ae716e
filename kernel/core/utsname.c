/* SPDX-License-Identifier: MIT */
/* utsname.c - the names of the system. */
#include "core/utsname.h"

struct spinlock utsname_lock = SPINLOCK_INIT(RANK_TASK, "utsname");

struct utsname utsname = {
    .sysname = "Folio",
    .nodename = "folio",
    .release = "6.1.0-folio", /* what glibc takes for recent enough */
    .version = "#1 SMP PREEMPT",
    .machine = "riscv64",
    .domainname = "(none)",
};
