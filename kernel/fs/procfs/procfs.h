/* SPDX-License-Identifier: MIT */
/* The file system type "proc"; see tree.c. */
#pragma once

void procfs_init(void); /* once at boot */
