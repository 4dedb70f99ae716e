/* SPDX-License-Identifier: MIT */
/*
 * ast.h - the tree of a command. Words are kept as they were typed, quotes and
 * all; expand.c takes them apart each time the command runs.
 */
#ifndef SH_AST_H
#define SH_AST_H

#include <stdbool.h>

struct word {
    char *text;
    struct word *next;
};

enum redirect_type {
    REDIRECT_READ,       /* < */
    REDIRECT_WRITE,      /* >, >| */
    REDIRECT_APPEND,     /* >> */
    REDIRECT_READ_WRITE, /* <> */
    REDIRECT_DUP,        /* <&, >& */
    REDIRECT_HERE,       /* <<, <<- */
};

struct redirect {
    enum redirect_type type;
    int fd;
    char *target; /* file, descriptor, or the end mark of a here-document */
    char *body;   /* of a here-document */
    bool quoted;  /* the end mark was quoted: the body is not expanded */
    bool strip;   /* <<-: tabs at the start of lines go */
    struct redirect *next;
    struct redirect *next_pending; /* here-documents still to be read */
};

enum node_type {
    NODE_SIMPLE,     /* name=value ... word ... */
    NODE_PIPE,       /* parts | ... */
    NODE_AND,        /* left && right */
    NODE_OR,         /* left || right */
    NODE_LIST,       /* left ; right */
    NODE_NOT,        /* ! left */
    NODE_BACKGROUND, /* left & */
    NODE_SUBSHELL,   /* ( left ) */
    NODE_GROUP,      /* { left } */
    NODE_IF,         /* if test; then left; else right; fi */
    NODE_WHILE,      /* while test; do left; done */
    NODE_UNTIL,
    NODE_FOR,      /* for name in words; do left; done */
    NODE_CASE,     /* case name in items esac */
    NODE_FUNCTION, /* name() left */
};

struct case_item {
    struct word *patterns;
    struct node *body; /* NULL: nothing */
    struct case_item *next;
};

struct node {
    enum node_type type;
    struct redirect *redirects;
    struct node *left; /* NULL: nothing */
    struct node *right;
    struct node *test;
    struct node *next;        /* the next part of a pipe */
    struct word *assignments; /* of a simple command */
    struct word *words;
    bool all_arguments; /* NODE_FOR without "in" */
    char *name;         /* loop variable, case word, function */
    char *text;         /* NODE_BACKGROUND: as it was typed, for jobs */
    struct case_item *items;
};

#endif
