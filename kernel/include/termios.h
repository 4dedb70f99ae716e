/* SPDX-License-Identifier: MIT */
/*
 * termios.h - the modes of a terminal, in the kernel's layout.
 * Layer 0 (include): structures and constants only.
 */
#pragma once

#include <stdint.h>

#define NCCS 19

struct termios {
    uint32_t c_iflag, c_oflag, c_cflag, c_lflag;
    uint8_t c_line;
    uint8_t c_cc[NCCS];
};

/* indexes of c_cc */
/* clang-format off: tables */
enum {
    VINTR = 0, VQUIT = 1, VERASE = 2, VKILL = 3, VEOF = 4, VTIME = 5, VMIN = 6,
    VSTART = 8, VSTOP = 9, VSUSP = 10, VEOL = 11, VWERASE = 14, VLNEXT = 15,
    /* c_iflag */
    IGNBRK = 0x0001, BRKINT = 0x0002, PARMRK = 0x0008, ISTRIP = 0x0020,
    INLCR = 0x0040, IGNCR = 0x0080, ICRNL = 0x0100, IXON = 0x0400,
    IXOFF = 0x1000, IUTF8 = 0x4000,
    /* c_oflag */
    OPOST = 0x01, ONLCR = 0x04, OCRNL = 0x08,
    /* c_cflag */
    B0 = 0x0000, B115200 = 0x1002, CBAUD = 0x100f, CSIZE = 0x0030, CS8 = 0x0030,
    CREAD = 0x0080, PARENB = 0x0100, HUPCL = 0x0400, CLOCAL = 0x0800,
    /* c_lflag */
    ISIG = 0x0001, ICANON = 0x0002, ECHO = 0x0008, ECHOE = 0x0010,
    ECHOK = 0x0020, ECHONL = 0x0040, NOFLSH = 0x0080, TOSTOP = 0x0100,
    ECHOCTL = 0x0200, ECHOKE = 0x0800, IEXTEN = 0x8000,
    /* how tcsetattr and tcflush act */
    TCSANOW = 0, TCSADRAIN = 1, TCSAFLUSH = 2, TCIFLUSH = 0, TCOFLUSH = 1,
    TCIOFLUSH = 2,
};
/* clang-format on */
