/* SPDX-License-Identifier: MIT */
/*
 * printf.c - the printf family: sinks for strings, streams and descriptors
 * around the engine in format.c.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "stdio_impl.h"

struct string_sink {
    struct text_sink sink;
    char *at;
    size_t room; /* without the ending zero */
};

struct stream_sink {
    struct text_sink sink;
    FILE *stream;
};

struct fd_sink {
    struct text_sink sink;
    int fd;
    bool failed;
    size_t used;
    char buf[256]; /* one write for a short text, not one a piece */
};

static void
put_to_string(struct text_sink *sink, const char *s, size_t n)
{
    struct string_sink *out = (struct string_sink *)sink;

    if (n > out->room)
        n = out->room;
    memcpy(out->at, s, n);
    out->at += n;
    out->room -= n;
}

static void
put_to_stream(struct text_sink *sink, const char *s, size_t n)
{
    fwrite(s, 1, n, ((struct stream_sink *)sink)->stream);
}

static void
flush_fd(struct fd_sink *out)
{
    size_t done = 0;

    while (done < out->used && !out->failed) {
        ssize_t n = write(out->fd, out->buf + done, out->used - done);

        if (n < 0)
            out->failed = true;
        else
            done += (size_t)n;
    }
    out->used = 0;
}

static void
put_to_fd(struct text_sink *sink, const char *s, size_t n)
{
    struct fd_sink *out = (struct fd_sink *)sink;

    for (size_t i = 0; i < n; i++) {
        if (out->used == sizeof(out->buf))
            flush_fd(out);
        out->buf[out->used++] = s[i];
    }
}

/* => the length the text would have without the limit */
int
vsnprintf(char *buf, size_t size, const char *format, va_list ap)
{
    char dummy;
    struct string_sink out = {
        .sink.put = put_to_string,
        .at = size > 0 ? buf : &dummy,
        .room = size > 0 ? size - 1 : 0,
    };
    size_t n = format_text(&out.sink, format, ap);

    *out.at = '\0';
    return (int)n;
}

int
vsprintf(char *buf, const char *format, va_list ap)
{
    return vsnprintf(buf, INT_MAX, format, ap);
}

int
vdprintf(int fd, const char *format, va_list ap)
{
    struct fd_sink out = {.sink.put = put_to_fd, .fd = fd};
    size_t n = format_text(&out.sink, format, ap);

    flush_fd(&out);
    return out.failed ? -1 : (int)n;
}

int
vfprintf(FILE *f, const char *format, va_list ap)
{
    struct stream_sink out = {.sink.put = put_to_stream, .stream = f};
    int n;

    if (!stream_start_writing(f))
        return -1;
    if (f->mode == _IONBF) {
        n = vdprintf(f->fd, format, ap);
        f->failed |= n < 0;
        return n;
    }
    n = (int)format_text(&out.sink, format, ap);
    return ferror(f) ? -1 : n;
}

int
vprintf(const char *format, va_list ap)
{
    return vfprintf(stdout, format, ap);
}

int
vasprintf(char **result, const char *format, va_list ap)
{
    va_list again;
    int n;

    va_copy(again, ap);
    n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    *result = malloc((size_t)n + 1);
    if (*result == NULL)
        return -1;
    return vsnprintf(*result, (size_t)n + 1, format, ap);
}

int
printf(const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vfprintf(stdout, format, ap);
    va_end(ap);
    return n;
}

int
fprintf(FILE *f, const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vfprintf(f, format, ap);
    va_end(ap);
    return n;
}

int
dprintf(int fd, const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vdprintf(fd, format, ap);
    va_end(ap);
    return n;
}

int
sprintf(char *buf, const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vsprintf(buf, format, ap);
    va_end(ap);
    return n;
}

int
snprintf(char *buf, size_t size, const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vsnprintf(buf, size, format, ap);
    va_end(ap);
    return n;
}

int
asprintf(char **result, const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vasprintf(result, format, ap);
    va_end(ap);
    return n;
}
