/* SPDX-License-Identifier: MIT */
/*
 * vmstat: what memory, disk and processors do.
 *
 * Usage: vmstat [-S k|m] [seconds [count]]
 *        vmstat -s        every counter of /proc/vmstat, with its value
 *        vmstat -f        how many forks there have been
 *
 * The first line holds averages since the machine started, the next what
 * happened in the seconds before:
 *   r b    tasks that run or could, tasks that wait for the disk
 *   swpd free buff cache   KB in swap, free, metadata, page cache
 *   si so bi bo   KB a second from and to swap; from and to the disk
 *   in cs  interrupts and context switches a second
 *   flt maj   page faults a second, and those that waited for the disk
 *   us sy id wa   percent of the time in programs, the kernel, idle, waiting
 *
 * Not done: -a, -d.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "util.h"

enum { HEADER_EVERY = 20, CPU_FIELDS = 8 };
enum { NS_PER_SECOND = 1000000000, CS_PER_SECOND = 100 };

/* Counters that only grow, and figures of the moment. */
struct sample {
    uint64_t swap_in, swap_out, page_in, page_out;
    uint64_t interrupts, switches, faults, major_faults;
    uint64_t cpu[CPU_FIELDS]; /* user nice system idle iowait irq softirq .. */
    uint64_t running, blocked;
    uint64_t swapped, unused, buffers, cached;
    uint64_t centiseconds; /* since the machine started */
};

static int shift;
static uint64_t page_kb;

static char *
read_proc(const char *path)
{
    char *text = read_whole(path, NULL);

    return text != NULL ? text : must_strdup("");
}

static void
sample_vmstat(struct sample *s)
{
    char *text = read_proc("/proc/vmstat");

    s->swap_in = proc_field(text, "pswpin") * page_kb;
    s->swap_out = proc_field(text, "pswpout") * page_kb;
    s->page_in = proc_field(text, "pgpgin"); /* in KB already */
    s->page_out = proc_field(text, "pgpgout");
    s->faults = proc_field(text, "pgfault");
    s->major_faults = proc_field(text, "pgmajfault");
    free(text);
}

static void
sample_stat(struct sample *s)
{
    char *text = read_proc("/proc/stat"), *p = text;

    s->interrupts = proc_field(text, "intr");
    s->switches = proc_field(text, "ctxt");
    s->running = proc_field(text, "procs_running");
    s->blocked = proc_field(text, "procs_blocked");
    if (strncmp(p, "cpu ", 4) == 0) {
        p += 4;
        for (int i = 0; i < CPU_FIELDS; i++)
            s->cpu[i] = strtoull(p, &p, 10);
    }
    free(text);
}

static void
sample_meminfo(struct sample *s)
{
    char *text = read_proc("/proc/meminfo");

    s->swapped = proc_field(text, "SwapTotal") - proc_field(text, "SwapFree");
    s->unused = proc_field(text, "MemFree");
    s->buffers = proc_field(text, "Buffers");
    s->cached = proc_field(text, "Cached") + proc_field(text, "SReclaimable");
    free(text);
}

static void
sample_time(struct sample *s)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    s->centiseconds = (uint64_t)now.tv_sec * CS_PER_SECOND +
                      (uint64_t)now.tv_nsec / (NS_PER_SECOND / CS_PER_SECOND);
}

static void
take_sample(struct sample *s)
{
    memset(s, 0, sizeof(*s));
    sample_vmstat(s);
    sample_stat(s);
    sample_meminfo(s);
    sample_time(s);
}

static void
print_header(void)
{
    puts("procs -----------memory---------- ---swap-- -----io---- "
         "-system-- --faults-- ------cpu----");
    puts(" r  b   swpd   free   buff  cache   si   so    bi    bo "
         "  in   cs   flt  maj us sy id wa");
}

/* How much a counter grew each second. */
static unsigned long long
rate(uint64_t now, uint64_t before, uint64_t centiseconds)
{
    uint64_t grown = now > before ? now - before : 0;

    return (grown * CS_PER_SECOND + centiseconds / 2) / centiseconds;
}

static void
print_cpu(const struct sample *now, const struct sample *before)
{
    uint64_t used[CPU_FIELDS], total = 0;

    for (int i = 0; i < CPU_FIELDS; i++) {
        used[i] = now->cpu[i] - before->cpu[i];
        total += used[i];
    }
    total = total != 0 ? total : 1;
    printf(" %2llu %2llu %2llu %2llu\n",
           (unsigned long long)(100 * (used[0] + used[1]) / total),
           (unsigned long long)(100 * (used[2] + used[5] + used[6]) / total),
           (unsigned long long)(100 * used[3] / total),
           (unsigned long long)(100 * used[4] / total));
}

static void
print_sample(const struct sample *now, const struct sample *before)
{
    uint64_t cs = now->centiseconds - before->centiseconds;

    cs = cs != 0 ? cs : 1;
    printf("%2llu %2llu", (unsigned long long)now->running,
           (unsigned long long)now->blocked);
    printf(" %6llu %6llu %6llu %6llu",
           (unsigned long long)now->swapped >> shift,
           (unsigned long long)now->unused >> shift,
           (unsigned long long)now->buffers >> shift,
           (unsigned long long)now->cached >> shift);
    printf(" %4llu %4llu %5llu %5llu", rate(now->swap_in, before->swap_in, cs),
           rate(now->swap_out, before->swap_out, cs),
           rate(now->page_in, before->page_in, cs),
           rate(now->page_out, before->page_out, cs));
    printf(" %4llu %4llu %5llu %4llu",
           rate(now->interrupts, before->interrupts, cs),
           rate(now->switches, before->switches, cs),
           rate(now->faults, before->faults, cs),
           rate(now->major_faults, before->major_faults, cs));
    print_cpu(now, before);
    fflush(stdout);
}

static int
show_counters(void)
{
    char *text = read_whole("/proc/vmstat", NULL);

    if (text == NULL)
        die("/proc/vmstat");
    for (char *line = strtok(text, "\n"); line != NULL;
         line = strtok(NULL, "\n")) {
        char *value = strchr(line, ' ');

        if (value == NULL)
            continue;
        *value++ = '\0';
        printf("%13s %s\n", value, line);
    }
    free(text);
    return finish(0);
}

static int
show_forks(void)
{
    char *text = read_whole("/proc/stat", NULL);

    if (text == NULL)
        die("/proc/stat");
    printf("%13llu forks\n", (unsigned long long)proc_field(text, "processes"));
    free(text);
    return finish(0);
}

static void
show_samples(const struct timespec *wait, long long count)
{
    struct sample samples[2];

    memset(samples, 0, sizeof(samples));
    for (long long i = 0; count < 0 || i < count; i++) {
        if (i > 0)
            nanosleep(wait, NULL);
        if (i % HEADER_EVERY == 0)
            print_header();
        take_sample(&samples[i & 1]);
        print_sample(&samples[i & 1], &samples[~i & 1]);
    }
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-S k|m] [seconds [count]] | -s | -f";
    long long count = 1;
    struct timespec wait = {0, 0};
    uint64_t pause_ns;
    int option;

    prog_init(argv);
    while ((option = getopt(argc, argv, "sfS:nw")) != -1) {
        if (option == 's')
            return show_counters();
        if (option == 'f')
            return show_forks();
        if (option == '?')
            usage(help);
        if (option == 'S')
            shift = optarg[0] == 'm' || optarg[0] == 'M' ? 10 : 0;
    }
    page_kb = (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
    if (optind < argc) {
        if (!parse_duration(argv[optind], &pause_ns))
            usage(help);
        wait.tv_sec = (time_t)(pause_ns / NS_PER_SECOND);
        wait.tv_nsec = (long)(pause_ns % NS_PER_SECOND);
        count = -1;
    }
    if (optind + 1 < argc && !parse_number(argv[optind + 1], &count))
        usage(help);
    show_samples(&wait, count);
    return finish(0);
}
