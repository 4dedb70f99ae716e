/* SPDX-License-Identifier: MIT */
/* What xv6's programs know of its file system: directory entries, sizes. */
#ifndef XV6_KERNEL_FS_H
#define XV6_KERNEL_FS_H

#define BSIZE 1024
#define NDIRECT 12
#define NINDIRECT (BSIZE / sizeof(uint))
#define MAXFILE (NDIRECT + NINDIRECT)
#define DIRSIZ 14

struct dirent {
    ushort inum;
    char name[DIRSIZ];
};

#endif
