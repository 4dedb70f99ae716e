/* SPDX-License-Identifier: MIT */
/*
 * stdio_impl.h - what the files of stdio share. Private to user/lib.
 *
 * A stream has one buffer, used for reading or for writing, never for both at
 * a time:
 *
 *   reading   buf[pos .. end) was read from the file and not yet taken
 *   writing   buf[0 .. pos) was put and is not yet in the file; end is 0
 *
 * A few bytes in front of buf are kept free so that ungetc always succeeds.
 */
#ifndef USER_LIB_STDIO_IMPL_H
#define USER_LIB_STDIO_IMPL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { UNGET_BYTES = 8 };

enum stream_state {
    STREAM_IDLE, /* nothing buffered; either direction may start */
    STREAM_READING,
    STREAM_WRITING,
};

struct stream {
    int fd;
    int mode; /* _IOFBF, _IOLBF, _IONBF; -1: to be found out */
    enum stream_state state;
    bool at_end;
    bool failed;
    bool own_buf;         /* space was malloc()ed */
    unsigned char *space; /* NULL until needed; UNGET_BYTES before buf */
    unsigned char *buf;
    size_t size;   /* of buf */
    ptrdiff_t pos; /* negative: into the bytes of ungetc */
    size_t end;
    struct stream *next; /* in the list of open streams */
};

/*
 * Make a stream ready to write: a buffer, and nothing read ahead.
 * => false (errno, failed set) when that is not possible
 */
bool stream_start_writing(FILE *f);

/* The same for reading. An unbuffered stream gets one byte of buffer. */
bool stream_start_reading(FILE *f);

/* Where formatted text goes. */
struct text_sink {
    void (*put)(struct text_sink *sink, const char *s, size_t n);
};

/* The engine of the printf family. => the length of the whole text */
size_t format_text(struct text_sink *sink, const char *format, va_list ap);

#endif
