/* SPDX-License-Identifier: MIT */
/* fs_init.c - the parts of fs/, in the order in which they need each other. */
#include "fs/ext2/ext2.h"
#include "fs/tty/tty.h"

void
fs_init(void)
{
    file_init();
    dcache_init();
    inode_cache_init();
    pipe_init();
    memdev_init();
    tty_init();
    ext2_init();
    procfs_init();
    tmpfs_init();
}
