/* SPDX-License-Identifier: MIT */
/*
 * kallsyms.c - addresses have no names here.
 */
#include "host.h"

#include "core/panic.h"

const char *
symbol_string(uint64_t addr, char *buf)
{
    snprintf(buf, SYMBOL_SIZE, "0x%016lx", addr);
    return buf;
}
