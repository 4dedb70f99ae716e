/* SPDX-License-Identifier: MIT */
/*
 * sha256sum: print or check SHA-256 sums of files.
 *
 * Usage: sha256sum [file ...]      "-" or no file: the standard input
 *        sha256sum -c [list ...]   check the files that lists name
 *
 * A message is padded with a 1 bit, zeros and its length in bits to blocks of
 * 64 bytes; each block stirs the eight words of the state in 64 rounds.
 *
 * See: FIPS 180-4, sections 5 and 6.2.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

enum {
    BLOCK_BYTES = 64,
    LENGTH_BYTES = 8,
    STATE_WORDS = 8,
    ROUNDS = 64,
    HEX_CHARS = 64,
};

struct sha256 {
    uint32_t state[STATE_WORDS];
    uint64_t bytes;
    unsigned char block[BLOCK_BYTES]; /* the start of the next one */
};

/* The first 32 bits behind the point of the cube roots of the primes. */
static const uint32_t round_constants[ROUNDS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* The same of the square roots. */
static const uint32_t initial_state[STATE_WORDS] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static uint32_t
rotate(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

/* Spread the 16 words of a block to one for each round. */
static void
expand(uint32_t words[ROUNDS], const unsigned char *block)
{
    for (int i = 0; i < 16; i++)
        words[i] = (uint32_t)block[4 * i] << 24 |
                   (uint32_t)block[4 * i + 1] << 16 |
                   (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (int i = 16; i < ROUNDS; i++) {
        uint32_t a = words[i - 15], b = words[i - 2];

        words[i] = words[i - 16] + words[i - 7] +
                   (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) +
                   (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
}

static void
stir(uint32_t state[STATE_WORDS], const unsigned char *block)
{
    uint32_t words[ROUNDS], s[STATE_WORDS];

    expand(words, block);
    memcpy(s, state, sizeof(s));
    for (int i = 0; i < ROUNDS; i++) {
        uint32_t a = s[0], e = s[4];
        uint32_t choice = (e & s[5]) ^ (~e & s[6]);
        uint32_t majority = (a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]);
        uint32_t t = s[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
                     choice + round_constants[i] + words[i];

        memmove(s + 1, s, 7 * sizeof(s[0]));
        s[4] += t;
        s[0] = t + (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority;
    }
    for (int i = 0; i < STATE_WORDS; i++)
        state[i] += s[i];
}

static void
add(struct sha256 *sum, const unsigned char *data, size_t size)
{
    size_t used = sum->bytes % BLOCK_BYTES;

    sum->bytes += size;
    while (size > 0) {
        size_t n = BLOCK_BYTES - used < size ? BLOCK_BYTES - used : size;

        memcpy(sum->block + used, data, n);
        data += n;
        size -= n;
        used += n;
        if (used < BLOCK_BYTES)
            break;
        stir(sum->state, sum->block);
        used = 0;
    }
}

static void
complete(struct sha256 *sum, char hex[HEX_CHARS + 1])
{
    static const unsigned char padding[BLOCK_BYTES] = {0x80};
    uint64_t bits = sum->bytes * 8;
    size_t used = sum->bytes % BLOCK_BYTES, room = BLOCK_BYTES - LENGTH_BYTES;
    unsigned char length[LENGTH_BYTES];

    for (int i = 0; i < LENGTH_BYTES; i++)
        length[i] = (unsigned char)(bits >> (56 - 8 * i));
    add(sum, padding, used < room ? room - used : BLOCK_BYTES + room - used);
    add(sum, length, LENGTH_BYTES);
    for (int i = 0; i < STATE_WORDS; i++)
        snprintf(hex + 8 * i, 9, "%08x", sum->state[i]);
}

/* => false (errno) if the file cannot be read */
static bool
sum_file(const char *name, char hex[HEX_CHARS + 1])
{
    static unsigned char buf[16384];
    bool standard = strcmp(name, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(name, O_RDONLY);
    struct sha256 sum = {.bytes = 0};
    ssize_t n;

    if (fd < 0)
        return false;
    memcpy(sum.state, initial_state, sizeof(initial_state));
    while ((n = read(fd, buf, sizeof(buf))) > 0)
        add(&sum, buf, (size_t)n);
    if (!standard)
        close(fd);
    complete(&sum, hex);
    return n == 0;
}

static int
print_sum(const char *name)
{
    char hex[HEX_CHARS + 1];

    if (!sum_file(name, hex))
        return complain(name);
    printf("%s  %s\n", hex, name);
    return 0;
}

/* Check the files of a list as print_sum() writes it. */
static int
check_list(const char *list)
{
    FILE *stream = strcmp(list, "-") == 0 ? stdin : fopen(list, "r");
    char *line = NULL, hex[HEX_CHARS + 1];
    size_t room = 0;
    ssize_t length;
    int status = 0;

    if (stream == NULL)
        return complain(list);
    while ((length = getline(&line, &room, stream)) >= 0) {
        const char *name = line + HEX_CHARS + 2;
        bool good;

        if (length <= HEX_CHARS + 2) {
            status = complain_about(list, "a line is not a sum and a name");
            continue;
        }
        line[strcspn(line, "\n")] = '\0';
        good = sum_file(name, hex) && strncmp(hex, line, HEX_CHARS) == 0;
        printf("%s: %s\n", name, good ? "OK" : "FAILED");
        status |= !good;
    }
    if (ferror(stream))
        status = complain(list);
    free(line);
    if (stream != stdin)
        fclose(stream);
    return status;
}

int
main(int argc, char **argv)
{
    static int (*work)(const char *) = print_sum;
    int option, status = 0;

    prog_init(argv);
    while ((option = getopt(argc, argv, "c")) != -1) {
        if (option == '?')
            usage("[-c] [file ...]");
        work = check_list;
    }
    if (optind == argc)
        status = work("-");
    for (int i = optind; i < argc; i++)
        status |= work(argv[i]);
    return finish(status);
}
