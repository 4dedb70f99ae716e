/* SPDX-License-Identifier: MIT */
/*
 * stdio.c - buffered streams: opening, closing, buffers, seeking. Bytes in and
 * out are the business of stdio_io.c; stdio_impl.h tells what a stream is.
 *
 * stdout is line buffered on a terminal, otherwise fully buffered; stderr has
 * no buffer. The three standard streams have static buffers, so that a program
 * that only prints never calls malloc; other streams allocate theirs at the
 * first use.
 *
 * Not done: locks (one thread at a time), scanf from a stream, wide characters.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "stdio_impl.h"

enum { MODE_UNKNOWN = -1, CREATE_MODE = 0666 };

static unsigned char in_space[UNGET_BYTES + BUFSIZ];
static unsigned char out_space[UNGET_BYTES + BUFSIZ];

static struct stream streams[3] = {
    {
        .fd = STDIN_FILENO,
        .mode = MODE_UNKNOWN,
        .space = in_space,
        .buf = in_space + UNGET_BYTES,
        .size = BUFSIZ,
        .next = &streams[1],
    },
    {
        .fd = STDOUT_FILENO,
        .mode = MODE_UNKNOWN,
        .space = out_space,
        .buf = out_space + UNGET_BYTES,
        .size = BUFSIZ,
        .next = &streams[2],
    },
    {.fd = STDERR_FILENO, .mode = _IONBF},
};

FILE *const stdin = &streams[0];
FILE *const stdout = &streams[1];
FILE *const stderr = &streams[2];

static struct stream *open_streams = &streams[0];

/* The flags of open() for "r", "w+", "ae" ... => -1 (EINVAL) if malformed */
static int
parse_mode(const char *mode)
{
    bool both = strchr(mode, '+') != NULL;
    int flags = strchr(mode, 'e') != NULL ? O_CLOEXEC : 0;

    if (strchr(mode, 'x') != NULL)
        flags |= O_EXCL;
    switch (mode[0]) {
    case 'r':
        return flags | (both ? O_RDWR : O_RDONLY);
    case 'w':
        return flags | O_CREAT | O_TRUNC | (both ? O_RDWR : O_WRONLY);
    case 'a':
        return flags | O_CREAT | O_APPEND | (both ? O_RDWR : O_WRONLY);
    default:
        errno = EINVAL;
        return -1;
    }
}

FILE *
fdopen(int fd, const char *mode)
{
    FILE *f;

    if (parse_mode(mode) < 0)
        return NULL;
    f = calloc(1, sizeof(*f));
    if (f == NULL)
        return NULL;
    f->fd = fd;
    f->mode = MODE_UNKNOWN;
    f->next = open_streams;
    open_streams = f;
    return f;
}

FILE *
fopen(const char *restrict path, const char *restrict mode)
{
    int flags = parse_mode(mode);
    int fd = flags < 0 ? -1 : open(path, flags, CREATE_MODE);
    FILE *f;

    if (fd < 0)
        return NULL;
    f = fdopen(fd, mode);
    if (f == NULL)
        close(fd);
    return f;
}

/* => the stream keeps its place in memory and its descriptor's number */
FILE *
freopen(const char *restrict path, const char *restrict mode, FILE *f)
{
    int flags = parse_mode(mode);
    int fd;

    fflush(f);
    fd = flags < 0 ? -1 : open(path, flags, CREATE_MODE);
    if (fd < 0)
        return NULL;
    if (fd != f->fd) { /* which was open, as it should be */
        dup3(fd, f->fd, flags & O_CLOEXEC);
        close(fd);
    }
    f->state = STREAM_IDLE;
    f->pos = 0;
    f->end = 0;
    f->at_end = f->failed = false;
    return f;
}

int
fclose(FILE *f)
{
    int result = fflush(f);
    struct stream **p = &open_streams;

    if (close(f->fd) < 0)
        result = EOF;
    while (*p != f)
        p = &(*p)->next;
    *p = f->next;
    if (f->own_buf)
        free(f->space);
    if (f < streams || f >= streams + 3)
        free(f);
    return result;
}

static bool
allocate(FILE *f, size_t size)
{
    f->space = malloc(UNGET_BYTES + size);
    if (f->space == NULL) {
        f->failed = true;
        return false;
    }
    f->own_buf = true;
    f->buf = f->space + UNGET_BYTES;
    f->size = size;
    return true;
}

/* Find out how to buffer, and get a buffer. => false if there is no memory */
static bool
prepare(FILE *f)
{
    if (f->mode == MODE_UNKNOWN)
        f->mode = isatty(f->fd) ? _IOLBF : _IOFBF;
    if (f->space != NULL || f->mode == _IONBF)
        return true;
    return allocate(f, BUFSIZ);
}

/* Give the bytes that were read ahead back to the file, if it can seek. */
static void
drop_read_ahead(FILE *f)
{
    if (f->pos != (ptrdiff_t)f->end)
        lseek(f->fd, f->pos - (ptrdiff_t)f->end, SEEK_CUR);
    f->pos = 0;
    f->end = 0;
    f->state = STREAM_IDLE;
}

bool
stream_start_writing(FILE *f)
{
    int saved = errno; /* isatty() and lseek() fail without harm */

    if (f->state == STREAM_WRITING)
        return true;
    if (f->state == STREAM_READING)
        drop_read_ahead(f);
    if (!prepare(f))
        return false;
    f->state = STREAM_WRITING;
    errno = saved;
    return true;
}

bool
stream_start_reading(FILE *f)
{
    int saved = errno;

    if (f->state == STREAM_READING)
        return true;
    if (f->state == STREAM_WRITING && fflush(f) == EOF)
        return false;
    if (!prepare(f))
        return false;
    if (f->space == NULL && !allocate(f, 1))
        return false;
    f->state = STREAM_READING;
    errno = saved;
    return true;
}

static int
flush_one(FILE *f)
{
    size_t done = 0;
    size_t size;

    if (f->state != STREAM_WRITING)
        return 0;
    size = (size_t)f->pos;
    f->pos = 0; /* what cannot be written is lost: no second try */
    f->state = STREAM_IDLE;
    while (done < size) {
        ssize_t n = write(f->fd, f->buf + done, size - done);

        if (n < 0) {
            f->failed = true;
            return EOF;
        }
        done += (size_t)n;
    }
    return 0;
}

/* => f == NULL: all streams that hold bytes to write */
int
fflush(FILE *f)
{
    int result = 0;

    if (f != NULL) {
        if (f->state == STREAM_READING)
            drop_read_ahead(f);
        return flush_one(f);
    }
    for (f = open_streams; f != NULL; f = f->next)
        if (flush_one(f) == EOF)
            result = EOF;
    return result;
}

int
setvbuf(FILE *f, char *buf, int mode, size_t size)
{
    if (f->state != STREAM_IDLE || mode < _IOFBF || mode > _IONBF) {
        errno = EINVAL;
        return -1;
    }
    f->mode = mode;
    if (mode == _IONBF || (buf != NULL && size > UNGET_BYTES)) {
        if (f->own_buf)
            free(f->space);
        f->own_buf = false;
        f->space = mode == _IONBF ? NULL : (unsigned char *)buf;
        f->buf = f->space != NULL ? f->space + UNGET_BYTES : NULL;
        f->size = size > UNGET_BYTES ? size - UNGET_BYTES : 0;
    }
    return 0;
}

void
setbuf(FILE *f, char *buf)
{
    setvbuf(f, buf, buf != NULL ? _IOFBF : _IONBF, BUFSIZ);
}

int
fseeko(FILE *f, off_t offset, int whence)
{
    if (fflush(f) == EOF)
        return -1;
    f->at_end = false;
    return lseek(f->fd, offset, whence) < 0 ? -1 : 0;
}

int
fseek(FILE *f, long offset, int whence)
{
    return fseeko(f, offset, whence);
}

off_t
ftello(FILE *f)
{
    off_t offset = lseek(f->fd, 0, SEEK_CUR);

    if (offset < 0)
        return -1;
    /* Buffered: still to be written, or read ahead and not yet taken. */
    return offset + f->pos - (off_t)f->end;
}

long
ftell(FILE *f)
{
    return ftello(f);
}

void
rewind(FILE *f)
{
    fseeko(f, 0, SEEK_SET);
    f->failed = false;
}

int
fileno(FILE *f)
{
    return f->fd;
}

int
feof(FILE *f)
{
    return f->at_end;
}

int
ferror(FILE *f)
{
    return f->failed;
}

void
clearerr(FILE *f)
{
    f->at_end = f->failed = false;
}
