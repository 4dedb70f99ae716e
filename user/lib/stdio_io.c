/* SPDX-License-Identifier: MIT */
/*
 * stdio_io.c - bytes, lines and blocks in and out of streams.
 *
 * Everything rests on two operations: fill() gets the next bytes of the file
 * into an empty buffer, and put_block() moves bytes into the buffer and writes
 * it out when it is full or a line is complete. Blocks at least as large as
 * the buffer pass it by.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "stdio_impl.h"

/* Read more. => false at the end of the file or on an error */
static bool
fill(FILE *f)
{
    ssize_t n;

    if (!stream_start_reading(f))
        return false;
    if (f->mode != _IOFBF)
        fflush(stdout); /* a question should be seen before its answer */
    n = read(f->fd, f->buf, f->size);
    f->pos = 0;
    f->end = n > 0 ? (size_t)n : 0;
    if (n == 0)
        f->at_end = true;
    if (n < 0)
        f->failed = true;
    return n > 0;
}

/* The number of bytes that can be taken without reading. */
static size_t
available(const FILE *f)
{
    return f->state == STREAM_READING ? f->end - (size_t)f->pos : 0;
}

int
fgetc(FILE *f)
{
    if (available(f) == 0 && !fill(f))
        return EOF;
    return f->buf[f->pos++];
}

int
getc(FILE *f)
{
    return fgetc(f);
}

int
getchar(void)
{
    return fgetc(stdin);
}

int
ungetc(int c, FILE *f)
{
    if (c == EOF || !stream_start_reading(f) || f->pos == -UNGET_BYTES)
        return EOF;
    f->buf[--f->pos] = (unsigned char)c;
    f->at_end = false;
    return c;
}

size_t
fread(void *restrict buf, size_t size, size_t count, FILE *restrict f)
{
    size_t total = size * count;
    size_t done = 0;
    char *out = buf;

    while (done < total) {
        size_t n = available(f);

        if (n == 0 && !fill(f))
            break;
        n = available(f);
        if (n > total - done)
            n = total - done;
        memcpy(out + done, f->buf + f->pos, n);
        f->pos += (ptrdiff_t)n;
        done += n;
    }
    return size > 0 ? done / size : 0;
}

/*
 * The end of the bytes up to and with delim, or of all that are there.
 * => at least one byte is available
 */
static size_t
piece_length(const FILE *f, int delim, size_t max)
{
    size_t n = available(f) < max ? available(f) : max;
    const unsigned char *start = f->buf + f->pos;
    const unsigned char *hit = memchr(start, delim, n);

    return hit != NULL ? (size_t)(hit - start) + 1 : n;
}

char *
fgets(char *restrict buf, int size, FILE *restrict f)
{
    size_t used = 0;
    size_t room = (size_t)size - 1;

    while (used < room && (used == 0 || buf[used - 1] != '\n')) {
        size_t n;

        if (available(f) == 0 && !fill(f))
            break;
        n = piece_length(f, '\n', room - used);
        memcpy(buf + used, f->buf + f->pos, n);
        f->pos += (ptrdiff_t)n;
        used += n;
    }
    if (used == 0)
        return NULL;
    buf[used] = '\0';
    return buf;
}

/* => the length with the delimiter; -1 at the end or on an error */
ssize_t
getdelim(char **restrict line, size_t *restrict size, int delim, FILE *f)
{
    size_t used = 0;

    if (*line == NULL)
        *size = 0;
    do {
        size_t n;

        if (available(f) == 0 && !fill(f))
            break;
        n = piece_length(f, delim, SIZE_MAX);
        if (used + n + 1 > *size) {
            size_t larger =
                used + n + 1 > 2 * *size ? used + n + 1 + 64 : 2 * *size;
            char *moved = realloc(*line, larger);

            if (moved == NULL)
                return -1;
            *line = moved;
            *size = larger;
        }
        memcpy(*line + used, f->buf + f->pos, n);
        f->pos += (ptrdiff_t)n;
        used += n;
    } while ((unsigned char)(*line)[used - 1] != (unsigned char)delim);
    if (used == 0)
        return -1;
    (*line)[used] = '\0';
    return (ssize_t)used;
}

ssize_t
getline(char **restrict line, size_t *restrict size, FILE *f)
{
    return getdelim(line, size, '\n', f);
}

/* Write past the buffer. => the number of bytes written */
static size_t
write_through(FILE *f, const char *s, size_t n)
{
    size_t done = 0;

    while (done < n) {
        ssize_t written = write(f->fd, s + done, n - done);

        if (written < 0) {
            f->failed = true;
            break;
        }
        done += (size_t)written;
    }
    return done;
}

/* => the number of bytes accepted */
static size_t
put_block(FILE *f, const char *s, size_t n)
{
    if (!stream_start_writing(f))
        return 0;
    if (f->mode == _IONBF)
        return write_through(f, s, n);
    if (f->size - (size_t)f->pos < n) {
        if (fflush(f) == EOF || !stream_start_writing(f))
            return 0;
        if (n >= f->size)
            return write_through(f, s, n);
    }
    memcpy(f->buf + f->pos, s, n);
    f->pos += (ptrdiff_t)n;
    if (f->mode == _IOLBF && memrchr(s, '\n', n) != NULL)
        return fflush(f) == EOF ? 0 : n;
    return n;
}

size_t
fwrite(const void *restrict buf, size_t size, size_t count, FILE *restrict f)
{
    size_t done = put_block(f, buf, size * count);

    return size > 0 ? done / size : 0;
}

int
fputc(int c, FILE *f)
{
    char byte = (char)c;

    /* The common case at once: programs put files out byte by byte. */
    if (f->state == STREAM_WRITING && f->mode == _IOFBF &&
        f->pos < (ptrdiff_t)f->size)
        return f->buf[f->pos++] = (unsigned char)c;
    return put_block(f, &byte, 1) == 1 ? (unsigned char)c : EOF;
}

int
putc(int c, FILE *f)
{
    return fputc(c, f);
}

int
putchar(int c)
{
    return fputc(c, stdout);
}

int
fputs(const char *restrict s, FILE *restrict f)
{
    size_t n = strlen(s);

    return put_block(f, s, n) == n ? 0 : EOF;
}

int
puts(const char *s)
{
    if (fputs(s, stdout) == EOF)
        return EOF;
    return putchar('\n') == EOF ? EOF : 0;
}
