/* SPDX-License-Identifier: MIT */
/*
 * memlayout.h - where everything is in the 39-bit virtual address space.
 *
 *   0x0000000000000000  never mapped                            64 KB
 *   0x0000000000010000  user
 *   0x0000003ffffff000  end of user
 *   0xffffffc000000000  direct map of RAM, kernel inside        128 GB
 *   0xfffffff000000000  vmalloc, kernel stacks, ioremap           4 GB
 *
 * The direct map is one window with one offset: the gigabyte of physical
 * memory in which the firmware put the kernel appears at DIRECT_MAP_BASE.
 * The kernel is linked at KERNEL_LINK_BASE, so its load address gives the
 * offset (entry.S computes it).
 *
 * A kernel stack is the UPPER half of a window of KERNEL_STACK_ALIGN bytes;
 * the lower half is its guard.  Hence a good stack pointer has the bit
 * KERNEL_STACK_SIZE set and one that overflowed has it clear, which is what
 * trap entry tests.
 *
 * Not done: a kernel that is loaded at another place within its gigabyte
 * than it is linked at; it would need 2 MB leaves in the boot page table.
 */
#pragma once

#define USER_MIN 0x10000
#define USER_END 0x3ffffff000

#define DIRECT_MAP_BASE 0xffffffc000000000
#define KERNEL_LINK_BASE 0xffffffc000200000
#define VMALLOC_START 0xfffffff000000000
#define VMALLOC_END 0xfffffff100000000

#define KERNEL_STACK_SIZE 0x4000
#define KERNEL_STACK_ALIGN 0x8000

/* The boot page table maps so many gigabytes from DIRECT_MAP_BASE on. */
#define BOOT_MAP_GIGABYTES 4
#define GIGABYTE_SHIFT 30

#ifndef __ASSEMBLER__

#include "lib/types.h"

/* (c) virtual minus physical address, for all of the direct map. */
extern uint64_t direct_map_offset;

#define __va(pa) ((void *)((uint64_t)(pa) + direct_map_offset))
#define __pa(va) ((paddr_t)(va)-direct_map_offset)

/* Bounds of the kernel image, from kernel.ld; text and rodata end on pages. */
extern char _kernel_start[], _text_start[], _text_end[];
extern char _rodata_start[], _rodata_end[];
extern char _bss_start[], _bss_end[], _kernel_end[];

#endif
