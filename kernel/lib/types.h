/* SPDX-License-Identifier: MIT */
/*
 * types.h - the scalar types that every layer shares, and the page size.
 *
 * A frame is named in three ways that must never be mixed silently: by its
 * number (pfn_t), by the physical address of its first byte (paddr_t), and by
 * a virtual address that maps it (vaddr_t).  They are plain 64-bit integers:
 * the names document, the compiler does not check.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t pfn_t;   /* page frame number: paddr >> PAGE_SHIFT */
typedef uint64_t paddr_t; /* physical address */
typedef uint64_t vaddr_t; /* virtual address, user's or kernel's */
typedef uint32_t gfp_t;   /* what an allocation may do: mm/gfp.h */

typedef int64_t ssize_t;  /* a length, or a negative errno */
typedef int64_t off_t;    /* a position in a file */
typedef uint32_t dev_t;   /* device number as the kernel keeps it */
typedef uint32_t umode_t; /* file type and permission bits */
typedef int32_t pid_t;
typedef uint32_t uid_t;
typedef uint32_t gid_t;

#define PAGE_SHIFT 12
#define PAGE_SIZE (1UL << PAGE_SHIFT)
enum { KB_PER_PAGE = PAGE_SIZE / 1024 };
#define PAGE_MASK (~(PAGE_SIZE - 1))
