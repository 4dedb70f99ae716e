/* SPDX-License-Identifier: MIT */
/* test: exec-args-env ram=16M harts=1-8 swap=0 time=60 */
/*
 * A program receives its arguments, environment and auxiliary vector as the
 * caller gave them: a thousand strings, 90 KB in one, none at all, empty ones;
 * more than the system takes is E2BIG, and the caller lives on. Descriptors
 * with close-on-exec are gone, the others stay; ignored and blocked signals
 * stay so. Fails when a string is lost, moved or cut, or when the stack of the
 * new program is not aligned.
 */
#include <sys/auxv.h>
#include "test.h"

enum {
    MANY = 1000,
    LONG_BYTES = 90 * 1024,
    HUGE_BYTES = 100 * 1024,
    HUGE_COUNT = 40,
    KEPT_FD = 20,
    CLOSED_FD = 21,
};

static const char *self;
static char long_string[HUGE_BYTES + 1];

/* ---- in the new program ------------------------------------------------ */

static int
check_many(int argc, char **argv, char **envp)
{
    char want[32];
    int n;

    CHECK_EQ(argc, MANY);
    for (int i = 2; i < MANY; i++) {
        snprintf(want, sizeof(want), "arg-%d", i);
        if (strcmp(argv[i], want) != 0)
            FAIL("argv[%d]: expected %s, seen %s", i, want, argv[i]);
    }
    CHECK(argv[MANY] == NULL);
    for (n = 0; envp[n] != NULL; n++) {
        snprintf(want, sizeof(want), "env=%d", n);
        if (strcmp(envp[n], want) != 0)
            FAIL("envp[%d]: expected %s, seen %s", n, want, envp[n]);
    }
    CHECK_EQ(n, MANY);
    return 0;
}

static int
check_long(int argc, char **argv, char **envp)
{
    CHECK_EQ(argc, 4);
    CHECK_EQ(strlen(argv[2]), LONG_BYTES);
    for (int i = 0; i < LONG_BYTES; i++)
        CHECK_EQ(argv[2][i], 'a' + i % 26);
    CHECK_EQ(strlen(argv[3]), 0);
    CHECK(envp[0] == NULL);
    return 0;
}

static int
check_state(int argc, char **argv, char **envp)
{
    struct sigaction action;
    sigset_t blocked;

    (void)argc;
    (void)envp;
    CHECK_EQ(getauxval(AT_PAGESZ), PAGE);
    CHECK(strcmp((char *)getauxval(AT_EXECFN), self) == 0);
    CHECK(getauxval(AT_PHDR) != 0 && getauxval(AT_PHNUM) > 0);
    CHECK(getauxval(AT_ENTRY) != 0);
    CHECK(getauxval(AT_RANDOM) != 0);
    CHECK_EQ(getauxval(AT_UID), getuid());
    CHECK_EQ((uintptr_t)__builtin_frame_address(0) % 16, 0);
    CHECK_EQ((uintptr_t)(argv - 1) % 16, 0); /* where argc is: sp at entry */
    CHECK_OK(fcntl(KEPT_FD, F_GETFD));
    CHECK_ERR(fcntl(CLOSED_FD, F_GETFD), EBADF);
    CHECK_OK(sigaction(SIGTERM, NULL, &action));
    CHECK(action.sa_handler == SIG_IGN);
    CHECK_OK(sigprocmask(SIG_BLOCK, NULL, &blocked));
    CHECK_EQ(sigismember(&blocked, SIGUSR1), 1);
    CHECK_EQ(sigismember(&blocked, SIGUSR2), 0);
    return 0;
}

/* ---- in the old one ---------------------------------------------------- */

static void
exec_many(void *arg)
{
    char *argv[MANY + 1], *envp[MANY + 1];

    (void)arg;
    for (int i = 0; i < MANY; i++)
        if (asprintf(&argv[i], "arg-%d", i) < 0 ||
            asprintf(&envp[i], "env=%d", i) < 0)
            FAIL("out of memory");
    argv[0] = (char *)(uintptr_t)self;
    argv[1] = strdup("many");
    argv[MANY] = envp[MANY] = NULL;
    CHECK_OK(execve(self, argv, envp));
}

static void
exec_long(void *arg)
{
    char mode[] = "long", nothing[] = "", *envp[] = {NULL};
    char *argv[] = {mode, mode, long_string, nothing, NULL};

    (void)arg;
    long_string[LONG_BYTES] = '\0';
    CHECK_OK(execve(self, argv, envp));
}

static void
exec_state(void *arg)
{
    char mode[] = "state", *envp[] = {NULL};
    char *argv[] = {mode, mode, NULL};
    sigset_t set;

    (void)arg;
    CHECK_OK(dup2(STDOUT_FILENO, KEPT_FD));
    CHECK_OK(dup3(STDOUT_FILENO, CLOSED_FD, O_CLOEXEC));
    CHECK(signal(SIGTERM, SIG_IGN) != SIG_ERR);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    CHECK_OK(sigprocmask(SIG_BLOCK, &set, NULL));
    CHECK_OK(execve(self, argv, envp));
}

/* Without arguments a program gets one, which is empty. */
static void
exec_nothing(void *arg)
{
    char *none[] = {NULL};

    (void)arg;
    CHECK_OK(execve(self, none, none));
}

static void
check_too_big(void)
{
    char *argv[HUGE_COUNT + 1], *envp[] = {NULL};

    for (int i = 0; i < HUGE_COUNT; i++)
        argv[i] = long_string;
    argv[HUGE_COUNT] = NULL;
    CHECK_ERR(execve(self, argv, envp), E2BIG);
    CHECK_ERR(execve(self, envp, argv), E2BIG);
}

int
main(int argc, char **argv, char **envp)
{
    self = "/proc/self/exe";
    if (access(self, X_OK) < 0 || argv[0][0] == '/')
        self = argv[0];
    if (argc == 1 && argv[0][0] == '\0')
        return envp[0] != NULL;
    if (argc > 1 && strcmp(argv[1], "many") == 0)
        return check_many(argc, argv, envp);
    if (argc > 1 && strcmp(argv[1], "long") == 0)
        return check_long(argc, argv, envp);
    if (argc > 1 && strcmp(argv[1], "state") == 0) {
        self = (char *)getauxval(AT_EXECFN);
        return check_state(argc, argv, envp);
    }
    for (int i = 0; i < HUGE_BYTES; i++)
        long_string[i] = (char)('a' + i % 26);
    check_too_big();
    reap_ok(start_child(exec_many, NULL));
    reap_ok(start_child(exec_long, NULL));
    reap_ok(start_child(exec_state, NULL));
    reap_ok(start_child(exec_nothing, NULL));
    return 0;
}
