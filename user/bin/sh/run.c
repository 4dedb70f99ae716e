/* SPDX-License-Identifier: MIT */
/*
 * run.c - walking the tree.
 *
 * Each kind of node has a function. "break", "return" and errors do not jump:
 * they set sh.flow, and every list and loop looks at it and goes home.
 *
 * A process that has nothing else to do becomes the program it is to run
 * instead of forking (`last`). The status of a pipeline is that of its last
 * command; "!" and conditions raise sh.tested_depth, where -e does not apply.
 */
#include "run.h"
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "builtin.h"
#include "expand.h"
#include "jobs.h"
#include "path.h"
#include "pool.h"
#include "redirect.h"
#include "sh.h"
#include "util.h"
#include "vars.h"

/* ---- simple commands ---------------------------------------------------- */

/* -x: show what is about to run. */
static void
trace(int argc, char **argv)
{
    if (!sh.option_x || argc == 0)
        return;
    fprintf(stderr, "%s", expand_string(var_get("PS4") ? var_get("PS4") : ""));
    for (int i = 0; i < argc; i++)
        fprintf(stderr, i + 1 < argc ? "%s " : "%s\n", argv[i]);
}

static bool
assign_one(const char *text, int flags)
{
    size_t n = strcspn(text, "=");
    char *name = pool_strndup(&scratch, text, n);
    char *value = expand_string(text + n + 1);

    return sh.flow == FLOW_NONE && var_set(name, value, flags);
}

/* Do the assignments in front of a command; remember the values before. */
static bool
assign_saved(const struct word *word, struct saved_var **saved)
{
    for (; word != NULL; word = word->next) {
        size_t n = strcspn(word->text, "=");

        *saved = var_save(pool_strndup(&scratch, word->text, n), *saved);
        if (!assign_one(word->text, VAR_EXPORT))
            return false;
    }
    return true;
}

/* A line of assignments and redirections only. */
static int
run_assignments(const struct node *node)
{
    struct saved_fd *saved = NULL;
    bool ok;

    for (struct word *word = node->assignments; word != NULL; word = word->next)
        if (!assign_one(word->text, 0))
            return 1;
    ok = redirect_do(node->redirects, &saved);
    redirect_undo(saved);
    return ok ? sh.subst_status : 1;
}

static int
run_function(struct node *body, int argc, char **argv)
{
    struct params before = params;
    struct saved_var *locals_before = builtin_locals;
    int loops_before = sh.loop_depth;
    int status;

    params = params_copy(argc - 1, argv + 1);
    builtin_locals = NULL;
    sh.loop_depth = 0;
    sh.function_depth++;
    status = run(body, false);
    if (sh.flow == FLOW_RETURN) {
        sh.flow = FLOW_NONE;
        status = sh.status;
    }
    sh.function_depth--;
    sh.loop_depth = loops_before;
    vars_restore(builtin_locals);
    builtin_locals = locals_before;
    params_free(&params);
    params = before;
    return status;
}

/* What a builtin printed reaches its file, or the user hears that it did not */
static bool
flush_output(const char *name)
{
    bool failed = fflush(stdout) == EOF || ferror(stdout);

    if (failed)
        fprintf(stderr, "sh: %s: write error: %s\n", name, strerror(errno));
    clearerr(stdout);
    return !failed;
}

/* A function or a builtin command: it runs in this process. */
static int
run_inside(const struct node *node, int argc, char **argv,
           struct node *function, const struct builtin *builtin)
{
    bool special = function == NULL && builtin->special;
    struct saved_var *vars = NULL;
    struct saved_fd *fds = NULL;
    int status = 1;

    if (redirect_do(node->redirects, &fds) &&
        assign_saved(node->assignments, &vars)) {
        if (function != NULL)
            status = run_function(function, argc, argv);
        else
            status = builtin->run(argc, argv);
        if (!flush_output(argv[0]) && status == 0)
            status = 1;
    } else if (special && !sh.interactive) {
        sh.flow = FLOW_ABORT;
    }
    if (special && strcmp(argv[0], "exec") == 0)
        redirect_keep(fds);
    else
        redirect_undo(fds);
    if (!special)
        vars_restore(vars);
    return status;
}

/* In the process that is to become the program. */
static void
exec_program(const struct node *node, char **argv)
{
    struct saved_var *ignored = NULL;

    if (!redirect_do(node->redirects, NULL) ||
        !assign_saved(node->assignments, &ignored))
        _exit(1);
    fflush(stdout);
    path_exec(argv);
}

static int
run_program(const struct node *node, char **argv, bool last)
{
    struct job *job;
    pid_t pid;

    if (last)
        exec_program(node, argv);
    job = job_new(argv[0]);
    pid = job_fork(job, true);
    if (pid == 0)
        exec_program(node, argv);
    return job_wait(job);
}

static int
run_simple(struct node *node, bool last)
{
    struct pool_mark mark = pool_mark(&scratch);
    struct node *function;
    const struct builtin *builtin;
    char **argv;
    int argc, status;

    sh.subst_status = 0;
    argv = expand_words(node->words, &argc);
    trace(argc, argv);
    if (sh.flow != FLOW_NONE) {
        status = sh.status;
    } else if (argc == 0) {
        status = run_assignments(node);
    } else {
        function = function_get(argv[0]);
        builtin = builtin_find(argv[0]);
        if (function != NULL || builtin != NULL)
            status = run_inside(node, argc, argv, function, builtin);
        else
            status = run_program(node, argv, last);
    }
    pool_release(&scratch, mark);
    return status;
}

int
run_command(int argc, char **argv, bool last)
{
    static struct node empty = {.type = NODE_SIMPLE};
    const struct builtin *builtin = builtin_find(argv[0]);

    if (builtin != NULL)
        return builtin->run(argc, argv);
    return run_program(&empty, argv, last);
}

/* ---- pipelines and processes -------------------------------------------- */

/* In a child: run a part of a pipeline between its two pipes, and exit. */
static void
run_part(struct node *part, int in, const int out[2])
{
    if (in != STDIN_FILENO) {
        dup2(in, STDIN_FILENO);
        close(in);
    }
    if (out[1] >= 0) {
        close(out[0]);
        dup2(out[1], STDOUT_FILENO);
        close(out[1]);
    }
    exit(run(part, true));
}

/* The text of a pipeline for "jobs": its first words. */
static const char *
pipe_text(const struct node *pipe)
{
    const struct node *first = pipe->left;

    return first->words != NULL ? first->words->text : "pipeline";
}

static int
run_pipe(struct node *node)
{
    struct job *job = job_new(pipe_text(node));
    int in = STDIN_FILENO;

    for (struct node *part = node->left; part != NULL; part = part->next) {
        int fds[2] = {-1, -1};
        pid_t pid;

        if (part->next != NULL && pipe(fds) < 0) {
            abort_command("cannot make a pipe: %m");
            break;
        }
        pid = job_fork(job, true);
        if (pid == 0)
            run_part(part, in, fds);
        if (in != STDIN_FILENO)
            close(in);
        if (fds[1] >= 0)
            close(fds[1]);
        in = fds[0];
        if (pid < 0)
            break;
    }
    if (in > STDIN_FILENO)
        close(in);
    return job_wait(job);
}

static int
run_background(struct node *node)
{
    struct job *job = job_new(node->text);
    pid_t pid = job_fork(job, false);

    if (pid == 0)
        exit(run(node->left, true));
    job_background(job);
    return pid < 0;
}

static int
run_subshell(struct node *node, bool last)
{
    struct job *job;
    pid_t pid;

    if (last) {
        if (!redirect_do(node->redirects, NULL))
            return 1;
        return run(node->left, true);
    }
    job = job_new("( )");
    pid = job_fork(job, true);
    if (pid == 0) {
        if (!redirect_do(node->redirects, NULL))
            exit(1);
        exit(run(node->left, true));
    }
    return job_wait(job);
}

/* ---- control structures ------------------------------------------------- */

static int
run_tested(struct node *node)
{
    int status;

    sh.tested_depth++;
    status = run(node, false);
    sh.tested_depth--;
    return status;
}

static int
run_and_or(struct node *node, bool last)
{
    int status = run_tested(node->left);

    if (sh.flow != FLOW_NONE || (status == 0) != (node->type == NODE_AND))
        return status;
    return run(node->right, last);
}

static int
run_if(struct node *node, bool last)
{
    int status = run_tested(node->test);

    if (sh.flow != FLOW_NONE)
        return status;
    if (status == 0)
        return run(node->left, last);
    return node->right != NULL ? run(node->right, last) : 0;
}

/* After a round of a loop: does it go on? */
static bool
loop_goes_on(void)
{
    if (sh.flow == FLOW_NONE)
        return !jobs_interrupted();
    if ((sh.flow != FLOW_BREAK && sh.flow != FLOW_CONTINUE) ||
        --sh.flow_count > 0)
        return false;
    /* It was meant for this loop. */
    bool goes_on = sh.flow == FLOW_CONTINUE;
    sh.flow = FLOW_NONE;
    return goes_on;
}

static int
run_while(struct node *node)
{
    int status = 0;

    sh.loop_depth++;
    for (;;) {
        bool true_test = run_tested(node->test) == 0;

        if (sh.flow == FLOW_NONE) {
            if (true_test != (node->type == NODE_WHILE))
                break;
            status = run(node->left, false);
        }
        if (!loop_goes_on())
            break;
    }
    sh.loop_depth--;
    return status;
}

static int
run_for(struct node *node)
{
    struct pool_mark mark = pool_mark(&scratch);
    struct params all = params_copy(params.count, params.values);
    char **items = all.values;
    int count = all.count;
    int status = 0;

    if (!node->all_arguments)
        items = expand_words(node->words, &count);
    sh.loop_depth++;
    for (int i = 0; i < count && sh.flow == FLOW_NONE; i++) {
        if (!var_set(node->name, items[i], 0))
            break;
        status = run(node->left, false);
        if (!loop_goes_on())
            break;
    }
    sh.loop_depth--;
    params_free(&all);
    pool_release(&scratch, mark);
    return status;
}

static bool
item_matches(const struct case_item *item, const char *word)
{
    for (struct word *p = item->patterns; p != NULL; p = p->next)
        if (fnmatch(expand_pattern(p->text), word, 0) == 0)
            return true;
    return false;
}

static int
run_case(struct node *node, bool last)
{
    struct pool_mark mark = pool_mark(&scratch);
    const char *word = expand_string(node->name);
    struct case_item *item = node->items;

    while (item != NULL && sh.flow == FLOW_NONE && !item_matches(item, word))
        item = item->next;
    pool_release(&scratch, mark);
    if (item == NULL || item->body == NULL || sh.flow != FLOW_NONE)
        return 0;
    return run(item->body, last);
}

static int
run_list(struct node *node, bool last)
{
    int status = run(node->left, false);

    if (sh.flow != FLOW_NONE)
        return status;
    return run(node->right, last);
}

/* Run a node, its redirections done. */
static int
run_kind(struct node *node, bool last)
{
    switch (node->type) {
    case NODE_SIMPLE:
        return run_simple(node, last);
    case NODE_PIPE:
        return run_pipe(node);
    case NODE_AND:
    case NODE_OR:
        return run_and_or(node, last);
    case NODE_LIST:
        return run_list(node, last);
    case NODE_NOT:
        return !run_tested(node->left);
    case NODE_BACKGROUND:
        return run_background(node);
    case NODE_SUBSHELL:
        return run_subshell(node, last);
    case NODE_GROUP:
        return run(node->left, last);
    case NODE_IF:
        return run_if(node, last);
    case NODE_WHILE:
    case NODE_UNTIL:
        return run_while(node);
    case NODE_FOR:
        return run_for(node);
    case NODE_CASE:
        return run_case(node, last);
    case NODE_FUNCTION:
        function_set(node->name, node->left);
        return 0;
    }
    return 0;
}

/* Compound commands run in this process: redirect around them, and back. */
static int
run_redirected(struct node *node)
{
    struct saved_fd *saved = NULL;
    int status = 1;

    if (redirect_do(node->redirects, &saved))
        status = run_kind(node, false);
    redirect_undo(saved);
    return status;
}

/* Kinds whose failure counts for -e; the others contain one of these. */
static bool
can_fail(const struct node *node)
{
    return node->type == NODE_SIMPLE || node->type == NODE_PIPE ||
           node->type == NODE_SUBSHELL;
}

int
run(struct node *node, bool last)
{
    int status;

    if (node == NULL || sh.option_n)
        return 0;
    if (node->redirects != NULL && node->type != NODE_SIMPLE &&
        node->type != NODE_SUBSHELL)
        status = run_redirected(node);
    else
        status = run_kind(node, last);
    if (sh.flow == FLOW_RETURN || sh.flow == FLOW_ABORT)
        return sh.status; /* set where the flow was */
    sh.status = status;
    if (status != 0 && sh.option_e && sh.tested_depth == 0 && can_fail(node))
        exit(status);
    return status;
}
