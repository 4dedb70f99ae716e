/* SPDX-License-Identifier: MIT */
/* fs_init.c - the parts of fs/, in the order in which they need each other. */
#include "fs/ext2/ext2.h"
#include "fs/tty/tty.h"

void
fs_init(void)
{
    file_init();
    dcache_init();
    register_filesystem(&pipe_type);
    tty_init();
    register_filesystem(&ext2_type);
    register_filesystem(&proc_type);
    register_filesystem(&tmpfs_type);
}
