/* SPDX-License-Identifier: MIT */
/*
 * kallsyms.h - names for kernel text addresses.
 *
 * The build links the kernel twice: first with an empty table, then with one of
 * its own function names, sorted by address (see the Makefile).
 */
#ifndef CORE_KALLSYMS_H
#define CORE_KALLSYMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ksym {
    uint32_t offset; /* from _kernel_start */
    uint32_t name;   /* offset in kallsyms_names */
};

extern const struct ksym kallsyms[];
extern const uint32_t kallsyms_count;
extern const char kallsyms_names[];

/* Is it an address of kernel text? */
bool is_kernel_text(uint64_t addr);

/* The function that contains addr and *offset in it; NULL if unknown. */
const char *kallsyms_lookup(uint64_t addr, uint64_t *offset);

enum { SYMBOL_SIZE = 80 };

/* "function+0x1c" or, without a name, the address. */
void symbol_string(uint64_t addr, char *buf, size_t size);

#endif
