/* SPDX-License-Identifier: MIT */
/*
 * image.c: the image file being made, and how mkfs gives up.
 *
 * How: the image is written as IMAGE.tmp and renamed when it is whole, so that
 * IMAGE is at every moment either the old one or the new one, and make never
 * takes half an image for an up-to-date one. The file is sparse: only what has
 * contents is written, and the last step sets the length.
 *
 * Interface: image.h. Everything here ends the program on an error.
 */
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *image_path;
static char *temp_path; /* NULL when there is nothing to remove */
static int image_fd = -1;

void
die(const char *format, ...)
{
    va_list args;

    fputs("mkfs: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    if (temp_path)
        unlink(temp_path);
    exit(1);
}

static void
on_signal(int sig)
{
    unlink(temp_path);
    signal(sig, SIG_DFL);
    raise(sig);
}

void *
xrealloc(void *old, size_t size)
{
    void *p = realloc(old, size);

    if (!p)
        die("out of memory");
    return p;
}

char *
xstrdup(const char *s)
{
    return strcpy(xrealloc(NULL, strlen(s) + 1), s);
}

void
image_create(const char *path)
{
    static const int signals[] = {SIGHUP, SIGINT, SIGPIPE, SIGTERM};
    static const char suffix[] = ".tmp";
    struct stat st;
    char *temp;

    /* Renaming over /dev/sda would not do what the caller hopes for. */
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        die("%s: exists and is not a regular file", path);

    temp = xrealloc(NULL, strlen(path) + sizeof(suffix));
    strcpy(temp, path);
    strcat(temp, suffix);
    image_fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (image_fd < 0)
        die("%s: %s", temp, strerror(errno));
    image_path = path;
    temp_path = temp;
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        signal(signals[i], on_signal);
}

void
image_write(uint64_t offset, const void *data, size_t len)
{
    const char *p = data;

    while (len > 0) {
        ssize_t n = pwrite(image_fd, p, len, (off_t)offset);

        if (n <= 0)
            die("%s: cannot write: %s", temp_path, strerror(errno));
        p += n;
        offset += (uint64_t)n;
        len -= (size_t)n;
    }
}

void
image_finish(uint64_t size)
{
    if (ftruncate(image_fd, (off_t)size) < 0 || close(image_fd) < 0)
        die("%s: cannot write: %s", temp_path, strerror(errno));
    if (rename(temp_path, image_path) < 0)
        die("%s: cannot rename to %s: %s", temp_path, image_path,
            strerror(errno));
    temp_path = NULL;
}
