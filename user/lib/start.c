/* SPDX-License-Identifier: MIT */
/*
 * start.c - from the kernel's argument block to main(), and the end.
 *
 * exit() runs the atexit functions in reverse order, flushes the streams and
 * ends the process. The table of atexit functions is fixed: 32, as ISO C asks.
 * The streams are flushed through a weak reference, so that a program that
 * prints nothing does not carry stdio.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>
#include "syscall.h"

enum { MAX_ATEXIT = 32 };

char **environ;
const char *program_invocation_name = "";
const char *program_invocation_short_name = "";

static unsigned long *aux_vector; /* pairs of type and value */
static void (*exit_functions[MAX_ATEXIT])(void);
static int exit_function_count;

int main(int argc, char **argv, char **envp);
void start_main(long *block) __attribute__((noreturn));
int fflush(void *stream) __attribute__((weak));

static const char *
last_part(const char *path)
{
    const char *last = path;

    for (const char *p = path; *p != '\0'; p++)
        if (*p == '/' && p[1] != '\0')
            last = p + 1;
    return last;
}

/* Called by crt0.S with the address of argc. */
void
start_main(long *block)
{
    int argc = (int)block[0];
    char **argv = (char **)(block + 1);
    long *p;

    environ = argv + argc + 1;
    for (p = (long *)environ; *p != 0; p++)
        ;
    aux_vector = (unsigned long *)(p + 1);
    if (argc > 0) {
        program_invocation_name = argv[0];
        program_invocation_short_name = last_part(argv[0]);
    }
    exit(main(argc, argv, environ));
}

unsigned long
getauxval(unsigned long type)
{
    for (unsigned long *p = aux_vector; p[0] != AT_NULL; p += 2)
        if (p[0] == type)
            return p[1];
    errno = ENOENT;
    return 0;
}

int
atexit(void (*function)(void))
{
    if (exit_function_count == MAX_ATEXIT)
        return -1;
    exit_functions[exit_function_count++] = function;
    return 0;
}

void
exit(int status)
{
    while (exit_function_count > 0)
        exit_functions[--exit_function_count]();
    if (fflush)
        fflush(NULL);
    _exit(status);
}

void
_exit(int status)
{
    for (;;)
        RAW(exit_group, status);
}

void
_Exit(int status)
{
    _exit(status);
}
