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
 * environment, then the path.  It grows at its end by doubling, and has room in
 * front for what scripts put before the arguments: of each its interpreter and
 * that one's argument, the innermost script's last.  The buffer begins inside
 * struct exec_state.  The new stack, from low to high:
 *
 *     sp -> argc | argv[] NULL | envp[] NULL | auxv | strings | random bytes
 *
 * Others meanwhile.  /proc and the OOM killer look at mm, files and credentials
 * under task->lock, and step 5 changes all of them there: they see the old
 * program or the new one.  Threads that share the mm are ended before (exit.c);
 * a process that shares it, vfork's parent, keeps it by its own count.  A
 * signal that comes during 1 to 4 is delivered to the new program when exec
 * returns.
 *
 * Set-id bits count from the file that was opened: x->elf.file is what was
 * checked, what is read and what is mapped, whatever its name names by then.
 *
 * Locks: the new mm belongs to us alone until step 5.
 *
 * Not done: taking the set-id bits away under a tracer, as there are none.
 * See: the RISC-V psABI; Linux's binfmt_script for the rules of #!.
 */
#include "proc/proc.h"

#include "core/rng.h"
#include "fs/fs.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "proc/elf.h"
#include "riscv/trap.h"
#include "riscv/uaccess.h"

enum {
    MAX_SCRIPT_DEPTH = 4,
    SCRIPT_LINE = 256,
    ROOM_IN_FRONT = MAX_SCRIPT_DEPTH * SCRIPT_LINE,
    SMALL_BUFFER = 3072,
    RANDOM_BYTES = 16,
    STACK_ALIGN = 16,
    AUX_WORDS = 2 * 15,
    HWCAP_IMAC = 1 << 0 | 1 << 2 | 1 << 8 | 1 << 12, /* 'A','C','I','M' */
};

#define STACK_VMA_INITIAL (32 * PAGE_SIZE)
#define STACK_RANDOM_MASK 0x3ff000UL       /* 4 MB */
#define MMAP_GAP_MIN ((uint64_t)128 << 20) /* below the top, for the stack */
#define MMAP_RANDOM_MASK 0xffff000UL

struct exec_state {
    const char *path;      /* as given: AT_EXECFN, comm */
    struct fs_context *fs; /* a private copy, if it was shared */
    struct cred cred;      /* who the program will run as */
    bool set_id;           /* with other rights than its user's */
    struct elf_program elf;
    uint64_t sp;
    uint32_t argc, envc; /* strings so far */
    char *strings;       /* from `first` to `used`, of `size` bytes */
    size_t first, used, size;
    char line[SCRIPT_LINE]; /* how the file begins, terminated */
    char small[SMALL_BUFFER] __aligned(sizeof(uint64_t));
};

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
    fput(x->elf.file);
    x->elf.file = f;
    n = kernel_read(f, x->line, SCRIPT_LINE - 1, 0);
    x->line[n < 0 ? 0 : n] = '\0';
    return n < 0 ? (int)n : 0;
}

static void
add_in_front(struct exec_state *x, const char *s)
{
    size_t n = strlen(s) + 1;

    x->first -= n;
    memcpy(x->strings + x->first, s, n);
    x->argc++;
}

/*
 * Take "#!name [argument]" apart; the argument is all of the rest.  Both go in
 * front of the arguments so far, the name first.
 */
static int
parse_script(struct exec_state *x)
{
    char *end = strchr(x->line, '\n'), *p;
    const char *name, *argument;

    if (!end) /* the file's end ends its only line */
        end = x->line + strlen(x->line);
    if (end == x->line + SCRIPT_LINE - 1)
        return -ENOEXEC;
    while (end[-1] <= ' ')
        end--;
    *end = '\0';
    name = p = (char *)skip_spaces(x->line + 2);
    while (*p > ' ')
        p++;
    argument = skip_spaces(p);
    *p = '\0';
    if (*argument)
        add_in_front(x, argument);
    add_in_front(x, name);
    return *name ? 0 : -ENOEXEC;
}

/*
 * Open the program, or as long as that is a script, its interpreter.
 * => -ELOOP: it is a script of scripts of scripts ...
 */
static int
find_program(struct exec_state *x)
{
    int err = open_program(x, x->path);

    for (int depth = 0; !err && strncmp(x->line, "#!", 2) == 0; depth++)
        err = depth == MAX_SCRIPT_DEPTH
                  ? -ELOOP
                  : parse_script(x) ?: open_program(x, x->strings + x->first);
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
 * => -EFAULT, -ENOMEM; -E2BIG: in all they do not fit the first size of the
 *    buffer that is not below ARG_MAX
 */
static int
add_string(struct exec_state *x, const char *s, bool user, uint32_t *count)
{
    for (;;) {
        size_t room = x->size - x->used;
        char *to = x->strings + x->used;
        int64_t n = user ? strncpy_from_user(to, s, room)
                         : (int64_t)(room ? strlcpy(to, s, room) : 0);
        int err = n < 0 ? (int)n : 0;

        if (!err && (size_t)n < room) {
            x->used += (size_t)n + 1;
            ++*count;
            return 0;
        }
        err = err ?: x->size >= ARG_MAX ? -E2BIG : reserve(x, room + 1);
        if (err)
            return err;
    }
}

/*
 * Add what the array points to, but for the first `skip`; NULL is, as on Linux,
 * empty.  The first program's strings are the kernel's, as it has no memory.
 */
static int
add_strings(struct exec_state *x, const char *const *array, uint32_t skip,
            uint32_t *count)
{
    bool user = current->mm;
    const char *s;
    int err = 0;

    for (uint32_t i = 0; array && !err; i++) {
        if (!user)
            s = array[i];
        else if (get_user(s, &array[i]))
            return -EFAULT;
        if (!s)
            break;
        if (i >= skip)
            err = add_string(x, s, user, count);
    }
    return err;
}

/* A script stands in place of argv[0], behind what is there already. */
static int
collect_strings(struct exec_state *x, const char *const *argv,
                const char *const *envp)
{
    uint32_t script = x->argc > 0, uncounted = 0;
    int err = script ? add_string(x, x->path, false, &x->argc) : 0;

    err = err ?: add_strings(x, argv, script, &x->argc);
    if (!err && x->argc == 0) /* as Linux: argv[0] always exists */
        err = add_string(x, "", false, &x->argc);
    return err ?: add_strings(x, envp, 0, &x->envc)
               ?: add_string(x, x->path, false, &uncounted);
}

/* --- The new address space */

/* What the C library wants to know.  => x->sp is behind the strings */
static void
fill_aux(const struct exec_state *x, uint64_t to[AUX_WORDS])
{
    const struct cred *c = &x->cred;
    const uint64_t aux[][2] = {
        {AT_PHDR, x->elf.phdr},
        {AT_PHENT, sizeof(struct elf64_phdr)},
        {AT_PHNUM, x->elf.ehdr.e_phnum},
        {AT_PAGESZ, PAGE_SIZE},
        {AT_BASE, 0},
        {AT_ENTRY, x->elf.ehdr.e_entry + x->elf.bias},
        {AT_UID, c->uid},
        {AT_EUID, c->euid},
        {AT_GID, c->gid},
        {AT_EGID, c->egid},
        {AT_HWCAP, HWCAP_IMAC},
        {AT_SECURE, x->set_id},
        {AT_RANDOM, x->sp},                       /* right behind the strings */
        {AT_EXECFN, x->sp - strlen(x->path) - 1}, /* the last string */
        {AT_NULL, 0},
    };

    _Static_assert(sizeof(aux) == AUX_WORDS * sizeof(*to), "room for it");
    memcpy(to, aux, sizeof(aux));
}

/*
 * Fill the new stack, and tell the mm what is where.  Random bytes and words
 * are made in the buffer, behind the strings.
 */
static int
fill_stack(struct exec_state *x)
{
    struct mm *mm = x->elf.mm;
    uint32_t nr_strings = x->argc + x->envc;
    size_t nr = 1 + nr_strings + 2 + AUX_WORDS;
    size_t behind = ALIGN_UP(x->used + RANDOM_BYTES, sizeof(uint64_t));
    size_t nr_bytes, done;
    uint64_t *words, at;
    const char *string;
    int err = reserve(x, behind - x->used + nr * sizeof(uint64_t));

    if (err)
        return err;
    rng_bytes(x->strings + x->used, RANDOM_BYTES);
    x->sp -= RANDOM_BYTES + sizeof(uint64_t); /* the top word stays 0 */
    at = mm->arg_start = x->sp - (x->used - x->first);
    string = x->strings + x->first;
    words = (uint64_t *)(x->strings + behind);
    words[0] = x->argc;
    for (uint32_t n = 0; n < nr_strings; n++) {
        if (n == x->argc)
            mm->arg_end = at;
        words[1 + n + (n >= x->argc)] = at; /* NULL is behind the arguments */
        at += strlen(string) + 1;
        string += strlen(string) + 1;
    }
    words[1 + x->argc] = words[1 + nr_strings + 1] = 0;
    mm->env_end = at;
    mm->env_start = mm->arg_end = x->envc ? mm->arg_end : at;
    fill_aux(x, words + nr - AUX_WORDS);

    x->sp =
        ALIGN_DOWN(mm->arg_start - nr * sizeof(*words), (uint64_t)STACK_ALIGN);
    mm->start_stack = x->sp;
    /* Short also beyond the stack's limit. */
    nr_bytes = x->used - x->first + RANDOM_BYTES;
    done = access_remote_vm(mm, mm->arg_start, x->strings + x->first, nr_bytes,
                            true);
    nr_bytes += nr * sizeof(*words);
    done += access_remote_vm(mm, x->sp, words, nr * sizeof(*words), true);
    return done == nr_bytes ? 0 : -ENOMEM;
}

/*
 * Who the program will run as, and its memory: a stack at the top, from where it
 * grows down; mmap's area ends far enough below for it to reach its limit.
 * => what was made, also after an error, is x->elf.mm
 */
static int
build_mm(struct exec_state *x)
{
    struct inode *inode = x->elf.file->inode;
    uint64_t gap =
        MIN(current->rlim[RLIMIT_STACK].rlim_cur, (uint64_t)USER_END / 4);
    struct mmap_args stack = {
        .len = STACK_VMA_INITIAL,
        .prot = PROT_READ | PROT_WRITE,
        .flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
        .vm_flags = VM_GROWSDOWN,
        .may = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC,
    };
    struct cred *c = &x->cred;
    umode_t mode;
    int64_t ret;

    *c = current->cred;
    mutex_lock(&inode->lock); /* a chown changes bits and owner in one step */
    mode = inode->sb->flags & MS_NOSUID ? 0 : inode->mode;
    if (mode & S_ISUID)
        c->euid = inode->uid;
    if ((mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
        c->egid = inode->gid;
    mutex_unlock(&inode->lock);
    c->suid = c->euid;
    c->sgid = c->egid;
    x->set_id = c->euid != c->uid || c->egid != c->gid;

    x->elf.mm = mm_alloc();
    if (!x->elf.mm)
        return -ENOMEM;
    x->sp = USER_END - random_offset(STACK_RANDOM_MASK);
    stack.addr = x->sp - STACK_VMA_INITIAL;
    gap = MAX(gap, MMAP_GAP_MIN) + random_offset(MMAP_RANDOM_MASK);
    x->elf.mm->mmap_base = ALIGN_DOWN(x->sp - gap, PAGE_SIZE);
    ret = do_mmap(x->elf.mm, &stack);
    ret = ret < 0 ? ret : elf_load(&x->elf) ?: fill_stack(x);
    if (!ret)
        mm_set_exe_file(x->elf.mm, x->elf.file, &file_vm_ops);
    return (int)ret;
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

    leave_mm(t);
    x->elf.mm->of_init = t->tgid == INIT_PID;
    spin_lock(&t->lock);
    t->mm = x->elf.mm;
    t->cred = x->cred;
    if (x->fs)
        t->fs = x->fs;
    atomic_fetch_and(&t->flags,
                     ~(uint32_t)(TF_FORKNOEXEC | TF_KTHREAD | TF_PRIVATE));
    if (x->set_id)
        atomic_fetch_or(&t->flags, TF_PRIVATE);
    spin_unlock(&t->lock);
    switch_mmu(&x->elf.mm->mmu);
    x->elf.mm = old_mm; /* do_execve() drops them */
    if (x->fs)
        x->fs = old_fs;

    strlcpy(t->comm, base ? base + 1 : x->path, sizeof(t->comm));
    t->wait_end = 0; /* if its call was not made again: code can be written */
    /* What is ignored stays so; for the rest the program says what it wants. */
    spin_lock(&t->sig.sig_lock);
    for (; action < t->sig.action + _NSIG; action++)
        if (action->sa_handler != SIG_IGN)
            *action = (struct sigaction){0};
    spin_unlock(&t->sig.sig_lock);
    files_close_on_exec();
    trapframe_init(t->thread.frame, x->elf.ehdr.e_entry + x->elf.bias, x->sp);
}

int
do_execve(const char *path, const char *const *argv, const char *const *envp)
{
    struct exec_state *x = kmalloc(sizeof(*x), GFP_KERNEL);
    int err;

    if (!x)
        return -ENOMEM;
    memset(x, 0, offsetof(struct exec_state, line));
    x->path = path;
    x->strings = x->small;
    x->first = x->used = ROOM_IN_FRONT;
    x->size = SMALL_BUFFER;
    err = find_program(x) ?: collect_strings(x, argv, envp);
    if (!err && files_shared()) { /* the new program shall have its own */
        x->fs = fs_context_copy(current->fs);
        err = x->fs ? 0 : -ENOMEM;
    }
    err = err ?: build_mm(x) ?: end_other_threads();
    if (!err)
        commit(x);
    mm_put(x->elf.mm);
    if (x->fs)
        fs_context_put(x->fs);
    fput(x->elf.file);
    if (x->strings != x->small)
        vfree(x->strings);
    kfree(x);
    return err;
}
