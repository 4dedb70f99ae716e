/* SPDX-License-Identifier: MIT */
/*
 * The lock order, outermost first: a lock may be taken only while every lock
 * held has a lower rank.  Drawn in doc/locking.md; DESIGN.md section 12.
 *
 * Locks of one rank are ordered by what the comment says and are taken with
 * the _nested variants (a subclass that increases).  Trylocks are exempt.
 * Ranks from RANK_SPIN_FIRST on are spinlocks, those below may sleep.
 */
#pragma once

enum lock_rank {
    RANK_NONE = 0,       /* not checked (early boot, tests) */
    RANK_RENAME,         /* one rename at a time */
    RANK_FILE_POS,       /* file position */
    RANK_MOUNT,          /* mount table, swapon */
    RANK_INODE,          /* parents (from above to below), children */
    RANK_TTY_OUTPUT,     /* a tty's output: its mutex */
    RANK_MMAP,           /* mm->mmap_lock: parent, child */
    RANK_JOURNAL_HANDLE, /* an open handle counts as a lock */
    RANK_WRITEOUT,       /* one round of writing dirty mappings at a time */
    RANK_PAGE,           /* data page lock: ascending index */
    RANK_BLOCK_MAP,      /* block-map rwsem of an inode */
    RANK_META_PAGE,      /* metadata page lock */
    RANK_I_MMAP,         /* i_mmap rwsem, anon_vma rwsem */

    RANK_SPIN_FIRST,
    RANK_PAGE_TABLE = RANK_SPIN_FIRST, /* parent, child */
    RANK_TREE,        /* address_space tree_lock, one at a time */
    RANK_SWAP,        /* swap areas */
    RANK_ANON_VMA,    /* beginning and end of a walk */
    RANK_DCACHE,      /* dentries */
    RANK_INODE_HASH,  /* inode hash */
    RANK_INODE_STATE, /* inode->i_lock: state bits, size, times */
    RANK_SUPER,       /* super block counters */
    RANK_DIRTY_LIST,  /* writeback's list of dirty mappings */
    RANK_LRU,         /* zone->lru_lock */
    RANK_VMALLOC,     /* kernel address space */
    RANK_SLAB,        /* a slab cache */
    RANK_ZONE,        /* buddy lists of a zone */
    RANK_TTY_INPUT,   /* received characters */
    RANK_PID,         /* pid table, family tree */
    RANK_TASK,        /* task->lock */
    RANK_FILES,       /* descriptor table; procfs looks into others' */
    RANK_SIGNAL,      /* pending signals */
    RANK_BLOCK,       /* bios of a disk; claims */
    RANK_WAIT,        /* wait queue, of a futex bucket too */
    RANK_RUNQUEUE,    /* run queues, one at a time */
    RANK_TIMER,       /* timers of a hart */
    RANK_LOG,         /* log ring */
    RANK_CONSOLE,     /* UART transmit */
};
