/* SPDX-License-Identifier: MIT */
/*
 * fdt.c - reading the flattened device tree that the firmware hands over.
 *
 * How
 *   The blob is a header, a list of reserved memory ranges, a block of
 *   property names, and the structure block: 32-bit big-endian tokens in the
 *   order of a walk through the tree.
 *
 *       BEGIN_NODE "soc\0"      PROP len nameoff value...      (NOP)
 *           BEGIN_NODE "serial@10000000\0"  PROP ...  END_NODE
 *       END_NODE                                               END
 *
 *   There is no index and no search: who wants to know something walks over
 *   all nodes with fdt_next() and looks at each.  The walk remembers where the
 *   nodes around the present one begin, since the meaning of `reg` is found in
 *   the parent.  It happens only at boot, for a few dozen nodes.
 *
 * Invariants
 *   I1  All reading of the structure block goes through read_token(), which
 *       checks every length against the block: nothing in the blob can make
 *       us look outside of it.
 *   I2  fdt_open() has walked over all tokens once, so later walks meet no
 *       malformed one.
 *
 * Locks: none; the boot hart alone.
 * Not done: addresses are not translated through `ranges` (on the virt
 * machine they are one to one); aliases; versions before 17.
 * See: the Devicetree Specification, chapters 2 and 5.
 */
#include "core/fdt.h"

#include "include/errno.h"
#include "lib/macros.h"
#include "lib/string.h"

#define FDT_MAGIC 0xd00dfeedU

enum {
    FDT_VERSION = 17,
    FDT_RESERVE_BYTES = 16, /* one reserved range */
    CELL_BYTES = 4,
    MAX_CELLS = 2, /* in an address or a size */
};

enum { FDT_BEGIN_NODE = 1, FDT_END_NODE, FDT_PROP, FDT_NOP, FDT_END = 9 };

struct token {
    uint32_t tag;
    uint32_t next;        /* offset of the token behind this one */
    const char *name;     /* BEGIN_NODE, PROP */
    const uint8_t *value; /* PROP */
    uint32_t len;         /* of value */
};

/* A number of n big-endian cells, n at most 2, at any address. */
static uint64_t
read_cells(const uint8_t *p, unsigned n)
{
    uint64_t v = 0;

    for (unsigned i = 0; i < n * CELL_BYTES; i++)
        v = v << 8 | p[i];
    return v;
}

/* The terminated string at start[max]; NULL if it does not end in there. */
static const char *
checked_string(const uint8_t *start, size_t max)
{
    return memchr(start, 0, max) ? (const char *)start : NULL;
}

/*
 * Take the token at off, which may lie behind the block, apart.  What a length
 * claims is compared with what is left of the block, in 64 bits, so that no sum
 * overflows.  => 0, -EINVAL
 */
static int
read_token(const struct fdt *fdt, uint32_t off, struct token *t)
{
    const uint8_t *p = fdt->blob + fdt->header.struct_off + off;
    uint64_t left = fdt->header.struct_size, used = CELL_BYTES;
    uint32_t name;

    if (off > left || left - off < CELL_BYTES)
        return -EINVAL;
    left -= off;
    *t = (struct token){.tag = read_cells(p, 1), .name = ""};
    if (t->tag == FDT_BEGIN_NODE) {
        t->name = checked_string(p + used, left - used);
        used += t->name ? strlen(t->name) + 1 : 0;
    } else if (t->tag == FDT_PROP) {
        used += 2 * CELL_BYTES;
        if (left < used)
            return -EINVAL;
        t->len = read_cells(p + CELL_BYTES, 1);
        t->value = p + used;
        used += t->len;
        name = read_cells(p + 2 * CELL_BYTES, 1);
        if (left < used || name >= fdt->header.strings_size)
            return -EINVAL;
        t->name = checked_string(fdt->blob + fdt->header.strings_off + name,
                                 fdt->header.strings_size - name);
    } else if (t->tag != FDT_END_NODE && t->tag != FDT_NOP &&
               t->tag != FDT_END) {
        return -EINVAL;
    }
    t->next = off + (uint32_t)ALIGN_UP(used, CELL_BYTES);
    return t->name ? 0 : -EINVAL;
}

/* --- The walk */

int
fdt_next(struct fdt *fdt)
{
    uint32_t off;
    struct token t;

    while (read_token(fdt, off = fdt->next, &t) == 0) {
        fdt->next = t.next;
        if (t.tag == FDT_BEGIN_NODE) {
            /* There is one root, and it comes first. */
            if (fdt->depth == FDT_MAX_DEPTH || (fdt->depth == 0 && off != 0))
                return -EINVAL;
            fdt->path[fdt->depth].off = off;
            fdt->path[fdt->depth++].name = t.name;
            return 1;
        }
        if (t.tag == FDT_END && fdt->depth == 0 && off != 0) {
            fdt->next = 0;
            return 0;
        }
        if (t.tag == FDT_END || fdt->depth == 0)
            return -EINVAL;
        fdt->depth -= t.tag == FDT_END_NODE;
    }
    return -EINVAL;
}

/* Does [off, off + len) lie behind the header, inside the blob? */
static bool
block_fits(const struct fdt_header *h, uint32_t off, uint32_t len)
{
    return off >= sizeof(*h) && (uint64_t)off + len <= h->size;
}

int
fdt_open(struct fdt *fdt, const void *blob, size_t max)
{
    struct fdt_header *h = &fdt->header;
    int more;

    if (max < sizeof(*h))
        return -EINVAL;
    for (unsigned i = 0; i < sizeof(*h) / CELL_BYTES; i++)
        (&h->magic)[i] = read_cells((const uint8_t *)blob + i * CELL_BYTES, 1);
    if (h->magic != FDT_MAGIC || h->size > max || h->size > INT32_MAX ||
        h->version < FDT_VERSION || h->last_compatible > FDT_VERSION ||
        !block_fits(h, h->struct_off, h->struct_size) ||
        !block_fits(h, h->strings_off, h->strings_size) ||
        !block_fits(h, h->reserve_off, 0))
        return -EINVAL;
    /* Once over all of it: so each later walk ends with 0 (I2). */
    fdt->blob = blob;
    fdt->next = fdt->depth = 0;
    while ((more = fdt_next(fdt)) > 0)
        ;
    return more;
}

/* --- The present node */

const void *
fdt_prop(const struct fdt *fdt, const char *name, size_t *len)
{
    struct token t;

    read_token(fdt, fdt->path[fdt->depth - 1].off, &t);
    /* A node's properties come before its children. */
    while (read_token(fdt, t.next, &t) == 0 &&
           (t.tag == FDT_PROP || t.tag == FDT_NOP)) {
        if (t.tag == FDT_NOP || strcmp(t.name, name) != 0)
            continue;
        if (len)
            *len = t.len;
        return t.value;
    }
    return NULL;
}

const char *
fdt_string(const struct fdt *fdt, const char *name)
{
    size_t len;
    const void *value = fdt_prop(fdt, name, &len);

    return value ? checked_string(value, len) : NULL;
}

bool
fdt_has_string(const struct fdt *fdt, const char *name, const char *want)
{
    size_t len;
    const uint8_t *value = fdt_prop(fdt, name, &len);

    for (const char *s; value && (s = checked_string(value, len));) {
        if (strcmp(s, want) == 0)
            return true;
        value += strlen(s) + 1;
        len -= strlen(s) + 1;
    }
    return false;
}

int
fdt_u32(const struct fdt *fdt, const char *name, unsigned i, uint32_t *value)
{
    size_t len;
    const uint8_t *p = fdt_prop(fdt, name, &len);

    if (!p || i >= len / CELL_BYTES)
        return -ENOENT;
    *value = read_cells(p + (size_t)i * CELL_BYTES, 1);
    return 0;
}

int
fdt_reg(const struct fdt *fdt, unsigned i, uint64_t *addr, uint64_t *size)
{
    struct fdt parent = *fdt; /* the same walk, a level further up: the cell
                                 sizes stand there */
    uint32_t addr_cells = 2, size_cells = 1;
    size_t len, bytes;
    const uint8_t *p = fdt_prop(fdt, "reg", &len);

    if (!p || --parent.depth == 0)
        return -ENOENT;
    fdt_u32(&parent, "#address-cells", 0, &addr_cells);
    fdt_u32(&parent, "#size-cells", 0, &size_cells);
    if (addr_cells < 1 || addr_cells > MAX_CELLS || size_cells > MAX_CELLS)
        return -EINVAL;
    bytes = (addr_cells + size_cells) * CELL_BYTES;
    if (i >= len / bytes)
        return -ENOENT;
    *addr = read_cells(p + i * bytes, addr_cells);
    *size = read_cells(p + i * bytes + addr_cells * CELL_BYTES, size_cells);
    return 0;
}

bool
fdt_available(const struct fdt *fdt)
{
    return !fdt_prop(fdt, "status", NULL) ||
           fdt_has_string(fdt, "status", "okay") ||
           fdt_has_string(fdt, "status", "ok");
}

int
fdt_reservation(const struct fdt *fdt, unsigned i, uint64_t *addr,
                uint64_t *size)
{
    uint64_t off = fdt->header.reserve_off + (uint64_t)i * FDT_RESERVE_BYTES;
    const uint8_t *p = fdt->blob + off;

    if (off + FDT_RESERVE_BYTES > fdt->header.size)
        return -ENOENT;
    *addr = read_cells(p, 2);
    *size = read_cells(p + FDT_RESERVE_BYTES / 2, 2);
    return *addr || *size ? 0 : -ENOENT;
}
