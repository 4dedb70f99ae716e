/* SPDX-License-Identifier: MIT */
/*
 * fdt.h - reading a flattened device tree, in one walk over it.  See fdt.c.
 *
 *     if (fdt_open(&fdt, blob, max) == 0)
 *         while (fdt_next(&fdt) > 0)
 *             if (fdt_has_string(&fdt, "compatible", "ns16550a") &&
 *                 fdt_reg(&fdt, 0, &addr, &size) == 0) ...
 *
 * All functions ask about the node that fdt_next came to last.  Pointers that
 * are returned point into the blob, are checked to lie in it, and live as long
 * as it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FDT_MAX_DEPTH = 16 };

/* How the blob begins: big-endian there. */
struct fdt_header {
    uint32_t magic, size; /* of the whole blob */
    uint32_t struct_off;  /* structure block: nodes and properties */
    uint32_t strings_off; /* property names */
    uint32_t reserve_off; /* memory reservation block */
    uint32_t version, last_compatible;
    uint32_t boot_hart;
    uint32_t strings_size, struct_size;
};

struct fdt {
    const uint8_t *blob;
    struct fdt_header header;
    uint32_t next;  /* offset of the token to be read */
    unsigned depth; /* levels of nodes that are open */
    struct {
        uint32_t off; /* where it begins */
        const char *name;
    } path[FDT_MAX_DEPTH]; /* the open ones, the root first */
};

/*
 * Check the header, and that the structure block is well formed throughout;
 * then stand before the root.
 * => 0, or -EINVAL if this is no (version 17) tree of at most max bytes
 */
int fdt_open(struct fdt *fdt, const void *blob, size_t max);

/*
 * Go on to the next node, parents before children.  After 0 the walk begins
 * again with the root.
 * => 1; 0: that was the last; -EINVAL
 */
int fdt_next(struct fdt *fdt);

/* The value of a property and its length (len may be NULL); NULL: absent. */
const void *fdt_prop(const struct fdt *fdt, const char *name, size_t *len);

/* A terminated string; NULL if absent or not terminated. */
const char *fdt_string(const struct fdt *fdt, const char *name);

/* Does the property, a list of strings, have this one? */
bool fdt_has_string(const struct fdt *fdt, const char *name, const char *want);

/* The i-th 32-bit cell of a property. => 0; -ENOENT leaves *value alone */
int fdt_u32(const struct fdt *fdt, const char *name, unsigned i,
            uint32_t *value);

/*
 * The i-th pair of `reg`, in the cell sizes that the parent gives.
 * => 0, -ENOENT if there is no i-th, -EINVAL for cells wider than 64 bits
 */
int fdt_reg(const struct fdt *fdt, unsigned i, uint64_t *addr, uint64_t *size);

/* Is the status "okay", "ok" or not given? */
bool fdt_available(const struct fdt *fdt);

/* The i-th reserved memory range. => 0, or -ENOENT behind the last */
int fdt_reservation(const struct fdt *fdt, unsigned i, uint64_t *addr,
                    uint64_t *size);
