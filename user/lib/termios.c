/* SPDX-License-Identifier: MIT */
/*
 * termios.c - terminals: modes, foreground process group, names.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int
tcgetattr(int fd, struct termios *modes)
{
    return ioctl(fd, TCGETS, modes);
}

int
tcsetattr(int fd, int when, const struct termios *modes)
{
    if (when < TCSANOW || when > TCSAFLUSH) {
        errno = EINVAL;
        return -1;
    }
    return ioctl(fd, TCSETS + (unsigned long)when, modes);
}

int
tcflush(int fd, int queue)
{
    return ioctl(fd, TCFLSH, (long)queue);
}

/* TCSBRK with an argument that is not 0 only waits for the output. */
int
tcdrain(int fd)
{
    return ioctl(fd, TCSBRK, 1L);
}

pid_t
tcgetpgrp(int fd)
{
    pid_t pgid;

    return ioctl(fd, TIOCGPGRP, &pgid) < 0 ? -1 : pgid;
}

int
tcsetpgrp(int fd, pid_t pgid)
{
    return ioctl(fd, TIOCSPGRP, &pgid);
}

pid_t
tcgetsid(int fd)
{
    pid_t sid;

    return ioctl(fd, TIOCGSID, &sid) < 0 ? -1 : sid;
}

/* Every byte as it comes: no lines, no echo, no signals, no translation. */
void
cfmakeraw(struct termios *modes)
{
    modes->c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR |
                                  IGNCR | ICRNL | IXON);
    modes->c_oflag &= ~(tcflag_t)OPOST;
    modes->c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    modes->c_cflag &= ~(tcflag_t)(CSIZE | PARENB);
    modes->c_cflag |= CS8;
    modes->c_cc[VMIN] = 1;
    modes->c_cc[VTIME] = 0;
}

speed_t
cfgetospeed(const struct termios *modes)
{
    return modes->c_cflag & CBAUD;
}

speed_t
cfgetispeed(const struct termios *modes)
{
    return cfgetospeed(modes);
}

int
cfsetospeed(struct termios *modes, speed_t speed)
{
    if (speed & ~(speed_t)CBAUD) {
        errno = EINVAL;
        return -1;
    }
    modes->c_cflag = (modes->c_cflag & ~(tcflag_t)CBAUD) | speed;
    return 0;
}

int
cfsetispeed(struct termios *modes, speed_t speed)
{
    return speed == B0 ? 0 : cfsetospeed(modes, speed);
}

int
isatty(int fd)
{
    struct termios modes;

    return tcgetattr(fd, &modes) == 0;
}

/* => a static string, or NULL; needs /proc */
char *
ttyname(int fd)
{
    static char name[64];
    char link[32];
    ssize_t length;

    if (!isatty(fd))
        return NULL;
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    length = readlink(link, name, sizeof(name) - 1);
    if (length < 0)
        return NULL;
    name[length] = '\0';
    return name;
}
