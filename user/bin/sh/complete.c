/* SPDX-License-Identifier: MIT */
/*
 * complete.c - completing the name in front of the cursor: of a program if it
 * is the first word of a command and has no slash, else of a file.
 */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "edit.h"
#include "util.h"
#include "vars.h"

struct candidates {
    char **names;
    int count;
};

static void
add_candidate(struct candidates *found, const char *name, bool is_dir)
{
    size_t n = strlen(name);
    char *copy;

    for (int i = 0; i < found->count; i++)
        if (strncmp(found->names[i], name, n) == 0 &&
            found->names[i][n] == (is_dir ? '/' : '\0'))
            return; /* in two directories of $PATH */
    copy = must_malloc(n + 2);
    memcpy(copy, name, n);
    strcpy(copy + n, is_dir ? "/" : "");
    found->names =
        must_realloc(found->names, (size_t)(found->count + 1) * sizeof(char *));
    found->names[found->count++] = copy;
}

/* Add the names of a directory that start with prefix. */
static void
search_dir(struct candidates *found, const char *dir, const char *prefix)
{
    char path[PATH_MAX];
    DIR *d = opendir(*dir != '\0' ? dir : ".");
    struct dirent *entry;
    struct stat st;

    if (d == NULL)
        return;
    while ((entry = readdir(d)) != NULL) {
        const char *name = entry->d_name;

        if (strncmp(name, prefix, strlen(prefix)) != 0 ||
            (name[0] == '.' && prefix[0] != '.'))
            continue;
        snprintf(path, sizeof(path), "%s%s%s", dir, *dir != '\0' ? "/" : "",
                 name);
        add_candidate(found, name, stat(path, &st) == 0 && S_ISDIR(st.st_mode));
    }
    closedir(d);
}

static void
search_path(struct candidates *found, const char *prefix)
{
    char *path = must_strdup(var_get("PATH") != NULL ? var_get("PATH") : "");

    for (char *rest = path, *dir; (dir = strsep(&rest, ":")) != NULL;)
        search_dir(found, dir, prefix);
    free(path);
}

/* The number of characters in which all candidates agree. */
static size_t
common_length(const struct candidates *found)
{
    size_t n = strlen(found->names[0]);

    for (int i = 1; i < found->count; i++)
        for (size_t k = 0; k < n; k++)
            if (found->names[i][k] != found->names[0][k])
                n = k;
    return n;
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
list_candidates(const struct candidates *found)
{
    qsort(found->names, (size_t)found->count, sizeof(char *), compare_names);
    putchar('\n');
    for (int i = 0; i < found->count; i++)
        printf("%s%s", found->names[i], i + 1 < found->count ? "  " : "\n");
}

/* Is the word that starts there the first of a command? */
static bool
starts_command(const char *line, size_t at)
{
    while (at > 0 && line[at - 1] == ' ')
        at--;
    return at == 0 || strchr(";|&(", line[at - 1]) != NULL;
}

static char *
to_insert(const struct candidates *found, size_t prefix_len, bool *listed)
{
    size_t common = common_length(found);
    const char *first = found->names[0];
    size_t len = common - prefix_len;
    bool complete = found->count == 1 && first[common - 1] != '/';
    char *text;

    if (len == 0 && !complete) {
        *listed = found->count > 1;
        if (*listed)
            list_candidates(found);
        return NULL;
    }
    text = must_malloc(len + 2);
    memcpy(text, first + prefix_len, len);
    strcpy(text + len, complete ? " " : "");
    return text;
}

char *
complete_name(const char *line, size_t cursor, bool *listed)
{
    struct candidates found = {0};
    char dir[PATH_MAX];
    char prefix[NAME_MAX + 1];
    size_t start = cursor;
    const char *slash;
    char *result = NULL;

    while (start > 0 && strchr(" \t;|&<>(='\"", line[start - 1]) == NULL)
        start--;
    if (cursor - start >= sizeof(prefix))
        return NULL;
    slash = memrchr(line + start, '/', cursor - start);
    snprintf(dir, sizeof(dir), "%.*s",
             slash != NULL ? (int)(slash + 1 - (line + start)) : 0,
             line + start);
    if (slash == NULL)
        slash = line + start - 1;
    snprintf(prefix, sizeof(prefix), "%.*s", (int)(line + cursor - (slash + 1)),
             slash + 1);
    if (*dir == '\0' && starts_command(line, start))
        search_path(&found, prefix);
    else
        search_dir(&found, dir, prefix);
    if (found.count > 0)
        result = to_insert(&found, strlen(prefix), listed);
    for (int i = 0; i < found.count; i++)
        free(found.names[i]);
    free(found.names);
    return result;
}
