/* SPDX-License-Identifier: MIT */
/*
 * kallsyms.c - from an address to a name, by a scan: somebody reads the result.
 *
 * The build links the kernel twice: first with an empty table, then with one of
 * its own function names, sorted by address (see the Makefile).  The table lies
 * behind the text, so the second link does not move what the first one named.
 *
 * Locks: none; the table is constant.  Used by panic, so it must not fail.
 * Not done: names of data; static functions of one name are told apart by the
 * address only.
 */
#include "core/panic.h"

#include "lib/format.h"
#include "riscv/memlayout.h"

struct ksym {
    uint32_t offset; /* from _kernel_start */
    uint32_t name;   /* offset in kallsyms_names */
};

extern const struct ksym kallsyms[];
extern const uint32_t kallsyms_count;
extern const char kallsyms_names[];

bool
is_kernel_text(uint64_t addr)
{
    return addr >= (uint64_t)_text_start && addr < (uint64_t)_text_end;
}

const char *
symbol_string(uint64_t addr, char *buf)
{
    uint64_t offset = addr - (uint64_t)_kernel_start;
    uint32_t i = 0;

    if (!is_kernel_text(addr) || kallsyms_count == 0) {
        snprintf(buf, SYMBOL_SIZE, "0x%016lx", addr);
        return buf;
    }
    while (i + 1 < kallsyms_count && kallsyms[i + 1].offset <= offset)
        i++;
    snprintf(buf, SYMBOL_SIZE, "%s+0x%lx", &kallsyms_names[kallsyms[i].name],
             offset - kallsyms[i].offset);
    return buf;
}
