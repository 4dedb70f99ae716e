/* SPDX-License-Identifier: MIT */
/*
 * xv6's user interface on top of Folio's C library, so that programs written for
 * xv6 compile unchanged.
 *
 * Functions that mean the same in both are the library's own, declared here with
 * xv6's types: the registers hold the same values. Those that differ are in
 * user/lib/xv6.c; a macro gives each of them its xv6 name.
 *
 * To build a program: put it into user/xv6; on the disk it is /xv6/NAME.
 */
#ifndef XV6_USER_USER_H
#define XV6_USER_USER_H

struct stat;

#define wait xv6_wait
#define read xv6_read
#define kill xv6_kill
#define exec xv6_exec
#define open xv6_open
#define mknod xv6_mknod
#define unlink xv6_unlink
#define fstat xv6_fstat
#define stat(path, st) xv6_stat(path, st)
#define mkdir xv6_mkdir
#define sbrklazy sbrk
#define pause xv6_pause
#define sleep xv6_pause
#define uptime xv6_uptime
#define gets xv6_gets
#define printf xv6_printf
#define fprintf xv6_fprintf

/* system calls */
int fork(void);
int exit(int status) __attribute__((noreturn));
int wait(int *status);
int pipe(int *fds);
int write(int fd, const void *buf, int size);
int read(int fd, void *buf, int size);
int close(int fd);
int kill(int pid);
int exec(const char *path, char **argv);
int open(const char *path, int flags);
int mknod(const char *path, short major, short minor);
int unlink(const char *path);
int fstat(int fd, struct stat *st);
int link(const char *from, const char *to);
int mkdir(const char *path);
int chdir(const char *path);
int dup(int fd);
int getpid(void);
char *sbrk(int bytes);
int pause(int ticks);
int uptime(void);

/* library functions */
int stat(const char *path, struct stat *st);
char *strcpy(char *dst, const char *src);
void *memmove(void *dst, const void *src, int size);
char *strchr(const char *s, char c);
int strcmp(const char *a, const char *b);
char *gets(char *buf, int max);
uint strlen(const char *s);
void *memset(void *dst, int c, uint size);
int atoi(const char *s);
int memcmp(const void *a, const void *b, uint size);
void *memcpy(void *dst, const void *src, uint size);
void fprintf(int fd, const char *format, ...)
    __attribute__((format(__printf__, 2, 3)));
void printf(const char *format, ...) __attribute__((format(__printf__, 1, 2)));
void *malloc(uint size);
void free(void *p);

#endif
