/* SPDX-License-Identifier: MIT */
/*
 * cksum: POSIX's check sum of files, and their sizes.
 *
 * Usage: cksum [file ...]    "-" or no file: the standard input
 *
 * The sum is a CRC with the polynomial of Ethernet, taken from the highest
 * bit down, over the bytes and then over the size, lowest byte first; its
 * complement is printed. A table does eight bits at once.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

static const uint32_t POLYNOMIAL = 0x04c11db7;

static uint32_t table[256];

static void
fill_table(void)
{
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte << 24;

        for (int bit = 0; bit < 8; bit++)
            crc = crc << 1 ^ ((crc & 1u << 31) ? POLYNOMIAL : 0);
        table[byte] = crc;
    }
}

static uint32_t
add_byte(uint32_t crc, unsigned char byte)
{
    return crc << 8 ^ table[crc >> 24 ^ byte];
}

static int
sum_file(const char *name)
{
    static unsigned char buf[16384];
    bool standard = name == NULL || strcmp(name, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(name, O_RDONLY);
    uint64_t size = 0;
    uint32_t crc = 0;
    ssize_t n;

    if (fd < 0)
        return complain(name);
    while ((n = read(fd, buf, sizeof(buf))) > 0) {
        for (ssize_t i = 0; i < n; i++)
            crc = add_byte(crc, buf[i]);
        size += (uint64_t)n;
    }
    if (!standard)
        close(fd);
    if (n < 0)
        return complain(standard ? "standard input" : name);
    for (uint64_t rest = size; rest != 0; rest >>= 8)
        crc = add_byte(crc, (unsigned char)rest);
    printf("%u %llu%s%s\n", ~crc, (unsigned long long)size,
           name != NULL ? " " : "", name != NULL ? name : "");
    return 0;
}

int
main(int argc, char **argv)
{
    int status = 0;

    prog_init(argv);
    fill_table();
    if (getopt(argc, argv, "") != -1)
        usage("[file ...]");
    if (optind == argc)
        status = sum_file(NULL);
    for (int i = optind; i < argc; i++)
        status |= sum_file(argv[i]);
    return finish(status);
}
