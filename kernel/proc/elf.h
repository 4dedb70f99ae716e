/* SPDX-License-Identifier: MIT */
/* Loading ELF programs into an address space; see elf.c. */
#pragma once

#include "include/elf.h"

struct file;
struct mm;

struct elf_program {
    struct file *file; /* in: where it is */
    struct mm *mm;     /* in: where it goes; nobody else knows it */
    struct elf64_ehdr ehdr;
    uint64_t bias; /* added to every address: ET_DYN */
    uint64_t phdr; /* user address of the program headers, or 0 */
};

/*
 * Map the program into its mm, and set that one's code, data and brk fields.
 * => -ENOEXEC (no, or a damaged, program), -ENOMEM, -EIO, ...
 */
int elf_load(struct elf_program *l);

void elf_init(void); /* reads the boot argument norandmaps */
/* A random number within mask, or 0 with the boot argument norandmaps. */
uint64_t random_offset(uint64_t mask);
