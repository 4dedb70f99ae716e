/* SPDX-License-Identifier: MIT */
/* sources: fs/ext2/dirblock.c */
/*
 * A directory block against a list of names; and damaged blocks, which must
 * yield an error or some answer, but never a step outside the block.
 *
 * The block is a malloc of its own, so ASan sees every byte beyond it.
 */
#include "host.h"

#include "fs/ext2/dirblock.h"
#include "include/errno.h"
#include "lib/err.h"
#include "lib/macros.h"

enum { MAX_NAMES = EXT2_BLOCK_SIZE / EXT2_DIR_REC_LEN(1), NAME_BYTES = 256 };

struct model_entry {
    char name[NAME_BYTES];
    unsigned len;
    uint32_t ino;
    uint8_t type;
};

static struct model_entry model[MAX_NAMES];
static unsigned nr_model;

static struct model_entry *
model_find(const char *name, unsigned len)
{
    for (unsigned i = 0; i < nr_model; i++)
        if (model[i].len == len && memcmp(model[i].name, name, len) == 0)
            return &model[i];
    return NULL;
}

/* From a small set, so that names repeat; of all lengths. */
static unsigned
random_name(char *name)
{
    unsigned len = 1 + (unsigned)rnd_below(rnd_below(8) ? 12 : EXT2_NAME_LEN);

    memset(name, 'a' + (int)rnd_below(3), len);
    name[rnd_below(len)] = (char)('0' + rnd_below(4));
    return len;
}

/* One unused entry over bytes of no meaning. */
static void *
new_block(void)
{
    struct ext2_dir_entry *block = malloc(EXT2_BLOCK_SIZE);

    memset(block, 0xee, EXT2_BLOCK_SIZE);
    block->inode = 0;
    block->rec_len = EXT2_BLOCK_SIZE;
    nr_model = 0;
    return block;
}

/* => 1 and *out, 0: there is none, -EIO */
static int
result(struct ext2_dir_entry *e, struct ext2_dir_entry **out)
{
    *out = IS_ERR(e) ? NULL : e;
    return PTR_ERR_OR_ZERO(e) ?: e != NULL;
}

static int
find(void *block, const char *name, unsigned len, struct ext2_dir_entry **e)
{
    struct dir_query q = {.name = name, .len = len};

    return result(dirblock_find(block, &q), e);
}

static int
insert(void *block, const char *name, unsigned len, uint32_t ino, uint8_t type)
{
    struct dir_query q = {.name = name, .len = len};
    struct ext2_dir_entry *e;
    int ret = result(dirblock_insert(block, &q), &e);

    if (ret == 1) {
        assert_int_equal(e->name_len, len);
        assert_memory_equal(e->name, name, len);
        e->inode = ino;
        e->file_type = type;
    }
    return ret;
}

/* Find and remove.  => 1, 0: not here, -EIO */
static int
take_out(void *block, const char *name, unsigned len)
{
    struct ext2_dir_entry *e;
    int ret = find(block, name, len, &e);

    if (ret == 1)
        e->inode = 0;
    return ret;
}

/* The first used entry at or after byte *at.  => 1, 0: no more, -EIO */
static int
next_used(void *block, unsigned *at, struct ext2_dir_entry **e)
{
    int ret;

    *e = NULL;
    while ((ret = result(dirblock_next(block, *e), e)) == 1) {
        unsigned i = (unsigned)((uint8_t *)*e - (uint8_t *)block);

        assert_true((*e)->rec_len > 0 && (*e)->rec_len <= EXT2_BLOCK_SIZE - i);
        if (i >= *at && (*e)->inode) {
            *at = i;
            return 1;
        }
    }
    return ret;
}

/* Entries fill the block, aligned, and are as many as `used`. */
static void
check_shape(const uint8_t *block, unsigned used)
{
    unsigned at = 0, seen = 0;

    while (at < EXT2_BLOCK_SIZE) {
        const struct ext2_dir_entry *e = (const void *)(block + at);

        assert_int_equal(e->rec_len % EXT2_DIR_PAD, 0);
        assert_true(e->rec_len >= EXT2_DIR_REC_LEN(e->inode ? e->name_len : 1));
        seen += e->inode != 0;
        at += e->rec_len;
    }
    assert_int_equal(at, EXT2_BLOCK_SIZE);
    assert_int_equal(seen, used);
}

static void
check_all(void *block)
{
    struct ext2_dir_entry *e;
    unsigned at = 0, n = 0;

    check_shape(block, nr_model);
    for (unsigned i = 0; i < nr_model; i++) {
        struct model_entry *m = &model[i];

        assert_int_equal(find(block, m->name, m->len, &e), 1);
        assert_int_equal(e->inode, m->ino);
        assert_int_equal(e->file_type, m->type);
    }
    for (; next_used(block, &at, &e) == 1; n++) {
        assert_non_null(model_find(e->name, e->name_len));
        at++; /* in the middle of an entry is allowed */
    }
    assert_int_equal(n, nr_model);
}

/* The largest gap that an insert could use: unused entries count together. */
static unsigned
largest_gap(const uint8_t *block)
{
    unsigned best = 0, gap = 0;

    for (unsigned at = 0; at < EXT2_BLOCK_SIZE;) {
        const struct ext2_dir_entry *e = (const void *)(block + at);

        gap = e->inode ? e->rec_len - (unsigned)EXT2_DIR_REC_LEN(e->name_len)
                       : gap + e->rec_len;
        best = MAX(best, gap);
        at += e->rec_len;
    }
    return best;
}

static void
try_insert(void *block, const char *name, unsigned len)
{
    uint32_t ino = 1 + (uint32_t)rnd_below(1000000);
    uint8_t type = (uint8_t)rnd_below(8);
    bool fits = largest_gap(block) >= (unsigned)EXT2_DIR_REC_LEN(len);

    assert_int_equal(insert(block, name, len, ino, type), fits);
    if (!fits)
        return;
    memcpy(model[nr_model].name, name, len);
    model[nr_model].len = len;
    model[nr_model].ino = ino;
    model[nr_model++].type = type;
}

static void
dirblock_random_operations(void **state)
{
    (void)state;
    for (unsigned round = 0; round < scaled(40); round++) {
        void *block = new_block();

        for (unsigned i = 0; i < 400; i++) {
            char name[NAME_BYTES];
            unsigned len = random_name(name);
            struct model_entry *m = model_find(name, len);
            struct ext2_dir_entry *e;

            assert_int_equal(find(block, name, len, &e), m != NULL);
            if (!m) {
                try_insert(block, name, len);
            } else if (rnd_below(2)) {
                assert_int_equal(take_out(block, name, len), 1);
                *m = model[--nr_model];
            }
            check_all(block);
        }
        free(block);
    }
}

/* What was removed makes room again: the block never wears out. */
static void
dirblock_refills_completely(void **state)
{
    void *block = new_block();

    (void)state;
    for (unsigned round = 0; round < 5; round++) {
        char name[NAME_BYTES];
        unsigned n = 0;

        for (;; n++) {
            sprintf(name, "%04u", n);
            if (!insert(block, name, 4, n + 1, 1))
                break;
        }
        assert_int_equal(n, EXT2_BLOCK_SIZE / EXT2_DIR_REC_LEN(4));
        for (unsigned i = 0; i < n; i++) {
            unsigned k = (i * 7 + round) % n; /* n and 7 have no divisor */

            sprintf(name, "%04u", k);
            assert_int_equal(take_out(block, name, 4), 1);
        }
        check_shape(block, 0);
    }
    free(block);
}

static void
dirblock_remove_of_the_first_entry(void **state)
{
    void *block = new_block();
    struct ext2_dir_entry *e;
    unsigned at = 0;

    (void)state;
    assert_int_equal(insert(block, "one", 3, 11, 1), 1);
    assert_int_equal(insert(block, "two", 3, 12, 1), 1);
    assert_int_equal(take_out(block, "one", 3), 1);
    assert_int_equal(find(block, "one", 3, &e), 0);
    assert_int_equal(next_used(block, &at, &e), 1);
    assert_int_equal(e->inode, 12);
    assert_int_equal(insert(block, "uno", 3, 13, 1), 1);
    at = 0;
    assert_int_equal(next_used(block, &at, &e), 1);
    assert_int_equal(e->inode, 13); /* it took the first place */
    free(block);
}

/* Every operation on a block whose bytes are anything at all. */
static void
use_damaged(void *block)
{
    uint8_t *before = malloc(EXT2_BLOCK_SIZE);
    struct ext2_dir_entry *e;
    char name[NAME_BYTES];
    unsigned len = random_name(name), at = 0, steps = 0;
    int ret;

    while ((ret = next_used(block, &at, &e)) == 1) {
        assert_true(e->name_len <= EXT2_BLOCK_SIZE - at);
        at++;
        assert_true(++steps <= EXT2_BLOCK_SIZE);
    }
    assert_true(ret == 0 || ret == -EIO);
    memcpy(before, block, EXT2_BLOCK_SIZE);
    ret = find(block, name, len, &e);
    assert_true(ret == 0 || ret == 1 || ret == -EIO);
    ret = take_out(block, name, len);
    if (ret != 1) /* an error leaves the block alone */
        assert_memory_equal(before, block, EXT2_BLOCK_SIZE);
    memcpy(before, block, EXT2_BLOCK_SIZE);
    ret = insert(block, name, len, 5, 1);
    if (ret != 1)
        assert_memory_equal(before, block, EXT2_BLOCK_SIZE);
    free(before);
}

static void
dirblock_survives_damage(void **state)
{
    (void)state;
    for (unsigned round = 0; round < scaled(4000); round++) {
        uint8_t *block = new_block();
        unsigned damage = 1 + (unsigned)rnd_below(6);

        for (unsigned i = 0; i < 30; i++) {
            char name[NAME_BYTES];
            unsigned len = random_name(name);

            if (!model_find(name, len))
                try_insert(block, name, len);
        }
        while (damage--)
            block[rnd_below(EXT2_BLOCK_SIZE)] = (uint8_t)rnd();
        use_damaged(block);
        free(block);
    }
}

static void
dirblock_survives_noise(void **state)
{
    (void)state;
    for (unsigned round = 0; round < scaled(2000); round++) {
        uint8_t *block = malloc(EXT2_BLOCK_SIZE);

        for (unsigned i = 0; i < EXT2_BLOCK_SIZE; i++)
            block[i] = (uint8_t)(rnd_below(3) ? 0 : rnd());
        use_damaged(block);
        free(block);
    }
}

/* The damages that somebody would think of, one at a time. */
static void
dirblock_refuses_bad_lengths(void **state)
{
    static const uint16_t bad[] = {0, 4, 8, 11, 13, 14, 4097, 0xffff};
    struct ext2_dir_entry *e;

    (void)state;
    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
        void *block = new_block();

        insert(block, "name", 4, 11, 1);
        ((struct ext2_dir_entry *)block)->rec_len = bad[i];
        assert_int_equal(find(block, "name", 4, &e), -EIO);
        assert_int_equal(insert(block, "new", 3, 12, 1), -EIO);
        assert_int_equal(take_out(block, "name", 4), -EIO);
        assert_int_equal(next_used(block, &(unsigned){0}, &e), -EIO);
        free(block);
    }
}

HOST_TESTS(HOST_TEST(dirblock_random_operations),
           HOST_TEST(dirblock_refills_completely),
           HOST_TEST(dirblock_remove_of_the_first_entry),
           HOST_TEST(dirblock_survives_damage),
           HOST_TEST(dirblock_survives_noise),
           HOST_TEST(dirblock_refuses_bad_lengths))
