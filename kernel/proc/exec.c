/* SPDX-License-Identifier: MIT */
/*
 * exec.c - execve(2): a new program in an old task.
 *
 *   1. open the file, check that it may be executed
 *   2. copy arguments and environment to kernel pages
 *   3. a script (#!): put interpreter and path in front, go to 1
 *   4. build a complete new address space: segments, stack, strings, auxv
 *   5. the point of no return: switch to it, drop the old one
 *
 * Everything that can fail comes before 5, so a failed exec leaves the old
 * program running, with an errno.
 *
 * The new stack, from high to low:
 *
 *     strings | random bytes | auxv | envp[] NULL | argv[] NULL | argc <- sp
 *
 * Locks: the new mm belongs to us alone until step 5.
 * See: the RISC-V psABI; Linux's binfmt_script for the rules of #!.
 */
#include "proc/exec.h"

#include "core/rng.h"
#include "fs/fs.h"
#include "include/auxvec.h"
#include "include/elf.h"
#include "include/errno.h"
#include "lib/err.h"
#include "lib/format.h"
#include "lib/macros.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "proc/elf.h"
#include "proc/exec_args.h"
#include "proc/exit.h"
#include "riscv/trap.h"
#include "riscv/uaccess.h"
#include "sched/sched.h"
#include "vm/mm.h"

enum {
    MAX_SCRIPT_DEPTH = 4,
    SCRIPT_LINE = 256,
    RANDOM_BYTES = 16,
    AUX_PAIRS = 19,
    STACK_ALIGN = 16,
    WORD_RUN = 64,
    HWCAP_IMAC = 1 << 0 | 1 << 2 | 1 << 8 | 1 << 12, /* 'A','C','I','M' */
};

#define STACK_VMA_INITIAL (32 * PAGE_SIZE)
#define STACK_RANDOM_MASK 0x3ff000UL       /* 4 MB */
#define MMAP_GAP_MIN ((uint64_t)128 << 20) /* below the top, for the stack */
#define MMAP_RANDOM_MASK 0xffff000UL

struct exec_state {
    struct file *file;
    struct files *files; /* a private copy, if the table was shared */
    struct exec_args args;
    char path[PATH_MAX]; /* as given: AT_EXECFN, comm */
    char interp[SCRIPT_LINE];
    struct mm *mm;
    struct elf_image image;
    uint64_t sp;
    uint64_t random_at, execfn_at;
    uint64_t aux[AUX_PAIRS * 2]; /* zeroes behind AT_NULL */
    unsigned nr_aux;
};

/* --- The file */

static int
open_program(struct exec_state *x, const char *path)
{
    struct dentry *d;
    struct file *f;
    int err = path_lookup(AT_FDCWD, path, LOOKUP_FOLLOW, &d);

    if (err)
        return err;
    /* Not opened before it is known to be a file; x alone is enough. */
    if (S_ISREG(d->inode->mode) && inode_permission(d->inode, MAY_EXEC) == 0)
        f = dentry_open(d, O_RDONLY);
    else
        f = ERR_PTR(-EACCES);
    dput(d);
    if (IS_ERR(f))
        return (int)PTR_ERR(f);
    if (x->file)
        fput(x->file);
    x->file = f;
    return 0;
}

/*
 * Take "#!interp [arg]" apart.  => length of the line's use, 0: no script
 */
static int
parse_script(struct exec_state *x, char **interp, char **arg)
{
    ssize_t n = kernel_read(x->file, x->interp, SCRIPT_LINE - 1, 0);
    char *p = x->interp, *end;

    if (n < 0)
        return n == -EISDIR ? -EACCES : (int)n;
    x->interp[n] = '\0';
    if (n < 2 || p[0] != '#' || p[1] != '!')
        return 0;
    end = strchr(p, '\n');
    if (!end && n == SCRIPT_LINE - 1)
        return -ENOEXEC;
    if (!end)
        end = p + strlen(p); /* the file's end ends its only line */
    while (end > p && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
        end--;
    *end = '\0';
    for (p += 2; *p == ' ' || *p == '\t'; p++)
        continue;
    if (!*p)
        return -ENOEXEC;
    *interp = p;
    while (*p && *p != ' ' && *p != '\t')
        p++;
    if (*p)
        *p++ = '\0';
    while (*p == ' ' || *p == '\t')
        p++;
    *arg = *p ? p : NULL;
    return 1;
}

/* Follow scripts to a program. */
static int
resolve_scripts(struct exec_state *x)
{
    const char *script = x->path;
    char *previous = NULL;
    int err = 0;

    for (int depth = 0;; depth++) {
        char *interp = NULL, *arg = NULL;

        err = parse_script(x, &interp, &arg);
        if (err <= 0)
            break;
        err = depth == MAX_SCRIPT_DEPTH ? -ELOOP : args_drop_first(&x->args);
        if (!err)
            err = args_push_front(&x->args, script);
        if (!err && arg)
            err = args_push_front(&x->args, arg);
        if (!err)
            err = args_push_front(&x->args, interp);
        if (!err)
            err = open_program(x, interp);
        if (err)
            break;
        kfree(previous);
        previous = kmalloc(strlen(interp) + 1, GFP_KERNEL);
        if (!previous)
            return -ENOMEM;
        strlcpy(previous, interp, strlen(interp) + 1);
        script = previous;
    }
    kfree(previous);
    return err;
}

/* --- The new address space */

static int
map_stack(struct exec_state *x)
{
    struct mm *mm = x->mm;
    uint64_t top = USER_END, gap;
    struct mmap_args args = {
        .len = STACK_VMA_INITIAL,
        .prot = PROT_READ | PROT_WRITE,
        .flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
        .vm_flags = VM_GROWSDOWN | VM_STACK,
        .may = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC,
    };
    int64_t ret;

    gap = MAX(MMAP_GAP_MIN, MIN(current->rlim[RLIMIT_STACK].rlim_cur,
                                (uint64_t)USER_END / 4));
    if (randomise_layout()) {
        top -= rng_u64() & STACK_RANDOM_MASK;
        gap += rng_u64() & MMAP_RANDOM_MASK;
    }
    mm->mmap_base = ALIGN_DOWN(top - gap, PAGE_SIZE);
    args.addr = top - STACK_VMA_INITIAL;
    ret = do_mmap(mm, &args);
    x->sp = top;
    return ret < 0 ? (int)ret : 0;
}

static int
put_on_stack(struct exec_state *x, const void *data, size_t n, uint64_t addr)
{
    return access_remote_vm(x->mm, addr, (void *)(uintptr_t)data, n, true) == n
               ? 0
               : -EFAULT;
}

/* Who the program runs as. */
static struct cred
new_cred(const struct exec_state *x)
{
    const struct inode *inode = x->file->inode;
    struct cred c = current->cred;

    if (inode->mode & S_ISUID)
        c.euid = inode->uid;
    if ((inode->mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
        c.egid = inode->gid;
    c.suid = c.euid;
    c.sgid = c.egid;
    return c;
}

static void
add_aux(struct exec_state *x, uint64_t type, uint64_t value)
{
    x->aux[x->nr_aux++] = type;
    x->aux[x->nr_aux++] = value;
}

static void
fill_aux(struct exec_state *x)
{
    const struct cred c = new_cred(x);

    add_aux(x, AT_PHDR, x->image.phdr);
    add_aux(x, AT_PHENT, sizeof(struct elf64_phdr));
    add_aux(x, AT_PHNUM, x->image.phnum);
    add_aux(x, AT_PAGESZ, PAGE_SIZE);
    add_aux(x, AT_BASE, 0);
    add_aux(x, AT_FLAGS, 0);
    add_aux(x, AT_ENTRY, x->image.entry);
    add_aux(x, AT_UID, c.uid);
    add_aux(x, AT_EUID, c.euid);
    add_aux(x, AT_GID, c.gid);
    add_aux(x, AT_EGID, c.egid);
    add_aux(x, AT_HWCAP, HWCAP_IMAC);
    add_aux(x, AT_CLKTCK, USER_HZ);
    add_aux(x, AT_SECURE, c.euid != c.uid || c.egid != c.gid);
    add_aux(x, AT_RANDOM, x->random_at);
    add_aux(x, AT_EXECFN, x->execfn_at);
    add_aux(x, AT_NULL, 0);
    _Static_assert(sizeof(x->aux) <= sizeof(x->mm->auxv), "auxv fits");
    memcpy(x->mm->auxv, x->aux, sizeof(x->aux));
}

/* The string areas: path, random bytes, arguments, environment. */
static int
place_strings(struct exec_state *x)
{
    uint8_t seed[RANDOM_BYTES];
    size_t len = strlen(x->path) + 1;
    int err;

    rng_bytes(seed, sizeof(seed));
    x->execfn_at = x->sp - sizeof(uint64_t) - len; /* top word stays 0 */
    x->random_at = ALIGN_DOWN(x->execfn_at - RANDOM_BYTES, 16UL);
    x->sp = x->random_at - x->args.used;
    err = put_on_stack(x, x->path, len, x->execfn_at);
    if (!err)
        err = put_on_stack(x, seed, sizeof(seed), x->random_at);
    if (!err)
        err = args_copy_out(&x->args, x->mm, x->sp);
    return err;
}

/* Words for the new stack, gathered until it pays to write them. */
struct word_run {
    uint64_t at; /* where the first of them goes */
    unsigned nr;
    uint64_t word[WORD_RUN];
};

static int
flush_words(struct exec_state *x, struct word_run *r)
{
    size_t n = r->nr * sizeof(r->word[0]);
    int err = put_on_stack(x, r->word, n, r->at);

    r->at += n;
    r->nr = 0;
    return err;
}

static int
put_word(struct exec_state *x, struct word_run *r, uint64_t word)
{
    int err = r->nr == WORD_RUN ? flush_words(x, r) : 0;

    r->word[r->nr++] = word;
    return err;
}

/* The addresses of n strings from *offset on, and NULL. */
static int
put_vector(struct exec_state *x, struct word_run *r, unsigned n, size_t *offset)
{
    int err = 0;

    for (unsigned i = 0; i < n && !err; i++) {
        err = put_word(x, r, x->args.at + *offset);
        *offset += args_length_at(&x->args, *offset);
    }
    return err ? err : put_word(x, r, 0);
}

/* argc, argv[], envp[], auxv; tells the mm where all that is. */
static int
place_vectors(struct exec_state *x)
{
    struct exec_args *a = &x->args;
    size_t nr = 1 + a->argc + 1 + a->envc + 1 + AUX_PAIRS * 2, offset = 0;
    struct mm *mm = x->mm;
    struct word_run r;
    int err;

    x->sp = ALIGN_DOWN(x->sp - nr * sizeof(uint64_t), (uint64_t)STACK_ALIGN);
    r.at = mm->start_stack = x->sp;
    r.nr = 0;
    fill_aux(x);
    err = put_word(x, &r, a->argc);
    if (!err)
        err = put_vector(x, &r, a->argc, &offset);
    mm->arg_start = a->at;
    mm->arg_end = mm->env_start = a->at + offset;
    mm->env_end = a->at + a->used;
    if (!err)
        err = put_vector(x, &r, a->envc, &offset);
    for (unsigned i = 0; i < AUX_PAIRS * 2 && !err; i++)
        err = put_word(x, &r, x->aux[i]);
    return err ? err : flush_words(x, &r);
}

static int
build_mm(struct exec_state *x)
{
    int err;

    x->mm = mm_alloc();
    if (!x->mm)
        return -ENOMEM;
    err = map_stack(x);
    if (!err)
        err = elf_load(x->file, x->mm, &x->image);
    if (!err)
        err = place_strings(x);
    if (!err)
        err = place_vectors(x);
    if (err) {
        mm_put(x->mm);
        x->mm = NULL;
        return err;
    }
    mm_set_exe_file(x->mm, x->file, &file_vm_ops);
    return 0;
}

/* --- The switch */

static void
reset_signals(struct task *t)
{
    spin_lock(&t->sig.sig_lock);
    for (int i = 0; i < _NSIG; i++)
        if (t->sig.action[i].sa_handler != SIG_IGN)
            memset(&t->sig.action[i], 0, sizeof(t->sig.action[i]));
    spin_unlock(&t->sig.sig_lock);
}

/* Nothing here can fail. */
static void
commit(struct exec_state *x)
{
    struct task *t = current;
    struct mm *old = t->mm;
    struct files *files = t->files;
    const char *base = strrchr(x->path, '/');
    struct cred cred = new_cred(x);

    spin_lock(&t->lock);
    t->mm = x->mm;
    t->cred = cred;
    if (x->files) {
        t->files = x->files;
        x->files = files; /* exec_end() drops it */
    }
    spin_unlock(&t->lock);
    switch_mmu(&x->mm->mmu);
    x->mm = NULL;
    vfork_done(t);
    if (old)
        mm_put(old);

    atomic_fetch_and(&t->flags, ~(uint32_t)(TF_FORKNOEXEC | TF_KTHREAD));
    t->clear_child_tid = t->set_child_tid = t->robust_list = 0;
    set_task_comm(t, base ? base + 1 : x->path);
    reset_signals(t);
    files_close_on_exec();
    trapframe_init(t->thread.frame, x->image.entry, x->sp);
}

static int
exec_file(struct exec_state *x)
{
    int err = resolve_scripts(x);

    if (!err && files_shared()) {
        x->files = files_copy(current->files);
        err = x->files ? 0 : -ENOMEM;
    }
    if (!err)
        err = build_mm(x);
    if (!err)
        commit(x);
    return err;
}

static struct exec_state *
exec_begin(const char *path, int *err)
{
    struct exec_state *x = kzalloc(sizeof(*x), GFP_KERNEL);

    *err = -ENOMEM;
    if (!x)
        return NULL;
    strlcpy(x->path, path, sizeof(x->path));
    *err = open_program(x, path);
    return x;
}

static int
exec_end(struct exec_state *x, int err)
{
    if (!x)
        return err;
    if (x->file)
        fput(x->file);
    if (x->files)
        files_put(x->files);
    args_free(&x->args);
    kfree(x);
    return err;
}

int
do_execve(const char *path, uint64_t argv, uint64_t envp)
{
    int err;
    struct exec_state *x = exec_begin(path, &err);

    if (!err)
        err = args_add_user(&x->args, argv, &x->args.argc);
    if (!err)
        err = args_add_user(&x->args, envp, &x->args.envc);
    if (!err && x->args.argc == 0) /* as Linux: argv[0] always exists */
        err = args_push_front(&x->args, "");
    if (!err)
        err = exec_file(x);
    return exec_end(x, err);
}

int
kernel_execve(const char *path, const char *const *argv,
              const char *const *envp)
{
    int err;
    struct exec_state *x = exec_begin(path, &err);

    for (; !err && *argv; argv++, x->args.argc++)
        err = args_add(&x->args, *argv);
    for (; !err && *envp; envp++, x->args.envc++)
        err = args_add(&x->args, *envp);
    if (!err)
        err = exec_file(x);
    return exec_end(x, err);
}
