/* SPDX-License-Identifier: MIT */
/*
 * edit: a small full-screen text editor.
 *
 * Usage: edit [file]
 *   arrows, home, end, page up and down      move
 *   ^A ^E                                    start and end of the line
 *   ^S save     ^Q ^X quit (twice if there are changes)   ^F find, ^G again
 *   ^L draw the screen again
 * All other keys insert themselves; backspace and delete remove.
 *
 * The text is an array of lines without their newlines. After each key the
 * whole screen is drawn into one buffer and written at once; a serial line
 * at full speed needs no more cleverness.
 *
 * Invariants: there is at least one line; the cursor is inside a line or just
 * behind its last character.
 *
 * Not done: undo, cut and paste, characters of several bytes.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include "util.h"

enum { TAB_COLUMNS = 8, TEXT_CHARS = 128, ESCAPE = 27, BACKSPACE = 127 };

enum key { UP = 256, DOWN, LEFT, RIGHT, HOME, END, PAGE_UP, PAGE_DOWN, DELETE };

#define CONTROL(letter) ((letter)&0x1f)

struct line {
    char *text; /* ends with a NUL, which length does not count */
    int length;
};

static struct line *lines;
static int line_count, line_room;
static int cursor_line, cursor_at; /* the cursor */
static int top, shift;             /* first line and column shown */
static int rows = 24, columns = 80;
static const char *file_name;
static bool changed, warned;
static char message[TEXT_CHARS], wanted[TEXT_CHARS];
static struct termios before;

/* ---- the text ---------------------------------------------------------- */

static void
insert_line(int at, const char *text, int length)
{
    if (line_count == line_room) {
        line_room = 2 * line_room + 16;
        lines = must_realloc(lines, (size_t)line_room * sizeof(*lines));
    }
    memmove(&lines[at + 1], &lines[at],
            (size_t)(line_count - at) * sizeof(*lines));
    lines[at].text = must_malloc((size_t)length + 1);
    memcpy(lines[at].text, text, (size_t)length);
    lines[at].text[length] = '\0';
    lines[at].length = length;
    line_count++;
}

static void
remove_line(int at)
{
    free(lines[at].text);
    line_count--;
    memmove(&lines[at], &lines[at + 1],
            (size_t)(line_count - at) * sizeof(*lines));
    if (line_count == 0)
        insert_line(0, "", 0);
}

static void
insert_text(struct line *line, int at, const char *text, int length)
{
    line->text = must_realloc(line->text, (size_t)(line->length + length + 1));
    memmove(line->text + at + length, line->text + at,
            (size_t)(line->length - at + 1));
    memcpy(line->text + at, text, (size_t)length);
    line->length += length;
}

static void
insert_char(char c)
{
    insert_text(&lines[cursor_line], cursor_at++, &c, 1);
    changed = true;
}

static void
split_line(void)
{
    struct line *line = &lines[cursor_line];

    insert_line(cursor_line + 1, line->text + cursor_at,
                line->length - cursor_at);
    line = &lines[cursor_line];
    line->length = cursor_at;
    line->text[cursor_at] = '\0';
    cursor_line++;
    cursor_at = 0;
    changed = true;
}

/* Remove the character under the cursor; at the end, join the next line. */
static void
delete_char(void)
{
    struct line *line = &lines[cursor_line];

    if (cursor_at < line->length) {
        memmove(line->text + cursor_at, line->text + cursor_at + 1,
                (size_t)(line->length - cursor_at));
        line->length--;
    } else if (cursor_line + 1 < line_count) {
        struct line *next = line + 1;

        insert_text(line, line->length, next->text, next->length);
        remove_line(cursor_line + 1);
    } else {
        return;
    }
    changed = true;
}

/* ---- the file ---------------------------------------------------------- */

static void
load(void)
{
    size_t size = 0, at = 0;
    char *text = file_name != NULL ? read_whole(file_name, &size) : NULL;

    if (text == NULL && file_name != NULL && errno != ENOENT)
        die(file_name);
    while (text != NULL && at < size) {
        const char *end = memchr(text + at, '\n', size - at);
        size_t length = end != NULL ? (size_t)(end - text) - at : size - at;

        insert_line(line_count, text + at, (int)length);
        at += length + 1;
    }
    if (line_count == 0)
        insert_line(0, "", 0);
    if (text == NULL)
        strcpy(message, "new file");
    free(text);
}

static bool
write_lines(FILE *stream)
{
    for (int i = 0; i < line_count; i++) {
        fwrite(lines[i].text, 1, (size_t)lines[i].length, stream);
        fputc('\n', stream);
    }
    return fflush(stream) == 0 && !ferror(stream) && fsync(fileno(stream)) == 0;
}

static bool read_answer(const char *question, char answer[TEXT_CHARS]);

static void
save(void)
{
    static char name[TEXT_CHARS];
    FILE *stream;
    bool good;

    if (file_name == NULL) {
        if (!read_answer("Save as: ", name))
            return;
        file_name = name;
    }
    stream = fopen(file_name, "w");
    good = stream != NULL && write_lines(stream);
    if (good)
        snprintf(message, TEXT_CHARS, "%d lines written", line_count);
    else
        snprintf(message, TEXT_CHARS, "NOT SAVED: %s", strerror(errno));
    if (stream != NULL)
        fclose(stream);
    if (good)
        changed = false;
}

/* ---- the screen -------------------------------------------------------- */

/* The column where character `at` of a line stands. */
static int
column_of(const struct line *line, int at)
{
    int column = 0;

    for (int i = 0; i < at; i++)
        column +=
            line->text[i] == '\t' ? TAB_COLUMNS - column % TAB_COLUMNS : 1;
    return column;
}

static void
draw_line(const struct line *line)
{
    int column = 0;

    for (int i = 0; i < line->length && column < shift + columns; i++) {
        int c = (unsigned char)line->text[i], width = 1;

        if (c == '\t')
            width = TAB_COLUMNS - column % TAB_COLUMNS;
        for (; width > 0; width--, column++)
            if (column >= shift && column < shift + columns)
                putchar(c == '\t' ? ' ' : isprint(c) ? c : '?');
    }
}

static void
scroll(void)
{
    int column = column_of(&lines[cursor_line], cursor_at);

    if (cursor_line < top)
        top = cursor_line;
    if (cursor_line > top + rows - 2)
        top = cursor_line - (rows - 2);
    if (column < shift)
        shift = column / TAB_COLUMNS * TAB_COLUMNS;
    if (column > shift + columns - 1)
        shift = column - columns / 2;
}

static void
draw(void)
{
    int column = column_of(&lines[cursor_line], cursor_at);

    scroll();
    fputs("\033[?25l\033[H", stdout);
    for (int i = 0; i < rows - 1; i++) {
        if (top + i < line_count)
            draw_line(&lines[top + i]);
        else
            putchar('~');
        fputs("\033[K\r\n", stdout);
    }
    printf("\033[7m %.20s%s  %d/%d  %.*s\033[K\033[0m",
           file_name != NULL ? file_name : "(no name)", changed ? " *" : "",
           cursor_line + 1, line_count, columns > 50 ? columns - 50 : 0,
           message[0] != '\0' ? message : "^S save  ^Q quit  ^F find");
    printf("\033[%d;%dH\033[?25h", cursor_line - top + 1, column - shift + 1);
    fflush(stdout);
}

/* ---- the keyboard ------------------------------------------------------ */

static void
restore(void)
{
    tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
    printf("\033[%d;1H\033[K", rows);
    fflush(stdout);
}

static void
prepare(void)
{
    struct termios raw;
    struct winsize size;

    if (tcgetattr(STDIN_FILENO, &before) < 0)
        die("terminal");
    if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 2 &&
        size.ws_col > 10) {
        rows = size.ws_row;
        columns = size.ws_col;
    }
    raw = before;
    cfmakeraw(&raw);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
    atexit(restore);
}

static int
read_byte(void)
{
    unsigned char c;
    ssize_t n;

    do {
        n = read(STDIN_FILENO, &c, 1);
    } while (n < 0 && errno == EINTR);
    if (n != 1)
        exit(1);
    return c;
}

/* What a terminal sends for a key: ESC [ A, ESC O A or ESC [ number ~ */
static int
read_escape(void)
{
    static const int letters[] = {UP, DOWN, RIGHT, LEFT};
    static const int numbers[] = {0,       HOME,      0,    DELETE, END,
                                  PAGE_UP, PAGE_DOWN, HOME, END};
    int c = read_byte(), number = 0;

    if (c != '[' && c != 'O')
        return 0;
    c = read_byte();
    while (isdigit(c) || c == ';') {
        if (c != ';' && number < 10)
            number = number * 10 + (c - '0');
        c = read_byte();
    }
    if (c >= 'A' && c <= 'D')
        return letters[c - 'A'];
    if (c == 'H')
        return HOME;
    if (c == 'F')
        return END;
    return c == '~' && number <= 8 ? numbers[number] : 0;
}

static int
read_key(void)
{
    int c = read_byte();

    if (c == ESCAPE)
        return read_escape();
    return c == '\b' ? BACKSPACE : c;
}

/* Ask for a word in the last line. => false if it was left empty */
static bool
read_answer(const char *question, char answer[TEXT_CHARS])
{
    int used = 0, key;

    answer[0] = '\0';
    for (;;) {
        printf("\033[%d;1H\033[K%s%s", rows, question, answer);
        fflush(stdout);
        key = read_key();
        if (key == '\r' || key == '\n')
            return used > 0;
        if (key == CONTROL('C') || key == CONTROL('Q'))
            return false;
        if (key == BACKSPACE && used > 0)
            used--;
        else if (key >= ' ' && key < BACKSPACE && used + 1 < TEXT_CHARS)
            answer[used++] = (char)key;
        answer[used] = '\0';
    }
}

/* ---- commands ---------------------------------------------------------- */

/* Go to the next place of the wanted text, from the start after the end. */
static void
find_next(void)
{
    for (int i = 0; i <= line_count && wanted[0] != '\0'; i++) {
        int at = (cursor_line + i) % line_count;
        int from = i == 0 ? cursor_at + (cursor_at < lines[at].length) : 0;
        const char *found = strstr(lines[at].text + from, wanted);

        if (found == NULL)
            continue;
        cursor_line = at;
        cursor_at = (int)(found - lines[at].text);
        return;
    }
    strcpy(message, "not found");
}

static void
find(void)
{
    char text[TEXT_CHARS];

    if (read_answer("Find: ", text))
        strcpy(wanted, text);
    find_next();
}

static void
move_lines(int count)
{
    cursor_line += count;
    if (cursor_line < 0)
        cursor_line = 0;
    if (cursor_line >= line_count)
        cursor_line = line_count - 1;
    if (cursor_at > lines[cursor_line].length)
        cursor_at = lines[cursor_line].length;
}

static void
move_left(void)
{
    if (cursor_at > 0) {
        cursor_at--;
    } else if (cursor_line > 0) {
        cursor_line--;
        cursor_at = lines[cursor_line].length;
    }
}

static void
move_right(void)
{
    if (cursor_at < lines[cursor_line].length) {
        cursor_at++;
    } else if (cursor_line + 1 < line_count) {
        cursor_line++;
        cursor_at = 0;
    }
}

static void
backspace(void)
{
    if (cursor_at == 0 && cursor_line == 0)
        return;
    move_left();
    delete_char();
}

static void
quit(void)
{
    if (!changed || warned)
        exit(0);
    strcpy(message, "not saved: once more to leave all the same");
    warned = true;
}

/* => false if the key is not one that moves the cursor */
static bool
obey_move(int key)
{
    switch (key) {
    case UP:
    case DOWN:
        move_lines(key == UP ? -1 : 1);
        return true;
    case PAGE_UP:
    case PAGE_DOWN:
        move_lines(key == PAGE_UP ? -(rows - 2) : rows - 2);
        return true;
    case LEFT:
        move_left();
        return true;
    case RIGHT:
        move_right();
        return true;
    case HOME:
    case CONTROL('A'):
        cursor_at = 0;
        return true;
    case END:
    case CONTROL('E'):
        cursor_at = lines[cursor_line].length;
        return true;
    default:
        return false;
    }
}

static void
obey(int key)
{
    switch (key) {
    case CONTROL('S'):
        save();
        break;
    case CONTROL('Q'):
    case CONTROL('X'):
        quit();
        break;
    case CONTROL('F'):
        find();
        break;
    case CONTROL('G'):
        find_next();
        break;
    case CONTROL('L'):
        fputs("\033[2J", stdout);
        break;
    case '\r':
    case '\n':
        split_line();
        break;
    case BACKSPACE:
        backspace();
        break;
    case DELETE:
    case CONTROL('D'):
        delete_char();
        break;
    default:
        if (key == '\t' || (key >= ' ' && key < UP))
            insert_char((char)key);
    }
}

int
main(int argc, char **argv)
{
    prog_init(argv);
    if (argc > 2)
        usage("[file]");
    file_name = argv[1];
    load();
    prepare();
    for (;;) {
        int key;

        draw();
        message[0] = '\0';
        key = read_key();
        if (key != CONTROL('Q') && key != CONTROL('X'))
            warned = false;
        if (!obey_move(key))
            obey(key);
    }
}
