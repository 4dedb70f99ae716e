/* SPDX-License-Identifier: MIT */
/*
 * redirect.c - opening files for a command, and undoing it.
 *
 * Before a descriptor is replaced it is copied to one that is at least HIGH_FD
 * and closes on exec, so that commands of the shell itself can be redirected
 * and the shell goes on as before.
 */
#include "redirect.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "expand.h"
#include "jobs.h"
#include "sh.h"
#include "util.h"

struct saved_fd {
    int fd;
    int copy; /* -1: the descriptor was closed */
    struct saved_fd *before;
};

static void
save_fd(int fd, struct saved_fd **saved)
{
    struct saved_fd *new = must_malloc(sizeof(*new));

    new->fd = fd;
    new->copy = fcntl(fd, F_DUPFD_CLOEXEC, HIGH_FD);
    new->before = *saved;
    *saved = new;
}

/*
 * A descriptor from which a here-document can be read. A short one fits into
 * the pipe; a long one is fed by a child.
 */
static int
open_here(const struct redirect *here)
{
    const char *body = here->quoted ? here->body : expand_here(here->body);
    size_t len = strlen(body);
    int fds[2];

    if (sh.flow == FLOW_ABORT || pipe(fds) < 0)
        return -1;
    if (len <= 4096) {
        write(fds[1], body, len);
    } else if (fork_subshell() == 0) {
        close(fds[0]);
        write_all(fds[1], body, len);
        _exit(0);
    }
    close(fds[1]);
    return fds[0];
}

static int
open_file(const struct redirect *redirect, const char *path)
{
    static const int flags[] = {
        [REDIRECT_READ] = O_RDONLY,
        [REDIRECT_WRITE] = O_WRONLY | O_CREAT | O_TRUNC,
        [REDIRECT_APPEND] = O_WRONLY | O_CREAT | O_APPEND,
        [REDIRECT_READ_WRITE] = O_RDWR | O_CREAT,
    };
    int fd = open(path, flags[redirect->type], 0666);

    if (fd < 0)
        complain_sh("%s: %s", path, strerror(errno));
    return fd;
}

/* "n>&m" and "n>&-". */
static bool
duplicate(const struct redirect *redirect, const char *target)
{
    char *end;
    int from;

    if (strcmp(target, "-") == 0) {
        close(redirect->fd);
        return true;
    }
    from = (int)strtol(target, &end, 10);
    if (*target == '\0' || *end != '\0') {
        complain_sh("%s: not a descriptor", target);
        return false;
    }
    if (dup2(from, redirect->fd) >= 0)
        return true;
    complain_sh("%s: %s", target, strerror(errno));
    return false;
}

static bool
redirect_one(const struct redirect *redirect)
{
    const char *target;
    bool moved;
    int fd;

    if (redirect->type == REDIRECT_HERE) {
        fd = open_here(redirect);
    } else {
        target = expand_string(redirect->target);
        if (sh.flow == FLOW_ABORT)
            return false;
        if (redirect->type == REDIRECT_DUP)
            return duplicate(redirect, target);
        fd = open_file(redirect, target);
    }
    if (fd < 0)
        return false;
    if (fd == redirect->fd)
        return true;
    moved = dup2(fd, redirect->fd) >= 0;
    if (!moved)
        complain_sh("%d: %s", redirect->fd, strerror(errno));
    close(fd);
    return moved;
}

bool
redirect_do(const struct redirect *redirects, struct saved_fd **saved)
{
    for (; redirects != NULL; redirects = redirects->next) {
        if (saved != NULL)
            save_fd(redirects->fd, saved);
        if (!redirect_one(redirects))
            return false;
    }
    return true;
}

void
redirect_undo(struct saved_fd *saved)
{
    while (saved != NULL) {
        struct saved_fd *before = saved->before;

        if (saved->copy >= 0) {
            dup2(saved->copy, saved->fd);
            close(saved->copy);
        } else {
            close(saved->fd);
        }
        free(saved);
        saved = before;
    }
}

void
redirect_keep(struct saved_fd *saved)
{
    while (saved != NULL) {
        struct saved_fd *before = saved->before;

        if (saved->copy >= 0)
            close(saved->copy);
        free(saved);
        saved = before;
    }
}
