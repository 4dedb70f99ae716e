/* SPDX-License-Identifier: MIT */
/*
 * builtins_var.c - builtin commands about variables, parameters and options.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "builtin.h"
#include "pool.h"
#include "sh.h"
#include "skip.h"
#include "vars.h"

struct saved_var *builtin_locals;

/* The name in front of "=". => NULL after a message if it is none */
static char *
checked_name(const char *text)
{
    size_t n = name_length(text);

    if (n > 0 && (text[n] == '=' || text[n] == '\0'))
        return pool_strndup(&scratch, text, n);
    complain_sh("%s: not a name", text);
    return NULL;
}

static int
mark(int argc, char **argv, int flags, const char *prefix)
{
    int status = 0;

    if (argc == 1 || strcmp(argv[1], "-p") == 0) {
        vars_print(flags, prefix);
        return 0;
    }
    for (int i = 1; i < argc; i++)
        if (checked_name(argv[i]) == NULL || !var_assign(argv[i], flags))
            status = 1;
    return status;
}

int
builtin_export(int argc, char **argv)
{
    return mark(argc, argv, VAR_EXPORT, "export ");
}

int
builtin_readonly(int argc, char **argv)
{
    return mark(argc, argv, VAR_READONLY, "readonly ");
}

int
builtin_local(int argc, char **argv)
{
    if (sh.function_depth == 0) {
        complain_sh("local: not in a function");
        return 1;
    }
    for (int i = 1; i < argc; i++) {
        char *name = checked_name(argv[i]);

        if (name == NULL)
            return 1;
        builtin_locals = var_save(name, builtin_locals);
        if (!var_assign(argv[i], 0))
            return 1;
    }
    return 0;
}

int
builtin_unset(int argc, char **argv)
{
    bool functions = argc > 1 && strcmp(argv[1], "-f") == 0;
    int first = argc > 1 && argv[1][0] == '-' ? 2 : 1;

    for (int i = first; i < argc; i++) {
        if (functions)
            function_unset(argv[i]);
        else if (!var_unset(argv[i]))
            return 1;
    }
    return 0;
}

bool
set_option(char letter, bool on)
{
    switch (letter) {
    case 'e':
        sh.option_e = on;
        break;
    case 'f':
        sh.option_f = on;
        break;
    case 'n':
        sh.option_n = on;
        break;
    case 'u':
        sh.option_u = on;
        break;
    case 'x':
        sh.option_x = on;
        break;
    default:
        complain_sh("-%c: unknown option", letter);
        return false;
    }
    return true;
}

int
builtin_set(int argc, char **argv)
{
    int i = 1;

    if (argc == 1)
        vars_print(0, "");
    for (; i < argc && (argv[i][0] == '-' || argv[i][0] == '+'); i++) {
        if (argv[i][1] == '\0')
            break;
        if (strcmp(argv[i], "--") == 0) {
            params_set(argc - i - 1, argv + i + 1);
            return 0;
        }
        for (const char *p = argv[i] + 1; *p != '\0'; p++)
            if (!set_option(*p, argv[i][0] == '-'))
                return STATUS_USAGE;
    }
    if (i < argc)
        params_set(argc - i, argv + i);
    return 0;
}

int
builtin_shift(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 1;

    if (n < 0 || n > params.count) {
        complain_sh("shift: not that many parameters");
        return 1;
    }
    params_set(params.count - n, params.values + n);
    return 0;
}
