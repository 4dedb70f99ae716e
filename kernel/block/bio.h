/* SPDX-License-Identifier: MIT */
/*
 * bio.h - block I/O: one operation on consecutive sectors.
 *
 * A bio carries up to BIO_MAX_PAGES whole pages and becomes one request of the
 * disk; longer transfers are several bios.
 *
 *     bio = bio_alloc(bdev, BIO_READ, sector);
 *     bio->pages[bio->nr_pages++] = page; ...
 *     bio->end_io = fn; bio->private = ...;
 *     submit_bio(bio);                 fn(bio) looks at status, calls bio_put
 * or, for one page at a time,
 *     err = submit_bio_wait(bdev, BIO_READ, sector, page);
 */
#pragma once

#include "lib/list.h"
#include "lib/types.h"

struct block_device;
struct page;

enum { SECTOR_SHIFT = 9 };
enum { SECTORS_PER_PAGE = 1 << (PAGE_SHIFT - SECTOR_SHIFT) };
enum { BIO_MAX_PAGES = 30 };

enum bio_op {
    BIO_READ,
    BIO_WRITE,
    BIO_FLUSH, /* no pages: all writes that have ended become durable */
};

/* The submitter's until submit_bio(), the block layer's until end_io(). */
struct bio {
    struct block_device *bdev;
    uint64_t sector; /* first one, of 512 bytes, relative to bdev */
    enum bio_op op;
    uint32_t nr_pages;
    int32_t status; /* valid in end_io: 0 or -EIO */
    /*
     * Called once, from an interrupt or from submit_bio() itself, with no
     * spinlock held; must not sleep.  Owns the bio from then on.
     */
    void (*end_io)(struct bio *bio);
    void *private;                     /* end_io's */
    struct list_head link;             /* block layer's */
    struct page *pages[BIO_MAX_PAGES]; /* referenced until end_io */
};

/*
 * A bio without pages; waits for one to come back if all are in use.
 * => the caller holds none that it has not submitted: it might be that one
 */
struct bio *bio_alloc(struct block_device *bdev, enum bio_op op,
                      uint64_t sector);
void bio_put(struct bio *bio); /* any context */

/* Start bio; a range beyond the device ends with -EIO.  => never sleeps */
void submit_bio(struct bio *bio);
/* Read or write one page, or flush (NULL), and wait.  => 0 or -EIO */
int submit_bio_wait(struct block_device *bdev, enum bio_op op, uint64_t sector,
                    struct page *page);
