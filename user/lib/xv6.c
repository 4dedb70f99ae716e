/* SPDX-License-Identifier: MIT */
/*
 * xv6.c - xv6's system calls where they differ from POSIX. Programs reach them
 * through user/xv6/user/user.h.
 *
 *   wait     stores the exit value itself, -1 for a child that was killed
 *   kill     always kills
 *   open     has flags of its own
 *   read     of a directory gives 16-byte entries
 *   fstat    has a structure of its own
 *   unlink   removes empty directories, too
 *   exec     looks in /bin for a name without a slash, where xv6 has its
 *            programs in the root directory
 *   pause    and uptime count tenths of a second
 *
 * Directories: an entry has 14 bytes for the name, longer names are cut.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    XV6_DIR = 1,
    XV6_FILE = 2,
    XV6_DEVICE = 3,
    XV6_CREATE = 0x200,
    XV6_TRUNC = 0x400,
    XV6_CONSOLE = 1, /* a major number */
    XV6_NAME_BYTES = 14,
    TICKS_PER_SECOND = 10,
};

struct xv6_stat {
    int32_t dev;
    uint32_t ino;
    int16_t type;
    int16_t nlink;
    uint64_t size;
};

struct xv6_dirent {
    uint16_t inum;
    char name[XV6_NAME_BYTES];
};

int xv6_wait(int *status);
int xv6_kill(int pid);
int xv6_exec(const char *path, char **argv);
int xv6_open(const char *path, int flags);
int xv6_read(int fd, void *buf, int size);
int xv6_mknod(const char *path, short major, short minor);
int xv6_unlink(const char *path);
int xv6_fstat(int fd, struct xv6_stat *result);
int xv6_stat(const char *path, struct xv6_stat *result);
int xv6_mkdir(const char *path);
int xv6_pause(int ticks);
int xv6_uptime(void);
char *xv6_gets(char *buf, int max);
void xv6_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
void xv6_fprintf(int fd, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

int
xv6_wait(int *status)
{
    int word;
    pid_t pid = wait(&word);

    if (pid >= 0 && status != NULL)
        *status = WIFEXITED(word) ? WEXITSTATUS(word) : -1;
    return pid;
}

int
xv6_kill(int pid)
{
    return pid > 0 ? kill(pid, SIGKILL) : -1;
}

int
xv6_exec(const char *path, char **argv)
{
    execv(path, argv);
    if (errno == ENOENT && strchr(path, '/') == NULL)
        execvp(path, argv);
    return -1;
}

int
xv6_open(const char *path, int flags)
{
    int linux_flags = flags & O_ACCMODE;

    if (flags & XV6_CREATE)
        linux_flags |= O_CREAT;
    if (flags & XV6_TRUNC)
        linux_flags |= O_TRUNC;
    return open(path, linux_flags, 0666);
}

/* ---- directories -------------------------------------------------------- */

/* Records are read anew for each call: the position says which are next. */
static int
read_dir(int fd, void *buf, int size)
{
    _Alignas(8) char records[2048];
    int wanted = size / (int)sizeof(struct xv6_dirent), count = 0;
    ssize_t n = wanted > 0 ? getdents64(fd, records, sizeof(records)) : 0;
    struct xv6_dirent *out = buf;
    struct linux_dirent64 *record;

    for (ssize_t at = 0; at < n && count < wanted; at += record->d_reclen) {
        record = (struct linux_dirent64 *)(records + at);
        out[count].inum = (uint16_t)record->d_ino;
        if (out[count].inum == 0) /* would mean "no entry" */
            out[count].inum = 1;
        strncpy(out[count].name, record->d_name, XV6_NAME_BYTES);
        if (++count == wanted)
            lseek(fd, record->d_off, SEEK_SET);
    }
    return n < 0 ? -1 : count * (int)sizeof(*out);
}

int
xv6_read(int fd, void *buf, int size)
{
    ssize_t n;

    if (size < 0)
        return -1;
    n = read(fd, buf, (size_t)size);
    if (n < 0 && errno == EISDIR)
        return read_dir(fd, buf, size);
    return (int)n;
}

int
xv6_mknod(const char *path, short major, short minor)
{
    dev_t dev = major == XV6_CONSOLE
                    ? makedev(5U, 1U)
                    : makedev((unsigned int)major, (unsigned int)minor);

    return mknod(path, S_IFCHR | 0666, dev);
}

int
xv6_unlink(const char *path)
{
    if (unlink(path) == 0)
        return 0;
    return errno == EISDIR ? rmdir(path) : -1;
}

int
xv6_mkdir(const char *path)
{
    return mkdir(path, 0777);
}

int
xv6_fstat(int fd, struct xv6_stat *result)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return -1;
    result->dev = (int32_t)st.st_dev;
    result->ino = (uint32_t)st.st_ino;
    result->nlink = (int16_t)st.st_nlink;
    result->size = (uint64_t)st.st_size;
    if (S_ISDIR(st.st_mode))
        result->type = XV6_DIR;
    else
        result->type = S_ISREG(st.st_mode) ? XV6_FILE : XV6_DEVICE;
    return 0;
}

int
xv6_stat(const char *path, struct xv6_stat *result)
{
    int fd = open(path, O_RDONLY);
    int status;

    if (fd < 0)
        return -1;
    status = xv6_fstat(fd, result);
    close(fd);
    return status;
}

/* ---- time and text ------------------------------------------------------ */

int
xv6_pause(int ticks)
{
    struct timespec time = {
        .tv_sec = ticks / TICKS_PER_SECOND,
        .tv_nsec = ticks % TICKS_PER_SECOND * (1000000000L / TICKS_PER_SECOND),
    };

    return ticks < 0 ? 0 : nanosleep(&time, NULL);
}

int
xv6_uptime(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int)(now.tv_sec * TICKS_PER_SECOND +
                 now.tv_nsec / (1000000000L / TICKS_PER_SECOND));
}

/* A line with its newline, byte by byte. => buf, empty at the end of input */
char *
xv6_gets(char *buf, int max)
{
    int i = 0;

    while (i + 1 < max && read(STDIN_FILENO, &buf[i], 1) == 1) {
        i++;
        if (buf[i - 1] == '\n' || buf[i - 1] == '\r')
            break;
    }
    buf[i] = '\0';
    return buf;
}

void
xv6_printf(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vdprintf(STDOUT_FILENO, format, ap);
    va_end(ap);
}

void
xv6_fprintf(int fd, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vdprintf(fd, format, ap);
    va_end(ap);
}
