/* SPDX-License-Identifier: MIT */
/*
 * vars.h - variables, functions and positional parameters.
 */
#ifndef SH_VARS_H
#define SH_VARS_H

#include <stdbool.h>
#include "ast.h"

enum var_flags { VAR_EXPORT = 1, VAR_READONLY = 2 };

/* Take over the environment, and set what a shell must have. */
void vars_init(void);

/* => NULL if it is not set */
const char *var_get(const char *name);

/*
 * Set a variable; value NULL: it has flags, but no value.
 * => false, after a message, if it is read-only
 */
bool var_set(const char *name, const char *value, int flags);
bool var_unset(const char *name);

/* Set from a text "name=value". */
bool var_assign(const char *text, int flags);

/* Print all variables that have the flags; prefix: "export ", ... */
void vars_print(int flags, const char *prefix);

/* The exported variables as execve wants them, in the scratch pool. */
char **vars_environment(void);

/*
 * Remember a variable, and later bring it back as it was: for assignments in
 * front of a command, and for "local".
 */
struct saved_var;
struct saved_var *var_save(const char *name, struct saved_var *before);
void vars_restore(struct saved_var *saved);

/* Functions. The tree must stay: nobody frees it. */
void function_set(const char *name, struct node *body);
struct node *function_get(const char *name);
bool function_unset(const char *name);

/* $1 ... The strings are copied. */
struct params {
    int count;
    char **values;
};

extern struct params params;

struct params params_copy(int count, char *const *values);
void params_free(struct params *old);

/* Make these the parameters; the ones before are freed. */
void params_set(int count, char *const *values);

#endif
