/* SPDX-License-Identifier: MIT */
/*
 * sh.h - the state of the shell that all its parts share.
 *
 * The parts, in the order a command takes through them:
 *
 *   input.c   lines from a terminal (edit.c), a script or a string
 *   skip.c    where quotes, ${..}, $(..) end
 *   lex.c     lines to tokens
 *   parse.c   tokens to a tree (ast.h)
 *   run.c     walks the tree; redirect.c, jobs.c, builtins*.c, path.c help
 *   expand.c  words to arguments; param.c, arith.c, fields.c help
 *   vars.c    variables, functions, positional parameters
 *
 * Not done: traps, aliases, getopts, kill %n, the history as a file.
 */
#ifndef SH_SH_H
#define SH_SH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum {
    STATUS_USAGE = 2,
    STATUS_CANNOT_RUN = 126,
    STATUS_NOT_FOUND = 127,
    STATUS_SIGNAL = 128, /* plus the number of the signal */
    HIGH_FD = 10,        /* the shell's own descriptors start here */
};

/* What a command wants its callers to do beside going on. */
enum flow {
    FLOW_NONE,
    FLOW_BREAK,    /* leave flow_count loops */
    FLOW_CONTINUE, /* leave flow_count - 1 loops, go on with the next */
    FLOW_RETURN,   /* leave the function or the sourced file */
    FLOW_ABORT,    /* give the whole command line up */
};

struct shell {
    const char *name;      /* $0 */
    pid_t pid;             /* $$, the same in subshells */
    int status;            /* $? */
    int subst_status;      /* of the latest command substitution */
    pid_t last_background; /* $! */
    enum flow flow;
    int flow_count;
    int loop_depth;     /* loops of the current function */
    int function_depth; /* functions and sourced files */
    int tested_depth;   /* > 0: a failure is looked at, -e does not apply */
    bool interactive;
    bool option_e; /* leave when a command fails */
    bool option_f; /* no file name generation */
    bool option_n; /* read commands, do not run them */
    bool option_u; /* an unset variable is an error */
    bool option_x; /* show commands */
};

extern struct shell sh;

/* Complain on the standard error output: "sh: ...". */
void complain_sh(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Complain, and give the command line up: the flow becomes FLOW_ABORT, the
 * status 2. A script ends there; an interactive shell asks for the next line.
 */
void abort_command(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* Run all commands of a text, as eval and -c do. => the status of the last */
int run_text(const char *text, bool last);

/* Run all commands of a file in this shell. => -1 if it cannot be read */
int run_file(const char *path);

#endif
