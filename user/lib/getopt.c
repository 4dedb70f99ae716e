/* SPDX-License-Identifier: MIT */
/*
 * getopt.c - options of a command line, the POSIX way: options come before the
 * other arguments, "--" ends them, "-ab" is "-a -b". In the list of options a
 * colon follows those that take an argument.
 *
 * Not done: long options; options after other arguments.
 */
#include <err.h>
#include <string.h>
#include <unistd.h>

char *optarg;
int optind = 1;
int opterr = 1;
int optopt;

/* => result, after a message unless the caller wants none */
static int
complain(const char *options, const char *what, int result)
{
    if (opterr && options[0] != ':')
        warnx("%s -- '%c'", what, optopt);
    return result;
}

int
getopt(int argc, char *const argv[], const char *options)
{
    static const char *at = ""; /* the rest of a group such as "ab" */
    const char *known;

    if (*at == '\0') {
        if (optind >= argc || argv[optind][0] != '-' || argv[optind][1] == '\0')
            return -1;
        at = argv[optind++] + 1;
        if (strcmp(at, "-") == 0) {
            at = "";
            return -1;
        }
    }
    optopt = (unsigned char)*at++;
    known = optopt != ':' ? strchr(options, optopt) : NULL;
    if (known == NULL)
        return complain(options, "invalid option", '?');
    if (known[1] != ':')
        return optopt;
    optarg = (char *)at;
    at = "";
    if (*optarg == '\0') {
        if (optind >= argc)
            return complain(options, "option needs an argument",
                            options[0] == ':' ? ':' : '?');
        optarg = argv[optind++];
    }
    return optopt;
}
