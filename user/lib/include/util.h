/* SPDX-License-Identifier: MIT */
/*
 * What the programs in user/bin share: messages, numbers, files, names.
 *
 * Interface, by subject:
 *   messages   prog_init first; then complain, complain_about, die, usage
 *   numbers    parse_number, parse_size, parse_duration, human_size
 *   files      write_all, copy_fd, read_whole, list_dir, path_join,
 *              mode_string, parse_mode, copy_times
 *   names      user_name, group_name, find_user, find_group
 *   proc       proc_field reads "Key: value" and "key value" texts
 *
 * These are not part of any standard; the C library's own functions keep their
 * standard names and headers.
 */
#ifndef USER_UTIL_H
#define USER_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

enum {
    COPY_BUFFER_BYTES = 65536, /* unit of copy_fd */
    HUMAN_CHARS = 16,          /* room that human_size needs */
    MODE_CHARS = 11,           /* "-rwxr-xr-x" and its end */
};

/* ---- messages ---------------------------------------------------------- */

/* The last part of argv[0]; every message starts with it. */
extern const char *prog;

/* The exit status of a failure: 1, unless the program says 2 (grep, diff). */
extern int trouble_status;

/* Set `prog`. Call it first in main(). */
void prog_init(char **argv);

/* Print "prog: what: strerror(errno)". => returns trouble_status */
int complain(const char *what);

/* Print "prog: what: why". => returns trouble_status */
int complain_about(const char *what, const char *why);

/* complain() and exit with its status. */
void die(const char *what) __attribute__((noreturn));

/* complain_about() and exit with its status. */
void die_about(const char *what, const char *why) __attribute__((noreturn));

/* Print "usage: prog text" and exit with status 2. */
void usage(const char *text) __attribute__((noreturn));

/*
 * Flush the standard output; a program that could not write what it had to
 * has failed.
 * => returns status, or trouble_status after a message when writing failed
 */
int finish(int status);

/* malloc and friends that end the program when there is no memory. */
void *must_malloc(size_t size);
void *must_realloc(void *old, size_t size);
char *must_strdup(const char *s);

/* ---- numbers ----------------------------------------------------------- */

/* Read a whole decimal number. => false if s is anything else */
bool parse_number(const char *s, long long *value);

/*
 * Read a size: decimal, with an optional suffix b (512) k K M G T.
 * => false if s is anything else, negative, or too large
 */
bool parse_size(const char *s, uint64_t *value);

/*
 * Read seconds with an optional fraction and a suffix s m h d.
 * => false if s is anything else; the result is in nanoseconds
 */
bool parse_duration(const char *s, uint64_t *nanoseconds);

/* Write bytes as 3 digits or so and a unit (1023, 4.0K, 16M) to buf. */
char *human_size(char buf[HUMAN_CHARS], uint64_t bytes);

/* ---- files ------------------------------------------------------------- */

/* Write all of buf. => false (errno) when it could not be written whole */
bool write_all(int fd, const void *buf, size_t size);

/*
 * Copy from one descriptor to another until the end of the file.
 * => 0; -1: reading failed, -2: writing failed (errno says why)
 */
int copy_fd(int from, int to);

/*
 * Read a whole file into memory, with a NUL after it; works on /proc.
 * => NULL (errno) on failure; size may be NULL; the caller frees
 */
char *read_whole(const char *path, size_t *size);

/* read_whole() of an open descriptor. */
char *read_whole_fd(int fd, size_t *size);

/*
 * The names in a directory without "." and "..", sorted, NULL at the end.
 * => NULL (errno) on failure, also half way; free with free_list()
 */
char **list_dir(const char *path, size_t *count);
void free_list(char **names);

/* dir + "/" + name, newly allocated. */
char *path_join(const char *dir, const char *name);

/* The last part of a path, inside the path; "a/b/" gives "b/". */
const char *path_tail(const char *path);

/* Write "drwxr-xr-x" for a mode to buf. */
char *mode_string(char buf[MODE_CHARS], mode_t mode);

/*
 * Apply an octal or symbolic mode (755, u+x,go-w, a=rX) to old.
 * => false if text is neither
 */
bool parse_mode(const char *text, mode_t old, mode_t *result);

/* Give path the times in st; a symbolic link itself, not its target. */
int copy_times(const char *path, const struct stat *st);

/* ---- names ------------------------------------------------------------- */

/* The name of a user or group; its number as text when it has no name. */
const char *user_name(uid_t uid);
const char *group_name(gid_t gid);

/* The number of a user or group by name or number. => false if unknown */
bool find_user(const char *name, uid_t *uid);
bool find_group(const char *name, gid_t *gid);

/* ---- proc -------------------------------------------------------------- */

/*
 * Find the line of text that starts with key followed by ':' or a blank and
 * read the number there.
 * => returns 0 when there is no such line
 */
uint64_t proc_field(const char *text, const char *key);

/* ---- power ------------------------------------------------------------- */

/*
 * Sync, then stop the machine. arg is what Folio's reboot(2) takes beyond
 * Linux's: the exit status of the machine for LINUX_REBOOT_CMD_POWER_OFF.
 * => returns only on failure (errno)
 */
int stop_machine(unsigned int command, int arg);

#endif
