/* SPDX-License-Identifier: MIT */
/*
 * slabtop: show the caches of the slab allocator, the largest first.
 *
 * Usage: slabtop [-o] [-s a|n|o|u|c] [-d seconds] [-n lines]
 *   -o   once, and end; otherwise every 3 seconds (-d) on a clear screen
 *   -s   sorted by size in memory (c, the default), active objects (a),
 *        objects (o), use in percent (u), name (n)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "util.h"

enum { MAX_CACHES = 512, NAME_CHARS = 32, NS_PER_SECOND = 1000000000 };

struct cache {
    char name[NAME_CHARS];
    unsigned long active, objects, size, per_slab, slab_pages;
    unsigned long active_slabs, slabs;
};

static struct cache caches[MAX_CACHES];
static size_t cache_count;
static char sort_key = 'c';
static unsigned long page_bytes;

static bool
parse_cache(const char *line, struct cache *cache)
{
    const char *slabs;

    memset(cache, 0, sizeof(*cache));
    if (line[0] == '#' || strncmp(line, "slabinfo", 8) == 0)
        return false;
    if (sscanf(line, "%31s %lu %lu %lu %lu %lu", cache->name, &cache->active,
               &cache->objects, &cache->size, &cache->per_slab,
               &cache->slab_pages) < 4)
        return false;
    slabs = strstr(line, "slabdata");
    if (slabs != NULL)
        sscanf(slabs, "slabdata %lu %lu", &cache->active_slabs, &cache->slabs);
    return true;
}

static void
read_caches(void)
{
    char *text = read_whole("/proc/slabinfo", NULL);

    if (text == NULL)
        die("/proc/slabinfo");
    cache_count = 0;
    for (char *line = strtok(text, "\n");
         line != NULL && cache_count < MAX_CACHES; line = strtok(NULL, "\n"))
        cache_count += parse_cache(line, &caches[cache_count]);
    free(text);
}

static unsigned long
percent(unsigned long part, unsigned long whole)
{
    return whole != 0 ? part * 100 / whole : 0;
}

static unsigned long
bytes_of(const struct cache *cache)
{
    return cache->slabs * cache->slab_pages * page_bytes;
}

static unsigned long
key_of(const struct cache *cache)
{
    switch (sort_key) {
    case 'a':
        return cache->active;
    case 'o':
        return cache->objects;
    case 'u':
        return percent(cache->active, cache->objects);
    default:
        return bytes_of(cache);
    }
}

static int
compare_caches(const void *a, const void *b)
{
    const struct cache *x = a, *y = b;

    if (sort_key != 'n' && key_of(x) != key_of(y))
        return key_of(x) < key_of(y) ? 1 : -1;
    return strcmp(x->name, y->name);
}

static void
print_sums(void)
{
    unsigned long active = 0, objects = 0, slabs = 0, used = 0, bytes = 0;

    for (size_t i = 0; i < cache_count; i++) {
        active += caches[i].active;
        objects += caches[i].objects;
        slabs += caches[i].slabs;
        used += caches[i].active * caches[i].size;
        bytes += bytes_of(&caches[i]);
    }
    printf(" Active / Total Objects (%% used) : %lu / %lu (%lu%%)\n", active,
           objects, percent(active, objects));
    printf(" Slabs / Caches                  : %lu / %zu\n", slabs,
           cache_count);
    printf(" Active / Total Size (%% used)    : %luK / %luK (%lu%%)\n\n",
           used / 1024, bytes / 1024, percent(used, bytes));
}

static void
show(long long lines)
{
    read_caches();
    qsort(caches, cache_count, sizeof(caches[0]), compare_caches);
    print_sums();
    puts("  OBJS ACTIVE  USE OBJ SIZE  SLABS OBJ/SLAB CACHE SIZE NAME");
    for (size_t i = 0; i < cache_count && (long long)i < lines; i++) {
        const struct cache *cache = &caches[i];

        printf("%6lu %6lu %3lu%% %8lu %6lu %8lu %9luK %s\n", cache->objects,
               cache->active, percent(cache->active, cache->objects),
               cache->size, cache->slabs, cache->per_slab,
               bytes_of(cache) / 1024, cache->name);
    }
    fflush(stdout);
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-o] [-s a|n|o|u|c] [-d seconds] [-n lines]";
    uint64_t pause_ns = 3ull * NS_PER_SECOND;
    long long lines = MAX_CACHES;
    struct timespec wait;
    bool once = false;
    int option;

    prog_init(argv);
    while ((option = getopt(argc, argv, "os:d:n:")) != -1) {
        if (option == '?' ||
            (option == 'd' && !parse_duration(optarg, &pause_ns)) ||
            (option == 'n' && !parse_number(optarg, &lines)))
            usage(help);
        once |= option == 'o';
        if (option == 's')
            sort_key = optarg[0];
    }
    page_bytes = (unsigned long)sysconf(_SC_PAGESIZE);
    wait.tv_sec = (time_t)(pause_ns / NS_PER_SECOND);
    wait.tv_nsec = (long)(pause_ns % NS_PER_SECOND);
    for (;;) {
        if (!once)
            fputs("\033[H\033[2J", stdout);
        show(lines);
        if (once)
            return finish(0);
        nanosleep(&wait, NULL);
    }
}
