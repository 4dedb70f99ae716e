/* SPDX-License-Identifier: MIT */
/* bench.h: what the files of the benchmark share; see bench.c. */
#ifndef USER_TESTS_BENCH_H
#define USER_TESTS_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PAGE = 4096, MB = 1 << 20 };

/* Count from here; => instructions since then, per operation, idle ones not. */
void start(void);
uint64_t stop(uint64_t operations);

void need(bool fine, const char *what); /* or die */
char *map_pages(size_t pages);          /* private memory */
void touch(char *p, size_t pages);      /* write to each */

uint64_t vmstat(const char *name); /* a counter of /proc/vmstat */

/* Rows: one measurement each. */
uint64_t write_fault(void);
uint64_t swap_out(void), swap_in_order(void), swap_in_random(void);

/* Tables. */
void print_processes(void), print_swapped_vmas(void);
void print_ram(const char *ram); /* one column, headed so */
void print_vmas(void), print_forks(void);

/* Run a command; exit if it fails. */
void print_command(char **argv);

#endif
