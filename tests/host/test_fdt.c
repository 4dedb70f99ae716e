/* SPDX-License-Identifier: MIT */
/* sources: core/fdt.c */
/*
 * The device-tree reader: a tree built here, the one that QEMU gives, and
 * thousands of damaged copies, which may be refused but must do no harm.
 */
#include "host.h"

#include "core/fdt.h"
#include "include/errno.h"
#include "lib/macros.h"

/* --- building a blob ------------------------------------------------------ */

enum { HEADER = 40, BLOB = 4096 };

struct builder {
    uint8_t tree[BLOB], names[BLOB];
    size_t tree_len, names_len;
};

static void
put_cell(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static void
add_cell(struct builder *b, uint32_t v)
{
    put_cell(b->tree + b->tree_len, v);
    b->tree_len += 4;
}

static void
add_bytes(struct builder *b, const void *data, size_t n)
{
    memcpy(b->tree + b->tree_len, data, n);
    b->tree_len = ALIGN_UP(b->tree_len + n, (size_t)4);
}

static void
begin(struct builder *b, const char *name)
{
    add_cell(b, 1);
    add_bytes(b, name, strlen(name) + 1);
}

static void
end(struct builder *b)
{
    add_cell(b, 2);
}

static void
prop(struct builder *b, const char *name, const void *data, size_t n)
{
    add_cell(b, 3);
    add_cell(b, (uint32_t)n);
    add_cell(b, (uint32_t)b->names_len);
    memcpy(b->names + b->names_len, name, strlen(name) + 1);
    b->names_len += strlen(name) + 1;
    add_bytes(b, data, n);
}

static void
prop_text(struct builder *b, const char *name, const char *text)
{
    prop(b, name, text, strlen(text) + 1);
}

static void
prop_cells(struct builder *b, const char *name, unsigned n, ...)
{
    uint8_t cells[64];
    va_list args;

    va_start(args, n);
    for (unsigned i = 0; i < n; i++)
        put_cell(cells + 4 * i, va_arg(args, uint32_t));
    va_end(args);
    prop(b, name, cells, 4 * (size_t)n);
}

/* The blob, in an allocation of its exact size: ASan watches the end. */
static uint8_t *
finish(struct builder *b, size_t *size)
{
    const size_t nr_reserved = 3;
    size_t reserve = HEADER, tree = reserve + nr_reserved * 16;
    size_t names = tree + b->tree_len + 4;
    uint8_t *blob;
    uint32_t header[10];

    add_cell(b, 9);
    *size = names + b->names_len;
    blob = calloc(1, *size);
    memcpy(header,
           (uint32_t[]){0xd00dfeed, (uint32_t)*size, (uint32_t)tree,
                        (uint32_t)names, (uint32_t)reserve, 17, 16, 0,
                        (uint32_t)b->names_len, (uint32_t)b->tree_len},
           sizeof(header));
    for (int i = 0; i < 10; i++)
        put_cell(blob + 4 * i, header[i]);
    put_cell(blob + reserve, 0x1);
    put_cell(blob + reserve + 12, 0x1000);
    put_cell(blob + reserve + 16 + 4, 0x80000000);
    put_cell(blob + reserve + 16 + 12, 0x20000);
    memcpy(blob + tree, b->tree, b->tree_len);
    memcpy(blob + names, b->names, b->names_len);
    return blob;
}

static uint8_t *
sample(size_t *size)
{
    static struct builder b;

    memset(&b, 0, sizeof(b));
    begin(&b, "");
    prop_cells(&b, "#address-cells", 1, 2);
    prop_cells(&b, "#size-cells", 1, 2);
    begin(&b, "memory@80000000");
    prop_text(&b, "device_type", "memory");
    add_cell(&b, 4);
    prop_cells(&b, "reg", 8, 0, 0x80000000, 0, 0x100000, 1, 0, 2, 0x3000);
    end(&b);
    begin(&b, "cpus");
    prop_cells(&b, "#address-cells", 1, 1);
    prop_cells(&b, "#size-cells", 1, 0);
    begin(&b, "cpu@5");
    prop_cells(&b, "reg", 1, 5);
    prop_text(&b, "status", "disabled");
    end(&b);
    end(&b);
    begin(&b, "soc");
    prop_cells(&b, "#address-cells", 1, 3);
    add_cell(&b, 4);
    begin(&b, "serial@1000");
    prop(&b, "compatible", "vendor,fast\0ns16550a", 21);
    prop_text(&b, "status", "okay");
    prop_cells(&b, "reg", 4, 0, 0, 0x1000, 0x100);
    prop(&b, "open-ended", "abc", 3);
    prop(&b, "empty", "", 0);
    end(&b);
    begin(&b, "serial@2000");
    prop_text(&b, "compatible", "ns16550a");
    prop_text(&b, "status", "ok");
    end(&b);
    end(&b);
    begin(&b, "serial");
    end(&b);
    end(&b);
    return finish(&b, size);
}

/* --- reading it ----------------------------------------------------------- */

static void
fdt_rewind(struct fdt *fdt)
{
    fdt->next = fdt->depth = 0;
}

static const char *
fdt_name(const struct fdt *fdt, unsigned level)
{
    return level < fdt->depth ? fdt->path[level].name : "";
}

/* Walk from the root to the n-th node (from 0) of this name. => found? */
static bool
seek(struct fdt *fdt, const char *name, unsigned n)
{
    fdt_rewind(fdt);
    while (fdt_next(fdt) > 0)
        if (strcmp(fdt_name(fdt, fdt->depth - 1), name) == 0 && n-- == 0)
            return true;
    return false;
}

/* How many nodes have this string in this property? */
static int
count(struct fdt *fdt, const char *prop, const char *want)
{
    int n = 0;

    fdt_rewind(fdt);
    while (fdt_next(fdt) > 0)
        n += fdt_has_string(fdt, prop, want);
    return n;
}

static void
fdt_walks_over_nodes(void **state)
{
    static const struct {
        unsigned depth;
        const char *name, *parent;
    } want[] = {
        {1, "", ""},
        {2, "memory@80000000", ""},
        {2, "cpus", ""},
        {3, "cpu@5", "cpus"},
        {2, "soc", ""},
        {3, "serial@1000", "soc"},
        {3, "serial@2000", "soc"},
        {2, "serial", ""},
    };
    size_t size;
    uint8_t *blob = sample(&size);
    struct fdt fdt;

    (void)state;
    assert_int_equal(fdt_open(&fdt, blob, size), 0);
    for (int round = 0; round < 2; round++) {
        for (unsigned i = 0; i < ARRAY_SIZE(want); i++) {
            assert_int_equal(fdt_next(&fdt), 1);
            assert_int_equal(fdt.depth, want[i].depth);
            assert_string_equal(fdt_name(&fdt, fdt.depth - 1), want[i].name);
            assert_string_equal(fdt_name(&fdt, fdt.depth), "");
            assert_string_equal(fdt_name(&fdt, 0), "");
            if (fdt.depth > 1)
                assert_string_equal(fdt_name(&fdt, fdt.depth - 2),
                                    want[i].parent);
        }
        assert_int_equal(fdt_next(&fdt), 0);
    }
    assert_int_equal(fdt_next(&fdt), 1);
    assert_int_equal(fdt_next(&fdt), 1);
    fdt_rewind(&fdt);
    assert_int_equal(fdt_next(&fdt), 1);
    assert_int_equal(fdt.depth, 1);

    assert_int_equal(count(&fdt, "compatible", "ns16550a"), 2);
    assert_int_equal(count(&fdt, "compatible", "vendor,fast"), 1);
    assert_int_equal(count(&fdt, "compatible", "ns16550"), 0);
    assert_int_equal(count(&fdt, "device_type", "memory"), 1);
    free(blob);
}

static void
fdt_reads_properties(void **state)
{
    size_t size, len = 99;
    uint8_t *blob = sample(&size);
    struct fdt fdt;
    uint32_t cell = 7;

    (void)state;
    assert_int_equal(fdt_open(&fdt, blob, size), 0);
    assert_true(seek(&fdt, "serial@1000", 0));
    assert_string_equal(fdt_string(&fdt, "compatible"), "vendor,fast");
    assert_null(fdt_string(&fdt, "open-ended"));
    assert_non_null(fdt_prop(&fdt, "empty", &len));
    assert_int_equal(len, 0);
    assert_null(fdt_string(&fdt, "empty"));
    assert_false(fdt_has_string(&fdt, "open-ended", "abc"));
    assert_true(fdt_has_string(&fdt, "compatible", "ns16550a"));
    assert_false(fdt_has_string(&fdt, "compatible", ""));
    assert_null(fdt_prop(&fdt, "#size-cells", NULL));
    assert_int_equal(fdt_u32(&fdt, "reg", 4, &cell), -ENOENT);
    assert_int_equal(fdt_u32(&fdt, "open-ended", 0, &cell), -ENOENT);
    assert_int_equal(fdt_u32(&fdt, "none", 0, &cell), -ENOENT);
    assert_int_equal(cell, 7);
    assert_int_equal(fdt_u32(&fdt, "reg", 3, &cell), 0);
    assert_int_equal(cell, 0x100);
    assert_true(fdt_available(&fdt));
    assert_true(seek(&fdt, "serial@2000", 0) && fdt_available(&fdt));
    assert_true(seek(&fdt, "soc", 0) && fdt_available(&fdt));
    assert_true(seek(&fdt, "cpu@5", 0) && !fdt_available(&fdt));
    assert_true(seek(&fdt, "cpus", 0)); /* not its child's */
    assert_null(fdt_prop(&fdt, "reg", NULL));
    assert_false(seek(&fdt, "none", 0));
    free(blob);
}

static void
fdt_reads_reg_and_reservations(void **state)
{
    size_t size;
    uint8_t *blob = sample(&size);
    struct fdt fdt;
    uint64_t addr, len;

    (void)state;
    assert_int_equal(fdt_open(&fdt, blob, size), 0);
    assert_true(seek(&fdt, "memory@80000000", 0));
    assert_int_equal(fdt_reg(&fdt, 0, &addr, &len), 0);
    assert_true(addr == 0x80000000 && len == 0x100000);
    assert_int_equal(fdt_reg(&fdt, 1, &addr, &len), 0);
    assert_true(addr == 1UL << 32 && len == 0x200003000);
    assert_int_equal(fdt_reg(&fdt, 2, &addr, &len), -ENOENT);
    assert_true(seek(&fdt, "cpu@5", 0));
    assert_int_equal(fdt_reg(&fdt, 0, &addr, &len), 0);
    assert_true(addr == 5 && len == 0);
    assert_true(seek(&fdt, "serial@1000", 0)); /* three cells an address */
    assert_int_equal(fdt_reg(&fdt, 0, &addr, &len), -EINVAL);
    assert_true(seek(&fdt, "", 0));
    assert_int_equal(fdt_reg(&fdt, 0, &addr, &len), -ENOENT);
    assert_int_equal(fdt_reservation(&fdt, 0, &addr, &len), 0);
    assert_true(addr == 1UL << 32 && len == 0x1000);
    assert_int_equal(fdt_reservation(&fdt, 1, &addr, &len), 0);
    assert_true(addr == 0x80000000 && len == 0x20000);
    assert_int_equal(fdt_reservation(&fdt, 2, &addr, &len), -ENOENT);
    assert_int_equal(fdt_reservation(&fdt, ~0U, &addr, &len), -ENOENT);
    free(blob);
}

/* Use everything on the blob, whatever it answers. */
static void
read_all(struct fdt *fdt)
{
    static const char *const names[] = {"reg", "compatible", "status",
                                        "interrupts-extended", ""};
    uint64_t a, b;
    uint32_t cell;
    unsigned nodes = 0;
    int more;

    while ((more = fdt_next(fdt)) > 0) {
        fdt_reg(fdt, 0, &a, &b);
        fdt_reg(fdt, 1, &a, &b);
        fdt_available(fdt);
        fdt_string(fdt, "device_type");
        for (unsigned i = 0; i < fdt->depth; i++)
            nodes += strlen(fdt_name(fdt, i)) > BLOB; /* all can be read */
        for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
            fdt_u32(fdt, names[i], 1, &cell);
            fdt_has_string(fdt, names[i], "riscv");
        }
        assert_true(++nodes < 100000);
    }
    assert_int_equal(more, 0); /* fdt_open has seen to that */
    for (unsigned i = 0; fdt_reservation(fdt, i, &a, &b) == 0; i++)
        assert_true(i < 100000);
}

/* Damage some bytes; most often numbers, which are what can mislead. */
static void
mutate(uint8_t *blob, size_t size)
{
    static const uint32_t odd[] = {
        0, 1, 2, 3, 9, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffc};

    for (uint64_t n = 1 + rnd_below(3); n; n--) {
        size_t at = rnd_below(size / 4) * 4;

        if (rnd_below(4) == 0)
            at = rnd_below(10) * 4; /* the header */
        switch (rnd_below(3)) {
        case 0:
            put_cell(blob + at, odd[rnd_below(ARRAY_SIZE(odd))]);
            break;
        case 1:
            put_cell(blob + at, (uint32_t)rnd_below(size + 8));
            break;
        default:
            blob[rnd_below(size)] ^= (uint8_t)(1 << rnd_below(8));
        }
    }
}

/* Returns how many of the damaged copies were still accepted. */
static unsigned
damage(const uint8_t *good, size_t size, unsigned times)
{
    unsigned accepted = 0;

    for (unsigned i = 0; i < times; i++) {
        size_t len = rnd_below(4) ? size : rnd_below(size);
        uint8_t *copy = malloc(len + 1);
        struct fdt fdt;

        /* One byte in front: the reader may not count on alignment. */
        memcpy(copy + 1, good, len);
        if (len >= 40 && rnd_below(8))
            mutate(copy + 1, len);
        if (fdt_open(&fdt, copy + 1, len) == 0) {
            accepted++;
            read_all(&fdt);
        }
        free(copy);
    }
    return accepted;
}

static void
fdt_survives_damage(void **state)
{
    size_t size;
    uint8_t *blob = sample(&size);
    unsigned times = scaled(30000), accepted = damage(blob, size, times);

    (void)state;
    assert_true(accepted > times / 100 && accepted < times);
    free(blob);
}

/* No beginning of a blob is a blob. */
static void
fdt_refuses_truncation(void **state)
{
    size_t size;
    uint8_t *blob = sample(&size);
    struct fdt fdt;

    (void)state;
    for (size_t len = 0; len < size; len++) {
        uint8_t *copy = malloc(len);

        memcpy(copy, blob, len);
        assert_int_equal(fdt_open(&fdt, copy, len), -EINVAL);
        free(copy);
    }
    free(blob);
}

static void
fdt_refuses_deep_nesting(void **state)
{
    static struct builder b;
    struct fdt fdt;
    size_t size;

    (void)state;
    for (unsigned levels = 15; levels < 20; levels++) {
        uint8_t *blob;

        memset(&b, 0, sizeof(b));
        for (unsigned i = 0; i < levels; i++)
            begin(&b, "n");
        for (unsigned i = 0; i < levels; i++)
            end(&b);
        blob = finish(&b, &size);
        assert_int_equal(fdt_open(&fdt, blob, size),
                         levels <= 16 ? 0 : -EINVAL);
        if (levels <= 16)
            read_all(&fdt);
        free(blob);
    }
}

static void
fdt_reads_qemu_tree(void **state)
{
    size_t size = 0;
    uint8_t *blob = host_read_file("virt.dtb", &size);
    struct fdt fdt;
    uint64_t addr, len;

    (void)state;
    if (!blob || size == 0) {
        free(blob);
        skip();
    }
    assert_int_equal(fdt_open(&fdt, blob, size), 0);
    assert_true(seek(&fdt, "memory@80000000", 0));
    assert_true(fdt_has_string(&fdt, "device_type", "memory"));
    assert_int_equal(fdt_reg(&fdt, 0, &addr, &len), 0);
    assert_true(addr == 0x80000000 && len == 128 << 20);
    assert_int_equal(count(&fdt, "device_type", "cpu"), 3);
    for (uint64_t i = 0; i < 3; i++) {
        assert_true(
            seek(&fdt, (const char *[]){"cpu@0", "cpu@1", "cpu@2"}[i], 0));
        assert_int_equal(fdt_reg(&fdt, 0, &addr, &len), 0);
        assert_true(addr == i);
    }
    assert_int_equal(count(&fdt, "compatible", "virtio,mmio"), 8);
    assert_int_equal(count(&fdt, "compatible", "ns16550a"), 1);
    assert_true(seek(&fdt, "serial@10000000", 0));
    assert_true(fdt_has_string(&fdt, "compatible", "ns16550a"));
    fdt_rewind(&fdt);
    assert_true(fdt_next(&fdt) > 0);
    damage(blob, size, scaled(3000));
    free(blob);
}

HOST_TESTS(HOST_TEST(fdt_walks_over_nodes), HOST_TEST(fdt_reads_properties),
           HOST_TEST(fdt_reads_reg_and_reservations),
           HOST_TEST(fdt_survives_damage), HOST_TEST(fdt_refuses_truncation),
           HOST_TEST(fdt_refuses_deep_nesting), HOST_TEST(fdt_reads_qemu_tree))
