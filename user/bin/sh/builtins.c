/* SPDX-License-Identifier: MIT */
/*
 * builtins.c - the commands that the shell runs itself, because they change it
 * or because everybody needs them all the time.
 */
#include "builtin.h"
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/times.h>
#include <unistd.h>
#include "jobs.h"
#include "path.h"
#include "pool.h"
#include "run.h"
#include "sh.h"
#include "vars.h"

static int
do_true(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

static int
do_false(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return 1;
}

static int
do_echo(int argc, char **argv)
{
    bool newline = argc < 2 || strcmp(argv[1], "-n") != 0;

    for (int i = newline ? 1 : 2; i < argc; i++)
        printf(i + 1 < argc ? "%s " : "%s", argv[i]);
    if (newline)
        putchar('\n');
    return 0; /* run_inside() looks whether it was written */
}

/* ---- flow --------------------------------------------------------------- */

static int
leave_loops(int argc, char **argv, enum flow flow)
{
    int count = argc > 1 ? atoi(argv[1]) : 1;

    if (count < 1) {
        complain_sh("%s: bad count", argv[0]);
        return 1;
    }
    if (sh.loop_depth == 0)
        return 0;
    sh.flow = flow;
    sh.flow_count = count < sh.loop_depth ? count : sh.loop_depth;
    return 0;
}

static int
do_break(int argc, char **argv)
{
    return leave_loops(argc, argv, FLOW_BREAK);
}

static int
do_continue(int argc, char **argv)
{
    return leave_loops(argc, argv, FLOW_CONTINUE);
}

static int
do_return(int argc, char **argv)
{
    if (argc > 1)
        sh.status = atoi(argv[1]) & 0xff;
    sh.flow = FLOW_RETURN;
    return sh.status;
}

static int
do_exit(int argc, char **argv)
{
    exit(argc > 1 ? atoi(argv[1]) & 0xff : sh.status);
}

static int
do_eval(int argc, char **argv)
{
    size_t size = 1;
    char *text, *end;

    for (int i = 1; i < argc; i++)
        size += strlen(argv[i]) + 1;
    text = end = pool_alloc(&scratch, size);
    for (int i = 1; i < argc; i++)
        end = stpcpy(stpcpy(end, i > 1 ? " " : ""), argv[i]);
    return run_text(text, false);
}

/* "exec" without arguments only makes its redirections permanent. */
static int
do_exec(int argc, char **argv)
{
    if (argc > 1) {
        jobs_leave();
        path_exec(argv + 1);
    }
    return 0;
}

static int
do_source(int argc, char **argv)
{
    char path[PATH_MAX];
    int status = -1;

    if (argc < 2) {
        complain_sh(".: a file name is missing");
        return STATUS_USAGE;
    }
    sh.function_depth++;
    if (strchr(argv[1], '/') == NULL && path_find(argv[1], path, sizeof(path)))
        status = run_file(path);
    if (status < 0)
        status = run_file(argv[1]);
    sh.function_depth--;
    if (status < 0)
        abort_command("%s: %s", argv[1], strerror(errno));
    if (sh.flow == FLOW_RETURN)
        sh.flow = FLOW_NONE;
    return status < 0 ? 1 : sh.status;
}

/* ---- directories -------------------------------------------------------- */

static int
do_cd(int argc, char **argv)
{
    const char *target = argc > 1 ? argv[1] : var_get("HOME");
    bool back = target != NULL && strcmp(target, "-") == 0;
    const char *old = var_get("PWD");
    char *cwd;

    if (back)
        target = var_get("OLDPWD");
    if (target == NULL) {
        complain_sh("cd: where to?");
        return 1;
    }
    if (chdir(target) < 0) {
        complain_sh("cd: %s: %s", target, strerror(errno));
        return 1;
    }
    if (old != NULL)
        var_set("OLDPWD", pool_strdup(&scratch, old), 0);
    cwd = getcwd(NULL, 0);
    var_set("PWD", cwd != NULL ? cwd : target, VAR_EXPORT);
    if (back && cwd != NULL)
        puts(cwd);
    free(cwd);
    return 0;
}

static int
do_pwd(int argc, char **argv)
{
    char *cwd = getcwd(NULL, 0);

    (void)argc;
    (void)argv;
    if (cwd == NULL) {
        complain_sh("pwd: %s", strerror(errno));
        return 1;
    }
    puts(cwd);
    free(cwd);
    return 0;
}

static int
do_umask(int argc, char **argv)
{
    mode_t mask;
    char *end;

    if (argc == 1) {
        mask = umask(0);
        umask(mask);
        printf("%04o\n", mask);
        return 0;
    }
    mask = (mode_t)strtoul(argv[1], &end, 8);
    if (*end != '\0' || mask > 0777) {
        complain_sh("umask: %s: not a mask", argv[1]);
        return 1;
    }
    umask(mask);
    return 0;
}

/* ---- about commands and the process ------------------------------------- */

/* Say what a name means. => false if it means nothing */
static bool
describe(const char *name, bool brief)
{
    char path[PATH_MAX];
    const char *what = NULL;

    if (function_get(name) != NULL)
        what = "a function";
    else if (builtin_find(name) != NULL)
        what = "a shell builtin";
    if (what != NULL) {
        if (brief)
            puts(name);
        else
            printf("%s is %s\n", name, what);
        return true;
    }
    if (!path_find(name, path, sizeof(path)))
        return false;
    if (brief)
        puts(path);
    else
        printf("%s is %s\n", name, path);
    return true;
}

static int
do_type(int argc, char **argv)
{
    int status = 0;

    for (int i = 1; i < argc; i++)
        if (!describe(argv[i], false)) {
            printf("%s: not found\n", argv[i]);
            status = 1;
        }
    return status;
}

/* "command -v name", and "command name ..." past functions. */
static int
do_command(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "-v") == 0)
        return describe(argv[2], true) ? 0 : STATUS_NOT_FOUND;
    return argc > 1 ? run_command(argc - 1, argv + 1, false) : 0;
}

static void
print_ticks(clock_t ticks, char end)
{
    printf("%ldm%ld.%02lds%c", ticks / USER_HZ / 60, ticks / USER_HZ % 60,
           ticks % USER_HZ, end);
}

static int
do_times(int argc, char **argv)
{
    struct tms used;

    (void)argc;
    (void)argv;
    times(&used);
    print_ticks(used.tms_utime, ' ');
    print_ticks(used.tms_stime, '\n');
    print_ticks(used.tms_cutime, ' ');
    print_ticks(used.tms_cstime, '\n');
    return 0;
}

static int
do_trap(int argc, char **argv)
{
    (void)argv;
    if (argc == 1)
        return 0;
    complain_sh("trap: %s", strerror(EINVAL));
    return 1;
}

static const struct limit {
    char letter;
    int resource;
    unsigned long unit; /* in bytes or pieces */
    const char *text;
} limits[] = {
    {'c', RLIMIT_CORE, 512, "core file (blocks)"},
    {'d', RLIMIT_DATA, 1024, "data (kbytes)"},
    {'f', RLIMIT_FSIZE, 512, "file size (blocks)"},
    {'l', RLIMIT_MEMLOCK, 1024, "locked memory (kbytes)"},
    {'n', RLIMIT_NOFILE, 1, "open files"},
    {'s', RLIMIT_STACK, 1024, "stack (kbytes)"},
    {'u', RLIMIT_NPROC, 1, "processes"},
    {'v', RLIMIT_AS, 1024, "virtual memory (kbytes)"},
};

static void
print_limit(const struct limit *limit, bool with_text)
{
    struct rlimit value;

    if (getrlimit(limit->resource, &value) < 0)
        return;
    if (with_text)
        printf("%-24s -%c ", limit->text, limit->letter);
    if (value.rlim_cur == RLIM_INFINITY)
        puts("unlimited");
    else
        printf("%lu\n", value.rlim_cur / limit->unit);
}

static int
set_limit(const struct limit *limit, const char *text)
{
    struct rlimit value;
    uint64_t wanted = RLIM_INFINITY;

    if (strcmp(text, "unlimited") != 0) {
        if (!isdigit((unsigned char)text[0])) {
            complain_sh("ulimit: %s: not a limit", text);
            return STATUS_USAGE;
        }
        wanted = strtoul(text, NULL, 10) * limit->unit;
    }
    getrlimit(limit->resource, &value);
    value.rlim_cur = wanted;
    if (wanted > value.rlim_max || geteuid() == 0)
        value.rlim_max = wanted;
    if (setrlimit(limit->resource, &value) == 0)
        return 0;
    complain_sh("ulimit: %s", strerror(errno));
    return 1;
}

/* "ulimit -a", "ulimit [-letter] [number]". */
static int
do_ulimit(int argc, char **argv)
{
    bool has_letter = argc > 1 && argv[1][0] == '-' && argv[1][1] != '\0';
    char letter = has_letter ? argv[1][1] : 'f';
    const char *value = argv[has_letter ? 2 : 1];
    bool found = letter == 'a';
    int status = 0;

    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        if (letter != 'a' && limits[i].letter != letter)
            continue;
        found = true;
        if (letter == 'a' || value == NULL)
            print_limit(&limits[i], letter == 'a');
        else
            status = set_limit(&limits[i], value);
    }
    if (!found)
        complain_sh("ulimit: -%c: unknown limit", letter);
    return found ? status : STATUS_USAGE;
}

/* ---- the table ---------------------------------------------------------- */

static const struct builtin builtins[] = {
    {".", do_source, true},           {":", do_true, true},
    {"[", builtin_test, false},       {"bg", jobs_resume, false},
    {"break", do_break, true},        {"cd", do_cd, false},
    {"command", do_command, false},   {"continue", do_continue, true},
    {"echo", do_echo, false},         {"eval", do_eval, true},
    {"exec", do_exec, true},          {"exit", do_exit, true},
    {"export", builtin_export, true}, {"false", do_false, false},
    {"fg", jobs_foreground, false},   {"jobs", jobs_list, false},
    {"local", builtin_local, false},  {"pwd", do_pwd, false},
    {"read", builtin_read, false},    {"readonly", builtin_readonly, true},
    {"return", do_return, true},      {"set", builtin_set, true},
    {"shift", builtin_shift, true},   {"test", builtin_test, false},
    {"times", do_times, true},        {"trap", do_trap, true},
    {"true", do_true, false},         {"type", do_type, false},
    {"ulimit", do_ulimit, false},     {"umask", do_umask, false},
    {"unset", builtin_unset, true},   {"wait", jobs_wait, false},
};

const struct builtin *
builtin_find(const char *name)
{
    for (size_t i = 0; i < sizeof(builtins) / sizeof(builtins[0]); i++)
        if (strcmp(builtins[i].name, name) == 0)
            return &builtins[i];
    return NULL;
}
