/* SPDX-License-Identifier: MIT */
/*
 * main.c - the shell: sh [-efinux] [file [argument ...]]
 *                     sh [-efinux] -c command [name [argument ...]]
 *                     sh [-efinux] -s [argument ...]
 *
 * The read-parse-run loop, and the ways to start it: from a terminal, a file, a
 * string, or whatever the standard input is. A shell whose name starts with "-"
 * is a login shell and reads /etc/profile first.
 */
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "builtin.h"
#include "edit.h"
#include "input.h"
#include "jobs.h"
#include "lex.h"
#include "parse.h"
#include "pool.h"
#include "run.h"
#include "sh.h"
#include "util.h"
#include "vars.h"

#define PROFILE "/etc/profile"

struct shell sh;

static void
vcomplain(const char *format, va_list ap)
{
    fflush(stdout);
    fprintf(stderr, "sh: ");
    vfprintf(stderr, format, ap);
    fputc('\n', stderr);
}

void
complain_sh(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vcomplain(format, ap);
    va_end(ap);
}

void
abort_command(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vcomplain(format, ap);
    va_end(ap);
    sh.status = STATUS_USAGE;
    sh.flow = FLOW_ABORT;
}

/* Does the tree define a function? Then it must stay after it ran. */
static bool
defines_function(const struct node *node)
{
    if (node == NULL)
        return false;
    if (node->type == NODE_FUNCTION)
        return true;
    if (node->type == NODE_CASE)
        for (struct case_item *i = node->items; i != NULL; i = i->next)
            if (defines_function(i->body))
                return true;
    return defines_function(node->left) || defines_function(node->right) ||
           defines_function(node->test) || defines_function(node->next);
}

/* Is there nothing but white space left of a string? */
static bool
at_string_end(const struct lexer *lx)
{
    const char *rest = lx->in->text;

    if (rest == NULL)
        return false;
    for (const char *p = lx->text + lx->pos; *p != '\0'; p++)
        if (!isspace((unsigned char)*p))
            return false;
    while (isspace((unsigned char)*rest))
        rest++;
    return *rest == '\0';
}

/* An error ends a script; an interactive shell asks for the next line. */
static void
recover(struct input *in)
{
    if (!in->interactive)
        return;
    in->abandoned = false;
    sh.flow = FLOW_NONE;
}

/*
 * Read, parse and run all commands of an input.
 * => last: the process ends afterwards
 */
static int
run_input(struct input *in, bool last)
{
    struct lexer lx;
    struct pool pool = {0};
    struct node *tree;
    enum parse_result result = PARSE_COMMAND;
    int status = 0;

    lex_init(&lx, in);
    while (result != PARSE_END && sh.flow == FLOW_NONE) {
        result = parse_command(&lx, &pool, &tree);
        if (in->abandoned) {
            lx.pos = lx.length;
            lx.at_end = false;
            result = PARSE_ERROR;
            sh.status = status = STATUS_SIGNAL + SIGINT;
        } else if (result == PARSE_ERROR) {
            sh.status = status = STATUS_USAGE;
            sh.flow = FLOW_ABORT;
        } else if (tree != NULL) {
            status = run(tree, last && at_string_end(&lx));
        }
        if (sh.flow == FLOW_ABORT || in->abandoned)
            recover(in);
        if (tree != NULL && result == PARSE_COMMAND && defines_function(tree))
            pool = (struct pool){0};
        else
            pool_free(&pool);
    }
    pool_free(&pool);
    lex_destroy(&lx);
    return status;
}

int
run_text(const char *text, bool last)
{
    struct input in = {.text = text, .fd = -1};

    return run_input(&in, last);
}

int
run_file(const char *path)
{
    char *text = read_whole(path, NULL);
    int status;

    if (text == NULL)
        return -1;
    status = run_text(text, false);
    free(text);
    return status;
}

static int
run_script(const char *path)
{
    int status = run_file(path);

    if (status >= 0)
        return status;
    complain_sh("%s: %s", path, strerror(errno));
    return STATUS_NOT_FOUND;
}

/* Read commands from the standard input until it ends. */
static int
run_stdin(void)
{
    struct input in = {.fd = STDIN_FILENO, .interactive = sh.interactive};

    return run_input(&in, false);
}

static void
usage_sh(void)
{
    complain_sh("usage: sh [-cefinsux] [command | file] [argument ...]");
    exit(STATUS_USAGE);
}

int
main(int argc, char **argv)
{
    const char *command = NULL;
    bool login = argv[0] != NULL && argv[0][0] == '-';
    bool forced = false, from_argument = false, from_stdin = false; /* i c s */
    int i = 1;

    prog_init(argv);
    sh.name = argc > 0 ? argv[0] : "sh";
    sh.pid = getpid();
    vars_init();
    for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++)
        for (const char *p = argv[i] + 1; *p != '\0'; p++) {
            from_argument |= *p == 'c';
            forced |= *p == 'i';
            from_stdin |= *p == 's';
            if (strchr("cis", *p) == NULL && !set_option(*p, true))
                usage_sh();
        }
    if (from_argument && i == argc)
        usage_sh();
    if (from_argument)
        command = argv[i++];
    if (i < argc && !from_stdin)
        sh.name = argv[i++];
    params_set(argc - i > 0 ? argc - i : 0, argv + i);
    if (login)
        run_file(PROFILE);
    sh.flow = FLOW_NONE;
    if (command != NULL)
        return run_text(command, true);
    if (sh.name != argv[0])
        return run_script(sh.name);
    sh.interactive = forced || (isatty(STDIN_FILENO) && isatty(STDERR_FILENO));
    if (sh.interactive) {
        jobs_init();
        edit_init();
    }
    return run_stdin();
}
