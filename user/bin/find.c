/* SPDX-License-Identifier: MIT */
/*
 * find: walk through directories and act on what is found.
 *
 * Usage: find [path ...] [expression]
 *   -name P  -iname P  -path P   the name, or the whole path, matches P
 *   -type [fdlcbps]              kind of file
 *   -size [+-]N[ckMG]            size in units of 512 bytes (or c k M G)
 *   -mtime [+-]N  -newer FILE    age in days; changed after FILE was
 *   -empty  -perm [-]OCTAL  -user U  -links [+-]N  -inum N
 *   -maxdepth N  -mindepth N  -depth  -xdev   how to walk
 *   -print  -print0  -exec CMD {} ;  -exec CMD {} +  -delete  -prune  -quit
 *   ( e )  ! e  -not e  e -a e  e e  e -o e
 *
 * The expression is parsed into a tree of nodes, which is evaluated for each
 * file. Without an action, -print is done. `-exec ... +` runs one command for
 * many files.
 *
 * Not done: -L, -ok, -regex.
 */
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "util.h"

enum { DAY_SECONDS = 24 * 60 * 60, BATCH = 256 };

struct file {
    const char *path;
    struct stat st;
    bool pruned;
};

struct node {
    bool (*test)(struct node *node, struct file *file);
    struct node *left, *right;
    const char *text;
    char **command; /* -exec: its words */
    int words;
    char **batch; /* -exec +: files that wait */
    int waiting;
    int sign; /* of +N and -N */
    long long number, unit;
    struct node *next_batch;
};

static char **next_word;
static struct node *batches;
static long long max_depth = INT_MAX, min_depth;
static bool depth_first, one_device, have_action;
static dev_t device;
static int status;

static struct node *parse_or(void);

/* ---- tests ------------------------------------------------------------- */

static bool
compare(const struct node *node, long long value)
{
    if (node->sign > 0)
        return value > node->number;
    if (node->sign < 0)
        return value < node->number;
    return value == node->number;
}

static bool
test_and(struct node *node, struct file *file)
{
    return node->left->test(node->left, file) &&
           node->right->test(node->right, file);
}

static bool
test_or(struct node *node, struct file *file)
{
    return node->left->test(node->left, file) ||
           node->right->test(node->right, file);
}

static bool
test_not(struct node *node, struct file *file)
{
    return !node->left->test(node->left, file);
}

static bool
test_true(struct node *node, struct file *file)
{
    (void)node;
    (void)file;
    return true;
}

static bool
test_name(struct node *node, struct file *file)
{
    return fnmatch(node->text, path_tail(file->path), (int)node->number) == 0;
}

static bool
test_path(struct node *node, struct file *file)
{
    return fnmatch(node->text, file->path, 0) == 0;
}

static bool
test_type(struct node *node, struct file *file)
{
    char mode[MODE_CHARS];
    char letter = mode_string(mode, file->st.st_mode)[0];

    return node->text[0] == (letter == '-' ? 'f' : letter);
}

static bool
test_size(struct node *node, struct file *file)
{
    return compare(node, (file->st.st_size + node->unit - 1) / node->unit);
}

static bool
test_mtime(struct node *node, struct file *file)
{
    return compare(node, (time(NULL) - file->st.st_mtim.tv_sec) / DAY_SECONDS);
}

static bool
test_newer(struct node *node, struct file *file)
{
    return file->st.st_mtim.tv_sec > node->number ||
           (file->st.st_mtim.tv_sec == node->number &&
            file->st.st_mtim.tv_nsec > node->unit);
}

static bool
test_empty(struct node *node, struct file *file)
{
    size_t count = 1;
    char **names;

    (void)node;
    if (S_ISREG(file->st.st_mode))
        return file->st.st_size == 0;
    if (!S_ISDIR(file->st.st_mode))
        return false;
    names = list_dir(file->path, &count);
    if (names != NULL)
        free_list(names);
    return count == 0;
}

static bool
test_perm(struct node *node, struct file *file)
{
    long long mode = file->st.st_mode & 07777;

    return node->sign < 0 ? (mode & node->number) == node->number
                          : mode == node->number;
}

static bool
test_user(struct node *node, struct file *file)
{
    return file->st.st_uid == (uid_t)node->number;
}

static bool
test_links(struct node *node, struct file *file)
{
    return compare(node, (long long)file->st.st_nlink);
}

static bool
test_inum(struct node *node, struct file *file)
{
    return compare(node, (long long)file->st.st_ino);
}

/* ---- actions ----------------------------------------------------------- */

static bool
do_print(struct node *node, struct file *file)
{
    fputs(file->path, stdout);
    putchar((int)node->number);
    return true;
}

static bool
do_prune(struct node *node, struct file *file)
{
    (void)node;
    file->pruned = true;
    return true;
}

static bool
do_delete(struct node *node, struct file *file)
{
    (void)node;
    if ((S_ISDIR(file->st.st_mode) ? rmdir(file->path) : unlink(file->path)) <
        0) {
        status = complain(file->path);
        return false;
    }
    return true;
}

static bool
do_quit(struct node *node, struct file *file)
{
    (void)node;
    (void)file;
    exit(finish(status));
}

/* Run a command. => true if it succeeded */
static bool
run(char **words)
{
    int result;
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid < 0) {
        status = complain("fork");
        return false;
    }
    if (pid == 0) {
        execvp(words[0], words);
        _exit(complain(words[0]));
    }
    return waitpid(pid, &result, 0) == pid && result == 0;
}

/* Replace every {} in a word by the path. */
static char *
fill_in(const char *word, const char *path)
{
    char *text = must_malloc(strlen(word) * (strlen(path) + 1) + 1), *to = text;

    while (*word != '\0') {
        if (word[0] == '{' && word[1] == '}') {
            to = stpcpy(to, path);
            word += 2;
        } else {
            *to++ = *word++;
        }
    }
    *to = '\0';
    return text;
}

static bool
do_exec(struct node *node, struct file *file)
{
    char **words = must_malloc((size_t)(node->words + 1) * sizeof(*words));
    bool good;

    for (int i = 0; i < node->words; i++)
        words[i] = fill_in(node->command[i], file->path);
    words[node->words] = NULL;
    good = run(words);
    free_list(words);
    return good;
}

static void
run_batch(struct node *node)
{
    node->batch[node->words + node->waiting] = NULL;
    if (node->waiting > 0 && !run(node->batch))
        status = 1;
    for (int i = 0; i < node->waiting; i++)
        free(node->batch[node->words + i]);
    node->waiting = 0;
}

static bool
do_exec_batch(struct node *node, struct file *file)
{
    node->batch[node->words + node->waiting++] = must_strdup(file->path);
    if (node->waiting == BATCH)
        run_batch(node);
    return true;
}

/* ---- parsing ----------------------------------------------------------- */

static struct node *
new_node(bool (*test)(struct node *, struct file *), struct node *left,
         struct node *right)
{
    struct node *node = must_malloc(sizeof(*node));

    memset(node, 0, sizeof(*node));
    node->test = test;
    node->left = left;
    node->right = right;
    return node;
}

static const char *
argument(const char *of)
{
    if (*next_word == NULL)
        die_about(of, "argument missing");
    return *next_word++;
}

/* [+-]N with an optional unit. */
static void
parse_amount(struct node *node, const char *text, bool size)
{
    char *end;

    if (*text == '+' || *text == '-')
        node->sign = *text++ == '+' ? 1 : -1;
    node->number = strtoll(text, &end, 10);
    node->unit = 512;
    if (size && *end != '\0') {
        const char *letter = strchr("cbkMG", *end);
        static const int shifts[] = {0, 9, 10, 20, 30};

        if (letter == NULL)
            die_about(text, "unknown unit");
        node->unit = 1ll << shifts[letter - "cbkMG"];
        end++;
    }
    if (end == text || *end != '\0')
        die_about(text, "not a number");
}

static struct node *
parse_exec(void)
{
    struct node *node = new_node(do_exec, NULL, NULL);

    node->command = next_word;
    while (*next_word != NULL && strcmp(*next_word, ";") != 0 &&
           !(strcmp(*next_word, "+") == 0 && next_word > node->command &&
             strcmp(next_word[-1], "{}") == 0))
        next_word++;
    node->words = (int)(next_word - node->command);
    if (*next_word == NULL || node->words == 0)
        die_about("-exec", "no ; or + at the end");
    if ((*next_word++)[0] == '+') {
        node->test = do_exec_batch;
        node->words--;
        node->batch = must_malloc((size_t)(node->words + BATCH + 1) *
                                  sizeof(*node->batch));
        memcpy(node->batch, node->command,
               (size_t)node->words * sizeof(*node->batch));
        node->next_batch = batches;
        batches = node;
    }
    have_action = true;
    return node;
}

/* Words that only say how to walk. => NULL for others */
static struct node *
parse_walk_option(const char *word)
{
    long long *limit = NULL;

    if (strcmp(word, "-maxdepth") == 0)
        limit = &max_depth;
    else if (strcmp(word, "-mindepth") == 0)
        limit = &min_depth;
    else if (strcmp(word, "-depth") == 0)
        depth_first = true;
    else if (strcmp(word, "-xdev") == 0 || strcmp(word, "-mount") == 0)
        one_device = true;
    else
        return NULL;
    if (limit != NULL && !parse_number(argument(word), limit))
        die_about(word, "not a number");
    return new_node(test_true, NULL, NULL);
}

static struct node *
parse_action(const char *word)
{
    struct node *node = new_node(do_print, NULL, NULL);

    node->number = '\n';
    if (strcmp(word, "-print0") == 0) {
        node->number = '\0';
    } else if (strcmp(word, "-delete") == 0) {
        node->test = do_delete;
        depth_first = true;
    } else if (strcmp(word, "-quit") == 0) {
        node->test = do_quit;
    } else if (strcmp(word, "-prune") == 0) {
        node->test = do_prune;
        return node;
    } else if (strcmp(word, "-print") != 0) {
        free(node);
        return NULL;
    }
    have_action = true;
    return node;
}

/* Give a test its argument in the form it wants. */
static void
complete_test(struct node *node, const char *word, const char *text)
{
    struct stat st;
    uid_t uid;

    node->text = text;
    if (strcmp(word, "-iname") == 0) {
        node->number = FNM_CASEFOLD;
    } else if (node->test == test_perm) {
        node->sign = *text == '-' ? -1 : 0;
        node->number = strtoll(text + (*text == '-'), NULL, 8);
    } else if (node->test == test_user) {
        if (!find_user(text, &uid))
            die_about(text, "no such user");
        node->number = uid;
    } else if (node->test == test_newer) {
        if (stat(text, &st) < 0)
            die(text);
        node->number = st.st_mtim.tv_sec;
        node->unit = st.st_mtim.tv_nsec;
    } else if (node->test == test_size || node->test == test_mtime ||
               node->test == test_links || node->test == test_inum) {
        parse_amount(node, text, node->test == test_size);
    }
}

static struct node *
parse_test(const char *word)
{
    static const struct {
        const char *word;
        bool (*test)(struct node *, struct file *);
    } tests[] = {
        {"-name", test_name},   {"-iname", test_name}, {"-path", test_path},
        {"-type", test_type},   {"-size", test_size},  {"-mtime", test_mtime},
        {"-newer", test_newer}, {"-perm", test_perm},  {"-user", test_user},
        {"-links", test_links}, {"-inum", test_inum},
    };

    if (strcmp(word, "-empty") == 0)
        return new_node(test_empty, NULL, NULL);
    for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        struct node *node;

        if (strcmp(word, tests[i].word) != 0)
            continue;
        node = new_node(tests[i].test, NULL, NULL);
        complete_test(node, word, argument(word));
        return node;
    }
    die_about(word, "unknown word");
}

static struct node *
parse_primary(void)
{
    const char *word = argument("expression");
    struct node *node;

    if (strcmp(word, "!") == 0 || strcmp(word, "-not") == 0)
        return new_node(test_not, parse_primary(), NULL);
    if (strcmp(word, "(") == 0) {
        node = parse_or();
        if (strcmp(argument("("), ")") != 0)
            die_about("(", "unmatched");
        return node;
    }
    if (strcmp(word, "-exec") == 0)
        return parse_exec();
    node = parse_walk_option(word);
    if (node == NULL)
        node = parse_action(word);
    return node != NULL ? node : parse_test(word);
}

static struct node *
parse_and(void)
{
    struct node *node = parse_primary();

    while (*next_word != NULL && strcmp(*next_word, ")") != 0 &&
           strcmp(*next_word, "-o") != 0) {
        if (strcmp(*next_word, "-a") == 0)
            next_word++;
        node = new_node(test_and, node, parse_primary());
    }
    return node;
}

static struct node *
parse_or(void)
{
    struct node *node = parse_and();

    while (*next_word != NULL && strcmp(*next_word, "-o") == 0) {
        next_word++;
        node = new_node(test_or, node, parse_and());
    }
    return node;
}

/* ---- the walk ---------------------------------------------------------- */

static void walk(const char *path, struct node *expression, int depth);

static void
walk_children(const char *path, struct node *expression, int depth)
{
    char **names = list_dir(path, NULL);

    if (names == NULL) {
        status = complain(path);
        return;
    }
    for (char **name = names; *name != NULL; name++) {
        char *child = path_join(path, *name);

        walk(child, expression, depth);
        free(child);
    }
    free_list(names);
}

static void
walk(const char *path, struct node *expression, int depth)
{
    struct file file = {.path = path};
    bool descend;

    if (lstat(path, &file.st) < 0) {
        status = complain(path);
        return;
    }
    if (depth == 0)
        device = file.st.st_dev;
    descend = S_ISDIR(file.st.st_mode) && depth < max_depth &&
              (!one_device || file.st.st_dev == device);
    if (!depth_first && depth >= min_depth)
        expression->test(expression, &file);
    if (descend && !file.pruned)
        walk_children(path, expression, depth + 1);
    if (depth_first && depth >= min_depth)
        expression->test(expression, &file);
}

static bool
starts_expression(const char *word)
{
    return word[0] == '-' || strcmp(word, "!") == 0 || strcmp(word, "(") == 0;
}

int
main(int argc, char **argv)
{
    struct node *expression, *print;
    int paths = 1;

    prog_init(argv);
    while (paths < argc && !starts_expression(argv[paths]))
        paths++;
    next_word = argv + paths;
    expression = paths < argc ? parse_or() : new_node(test_true, NULL, NULL);
    if (*next_word != NULL)
        die_about(*next_word, "unexpected");
    if (!have_action) {
        print = new_node(do_print, NULL, NULL);
        print->number = '\n';
        expression = new_node(test_and, expression, print);
    }
    if (paths == 1)
        walk(".", expression, 0);
    for (int i = 1; i < paths; i++)
        walk(argv[i], expression, 0);
    for (struct node *node = batches; node != NULL; node = node->next_batch)
        run_batch(node);
    return finish(status);
}
