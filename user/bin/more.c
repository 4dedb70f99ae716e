/* SPDX-License-Identifier: MIT */
/*
 * more: show text a screen at a time.
 *
 * Usage: more [file ...]
 *   space  the next screen    return  the next line    q  end
 *   /text return  go on to a line with that text       n  the next such line
 * When the output is no terminal, it is copied as it is.
 *
 * Not done: going back.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include "util.h"

enum { TAB_COLUMNS = 8, TEXT_CHARS = 128 };

static int keyboard;
static struct termios before, single;
static int rows = 24, columns = 80;
static int left;                /* lines until we ask again */
static char wanted[TEXT_CHARS]; /* what / looks for */
static bool searching;

static void
restore(void)
{
    tcsetattr(keyboard, TCSADRAIN, &before);
}

static void
prepare(void)
{
    struct winsize size;

    keyboard = open("/dev/tty", O_RDONLY);
    if (keyboard < 0)
        keyboard = STDERR_FILENO;
    if (tcgetattr(keyboard, &before) < 0)
        die("terminal");
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 1) {
        rows = size.ws_row;
        columns = size.ws_col;
    }
    single = before;
    single.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
    single.c_cc[VMIN] = 1;
    single.c_cc[VTIME] = 0;
    tcsetattr(keyboard, TCSADRAIN, &single);
    atexit(restore);
    left = rows - 1;
}

static int
read_key(void)
{
    unsigned char c;

    return read(keyboard, &c, 1) == 1 ? c : 'q';
}

static void
read_wanted(void)
{
    size_t used = 0;
    int key;

    fputs("\r\033[K/", stdout);
    fflush(stdout);
    while ((key = read_key()) != '\n' && key != '\r') {
        if ((key == '\b' || key == 0x7f) && used > 0) {
            used--;
            fputs("\b \b", stdout);
        } else if (key >= ' ' && key < 0x7f && used + 1 < TEXT_CHARS) {
            wanted[used++] = (char)key;
            putchar(key);
        }
        fflush(stdout);
    }
    if (used > 0)
        wanted[used] = '\0';
}

/* Ask what to do next. */
static void
ask(void)
{
    fputs("\033[7m--More--\033[0m", stdout);
    fflush(stdout);
    while (left == 0) {
        int key = read_key();

        if (key == ' ') {
            left = rows - 1;
        } else if (key == '\n' || key == '\r') {
            left = 1;
        } else if (key == 'q' || key == 'Q' || key == 3 || key == 4) {
            fputs("\r\033[K", stdout);
            exit(finish(0));
        } else if (key == '/' || key == 'n') {
            if (key == '/')
                read_wanted();
            searching = wanted[0] != '\0';
            left = rows - 1;
        }
    }
    fputs("\r\033[K", stdout);
}

/* How many rows of the screen a line takes. */
static int
rows_of(const char *line)
{
    int width = 0;

    for (; *line != '\0' && *line != '\n'; line++)
        width += *line == '\t' ? TAB_COLUMNS - width % TAB_COLUMNS : 1;
    return width > columns ? (width + columns - 1) / columns : 1;
}

static void
page(FILE *stream)
{
    char *line = NULL;
    size_t room = 0;

    while (getline(&line, &room, stream) >= 0) {
        int height = rows_of(line);

        if (searching && strstr(line, wanted) == NULL)
            continue;
        searching = false;
        if (left == 0)
            ask();
        if (searching && strstr(line, wanted) == NULL)
            continue;
        fputs(line, stdout);
        left = height < left ? left - height : 0;
    }
    if (searching)
        puts("(not found)");
    searching = false;
    free(line);
}

static int
show(const char *name, bool terminal)
{
    FILE *stream = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");
    int status = 0;

    if (stream == NULL)
        return complain(name);
    if (terminal)
        page(stream);
    else if (copy_fd(fileno(stream), STDOUT_FILENO) != 0)
        status = complain(name);
    if (ferror(stream))
        status = complain(name);
    if (stream != stdin)
        fclose(stream);
    return status;
}

int
main(int argc, char **argv)
{
    bool terminal = isatty(STDOUT_FILENO) != 0;
    int status = 0;

    prog_init(argv);
    if (getopt(argc, argv, "") != -1 ||
        (optind == argc && isatty(STDIN_FILENO)))
        usage("[file ...]");
    if (terminal)
        prepare();
    if (optind == argc)
        status = show("-", terminal);
    for (int i = optind; i < argc; i++)
        status |= show(argv[i], terminal);
    return finish(status);
}
