/* SPDX-License-Identifier: MIT */
/*
 * image.h: the image file being made, and how mkfs gives up.
 */
#ifndef MKFS_IMAGE_H
#define MKFS_IMAGE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Begin the image PATH under a temporary name beside it.
 * => one image at a time; whatever ends the program before image_finish()
 *    removes the temporary file
 */
void image_create(const char *path);

/* Write LEN bytes at byte OFFSET. What is never written reads as zeroes. */
void image_write(uint64_t offset, const void *data, size_t len);

/* Give the image its SIZE and its name, replacing an older image. */
void image_finish(uint64_t size);

/* Print "mkfs: " and the message, remove a half-made image, exit with 1. */
void die(const char *format, ...)
    __attribute__((format(printf, 1, 2), noreturn));

/* realloc and strdup that do not fail. */
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *s);

#endif
