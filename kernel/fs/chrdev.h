/* SPDX-License-Identifier: MIT */
/* What fs_init.c calls of the special files' parts. */
#ifndef FS_CHRDEV_H
#define FS_CHRDEV_H

void pipe_init(void);   /* pipe.c */
void memdev_init(void); /* memdev.c */

#endif
