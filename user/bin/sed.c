/* SPDX-License-Identifier: MIT */
/*
 * sed: edit lines as they pass.
 *
 * Usage: sed [-nE] [-i] script [file ...]
 *        sed [-nE] [-i] -e script ... [-f script-file] [file ...]
 *   -n   print only what p prints    -E   extended patterns
 *   -i   write the result back to each file
 * A script is commands, each with none, one or two addresses before it, and
 * newlines or ; between them.
 *   addresses  N  $  /re/  first,last  and ! for all other lines
 *   commands   s/re/text/[gpiN]  y/abc/xyz/  p  d  q  =
 *              a text, i text, c text  (to the end of the line)
 * In the text of s, & is the match, \1..\9 its groups, \n a newline. Any
 * character may stand for the slashes of s and y, and in \cREc of an address.
 *
 * Each input line is put into the pattern space; each command looks at it
 * there; what is left is printed. Line numbers go on from file to file.
 *
 * Not done: the hold space, N P D, labels and branches, groups in braces, w r;
 * a last line without a newline gets one; s ends a line at a zero byte.
 */
#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

enum { MAX_COMMANDS = 128, GROUPS = 10 };

enum address_kind { NO_ADDRESS, AT_LINE, AT_END, AT_MATCH };

struct address {
    enum address_kind kind;
    unsigned long line;
    regex_t re;
};

struct command {
    struct address first, last;
    bool inverted;
    bool in_range;
    char letter;
    regex_t re; /* s */
    char *text; /* s: the replacement; y: 256 characters; a, i, c */
    bool global, print;
    int which; /* s///N */
};

struct buffer {
    char *text;
    size_t used, room;
};

static struct command commands[MAX_COMMANDS];
static int command_count;
static bool quiet, extended, in_place;
static struct buffer space;  /* the pattern space */
static struct buffer result; /* what s makes of it */
static unsigned long line_number;
static bool on_last_line, quitting;
static FILE *output;

/* ---- buffers ----------------------------------------------------------- */

static void
append(struct buffer *buf, const char *text, size_t length)
{
    if (buf->used + length + 1 > buf->room) {
        buf->room = 2 * (buf->used + length + 1);
        buf->text = must_realloc(buf->text, buf->room);
    }
    memcpy(buf->text + buf->used, text, length);
    buf->used += length;
    buf->text[buf->used] = '\0';
}

/* ---- parsing ----------------------------------------------------------- */

static void
compile(regex_t *re, const char *pattern, int flags)
{
    int error = regcomp(re, pattern, flags | (extended ? REG_EXTENDED : 0));
    char why[64];

    if (error != 0) {
        regerror(error, re, why, sizeof(why));
        die_about(pattern, why);
    }
}

/*
 * Take the text up to the next `end`, skipping escaped ones, and go past it.
 * "\n" becomes a newline; "\" before `end` is taken away.
 */
static char *
take_until(char **p, char end)
{
    char *text = must_malloc(strlen(*p) + 1), *to = text;

    for (; **p != '\0' && **p != end; (*p)++) {
        if (**p == '\\' && (*p)[1] == end && end != '\0') {
            (*p)++;
        } else if (**p == '\\' && (*p)[1] == 'n') {
            (*p)++;
            *to++ = '\n';
            continue;
        } else if (**p == '\\' && (*p)[1] != '\0') {
            *to++ = *(*p)++;
        }
        *to++ = **p;
    }
    *to = '\0';
    if (**p != end)
        die_about(text, "unterminated");
    (*p)++;
    return text;
}

static void
parse_address(char **p, struct address *address)
{
    char end = '/', *pattern;

    if (isdigit((unsigned char)**p)) {
        address->kind = AT_LINE;
        address->line = strtoul(*p, p, 10);
    } else if (**p == '$') {
        address->kind = AT_END;
        (*p)++;
    } else if (**p == '/' || **p == '\\') {
        if (**p == '\\')
            end = *++*p;
        (*p)++;
        pattern = take_until(p, end);
        compile(&address->re, pattern, 0);
        free(pattern);
        address->kind = AT_MATCH;
    }
}

static void
parse_substitute(char **p, struct command *command)
{
    char end = *(*p)++;
    char *pattern = take_until(p, end);
    int flags = 0;

    command->text = take_until(p, end);
    for (;; (*p)++) {
        if (**p == 'g')
            command->global = true;
        else if (**p == 'p')
            command->print = true;
        else if (**p == 'i' || **p == 'I')
            flags |= REG_ICASE;
        else if (**p >= '1' && **p <= '9')
            command->which = **p - '0';
        else
            break;
    }
    compile(&command->re, pattern, flags);
    free(pattern);
}

static void
parse_transliterate(char **p, struct command *command)
{
    char end = *(*p)++;
    char *from = take_until(p, end), *to = take_until(p, end);

    if (strlen(from) != strlen(to))
        die_about(from, "y needs two sets of one length");
    command->text = must_malloc(256);
    for (int c = 0; c < 256; c++)
        command->text[c] = (char)c;
    for (size_t i = 0; from[i] != '\0'; i++)
        command->text[(unsigned char)from[i]] = to[i];
    free(from);
    free(to);
}

/* The text of a, i, c: the rest of the line, or after "\" the next one. */
static void
parse_text(char **p, struct command *command)
{
    size_t length;

    while (isblank((unsigned char)**p))
        (*p)++;
    if (**p == '\\')
        (*p)++;
    if (**p == '\n')
        (*p)++;
    length = strcspn(*p, "\n");
    command->text = must_malloc(length + 1);
    memcpy(command->text, *p, length);
    command->text[length] = '\0';
    *p += length;
}

static void
parse_command(char **p)
{
    struct command *command = &commands[command_count];

    if (command_count++ == MAX_COMMANDS)
        die_about("script", "too many commands");
    parse_address(p, &command->first);
    if (**p == ',') {
        (*p)++;
        parse_address(p, &command->last);
        if (command->last.kind == NO_ADDRESS)
            die_about(*p, "address expected");
    }
    while (**p == ' ' || **p == '!') {
        command->inverted |= **p == '!';
        (*p)++;
    }
    command->letter = **p;
    if (**p == '\0' || strchr("sypdq=aic", **p) == NULL)
        die_about(*p, "unknown command");
    (*p)++;
    if (command->letter == 's')
        parse_substitute(p, command);
    else if (command->letter == 'y')
        parse_transliterate(p, command);
    else if (strchr("aic", command->letter) != NULL)
        parse_text(p, command);
}

static void
parse_script(const char *script)
{
    char *copy = must_strdup(script), *p = copy;

    for (;;) {
        while (isspace((unsigned char)*p) || *p == ';')
            p++;
        if (*p == '\0')
            break;
        if (*p == '#') {
            p += strcspn(p, "\n");
            continue;
        }
        parse_command(&p);
        while (isblank((unsigned char)*p))
            p++;
        if (*p != '\0' && *p != ';' && *p != '\n' && *p != '#')
            die_about(p, "something follows a command");
    }
    free(copy);
}

/* ---- addresses --------------------------------------------------------- */

static bool
matches(const struct address *address)
{
    switch (address->kind) {
    case AT_LINE:
        return line_number == address->line;
    case AT_END:
        return on_last_line;
    case AT_MATCH:
        return regexec(&address->re, space.text, 0, NULL, 0) == 0;
    default:
        return true;
    }
}

static bool
selected(struct command *command)
{
    if (command->last.kind == NO_ADDRESS)
        return matches(&command->first);
    if (!command->in_range) {
        if (!matches(&command->first))
            return false;
        /* An end that lies before the start selects one line. */
        command->in_range =
            command->last.kind != AT_LINE || command->last.line > line_number;
        if (command->last.kind == AT_END && on_last_line)
            command->in_range = false;
        return true;
    }
    if (command->last.kind == AT_LINE)
        command->in_range = line_number < command->last.line;
    else
        command->in_range = !matches(&command->last);
    return true;
}

/* ---- commands ---------------------------------------------------------- */

/* Append the replacement for a match in text to the result. */
static void
append_replacement(const char *replacement, const char *text,
                   const regmatch_t groups[GROUPS])
{
    for (const char *p = replacement; *p != '\0'; p++) {
        int group = -1;

        if (*p == '&')
            group = 0;
        else if (*p == '\\' && isdigit((unsigned char)p[1]))
            group = *++p - '0';
        else if (*p == '\\' && p[1] != '\0')
            p++;
        if (group < 0)
            append(&result, p, 1);
        else if (groups[group].rm_so >= 0)
            append(&result, text + groups[group].rm_so,
                   (size_t)(groups[group].rm_eo - groups[group].rm_so));
    }
}

static bool
substitute(struct command *command)
{
    regmatch_t groups[GROUPS];
    const char *p = space.text;
    struct buffer old;
    bool changed = false, behind_match = false;
    int flags = 0, n = 0;

    result.used = 0;
    while (regexec(&command->re, p, GROUPS, groups, flags) == 0) {
        size_t start = (size_t)groups[0].rm_so, end = (size_t)groups[0].rm_eo;
        bool empty = start == end;

        append(&result, p, start);
        /* Nothing, right behind a match, is not another match. */
        if (!(empty && start == 0 && behind_match) && ++n >= command->which) {
            append_replacement(command->text, p, groups);
            changed = true;
        } else {
            append(&result, p + start, end - start);
        }
        p += end;
        flags = REG_NOTBOL;
        behind_match = !empty;
        if (*p == '\0' || (changed && !command->global))
            break;
        if (empty) /* go on, or the same nothing matches again */
            append(&result, p++, 1);
    }
    if (!changed)
        return false;
    append(&result, p, strlen(p));
    old = space;
    space = result;
    result = old;
    return true;
}

static void
print_space(void)
{
    fwrite(space.text, 1, space.used, output);
    fputc('\n', output);
}

/* => false when the command ends the work on this line */
static bool
execute(struct command *command, struct buffer *after)
{
    switch (command->letter) {
    case 's':
        if (substitute(command) && command->print)
            print_space();
        break;
    case 'y':
        for (size_t i = 0; i < space.used; i++)
            space.text[i] = command->text[(unsigned char)space.text[i]];
        break;
    case 'p':
        print_space();
        break;
    case '=':
        fprintf(output, "%lu\n", line_number);
        break;
    case 'i':
        fprintf(output, "%s\n", command->text);
        break;
    case 'a':
        append(after, command->text, strlen(command->text));
        append(after, "\n", 1);
        break;
    case 'c':
        if (command->last.kind == NO_ADDRESS || !command->in_range)
            fprintf(output, "%s\n", command->text);
        return false;
    case 'd':
        return false;
    case 'q':
        if (!quiet)
            print_space();
        quitting = true;
        return false;
    }
    return true;
}

static void
edit_line(void)
{
    struct buffer after = {NULL, 0, 0};
    bool alive = true;

    for (int i = 0; i < command_count && alive; i++)
        if (selected(&commands[i]) != commands[i].inverted)
            alive = execute(&commands[i], &after);
    if (alive && !quiet)
        print_space();
    if (after.used > 0)
        fwrite(after.text, 1, after.used, output);
    free(after.text);
}

/* ---- files ------------------------------------------------------------- */

/* Is the stream at its end? */
static bool
at_end(FILE *stream)
{
    int c = getc(stream);

    if (c == EOF)
        return true;
    ungetc(c, stream);
    return false;
}

static void
edit_stream(FILE *stream, bool last_file)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length;

    while (!quitting && (length = getline(&line, &room, stream)) >= 0) {
        if (length > 0 && line[length - 1] == '\n')
            length--;
        line_number++;
        on_last_line = last_file && at_end(stream);
        space.used = 0;
        append(&space, line, (size_t)length);
        edit_line();
    }
    free(line);
}

static int
edit_in_place(FILE *stream, const char *name)
{
    char *other = must_malloc(strlen(name) + sizeof(".sed"));
    struct stat st;
    int status = 0;
    bool failed;

    strcpy(other, name);
    strcat(other, ".sed");
    output = fopen(other, "w");
    if (output == NULL)
        return complain(other);
    line_number = 0;
    edit_stream(stream, true);
    if (stat(name, &st) == 0)
        chmod(other, st.st_mode & 07777);
    failed = ferror(output) || ferror(stream);
    /* The file stays as it was unless all of the new one is there. */
    if (fclose(output) != 0 || failed || rename(other, name) < 0) {
        status = complain(other);
        unlink(other);
    }
    free(other);
    return status;
}

static int
edit_file(const char *name, bool last)
{
    bool standard = strcmp(name, "-") == 0;
    FILE *stream = standard ? stdin : fopen(name, "r");
    int status = 0;

    if (stream == NULL)
        return complain(name);
    if (in_place && !standard)
        status = edit_in_place(stream, name);
    else
        edit_stream(stream, last);
    if (ferror(stream))
        status = complain(name);
    if (!standard)
        fclose(stream);
    return status;
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-nEi] [-e] script [file ...]";
    int option, status = 0;
    bool have_script = false;

    prog_init(argv);
    output = stdout;
    while ((option = getopt(argc, argv, "nErie:f:")) != -1) {
        if (option == 'n') {
            quiet = true;
        } else if (option == 'E' || option == 'r') {
            extended = true;
        } else if (option == 'i') {
            in_place = true;
        } else if (option == 'e' || option == 'f') {
            char *text = option == 'e' ? optarg : read_whole(optarg, NULL);

            if (text == NULL)
                die(optarg);
            parse_script(text);
            have_script = true;
        } else {
            usage(help);
        }
    }
    if (!have_script && optind == argc)
        usage(help);
    if (!have_script)
        parse_script(argv[optind++]);
    if (optind == argc)
        status = edit_file("-", true);
    for (int i = optind; i < argc && !quitting; i++)
        status |= edit_file(argv[i], i == argc - 1);
    return finish(status);
}
