/* SPDX-License-Identifier: MIT */
/*
 * exec.c - execve(2): a new program in an old task.
 *
 *   1. open the file, check that it may be executed
 *   2. a script (#!): note its interpreter, open that, repeat
 *   3. copy arguments and environment to kernel memory
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
 *     sp -> argc | argv[] NULL | envp[] NULL | auxv | strings | random bytes
 *
 * Others meanwhile.  /proc and the OOM killer look at mm, files and credentials
 * under task->lock, and step 5 changes all of them there: they see the old
 * program or the new one.  Threads that share the mm are ended before (exit.c);
 * a process that shares it, vfork's parent, keeps it by its own count.  A
 * signal that comes during 1 to 4 is delivered to the new program when exec
 * returns, unless a handler was for it: then the default action takes it.
 *
 * Set-id bits count from the file that was opened: x->elf.file is what was
 * checked, what is read and what is mapped, whatever its name names by then.
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

/* A file's first line, and what it says if that is "#!name argument". */
struct script {
    char line[SCRIPT_LINE]; /* terminated; name and argument lie in it */
    const char *name, *argument;
};

struct exec_state {
    const char *path;      /* as given: AT_EXECFN, comm */
    struct fs_context *fs; /* a private copy, if it was shared */
    struct cred cred;      /* who the program will run as */
    struct elf_program elf;
    uint64_t sp;
    uint32_t argc, envc, count; /* strings so far */
    char *strings;              /* `used` of `size` bytes */
    size_t used, size;
    uint32_t nr_scripts; /* the next line is the program's own */
    struct script scripts[MAX_SCRIPT_DEPTH + 1];
    char small[SMALL_BUFFER] __aligned(sizeof(uint64_t));
};

/* --- The file */

/* Open a file and read how it begins. */
static int
open_program(struct exec_state *x, const char *name)
{
    char *line = x->scripts[x->nr_scripts].line;
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
    fput(x->elf.file);
    x->elf.file = f;
    n = kernel_read(f, line, SCRIPT_LINE - 1, 0);
    line[n < 0 ? 0 : n] = '\0';
    return n < 0 ? (int)n : 0;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Take "#!name [argument]" apart; the argument is all of the rest. */
static int
parse_script(struct script *s)
{
    char *end = strchr(s->line, '\n'), *p = s->line + 2;

    if (!end) /* the file's end ends its only line */
        end = s->line + strlen(s->line);
    if (end == s->line + SCRIPT_LINE - 1)
        return -ENOEXEC;
    while (is_blank(end[-1]))
        end--;
    *end = '\0';
    while (is_blank(*p))
        p++;
    for (s->name = p; *p && !is_blank(*p);)
        p++;
    s->argument = skip_spaces(*p ? p + 1 : p);
    *p = '\0';
    return *s->name ? 0 : -ENOEXEC;
}

/*
 * Open the program, or as long as that is a script, its interpreter.
 * => -ELOOP: it is a script of scripts of scripts ...
 */
static int
find_program(struct exec_state *x)
{
    int err = open_program(x, x->path);

    while (!err && strncmp(x->scripts[x->nr_scripts].line, "#!", 2) == 0) {
        struct script *s = &x->scripts[x->nr_scripts++];

        if (x->nr_scripts > MAX_SCRIPT_DEPTH)
            return -ELOOP;
        err = parse_script(s) ?: open_program(x, s->name);
    }
    return err;
}

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
    int err = 0;

    while (!err) {
        size_t room = x->size - x->used;
        char *to = x->strings + x->used;
        int64_t n = user ? strncpy_from_user(to, s, room)
                         : (int64_t)(room ? strlcpy(to, s, room) : 0);

        if (n < 0)
            return (int)n;
        if ((size_t)n < room) {
            x->used += (size_t)n + 1;
            x->count++;
            return 0;
        }
        err = x->size >= ARG_MAX ? -E2BIG : reserve(x, room + 1);
    }
    return err;
}

/* Add what the array points to; NULL is, as on Linux, empty. */
static int
add_strings(struct exec_state *x, const char *const *array, bool user,
            uint32_t nr_skipped)
{
    int err = 0;

    for (uint32_t i = 0; array && !err; i++) {
        const char *s = NULL;

        if (user)
            err = get_user(s, &array[i]);
        else
            s = array[i];
        if (!err && !s)
            break;
        if (!err && i >= nr_skipped)
            err = add_string(x, s, user);
    }
    return err;
}

/*
 * The arguments: of each interpreter its name and argument, the innermost
 * first; in place of argv[0] the script; the rest.  Then the environment.
 */
static int
collect_strings(struct exec_state *x, const char *const *argv,
                const char *const *envp, bool user)
{
    int err = 0;

    for (uint32_t i = x->nr_scripts; i > 0 && !err; i--) {
        const struct script *s = &x->scripts[i - 1];

        err = add_string(x, s->name, false);
        if (!err && *s->argument)
            err = add_string(x, s->argument, false);
    }
    if (!err && x->nr_scripts)
        err = add_string(x, x->path, false);
    err = err ?: add_strings(x, argv, user, x->nr_scripts > 0);
    if (!err && x->count == 0) /* as Linux: argv[0] always exists */
        err = add_string(x, "", false);
    x->argc = x->count;
    err = err ?: add_strings(x, envp, user, 0);
    x->envc = x->count - x->argc;
    return err ?: add_string(x, x->path, false);
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
        .vm_flags = VM_GROWSDOWN,
        .may = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC,
    };
    int64_t ret = do_mmap(x->elf.mm, &args);

    gap = MAX(gap, MMAP_GAP_MIN) + random_offset(MMAP_RANDOM_MASK);
    x->elf.mm->mmap_base = ALIGN_DOWN(top - gap, PAGE_SIZE);
    x->sp = top;
    return ret < 0 ? (int)ret : 0;
}

/* What the C library wants to know; /proc/PID/auxv shows it. */
static void
fill_aux(struct exec_state *x)
{
    const struct cred *c = &x->cred;
    const uint64_t aux[][2] = {
        {AT_PHDR, x->elf.phdr},
        {AT_PHENT, sizeof(struct elf64_phdr)},
        {AT_PHNUM, x->elf.ehdr.e_phnum},
        {AT_PAGESZ, PAGE_SIZE},
        {AT_BASE, 0},
        {AT_FLAGS, 0},
        {AT_ENTRY, x->elf.ehdr.e_entry + x->elf.bias},
        {AT_UID, c->uid},
        {AT_EUID, c->euid},
        {AT_GID, c->gid},
        {AT_EGID, c->egid},
        {AT_HWCAP, HWCAP_IMAC},
        {AT_CLKTCK, USER_HZ},
        {AT_SECURE, c->euid != c->uid || c->egid != c->gid},
        {AT_RANDOM, x->sp},                       /* right behind the strings */
        {AT_EXECFN, x->sp - strlen(x->path) - 1}, /* the last string */
        {AT_NULL, 0},
    };

    _Static_assert(sizeof(aux) <= sizeof(x->elf.mm->auxv), "auxv fits");
    memcpy(x->elf.mm->auxv, aux, sizeof(aux));
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
 * Fill the new stack, and tell the mm what is where.  Random bytes and words
 * are made in the buffer, behind the strings.
 */
static int
fill_stack(struct exec_state *x)
{
    struct mm *mm = x->elf.mm;
    size_t nr = 1 + x->argc + 1 + x->envc + 1 + ARRAY_SIZE(mm->auxv);
    size_t behind = ALIGN_UP(x->used + RANDOM_BYTES, sizeof(uint64_t));
    size_t nr_bytes, done;
    uint64_t *words, *w;
    const char *string;
    int err = reserve(x, behind - x->used + nr * sizeof(uint64_t));

    if (err)
        return err;
    rng_bytes(x->strings + x->used, RANDOM_BYTES);
    x->sp -= RANDOM_BYTES + sizeof(uint64_t); /* the top word stays 0 */
    fill_aux(x);
    mm->arg_start = x->sp - x->used;
    string = x->strings;
    words = w = (uint64_t *)(x->strings + behind);
    *w++ = x->argc;
    mm->env_start = fill_vector(&w, x->argc, &string, mm->arg_start);
    mm->env_end = fill_vector(&w, x->envc, &string, mm->env_start);
    mm->arg_end = mm->env_start;
    memcpy(w, mm->auxv, sizeof(mm->auxv));

    x->sp = ALIGN_DOWN(mm->arg_start - nr * sizeof(*w), (uint64_t)STACK_ALIGN);
    mm->start_stack = x->sp;
    /* Short also beyond the stack's limit. */
    nr_bytes = x->used + RANDOM_BYTES;
    done = access_remote_vm(mm, mm->arg_start, x->strings, nr_bytes, true);
    nr_bytes += nr * sizeof(*w);
    done += access_remote_vm(mm, x->sp, words, nr * sizeof(*w), true);
    return done == nr_bytes ? 0 : -ENOMEM;
}

/* => what was made, also after an error, is x->elf.mm */
static int
build_mm(struct exec_state *x)
{
    const struct inode *inode = x->elf.file->inode;
    struct cred *c = &x->cred;
    int err;

    *c = current->cred;
    if (inode->mode & S_ISUID)
        c->euid = inode->uid;
    if ((inode->mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
        c->egid = inode->gid;
    c->suid = c->euid;
    c->sgid = c->egid;
    x->elf.mm = mm_alloc();
    if (!x->elf.mm)
        return -ENOMEM;
    err = map_stack(x) ?: elf_load(&x->elf) ?: fill_stack(x);
    if (!err)
        mm_set_exe_file(x->elf.mm, x->elf.file, &file_vm_ops);
    return err;
}

/* --- The switch */

/*
 * Nothing here can fail.  Others look at mm, files and credentials under
 * t->lock; the old ones go after that, since the last put may sleep.
 */
static void
commit(struct exec_state *x)
{
    struct task *t = current;
    struct mm *old_mm = t->mm;
    struct fs_context *old_fs = t->fs;
    struct sigaction *action = t->sig.action;
    const char *base = strrchr(x->path, '/');

    spin_lock(&t->lock);
    t->mm = x->elf.mm;
    t->cred = x->cred;
    if (x->fs)
        t->fs = x->fs;
    spin_unlock(&t->lock);
    switch_mmu(&x->elf.mm->mmu);
    vfork_done(t);
    x->elf.mm = old_mm; /* do_execve() drops them */
    if (x->fs)
        x->fs = old_fs;

    atomic_fetch_and(&t->flags, ~(uint32_t)(TF_FORKNOEXEC | TF_KTHREAD));
    t->clear_child_tid = t->set_child_tid = t->robust_list = 0;
    set_task_comm(t, base ? base + 1 : x->path);
    /* What has a handler gets the default action; what is ignored stays so. */
    spin_lock(&t->sig.sig_lock);
    for (; action < t->sig.action + _NSIG; action++)
        if (action->sa_handler != SIG_IGN)
            *action = (struct sigaction){0};
    spin_unlock(&t->sig.sig_lock);
    files_close_on_exec();
    trapframe_init(t->thread.frame, x->elf.ehdr.e_entry + x->elf.bias, x->sp);
}

int
do_execve(const char *path, const char *const *argv, const char *const *envp,
          bool user)
{
    struct exec_state *x = kmalloc(sizeof(*x), GFP_KERNEL);
    int err;

    if (!x)
        return -ENOMEM;
    memset(x, 0, offsetof(struct exec_state, scripts));
    x->path = path;
    x->strings = x->small;
    x->size = SMALL_BUFFER;
    err = find_program(x) ?: collect_strings(x, argv, envp, user);
    if (!err && files_shared()) { /* the new program shall have its own */
        x->fs = fs_context_copy(current->fs);
        err = x->fs ? 0 : -ENOMEM;
    }
    err = err ?: build_mm(x) ?: end_other_threads();
    if (!err)
        commit(x);
    if (x->elf.mm)
        mm_put(x->elf.mm);
    if (x->fs)
        fs_context_put(x->fs);
    fput(x->elf.file);
    if (x->strings != x->small)
        vfree(x->strings);
    kfree(x);
    return err;
}
