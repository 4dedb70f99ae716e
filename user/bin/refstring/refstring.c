/* SPDX-License-Identifier: MIT */
/*
 * refstring: use pages in a known order, and say what that cost.
 *
 * Usage: refstring [-p] [-f FILE] PATTERN PAGES ACCESSES [SEED]
 *   PATTERN   loop random zipf phases scan (pattern.h tells what they are)
 *   -p        print the page numbers and use no memory
 *   -f FILE   the pages are a shared mapping of FILE, which is made that long,
 *             instead of anonymous memory
 *
 * Every access adds 1 to a word of its page; the sum must be right at the end.
 * Then come the faults of this program (minor: the page was in memory; major:
 * it had to be read), and what reclaim did meanwhile on the whole machine:
 * pages swapped in and out, read and written, judged (scanned) and freed
 * (stolen).  So policies can be compared, if PAGES is more than fits:
 *
 *     swapon /dev/vda2
 *     for p in lru clock lfu fifo; do
 *         echo $p >/proc/sys/vm/reclaim_policy; refstring zipf 6000 200000
 *     done
 *
 * Exit status: 0; 1 if a page was not what it must be.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "pattern.h"
#include "util.h"

static size_t page_bytes;

struct cost {
    uint64_t minor, major, swap_in, swap_out, read, written, scanned, stolen;
};

static struct cost
cost_now(void)
{
    char *text = read_whole("/proc/vmstat", NULL);
    struct rusage use;
    struct cost c;

    if (text == NULL)
        die("/proc/vmstat");
    getrusage(RUSAGE_SELF, &use);
    c.minor = (uint64_t)use.ru_minflt;
    c.major = (uint64_t)use.ru_majflt;
    c.swap_in = proc_field(text, "pswpin");
    c.swap_out = proc_field(text, "pswpout");
    c.read = proc_field(text, "pgpgin");
    c.written = proc_field(text, "pgpgout");
    c.scanned =
        proc_field(text, "pgscan_kswapd") + proc_field(text, "pgscan_direct");
    c.stolen =
        proc_field(text, "pgsteal_kswapd") + proc_field(text, "pgsteal_direct");
    free(text);
    return c;
}

static void
print_cost(const char *name, const struct pattern *p, const struct cost *from,
           const struct cost *to)
{
    char *policy = read_whole("/proc/sys/vm/reclaim_policy", NULL);

    printf("%s: %llu accesses to %u pages, policy %.*s\n", name,
           (unsigned long long)p->accesses, p->pages,
           policy != NULL ? (int)strcspn(policy, "\n") : 1,
           policy != NULL ? policy : "?");
    free(policy);
    printf("  faults    minor %-9llu major   %llu\n",
           (unsigned long long)(to->minor - from->minor),
           (unsigned long long)(to->major - from->major));
    printf("  swap      in    %-9llu out     %llu\n",
           (unsigned long long)(to->swap_in - from->swap_in),
           (unsigned long long)(to->swap_out - from->swap_out));
    printf("  disk, KB  read  %-9llu written %llu\n",
           (unsigned long long)(to->read - from->read),
           (unsigned long long)(to->written - from->written));
    printf("  reclaim   scan  %-9llu steal   %llu\n",
           (unsigned long long)(to->scanned - from->scanned),
           (unsigned long long)(to->stolen - from->stolen));
}

static char *
map_pages(const char *path, size_t size)
{
    int fd = -1, flags = MAP_PRIVATE | MAP_ANONYMOUS;
    char *memory;

    if (path != NULL) {
        fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
        if (fd < 0 || ftruncate(fd, (off_t)size) != 0)
            die(path);
        flags = MAP_SHARED;
    }
    memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);
    if (memory == MAP_FAILED)
        die("mmap");
    if (fd >= 0)
        close(fd);
    return memory;
}

static uint64_t *
word_of(char *memory, uint32_t page)
{
    return (uint64_t *)(memory + page * page_bytes);
}

static int
run(const char *name, struct pattern *p, const char *path)
{
    char *memory = map_pages(path, p->pages * page_bytes);
    struct cost from = cost_now(), to;
    uint64_t sum = 0;

    while (p->done < p->accesses) {
        volatile uint64_t *word = word_of(memory, pattern_next(p));

        word[1] = p->done; /* a write first: reading would fault apart */
        ++word[0];
    }
    to = cost_now();
    print_cost(name, p, &from, &to);
    for (uint32_t i = 0; i < p->pages; i++)
        sum += *word_of(memory, i);
    munmap(memory, p->pages * page_bytes);
    if (sum != p->accesses)
        return complain_about(name, "the pages do not hold what was written");
    return 0;
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-p] [-f file] loop|random|zipf|phases|scan "
                               "pages accesses [seed]";
    long long pages, accesses, seed = 1;
    const char *path = NULL;
    bool print = false;
    int option, status = 0;
    struct pattern p;

    prog_init(argv);
    page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    while ((option = getopt(argc, argv, "pf:")) != -1) {
        if (option == '?')
            usage(help);
        print |= option == 'p';
        if (option == 'f')
            path = optarg;
    }
    argv += optind;
    argc -= optind;
    if (argc < 3 || argc > 4 || !parse_number(argv[1], &pages) ||
        !parse_number(argv[2], &accesses) || pages < 1 ||
        pages > UINT32_MAX / 2 || accesses < 0 ||
        (argc > 3 && !parse_number(argv[3], &seed)) ||
        !pattern_begin(&p, argv[0], (uint32_t)pages, (uint64_t)accesses,
                       (uint64_t)seed))
        usage(help);
    if (!print)
        status = run(argv[0], &p, path);
    while (print && p.done < p.accesses)
        printf("%u\n", pattern_next(&p));
    pattern_end(&p);
    return finish(status);
}
