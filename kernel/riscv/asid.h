/* SPDX-License-Identifier: MIT */
/*
 * asid.h - address space identifiers, handed out in generations.  See asid.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "riscv/atomic.h"

/*
 * The ASID of an address space: generation << 16 | ASID.  0 is "none yet",
 * with which every address space begins.
 */
typedef _Atomic uint64_t asid_t;

enum { ASID_BITS_MAX = 16 };
#define ASID_NUMBER(ctx) ((ctx)&0xffff)

/* Boot: there are nr ASIDs, with 0.  Too few for our harts: do without. */
void asid_init(uint64_t nr, unsigned nr_of_harts);

/*
 * This hart is about to run the address space of *ctx, which may get a new
 * ASID by that.  Afterwards it has that ASID on every hart which runs it.
 * => the ASID to be used; true in *flush: this hart's whole TLB must be
 *    flushed after it was put in satp
 * => interrupts off
 */
uint64_t asid_activate(asid_t *ctx, uint64_t hart, bool *flush);
