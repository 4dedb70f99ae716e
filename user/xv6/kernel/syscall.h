/* SPDX-License-Identifier: MIT */
/* xv6's programs do not use the numbers; the header must exist. */
#ifndef XV6_KERNEL_SYSCALL_H
#define XV6_KERNEL_SYSCALL_H

#endif
