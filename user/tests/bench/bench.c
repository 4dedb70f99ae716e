/* SPDX-License-Identifier: MIT */
/*
 * bench: what the kernel's work costs, in instructions.
 *
 * Usage: bench [costs [WORD]]      only the rows whose name holds the word
 *        bench processes | swapped-vmas | ram | vmas | forks
 *        bench run COMMAND...             what it costs: run.c
 *
 * It prints a Markdown table. The others say how costs grow: crowd.c, vmas.c.
 * That of costs has the figures of this run beside those that were
 * measured once for Linux 6.12 and xv6 on the same machine, and the budget that
 * each row was designed for. `make bench` runs it as its figures mean:
 *
 *     qemu-system-riscv64 -machine virt -smp 1 -m 128M -icount shift=0
 *
 * where the instret register counts exactly and repeats. Instructions that the
 * idle loop spends while waiting for the disk depend on the host; the kernel
 * sums them (idle_instret in /proc/stat) and they are taken off.
 *
 * Each row is measured five times and the minimum counts; "spread" is the
 * distance to the maximum. A figure holds everything that one operation costs,
 * the program's own instructions included.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>
#include "util.h"
#include "bench.h"

enum {
    RUNS = 5,
    CALLS = 2000,
    FORKS = 20,
    PAGES = 1024, /* 4 MB */
    HEAP_MB = 16,
    ROUND_TRIPS = 500,
    PIPE_MB = 8,
    FILE_KB = 128,
    FILES = 50,
};

static char *area; /* PAGES pages of private memory, for several rows */
static char buf[PAGE];
static uint64_t boot_instret;
static const char scratch[] = "/mnt/bench-file";
static const char many[] = "/mnt/bench-many";

/* ---- counting ---------------------------------------------------------- */

static uint64_t count_start, idle_start;

static inline uint64_t
instret(void)
{
    uint64_t n;

    __asm__ volatile("rdinstret %0" : "=r"(n)::"memory");
    return n;
}

/* What the idle loop has spent since the boot. */
static uint64_t
idle_instret(void)
{
    char *text = read_whole("/proc/stat", NULL);
    uint64_t n;

    if (text == NULL)
        die("/proc/stat");
    n = proc_field(text, "idle_instret");
    free(text);
    return n;
}

void
start(void)
{
    idle_start = idle_instret();
    count_start = instret();
}

/* => instructions since start(), per operation */
uint64_t
stop(uint64_t operations)
{
    uint64_t n = instret() - count_start;

    return (n - (idle_instret() - idle_start)) / operations;
}

/* ---- helpers ----------------------------------------------------------- */

void
need(bool fine, const char *what)
{
    if (!fine)
        die(what);
}

char *
map_pages(size_t pages)
{
    char *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    need(p != MAP_FAILED, "mmap");
    return p;
}

void
touch(char *p, size_t pages)
{
    for (size_t i = 0; i < pages; i++)
        *(volatile char *)(p + i * PAGE) = 1;
}

static void
reap(pid_t pid)
{
    int status;

    need(waitpid(pid, &status, 0) == pid && status == 0, "child");
}

/* ---- processes --------------------------------------------------------- */

static uint64_t
null_call(void)
{
    start();
    for (int i = 0; i < CALLS; i++)
        getppid();
    return stop(CALLS);
}

static uint64_t
fork_exit_wait(void)
{
    start();
    for (int i = 0; i < FORKS; i++) {
        pid_t pid = fork();

        if (pid == 0)
            _exit(0);
        reap(pid);
    }
    return stop(FORKS);
}

static uint64_t
fork_large(void)
{
    size_t pages = (size_t)HEAP_MB * MB / PAGE;
    char *p = map_pages(pages);
    uint64_t n;

    touch(p, pages);
    n = fork_exit_wait();
    munmap(p, pages * PAGE);
    return n;
}

static uint64_t
fork_exec(void)
{
    char *none[] = {NULL};

    start();
    for (int i = 0; i < FORKS; i++) {
        pid_t pid = fork();

        if (pid == 0) {
            execve("/tests/bench-null", none, none);
            _exit(1);
        }
        reap(pid);
    }
    return stop(FORKS);
}

/* Two processes on one hart: each yield is a switch to the other. */
static uint64_t
yield_switch(void)
{
    pid_t pid = fork();
    uint64_t n;

    if (pid == 0)
        for (;;)
            sched_yield();
    for (int i = 0; i < 10; i++)
        sched_yield();
    start();
    for (int i = 0; i < CALLS / 2; i++)
        sched_yield();
    n = stop(CALLS);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return n;
}

static uint64_t
ping_pong(void)
{
    int there[2], back[2];
    uint64_t n;
    pid_t pid;
    char c = 0;

    need(pipe(there) == 0 && pipe(back) == 0, "pipe");
    pid = fork();
    if (pid == 0)
        for (int i = 0;; i++)
            if (read(there[0], &c, 1) != 1 || write(back[1], &c, 1) != 1)
                _exit(0);
    start();
    for (int i = 0; i < ROUND_TRIPS; i++)
        need(write(there[1], &c, 1) == 1 && read(back[0], &c, 1) == 1, "pipe");
    n = stop(ROUND_TRIPS);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    for (int i = 0; i < 2; i++) {
        close(there[i]);
        close(back[i]);
    }
    return n;
}

static uint64_t
pipe_stream(void)
{
    size_t left = (size_t)PIPE_MB * MB;
    int fds[2];
    uint64_t n;
    pid_t pid;

    need(pipe(fds) == 0, "pipe");
    start();
    pid = fork();
    if (pid == 0) {
        for (; left > 0; left -= PAGE)
            need(write(fds[1], buf, PAGE) == PAGE, "pipe");
        _exit(0);
    }
    close(fds[1]);
    while (left > 0) {
        ssize_t got = read(fds[0], buf, PAGE);

        need(got > 0, "pipe");
        left -= (size_t)got;
    }
    reap(pid);
    n = stop((uint64_t)PIPE_MB * 1024);
    close(fds[0]);
    return n;
}

/* ---- memory ------------------------------------------------------------ */

uint64_t
write_fault(void)
{
    char *p = map_pages(PAGES);
    uint64_t n;

    touch(p, 1); /* the table page */
    start();
    touch(p + PAGE, PAGES - 1);
    n = stop(PAGES - 1);
    munmap(p, (size_t)PAGES * PAGE);
    return n;
}

static uint64_t
read_fault(void)
{
    volatile char *p = map_pages(PAGES);
    uint64_t n;

    (void)p[0];
    start();
    for (size_t i = 1; i < PAGES; i++)
        (void)p[i * PAGE];
    n = stop(PAGES - 1);
    munmap((void *)(uintptr_t)p, (size_t)PAGES * PAGE);
    return n;
}

static uint64_t
unmap_page(void)
{
    char *p = map_pages(PAGES);

    touch(p, PAGES);
    start();
    munmap(p, (size_t)PAGES * PAGE);
    return stop(PAGES);
}

/* The child writes to pages that the parent still has: copies. */
static uint64_t
copy_fault(void)
{
    uint64_t n = 0;
    int fds[2];
    pid_t pid;

    touch(area, PAGES);
    need(pipe(fds) == 0, "pipe");
    pid = fork();
    if (pid == 0) {
        touch(area, 1);
        start();
        touch(area + PAGE, PAGES - 1);
        n = stop(PAGES - 1);
        need(write(fds[1], &n, sizeof(n)) == sizeof(n), "pipe");
        _exit(0);
    }
    reap(pid);
    need(read(fds[0], &n, sizeof(n)) == sizeof(n), "pipe");
    close(fds[0]);
    close(fds[1]);
    return n;
}

/* The child has gone: the parent's pages are its own again. */
static uint64_t
reuse_fault(void)
{
    pid_t pid;

    touch(area, PAGES);
    pid = fork();
    if (pid == 0)
        _exit(0);
    reap(pid);
    touch(area, 1);
    start();
    touch(area + PAGE, PAGES - 1);
    return stop(PAGES - 1);
}

static uint64_t
fork_and_write(void)
{
    pid_t pid;

    touch(area, PAGES);
    start();
    pid = fork();
    if (pid == 0) {
        touch(area, PAGES);
        _exit(0);
    }
    reap(pid);
    return stop(PAGES);
}

static uint64_t
brk_pair(void)
{
    char *end = sbrk(0);
    uint64_t n;

    end = (char *)(((uintptr_t)end + PAGE - 1) / PAGE * PAGE);
    need(brk(end) == 0, "brk");
    start();
    for (int i = 0; i < CALLS; i++)
        need(brk(end + PAGE) == 0 && brk(end) == 0, "brk");
    n = stop(CALLS);
    return n;
}

static uint64_t
protect_pair(void)
{
    char *p = map_pages(16);
    uint64_t n;

    touch(p, 16);
    start();
    for (int i = 0; i < CALLS; i++)
        need(mprotect(p + 8 * PAGE, PAGE, PROT_READ) == 0 &&
                 mprotect(p + 8 * PAGE, PAGE, PROT_READ | PROT_WRITE) == 0,
             "mprotect");
    n = stop(CALLS);
    munmap(p, (size_t)16 * PAGE);
    return n;
}

/* ---- files ------------------------------------------------------------- */

static int
open_file(const char *path, int flags)
{
    int fd = open(path, flags, 0644);

    need(fd >= 0, path);
    return fd;
}

static void
write_file(const char *path, size_t size)
{
    int fd = open_file(path, O_WRONLY | O_CREAT);

    for (size_t done = 0; done < size; done += PAGE)
        need(write(fd, buf, PAGE) == PAGE, path);
    close(fd);
}

static uint64_t
write_new(void)
{
    uint64_t n;

    unlink(scratch);
    start();
    write_file(scratch, (size_t)FILE_KB * 1024);
    n = stop(FILE_KB);
    return n;
}

static uint64_t
read_cached(void)
{
    int fd = open_file(scratch, O_RDONLY);
    uint64_t n;

    start();
    for (int i = 0; i < FILE_KB / 4; i++)
        need(read(fd, buf, PAGE) == PAGE, scratch);
    n = stop(FILE_KB);
    close(fd);
    return n;
}

static uint64_t
create_unlink(void)
{
    start();
    for (int i = 0; i < FILES; i++) {
        close(open_file(many, O_WRONLY | O_CREAT));
        need(unlink(many) == 0, many);
    }
    return stop(FILES);
}

static uint64_t
open_close(void)
{
    start();
    for (int i = 0; i < CALLS; i++)
        close(open_file(scratch, O_RDONLY));
    return stop(CALLS);
}

static uint64_t
map_resident(void)
{
    size_t pages = FILE_KB / 4;
    int fd = open_file(scratch, O_RDONLY);
    volatile char *p;
    uint64_t n;

    start();
    p = mmap(NULL, pages * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    need(p != MAP_FAILED, "mmap");
    for (size_t i = 0; i < pages; i++)
        (void)p[i * PAGE];
    n = stop(pages);
    munmap((void *)(uintptr_t)p, pages * PAGE);
    close(fd);
    return n;
}

static uint64_t
boot(void)
{
    return boot_instret;
}

/* ---- the table --------------------------------------------------------- */

static const struct row {
    const char *name;
    uint64_t (*measure)(void);
    const char *linux_figure, *xv6_figure;
    uint64_t budget;
} rows[] = {
    {"null system call (getppid)", null_call, "438", "1082", 160},
    {"fork+exit+wait, small process", fork_exit_wait, "95931", "560786", 40000},
    {"fork+exit+wait, 16 MB dirtied heap", fork_large, "1680000", "188200000",
     600000},
    {"fork+exec+exit+wait, tiny static program", fork_exec, "210873", "1500225",
     90000},
    {"anonymous write fault (zeroed page)", write_fault, "4644", "25768", 1200},
    {"read fault on the zero page", read_fault, "1278", "-", 400},
    {"munmap, per touched page", unmap_page, "1596", "12594", 300},
    {"COW fault with copy", copy_fault, "5533", "eager", 2000},
    {"COW fault, frame reused", reuse_fault, "1441", "eager", 650},
    {"fork + child writes 4 MB, per page", fork_and_write, "7091", "46421",
     2800},
    {"pipe ping-pong round trip, 1 byte", ping_pong, "13779", "90325", 5000},
    {"pipe 8 MB in 4096-byte writes, per KB", pipe_stream, "2092", "708191",
     900},
    {"sched_yield to a peer, per switch", yield_switch, "3017", "-", 1000},
    {"write new file 128 KB, per KB (Linux: tmpfs / ext4)", write_new,
     "1954 / 4402", "953689", 900},
    {"read cached file, 4096-byte reads, per KB", read_cached, "793", "132471",
     380},
    {"create+close+unlink (Linux: tmpfs / ext2)", create_unlink,
     "25794 / 45061", "6170000", 15000},
    {"open+close an existing file", open_close, "8097", "574340", 2000},
    {"mmap file, touch resident page, per page", map_resident, "1203", "-",
     500},
    {"brk +1 page, -1 page", brk_pair, "11382", "40692", 1200},
    {"mprotect pair in the middle of a VMA", protect_pair, "20061", "-", 6000},
    {"page swapped out (2 x RAM, sequential)", swap_out, "16800", "-", 4000},
    {"page swapped in, sequential", swap_in_order, "17600", "-", 4000},
    {"page swapped in, random", swap_in_random, "27100", "-", 6000},
    {"reset to the first command", boot, "580000000", "433000000", 25000000},
};

static void
print_row(const struct row *row)
{
    uint64_t least = UINT64_MAX, most = 0;

    for (int i = 0; i < RUNS; i++) {
        uint64_t n = row->measure();

        least = n < least ? n : least;
        most = n > most ? n : most;
    }
    printf("| %s | %llu | %llu | %s | %s | %llu |\n", row->name,
           (unsigned long long)least, (unsigned long long)(most - least),
           row->linux_figure, row->xv6_figure, (unsigned long long)row->budget);
    fflush(stdout);
}

static void
print_costs(const char *word)
{
    area = map_pages(PAGES);
    write_file(scratch, (size_t)FILE_KB * 1024);
    printf("| instructions per operation | Folio | spread | Linux | xv6 "
           "| budget |\n|---|---:|---:|---:|---:|---:|\n");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (word == NULL || strstr(rows[i].name, word) != NULL)
            print_row(&rows[i]);
    unlink(scratch);
}

int
main(int argc, char **argv)
{
    const char *table = argc > 1 ? argv[1] : "costs";
    const char *word = argc > 2 ? argv[2] : NULL;

    boot_instret = instret() - idle_instret();
    prog_init(argv);
    if (strcmp(table, "run") == 0 && word != NULL) {
        print_command(argv + 2);
        return finish(0);
    }
    need(swapon("/dev/vda2", 0) == 0 || errno == EBUSY, "swapon");
    if (strcmp(table, "costs") == 0)
        print_costs(word);
    else if (strcmp(table, "processes") == 0)
        print_processes();
    else if (strcmp(table, "swapped-vmas") == 0)
        print_swapped_vmas();
    else if (strcmp(table, "ram") == 0)
        print_ram(word != NULL ? word : "this machine");
    else if (strcmp(table, "vmas") == 0)
        print_vmas();
    else if (strcmp(table, "forks") == 0)
        print_forks();
    else
        usage("[costs [WORD] | processes | swapped-vmas | ram | vmas | forks | "
              "run COMMAND...]");
    return finish(0);
}
