/* SPDX-License-Identifier: MIT */
/* test: clone-vm ram=16M harts=1-8 swap=0 time=20 */
/*
 * What CLONE_ flags share is one, what they do not share is two: memory,
 * descriptors with the current folder. The ids are stored where they shall be,
 * the word of CLONE_CHILD_CLEARTID is cleared and woken at the child's end,
 * also when it was killed, and when it runs another program; a program is not
 * killed by the signal that was to tell an earlier one of a child's end; what
 * Linux refuses is EINVAL, and so is sharing
 * descriptors or folder alone. Fails (hangs) if the end of a task does not wake
 * who waits at its word.
 */
#include <sched.h>
#include <sys/futex.h>
#include <sys/syscall.h>
#include "test.h"

enum { STACK = 4 * PAGE };

static char stack[STACK] __attribute__((aligned(16)));
static volatile int memory;
static int fd;
static pid_t tid_parent, tid_child;

/* A child that has closed fd, left the folder and written to memory. */
static int
change(void *arg)
{
    memory = 1;
    if (close(fd) < 0 || chdir("/") < 0)
        return 1;
    return arg ? (int)(intptr_t)arg : 0;
}

static void
run(int flags)
{
    char cwd[64];
    pid_t pid;

    memory = 0;
    fd = (int)CHECK_OK(open("/", O_RDONLY));
    CHECK_OK(chdir("/proc"));
    pid = (pid_t)CHECK_OK(clone(change, stack + STACK, flags | SIGCHLD, NULL));
    reap_ok(pid);
    CHECK_EQ(memory, (flags & CLONE_VM) != 0);
    if (flags & CLONE_FILES)
        CHECK_ERR(close(fd), EBADF);
    else
        CHECK_OK(close(fd));
    CHECK(getcwd(cwd, sizeof(cwd)) != NULL);
    CHECK_EQ(strlen(cwd) == 1, (flags & CLONE_FS) != 0);
}

static int
sleep_for_ever(void *arg)
{
    (void)arg;
    return pause();
}

/* Until the kernel has cleared the child's id. */
static void
await_end(void)
{
    for (pid_t id; (id = __atomic_load_n(&tid_child, __ATOMIC_SEQ_CST)) != 0;)
        futex((uint32_t *)&tid_child, FUTEX_WAIT, (uint32_t)id, NULL);
}

static void
test_tids(int (*function)(void *), int sig)
{
    const int flags = CLONE_VM | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID |
                      CLONE_CHILD_CLEARTID | CLONE_SYSVSEM | SIGCHLD;
    pid_t pid;
    int status;

    fd = dup(1);
    tid_parent = 0;
    tid_child = -1;
    pid = (pid_t)CHECK_OK(clone(function, stack + STACK, flags, NULL,
                                &tid_parent, NULL, &tid_child));
    CHECK_EQ(tid_parent, pid);
    if (sig) {
        while (__atomic_load_n(&tid_child, __ATOMIC_SEQ_CST) != pid)
            sched_yield();
        CHECK_OK(kill(pid, sig));
    }
    await_end();
    status = reap(pid);
    CHECK_EQ(status, sig);
    close(fd);
}

static int
become_true(void *arg)
{
    (void)arg;
    return execl("/bin/true", "true", NULL);
}

/* Ends when the parent has become another program, and with it the pipe's end. */
static int
await_exec(void *arg)
{
    char c;

    CHECK_OK(close(((int *)arg)[1]));
    CHECK_EQ(read(((int *)arg)[0], &c, 1), 0);
    return 0;
}

static void
exec_with_child(void *name)
{
    int ends[2];
    char pid[16];

    CHECK_OK(pipe2(ends, O_CLOEXEC));
    snprintf(pid, sizeof(pid), "%d",
             (int)CHECK_OK(clone(await_exec, stack + STACK, SIGKILL, ends)));
    execl(name, name, pid, NULL);
}

static int
tls_is(void *arg)
{
    void *tp;

    __asm__("mv %0, tp" : "=r"(tp));
    return tp != arg;
}

static void
test_refused(void)
{
    static const unsigned long bad[] = {
        CLONE_THREAD,   CLONE_SIGHAND, CLONE_THREAD | CLONE_VM,
        SIGCHLD | 0x80, CLONE_FILES,   CLONE_FS};

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        CHECK_ERR(syscall(SYS_clone, bad[i], 0, 0, 0, 0), EINVAL);
    CHECK_ERR(clone(change, NULL, SIGCHLD, NULL), EINVAL);
}

int
main(int argc, char **argv)
{
    static const int share[] = {CLONE_VM, CLONE_FILES | CLONE_FS};
    pid_t pid;

    if (argc > 1) {
        reap_ok(atoi(argv[1]));
        return 0;
    }
    reap_ok(start_child(exec_with_child, argv[0]));
    for (int set = 0; set < 4; set++) {
        int flags = 0;

        for (int i = 0; i < 2; i++)
            flags |= set & 1 << i ? share[i] : 0;
        run(flags);
    }
    for (int i = 0; i < 100; i++)
        test_tids(change, 0);
    for (int i = 0; i < 20; i++)
        test_tids(sleep_for_ever, SIGKILL);
    test_tids(become_true, 0);
    pid = (pid_t)CHECK_OK(clone(tls_is, stack + STACK,
                                CLONE_VM | CLONE_SETTLS | SIGCHLD, stack, NULL,
                                stack, NULL));
    reap_ok(pid);
    test_refused();
    return 0;
}
