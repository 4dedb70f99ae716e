/* SPDX-License-Identifier: MIT */
/*
 * diff: show how two files differ, line by line.
 *
 * Usage: diff [-uqrN] file1 file2    one may be a directory, or both
 *   -u   accepted: the output is always unified, three lines around
 *   -q   only whether they differ
 *   -r   directories with all they hold    -N   a missing file is empty
 * Exit status: 0 the same, 1 different, 2 trouble.
 *
 * Myers' greedy algorithm: walk through the grid of both files, where a step
 * right deletes a line of the first, a step down inserts one of the second,
 * and a diagonal step keeps a common line. For d = 0, 1, 2 ... the furthest
 * point on each diagonal that d steps reach is kept in a row; the first d that
 * reaches the end is the smallest number of changes, and the rows lead back.
 * Time and space grow with the square of d, so it is bounded: files with more
 * than MOST_CHANGES changes are shown as different in every line.
 *
 * Invariant: changed[i] says that a line has no partner in the other file;
 * the unchanged lines of both files, in order, are equal.
 *
 * See: E. Myers, An O(ND) difference algorithm and its variations, 1986.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

enum { SAME, DIFFERENT, TROUBLE };

enum { CONTEXT = 3, MOST_CHANGES = 1000 };

struct text {
    const char *name;
    char *bytes;
    size_t size;
    char **lines; /* into bytes, which is cut up */
    long count;
    bool *changed;   /* one for each line, and one more */
    bool no_newline; /* the last line lacks one */
};

static bool brief, recursive, missing_is_empty;

/* ---- reading ----------------------------------------------------------- */

static bool
read_text(struct text *text, const char *name)
{
    memset(text, 0, sizeof(*text));
    text->name = name;
    text->bytes = strcmp(name, "-") == 0
                      ? read_whole_fd(STDIN_FILENO, &text->size)
                      : read_whole(name, &text->size);
    if (text->bytes == NULL && missing_is_empty && errno == ENOENT)
        text->bytes = must_strdup("");
    if (text->bytes == NULL) {
        complain(name);
        return false;
    }
    for (size_t i = 0; i < text->size; i++)
        text->count += text->bytes[i] == '\n';
    text->no_newline = text->size > 0 && text->bytes[text->size - 1] != '\n';
    text->count += text->no_newline;
    text->lines = must_malloc((size_t)text->count * sizeof(*text->lines));
    text->changed = must_malloc((size_t)text->count + 1);
    memset(text->changed, 0, (size_t)text->count + 1);
    return true;
}

static void
cut_lines(struct text *text)
{
    char *p = text->bytes;

    for (long i = 0; i < text->count; i++) {
        char *end = memchr(p, '\n', text->size - (size_t)(p - text->bytes));

        text->lines[i] = p;
        if (end == NULL)
            break;
        *end = '\0';
        p = end + 1;
    }
}

static void
free_text(struct text *text)
{
    free(text->bytes);
    free(text->lines);
    free(text->changed);
}

/* ---- Myers ------------------------------------------------------------- */

static bool
equal_lines(const struct text *a, long i, const struct text *b, long j)
{
    bool a_cut = a->no_newline && i == a->count - 1;
    bool b_cut = b->no_newline && j == b->count - 1;

    return a_cut == b_cut && strcmp(a->lines[i], b->lines[j]) == 0;
}

/* The furthest x on diagonal k (x - y) after d changes, from the row of
 * d - 1; the rows are indexed from -d to d. */
static long
start_of_step(const long *row, long d, long k)
{
    if (d == 0)
        return 0;
    /* row was made for d - 1: it has the diagonals -(d-1) .. d-1 */
    if (k == -d || (k != d && row[k - 1] < row[k + 1]))
        return row[k + 1];
    return row[k - 1] + 1;
}

/* Walk back from the end along the rows, marking what changed. */
static void
mark_changes(struct text *a, struct text *b, long **rows, long d)
{
    long x = a->count, y = b->count;

    for (; d > 0; d--) {
        long k = x - y;
        const long *row = rows[d - 1] + d; /* centre, see make_row */
        bool down = k == -d || (k != d && row[k - 1] < row[k + 1]);
        long from_k = down ? k + 1 : k - 1;
        long from_x = row[from_k], from_y = from_x - from_k;

        if (down)
            b->changed[from_y] = true;
        else
            a->changed[from_x] = true;
        x = from_x;
        y = from_y;
    }
}

/* A row for d changes: diagonals -(d+1) .. d+1, so that the next may look at
 * its neighbours; its centre is at index d + 1. */
static long *
make_row(long d)
{
    size_t size = (size_t)(2 * d + 3) * sizeof(long);

    return memset(must_malloc(size), 0xff, size);
}

/* Fill the row for d changes. => true if one of its points is the end */
static bool
fill_row(const struct text *a, const struct text *b, long *row,
         const long *before, long d)
{
    for (long k = -d; k <= d; k += 2) {
        long x = start_of_step(before, d, k), y = x - k;

        while (x < a->count && y < b->count && equal_lines(a, x, b, y)) {
            x++;
            y++;
        }
        row[k] = x;
        if (x >= a->count && y >= b->count)
            return true;
    }
    return false;
}

static void
compare(struct text *a, struct text *b)
{
    static long *rows[MOST_CHANGES];
    bool done = false;
    long d = 0;

    for (; d < MOST_CHANGES && !done; d++) {
        const long *before = d > 0 ? rows[d - 1] + d : NULL;

        rows[d] = make_row(d);
        done = fill_row(a, b, rows[d] + d + 1, before, d);
    }
    if (done) {
        mark_changes(a, b, rows, d - 1);
    } else {
        memset(a->changed, true, (size_t)a->count);
        memset(b->changed, true, (size_t)b->count);
    }
    while (d > 0)
        free(rows[--d]);
}

/* ---- output ------------------------------------------------------------ */

static void
print_line(char mark, const struct text *text, long i)
{
    printf("%c%s\n", mark, text->lines[i]);
    if (text->no_newline && i == text->count - 1)
        puts("\\ No newline at end of file");
}

static void
print_range(char mark, long start, long count)
{
    printf("%c%ld", mark, count == 0 ? start : start + 1);
    if (count != 1)
        printf(",%ld", count);
}

/* One hunk: lines a_from.. and b_from.. to a_to and b_to. */
static void
print_hunk(const struct text *a, long a_from, long a_to, const struct text *b,
           long b_from, long b_to)
{
    printf("@@ ");
    print_range('-', a_from, a_to - a_from);
    putchar(' ');
    print_range('+', b_from, b_to - b_from);
    puts(" @@");
    while (a_from < a_to || b_from < b_to) {
        if (a_from < a_to && a->changed[a_from]) {
            print_line('-', a, a_from++);
        } else if (b_from < b_to && b->changed[b_from]) {
            print_line('+', b, b_from++);
        } else {
            print_line(' ', a, a_from++);
            b_from++;
        }
    }
}

/*
 * Go through the changes in pairs of positions. A hunk reaches from CONTEXT
 * lines before its first change to CONTEXT lines after its last; changes with
 * at most twice that between them share one.
 */
static void
print_hunks(const struct text *a, const struct text *b)
{
    long i = 0, j = 0;

    for (;;) {
        long a_from, b_from, before, calm = 0;

        while (i < a->count && j < b->count && !a->changed[i] &&
               !b->changed[j]) {
            i++;
            j++;
        }
        if (i >= a->count && j >= b->count)
            return;
        before = i < CONTEXT ? i : CONTEXT;
        a_from = i - before;
        b_from = j - before;
        while ((i < a->count || j < b->count) && calm <= 2 * CONTEXT) {
            bool deleted = i < a->count && a->changed[i];
            bool inserted = j < b->count && b->changed[j];

            calm = deleted || inserted ? 0 : calm + 1;
            i += deleted || !inserted;
            j += inserted || !deleted;
            if (deleted && inserted)
                j--; /* one at a time */
        }
        if (calm > CONTEXT) {
            i -= calm - CONTEXT;
            j -= calm - CONTEXT;
        }
        print_hunk(a, a_from, i, b, b_from, j);
    }
}

/* ---- files and directories --------------------------------------------- */

static int
diff_files(const char *first, const char *second)
{
    struct text a, b;
    int status = TROUBLE;

    if (!read_text(&a, first))
        return TROUBLE;
    if (read_text(&b, second)) {
        status = a.size == b.size && memcmp(a.bytes, b.bytes, a.size) == 0
                     ? SAME
                     : DIFFERENT;
        if (status == DIFFERENT && (brief || memchr(a.bytes, '\0', a.size) ||
                                    memchr(b.bytes, '\0', b.size))) {
            printf("Files %s and %s differ\n", first, second);
        } else if (status == DIFFERENT) {
            cut_lines(&a);
            cut_lines(&b);
            compare(&a, &b);
            printf("--- %s\n+++ %s\n", first, second);
            print_hunks(&a, &b);
        }
        free_text(&b);
    }
    free_text(&a);
    return status;
}

static int diff_paths(const char *first, const char *second);

static int
diff_pair(const char *first, const char *second, const char *name)
{
    char *a = path_join(first, name), *b = path_join(second, name);
    int status;

    status = diff_paths(a, b);
    free(a);
    free(b);
    return status;
}

static int
diff_dirs(const char *first, const char *second)
{
    char **a = list_dir(first, NULL), **b = list_dir(second, NULL);
    char **p = a, **q = b;
    int status = SAME;

    if (a == NULL || b == NULL)
        die(a == NULL ? first : second);
    while (*p != NULL || *q != NULL) {
        int order = *p == NULL ? 1 : *q == NULL ? -1 : strcmp(*p, *q);
        int result = DIFFERENT;

        if (order == 0 || missing_is_empty)
            result = diff_pair(first, second, order <= 0 ? *p : *q);
        else
            printf("Only in %s: %s\n", order < 0 ? first : second,
                   order < 0 ? *p : *q);
        status = result > status ? result : status;
        p += order <= 0;
        q += order >= 0;
    }
    free_list(a);
    free_list(b);
    return status;
}

static bool
is_dir(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Two files, or two directories when they are searched, that stand for each
 * other in two trees. */
static int
diff_paths(const char *first, const char *second)
{
    bool a = is_dir(first), b = is_dir(second);

    if (a && b && recursive)
        return diff_dirs(first, second);
    if (a && b) {
        printf("Common subdirectories: %s and %s\n", first, second);
        return SAME;
    }
    if (a != b && access(first, F_OK) == 0 && access(second, F_OK) == 0) {
        printf("File %s is a %s while file %s is a %s\n", first,
               a ? "directory" : "file", second, b ? "directory" : "file");
        return DIFFERENT;
    }
    return diff_files(first, second);
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-uqrN] file1 file2";
    const char *a, *b;
    int option, status;

    prog_init(argv);
    trouble_status = TROUBLE;
    while ((option = getopt(argc, argv, "uqrN")) != -1) {
        brief |= option == 'q';
        recursive |= option == 'r';
        missing_is_empty |= option == 'N';
        if (option == '?')
            usage(help);
    }
    if (argc - optind != 2)
        usage(help);
    a = argv[optind];
    b = argv[optind + 1];
    if (is_dir(a) && is_dir(b))
        status = diff_dirs(a, b);
    else if (is_dir(a))
        status = diff_files(path_join(a, path_tail(b)), b);
    else if (is_dir(b))
        status = diff_files(a, path_join(b, path_tail(a)));
    else
        status = diff_files(a, b);
    return finish(status);
}
