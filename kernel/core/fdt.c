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
 *   All reading of the structure block goes through read_token(), which
 *   checks every length against the block, so nothing in the blob can make
 *   us look outside of it.  fdt_open() walks over all tokens once; therefore
 *   later walks meet no malformed one, and only report "not found".
 *
 *   There is no index: every search walks from the start.  It happens only
 *   at boot, for a few dozen nodes.
 *
 * Locks: none; nothing is written after fdt_open().
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
    FDT_HEADER_BYTES = 40,
    FDT_RESERVE_BYTES = 16, /* one reserved range */
    CELL_BYTES = 4,
    MAX_CELLS = 2, /* in an address or a size */
    MAX_DEPTH = 16,
};

/* The numbers of the 32-bit words in the header. */
enum {
    HDR_MAGIC,
    HDR_SIZE,
    HDR_STRUCT_OFF,
    HDR_STRINGS_OFF,
    HDR_RESERVE_OFF,
    HDR_VERSION,
    HDR_LAST_COMPATIBLE,
    HDR_BOOT_HART,
    HDR_STRINGS_SIZE,
    HDR_STRUCT_SIZE
};

enum {
    FDT_BEGIN_NODE = 1,
    FDT_END_NODE = 2,
    FDT_PROP = 3,
    FDT_NOP = 4,
    FDT_END = 9
};

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

static uint32_t
read_cell(const uint8_t *p)
{
    return (uint32_t)read_cells(p, 1);
}

/* The terminated string at start[max]; NULL if it does not end in there. */
static const char *
checked_string(const uint8_t *start, size_t max)
{
    return memchr(start, 0, max) ? (const char *)start : NULL;
}

/* Take the token at off apart. => 0, -EINVAL */
static int
read_token(const struct fdt *fdt, uint32_t off, struct token *t)
{
    const uint8_t *p = fdt->blob + fdt->struct_off + off;
    uint64_t left = fdt->struct_size, used = CELL_BYTES;
    uint32_t name;

    if (off > left || left - off < CELL_BYTES)
        return -EINVAL;
    left -= off;
    t->tag = read_cell(p);
    switch (t->tag) {
    case FDT_BEGIN_NODE:
        t->name = checked_string(p + used, left - used);
        if (!t->name)
            return -EINVAL;
        used += strlen(t->name) + 1;
        break;
    case FDT_PROP:
        used += 2 * CELL_BYTES;
        if (left < used)
            return -EINVAL;
        t->len = read_cell(p + CELL_BYTES);
        name = read_cell(p + 2 * CELL_BYTES);
        t->value = p + used;
        used += t->len;
        if (left < used || name >= fdt->strings_size)
            return -EINVAL;
        t->name = checked_string(fdt->blob + fdt->strings_off + name,
                                 fdt->strings_size - name);
        if (!t->name)
            return -EINVAL;
        break;
    case FDT_END_NODE:
    case FDT_NOP:
    case FDT_END:
        break;
    default:
        return -EINVAL;
    }
    t->next = off + (uint32_t)ALIGN_UP(used, CELL_BYTES);
    return 0;
}

/* Is the structure block one tree, nested no deeper than MAX_DEPTH? */
static int
check_structure(const struct fdt *fdt)
{
    struct token t;
    int depth = 0;

    for (uint32_t off = FDT_ROOT;; off = t.next) {
        if (read_token(fdt, off, &t) < 0)
            return -EINVAL;
        if (off == FDT_ROOT && t.tag != FDT_BEGIN_NODE)
            return -EINVAL;
        if (t.tag == FDT_END)
            return depth == 0 ? 0 : -EINVAL;
        if (t.tag == FDT_BEGIN_NODE)
            depth++;
        else if (t.tag == FDT_END_NODE)
            depth--;
        if (depth < 0 || depth > MAX_DEPTH)
            return -EINVAL;
    }
}

/* Does [off, off + len) lie behind the header, inside the blob? */
static bool
block_fits(const struct fdt *fdt, uint32_t off, uint32_t len)
{
    return off >= FDT_HEADER_BYTES && (uint64_t)off + len <= fdt->size;
}

int
fdt_open(struct fdt *fdt, const void *blob, size_t max)
{
    uint32_t header[FDT_HEADER_BYTES / CELL_BYTES];

    if (max < FDT_HEADER_BYTES)
        return -EINVAL;
    for (unsigned i = 0; i < ARRAY_SIZE(header); i++)
        header[i] = read_cell((const uint8_t *)blob + i * CELL_BYTES);
    *fdt = (struct fdt){
        .blob = blob,
        .size = header[HDR_SIZE],
        .struct_off = header[HDR_STRUCT_OFF],
        .struct_size = header[HDR_STRUCT_SIZE],
        .strings_off = header[HDR_STRINGS_OFF],
        .strings_size = header[HDR_STRINGS_SIZE],
        .reserve_off = header[HDR_RESERVE_OFF],
    };
    if (header[HDR_MAGIC] != FDT_MAGIC || fdt->size > max ||
        fdt->size > INT32_MAX || header[HDR_VERSION] < FDT_VERSION ||
        header[HDR_LAST_COMPATIBLE] > FDT_VERSION ||
        !block_fits(fdt, fdt->struct_off, fdt->struct_size) ||
        !block_fits(fdt, fdt->strings_off, fdt->strings_size) ||
        !block_fits(fdt, fdt->reserve_off, 0))
        return -EINVAL;
    return check_structure(fdt);
}

int
fdt_next_node(const struct fdt *fdt, int node, int *depth)
{
    struct token t;

    if (node < 0 || read_token(fdt, (uint32_t)node, &t) < 0)
        return -ENOENT;
    while (t.tag != FDT_END) {
        uint32_t off = t.next;

        if (read_token(fdt, off, &t) < 0)
            break;
        if (depth && t.tag == FDT_BEGIN_NODE)
            ++*depth;
        if (depth && t.tag == FDT_END_NODE)
            --*depth;
        if (t.tag == FDT_BEGIN_NODE)
            return (int)off;
    }
    return -ENOENT;
}

/* The parent of node; -ENOENT for the root. */
static int
find_parent(const struct fdt *fdt, int node)
{
    int path[MAX_DEPTH]; /* the last node met in each depth */
    int depth = 0;

    for (int n = FDT_ROOT; n >= 0; n = fdt_next_node(fdt, n, &depth)) {
        if (n == node)
            return depth ? path[depth - 1] : -ENOENT;
        path[depth] = n;
    }
    return -ENOENT;
}

/* Is want[len] node's name, or its name without the unit address? */
static bool
name_matches(const struct fdt *fdt, int node, const char *want, size_t len)
{
    struct token t;

    if (read_token(fdt, (uint32_t)node, &t) < 0 ||
        strncmp(t.name, want, len) != 0)
        return false;
    return t.name[len] == '\0' ||
           (t.name[len] == '@' && !memchr(want, '@', len));
}

int
fdt_path(const struct fdt *fdt, const char *path)
{
    int node = FDT_ROOT;

    while (node >= 0 && *path) {
        const char *end = strchr(path, '/');
        size_t len = end ? (size_t)(end - path) : strlen(path);

        if (len > 0) {
            int depth = 0;

            /* Look at the children, depth 1, until we leave the subtree. */
            do
                node = fdt_next_node(fdt, node, &depth);
            while (node >= 0 && depth > 0 &&
                   !(depth == 1 && name_matches(fdt, node, path, len)));
            if (depth <= 0)
                return -ENOENT;
        }
        path += len + (end != NULL);
    }
    return node;
}

/* The next node after `node` with a property that lists the string. */
static int
find_string(const struct fdt *fdt, int node, const char *name, const char *want)
{
    node = node < 0 ? FDT_ROOT : fdt_next_node(fdt, node, NULL);
    while (node >= 0 && !fdt_has_string(fdt, node, name, want))
        node = fdt_next_node(fdt, node, NULL);
    return node;
}

int
fdt_find_compatible(const struct fdt *fdt, int node, const char *compat)
{
    return find_string(fdt, node, "compatible", compat);
}

int
fdt_find_type(const struct fdt *fdt, int node, const char *type)
{
    return find_string(fdt, node, "device_type", type);
}

const void *
fdt_prop(const struct fdt *fdt, int node, const char *name, size_t *len)
{
    struct token t;

    if (node < 0 || read_token(fdt, (uint32_t)node, &t) < 0)
        return NULL;
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
fdt_string(const struct fdt *fdt, int node, const char *name)
{
    size_t len;
    const void *value = fdt_prop(fdt, node, name, &len);

    return value ? checked_string(value, len) : NULL;
}

bool
fdt_has_string(const struct fdt *fdt, int node, const char *name,
               const char *want)
{
    size_t len;
    const uint8_t *value = fdt_prop(fdt, node, name, &len);

    while (value && len) {
        const char *s = checked_string(value, len);

        if (!s)
            return false;
        if (strcmp(s, want) == 0)
            return true;
        value += strlen(s) + 1;
        len -= strlen(s) + 1;
    }
    return false;
}

int
fdt_u32(const struct fdt *fdt, int node, const char *name, unsigned i,
        uint32_t *value)
{
    size_t len;
    const uint8_t *p = fdt_prop(fdt, node, name, &len);

    if (!p || i >= len / CELL_BYTES)
        return -ENOENT;
    *value = read_cell(p + (size_t)i * CELL_BYTES);
    return 0;
}

int
fdt_reg(const struct fdt *fdt, int node, unsigned i, uint64_t *addr,
        uint64_t *size)
{
    uint32_t addr_cells = 2, size_cells = 1; /* what the standard defaults to */
    int parent = find_parent(fdt, node);
    size_t len, bytes;
    const uint8_t *p = fdt_prop(fdt, node, "reg", &len);

    if (!p || parent < 0)
        return -ENOENT;
    fdt_u32(fdt, parent, "#address-cells", 0, &addr_cells);
    fdt_u32(fdt, parent, "#size-cells", 0, &size_cells);
    if (addr_cells < 1 || addr_cells > MAX_CELLS || size_cells > MAX_CELLS)
        return -EINVAL;
    bytes = (size_t)(addr_cells + size_cells) * CELL_BYTES;
    if (i >= len / bytes)
        return -ENOENT;
    p += i * bytes;
    *addr = read_cells(p, addr_cells);
    *size = read_cells(p + addr_cells * CELL_BYTES, size_cells);
    return 0;
}

bool
fdt_available(const struct fdt *fdt, int node)
{
    const char *status;

    if (!fdt_prop(fdt, node, "status", NULL))
        return true;
    status = fdt_string(fdt, node, "status");
    return status && (!strcmp(status, "okay") || !strcmp(status, "ok"));
}

int
fdt_reservation(const struct fdt *fdt, unsigned i, uint64_t *addr,
                uint64_t *size)
{
    uint64_t off = fdt->reserve_off + (uint64_t)i * FDT_RESERVE_BYTES;
    const uint8_t *p = fdt->blob + off;

    if (off + FDT_RESERVE_BYTES > fdt->size)
        return -ENOENT;
    *addr = read_cells(p, 2);
    *size = read_cells(p + FDT_RESERVE_BYTES / 2, 2);
    return *addr || *size ? 0 : -ENOENT;
}
