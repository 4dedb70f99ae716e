/* SPDX-License-Identifier: MIT */
/*
 * vars.c - variables, functions and positional parameters.
 *
 * Variables and functions live in one list, sorted by name: a shell has some
 * dozens of them, and "set" prints them in order.
 */
#include "vars.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "pool.h"
#include "sh.h"
#include "skip.h"
#include "util.h"

struct var {
    struct var *next;
    char *value; /* NULL: not set */
    struct node *function;
    int flags;
    char name[];
};

struct saved_var {
    struct saved_var *before;
    char *value; /* NULL: was not set */
    int flags;
    char name[];
};

struct params params;

static struct var *vars;

/* The link to the first variable whose name is not less. */
static struct var **
find_link(const char *name)
{
    struct var **link = &vars;

    while (*link != NULL && strcmp((*link)->name, name) < 0)
        link = &(*link)->next;
    return link;
}

static struct var *
find(const char *name)
{
    struct var *var = *find_link(name);

    return var != NULL && strcmp(var->name, name) == 0 ? var : NULL;
}

static struct var *
find_or_make(const char *name)
{
    struct var **link = find_link(name);
    struct var *var = *link;
    size_t size = strlen(name) + 1;

    if (var != NULL && strcmp(var->name, name) == 0)
        return var;
    var = must_malloc(sizeof(*var) + size);
    *var = (struct var){.next = *link};
    memcpy(var->name, name, size);
    *link = var;
    return var;
}

const char *
var_get(const char *name)
{
    struct var *var = find(name);

    return var != NULL ? var->value : NULL;
}

bool
var_set(const char *name, const char *value, int flags)
{
    struct var *var = find_or_make(name);
    char *copy;

    if (value != NULL && (var->flags & VAR_READONLY)) {
        abort_command("%s: is read-only", name);
        return false;
    }
    var->flags |= flags;
    if (value == NULL)
        return true;
    copy = must_strdup(value);
    free(var->value);
    var->value = copy;
    return true;
}

bool
var_unset(const char *name)
{
    struct var *var = find(name);

    if (var == NULL)
        return true;
    if (var->flags & VAR_READONLY) {
        abort_command("%s: is read-only", name);
        return false;
    }
    free(var->value);
    var->value = NULL;
    var->flags = 0;
    return true;
}

bool
var_assign(const char *text, int flags)
{
    size_t n = strcspn(text, "=");
    char *name = strndup(text, n);
    bool result;

    result = var_set(name, text[n] == '=' ? text + n + 1 : NULL, flags);
    free(name);
    return result;
}

/* Print a value so that the shell can read it again. */
static void
print_quoted(const char *s)
{
    putchar('\'');
    for (; *s != '\0'; s++)
        if (*s == '\'')
            printf("'\\''");
        else
            putchar(*s);
    putchar('\'');
}

void
vars_print(int flags, const char *prefix)
{
    for (struct var *var = vars; var != NULL; var = var->next) {
        if ((var->flags & flags) != flags || (var->value == NULL && flags == 0))
            continue;
        printf("%s%s", prefix, var->name);
        if (var->value != NULL) {
            putchar('=');
            print_quoted(var->value);
        }
        putchar('\n');
    }
}

char **
vars_environment(void)
{
    size_t count = 0;
    char **result;

    for (struct var *var = vars; var != NULL; var = var->next)
        count++;
    result = pool_alloc(&scratch, (count + 1) * sizeof(char *));
    count = 0;
    for (struct var *var = vars; var != NULL; var = var->next) {
        size_t n = strlen(var->name);

        if (!(var->flags & VAR_EXPORT) || var->value == NULL)
            continue;
        result[count] = pool_alloc(&scratch, n + strlen(var->value) + 2);
        memcpy(result[count], var->name, n);
        result[count][n] = '=';
        strcpy(result[count++] + n + 1, var->value);
    }
    return result;
}

struct saved_var *
var_save(const char *name, struct saved_var *before)
{
    struct var *var = find(name);
    size_t size = strlen(name) + 1;
    struct saved_var *saved = must_malloc(sizeof(*saved) + size);

    saved->before = before;
    saved->value = NULL;
    saved->flags = 0;
    if (var != NULL) {
        saved->value = var->value != NULL ? must_strdup(var->value) : NULL;
        saved->flags = var->flags;
    }
    memcpy(saved->name, name, size);
    return saved;
}

void
vars_restore(struct saved_var *saved)
{
    while (saved != NULL) {
        struct saved_var *before = saved->before;
        struct var *var = find_or_make(saved->name);

        free(var->value);
        var->value = saved->value;
        var->flags = saved->flags;
        free(saved);
        saved = before;
    }
}

void
function_set(const char *name, struct node *body)
{
    find_or_make(name)->function = body;
}

struct node *
function_get(const char *name)
{
    struct var *var = find(name);

    return var != NULL ? var->function : NULL;
}

bool
function_unset(const char *name)
{
    struct var *var = find(name);

    if (var == NULL || var->function == NULL)
        return false;
    var->function = NULL;
    return true;
}

struct params
params_copy(int count, char *const *values)
{
    struct params copy = {
        .count = count,
        .values = must_malloc(((size_t)count + 1) * sizeof(char *)),
    };

    for (int i = 0; i < count; i++)
        copy.values[i] = must_strdup(values[i]);
    copy.values[count] = NULL;
    return copy;
}

void
params_free(struct params *old)
{
    for (int i = 0; i < old->count; i++)
        free(old->values[i]);
    free(old->values);
}

void
params_set(int count, char *const *values)
{
    struct params copy = params_copy(count, values);

    params_free(&params);
    params = copy;
}

static void
set_default(const char *name, const char *value)
{
    if (var_get(name) == NULL)
        var_set(name, value, 0);
}

void
vars_init(void)
{
    char *cwd = getcwd(NULL, 0);

    for (char **p = environ; *p != NULL; p++)
        if (name_length(*p) > 0 && (*p)[name_length(*p)] == '=')
            var_assign(*p, VAR_EXPORT);
    var_set("IFS", " \t\n", 0);
    set_default("PATH", "/bin:/sbin:/usr/bin");
    set_default("PS1", geteuid() == 0 ? "# " : "$ ");
    set_default("PS2", "> ");
    set_default("PS4", "+ ");
    if (cwd != NULL)
        var_set("PWD", cwd, VAR_EXPORT);
    free(cwd);
}
