/* SPDX-License-Identifier: MIT */
/*
 * env.c - the environment: strings "NAME=value" in a NULL-terminated array.
 *
 * The first array lies on the stack, put there by the kernel; the first change
 * moves it to malloc()ed memory. Strings that were replaced are not freed: a
 * caller of getenv() may still hold them, and putenv()'s are not ours.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char **own_array; /* what we allocated, if environ is ours */

/* The entry for name (up to its end or '='), or the final NULL. */
static char **
find_entry(const char *name)
{
    size_t len = strcspn(name, "=");
    char **p = environ;

    while (*p != NULL && (strncmp(*p, name, len) != 0 || (*p)[len] != '='))
        p++;
    return p;
}

char *
getenv(const char *name)
{
    char *entry = environ != NULL ? *find_entry(name) : NULL;

    return entry != NULL ? strchr(entry, '=') + 1 : NULL;
}

/* Put an entry in place of the one with its name, or at the end. */
int
putenv(char *string)
{
    char **slot = find_entry(string);
    size_t count = (size_t)(slot - environ);
    char **array;

    if (*slot != NULL) {
        *slot = string;
        return 0;
    }
    array = realloc(environ == own_array ? own_array : NULL,
                    (count + 2) * sizeof(*array));
    if (array == NULL)
        return -1;
    if (environ != own_array)
        memcpy(array, environ, count * sizeof(*array));
    array[count] = string;
    array[count + 1] = NULL;
    environ = own_array = array;
    return 0;
}

int
setenv(const char *name, const char *value, int overwrite)
{
    size_t len = strlen(name);
    char *string;

    if (len == 0 || strchr(name, '=') != NULL) {
        errno = EINVAL;
        return -1;
    }
    if (!overwrite && getenv(name) != NULL)
        return 0;
    string = malloc(len + strlen(value) + 2);
    if (string == NULL)
        return -1;
    memcpy(string, name, len);
    string[len] = '=';
    strcpy(string + len + 1, value);
    if (putenv(string) == 0)
        return 0;
    free(string);
    return -1;
}

int
unsetenv(const char *name)
{
    char **p;

    if (*name == '\0' || strchr(name, '=') != NULL) {
        errno = EINVAL;
        return -1;
    }
    while (*(p = find_entry(name)) != NULL)
        do
            p[0] = p[1];
        while (*++p != NULL);
    return 0;
}
