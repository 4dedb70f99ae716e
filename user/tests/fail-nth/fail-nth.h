/* SPDX-License-Identifier: MIT */
/*
 * fail-nth.h: the calls that are made while allocations fail.
 */
#ifndef FAIL_NTH_H
#define FAIL_NTH_H

#include "../test.h"

enum { PAGES = 16, SIZE = PAGES * PAGE };

/* begin comes before, end after every call; errors of both are the test's. */
struct call {
    const char *name;
    void (*begin)(void); /* or NULL */
    long (*call)(void);
    void (*end)(long result); /* or NULL */
    int error;                /* allowed beside ENOMEM */
    bool child;               /* made in a child, which may be killed */
};

/* memory.c, files.c: tables that end with a call without a name */
extern const struct call memory_calls[], file_calls[];

/* memory.c */
extern char *area;
extern char swap_device[64];
void mapped_fresh(void);
void end_map(long result);
void end_area(long result);

#endif
