/* SPDX-License-Identifier: MIT */
/*
 * malloc.c - dynamic memory for programs.
 *
 * Large requests (128 KB and more) get a mapping of their own and give it back
 * to the kernel when freed. All others come from the heap, which grows with
 * sbrk(). The heap is a row of blocks, used and free, with an end marker:
 *
 *   | header | payload .. | header | payload .. | .. | end marker |
 *     before: size of the block to the left, 0 for the first
 *     size:   of this block with its header, plus flags in the low bits
 *
 * So from a block both neighbours are found at once, and a block that is freed
 * is joined with free neighbours: two free blocks are never adjacent (Knuth's
 * boundary tags). Free blocks hang in lists ("bins") by size: below 512 bytes
 * one bin per size, above one per power of two. A word has a bit set for each
 * bin that is not empty, so the smallest bin that fits is found at once.
 *
 * When the free block at the end of the heap reaches 128 KB, the break is
 * lowered: memory that a program no longer needs returns to the system.
 *
 * Invariants
 *   I1  sizes and payload addresses are multiples of 16
 *   I2  no two free blocks are neighbours
 *   I3  block->before is the size of the left neighbour, free or not
 *   I4  a free block is in the bin of its size, and the bin's bit is set
 *
 * If somebody else moves the break with sbrk(), the heap goes on in a new row
 * behind their memory. Not done: threads (callers must take turns), and giving
 * back free memory in the middle of the heap.
 *
 * See: Knuth, TAOCP vol. 1, 2.5.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    ALIGN_BYTES = 16,
    HEADER_BYTES = 16,
    MIN_BLOCK_BYTES = 32,    /* a header and two links */
    GROW_BYTES = 64 * 1024,  /* the heap grows by at least this */
    TRIM_BYTES = 128 * 1024, /* a free end this large is given back */
    MAP_BYTES = 128 * 1024,  /* requests this large are mapped */
    SMALL_BYTES = 512,       /* below: one bin per size */
    NR_BINS = 64,
    FIRST_LARGE_BIN = SMALL_BYTES / ALIGN_BYTES,
    PAGE_BYTES = 4096,
};

/* flags in the low bits of size */
static const size_t IN_USE = 1;
static const size_t MAPPED = 2; /* own mapping; before: offset from its start */
static const size_t FLAGS = 15;

struct block {
    size_t before;
    size_t size;
    struct block *next; /* the links lie in the payload of a free block */
    struct block *prev;
};

static struct block *bins[NR_BINS];
static uint64_t filled_bins;     /* bit n: bins[n] is not empty */
static struct block *end_marker; /* of the row that can grow; NULL at first */

static size_t
size_of(const struct block *b)
{
    return b->size & ~FLAGS;
}

static struct block *
right_of(struct block *b)
{
    return (struct block *)((char *)b + size_of(b));
}

static struct block *
left_of(struct block *b)
{
    return (struct block *)((char *)b - b->before);
}

static void *
payload_of(struct block *b)
{
    return (char *)b + HEADER_BYTES;
}

static struct block *
block_of(void *payload)
{
    return (struct block *)((char *)payload - HEADER_BYTES);
}

static size_t
round_up(size_t n, size_t unit)
{
    return (n + unit - 1) & ~(unit - 1);
}

/* The size of the block for a payload of n bytes. */
static size_t
block_size(size_t n)
{
    size_t size = round_up(n + HEADER_BYTES, ALIGN_BYTES);

    return size < MIN_BLOCK_BYTES ? MIN_BLOCK_BYTES : size;
}

static unsigned int
bin_of(size_t size)
{
    unsigned int bin = FIRST_LARGE_BIN;

    if (size < SMALL_BYTES)
        return (unsigned int)(size / ALIGN_BYTES);
    for (; size >= 2 * SMALL_BYTES && bin < NR_BINS - 1; bin++)
        size /= 2;
    return bin;
}

static void
bin_insert(struct block *b)
{
    unsigned int bin = bin_of(b->size);

    b->prev = NULL;
    b->next = bins[bin];
    if (b->next != NULL)
        b->next->prev = b;
    bins[bin] = b;
    filled_bins |= 1UL << bin;
}

static void
bin_remove(struct block *b)
{
    unsigned int bin = bin_of(b->size);

    if (b->next != NULL)
        b->next->prev = b->prev;
    if (b->prev != NULL)
        b->prev->next = b->next;
    else
        bins[bin] = b->next;
    if (bins[bin] == NULL)
        filled_bins &= ~(1UL << bin);
}

/* Set the size of a block, and tell its right neighbour. */
static void
set_size(struct block *b, size_t size, size_t flags)
{
    b->size = size | flags;
    right_of(b)->before = size;
}

/* Take a free block of at least this size out of its bin. => NULL if none */
static struct block *
take_fit(size_t size)
{
    unsigned int bin = bin_of(size);
    struct block *b = bins[bin];

    while (b != NULL && b->size < size)
        b = b->next;
    /* Whatever hangs in a later bin is large enough. */
    while (b == NULL && filled_bins >> bin > 1)
        b = bins[++bin];
    if (b != NULL)
        bin_remove(b);
    return b;
}

/*
 * Put a block that is in no bin back, joined with its free neighbours.
 * => returns the joined block
 */
static struct block *
give_back(struct block *b)
{
    struct block *right = right_of(b);
    size_t size = size_of(b);

    if (!(right->size & IN_USE)) {
        bin_remove(right);
        size += right->size;
    }
    if (b->before != 0 && !(left_of(b)->size & IN_USE)) {
        b = left_of(b);
        bin_remove(b);
        size += b->size;
    }
    set_size(b, size, 0);
    bin_insert(b);
    return b;
}

/* Mark a block used; what it has beyond size becomes a free block. */
static void
use_block(struct block *b, size_t size)
{
    size_t rest = size_of(b) - size;

    if (rest < MIN_BLOCK_BYTES) {
        b->size |= IN_USE;
        return;
    }
    set_size(b, size, IN_USE);
    set_size(right_of(b), rest, IN_USE);
    give_back(right_of(b));
}

/*
 * Grow the heap by at least size bytes of free block. Starts a new row if the
 * break is not where we left it.
 */
static bool
grow_heap(size_t size)
{
    size_t bytes = round_up(size + HEADER_BYTES, GROW_BYTES);
    char *start = sbrk(0);
    struct block *b = end_marker;

    if (end_marker == NULL || start != (char *)end_marker + HEADER_BYTES) {
        bytes += (size_t)(-(uintptr_t)start % ALIGN_BYTES);
        b = (struct block *)round_up((uintptr_t)start, ALIGN_BYTES);
    }
    if (sbrk((intptr_t)bytes) == (void *)-1)
        return false;
    if (b != end_marker)
        b->before = 0;
    end_marker = (struct block *)(start + bytes - HEADER_BYTES);
    end_marker->size = IN_USE;
    set_size(b, (size_t)((char *)end_marker - (char *)b), IN_USE);
    give_back(b);
    return true;
}

/* Lower the break if the heap ends with a large free block. */
static void
trim_heap(struct block *b)
{
    size_t bytes;

    if (right_of(b) != end_marker || b->size < TRIM_BYTES ||
        sbrk(0) != (char *)end_marker + HEADER_BYTES)
        return;
    bytes = (b->size - MIN_BLOCK_BYTES) & ~((size_t)PAGE_BYTES - 1);
    bin_remove(b);
    b->size -= bytes;
    end_marker = right_of(b);
    end_marker->before = b->size;
    end_marker->size = IN_USE;
    bin_insert(b);
    sbrk(-(intptr_t)bytes);
}

/* A block in a mapping of its own, its payload aligned as asked. */
static void *
map_block(size_t n, size_t align)
{
    size_t slack = align > ALIGN_BYTES ? align : 0;
    size_t total = round_up(n + slack + HEADER_BYTES, PAGE_BYTES);
    char *start = mmap(NULL, total, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uintptr_t payload;
    struct block *b;

    if (start == MAP_FAILED)
        return NULL;
    payload = round_up((uintptr_t)start + HEADER_BYTES, align);
    b = block_of((void *)payload);
    b->before = (size_t)((char *)b - start);
    b->size = (total - b->before) | MAPPED | IN_USE;
    return payload_of(b);
}

static bool
too_large(size_t n)
{
    if (n <= PTRDIFF_MAX - 2 * PAGE_BYTES)
        return false;
    errno = ENOMEM;
    return true;
}

void *
malloc(size_t n)
{
    size_t size = block_size(n);
    struct block *b;

    if (too_large(n))
        return NULL;
    if (n >= MAP_BYTES)
        return map_block(n, ALIGN_BYTES);
    b = take_fit(size);
    if (b == NULL) {
        if (!grow_heap(size))
            return NULL;
        b = take_fit(size);
    }
    use_block(b, size);
    return payload_of(b);
}

static void
die(const char *message)
{
    write(STDERR_FILENO, message, strlen(message));
    abort();
}

void
free(void *p)
{
    int saved = errno;
    struct block *b;

    if (p == NULL)
        return;
    b = block_of(p);
    if ((uintptr_t)p % ALIGN_BYTES != 0 || !(b->size & IN_USE))
        die("free: not a block in use\n");
    if (b->size & MAPPED)
        munmap((char *)b - b->before, size_of(b) + b->before);
    else
        trim_heap(give_back(b));
    errno = saved;
}

void *
calloc(size_t count, size_t size)
{
    size_t n;
    void *p;

    if (__builtin_mul_overflow(count, size, &n)) {
        errno = ENOMEM;
        return NULL;
    }
    p = malloc(n);
    if (p != NULL && !(block_of(p)->size & MAPPED)) /* a mapping is zero */
        memset(p, 0, n);
    return p;
}

/* Change the size of a mapped block. => NULL if it must be copied */
static void *
remap_block(struct block *b, size_t n)
{
    size_t old = size_of(b);
    size_t total = round_up(n + HEADER_BYTES, PAGE_BYTES);
    void *moved;

    if (b->before != 0 || n < MAP_BYTES / 2)
        return NULL;
    moved = mremap(b, old, total, MREMAP_MAYMOVE);
    if (moved == MAP_FAILED)
        return NULL;
    b = moved;
    b->size = total | MAPPED | IN_USE;
    return payload_of(b);
}

/* Change the size of a block of the heap where it is. => false: it cannot be */
static bool
resize_in_place(struct block *b, size_t size)
{
    struct block *right = right_of(b);

    if (size_of(b) < size && !(right->size & IN_USE) &&
        size_of(b) + right->size >= size) {
        bin_remove(right);
        set_size(b, size_of(b) + right->size, IN_USE);
    }
    if (size_of(b) < size)
        return false;
    use_block(b, size);
    return true;
}

void *
realloc(void *old, size_t n)
{
    struct block *b = old != NULL ? block_of(old) : NULL;
    size_t old_n;
    void *p;

    if (b == NULL)
        return malloc(n);
    if (too_large(n))
        return NULL;
    if (b->size & MAPPED) {
        p = remap_block(b, n);
        if (p != NULL)
            return p;
    } else if (n < MAP_BYTES && resize_in_place(b, block_size(n))) {
        return old;
    }
    p = malloc(n);
    if (p == NULL)
        return NULL;
    old_n = size_of(b) - HEADER_BYTES;
    memcpy(p, old, n < old_n ? n : old_n);
    free(old);
    return p;
}

void *
reallocarray(void *old, size_t count, size_t size)
{
    size_t n;

    if (__builtin_mul_overflow(count, size, &n)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(old, n);
}

/*
 * => align: a power of two. A block of the heap gives its front back, so that
 *    the payload starts where it must.
 */
void *
aligned_alloc(size_t align, size_t n)
{
    struct block *b, *aligned;
    uintptr_t payload;
    size_t front;
    char *p;

    if (align <= ALIGN_BYTES)
        return malloc(n);
    if (too_large(n) || too_large(n + align))
        return NULL;
    if (n + align >= MAP_BYTES / 2)
        return map_block(n, align);
    p = malloc(n + align + MIN_BLOCK_BYTES);
    if (p == NULL || (uintptr_t)p % align == 0)
        return p;
    b = block_of(p);
    payload = round_up((uintptr_t)p + MIN_BLOCK_BYTES, align);
    aligned = block_of((void *)payload);
    front = (size_t)((char *)aligned - (char *)b);
    set_size(aligned, size_of(b) - front, IN_USE);
    set_size(b, front, IN_USE);
    give_back(b);
    return payload_of(aligned);
}

int
posix_memalign(void **result, size_t align, size_t size)
{
    if (align < sizeof(void *) || (align & (align - 1)) != 0)
        return EINVAL;
    *result = aligned_alloc(align, size);
    return *result != NULL ? 0 : ENOMEM;
}
