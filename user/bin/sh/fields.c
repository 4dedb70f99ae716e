/* SPDX-License-Identifier: MIT */
/*
 * fields.c - an expanded text to fields, and fields to file names.
 *
 * A field ends at a character of $IFS that an expansion produced. Spaces, tabs
 * and newlines in $IFS count as one separator in a row and vanish at both ends;
 * each other character of $IFS separates by itself.
 */
#include <glob.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "expand.h"
#include "pool.h"
#include "sh.h"
#include "util.h"
#include "vars.h"

static void
add_field(struct field_list *fields, char *item)
{
    if (fields->count == fields->size) {
        fields->size = fields->size > 0 ? 2 * fields->size : 16;
        fields->items =
            must_realloc(fields->items, (size_t)fields->size * sizeof(char *));
    }
    fields->items[fields->count++] = item;
}

char *
text_to_pattern(const struct text *text)
{
    char *result = pool_alloc(&scratch, 2 * text->length + 1);
    size_t n = 0;

    for (size_t i = 0; i < text->length; i++) {
        if (text->kinds[i] >= CHAR_EMPTY)
            continue;
        if (text->kinds[i] == CHAR_QUOTED &&
            strchr("*?[]\\-!^", text->chars[i]) != NULL &&
            text->chars[i] != '\0')
            result[n++] = '\\';
        result[n++] = text->chars[i];
    }
    return result;
}

/* Is there a character that makes a pattern of it? */
static bool
has_special(const struct text *text)
{
    for (size_t i = 0; i < text->length; i++)
        if (text->kinds[i] <= CHAR_EXPANDED &&
            strchr("*?[", text->chars[i]) != NULL)
            return true;
    return false;
}

/* Add a finished field, or the names of the files that match it. */
static void
finish_field(const struct text *text, struct field_list *fields)
{
    glob_t found;

    if (sh.option_f || !has_special(text) ||
        glob(text_to_pattern(text), 0, NULL, &found) != 0) {
        add_field(fields, text_to_string(text));
        return;
    }
    for (size_t i = 0; i < found.gl_pathc; i++)
        add_field(fields, pool_strdup(&scratch, found.gl_pathv[i]));
    globfree(&found);
}

static bool
is_separator(const struct text *text, size_t i, const char *ifs)
{
    return i < text->length && text->kinds[i] == CHAR_EXPANDED &&
           strchr(ifs, text->chars[i]) != NULL;
}

static bool
is_blank_separator(const struct text *text, size_t i, const char *ifs)
{
    return is_separator(text, i, ifs) &&
           strchr(" \t\n", text->chars[i]) != NULL;
}

static size_t
skip_blank_separators(const struct text *text, size_t i, const char *ifs)
{
    while (is_blank_separator(text, i, ifs))
        i++;
    return i;
}

/* Behind a separator at i: blanks, one other separator, and blanks. */
static size_t
skip_separator(const struct text *text, size_t i, const char *ifs)
{
    i = skip_blank_separators(text, i, ifs);
    if (is_separator(text, i, ifs))
        i = skip_blank_separators(text, i + 1, ifs);
    return i;
}

void
split_fields(const struct text *text, struct field_list *fields)
{
    const char *ifs = var_get("IFS");
    size_t start;

    if (ifs == NULL)
        ifs = " \t\n";
    start = skip_blank_separators(text, 0, ifs);
    while (start < text->length) {
        size_t end = start;
        struct text part;

        while (end < text->length && text->kinds[end] != CHAR_BREAK &&
               !is_separator(text, end, ifs))
            end++;
        part = (struct text){
            .chars = text->chars + start,
            .kinds = text->kinds + start,
            .length = end - start,
        };
        /* An empty field counts between two separators, not at $@'s. */
        if (part.length > 0 || is_separator(text, end, ifs))
            finish_field(&part, fields);
        if (is_separator(text, end, ifs))
            start = skip_separator(text, end, ifs);
        else
            start = skip_blank_separators(text, end + 1, ifs);
    }
}
