/* SPDX-License-Identifier: MIT */
/*
 * exec.c - execve(2): a new program in an old task.
 *
 *   1. open the file, check that it may be executed
 *   2. copy arguments and environment to kernel memory
 *   3. a script (#!): put its interpreter in front, open that, repeat
 *   4. build a complete new address space: stack, segments, strings, auxv
 *   5. the point of no return: switch to it, drop the old one
 *
 * Everything that can fail comes before 5, so a failed exec leaves the old
 * program running, with an errno.
 *
 * The strings lie one behind the other in a buffer of the kernel, since
 * nobody may hold the mmap_locks of two address spaces: arguments,
 * environment, then the path.  The buffer begins inside struct exec_state and
 * grows by doubling.  The new stack, from low to high:
 *
 *     sp -> argc | argv[] NULL | envp[] NULL | auxv | random bytes | strings
 *
 * Locks: the new mm belongs to us alone until step 5.
 *
 * Not done: taking the set-id bits away under a tracer or on a nosuid mount,
 * neither of which exists.
 * See: the RISC-V psABI; Linux's binfmt_script for the rules of #!.
 */
#include "proc/exec.h"

#include "core/rng.h"
#include "fs/fs.h"
#include "include/elf.h"
#include "lib/err.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "proc/elf.h"
#include "proc/exit.h"
#include "riscv/trap.h"
#include "riscv/uaccess.h"
#include "sched/sched.h"

enum {
    MAX_SCRIPT_DEPTH = 4,
    SCRIPT_LINE = 256,
    SMALL_BUFFER = 2048,
    RANDOM_BYTES = 16,
    STACK_ALIGN = 16,
    HWCAP_IMAC = 1 << 0 | 1 << 2 | 1 << 8 | 1 << 12, /* 'A','C','I','M' */
};

#define STACK_VMA_INITIAL (32 * PAGE_SIZE)
#define STACK_RANDOM_MASK 0x3ff000UL       /* 4 MB */
#define MMAP_GAP_MIN ((uint64_t)128 << 20) /* below the top, for the stack */
#define MMAP_RANDOM_MASK 0xffff000UL

struct exec_state {
    const char *path;    /* as given: AT_EXECFN, comm */
    struct file *file;   /* the program, or a script */
    struct files *files; /* a private copy, if the table was shared */
    struct cred cred;    /* who the program will run as */
    struct mm *mm;
    struct elf_image image;
    uint64_t sp;
    uint32_t argc, envc;
    char *strings; /* `used` of `size` bytes */
    size_t used, size;
    char line[SCRIPT_LINE]; /* how the file begins; terminated */
    char small[SMALL_BUFFER] __aligned(sizeof(uint64_t));
};

/* --- The strings */

/* Make room for n more bytes: x->strings may move.  -ENOMEM */
static int
reserve(struct exec_state *x, size_t n)
{
    size_t size = x->size;
    char *bigger;

    if (n <= size - x->used)
        return 0;
    while (size < x->used + n)
        size *= 2;
    bigger = vmalloc(size);
    if (!bigger)
        return -ENOMEM;
    memcpy(bigger, x->strings, x->used);
    if (x->strings != x->small)
        vfree(x->strings);
    x->strings = bigger;
    x->size = size;
    return 0;
}

/*
 * Add a string of the user or the kernel.  One that does not fit is copied
 * again from its start once there is more room, which is rare and simple.
 * => -EFAULT, -ENOMEM; -E2BIG: more than ARG_MAX in all
 */
static int
add_string(struct exec_state *x, const char *s, bool user)
{
    for (;;) {
        size_t room = x->size - x->used;
        char *to = x->strings + x->used;
        int64_t n;
        int err;

        if (user)
            n = strncpy_from_user(to, s, room);
        else
            n = room ? (int64_t)strlcpy(to, s, room) : 0;
        if (n < 0)
            return (int)n;
        if ((size_t)n < room) {
            x->used += (size_t)n + 1;
            return 0;
        }
        if (x->size >= ARG_MAX)
            return -E2BIG;
        err = reserve(x, room + 1);
        if (err)
            return err;
    }
}

/* Add and count what the array points to; NULL is, as on Linux, empty. */
static int
add_strings(struct exec_state *x, const char *const *array, bool user,
            uint32_t *count)
{
    for (; array; array++, ++*count) {
        const char *s = NULL;
        int err = 0;

        if (user)
            err = get_user(s, array);
        else
            s = *array;
        if (!err && !s)
            break;
        err = err ?: add_string(x, s, user);
        if (err)
            return err;
    }
    return 0;
}

/* Put s in front of the arguments. */
static int
insert_first(struct exec_state *x, const char *s)
{
    size_t len = strlen(s) + 1;
    int err = x->used + len > ARG_MAX ? -E2BIG : reserve(x, len);

    if (err)
        return err;
    memmove(x->strings + len, x->strings, x->used);
    memcpy(x->strings, s, len);
    x->used += len;
    x->argc++;
    return 0;
}

static void
drop_first(struct exec_state *x)
{
    size_t len = strlen(x->strings) + 1;

    memmove(x->strings, x->strings + len, x->used - len);
    x->used -= len;
    x->argc--;
}

/* --- The file */

/* Open a file and read how it begins. */
static int
open_program(struct exec_state *x, const char *name)
{
    struct dentry *d;
    struct file *f;
    ssize_t n;
    int err = path_lookup(AT_FDCWD, name, LOOKUP_FOLLOW, &d);

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
    n = kernel_read(f, x->line, SCRIPT_LINE - 1, 0);
    x->line[n < 0 ? 0 : n] = '\0';
    return n < 0 ? (int)n : 0;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/*
 * Take "#!interpreter [argument]" apart, put both in front of the script's
 * name, and open the interpreter.
 */
static int
use_interpreter(struct exec_state *x)
{
    char *end = strchr(x->line, '\n'), *p = x->line + 2;
    const char *name, *argument;
    int err = 0;

    if (!end) /* the file's end ends its only line */
        end = x->line + strlen(x->line);
    if (end == x->line + SCRIPT_LINE - 1)
        return -ENOEXEC;
    while (is_blank(end[-1]))
        end--;
    *end = '\0';
    while (is_blank(*p))
        p++;
    for (name = p; *p && !is_blank(*p);)
        p++;
    argument = skip_spaces(*p ? p + 1 : p);
    *p = '\0';
    if (!*name)
        return -ENOEXEC;
    if (*argument)
        err = insert_first(x, argument);
    return err ?: insert_first(x, name) ?: open_program(x, x->strings);
}

/*
 * As long as the file is a script, run its interpreter instead.
 * => -ELOOP: it is a script of scripts of scripts ...
 */
static int
follow_scripts(struct exec_state *x)
{
    int err = 0;

    for (int depth = 0; !err && strncmp(x->line, "#!", 2) == 0; depth++) {
        if (depth == MAX_SCRIPT_DEPTH)
            return -ELOOP;
        if (depth == 0) { /* argv[0] gives way to the script's name */
            drop_first(x);
            err = insert_first(x, x->path);
        }
        err = err ?: use_interpreter(x);
    }
    return err;
}

/* Who the program will run as. */
static void
set_cred(struct exec_state *x)
{
    const struct inode *inode = x->file->inode;
    struct cred *c = &x->cred;

    *c = current->cred;
    if (inode->mode & S_ISUID)
        c->euid = inode->uid;
    if ((inode->mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
        c->egid = inode->gid;
    c->suid = c->euid;
    c->sgid = c->egid;
}

/* --- The new address space */

/*
 * A stack at the top, from where it grows down; mmap's area ends far enough
 * below for it to reach its limit.
 */
static int
map_stack(struct exec_state *x)
{
    uint64_t top = USER_END - random_offset(STACK_RANDOM_MASK);
    uint64_t gap =
        MIN(current->rlim[RLIMIT_STACK].rlim_cur, (uint64_t)USER_END / 4);
    struct mmap_args args = {
        .addr = top - STACK_VMA_INITIAL,
        .len = STACK_VMA_INITIAL,
        .prot = PROT_READ | PROT_WRITE,
        .flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
        .vm_flags = VM_GROWSDOWN | VM_STACK,
        .may = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC,
    };
    int64_t ret = do_mmap(x->mm, &args);

    gap = MAX(gap, MMAP_GAP_MIN) + random_offset(MMAP_RANDOM_MASK);
    x->mm->mmap_base = ALIGN_DOWN(top - gap, PAGE_SIZE);
    x->sp = top;
    return ret < 0 ? (int)ret : 0;
}

/* Copy to the new stack.  => 0; -ENOMEM, also beyond its limit */
static int
put(struct exec_state *x, uint64_t addr, void *data, size_t n)
{
    return access_remote_vm(x->mm, addr, data, n, true) == n ? 0 : -ENOMEM;
}

/* What the C library wants to know; /proc/PID/auxv shows it. */
static void
fill_aux(struct exec_state *x, uint64_t random_at)
{
    const struct cred *c = &x->cred;
    const uint64_t aux[][2] = {
        {AT_PHDR, x->image.phdr},
        {AT_PHENT, sizeof(struct elf64_phdr)},
        {AT_PHNUM, x->image.phnum},
        {AT_PAGESZ, PAGE_SIZE},
        {AT_BASE, 0},
        {AT_FLAGS, 0},
        {AT_ENTRY, x->image.entry},
        {AT_UID, c->uid},
        {AT_EUID, c->euid},
        {AT_GID, c->gid},
        {AT_EGID, c->egid},
        {AT_HWCAP, HWCAP_IMAC},
        {AT_CLKTCK, USER_HZ},
        {AT_SECURE, c->euid != c->uid || c->egid != c->gid},
        {AT_RANDOM, random_at},
        {AT_EXECFN, x->sp - strlen(x->path) - 1}, /* the last string */
        {AT_NULL, 0},
    };

    _Static_assert(sizeof(aux) <= sizeof(x->mm->auxv), "auxv fits");
    memcpy(x->mm->auxv, aux, sizeof(aux));
}

/* The addresses of nr strings and NULL, from *word on; at: the first one's. */
static uint64_t
fill_vector(uint64_t **word, uint32_t nr, const char **string, uint64_t at)
{
    for (; nr > 0; nr--) {
        size_t len = strlen(*string) + 1;

        *(*word)++ = at;
        at += len;
        *string += len;
    }
    *(*word)++ = 0;
    return at;
}

/*
 * Fill the new stack, and tell the mm what is where.  The words are made in
 * the buffer, behind the strings.
 */
static int
fill_stack(struct exec_state *x)
{
    struct mm *mm = x->mm;
    size_t nr = 1 + x->argc + 1 + x->envc + 1 + ARRAY_SIZE(mm->auxv);
    size_t behind = ALIGN_UP(x->used, sizeof(uint64_t));
    uint8_t seed[RANDOM_BYTES];
    uint64_t random_at, *words, *w;
    const char *string;
    int err = reserve(x, behind - x->used + nr * sizeof(uint64_t));

    if (err)
        return err;
    x->sp -= sizeof(uint64_t); /* the top word stays 0 */
    mm->arg_start = x->sp - x->used;
    random_at = ALIGN_DOWN(mm->arg_start - RANDOM_BYTES, (uint64_t)STACK_ALIGN);
    fill_aux(x, random_at);
    string = x->strings;
    words = w = (uint64_t *)(x->strings + behind);
    *w++ = x->argc;
    mm->env_start = fill_vector(&w, x->argc, &string, mm->arg_start);
    mm->env_end = fill_vector(&w, x->envc, &string, mm->env_start);
    mm->arg_end = mm->env_start;
    memcpy(w, mm->auxv, sizeof(mm->auxv));

    x->sp = ALIGN_DOWN(random_at - nr * sizeof(*w), (uint64_t)STACK_ALIGN);
    mm->start_stack = x->sp;
    rng_bytes(seed, sizeof(seed));
    return put(x, mm->arg_start, x->strings, x->used) ?:
           put(x, random_at, seed, sizeof(seed)) ?:
           put(x, x->sp, words, nr * sizeof(*w));
}

/* => what was made, also after an error, is x->mm */
static int
build_mm(struct exec_state *x)
{
    int err;

    x->mm = mm_alloc();
    if (!x->mm)
        return -ENOMEM;
    set_cred(x);
    err = map_stack(x) ?: elf_load(x->file, x->mm, &x->image) ?: fill_stack(x);
    if (!err)
        mm_set_exe_file(x->mm, x->file, &file_vm_ops);
    return err;
}

/* --- The switch */

/* What has a handler gets the default action; what is ignored stays so. */
static void
reset_signals(struct signals *s)
{
    spin_lock(&s->sig_lock);
    for (int i = 0; i < _NSIG; i++)
        if (s->action[i].sa_handler != SIG_IGN)
            s->action[i] = (struct sigaction){0};
    spin_unlock(&s->sig_lock);
}

/* Nothing here can fail. */
static void
commit(struct exec_state *x)
{
    struct task *t = current;
    struct mm *old_mm = t->mm;
    struct files *old_files = t->files;
    const char *base = strrchr(x->path, '/');

    spin_lock(&t->lock);
    t->mm = x->mm;
    t->cred = x->cred;
    if (x->files)
        t->files = x->files;
    spin_unlock(&t->lock);
    switch_mmu(&x->mm->mmu);
    vfork_done(t);
    x->mm = old_mm; /* do_execve() drops them */
    if (x->files)
        x->files = old_files;

    atomic_fetch_and(&t->flags, ~(uint32_t)(TF_FORKNOEXEC | TF_KTHREAD));
    t->clear_child_tid = t->set_child_tid = t->robust_list = 0;
    set_task_comm(t, base ? base + 1 : x->path);
    reset_signals(&t->sig);
    files_close_on_exec();
    trapframe_init(t->thread.frame, x->image.entry, x->sp);
}

/* The new program shall not share its descriptors. */
static int
unshare_files(struct exec_state *x)
{
    if (!files_shared())
        return 0;
    x->files = files_copy(current->files);
    return x->files ? 0 : -ENOMEM;
}

int
do_execve(const char *path, const char *const *argv, const char *const *envp,
          bool user)
{
    static const char *const no_arguments[] = {"", NULL};
    struct exec_state *x = kmalloc(sizeof(*x), GFP_KERNEL);
    int err;

    if (!x)
        return -ENOMEM;
    memset(x, 0, offsetof(struct exec_state, line));
    x->path = path;
    x->strings = x->small;
    x->size = SMALL_BUFFER;
    err = open_program(x, path) ?: add_strings(x, argv, user, &x->argc);
    if (!err && x->argc == 0) /* as Linux: argv[0] always exists */
        err = add_strings(x, no_arguments, false, &x->argc);
    err = err ?: add_strings(x, envp, user, &x->envc) ?:
          follow_scripts(x) ?: add_string(x, path, false) ?:
          unshare_files(x) ?: build_mm(x);
    err = err ?: end_other_threads();
    if (!err)
        commit(x);
    if (x->mm)
        mm_put(x->mm);
    if (x->files)
        files_put(x->files);
    if (x->file)
        fput(x->file);
    if (x->strings != x->small)
        vfree(x->strings);
    kfree(x);
    return err;
}
