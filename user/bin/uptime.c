/* SPDX-License-Identifier: MIT */
/*
 * uptime: the time, how long the machine has been up, and how busy it is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "util.h"

int
main(int argc, char **argv)
{
    char *text = read_whole("/proc/uptime", NULL), clock_text[16];
    char load[3][16] = {"?", "?", "?"};
    unsigned long up, days;
    time_t now = time(NULL);

    (void)argc;
    prog_init(argv);
    if (text == NULL)
        die("/proc/uptime");
    up = strtoul(text, NULL, 10);
    free(text);
    text = read_whole("/proc/loadavg", NULL);
    if (text != NULL)
        sscanf(text, "%15s %15s %15s", load[0], load[1], load[2]);
    free(text);
    strftime(clock_text, sizeof(clock_text), "%H:%M:%S", gmtime(&now));
    printf(" %s up ", clock_text);
    days = up / (24 * 60 * 60);
    if (days > 0)
        printf("%lu day%s, ", days, days > 1 ? "s" : "");
    if (up >= 60 * 60)
        printf("%lu:%02lu", up / (60 * 60) % 24, up / 60 % 60);
    else
        printf("%lu min", up / 60);
    printf(",  load average: %s, %s, %s\n", load[0], load[1], load[2]);
    return finish(0);
}
