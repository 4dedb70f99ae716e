/* SPDX-License-Identifier: MIT */
/*
 * stty: show or change the settings of the terminal.
 *
 * Usage: stty [-a] [-g] [-F device] [setting ...]
 *   -a   all settings; otherwise only those that differ from `sane`
 *   -g   in a form that stty takes back
 *   sane raw cooked  -name switches off what name switches on
 *   rows N  cols N  size (prints both)  min N  time N
 *   intr quit erase kill eof susp start stop werase lnext  C, ^C or undef
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include "util.h"

enum { CONTROL_BIT = 0x40, DELETE = 0x7f };

enum part { INPUT, OUTPUT, CONTROL, LOCAL, PARTS };

static const struct mode {
    const char *name;
    enum part part;
    unsigned int bit;
    bool sane;
} modes[] = {
    {"parenb", CONTROL, PARENB, false}, {"cread", CONTROL, CREAD, true},
    {"clocal", CONTROL, CLOCAL, false}, {"hupcl", CONTROL, HUPCL, false},
    {"ignbrk", INPUT, IGNBRK, false},   {"brkint", INPUT, BRKINT, true},
    {"inlcr", INPUT, INLCR, false},     {"igncr", INPUT, IGNCR, false},
    {"icrnl", INPUT, ICRNL, true},      {"ixon", INPUT, IXON, true},
    {"ixoff", INPUT, IXOFF, false},     {"istrip", INPUT, ISTRIP, false},
    {"opost", OUTPUT, OPOST, true},     {"onlcr", OUTPUT, ONLCR, true},
    {"ocrnl", OUTPUT, OCRNL, false},    {"isig", LOCAL, ISIG, true},
    {"icanon", LOCAL, ICANON, true},    {"iexten", LOCAL, IEXTEN, true},
    {"echo", LOCAL, ECHO, true},        {"echoe", LOCAL, ECHOE, true},
    {"echok", LOCAL, ECHOK, true},      {"echonl", LOCAL, ECHONL, false},
    {"noflsh", LOCAL, NOFLSH, false},   {"tostop", LOCAL, TOSTOP, false},
    {"echoctl", LOCAL, ECHOCTL, true},  {"echoke", LOCAL, ECHOKE, true},
};

static const struct character {
    const char *name;
    int index;
    unsigned char sane;
} characters[] = {
    {"intr", VINTR, 'C' - CONTROL_BIT},
    {"quit", VQUIT, '\\' - CONTROL_BIT},
    {"erase", VERASE, DELETE},
    {"kill", VKILL, 'U' - CONTROL_BIT},
    {"eof", VEOF, 'D' - CONTROL_BIT},
    {"start", VSTART, 'Q' - CONTROL_BIT},
    {"stop", VSTOP, 'S' - CONTROL_BIT},
    {"susp", VSUSP, 'Z' - CONTROL_BIT},
    {"werase", VWERASE, 'W' - CONTROL_BIT},
    {"lnext", VLNEXT, 'V' - CONTROL_BIT},
};

enum {
    MODE_COUNT = sizeof(modes) / sizeof(modes[0]),
    CHARACTER_COUNT = sizeof(characters) / sizeof(characters[0]),
};

static struct termios settings;
static struct winsize window;
static bool window_changed;
static int device = STDIN_FILENO;

static unsigned int *
part_of(enum part part)
{
    unsigned int *parts[PARTS] = {&settings.c_iflag, &settings.c_oflag,
                                  &settings.c_cflag, &settings.c_lflag};

    return parts[part];
}

/* ---- showing ----------------------------------------------------------- */

static void
print_character(unsigned char c)
{
    if (c == 0)
        fputs("<undef>", stdout);
    else if (c == DELETE)
        fputs("^?", stdout);
    else if (c < ' ')
        printf("^%c", c + CONTROL_BIT);
    else
        putchar(c);
}

static void
show(bool all)
{
    const char *gap = "";

    if (all)
        printf("rows %u; columns %u;\n", window.ws_row, window.ws_col);
    for (int i = 0; i < CHARACTER_COUNT; i++) {
        unsigned char c = settings.c_cc[characters[i].index];

        if (!all && c == characters[i].sane)
            continue;
        printf("%s%s = ", gap, characters[i].name);
        print_character(c);
        putchar(';');
        gap = " ";
    }
    if (gap[0] != '\0')
        putchar('\n');
    printf("min = %d; time = %d;\n", settings.c_cc[VMIN], settings.c_cc[VTIME]);
    gap = "";
    for (int i = 0; i < MODE_COUNT; i++) {
        bool on = (*part_of(modes[i].part) & modes[i].bit) != 0;

        if (!all && on == modes[i].sane)
            continue;
        printf("%s%s%s", gap, on ? "" : "-", modes[i].name);
        gap = " ";
    }
    if (gap[0] != '\0')
        putchar('\n');
}

static void
show_packed(void)
{
    printf("%x:%x:%x:%x", settings.c_iflag, settings.c_oflag, settings.c_cflag,
           settings.c_lflag);
    for (int i = 0; i < CHARACTER_COUNT; i++)
        printf(":%x", settings.c_cc[characters[i].index]);
    printf(":%x:%x\n", settings.c_cc[VMIN], settings.c_cc[VTIME]);
}

/* ---- changing ---------------------------------------------------------- */

static bool
set_packed(const char *text)
{
    char *end;

    if (strchr(text, ':') == NULL)
        return false;
    for (enum part part = INPUT; part < PARTS; part++) {
        *part_of(part) = (unsigned int)strtoul(text, &end, 16);
        text = end + (*end == ':');
    }
    for (int i = 0; i < CHARACTER_COUNT; i++) {
        settings.c_cc[characters[i].index] =
            (unsigned char)strtoul(text, &end, 16);
        text = end + (*end == ':');
    }
    settings.c_cc[VMIN] = (unsigned char)strtoul(text, &end, 16);
    text = end + (*end == ':');
    settings.c_cc[VTIME] = (unsigned char)strtoul(text, &end, 16);
    return true;
}

static void
set_sane(void)
{
    for (int i = 0; i < MODE_COUNT; i++) {
        unsigned int *flags = part_of(modes[i].part);

        *flags = modes[i].sane ? *flags | modes[i].bit : *flags & ~modes[i].bit;
    }
    for (int i = 0; i < CHARACTER_COUNT; i++)
        settings.c_cc[characters[i].index] = characters[i].sane;
    settings.c_cc[VMIN] = 1;
    settings.c_cc[VTIME] = 0;
}

static bool
set_mode(const char *text)
{
    bool off = text[0] == '-';

    for (int i = 0; i < MODE_COUNT; i++) {
        unsigned int *flags = part_of(modes[i].part);

        if (strcmp(text + off, modes[i].name) != 0)
            continue;
        *flags = off ? *flags & ~modes[i].bit : *flags | modes[i].bit;
        return true;
    }
    if (strcmp(text, "raw") == 0 || strcmp(text, "-cooked") == 0)
        cfmakeraw(&settings);
    else if (strcmp(text, "sane") == 0)
        set_sane();
    else if (strcmp(text, "cooked") == 0 || strcmp(text, "-raw") == 0)
        set_sane();
    else
        return set_packed(text);
    return true;
}

static unsigned char
parse_character(const char *text)
{
    if (strcmp(text, "undef") == 0 || strcmp(text, "^-") == 0)
        return 0;
    if (strcmp(text, "^?") == 0)
        return DELETE;
    if (text[0] == '^' && text[1] != '\0')
        return (unsigned char)(text[1] & (CONTROL_BIT / 2 - 1));
    return (unsigned char)text[0];
}

/* Settings with a value. => false if it is none of them */
static bool
set_value(const char *name, const char *value)
{
    for (int i = 0; i < CHARACTER_COUNT; i++)
        if (strcmp(name, characters[i].name) == 0) {
            settings.c_cc[characters[i].index] = parse_character(value);
            return true;
        }
    if (strcmp(name, "min") == 0)
        settings.c_cc[VMIN] = (unsigned char)atoi(value);
    else if (strcmp(name, "time") == 0)
        settings.c_cc[VTIME] = (unsigned char)atoi(value);
    else if (strcmp(name, "rows") == 0)
        window.ws_row = (unsigned short)atoi(value);
    else if (strcmp(name, "cols") == 0 || strcmp(name, "columns") == 0)
        window.ws_col = (unsigned short)atoi(value);
    else
        return false;
    window_changed |= name[0] == 'r' || name[0] == 'c';
    return true;
}

static int
apply(char **words)
{
    for (; *words != NULL; words++) {
        if (strcmp(*words, "size") == 0)
            printf("%u %u\n", window.ws_row, window.ws_col);
        else if (set_mode(*words))
            continue;
        else if (words[1] != NULL && set_value(words[0], words[1]))
            words++;
        else
            die_about(*words, "unknown setting");
    }
    if (tcsetattr(device, TCSADRAIN, &settings) < 0)
        die("terminal");
    if (window_changed && ioctl(device, TIOCSWINSZ, &window) < 0)
        die("terminal");
    return finish(0);
}

int
main(int argc, char **argv)
{
    bool all = false, packed = false;
    int i = 1;

    prog_init(argv);
    for (; i < argc; i++) {
        if (strcmp(argv[i], "-a") == 0)
            all = true;
        else if (strcmp(argv[i], "-g") == 0)
            packed = true;
        else if (strcmp(argv[i], "-F") == 0 && i + 1 < argc)
            device = open(argv[++i], O_RDWR);
        else
            break;
    }
    if (device < 0)
        die(argv[i - 1]);
    if (tcgetattr(device, &settings) < 0)
        die("standard input");
    ioctl(device, TIOCGWINSZ, &window);
    if (i < argc)
        return apply(argv + i);
    if (packed)
        show_packed();
    else
        show(all);
    return finish(0);
}
