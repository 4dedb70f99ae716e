/* SPDX-License-Identifier: MIT */
/* termios.h: the modes of a terminal. */
#ifndef USER_TERMIOS_H
#define USER_TERMIOS_H

#include <sys/types.h>
#include "include/termios.h"

typedef uint32_t tcflag_t;
typedef uint8_t cc_t;
typedef uint32_t speed_t;

#define _POSIX_VDISABLE 0

int tcgetattr(int fd, struct termios *modes);
int tcsetattr(int fd, int when, const struct termios *modes);
int tcflush(int fd, int queue);
int tcdrain(int fd);
pid_t tcgetsid(int fd);
void cfmakeraw(struct termios *modes);
speed_t cfgetospeed(const struct termios *modes);
speed_t cfgetispeed(const struct termios *modes);
int cfsetospeed(struct termios *modes, speed_t speed);
int cfsetispeed(struct termios *modes, speed_t speed);

#endif
