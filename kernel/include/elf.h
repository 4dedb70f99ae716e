/* SPDX-License-Identifier: MIT */
/*
 * elf.h - the parts of ELF that loading a 64-bit program needs, and what the
 * program finds on its stack.
 * Layer 0 (include): structures and constants only.
 * See: System V ABI, chapters 4 and 5; RISC-V ELF psABI.
 */
#pragma once

#include <stdint.h>

/* clang-format off: tables */
enum {
    EI_NIDENT = 16, EI_CLASS = 4, EI_DATA = 5, ELFCLASS64 = 2, ELFDATA2LSB = 1,
    ET_EXEC = 2, ET_DYN = 3, EM_RISCV = 243, PT_LOAD = 1, PT_INTERP = 3,
    PF_X = 1, PF_W = 2, PF_R = 4,
};
/* clang-format on */

#define ELFMAG "\177ELF"
#define SELFMAG 4

struct elf64_ehdr {
    uint8_t e_ident[EI_NIDENT];
    uint16_t e_type, e_machine;
    uint32_t e_version;
    uint64_t e_entry, e_phoff, e_shoff;
    uint32_t e_flags;
    uint16_t e_ehsize, e_phentsize, e_phnum;
    uint16_t e_shentsize, e_shnum, e_shstrndx;
};

struct elf64_phdr {
    uint32_t p_type, p_flags;
    uint64_t p_offset, p_vaddr, p_paddr;
    uint64_t p_filesz, p_memsz;
    uint64_t p_align;
};

_Static_assert(sizeof(struct elf64_ehdr) == 64 &&
                   sizeof(struct elf64_phdr) == 56,
               "the ELF format fixes these sizes");

/*
 * Types of the entries in a new program's auxiliary vector, the pairs of
 * 64-bit words (type, value) behind the environment on its stack.
 */
/* clang-format off: tables */
enum {
    AT_NULL = 0, /* the end */
    AT_PHDR = 3, AT_PHENT = 4, AT_PHNUM = 5, AT_PAGESZ = 6,
    AT_BASE = 7, /* where the interpreter lies, 0 without one */
    AT_ENTRY = 9, /* the program's, not the interpreter's */
    AT_UID = 11, AT_EUID = 12, AT_GID = 13, AT_EGID = 14,
    AT_HWCAP = 16, /* bit n: extension 'A' + n */
    AT_SECURE = 23,
    AT_RANDOM = 25, /* address of 16 random bytes */
    AT_EXECFN = 31, /* address of the path given to execve */
};
/* clang-format on */
