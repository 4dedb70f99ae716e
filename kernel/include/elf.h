/* SPDX-License-Identifier: MIT */
/*
 * elf.h - the parts of ELF that loading a 64-bit program needs.
 * Layer 0 (include): structures and constants only.
 * See: System V ABI, chapters 4 and 5; RISC-V ELF psABI.
 */
#ifndef INCLUDE_ELF_H
#define INCLUDE_ELF_H

#include <stdint.h>

/* clang-format off: tables */
enum {
    EI_NIDENT = 16, EI_CLASS = 4, EI_DATA = 5, EI_VERSION = 6, ELFCLASS64 = 2,
    ELFDATA2LSB = 1, EV_CURRENT = 1,
};

enum {
    ET_EXEC = 2, ET_DYN = 3, EM_RISCV = 243,
};

enum {
    PT_NULL = 0, PT_LOAD = 1, PT_DYNAMIC = 2, PT_INTERP = 3, PT_NOTE = 4,
    PT_PHDR = 6, PT_TLS = 7, PT_GNU_STACK = 0x6474e551,
    PT_GNU_RELRO = 0x6474e552,
};

enum {
    PF_X = 1, PF_W = 2, PF_R = 4,
};
/* clang-format on */

#define ELFMAG "\177ELF"
#define SELFMAG 4

struct elf64_ehdr {
    uint8_t e_ident[EI_NIDENT];
    uint16_t e_type;
    uint16_t e_machine;
    uint32_t e_version;
    uint64_t e_entry;
    uint64_t e_phoff;
    uint64_t e_shoff;
    uint32_t e_flags;
    uint16_t e_ehsize;
    uint16_t e_phentsize;
    uint16_t e_phnum;
    uint16_t e_shentsize;
    uint16_t e_shnum;
    uint16_t e_shstrndx;
};

struct elf64_phdr {
    uint32_t p_type;
    uint32_t p_flags;
    uint64_t p_offset;
    uint64_t p_vaddr;
    uint64_t p_paddr;
    uint64_t p_filesz;
    uint64_t p_memsz;
    uint64_t p_align;
};

_Static_assert(sizeof(struct elf64_ehdr) == 64 &&
                   sizeof(struct elf64_phdr) == 56,
               "the ELF format fixes these sizes");

#endif
