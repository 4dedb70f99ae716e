/* SPDX-License-Identifier: MIT */
/* getopt.h: getopt is declared in unistd.h; there are no long options. */
#ifndef USER_GETOPT_H
#define USER_GETOPT_H

#include <unistd.h>

#endif
