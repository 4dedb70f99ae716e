/* SPDX-License-Identifier: MIT */
/* sources: block/partition.c */
/*
 * The MBR parser: a table as fdisk writes it, each way an entry can be wrong,
 * and random sectors, after which the partitions must lie in the disk apart
 * from each other whatever was read.
 */
#include "host.h"

#include "block/partition.h"
#include "include/errno.h"

enum { DISK_SECTORS = 100000 };

static struct mbr mbr;
static struct mbr_partition part[MBR_NR_PARTS];

static void
set_entry(int i, uint8_t type, uint32_t start, uint32_t nr_sectors)
{
    mbr.part[i].type = type;
    mbr.part[i].start_sector = start;
    mbr.part[i].nr_sectors = nr_sectors;
}

static void
start_table(void)
{
    memset(&mbr, 0, sizeof(mbr));
    mbr.signature = MBR_SIGNATURE;
    set_entry(0, MBR_TYPE_LINUX, 2048, 50000);
    set_entry(1, MBR_TYPE_LINUX_SWAP, 52048, 8192);
}

static int
parse(void)
{
    struct mbr copy = mbr;
    int ret = mbr_check(&copy, DISK_SECTORS);

    memcpy(part, copy.part, sizeof(part));
    return ret;
}

static void
partition_good_table(void **state)
{
    (void)state;
    start_table();
    assert_int_equal(parse(), 0);
    assert_int_equal(part[0].start_sector, 2048);
    assert_int_equal(part[0].nr_sectors, 50000);
    assert_int_equal(part[1].start_sector, 52048);
    assert_int_equal(part[1].nr_sectors, 8192);
    assert_int_equal(part[2].nr_sectors, 0);
    mbr.signature = 0;
    assert_int_equal(parse(), -EINVAL);
}

static void
partition_bad_entries(void **state)
{
    static const struct {
        uint32_t start, nr_sectors;
    } bad[] = {
        {0, 100},                 /* would hold the table itself */
        {DISK_SECTORS - 10, 11},  /* beyond the end */
        {UINT32_MAX, UINT32_MAX}, /* a sum beyond 32 bits */
        {2047, 2},                /* the end in partition 1 */
        {52047, 5},               /* the start in it */
        {1, DISK_SECTORS - 1},    /* around both */
        {2048, 50000},            /* the same */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        start_table();
        set_entry(2, MBR_TYPE_LINUX, bad[i].start, bad[i].nr_sectors);
        assert_int_equal(parse(), 1);
        assert_int_equal(part[0].nr_sectors, 50000);
        assert_int_equal(part[1].nr_sectors, 8192);
        assert_int_equal(part[2].nr_sectors, 0);
    }
}

/* Entries that touch what lies beside them, on both sides, are good. */
static void
partition_no_gaps(void **state)
{
    (void)state;
    start_table();
    set_entry(2, MBR_TYPE_LINUX, 1, 2047);
    set_entry(3, MBR_TYPE_LINUX, 60240, DISK_SECTORS - 60240);
    assert_int_equal(parse(), 0);
    assert_int_equal(part[2].nr_sectors, 2047);
    assert_int_equal(part[3].nr_sectors, DISK_SECTORS - 60240);
}

/* Without a type or a length an entry is nothing, and nothing bad. */
static void
partition_unused_entries(void **state)
{
    (void)state;
    start_table();
    set_entry(2, MBR_TYPE_EMPTY, 80000, 100);
    set_entry(3, MBR_TYPE_LINUX, 80000, 0);
    assert_int_equal(parse(), 0);
    assert_int_equal(part[2].nr_sectors, 0);
    assert_int_equal(part[3].type, MBR_TYPE_EMPTY);
}

static void
partition_random_sectors(void **state)
{
    (void)state;
    for (unsigned round = 0; round < scaled(20000); round++) {
        for (size_t i = 0; i < sizeof(mbr); i++)
            ((uint8_t *)&mbr)[i] = (uint8_t)rnd();
        mbr.signature = MBR_SIGNATURE;
        for (int i = 0; i < MBR_NR_PARTS; i++) /* small ones fit sometimes */
            if (rnd_below(2))
                set_entry(i, (uint8_t)rnd(), (uint32_t)rnd_below(DISK_SECTORS),
                          (uint32_t)rnd_below(DISK_SECTORS / 4));
        assert_true(parse() >= 0);
        for (int i = 0; i < MBR_NR_PARTS; i++) {
            uint64_t end = part[i].start_sector + (uint64_t)part[i].nr_sectors;

            if (part[i].nr_sectors == 0)
                continue;
            assert_true(part[i].start_sector > 0 && end <= DISK_SECTORS);
            for (int j = 0; j < i; j++)
                assert_true(
                    part[j].nr_sectors == 0 || end <= part[j].start_sector ||
                    part[j].start_sector + (uint64_t)part[j].nr_sectors <=
                        part[i].start_sector);
        }
    }
}

HOST_TESTS(HOST_TEST(partition_good_table), HOST_TEST(partition_bad_entries),
           HOST_TEST(partition_no_gaps), HOST_TEST(partition_unused_entries),
           HOST_TEST(partition_random_sectors))
