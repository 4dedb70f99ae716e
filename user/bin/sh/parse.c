/* SPDX-License-Identifier: MIT */
/*
 * parse.c - tokens to a tree, by recursive descent. One function for each rule
 * of the grammar:
 *
 *   line      list newline
 *   list      and_or { (";" | "&") and_or } [";" | "&"]
 *   and_or    pipeline { ("&&" | "||") newlines pipeline }
 *   pipeline  ["!"] command { "|" newlines command }
 *   command   compound { redirect } | name "(" ")" compound | simple
 *   compound  "(" body ")" | "{" body "}" | if | while | until | for | case
 *   body      newlines and_or { separator and_or } [separator]
 *
 * Reserved words are words like any other and mean something only where a
 * command may start. After an error (lx->failed) every function returns soon,
 * with whatever it has; the tree is not used then.
 */
#include "parse.h"
#include <stdlib.h>
#include <string.h>
#include "sh.h"
#include "skip.h"

static struct node *parse_command_node(struct lexer *lx);
static struct node *parse_body(struct lexer *lx);

static struct node *
new_node(struct lexer *lx, enum node_type type)
{
    struct node *node = pool_alloc(lx->pool, sizeof(*node));

    node->type = type;
    return node;
}

static struct node *
new_pair(struct lexer *lx, enum node_type type, struct node *left,
         struct node *right)
{
    struct node *node = new_node(lx, type);

    node->left = left;
    node->right = right;
    return node;
}

/* Complain about the next token, once. */
static void
unexpected(struct lexer *lx)
{
    enum token_type type = lex_peek(lx);

    if (!lx->failed && !lx->in->abandoned) {
        if (type == TOKEN_END)
            complain_sh("syntax error: unexpected end of input");
        else if (type == TOKEN_NEWLINE)
            complain_sh("syntax error: unexpected end of line");
        else
            complain_sh("syntax error near \"%.*s\"",
                        (int)(lx->end - lx->start), lx->text + lx->start);
    }
    lx->failed = true;
}

static bool
next_is_word(struct lexer *lx, const char *word)
{
    return lex_peek(lx) == TOKEN_WORD && strcmp(lx->word, word) == 0;
}

static bool
accept(struct lexer *lx, enum token_type type)
{
    if (lex_peek(lx) != type)
        return false;
    lex_take(lx);
    return true;
}

static bool
accept_word(struct lexer *lx, const char *word)
{
    if (!next_is_word(lx, word))
        return false;
    lex_take(lx);
    return true;
}

static void
expect_word(struct lexer *lx, const char *word)
{
    if (!accept_word(lx, word))
        unexpected(lx);
}

static void
skip_newlines(struct lexer *lx)
{
    while (accept(lx, TOKEN_NEWLINE))
        ;
}

/* The text of the next token, which must be a word. */
static char *
take_word(struct lexer *lx)
{
    char *word;

    if (lex_peek(lx) != TOKEN_WORD) {
        unexpected(lx);
        return pool_strdup(lx->pool, "");
    }
    word = lx->word;
    lex_take(lx);
    return word;
}

/* Append a word to a list; end is the address of its last link. */
static struct word **
append_word(struct lexer *lx, struct word **end, char *text)
{
    struct word *word = pool_alloc(lx->pool, sizeof(*word));

    word->text = text;
    *end = word;
    return &word->next;
}

/* ---- redirections ------------------------------------------------------- */

static bool
redirect_type(enum token_type token, struct redirect *redirect)
{
    static const struct {
        enum token_type token;
        enum redirect_type type;
        int fd;
    } table[] = {
        {TOKEN_LESS, REDIRECT_READ, 0},
        {TOKEN_LESS_GREAT, REDIRECT_READ_WRITE, 0},
        {TOKEN_LESS_AND, REDIRECT_DUP, 0},
        {TOKEN_DOUBLE_LESS, REDIRECT_HERE, 0},
        {TOKEN_DOUBLE_LESS_DASH, REDIRECT_HERE, 0},
        {TOKEN_GREAT, REDIRECT_WRITE, 1},
        {TOKEN_CLOBBER, REDIRECT_WRITE, 1},
        {TOKEN_DOUBLE_GREAT, REDIRECT_APPEND, 1},
        {TOKEN_GREAT_AND, REDIRECT_DUP, 1},
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (table[i].token == token) {
            redirect->type = table[i].type;
            redirect->fd = table[i].fd;
            redirect->strip = token == TOKEN_DOUBLE_LESS_DASH;
            return true;
        }
    return false;
}

/* Remove the quotes from the end mark of a here-document. */
static void
unquote_mark(struct redirect *here)
{
    char *to = here->target;

    here->quoted = strpbrk(here->target, "\\'\"") != NULL;
    for (const char *from = here->target; *from != '\0'; from++) {
        if (*from == '\\' && from[1] != '\0')
            from++;
        else if (*from == '\'' || *from == '"')
            continue;
        *to++ = *from;
    }
    *to = '\0';
}

/* Parse redirections as long as there are any. */
static struct redirect **
parse_redirects(struct lexer *lx, struct redirect **end)
{
    for (;;) {
        struct redirect found = {0};
        struct redirect *redirect;
        int fd = -1;

        if (lex_peek(lx) == TOKEN_FD) {
            fd = atoi(lx->word);
            lex_take(lx);
        }
        if (!redirect_type(lex_peek(lx), &found)) {
            if (fd >= 0)
                unexpected(lx);
            return end;
        }
        lex_take(lx);
        redirect = pool_alloc(lx->pool, sizeof(*redirect));
        *redirect = found;
        if (fd >= 0)
            redirect->fd = fd;
        redirect->target = take_word(lx);
        if (redirect->type == REDIRECT_HERE) {
            unquote_mark(redirect);
            lex_add_here(lx, redirect);
        }
        *end = redirect;
        end = &redirect->next;
    }
}

/* ---- compound commands -------------------------------------------------- */

/* What stands behind "if" or "elif". */
static struct node *
parse_if(struct lexer *lx)
{
    struct node *node = new_node(lx, NODE_IF);

    node->test = parse_body(lx);
    expect_word(lx, "then");
    node->left = parse_body(lx);
    if (accept_word(lx, "elif")) {
        node->right = lx->failed ? NULL : parse_if(lx);
        return node;
    }
    if (accept_word(lx, "else"))
        node->right = parse_body(lx);
    expect_word(lx, "fi");
    return node;
}

static struct node *
parse_do(struct lexer *lx)
{
    struct node *body;

    expect_word(lx, "do");
    body = parse_body(lx);
    expect_word(lx, "done");
    return body;
}

static struct node *
parse_while(struct lexer *lx, enum node_type type)
{
    struct node *node = new_node(lx, type);

    node->test = parse_body(lx);
    node->left = parse_do(lx);
    return node;
}

static struct node *
parse_for(struct lexer *lx)
{
    struct node *node = new_node(lx, NODE_FOR);
    struct word **end = &node->words;

    node->name = take_word(lx);
    if (!lx->failed && name_length(node->name) != strlen(node->name)) {
        complain_sh("%s: bad loop variable", node->name);
        lx->failed = true;
    }
    skip_newlines(lx);
    node->all_arguments = !accept_word(lx, "in");
    if (!node->all_arguments)
        while (lex_peek(lx) == TOKEN_WORD)
            end = append_word(lx, end, take_word(lx));
    accept(lx, TOKEN_SEMI);
    skip_newlines(lx);
    node->left = parse_do(lx);
    return node;
}

static struct case_item *
parse_case_item(struct lexer *lx)
{
    struct case_item *item = pool_alloc(lx->pool, sizeof(*item));
    struct word **end = &item->patterns;

    accept(lx, TOKEN_LEFT_PAREN);
    do
        end = append_word(lx, end, take_word(lx));
    while (accept(lx, TOKEN_PIPE));
    if (!accept(lx, TOKEN_RIGHT_PAREN))
        unexpected(lx);
    skip_newlines(lx);
    if (lex_peek(lx) != TOKEN_DOUBLE_SEMI && !next_is_word(lx, "esac"))
        item->body = parse_body(lx);
    return item;
}

static struct node *
parse_case(struct lexer *lx)
{
    struct node *node = new_node(lx, NODE_CASE);
    struct case_item **end = &node->items;

    node->name = take_word(lx);
    skip_newlines(lx);
    expect_word(lx, "in");
    skip_newlines(lx);
    while (!lx->failed && !next_is_word(lx, "esac")) {
        *end = parse_case_item(lx);
        end = &(*end)->next;
        if (!accept(lx, TOKEN_DOUBLE_SEMI))
            break;
        skip_newlines(lx);
    }
    expect_word(lx, "esac");
    return node;
}

/* => NULL if the next token starts no compound command */
static struct node *
parse_compound(struct lexer *lx)
{
    struct node *node;

    if (accept(lx, TOKEN_LEFT_PAREN)) {
        node = new_pair(lx, NODE_SUBSHELL, parse_body(lx), NULL);
        if (!accept(lx, TOKEN_RIGHT_PAREN))
            unexpected(lx);
        return node;
    }
    if (accept_word(lx, "{")) {
        node = new_pair(lx, NODE_GROUP, parse_body(lx), NULL);
        expect_word(lx, "}");
        return node;
    }
    if (accept_word(lx, "if"))
        return parse_if(lx);
    if (accept_word(lx, "while"))
        return parse_while(lx, NODE_WHILE);
    if (accept_word(lx, "until"))
        return parse_while(lx, NODE_UNTIL);
    if (accept_word(lx, "for"))
        return parse_for(lx);
    if (accept_word(lx, "case"))
        return parse_case(lx);
    return NULL;
}

/* ---- simple commands and functions -------------------------------------- */

static bool
is_assignment(const char *word)
{
    size_t n = name_length(word);

    return n > 0 && word[n] == '=';
}

/* Behind "name (". */
static struct node *
parse_function(struct lexer *lx, char *name)
{
    struct node *node = new_node(lx, NODE_FUNCTION);

    if (!accept(lx, TOKEN_RIGHT_PAREN))
        unexpected(lx);
    skip_newlines(lx);
    node->name = name;
    node->left = parse_compound(lx);
    if (node->left == NULL)
        unexpected(lx);
    else
        parse_redirects(lx, &node->left->redirects);
    return node;
}

static struct node *
parse_simple(struct lexer *lx)
{
    struct node *node = new_node(lx, NODE_SIMPLE);
    struct word **assignment_end = &node->assignments;
    struct word **word_end = &node->words;
    struct redirect **redirect_end = &node->redirects;

    for (;;) {
        redirect_end = parse_redirects(lx, redirect_end);
        if (lex_peek(lx) != TOKEN_WORD || lx->failed)
            break;
        if (node->words == NULL && is_assignment(lx->word))
            assignment_end = append_word(lx, assignment_end, take_word(lx));
        else
            word_end = append_word(lx, word_end, take_word(lx));
        if (node->words != NULL && word_end == &node->words->next &&
            node->assignments == NULL && node->redirects == NULL &&
            accept(lx, TOKEN_LEFT_PAREN))
            return parse_function(lx, node->words->text);
    }
    if (node->words == NULL && node->assignments == NULL &&
        node->redirects == NULL)
        unexpected(lx);
    return node;
}

/* Words that end the body of a compound command. */
static bool
at_reserved_end(struct lexer *lx)
{
    static const char *const words[] = {
        "then", "else", "elif", "fi", "do", "done", "esac", "}",
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (next_is_word(lx, words[i]))
            return true;
    return false;
}

static struct node *
parse_command_node(struct lexer *lx)
{
    struct node *node;

    if (at_reserved_end(lx)) {
        unexpected(lx);
        return new_node(lx, NODE_SIMPLE);
    }
    node = parse_compound(lx);
    if (node == NULL)
        return parse_simple(lx);
    parse_redirects(lx, &node->redirects);
    return node;
}

/* ---- lists -------------------------------------------------------------- */

static struct node *
parse_pipeline(struct lexer *lx)
{
    bool negated = accept_word(lx, "!");
    struct node *node = parse_command_node(lx);

    if (lex_peek(lx) == TOKEN_PIPE && !lx->failed) {
        struct node *pipe = new_pair(lx, NODE_PIPE, node, NULL);

        while (!lx->failed && accept(lx, TOKEN_PIPE)) {
            skip_newlines(lx);
            node->next = parse_command_node(lx);
            node = node->next;
        }
        node = pipe;
    }
    return negated ? new_pair(lx, NODE_NOT, node, NULL) : node;
}

static struct node *
parse_and_or(struct lexer *lx)
{
    struct node *node = parse_pipeline(lx);

    while (!lx->failed) {
        enum node_type type;

        if (accept(lx, TOKEN_AND_IF))
            type = NODE_AND;
        else if (accept(lx, TOKEN_OR_IF))
            type = NODE_OR;
        else
            break;
        skip_newlines(lx);
        node = new_pair(lx, type, node, parse_pipeline(lx));
    }
    return node;
}

/* An and_or, put in the background if "&" follows. */
static struct node *
parse_item(struct lexer *lx, bool *separated)
{
    size_t start;
    struct node *node, *wrapped;

    lex_peek(lx);
    start = lx->start;
    node = parse_and_or(lx);
    *separated = accept(lx, TOKEN_SEMI);
    if (*separated || lex_peek(lx) != TOKEN_AMP || lx->failed)
        return node;
    wrapped = new_pair(lx, NODE_BACKGROUND, node, NULL);
    wrapped->text = pool_strndup(lx->pool, lx->text + start, lx->start - start);
    lex_take(lx);
    *separated = true;
    return wrapped;
}

static bool
at_body_end(struct lexer *lx)
{
    enum token_type type = lex_peek(lx);

    return type == TOKEN_END || type == TOKEN_RIGHT_PAREN ||
           type == TOKEN_DOUBLE_SEMI || at_reserved_end(lx);
}

/* The commands between the words of a compound command; at least one. */
static struct node *
parse_body(struct lexer *lx)
{
    struct node *list = NULL;
    bool separated = true;

    skip_newlines(lx);
    while (!lx->failed && separated && (list == NULL || !at_body_end(lx))) {
        struct node *item = parse_item(lx, &separated);

        list = list != NULL ? new_pair(lx, NODE_LIST, list, item) : item;
        if (lex_peek(lx) == TOKEN_NEWLINE) {
            separated = true;
            skip_newlines(lx);
        }
    }
    return list;
}

enum parse_result
parse_command(struct lexer *lx, struct pool *pool, struct node **tree)
{
    bool separated = true;

    *tree = NULL;
    lex_start(lx, pool);
    if (lex_peek(lx) == TOKEN_END)
        return lx->failed ? PARSE_ERROR : PARSE_END;
    while (!lx->failed && separated && lex_peek(lx) != TOKEN_NEWLINE &&
           lex_peek(lx) != TOKEN_END) {
        struct node *item = parse_item(lx, &separated);

        *tree = *tree != NULL ? new_pair(lx, NODE_LIST, *tree, item) : item;
    }
    if (!lx->failed && lex_peek(lx) != TOKEN_NEWLINE &&
        lex_peek(lx) != TOKEN_END)
        unexpected(lx);
    if (!lx->failed)
        return PARSE_COMMAND;
    /* Nothing behind an error on the same line is tried. */
    lx->pos = lx->length;
    return PARSE_ERROR;
}
