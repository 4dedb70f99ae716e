/* SPDX-License-Identifier: MIT */
/*
 * exec_args.c - collecting the strings of an exec; see exec_args.h.
 *
 * They lie one behind the other, NUL-terminated, across pages; an offset
 * names a byte.  Each piece of work goes through chunk_at(), which says how
 * far the page reaches.
 */
#include "proc/exec_args.h"

#include "include/errno.h"
#include "include/limits.h"
#include "lib/macros.h"
#include "lib/string.h"
#include "mm/page_alloc.h"
#include "riscv/uaccess.h"
#include "vm/mm.h"

enum { ARG_BYTES = EXEC_ARG_PAGES * 4096 };

/* The memory at offset, *room bytes of it; NULL: no memory. */
static uint8_t *
chunk_at(struct exec_args *args, size_t offset, size_t *room)
{
    size_t i = offset / PAGE_SIZE, in = offset % PAGE_SIZE;

    if (!args->pages[i])
        args->pages[i] = alloc_kpages(GFP_KERNEL, 0);
    *room = PAGE_SIZE - in;
    return args->pages[i] ? args->pages[i] + in : NULL;
}

int
args_add(struct exec_args *args, const char *s)
{
    size_t len = strlen(s) + 1;

    if (len > ARG_BYTES - args->used)
        return -E2BIG;
    while (len > 0) {
        size_t room;
        uint8_t *to = chunk_at(args, args->used, &room);

        if (!to)
            return -ENOMEM;
        room = MIN(room, len);
        memcpy(to, s, room);
        s += room;
        len -= room;
        args->used += room;
    }
    return 0;
}

/* One user string. */
static int
add_user_string(struct exec_args *args, uint64_t addr)
{
    for (;;) {
        size_t room;
        uint8_t *to;
        int64_t n;

        if (args->used == ARG_BYTES)
            return -E2BIG;
        to = chunk_at(args, args->used, &room);
        if (!to)
            return -ENOMEM;
        n = strncpy_from_user((char *)to, (const char *)addr, room);
        if (n < 0)
            return (int)n;
        if ((size_t)n < room) { /* the NUL was in it */
            args->used += (size_t)n + 1;
            return 0;
        }
        args->used += room;
        addr += room;
    }
}

int
args_add_user(struct exec_args *args, uint64_t array, uint32_t *count)
{
    if (!array)
        return 0; /* as Linux: an empty list */
    for (*count = 0;; ++*count) {
        uint64_t s;
        int err;

        if (get_user(s, (uint64_t *)array + *count))
            return -EFAULT;
        if (!s)
            return 0;
        err = add_user_string(args, s);
        if (err)
            return err;
    }
}

size_t
args_length_at(const struct exec_args *args, size_t offset)
{
    size_t len = 0, n, room;

    do { /* page by page */
        size_t at = offset + len;

        room = PAGE_SIZE - at % PAGE_SIZE;
        n = strnlen((char *)args->pages[at / PAGE_SIZE] + at % PAGE_SIZE, room);
        len += n;
    } while (n == room);
    return len + 1;
}

/* Move everything from `from` on to `to`, byte by byte: scripts only. */
static int
shift_strings(struct exec_args *args, size_t from, size_t to)
{
    size_t len = args->used - from, room;
    bool up = to > from;

    for (size_t i = 0; i < len; i++) {
        size_t at = up ? len - 1 - i : i;
        uint8_t *d = chunk_at(args, to + at, &room);

        if (!d)
            return -ENOMEM;
        *d = *chunk_at(args, from + at, &room);
    }
    args->used = to + len;
    return 0;
}

int
args_push_front(struct exec_args *args, const char *s)
{
    size_t len = strlen(s) + 1, used = args->used, room;
    int err;

    if (len > ARG_BYTES - used)
        return -E2BIG;
    err = shift_strings(args, 0, len);
    if (err)
        return err;
    for (size_t i = 0; i < len; i++) {
        uint8_t *d = chunk_at(args, i, &room);

        if (!d)
            return -ENOMEM;
        *d = (uint8_t)s[i];
    }
    args->argc++;
    return 0;
}

int
args_drop_first(struct exec_args *args)
{
    if (args->argc == 0)
        return 0;
    args->argc--;
    return shift_strings(args, args_length_at(args, 0), 0);
}

int
args_copy_out(struct exec_args *args, struct mm *mm, uint64_t addr)
{
    size_t done = 0;

    while (done < args->used) {
        size_t room;
        uint8_t *from = chunk_at(args, done, &room);

        room = MIN(room, args->used - done);
        if (access_remote_vm(mm, addr + done, from, room, true) != room)
            return -EFAULT;
        done += room;
    }
    args->at = addr;
    return 0;
}

void
args_free(struct exec_args *args)
{
    for (unsigned i = 0; i < EXEC_ARG_PAGES; i++)
        if (args->pages[i])
            free_kpages(args->pages[i], 0);
}
