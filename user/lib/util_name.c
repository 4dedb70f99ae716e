/* SPDX-License-Identifier: MIT */
/*
 * Names of users and groups, from /etc/passwd and /etc/group.
 *
 * Both files have lines of fields between colons, the name first, then a
 * password, then the number; that is all we need of them. Each file is read
 * once and kept; a name is returned from a static buffer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "util.h"

enum { NAME_CHARS = 33 };

/* One of the two files, read when first used. */
struct name_table {
    const char *path;
    const char *text;
    char answer[NAME_CHARS];
};

static struct name_table users = {"/etc/passwd", NULL, ""};
static struct name_table groups = {"/etc/group", NULL, ""};

/* The number on a line, which stands after the second colon; -1 if none. */
static long
line_number(const char *line)
{
    const char *p = strchr(line, ':');

    if (p != NULL)
        p = strchr(p + 1, ':');
    return p != NULL ? strtol(p + 1, NULL, 10) : -1;
}

static const char *
next_line(const char *line)
{
    const char *end = strchr(line, '\n');

    return end != NULL ? end + 1 : line + strlen(line);
}

static const char *
table_text(struct name_table *table)
{
    if (table->text == NULL) {
        table->text = read_whole(table->path, NULL);
        if (table->text == NULL)
            table->text = "";
    }
    return table->text;
}

static const char *
name_of(struct name_table *table, unsigned int number)
{
    const char *line = table_text(table);

    for (; *line != '\0'; line = next_line(line)) {
        size_t length = strcspn(line, ":\n");

        if (line_number(line) == (long)number && length < NAME_CHARS) {
            memcpy(table->answer, line, length);
            table->answer[length] = '\0';
            return table->answer;
        }
    }
    snprintf(table->answer, NAME_CHARS, "%u", number);
    return table->answer;
}

static bool
number_of(struct name_table *table, const char *name, unsigned int *number)
{
    const char *line = table_text(table);
    long long value;

    for (; *line != '\0'; line = next_line(line)) {
        size_t length = strcspn(line, ":\n");

        if (strlen(name) == length && strncmp(line, name, length) == 0) {
            *number = (unsigned int)line_number(line);
            return true;
        }
    }
    if (!parse_number(name, &value) || value < 0 || value >= UINT32_MAX)
        return false;
    *number = (unsigned int)value;
    return true;
}

const char *
user_name(uid_t uid)
{
    return name_of(&users, uid);
}

const char *
group_name(gid_t gid)
{
    return name_of(&groups, gid);
}

bool
find_user(const char *name, uid_t *uid)
{
    return number_of(&users, name, uid);
}

bool
find_group(const char *name, gid_t *gid)
{
    return number_of(&groups, name, gid);
}
