/* SPDX-License-Identifier: MIT */
/*
 * glob.c - the names of files that match a pattern.
 *
 * The pattern is taken part by part between slashes. A part without special
 * characters is appended as it is; for one with, the directory is read and each
 * name that matches is followed with the rest of the pattern.
 */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <glob.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct walk {
    glob_t *result;
    int flags;
    int (*on_error)(const char *path, int error);
    char path[PATH_MAX]; /* what is settled so far */
};

static int
add(glob_t *result, const char *path)
{
    char **larger =
        reallocarray(result->gl_pathv, result->gl_pathc + 2, sizeof(char *));
    char *copy = strdup(path);

    if (larger != NULL)
        result->gl_pathv = larger;
    if (larger == NULL || copy == NULL) {
        free(copy);
        return GLOB_NOSPACE;
    }
    larger[result->gl_pathc++] = copy;
    larger[result->gl_pathc] = NULL;
    return 0;
}

static bool
is_special(const char *part, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (strchr("*?[", part[i]) != NULL)
            return true;
        else if (part[i] == '\\' && i + 1 < len)
            i++;
    return false;
}

/* Append a part without special characters, its backslashes removed. */
static bool
append_plain(struct walk *walk, size_t used, const char *part, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (used + 2 > sizeof(walk->path))
            return false;
        if (part[i] == '\\' && !(walk->flags & GLOB_NOESCAPE) && i + 1 < len)
            i++;
        walk->path[used++] = part[i];
    }
    walk->path[used] = '\0';
    return true;
}

static int follow(struct walk *walk, size_t used, const char *pattern);

/* The path is complete: take it if it names a file. */
static int
finish(struct walk *walk, size_t used)
{
    struct stat st;

    if (used == 0 || lstat(walk->path, &st) < 0)
        return 0;
    if ((walk->flags & GLOB_MARK) && walk->path[used - 1] != '/' &&
        stat(walk->path, &st) == 0 && S_ISDIR(st.st_mode))
        append_plain(walk, used, "/", 1);
    return add(walk->result, walk->path);
}

/* Follow every name of the directory that matches part. */
static int
expand_part(struct walk *walk, size_t used, const char *part, const char *rest)
{
    int match_flags =
        FNM_PERIOD | (walk->flags & GLOB_NOESCAPE ? FNM_NOESCAPE : 0);
    DIR *dir = opendir(used > 0 ? walk->path : ".");
    struct dirent *entry;
    int result = 0;

    if (dir == NULL) {
        if ((walk->on_error != NULL && walk->on_error(walk->path, errno)) ||
            (walk->flags & GLOB_ERR))
            return GLOB_ABORTED;
        return 0;
    }
    while (result == 0 && (entry = readdir(dir)) != NULL) {
        size_t len = strlen(entry->d_name);

        if (fnmatch(part, entry->d_name, match_flags) != 0 ||
            used + len + 1 > sizeof(walk->path))
            continue;
        memcpy(walk->path + used, entry->d_name, len + 1);
        result = follow(walk, used + len, rest);
    }
    closedir(dir);
    walk->path[used] = '\0';
    return result;
}

/* Go on with the rest of the pattern behind path[0 .. used). */
static int
follow(struct walk *walk, size_t used, const char *pattern)
{
    size_t slashes = strspn(pattern, "/");
    size_t len = strcspn(pattern + slashes, "/");
    const char *part = pattern + slashes;
    char *copy;
    int result;

    if (slashes > 0 && !append_plain(walk, used, pattern, slashes))
        return 0;
    used += slashes;
    if (len == 0)
        return finish(walk, used);
    if (!is_special(part, len)) {
        if (!append_plain(walk, used, part, len))
            return 0;
        return follow(walk, strlen(walk->path), part + len);
    }
    copy = strndup(part, len);
    if (copy == NULL)
        return GLOB_NOSPACE;
    result = expand_part(walk, used, copy, part + len);
    free(copy);
    return result;
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int
glob(const char *restrict pattern, int flags,
     int (*on_error)(const char *path, int error), glob_t *restrict result)
{
    struct walk walk = {
        .result = result,
        .flags = flags,
        .on_error = on_error,
    };
    size_t first;
    int error;

    if (!(flags & GLOB_APPEND)) {
        result->gl_pathc = 0;
        result->gl_pathv = NULL;
    }
    first = result->gl_pathc;
    error = follow(&walk, 0, pattern);
    if (error != 0)
        return error;
    if (result->gl_pathc == first)
        return flags & GLOB_NOCHECK ? add(result, pattern) : GLOB_NOMATCH;
    if (!(flags & GLOB_NOSORT))
        qsort(result->gl_pathv + first, result->gl_pathc - first,
              sizeof(char *), compare_names);
    return 0;
}

void
globfree(glob_t *result)
{
    for (size_t i = 0; i < result->gl_pathc; i++)
        free(result->gl_pathv[i]);
    free(result->gl_pathv);
    result->gl_pathc = 0;
    result->gl_pathv = NULL;
}
