/* SPDX-License-Identifier: MIT */
/*
 * ps: show processes.
 *
 * Usage: ps [-efla] [aux] [-o field,...] [-p pid,...]
 *   none      the user's own; kernel threads have no arguments and are left out
 *   -e, -A, a, x   all of them      -f, -l, u   more about each
 *   -o   fields: pid ppid pgid sid tty stat time etime nice pri vsz rss
 *        minflt majflt nlwp cpu pcpu user comm args
 *
 * All is read from /proc/PID/stat (and cmdline, and the owner of the
 * directory); a process that ends meanwhile is left out. The fields of stat
 * are numbered as in proc(5); the second may hold blanks and brackets, so the
 * others are counted from the last ')'.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

enum {
    STAT_STATE = 3, /* numbers of fields, from proc(5) */
    STAT_PPID = 4,
    STAT_PGRP = 5,
    STAT_SESSION = 6,
    STAT_TTY = 7,
    STAT_MINFLT = 10,
    STAT_MAJFLT = 12,
    STAT_UTIME = 14,
    STAT_STIME = 15,
    STAT_PRIORITY = 18,
    STAT_NICE = 19,
    STAT_THREADS = 20,
    STAT_START = 22,
    STAT_VSIZE = 23,
    STAT_RSS = 24,
    STAT_CPU = 39,
    STAT_FIELDS = 53,
    COMM_CHARS = 32,
    MAX_COLUMNS = 24,
};

struct process {
    long pid;
    uid_t uid;
    char comm[COMM_CHARS];
    char state;
    long long field[STAT_FIELDS];
    char *args; /* NULL for a kernel thread */
};

static long ticks_per_second, page_bytes, uptime_seconds;

/* ---- reading ----------------------------------------------------------- */

static bool
parse_stat(char *text, struct process *process)
{
    char *open = strchr(text, '('), *close = strrchr(text, ')'), *p;

    if (open == NULL || close == NULL || close[1] != ' ')
        return false;
    *close = '\0';
    snprintf(process->comm, COMM_CHARS, "%s", open + 1);
    process->state = close[2];
    p = close + 3;
    for (int i = STAT_STATE + 1; i < STAT_FIELDS && *p == ' '; i++)
        process->field[i] = strtoll(p, &p, 10);
    return true;
}

/* The arguments, with blanks for the zeros between them. */
static char *
read_args(const char *dir)
{
    char *path = path_join(dir, "cmdline");
    size_t size;
    char *text = read_whole(path, &size);

    free(path);
    if (text == NULL || size == 0) {
        free(text);
        return NULL;
    }
    while (size > 0 && text[size - 1] == '\0')
        size--;
    for (size_t i = 0; i < size; i++)
        if (!isprint((unsigned char)text[i]))
            text[i] = text[i] == '\0' ? ' ' : '?';
    return text;
}

/* => false if the process has gone */
static bool
read_process(const char *name, struct process *process)
{
    char *dir = path_join("/proc", name), *path = path_join(dir, "stat");
    char *text = read_whole(path, NULL);
    struct stat st;
    bool good = false;

    memset(process, 0, sizeof(*process));
    if (text != NULL && stat(dir, &st) == 0 && parse_stat(text, process)) {
        process->pid = atol(name);
        process->uid = st.st_uid;
        process->args = read_args(dir);
        good = true;
    }
    free(text);
    free(path);
    free(dir);
    return good;
}

static void
read_system(void)
{
    char *text = read_whole("/proc/uptime", NULL);

    ticks_per_second = sysconf(_SC_CLK_TCK);
    page_bytes = sysconf(_SC_PAGESIZE);
    uptime_seconds = text != NULL ? atol(text) : 0;
    free(text);
}

/* ---- columns ----------------------------------------------------------- */

static void
format_number(char *text, size_t size, long long value)
{
    snprintf(text, size, "%lld", value);
}

static long
age_of(const struct process *process)
{
    return uptime_seconds -
           (long)(process->field[STAT_START] / ticks_per_second);
}

static long
cpu_seconds(const struct process *process)
{
    return (long)((process->field[STAT_UTIME] + process->field[STAT_STIME]) /
                  ticks_per_second);
}

static void
format_seconds(char *text, size_t size, long seconds)
{
    seconds = seconds > 0 ? seconds : 0;
    if (seconds >= 60 * 60)
        snprintf(text, size, "%ld:%02ld:%02ld", seconds / 3600,
                 seconds / 60 % 60, seconds % 60);
    else
        snprintf(text, size, "%ld:%02ld", seconds / 60, seconds % 60);
}

static void
show_stat(const struct process *process, char *text, size_t size)
{
    snprintf(text, size, "%c%s%s%s", process->state,
             process->field[STAT_NICE] > 0   ? "N"
             : process->field[STAT_NICE] < 0 ? "<"
                                             : "",
             process->field[STAT_SESSION] == process->pid ? "s" : "",
             process->field[STAT_THREADS] > 1 ? "l" : "");
}

/* A terminal's number holds the major in bits 8-19, the minor around it. */
static void
show_tty(const struct process *process, char *text, size_t size)
{
    unsigned int device = (unsigned int)process->field[STAT_TTY];
    unsigned int major = device >> 8 & 0xfff;
    unsigned int minor = (device & 0xff) | (device >> 12 & 0xfff00);

    if (device == 0)
        snprintf(text, size, "?");
    else if (major == 4 && minor >= 64)
        snprintf(text, size, "ttyS%u", minor - 64);
    else if (major == 5 && minor == 1)
        snprintf(text, size, "console");
    else
        snprintf(text, size, "%u,%u", major, minor);
}

static void
show_time(const struct process *process, char *text, size_t size)
{
    format_seconds(text, size, cpu_seconds(process));
}

static void
show_etime(const struct process *process, char *text, size_t size)
{
    format_seconds(text, size, age_of(process));
}

static void
show_pcpu(const struct process *process, char *text, size_t size)
{
    long age = age_of(process);
    long tenths = age > 0 ? 1000 * cpu_seconds(process) / age : 0;

    snprintf(text, size, "%ld.%ld", tenths / 10, tenths % 10);
}

static void
show_user(const struct process *process, char *text, size_t size)
{
    snprintf(text, size, "%s", user_name(process->uid));
}

static void
show_comm(const struct process *process, char *text, size_t size)
{
    snprintf(text, size, "%s", process->comm);
}

static void
show_args(const struct process *process, char *text, size_t size)
{
    if (process->args != NULL)
        snprintf(text, size, "%s", process->args);
    else
        snprintf(text, size, "[%s]", process->comm);
}

static void
show_pid(const struct process *process, char *text, size_t size)
{
    format_number(text, size, process->pid);
}

static void
show_vsz(const struct process *process, char *text, size_t size)
{
    format_number(text, size, process->field[STAT_VSIZE] / 1024);
}

static void
show_rss(const struct process *process, char *text, size_t size)
{
    format_number(text, size, process->field[STAT_RSS] * page_bytes / 1024);
}

/* A column: shown by a function, or a field of stat as it is. */
static const struct column {
    const char *name, *title;
    int width; /* negative: on the left */
    void (*show)(const struct process *process, char *text, size_t size);
    int field;
} columns[] = {
    {"pid", "PID", 5, show_pid, 0},
    {"ppid", "PPID", 5, NULL, STAT_PPID},
    {"pgid", "PGID", 5, NULL, STAT_PGRP},
    {"sid", "SID", 5, NULL, STAT_SESSION},
    {"tty", "TTY", -8, show_tty, 0},
    {"stat", "STAT", -4, show_stat, 0},
    {"time", "TIME", 6, show_time, 0},
    {"etime", "ELAPSED", 8, show_etime, 0},
    {"nice", "NI", 3, NULL, STAT_NICE},
    {"pri", "PRI", 3, NULL, STAT_PRIORITY},
    {"vsz", "VSZ", 7, show_vsz, 0},
    {"rss", "RSS", 6, show_rss, 0},
    {"minflt", "MINFL", 7, NULL, STAT_MINFLT},
    {"majflt", "MAJFL", 6, NULL, STAT_MAJFLT},
    {"nlwp", "NLWP", 4, NULL, STAT_THREADS},
    {"cpu", "CPU", 3, NULL, STAT_CPU},
    {"pcpu", "%CPU", 5, show_pcpu, 0},
    {"user", "USER", -8, show_user, 0},
    {"comm", "COMMAND", -15, show_comm, 0},
    {"args", "COMMAND", -15, show_args, 0},
};

static const struct column *chosen[MAX_COLUMNS];
static int chosen_count;

static void
choose(const char *list)
{
    char *copy = must_strdup(list);
    size_t count = sizeof(columns) / sizeof(columns[0]);

    for (char *name = strtok(copy, ", "); name != NULL;
         name = strtok(NULL, ", ")) {
        size_t i = 0;

        while (i < count && strcmp(columns[i].name, name) != 0)
            i++;
        if (i == count || chosen_count == MAX_COLUMNS)
            die_about(name, "unknown field");
        chosen[chosen_count++] = &columns[i];
    }
    free(copy);
}

static void
print_cell(int i, const char *text)
{
    bool last = i == chosen_count - 1;
    int width = chosen[i]->width;

    printf("%*s%c", last && width < 0 ? 0 : width, text, last ? '\n' : ' ');
}

static void
print_process(const struct process *process)
{
    char text[512];

    for (int i = 0; i < chosen_count; i++) {
        const struct column *column = chosen[i];

        if (column->show != NULL)
            column->show(process, text, sizeof(text));
        else
            format_number(text, sizeof(text), process->field[column->field]);
        print_cell(i, text);
    }
}

/* ---- which processes --------------------------------------------------- */

static bool all;
static const char *wanted_pids;

static bool
is_wanted(const struct process *process)
{
    const char *p = wanted_pids;

    if (p == NULL)
        return all || (process->uid == geteuid() && process->args != NULL);
    while (*p != '\0') {
        char *end;

        if (strtol(p, &end, 10) == process->pid && end != p)
            return true;
        p = *end != '\0' ? end + 1 : end;
    }
    return false;
}

static int
compare_pids(const void *a, const void *b)
{
    long x = atol(*(char *const *)a), y = atol(*(char *const *)b);

    return x < y ? -1 : x > y;
}

/* => how many were shown */
static int
show_processes(void)
{
    struct process process;
    size_t count;
    char **names = list_dir("/proc", &count);
    int shown = 0;

    if (names == NULL)
        die("/proc");
    qsort(names, count, sizeof(*names), compare_pids);
    for (char **name = names; *name != NULL; name++) {
        if (!isdigit((unsigned char)(*name)[0]) ||
            !read_process(*name, &process))
            continue;
        if (is_wanted(&process)) {
            print_process(&process);
            shown++;
        }
        free(process.args);
    }
    free_list(names);
    return shown;
}

static const char *
parse_options(int argc, char **argv)
{
    const char *list = "pid,tty,stat,time,args";
    int option;

    while ((option = getopt(argc, argv, "eAaxfluwo:p:")) != -1) {
        if (option == '?')
            usage("[-eflu] [-o field,...] [-p pid,...]");
        all |= strchr("eAax", option) != NULL;
        if (option == 'f')
            list = "user,pid,ppid,tty,stat,time,args";
        else if (option == 'l')
            list = "user,pid,ppid,pri,nice,vsz,rss,tty,stat,time,comm";
        else if (option == 'u')
            list = "user,pid,pcpu,vsz,rss,minflt,majflt,tty,stat,time,args";
        else if (option == 'o')
            list = optarg;
        else if (option == 'p')
            wanted_pids = optarg;
    }
    return list;
}

int
main(int argc, char **argv)
{
    prog_init(argv);
    /* `ps aux`: a word without a dash is options, too. */
    if (argc > 1 && argv[1][0] != '-') {
        char *word = must_malloc(strlen(argv[1]) + 2);

        word[0] = '-';
        strcpy(word + 1, argv[1]);
        argv[1] = word;
    }
    choose(parse_options(argc, argv));
    read_system();
    for (int i = 0; i < chosen_count; i++)
        print_cell(i, chosen[i]->title);
    return finish(show_processes() > 0 ? 0 : 1);
}
