/* SPDX-License-Identifier: MIT */
/*
 * struct mm: an address space; struct vm_area: a range of it that is backed
 * the same way.
 *
 *   mm --- vmas (list, by address) --- vm_area --- mapping (address_space)
 *     \--- tree (red-black, augmented with the largest gap)   or anonymous
 *      \-- pgd (page table: root, 512 user+kernel entries)
 *
 * Keys: (m) mmap_lock, writing needs it for writing; (T) page_table_lock;
 * (a) atomic; (c) constant; (i) i_mmap_lock of the mapping.
 *
 * Invariants
 *   I1  VMAs do not overlap, are not empty, are page aligned, and lie in
 *       [USER_MIN, USER_END).  List and tree hold the same VMAs.
 *   I2  A present user PTE lies inside a VMA that allows its access.
 *   I3  A VMA with a mapping is on mapping->i_mmap and holds, through
 *       vm_ops->open/close, a reference on its file.
 *   I4  total_vm is the sum of the lengths of all VMAs, locked_vm of those
 *       with VM_LOCKED.
 */
#pragma once

#include "include/mman.h"
#include "lib/interval.h"
#include "riscv/memlayout.h"
#include "riscv/mmu.h"
#include "riscv/pte.h"
#include "sched/mutex.h"

struct address_space;
struct anon_vma;
struct file;
struct page;
struct vm_operations;

/* vm_flags: as Linux's, as far as they exist here. */
enum {
    VM_READ = 0x1,
    VM_WRITE = 0x2,
    VM_EXEC = 0x4,
    VM_SHARED = 0x8,
    VM_MAYREAD = 0x10, /* what mprotect may turn on */
    VM_MAYWRITE = 0x20,
    VM_MAYEXEC = 0x40,
    MAY_SHIFT = 4, /* VM_MAYREAD == VM_READ << MAY_SHIFT, ... */
    VM_GROWSDOWN = 0x100,
    VM_PFNMAP = 0x400, /* device memory, read-only: no struct page */
    VM_LOCKED = 0x2000,
    VM_SEQ_READ = 0x8000,
    VM_RAND_READ = 0x10000,
    VM_DONTCOPY = 0x20000,
    VM_ACCOUNT = 0x100000,   /* counted in Committed_AS */
    VM_NORESERVE = 0x200000, /* never to be counted there */
};
#define VM_ACCESS (VM_READ | VM_WRITE | VM_EXEC)

enum mm_counter {
    MM_FILEPAGES,
    MM_ANONPAGES,
    MM_SHMEMPAGES,
    MM_SWAPENTS,
    NR_MM_COUNTERS
};

struct mm {
    struct mmu mmu;   /* root, ASID, harts: riscv/mmu.h */
    pte_t *pgd;       /* (c) */
    atomic32_t users; /* tasks that run in it, procfs */
    atomic32_t count; /* all users together, and each who holds the struct */

    struct rwsem mmap_lock;
    struct spinlock page_table_lock;
    struct list_head vmas;    /* (m) */
    struct rb_root vma_tree;  /* (m) */
    struct vm_area *vma_hint; /* (m) racy hint: the last one found */
    struct list_head removed; /* (m) VMAs that a call has taken out */
    int64_t commit_left;      /* (m) pages it has charged and no VMA has yet */
    uint32_t map_count;       /* (m) */
    uint32_t def_flags;       /* (m) mlockall: what new VMAs get, too */
    bool unstable;            /* set once: killed, and reaped.  See oom.c */
    bool of_init;             /* (c) after exec: pid 1 runs in it */

    uint64_t total_vm, data_vm, stack_vm, exec_vm, locked_vm; /* (m) pages */
    uint64_t hiwater_vm;                                      /* (m) pages */
    atomic64_t rss[NR_MM_COUNTERS];                           /* (a) pages */
    uint64_t hiwater_rss;                                     /* racy, pages */
    atomic64_t pgtable_bytes;                                 /* (a) */

    /* From here to exe_file: what exec has set, and fork copies. */
    uint64_t start_code, end_code, start_data, end_data; /* (m) */
    uint64_t start_brk, brk, start_stack;                /* (m) */
    uint64_t mmap_base; /* (m) set before there is a VMA above it */
    uint64_t arg_start, arg_end, env_start, env_end; /* (m) */
    struct file *exe_file;                           /* (m) mm_set_exe_file() */
    const struct vm_operations *exe_ops; /* (m) count its references */
};

struct vm_area {
    uint64_t vm_start, vm_end;     /* (m) */
    uint32_t vm_flags;             /* (m) */
    struct mm *vm_mm;              /* (c) */
    struct file *vm_file;          /* (c) opaque, counted by vm_ops */
    struct address_space *mapping; /* (c) NULL: anonymous private */
    uint64_t vm_pgoff; /* (m) in pages: offset in file; vm_start / PAGE_SIZE
                          where it was created if anonymous */
    const struct vm_operations *vm_ops; /* (c) NULL: anonymous */
    struct anon_vma *anon_vma;          /* (m)(T) NULL: no anonymous page yet */
    struct interval in_anon;            /* its root's lock: anon_vma->vmas */
    struct list_head link;              /* (m) mm->vmas */
    struct rb_node node;                /* (m) mm->vma_tree */
    uint64_t max_gap;                   /* (m) below a VMA of the subtree */
    struct interval in_mapping;         /* (i) mapping->i_mmap */
};

/*
 * vm <- fs.  open: another VMA refers to the file (mmap_lock held; must not
 * sleep); close: one less (never called under mmap_lock; may drop the last
 * reference).
 */
struct vm_operations {
    void (*open)(struct file *file);
    void (*close)(struct file *file);
};

/* --- mm.c: life of an address space */
void mm_cache_init(void);  /* caches, zero page; once at boot */
struct mm *mm_alloc(void); /* empty, one user.  NULL: no memory */
#define mm_get(mm) (atomic_inc(&(mm)->users), (mm))
/*
 * Drop a user; the last tears all mappings down.  May sleep.  NULL is allowed.
 * => the last user has left mm (switch_mmu), no hart runs in it
 */
void mm_put(struct mm *mm);
/* Keep the struct, not its mappings: for a flush of the TLBs to come. */
#define mm_hold(mm) atomic_inc(&(mm)->count)
void mm_drop(struct mm *mm);
/*
 * fork: copy VMAs and page tables of `from` into new `to`.  -ENOMEM, -EINTR;
 * after a failure mm_put(to) undoes what was copied.
 */
int mm_copy(struct mm *to, struct mm *from);
/*
 * exec, fork: the file of /proc/PID/exe, once.
 * => refs: takes its own through ops
 */
void mm_set_exe_file(struct mm *mm, struct file *file,
                     const struct vm_operations *ops);

/* --- vma.c: the set of VMAs; all need mmap_lock */
/* The first VMA that ends above addr, or NULL. */
struct vm_area *find_vma(struct mm *mm, uint64_t addr);
/* The VMA that contains addr, or NULL. */
struct vm_area *vma_at(struct mm *mm, uint64_t addr);
static inline struct vm_area *
vma_next(struct vm_area *vma)
{
    return vma->link.next == &vma->vm_mm->vmas ? NULL
                                               : list_next_entry(vma, link);
}
static inline struct vm_area *
vma_prev(struct vm_area *vma)
{
    return vma->link.prev == &vma->vm_mm->vmas ? NULL
                                               : list_prev_entry(vma, link);
}
static inline struct vm_area *
vma_first(struct mm *mm)
{
    return list_first_entry_or_null(&mm->vmas, struct vm_area, link);
}

/* --- mmap.c, mremap.c, range.c: what the system calls do */
struct mmap_args {
    uint64_t addr, len;
    uint32_t prot, flags; /* PROT_*, MAP_* */
    uint32_t vm_flags;    /* additional VM_* */
    struct file *file;    /* with vm_ops and mapping, or NULL */
    struct address_space *mapping;
    const struct vm_operations *vm_ops;
    uint32_t may; /* VM_MAY* that the file's mode permits */
    uint64_t pgoff;
};
/* => address or negative errno; takes mmap_lock for writing */
int64_t do_mmap(struct mm *mm, const struct mmap_args *args);
int do_munmap(struct mm *mm, uint64_t addr, uint64_t len);
int do_mprotect(struct mm *mm, uint64_t addr, uint64_t len, uint32_t prot);
int do_madvise(struct mm *mm, uint64_t addr, uint64_t len, uint32_t advice);
/* One byte a page: bit 0 says that an access would not wait for a disk. */
int do_mincore(struct mm *mm, uint64_t addr, uint64_t len, uint8_t *user_vec);
int do_mlock(struct mm *mm, uint64_t addr, uint64_t len, bool lock);
int do_mlockall(struct mm *mm, uint32_t flags); /* MCL_*; 0: unlock all */
struct mremap_args {
    uint64_t addr, old_len, new_len;
    uint32_t flags; /* MREMAP_* */
    uint64_t new_addr;
};
/* => address or negative errno */
int64_t do_mremap(struct mm *mm, struct mremap_args *args);
uint64_t do_brk(struct mm *mm, uint64_t brk); /* the new, or the old, brk */

/* --- fault.c */
enum vm_fault {
    VM_FAULT_DONE,    /* resolved */
    VM_FAULT_DIRTIED, /* resolved; a file's page got dirty: who holds nothing
                         calls balance_dirty_pages() */
    /* All from here on: not resolved. */
    VM_FAULT_SIGSEGV_MAPERR,
    VM_FAULT_SIGSEGV_ACCERR,
    VM_FAULT_SIGBUS,
    VM_FAULT_OOM,
    VM_FAULT_KILLED, /* a fatal signal ended the wait */
};
/* The last one reads, for swapoff: also what the program may not read. */
enum fault_access { FAULT_READ, FAULT_WRITE, FAULT_EXEC, FAULT_UNSWAP };

/*
 * Resolve a fault of the current task at addr.
 * => takes mmap_lock for reading; may sleep; interrupts on
 */
enum vm_fault handle_user_fault(struct mm *mm, uint64_t addr,
                                enum fault_access access);
/* One step of it.  => mmap_lock held for reading, addr inside vma */
enum vm_fault handle_mm_fault(struct vm_area *vma, uint64_t addr,
                              enum fault_access access);
/*
 * Copy between kernel memory and another mm (procfs, exec's arguments).
 * => bytes copied; takes mmap_lock of mm for reading
 */
size_t access_remote_vm(struct mm *mm, uint64_t addr, void *buf, size_t len,
                        bool write);

/* --- accounting */
uint64_t mm_rss(struct mm *mm);         /* pages */
uint64_t mm_hiwater_rss(struct mm *mm); /* the most it ever was */
