/* SPDX-License-Identifier: MIT */
/*
 * text.h - a growing text in which every character knows where it came from.
 * Splitting and file name generation depend on it: a star that was quoted is
 * just a star, and a space only separates if an expansion produced it.
 */
#ifndef SH_TEXT_H
#define SH_TEXT_H

#include <stddef.h>

enum char_kind {
    CHAR_LITERAL,  /* typed without quotes: special in patterns */
    CHAR_EXPANDED, /* from an expansion without quotes: may also be split */
    CHAR_QUOTED,   /* means itself */
    CHAR_EMPTY,    /* no character: a pair of quotes makes an empty field */
    CHAR_BREAK,    /* no character: a field ends here ($@) */
};

struct text {
    char *chars;
    unsigned char *kinds;
    size_t length;
    size_t size;
};

void text_add(struct text *text, char c, enum char_kind kind);
void text_add_string(struct text *text, const char *s, enum char_kind kind);

/* The characters as a string in the scratch pool; the markers go. */
char *text_to_string(const struct text *text);
void text_free(struct text *text);

#endif
