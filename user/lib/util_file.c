/* SPDX-License-Identifier: MIT */
/*
 * Helpers of the programs in user/bin that work on files: copying, reading,
 * directories, paths, modes. See util.h.
 *
 * Directories are read whole before anything is done to their entries, so a
 * walk holds one descriptor however deep it goes, and removing entries while
 * walking is safe.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

bool
write_all(int fd, const void *buf, size_t size)
{
    const char *p = buf;

    while (size > 0) {
        ssize_t n = write(fd, p, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        p += n;
        size -= (size_t)n;
    }
    return true;
}

int
copy_fd(int from, int to)
{
    char *buf = must_malloc(COPY_BUFFER_BYTES);
    int result = 0;

    for (;;) {
        ssize_t n = read(from, buf, COPY_BUFFER_BYTES);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            result = -1;
        if (n <= 0)
            break;
        if (!write_all(to, buf, (size_t)n)) {
            result = -2;
            break;
        }
    }
    free(buf);
    return result;
}

char *
read_whole_fd(int fd, size_t *size)
{
    size_t room = 4096, used = 0;
    char *text = must_malloc(room);

    for (;;) {
        ssize_t n = read(fd, text + used, room - used - 1);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            free(text);
            return NULL;
        }
        if (n == 0)
            break;
        used += (size_t)n;
        if (room - used < 1024) {
            room *= 2;
            text = must_realloc(text, room);
        }
    }
    text[used] = '\0';
    if (size != NULL)
        *size = used;
    return text;
}

char *
read_whole(const char *path, size_t *size)
{
    int fd = open(path, O_RDONLY);
    char *text;
    int error;

    if (fd < 0)
        return NULL;
    text = read_whole_fd(fd, size);
    error = errno;
    close(fd);
    errno = error;
    return text;
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char **
list_dir(const char *path, size_t *count)
{
    size_t used = 0, room = 16;
    DIR *dir = opendir(path);
    struct dirent *entry;
    char **names;
    int error;

    if (dir == NULL)
        return NULL;
    names = must_malloc(room * sizeof(*names));
    /* Only errno tells readdir()'s failure from the end. */
    while (errno = 0, (entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (used + 1 == room) {
            room *= 2;
            names = must_realloc(names, room * sizeof(*names));
        }
        names[used++] = must_strdup(entry->d_name);
    }
    error = errno;
    closedir(dir);
    names[used] = NULL;
    if (error != 0) {
        free_list(names);
        errno = error;
        return NULL;
    }
    qsort(names, used, sizeof(*names), compare_names);
    if (count != NULL)
        *count = used;
    return names;
}

void
free_list(char **names)
{
    for (char **p = names; *p != NULL; p++)
        free(*p);
    free(names);
}

char *
path_join(const char *dir, const char *name)
{
    size_t length = strlen(dir), size = strlen(name) + 1;
    char *path = must_malloc(length + 1 + size);

    memcpy(path, dir, length);
    if (length == 0 || dir[length - 1] != '/')
        path[length++] = '/';
    memcpy(path + length, name, size);
    return path;
}

const char *
path_tail(const char *path)
{
    const char *tail = path;

    for (const char *p = path; *p != '\0'; p++)
        if (*p == '/' && p[1] != '/' && p[1] != '\0')
            tail = p + 1;
    return tail;
}

static char
type_letter(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR:
        return 'd';
    case S_IFLNK:
        return 'l';
    case S_IFCHR:
        return 'c';
    case S_IFBLK:
        return 'b';
    case S_IFIFO:
        return 'p';
    case S_IFSOCK:
        return 's';
    default:
        return '-';
    }
}

char *
mode_string(char buf[MODE_CHARS], mode_t mode)
{
    static const char letters[] = "rwxrwxrwx";

    buf[0] = type_letter(mode);
    for (int i = 0; i < 9; i++)
        buf[1 + i] = (mode & (0400u >> i)) ? letters[i] : '-';
    if (mode & S_ISUID)
        buf[3] = (mode & S_IXUSR) ? 's' : 'S';
    if (mode & S_ISGID)
        buf[6] = (mode & S_IXGRP) ? 's' : 'S';
    if (mode & S_ISVTX)
        buf[9] = (mode & S_IXOTH) ? 't' : 'T';
    buf[10] = '\0';
    return buf;
}

/* The bits that the letters of one clause (rwxXst) stand for, everywhere. */
static mode_t
permission_bits(const char **p, mode_t old)
{
    mode_t bits = 0;

    for (;; (*p)++) {
        switch (**p) {
        case 'r':
            bits |= 0444;
            break;
        case 'w':
            bits |= 0222;
            break;
        case 'X':
            if (!S_ISDIR(old) && !(old & 0111))
                break;
            bits |= 0111;
            break;
        case 'x':
            bits |= 0111;
            break;
        case 's':
            bits |= S_ISUID | S_ISGID;
            break;
        case 't':
            bits |= S_ISVTX;
            break;
        default:
            return bits;
        }
    }
}

/* The bits of the classes before the operator: ugoa, none means all. */
static mode_t
class_mask(const char **p)
{
    mode_t mask = 0;

    for (;; (*p)++) {
        switch (**p) {
        case 'u':
            mask |= S_ISUID | 0700;
            break;
        case 'g':
            mask |= S_ISGID | 0070;
            break;
        case 'o':
            mask |= S_ISVTX | 0007;
            break;
        case 'a':
            mask |= 07777;
            break;
        default:
            return mask;
        }
    }
}

/* One clause: [ugoa]*([-+=][rwxXst]*)+ */
static bool
apply_clause(const char **p, mode_t *mode)
{
    mode_t mask = class_mask(p), bits;

    if (mask == 0) {
        mode_t mask_bits = umask(0);

        umask(mask_bits);
        mask = 07777 & ~mask_bits;
    }
    if (**p != '+' && **p != '-' && **p != '=')
        return false;
    while (**p == '+' || **p == '-' || **p == '=') {
        char op = *(*p)++;

        bits = permission_bits(p, *mode) & mask;
        if (op == '+')
            *mode |= bits;
        else if (op == '-')
            *mode &= ~bits;
        else
            *mode = (*mode & ~(mask & 07777)) | bits;
    }
    return true;
}

bool
parse_mode(const char *text, mode_t old, mode_t *result)
{
    if (text[0] >= '0' && text[0] <= '7') {
        char *end;
        unsigned long bits = strtoul(text, &end, 8);

        *result = (old & S_IFMT) | (mode_t)bits;
        return *end == '\0' && bits <= 07777;
    }
    *result = old;
    do {
        if (!apply_clause(&text, result))
            return false;
    } while (*text == ',' && *++text != '\0');
    return *text == '\0';
}

int
copy_times(const char *path, const struct stat *st)
{
    struct timespec times[2] = {st->st_atim, st->st_mtim};

    return utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW);
}
