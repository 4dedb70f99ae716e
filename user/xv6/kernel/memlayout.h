/* SPDX-License-Identifier: MIT */
/* An address that user programs must not reach, for xv6's tests. */
#ifndef XV6_KERNEL_MEMLAYOUT_H
#define XV6_KERNEL_MEMLAYOUT_H

#define KERNBASE 0xffffffc000000000L

#endif
