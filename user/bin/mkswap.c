/* SPDX-License-Identifier: MIT */
/*
 * mkswap: make a swap area on a device or in a file.
 *
 * Usage: mkswap [-L label] device
 *
 * Writes Linux's header to the first page; the rest is left as it is. The
 * area's UUID is random (version 4).
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>
#include "include/swap_hdr.h"
#include "util.h"

enum { LEAST_PAGES = 10 };

static struct swap_header header;

static void
make_uuid(uint8_t uuid[16])
{
    if (getrandom(uuid, 16, 0) != 16)
        die("getrandom");
    uuid[6] = (uint8_t)((uuid[6] & 0x0f) | 0x40);
    uuid[8] = (uint8_t)((uuid[8] & 0x3f) | 0x80);
}

static void
print_uuid(const uint8_t uuid[16])
{
    for (int i = 0; i < 16; i++)
        printf("%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
               uuid[i]);
    putchar('\n');
}

int
main(int argc, char **argv)
{
    const char *label = "", *device;
    off_t size;
    int option, fd;

    prog_init(argv);
    while ((option = getopt(argc, argv, "L:")) != -1) {
        if (option == '?')
            usage("[-L label] device");
        label = optarg;
    }
    if (optind + 1 != argc)
        usage("[-L label] device");
    device = argv[optind];
    fd = open(device, O_RDWR);
    size = fd >= 0 ? lseek(fd, 0, SEEK_END) : -1;
    if (size < 0)
        die(device);
    if (size < (off_t)LEAST_PAGES * SWAP_PAGE_SIZE)
        die_about(device, "too small");
    header.version = SWAP_VERSION;
    header.last_page = (uint32_t)(size / SWAP_PAGE_SIZE - 1);
    make_uuid(header.uuid);
    memcpy(header.volume_name, label, strnlen(label, SWAP_LABEL_LEN));
    memcpy(header.magic, SWAP_MAGIC, SWAP_MAGIC_LEN);
    if (lseek(fd, 0, SEEK_SET) < 0 || !write_all(fd, &header, sizeof(header)) ||
        fsync(fd) < 0)
        die(device);
    printf("%s: %lu kB of swap space, UUID=", device,
           (unsigned long)header.last_page * (SWAP_PAGE_SIZE / 1024));
    print_uuid(header.uuid);
    return finish(0);
}
