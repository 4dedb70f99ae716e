/* SPDX-License-Identifier: MIT */
/*
 * bio.h - block I/O: one operation on consecutive sectors.
 *
 * A bio carries up to BIO_MAX_PAGES whole pages and becomes one request of the
 * disk; longer transfers are several bios.
 *
 *     bio = bio_alloc(GFP_KERNEL);
 *     bio->bdev = bdev; bio->op = BIO_READ; bio->sector = ...;
 *     bio_add_page(bio, page);
 *     bio->end_io = fn; bio->private = ...;
 *     submit_bio(bio);                 fn(bio) looks at status, calls bio_put
 * or
 *     err = submit_bio_wait(bio); bio_put(bio);
 */
#pragma once

#include "lib/list.h"
#include "lib/types.h"

struct block_device;
struct page;

enum { SECTOR_SHIFT = 9, SECTOR_SIZE = 1 << SECTOR_SHIFT };
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
    uint8_t op;      /* enum bio_op */
    uint16_t nr_pages;
    uint32_t bytes; /* in all; bio_add_page() adds a page.  May be lowered
                          by whole sectors within the last page */
    int32_t status; /* valid in end_io: 0 or -EIO */
    /*
     * Called once, from an interrupt or from submit_bio() itself, with no
     * spinlock held; must not sleep.  Owns the bio from then on.
     */
    void (*end_io)(struct bio *bio);
    void *private;                     /* end_io's */
    struct list_head link;             /* block layer's */
    struct page *pages[BIO_MAX_PAGES]; /* used from offset 0 */
};

/*
 * A bio with op READ, no pages.  Its pages must stay referenced until end_io.
 * => with __GFP_WAIT never NULL: there is a reserve, and it waits for a bio
 *    to come back.  So a caller that holds bios it has not submitted asks
 *    without __GFP_WAIT, and on NULL submits those first.
 */
struct bio *bio_alloc(gfp_t gfp);
void bio_put(struct bio *bio); /* any context */

/* => false: full, nothing was added */
bool bio_add_page(struct bio *bio, struct page *page);

/* Start bio; a range beyond the device ends with -EIO.  => never sleeps */
void submit_bio(struct bio *bio);
/* Start it and wait.  => 0 or -EIO; uses end_io and private; may sleep */
int submit_bio_wait(struct bio *bio);

/* Make all writes that have ended durable.  => 0 or -EIO; may sleep */
int blkdev_issue_flush(struct block_device *bdev);

void bio_init(void);
