/* SPDX-License-Identifier: MIT */
/*
 * xargs: run a command with arguments from the standard input.
 *
 * Usage: xargs [-0rt] [-n words] [-I text] [command [word ...]]
 *   -n   at most so many words for one run    -r   no run without words
 *   -0   words end with a zero byte           -t   show each command
 *   -I   one run for each line, which replaces `text` in the command
 * Words are divided by blanks; ' " and \ quote. The command is echo if none is
 * given. Exit status: 0, 123 if a run failed, 124 if one exited with 255,
 * 125 if killed, 126 and 127 if the command could not be run or found.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "util.h"

enum {
    MAX_WORDS = 4096,
    MAX_BYTES = 64 * 1024, /* half of what exec takes */
    SOME_FAILED = 123,
};

static char **command; /* the words given on the command line */
static int command_words;
static char *words[MAX_WORDS];
static int word_count;
static size_t word_bytes;
static long long max_words = MAX_WORDS;
static bool zero_ends, skip_empty, trace;
static const char *placeholder;
static int status;

/* ---- running ----------------------------------------------------------- */

static void
note_status(int result)
{
    if (WIFSIGNALED(result))
        exit(125);
    if (WEXITSTATUS(result) == 255)
        exit(124);
    if (WEXITSTATUS(result) == 126 || WEXITSTATUS(result) == 127)
        exit(WEXITSTATUS(result));
    if (WEXITSTATUS(result) != 0)
        status = SOME_FAILED;
}

static void
run(char **argv)
{
    int result;
    pid_t pid;

    if (trace) {
        for (char **word = argv; *word != NULL; word++)
            fprintf(stderr, "%s%s", word > argv ? " " : "", *word);
        fputc('\n', stderr);
    }
    fflush(stdout);
    pid = fork();
    if (pid < 0)
        die("fork");
    if (pid == 0) {
        execvp(argv[0], argv);
        complain(argv[0]);
        _exit(errno == ENOENT ? 127 : 126);
    }
    if (waitpid(pid, &result, 0) == pid)
        note_status(result);
}

/* Run the command with the words that have been gathered. */
static void
run_gathered(void)
{
    size_t count = (size_t)(command_words + word_count);
    char **argv = must_malloc((count + 1) * sizeof(*argv));

    for (int i = 0; i < command_words; i++)
        argv[i] = command[i];
    for (int i = 0; i < word_count; i++)
        argv[command_words + i] = words[i];
    argv[count] = NULL;
    run(argv);
    free(argv);
    for (int i = 0; i < word_count; i++)
        free(words[i]);
    word_count = 0;
    word_bytes = 0;
}

/* A word of the command with every placeholder replaced. */
static char *
fill_in(const char *word, const char *text)
{
    size_t length = strlen(placeholder);
    char *result = must_malloc(strlen(word) * (strlen(text) + 1) + 1);
    char *to = result;

    while (*word != '\0') {
        if (strncmp(word, placeholder, length) == 0) {
            to = stpcpy(to, text);
            word += length;
        } else {
            *to++ = *word++;
        }
    }
    *to = '\0';
    return result;
}

static void
run_replaced(const char *text)
{
    char **argv = must_malloc((size_t)(command_words + 1) * sizeof(*argv));

    for (int i = 0; i < command_words; i++)
        argv[i] = fill_in(command[i], text);
    argv[command_words] = NULL;
    run(argv);
    free_list(argv);
}

static void
take_word(char *word)
{
    size_t bytes = strlen(word) + 1;

    if (placeholder != NULL) {
        run_replaced(word);
        free(word);
        return;
    }
    if (word_count > 0 && word_bytes + bytes > MAX_BYTES)
        run_gathered();
    words[word_count++] = word;
    word_bytes += bytes;
    if (word_count >= max_words || word_count == MAX_WORDS)
        run_gathered();
}

/* ---- reading ----------------------------------------------------------- */

/* Words that end with a zero byte, or, for -I, lines. */
static void
read_ended(int end)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length;

    while ((length = getdelim(&line, &room, end, stdin)) >= 0) {
        char *start = line;

        if (length > 0 && line[length - 1] == end)
            line[length - 1] = '\0';
        while (end == '\n' && isblank((unsigned char)*start))
            start++;
        if (*start != '\0' || end == '\0')
            take_word(must_strdup(start));
    }
    free(line);
}

static void
read_quoted(void)
{
    size_t used = 0, room = 64;
    char *word = must_malloc(room);
    bool in_word = false;
    int quote = 0, c;

    while ((c = getchar()) != EOF) {
        if (quote == 0 && isspace(c)) {
            if (in_word) {
                word[used] = '\0';
                take_word(must_strdup(word));
            }
            used = 0;
            in_word = false;
            continue;
        }
        in_word = true;
        if (c == quote) {
            quote = 0;
            continue;
        }
        if (quote == 0 && (c == '\'' || c == '"')) {
            quote = c;
            continue;
        }
        if (quote == 0 && c == '\\')
            c = getchar();
        if (used + 2 > room) {
            room *= 2;
            word = must_realloc(word, room);
        }
        word[used++] = (char)c;
    }
    if (quote != 0)
        die_about("input", "unmatched quote");
    word[used] = '\0';
    if (in_word)
        take_word(must_strdup(word));
    free(word);
}

int
main(int argc, char **argv)
{
    static char echo[] = "echo", *only_echo[] = {echo, NULL};
    static const char help[] = "[-0rt] [-n words] [-I text] [command ...]";
    bool ran_none;
    int option;

    prog_init(argv);
    while ((option = getopt(argc, argv, "+0rtn:I:")) != -1) {
        if (option == '0')
            zero_ends = true;
        else if (option == 'r')
            skip_empty = true;
        else if (option == 't')
            trace = true;
        else if (option == 'I' && optarg[0] != '\0')
            placeholder = optarg;
        else if (option != 'n' || !parse_number(optarg, &max_words) ||
                 max_words < 1)
            usage(help);
    }
    command = optind < argc ? argv + optind : only_echo;
    command_words = optind < argc ? argc - optind : 1;
    ran_none = ungetc(getchar(), stdin) == EOF;
    if (zero_ends)
        read_ended('\0');
    else if (placeholder != NULL)
        read_ended('\n');
    else
        read_quoted();
    if (word_count > 0 || (ran_none && !skip_empty && placeholder == NULL))
        run_gathered();
    return status;
}
