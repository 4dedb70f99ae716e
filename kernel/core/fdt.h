/* SPDX-License-Identifier: MIT */
/*
 * fdt.h - reading a flattened device tree.  See fdt.c.
 *
 * A node is named by its offset in the structure block; the root is FDT_ROOT.
 * Errors and "no such node" are negative, and a negative node may be passed
 * on: it has no properties and no successor.  Pointers that are returned point
 * into the blob, are checked to lie in it, and live as long as it.
 *
 *     for (int n = FDT_ROOT; n >= 0; n = fdt_next_node(fdt, n, NULL)) ...
 *     for (int n = -1; (n = fdt_find_compatible(fdt, n, "ns16550a")) >= 0;)
 *         if (fdt_available(fdt, n) && !fdt_reg(fdt, n, 0, &addr, &size)) ...
 */
#ifndef CORE_FDT_H
#define CORE_FDT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FDT_ROOT 0

struct fdt {
    const uint8_t *blob;
    uint32_t size;       /* of the whole blob */
    uint32_t struct_off; /* structure block: nodes and properties */
    uint32_t struct_size;
    uint32_t strings_off; /* property names */
    uint32_t strings_size;
    uint32_t reserve_off; /* memory reservation block */
};

/*
 * Check the header, and that the structure block is well formed throughout.
 * => 0, or -EINVAL if this is no (version 17) tree of at most max bytes
 */
int fdt_open(struct fdt *fdt, const void *blob, size_t max);

/*
 * The node after `node` in the order of the blob (parents before children).
 * => -ENOENT at the end; *depth, unless NULL, changes by how much deeper it is
 */
int fdt_next_node(const struct fdt *fdt, int node, int *depth);

/*
 * Find a node by path.  A component without "@" matches any unit address.
 * => -ENOENT
 */
int fdt_path(const struct fdt *fdt, const char *path);

/*
 * The next node after `node` (-1: from the start) with this string among its
 * `compatible` ones, or with this device_type.  => -ENOENT
 */
int fdt_find_compatible(const struct fdt *fdt, int node, const char *compat);
int fdt_find_type(const struct fdt *fdt, int node, const char *type);

/* The value of a property and its length (len may be NULL); NULL: absent. */
const void *fdt_prop(const struct fdt *fdt, int node, const char *name,
                     size_t *len);

/* A terminated string; NULL if absent or not terminated. */
const char *fdt_string(const struct fdt *fdt, int node, const char *name);

/* Does the property, a list of strings, have this one? */
bool fdt_has_string(const struct fdt *fdt, int node, const char *name,
                    const char *want);

/* The i-th 32-bit cell of a property. => 0 or -ENOENT */
int fdt_u32(const struct fdt *fdt, int node, const char *name, unsigned i,
            uint32_t *value);

/*
 * The i-th pair of `reg`, in the cell sizes that the parent gives.
 * => 0, -ENOENT if there is no i-th, -EINVAL for cells wider than 64 bits
 */
int fdt_reg(const struct fdt *fdt, int node, unsigned i, uint64_t *addr,
            uint64_t *size);

/* Is the status "okay", "ok" or not given? */
bool fdt_available(const struct fdt *fdt, int node);

/* The i-th reserved memory range. => 0, or -ENOENT behind the last */
int fdt_reservation(const struct fdt *fdt, unsigned i, uint64_t *addr,
                    uint64_t *size);

#endif
