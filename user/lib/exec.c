/* SPDX-License-Identifier: MIT */
/*
 * exec.c - the exec family, and system(). execvpe looks a name without a slash
 * up along $PATH. Scripts without "#!" are the shell's business, not ours.
 */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEFAULT_PATH "/bin:/sbin:/usr/bin"

enum { MAX_LIST_ARGS = 256 };

int
execv(const char *path, char *const argv[])
{
    return execve(path, argv, environ);
}

int
execvp(const char *file, char *const argv[])
{
    return execvpe(file, argv, environ);
}

/*
 * => the error of the last try, but EACCES if a file was found that may not be
 *    executed
 */
int
execvpe(const char *file, char *const argv[], char *const envp[])
{
    char path[PATH_MAX];
    const char *dir = getenv("PATH");
    bool denied = false;
    int length;

    if (strchr(file, '/') != NULL)
        return execve(file, argv, envp);
    if (dir == NULL)
        dir = DEFAULT_PATH;
    errno = ENOENT;
    while (*file != '\0') {
        length = (int)strcspn(dir, ":");
        /* An empty part of the path means the working directory. */
        snprintf(path, sizeof(path), "%.*s%s%s", length, dir,
                 length > 0 ? "/" : "", file);
        execve(path, argv, envp);
        if (errno == EACCES)
            denied = true;
        else if (errno != ENOENT && errno != ENOTDIR)
            return -1;
        dir += length;
        if (*dir++ == '\0')
            break;
    }
    if (denied)
        errno = EACCES;
    return -1;
}

/* Gather a NULL-terminated list of arguments. => -1 (E2BIG) if too long */
static int
gather(const char *first, va_list ap, char *argv[MAX_LIST_ARGS])
{
    int n = 0;

    for (const char *arg = first; arg != NULL; arg = va_arg(ap, char *)) {
        if (n == MAX_LIST_ARGS - 1) {
            errno = E2BIG;
            return -1;
        }
        argv[n++] = (char *)arg;
    }
    argv[n] = NULL;
    return 0;
}

int
execl(const char *path, const char *arg, ...)
{
    char *argv[MAX_LIST_ARGS];
    va_list ap;
    int result;

    va_start(ap, arg);
    result = gather(arg, ap, argv);
    va_end(ap);
    return result < 0 ? -1 : execv(path, argv);
}

int
execlp(const char *file, const char *arg, ...)
{
    char *argv[MAX_LIST_ARGS];
    va_list ap;
    int result;

    va_start(ap, arg);
    result = gather(arg, ap, argv);
    va_end(ap);
    return result < 0 ? -1 : execvp(file, argv);
}

int
system(const char *command)
{
    const char *argv[] = {"sh", "-c", command, NULL};
    int status;
    pid_t pid;

    if (command == NULL)
        return 1;
    pid = fork();
    if (pid < 0)
        return -1;
    if (pid == 0) {
        execve("/bin/sh", (char *const *)argv, environ);
        _exit(127);
    }
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return status;
}
