/* SPDX-License-Identifier: MIT */
/*
 * path.c - finding and starting programs.
 */
#include "path.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "pool.h"
#include "sh.h"
#include "vars.h"

/*
 * The next candidate along $PATH.
 * => *dir moves on; NULL behind the last directory
 */
static bool
next_candidate(const char **dir, const char *name, char *buf, size_t size)
{
    int len;

    if (*dir == NULL)
        return false;
    len = (int)strcspn(*dir, ":");
    snprintf(buf, size, "%.*s%s%s", len, *dir, len > 0 ? "/" : "", name);
    *dir = (*dir)[len] == ':' ? *dir + len + 1 : NULL;
    return true;
}

static bool
is_program(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
           access(path, X_OK) == 0;
}

bool
path_find(const char *name, char *buf, size_t size)
{
    const char *dir = var_get("PATH");

    if (strchr(name, '/') != NULL) {
        strlcpy(buf, name, size);
        return is_program(buf);
    }
    while (next_candidate(&dir, name, buf, size))
        if (is_program(buf))
            return true;
    return false;
}

/* A file that is no program: a script without "#!". */
static void
exec_script(const char *path, char **argv, char **envp)
{
    int argc = 0;
    const char **script;

    while (argv[argc] != NULL)
        argc++;
    script = pool_alloc(&scratch, ((size_t)argc + 3) * sizeof(char *));
    script[0] = "sh";
    script[1] = path;
    for (int i = 1; i <= argc; i++)
        script[i + 1] = argv[i];
    execve("/bin/sh", (char **)script, envp);
}

static void
try_exec(const char *path, char **argv, char **envp)
{
    execve(path, argv, envp);
    if (errno == ENOEXEC)
        exec_script(path, argv, envp);
}

void
path_exec(char **argv)
{
    const char *dir = var_get("PATH");
    char **envp = vars_environment();
    char path[PATH_MAX];
    int error = ENOENT;

    if (strchr(argv[0], '/') != NULL) {
        try_exec(argv[0], argv, envp);
        error = errno;
    } else {
        while (next_candidate(&dir, argv[0], path, sizeof(path))) {
            try_exec(path, argv, envp);
            if (errno != ENOENT && errno != ENOTDIR)
                error = errno;
        }
    }
    if (error == ENOENT)
        complain_sh("%s: not found", argv[0]);
    else
        complain_sh("%s: %s", argv[0], strerror(error));
    _exit(error == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_RUN);
}
