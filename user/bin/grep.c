/* SPDX-License-Identifier: MIT */
/*
 * grep: print the lines that match a pattern.
 *
 * Usage: grep [-EFivnclqrowxhHs] [-e pattern] [pattern] [file ...]
 *   -E extended patterns    -F fixed strings    -e a pattern (several: any)
 *   -i upper and lower case are the same   -w whole words   -x whole lines
 *   -v the lines that do not match         -o only what matched, a line each
 *   -c the number of lines   -l the names of files   -q nothing, just status
 *   -n with line numbers     -h without, -H with the names of files
 *   -r directories with all they hold      -s no message for missing files
 * Exit status: 0 a line was selected, 1 none was, 2 trouble.
 *
 * Not done: -A -B -C, lines that hold a zero byte (they end there).
 */
#include <ctype.h>
#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include "util.h"

enum { MAX_PATTERNS = 64, TROUBLE = 2 };

static bool options[128];
static const char *patterns[MAX_PATTERNS];
static regex_t compiled[MAX_PATTERNS];
static int pattern_count;
static bool show_names, selected_any, trouble;

/* ---- matching ---------------------------------------------------------- */

/* -F: the first place of pattern i in text. */
static bool
find_fixed(int i, const char *text, regmatch_t *match)
{
    size_t length = strlen(patterns[i]);

    for (const char *p = text;; p++) {
        bool here = options['i'] ? strncasecmp(p, patterns[i], length) == 0
                                 : strncmp(p, patterns[i], length) == 0;

        if (here) {
            match->rm_so = p - text;
            match->rm_eo = match->rm_so + (regoff_t)length;
            return true;
        }
        if (*p == '\0')
            return false;
    }
}

static bool
is_word(int c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Does a match satisfy -w and -x? */
static bool
fits(const char *line, const char *text, const regmatch_t *match)
{
    const char *start = text + match->rm_so, *end = text + match->rm_eo;

    if (options['x'])
        return start == line && *end == '\0';
    if (options['w'])
        return (start == line || !is_word(start[-1])) && !is_word(*end);
    return true;
}

/* The first match of pattern i in line, looking from `from` on. */
static bool
find_one(int i, const char *line, const char *from, regmatch_t *match)
{
    for (const char *text = from;; text++) {
        int flags = text != line ? REG_NOTBOL : 0;
        bool found = options['F']
                         ? find_fixed(i, text, match)
                         : regexec(&compiled[i], text, 1, match, flags) == 0;

        if (!found)
            return false;
        if (fits(line, text, match)) {
            match->rm_so += text - line;
            match->rm_eo += text - line;
            return true;
        }
        text += match->rm_so;
        if (*text == '\0')
            return false;
    }
}

/* The leftmost, then longest match of any pattern. */
static bool
find_any(const char *line, const char *from, regmatch_t *best)
{
    bool found = false;
    regmatch_t match;

    for (int i = 0; i < pattern_count; i++) {
        if (!find_one(i, line, from, &match))
            continue;
        if (!found || match.rm_so < best->rm_so ||
            (match.rm_so == best->rm_so && match.rm_eo > best->rm_eo))
            *best = match;
        found = true;
    }
    return found;
}

/* ---- output ------------------------------------------------------------ */

static void
print_prefix(const char *name, unsigned long number)
{
    if (show_names)
        printf("%s:", name);
    if (options['n'])
        printf("%lu:", number);
}

static void
print_matches(const char *name, unsigned long number, const char *line)
{
    const char *from = line;
    regmatch_t match;

    while (find_any(line, from, &match)) {
        if (match.rm_eo > match.rm_so) {
            print_prefix(name, number);
            printf("%.*s\n", (int)(match.rm_eo - match.rm_so),
                   line + match.rm_so);
        }
        from = line + match.rm_eo + (match.rm_eo == match.rm_so);
        if (from[-1] == '\0' || *from == '\0')
            break;
    }
}

static void
print_selected(const char *name, unsigned long number, const char *line)
{
    if (options['o'] && !options['v']) {
        print_matches(name, number, line);
        return;
    }
    if (options['o'])
        return;
    print_prefix(name, number);
    puts(line);
}

/* ---- files ------------------------------------------------------------- */

static void
grep_stream(FILE *stream, const char *name)
{
    bool quiet = options['q'] || options['l'] || options['c'];
    unsigned long number = 0, count = 0;
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    regmatch_t match;

    while ((length = getline(&line, &room, stream)) >= 0) {
        if (length > 0 && line[length - 1] == '\n')
            line[length - 1] = '\0';
        number++;
        if (find_any(line, line, &match) == options['v'])
            continue;
        count++;
        selected_any = true;
        if (options['q'] || options['l'])
            break;
        if (!quiet)
            print_selected(name, number, line);
    }
    free(line);
    if (ferror(stream))
        trouble = complain(name);
    if (options['l'] && !options['q'] && count > 0)
        puts(name);
    if (options['c'] && !options['q'] && !options['l']) {
        if (show_names)
            printf("%s:", name);
        printf("%lu\n", count);
    }
}

static void grep_path(const char *path);

static void
grep_tree(const char *path)
{
    char **names = list_dir(path, NULL);

    if (names == NULL) {
        trouble = complain(path);
        return;
    }
    for (char **name = names; *name != NULL; name++) {
        char *child = path_join(path, *name);
        struct stat st;

        /* Links may lead in a circle, devices may block: neither is read. */
        if (lstat(child, &st) == 0 &&
            (S_ISDIR(st.st_mode) || S_ISREG(st.st_mode)))
            grep_path(child);
        free(child);
    }
    free_list(names);
}

static void
grep_path(const char *path)
{
    struct stat st;
    FILE *stream;

    if (strcmp(path, "-") == 0) {
        grep_stream(stdin, "(standard input)");
        return;
    }
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        if (options['r']) {
            grep_tree(path);
        } else {
            complain_about(path, strerror(EISDIR));
            trouble = true;
        }
        return;
    }
    stream = fopen(path, "r");
    if (stream == NULL) {
        if (!options['s'])
            complain(path);
        trouble = true;
        return;
    }
    grep_stream(stream, path);
    fclose(stream);
}

/* ---- arguments --------------------------------------------------------- */

/* A pattern of several lines is as many patterns. */
static void
add_patterns(const char *text)
{
    char *rest = must_strdup(text);

    while (rest != NULL) {
        char *end = strchr(rest, '\n');

        if (pattern_count == MAX_PATTERNS)
            usage("at most 64 patterns");
        patterns[pattern_count++] = rest;
        if (end != NULL)
            *end++ = '\0';
        rest = end;
    }
}

static void
compile_patterns(void)
{
    int flags =
        (options['E'] ? REG_EXTENDED : 0) | (options['i'] ? REG_ICASE : 0);

    for (int i = 0; i < pattern_count && !options['F']; i++) {
        int error = regcomp(&compiled[i], patterns[i], flags);
        char why[64];

        if (error != 0) {
            regerror(error, &compiled[i], why, sizeof(why));
            die_about(patterns[i], why);
        }
    }
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-EFivnclqrowxhHs] pattern [file ...]";
    int option;

    prog_init(argv);
    trouble_status = TROUBLE;
    while ((option = getopt(argc, argv, "EFGivnclqrRowxhHse:")) != -1) {
        if (option == 'e')
            add_patterns(optarg);
        else if (option == '?')
            usage(help);
        else
            options[option == 'R' ? 'r' : option] = true;
    }
    if (pattern_count == 0 && optind == argc)
        usage(help);
    if (pattern_count == 0)
        add_patterns(argv[optind++]);
    compile_patterns();
    show_names =
        (argc - optind > 1 || options['r'] || options['H']) && !options['h'];
    if (optind == argc && options['r'])
        grep_path(".");
    else if (optind == argc)
        grep_path("-");
    for (int i = optind; i < argc; i++)
        grep_path(argv[i]);
    if (trouble && !(options['q'] && selected_any))
        return finish(TROUBLE);
    return finish(selected_any ? 0 : 1);
}
