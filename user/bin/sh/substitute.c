/* SPDX-License-Identifier: MIT */
/*
 * substitute.c - $(command) and `command`: a child runs the text with its
 * output in a pipe, and we take what comes, without the newlines at its end.
 */
#include "substitute.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "jobs.h"
#include "pool.h"
#include "sh.h"
#include "skip.h"

enum { READ_BYTES = 1024 };

/* Append all that comes out of the pipe, without its last newlines. */
static void
read_output(int fd, struct text *out, enum char_kind kind)
{
    size_t newlines = 0; /* seen, but not yet added */
    char buf[READ_BYTES];
    ssize_t n;

    while ((n = read(fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR))
        for (ssize_t i = 0; i < n; i++) {
            if (buf[i] == '\n') {
                newlines++;
                continue;
            }
            for (; newlines > 0; newlines--)
                text_add(out, '\n', kind);
            if (buf[i] != '\0')
                text_add(out, buf[i], kind);
        }
}

static void
substitute(struct expansion *ex, const char *command, enum expand_mode mode)
{
    int fds[2];
    pid_t pid;

    if (pipe(fds) < 0) {
        abort_command("cannot make a pipe: %s", strerror(errno));
        return;
    }
    pid = fork_subshell();
    if (pid == 0) {
        close(fds[0]);
        dup2(fds[1], STDOUT_FILENO);
        if (fds[1] != STDOUT_FILENO)
            close(fds[1]);
        exit(run_text(command, true));
    }
    close(fds[1]);
    if (pid > 0) {
        read_output(fds[0], ex->out,
                    mode == MODE_PLAIN ? CHAR_EXPANDED : CHAR_QUOTED);
        sh.subst_status = wait_for_pid(pid);
    }
    close(fds[0]);
}

const char *
expand_command(struct expansion *ex, const char *p, const char *end,
               enum expand_mode mode)
{
    substitute(ex, pool_strndup(&scratch, p + 2, (size_t)(end - p - 3)), mode);
    return end;
}

/* A backslash is removed in front of $ ` and \, and of " inside "...". */
const char *
expand_backquote(struct expansion *ex, const char *p, enum expand_mode mode)
{
    const char *end = skip_backquote(p);
    const char *special = mode == MODE_DOUBLE ? "$`\\\"" : "$`\\";
    char *command, *to;

    if (end == NULL) { /* only in here-documents, where nothing was checked */
        abort_command("syntax error: a backquote is not closed");
        return p + strlen(p);
    }
    command = to = pool_alloc(&scratch, (size_t)(end - p));
    for (p++; p < end - 1; p++) {
        if (*p == '\\' && strchr(special, p[1]) != NULL)
            p++;
        *to++ = *p;
    }
    substitute(ex, command, mode);
    return end;
}
