/* SPDX-License-Identifier: MIT */
/*
 * edit.c - reading a line from the terminal, with editing and history.
 *
 * While a line is edited the terminal is in raw mode: each key comes at once
 * and unechoed, ^C among them. For a command to run, it goes back to the modes
 * it had. After each key the line is drawn anew behind the prompt; a line wider
 * than the terminal is scrolled sideways, so that it always takes one row.
 * A character appended at the end is simply printed.
 *
 * Where there is no raw mode, or $TERM is "dumb", lines are read as the
 * terminal gives them.
 *
 *   left right ^B ^F   move          home end ^A ^E   to the start or end
 *   up down ^P ^N      history       backspace delete ^D   remove one
 *   ^U ^K ^W           remove to the start, to the end, the word before
 *   tab                complete      ^L   clear the screen
 *   ^C                 give the line up       ^D on an empty line   leave
 *
 * Not done: a character of several bytes counts as several columns.
 */
#include "edit.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include "util.h"
#include "vars.h"

enum { HISTORY_LINES = 64, DEFAULT_COLUMNS = 80 };

#define CTRL(letter) ((letter)&31)

/* Keys that send more than one byte. */
enum key {
    KEY_END_OF_INPUT = -1,
    KEY_ESCAPE = 27,
    KEY_BACKSPACE = 127,
    KEY_UP = 256,
    KEY_DOWN,
    KEY_RIGHT,
    KEY_LEFT,
    KEY_HOME,
    KEY_END,
    KEY_DELETE,
    KEY_UNKNOWN,
};

struct edit {
    const char *prompt;
    char *line;
    size_t length;
    size_t size;
    size_t cursor;
    size_t shown_from; /* the first character on the screen */
    size_t columns;
    int age;     /* 0: the new line, 1: the latest of the history ... */
    char *draft; /* the new line while the history is shown */
    enum { EDITING, ACCEPTED, ABANDONED, ENDED } state;
};

static char *history[HISTORY_LINES]; /* the latest first */
static int history_count;
static bool raw_works;
static struct termios cooked;

void
edit_init(void)
{
    const char *term = var_get("TERM");

    raw_works = tcgetattr(STDIN_FILENO, &cooked) == 0 &&
                (term == NULL || strcmp(term, "dumb") != 0);
}

static bool
enter_raw(void)
{
    struct termios raw;

    if (!raw_works || tcgetattr(STDIN_FILENO, &cooked) < 0)
        return false;
    raw = cooked;
    raw.c_iflag &= ~(tcflag_t)(ICRNL | IXON);
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    raw_works = tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
    return raw_works;
}

/* ---- the screen --------------------------------------------------------- */

static size_t
terminal_columns(void)
{
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
        return DEFAULT_COLUMNS;
    return size.ws_col;
}

/* The number of characters that fit behind the prompt. */
static size_t
room(const struct edit *e)
{
    size_t prompt = strlen(e->prompt) + 1;

    return e->columns > prompt + 10 ? e->columns - prompt : 10;
}

static void
redraw(struct edit *e)
{
    size_t width = room(e);
    size_t shown;

    if (e->cursor < e->shown_from)
        e->shown_from = e->cursor;
    if (e->cursor > e->shown_from + width)
        e->shown_from = e->cursor - width;
    shown = e->length - e->shown_from;
    if (shown > width)
        shown = width;
    printf("\r%s%.*s\033[K", e->prompt, (int)shown, e->line + e->shown_from);
    if (e->shown_from + shown > e->cursor)
        printf("\033[%zuD", e->shown_from + shown - e->cursor);
    fflush(stdout);
}

/* ---- the line ----------------------------------------------------------- */

static void
insert(struct edit *e, const char *s, size_t n)
{
    bool append =
        e->cursor == e->length && e->length - e->shown_from + n <= room(e);

    if (e->length + n + 2 > e->size) {
        e->size = 2 * (e->length + n + 2);
        e->line = must_realloc(e->line, e->size);
    }
    memmove(e->line + e->cursor + n, e->line + e->cursor,
            e->length - e->cursor);
    memcpy(e->line + e->cursor, s, n);
    e->length += n;
    e->cursor += n;
    e->line[e->length] = '\0';
    if (append) {
        fwrite(s, 1, n, stdout);
        fflush(stdout);
    } else {
        redraw(e);
    }
}

/* Remove the characters from..to; the cursor goes there. */
static void
erase(struct edit *e, size_t from, size_t to)
{
    memmove(e->line + from, e->line + to, e->length - to + 1);
    e->length -= to - from;
    e->cursor = from;
    redraw(e);
}

static void
move_to(struct edit *e, size_t cursor)
{
    e->cursor = cursor;
    redraw(e);
}

static size_t
word_start(const struct edit *e)
{
    size_t at = e->cursor;

    while (at > 0 && e->line[at - 1] == ' ')
        at--;
    while (at > 0 && e->line[at - 1] != ' ')
        at--;
    return at;
}

static void
replace_line(struct edit *e, const char *s)
{
    e->length = e->cursor = e->shown_from = 0;
    e->line[0] = '\0';
    redraw(e);
    insert(e, s, strlen(s));
}

/* ---- the history -------------------------------------------------------- */

static void
remember(const char *line)
{
    if (*line == '\0' || (history_count > 0 && strcmp(history[0], line) == 0))
        return;
    if (history_count == HISTORY_LINES)
        free(history[--history_count]);
    memmove(history + 1, history, (size_t)history_count * sizeof(char *));
    history[0] = must_strdup(line);
    history_count++;
}

/* Show the line of an age; the new line is kept aside meanwhile. */
static void
show_age(struct edit *e, int age)
{
    if (age < 0 || age > history_count || age == e->age)
        return;
    if (e->age == 0) {
        free(e->draft);
        e->draft = must_strdup(e->line);
    }
    e->age = age;
    replace_line(e, age == 0 ? e->draft : history[age - 1]);
}

/* ---- keys --------------------------------------------------------------- */

static int
read_byte(void)
{
    unsigned char c;

    return read(STDIN_FILENO, &c, 1) == 1 ? c : KEY_END_OF_INPUT;
}

/* What stands behind ESC [ or ESC O. */
static int
read_sequence(void)
{
    static const char letters[] = "ABCDHF";
    int c = read_byte();
    int number = 0;
    const char *letter;

    for (; c >= 0 && (isdigit(c) || c == ';'); c = read_byte())
        number = c == ';' ? 0 : number * 10 + c - '0';
    letter = c > 0 ? strchr(letters, c) : NULL;
    if (letter != NULL)
        return KEY_UP + (int)(letter - letters);
    if (c != '~')
        return KEY_UNKNOWN;
    if (number == 3)
        return KEY_DELETE;
    if (number == 1 || number == 7)
        return KEY_HOME;
    return number == 4 || number == 8 ? KEY_END : KEY_UNKNOWN;
}

static int
read_key(void)
{
    int c = read_byte();

    if (c != KEY_ESCAPE)
        return c;
    c = read_byte();
    return c == '[' || c == 'O' ? read_sequence() : KEY_UNKNOWN;
}

static void
complete(struct edit *e)
{
    bool listed = false;
    char *text = complete_name(e->line, e->cursor, &listed);

    if (text != NULL)
        insert(e, text, strlen(text));
    else if (listed)
        redraw(e);
    free(text);
}

/* Keys that remove something. => false if the key is none of them */
static bool
edit_removal(struct edit *e, int key)
{
    switch (key) {
    case KEY_BACKSPACE:
    case CTRL('H'):
        if (e->cursor > 0)
            erase(e, e->cursor - 1, e->cursor);
        return true;
    case CTRL('D'):
    case KEY_DELETE:
        if (e->cursor < e->length)
            erase(e, e->cursor, e->cursor + 1);
        else if (e->length == 0 && key == CTRL('D'))
            e->state = ENDED;
        return true;
    case CTRL('U'):
        erase(e, 0, e->cursor);
        return true;
    case CTRL('K'):
        erase(e, e->cursor, e->length);
        return true;
    case CTRL('W'):
        erase(e, word_start(e), e->cursor);
        return true;
    default:
        return false;
    }
}

/* Keys that move. => false if the key is none of them */
static bool
edit_motion(struct edit *e, int key)
{
    switch (key) {
    case KEY_LEFT:
    case CTRL('B'):
        if (e->cursor > 0)
            move_to(e, e->cursor - 1);
        return true;
    case KEY_RIGHT:
    case CTRL('F'):
        if (e->cursor < e->length)
            move_to(e, e->cursor + 1);
        return true;
    case KEY_HOME:
    case CTRL('A'):
        move_to(e, 0);
        return true;
    case KEY_END:
    case CTRL('E'):
        move_to(e, e->length);
        return true;
    case KEY_UP:
    case CTRL('P'):
        show_age(e, e->age + 1);
        return true;
    case KEY_DOWN:
    case CTRL('N'):
        show_age(e, e->age - 1);
        return true;
    default:
        return false;
    }
}

static void
edit_key(struct edit *e, int key)
{
    char c = (char)key;

    if (edit_motion(e, key) || edit_removal(e, key))
        return;
    switch (key) {
    case '\r':
    case '\n':
        e->state = ACCEPTED;
        break;
    case CTRL('C'):
        e->state = ABANDONED;
        break;
    case KEY_END_OF_INPUT:
        e->state = ENDED;
        break;
    case CTRL('L'):
        printf("\033[H\033[2J");
        redraw(e);
        break;
    case '\t':
        complete(e);
        break;
    default:
        if (key >= ' ' && key < KEY_UP)
            insert(e, &c, 1);
        break;
    }
}

/* Without raw mode: the terminal edits. */
static char *
plain_line(const char *prompt)
{
    char *line = NULL;
    size_t size = 0;

    fputs(prompt, stdout);
    fflush(stdout);
    if (getline(&line, &size, stdin) >= 0)
        return line;
    free(line);
    clearerr(stdin);
    return NULL;
}

char *
edit_line(const char *prompt, bool *abandoned)
{
    struct edit e = {.prompt = prompt, .columns = terminal_columns()};

    if (!enter_raw())
        return plain_line(prompt);
    e.size = 128;
    e.line = must_malloc(e.size);
    e.line[0] = '\0';
    redraw(&e);
    while (e.state == EDITING)
        edit_key(&e, read_key());
    printf(e.state == ABANDONED ? "^C\n" : "\n");
    fflush(stdout);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &cooked);
    free(e.draft);
    *abandoned = e.state == ABANDONED;
    if (e.state == ACCEPTED) {
        remember(e.line);
        strcpy(e.line + e.length, "\n"); /* insert() keeps room for it */
        return e.line;
    }
    free(e.line);
    return NULL;
}
