/* SPDX-License-Identifier: MIT */
/*
 * text.c - a growing text in which every character knows where it came from.
 */
#include "text.h"
#include <stdlib.h>
#include "pool.h"
#include "util.h"

void
text_add(struct text *text, char c, enum char_kind kind)
{
    if (text->length == text->size) {
        text->size = text->size > 0 ? 2 * text->size : 64;
        text->chars = must_realloc(text->chars, text->size);
        text->kinds = must_realloc(text->kinds, text->size);
    }
    text->chars[text->length] = c;
    text->kinds[text->length++] = (unsigned char)kind;
}

void
text_add_string(struct text *text, const char *s, enum char_kind kind)
{
    while (*s != '\0')
        text_add(text, *s++, kind);
}

char *
text_to_string(const struct text *text)
{
    char *result = pool_alloc(&scratch, text->length + 1);
    size_t n = 0;

    for (size_t i = 0; i < text->length; i++)
        if (text->kinds[i] < CHAR_EMPTY)
            result[n++] = text->chars[i];
    return result;
}

void
text_free(struct text *text)
{
    free(text->chars);
    free(text->kinds);
}
