/* SPDX-License-Identifier: MIT */
/*
 * auxvec.h - types of the entries in a new program's auxiliary vector, the
 * pairs of 64-bit words (type, value) behind the environment on its stack.
 * Layer 0 (include): constants only.
 */
#ifndef INCLUDE_AUXVEC_H
#define INCLUDE_AUXVEC_H

/* clang-format off: tables */
enum {
    AT_NULL = 0, /* the end */
    AT_PHDR = 3, AT_PHENT = 4, AT_PHNUM = 5, AT_PAGESZ = 6,
    AT_BASE = 7, /* where the interpreter lies, 0 without one */
    AT_FLAGS = 8,
    AT_ENTRY = 9, /* the program's, not the interpreter's */
    AT_UID = 11, AT_EUID = 12, AT_GID = 13, AT_EGID = 14, AT_PLATFORM = 15,
    AT_HWCAP = 16, /* bit n: extension 'A' + n */
    AT_CLKTCK = 17, AT_SECURE = 23,
    AT_RANDOM = 25, /* address of 16 random bytes */
    AT_HWCAP2 = 26,
    AT_EXECFN = 31, /* address of the path given to execve */
    AT_SYSINFO_EHDR = 33, /* address of the vDSO */
    AT_MINSIGSTKSZ = 51,
};
/* clang-format on */

#endif
