/* SPDX-License-Identifier: MIT */
/* xv6's limits, as its programs and tests expect them. */
#ifndef XV6_KERNEL_PARAM_H
#define XV6_KERNEL_PARAM_H

#define NPROC 64
#define NCPU 8
#define NOFILE 16
#define NDEV 10
#define MAXARG 32
#define MAXOPBLOCKS 10
#define FSSIZE 2000
#define MAXPATH 128
#define USERSTACK 1

#endif
