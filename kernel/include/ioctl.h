/* SPDX-License-Identifier: MIT */
/*
 * ioctl.h - requests of ioctl: terminals and block devices.
 * Layer 0 (include): structures and constants only.
 */
#pragma once

#include <stdint.h>

/* clang-format off: tables */
enum {
    TCGETS = 0x5401, TCSETS = 0x5402, TCSETSW = 0x5403, TCSETSF = 0x5404,
    TCSBRK = 0x5409, TCFLSH = 0x540B, TIOCSCTTY = 0x540E, TIOCGPGRP = 0x540F,
    TIOCSPGRP = 0x5410, TIOCOUTQ = 0x5411, TIOCGWINSZ = 0x5413,
    TIOCSWINSZ = 0x5414, FIONREAD = 0x541B, TIOCNOTTY = 0x5422,
    TIOCGSID = 0x5429, FIONCLEX = 0x5450, FIOCLEX = 0x5451,
};

#define BLKGETSIZE64 0x80081272 /* uint64_t: in bytes */
/* clang-format on */

struct winsize {
    uint16_t ws_row, ws_col;
    uint16_t ws_xpixel, ws_ypixel;
};
