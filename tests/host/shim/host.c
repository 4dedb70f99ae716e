/* SPDX-License-Identifier: MIT */
/*
 * host.c - the test framework: randomness, set-up of a test, files.
 */
#include "host.h"

static uint64_t seed, rnd_state;

/* SplitMix64: a counter, mixed. */
uint64_t
rnd(void)
{
    uint64_t z = rnd_state += 0x9e3779b97f4a7c15ULL;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
    return z ^ z >> 31;
}

uint64_t
rnd_below(uint64_t n)
{
    return rnd() % n;
}

unsigned
scaled(unsigned n)
{
    const char *scale = getenv("SCALE");

    return scale ? n * (unsigned)strtoul(scale, NULL, 0) : n;
}

/* The runner always gives a seed; without it, take one from the kernel. */
static uint64_t
choose_seed(void)
{
    const char *env = getenv("SEED");
    uint64_t value = 1;
    FILE *f;

    if (env && *env)
        return strtoull(env, NULL, 0);
    f = fopen("/dev/urandom", "rb");
    if (f) {
        if (fread(&value, 4, 1, f) != 1)
            value = 1;
        fclose(f);
    }
    fprintf(stderr, "SEED=%llu\n", (unsigned long long)value);
    return value;
}

int
host_setup(void **state)
{
    static bool chosen;

    (void)state;
    if (!chosen)
        seed = choose_seed();
    chosen = true;
    rnd_state = seed;
    host_log[0] = '\0';
    host_panic_expected = false;
    host_drop_locks();
    host_set_hart(0);
    return 0;
}

int
host_teardown(void **state)
{
    (void)state;
    if (host_locks_held() == 0)
        return 0;
    print_error("a lock is still held\n");
    return -1;
}

void *
host_read_file(const char *name, size_t *len)
{
    const char *folder = getenv("HOST_BUILD");
    char path[4096], *data = malloc(1 << 20);
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", folder ? folder : ".", name);
    f = fopen(path, "rb");
    if (!f || !data) {
        free(data);
        return NULL;
    }
    *len = fread(data, 1, 1 << 20, f);
    fclose(f);
    return data;
}
