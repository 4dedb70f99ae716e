/* SPDX-License-Identifier: MIT */
/*
 * mknod: make a device node or a pipe with a name.
 *
 * Usage: mknod [-m mode] name b|c major minor
 *        mknod [-m mode] name p
 */
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "util.h"

static mode_t
kind_of(const char *text)
{
    if (strcmp(text, "b") == 0)
        return S_IFBLK;
    if (strcmp(text, "c") == 0 || strcmp(text, "u") == 0)
        return S_IFCHR;
    if (strcmp(text, "p") == 0)
        return S_IFIFO;
    die_about(text, "unknown kind (want b, c or p)");
}

static unsigned int
device_number(const char *text)
{
    long long value;

    if (!parse_number(text, &value) || value < 0 || value > UINT32_MAX)
        die_about(text, "not a device number");
    return (unsigned int)value;
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-m mode] name b|c|p [major minor]";
    mode_t mode = 0666, kind;
    bool explicit_mode = false;
    unsigned int device = 0;
    int option;

    prog_init(argv);
    while ((option = getopt(argc, argv, "m:")) != -1) {
        if (option == '?')
            usage(help);
        if (!parse_mode(optarg, 0666, &mode))
            die_about(optarg, "invalid mode");
        explicit_mode = true;
    }
    argc -= optind;
    argv += optind;
    if (argc < 2)
        usage(help);
    kind = kind_of(argv[1]);
    if (argc != (kind == S_IFIFO ? 2 : 4))
        usage(help);
    if (kind != S_IFIFO)
        device = makedev(device_number(argv[2]), device_number(argv[3]));
    if (mknod(argv[0], kind | (mode & 0777), device) < 0)
        return complain(argv[0]);
    if (explicit_mode && chmod(argv[0], mode & 07777) < 0)
        return complain(argv[0]);
    return 0;
}
