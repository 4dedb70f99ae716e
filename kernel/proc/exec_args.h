/* SPDX-License-Identifier: MIT */
/*
 * The argument and environment strings of an exec, on kernel pages: they are
 * taken from the old address space before the new one exists, so that nobody
 * ever holds two mmap_locks.
 */
#ifndef PROC_EXEC_ARGS_H
#define PROC_EXEC_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mm;

enum { EXEC_ARG_PAGES = 32 }; /* ARG_MAX: 128 KB of strings */

struct exec_args {
    uint8_t *pages[EXEC_ARG_PAGES];
    size_t used;         /* bytes, the strings one behind the other */
    uint32_t argc, envc; /* the first argc strings are arguments */
    uint64_t at;         /* once placed: where they begin on the stack */
};

/* Append a string of the kernel.  -E2BIG, -ENOMEM */
int args_add(struct exec_args *args, const char *s);
/* Append all strings of a user array; counts them.  -EFAULT, ... */
int args_add_user(struct exec_args *args, uint64_t array, uint32_t *count);
/* Put `s` in front of the arguments, or drop the first (scripts). */
int args_push_front(struct exec_args *args, const char *s);
int args_drop_first(struct exec_args *args);
/* Copy all of it to addr of mm.  -EFAULT */
int args_copy_out(struct exec_args *args, struct mm *mm, uint64_t addr);
/* The length of the string at offset, with its NUL. */
size_t args_length_at(const struct exec_args *args, size_t offset);
void args_free(struct exec_args *args);

#endif
