/* SPDX-License-Identifier: MIT */
/*
 * builtin.h - the commands that the shell runs itself.
 */
#ifndef SH_BUILTIN_H
#define SH_BUILTIN_H

#include <stdbool.h>

struct builtin {
    const char *name;
    int (*run)(int argc, char **argv);
    bool special; /* POSIX: assignments in front of it stay */
};

/* => NULL if there is none of that name */
const struct builtin *builtin_find(const char *name);

/* Variables that "local" changed in the current function. */
struct saved_var;
extern struct saved_var *builtin_locals;

/* test.c, read.c */
int builtin_test(int argc, char **argv);
int builtin_read(int argc, char **argv);

/* builtins_var.c */
int builtin_export(int argc, char **argv);
int builtin_readonly(int argc, char **argv);
int builtin_local(int argc, char **argv);
int builtin_unset(int argc, char **argv);
int builtin_set(int argc, char **argv);
int builtin_shift(int argc, char **argv);

/* An option of set and of the shell itself. => false after a message */
bool set_option(char letter, bool on);

#endif
