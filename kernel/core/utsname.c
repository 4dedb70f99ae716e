/* SPDX-License-Identifier: MIT */
/* utsname.c - the names of the system. */
#include "core/utsname.h"

struct utsname utsname = {
    .sysname = "Folio",
    .nodename = "folio",
    .release = "6.1.0-folio", /* what glibc takes for recent enough */
    .version = "#1 SMP PREEMPT",
    .machine = "riscv64",
    .domainname = "(none)",
};
