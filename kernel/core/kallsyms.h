/* SPDX-License-Identifier: MIT */
/*
 * kallsyms.h - names for kernel text addresses.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Is it an address of kernel text? */
bool is_kernel_text(uint64_t addr);

/* The function that contains addr and *offset in it; NULL if unknown. */
const char *kallsyms_lookup(uint64_t addr, uint64_t *offset);

enum { SYMBOL_SIZE = 80 };

/* "function+0x1c" or, without a name, the address.  => buf[SYMBOL_SIZE] */
const char *symbol_string(uint64_t addr, char *buf);
