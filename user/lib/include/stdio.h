/* SPDX-License-Identifier: MIT */
/*
 * stdio.h: buffered streams and formatted text.
 *
 * Not done: floating point, wide characters, locales; scanf reads from strings
 * only.
 */
#ifndef USER_STDIO_H
#define USER_STDIO_H

#include <stdarg.h>
#include <stddef.h>
#include <sys/types.h>
#include "include/fcntl.h" /* SEEK_* */

typedef struct stream FILE;

extern FILE *const stdin;
extern FILE *const stdout;
extern FILE *const stderr;

#define EOF (-1)
#define BUFSIZ 4096
#define FILENAME_MAX 4096

enum { _IOFBF, _IOLBF, _IONBF }; /* modes of setvbuf */

#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

int printf(const char *format, ...) PRINTF_LIKE(1, 2);
int fprintf(FILE *f, const char *format, ...) PRINTF_LIKE(2, 3);
int dprintf(int fd, const char *format, ...) PRINTF_LIKE(2, 3);
int sprintf(char *buf, const char *format, ...) PRINTF_LIKE(2, 3);
int snprintf(char *buf, size_t size, const char *format, ...) PRINTF_LIKE(3, 4);
int asprintf(char **result, const char *format, ...) PRINTF_LIKE(2, 3);
int vprintf(const char *format, va_list ap) PRINTF_LIKE(1, 0);
int vfprintf(FILE *f, const char *format, va_list ap) PRINTF_LIKE(2, 0);
int vdprintf(int fd, const char *format, va_list ap) PRINTF_LIKE(2, 0);
int vsprintf(char *buf, const char *format, va_list ap) PRINTF_LIKE(2, 0);
int vsnprintf(char *buf, size_t size, const char *format, va_list ap)
    PRINTF_LIKE(3, 0);
int vasprintf(char **result, const char *format, va_list ap) PRINTF_LIKE(2, 0);
int sscanf(const char *s, const char *format, ...)
    __attribute__((format(scanf, 2, 3)));
int vsscanf(const char *s, const char *format, va_list ap)
    __attribute__((format(scanf, 2, 0)));

FILE *fopen(const char *restrict path, const char *restrict mode);
FILE *fdopen(int fd, const char *mode);
FILE *freopen(const char *restrict path, const char *restrict mode, FILE *f);
int fclose(FILE *f);
int fflush(FILE *f);
int fileno(FILE *f);
int setvbuf(FILE *f, char *buf, int mode, size_t size);
void setbuf(FILE *f, char *buf);

size_t fread(void *restrict buf, size_t size, size_t count, FILE *restrict f);
size_t fwrite(const void *restrict buf, size_t size, size_t count,
              FILE *restrict f);
int fgetc(FILE *f);
int getc(FILE *f);
int getchar(void);
int ungetc(int c, FILE *f);
char *fgets(char *restrict buf, int size, FILE *restrict f);
ssize_t getline(char **restrict line, size_t *restrict size, FILE *f);
ssize_t getdelim(char **restrict line, size_t *restrict size, int delim,
                 FILE *f);
int fputc(int c, FILE *f);
int putc(int c, FILE *f);
int putchar(int c);
int fputs(const char *restrict s, FILE *restrict f);
int puts(const char *s);

int fseek(FILE *f, long offset, int whence);
int fseeko(FILE *f, off_t offset, int whence);
long ftell(FILE *f);
off_t ftello(FILE *f);
void rewind(FILE *f);
int feof(FILE *f);
int ferror(FILE *f);
void clearerr(FILE *f);

void perror(const char *what);
int remove(const char *path);
int rename(const char *from, const char *to);

#endif
