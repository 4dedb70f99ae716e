/* SPDX-License-Identifier: MIT */
/* Loading ELF programs into an address space; see elf.c. */
#pragma once

#include <stdint.h>

struct file;
struct mm;

struct elf_image {
    uint64_t entry;
    uint64_t phdr; /* user address of the program headers, or 0 */
    uint16_t phnum;
};

/*
 * Map the program in `file` into the empty mm; sets its code, data and brk
 * fields.  => -ENOEXEC (no, or a damaged, program), -ENOMEM, -EIO, ...
 */
int elf_load(struct file *file, struct mm *mm, struct elf_image *image);

void elf_init(void); /* reads the boot argument norandmaps */
/* A random number within mask, or 0 with the boot argument norandmaps. */
uint64_t random_offset(uint64_t mask);
