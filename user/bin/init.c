/* SPDX-License-Identifier: MIT */
/*
 * init: the first process.
 *
 * It opens the console, mounts /proc and what /etc/fstab lists, and then
 *   - runs a shell on the console, and another when that ends; or
 *   - if the kernel's command line holds run=HEX, runs the command that HEX
 *     stands for (two digits a byte) and switches the machine off with the
 *     command's exit status, 128 + N if signal N killed it.
 * Meanwhile it reaps the processes whose parents have gone.
 *
 * In the second case a line with the byte 0x1e alone goes to the console
 * before and after the command, so that whoever reads the console can cut out
 * what the command printed.
 *
 * Each shell leads a session of its own with the console as its terminal, so
 * that ^C and job control work. init itself has no terminal: nothing typed can
 * signal it.
 *
 * Not done: run levels, start-up scripts; /etc/profile is for the shell.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "util.h"

enum {
    SIGNAL_STATUS = 128,
    QUICK_SECONDS = 1,
};

static const char mark[] = "\036\n";

static void
open_console(void)
{
    int fd = open("/dev/console", O_RDWR);

    if (fd < 0)
        return;
    for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
        if (fd != i)
            dup2(fd, i);
    if (fd > STDERR_FILENO)
        close(fd);
}

static void
mount_proc(void)
{
    if (access("/proc/self", F_OK) == 0)
        return;
    mkdir("/proc", 0555);
    if (mount("proc", "/proc", "proc", 0, NULL) < 0)
        complain("/proc");
}

static void
set_environment(void)
{
    setenv("PATH", "/bin:/usr/bin:/sbin:/usr/sbin", 1);
    setenv("HOME", "/root", 1);
    setenv("TERM", "vt100", 0);
    setenv("USER", "root", 1);
    setenv("SHELL", "/bin/sh", 1);
    if (chdir("/root") < 0) {
        setenv("HOME", "/", 1);
        if (chdir("/") < 0)
            complain("/");
    }
}

/* Start a program with the console as its terminal. => its process, or -1 */
static pid_t
start(char *const argv[])
{
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    setsid();
    open_console();
    ioctl(STDIN_FILENO, TIOCSCTTY, 0);
    execv(argv[0], argv);
    _exit(complain(argv[0]));
}

/* Reap whatever ends until it is `pid`. => its wait status */
static int
wait_for(pid_t pid)
{
    int status;
    pid_t ended;

    if (pid < 0)
        return -1;
    do {
        ended = wait(&status);
    } while (ended != pid && (ended >= 0 || errno == EINTR));
    return ended == pid ? status : -1;
}

/* What /etc/fstab lists: /tmp, /dev/shm. */
static void
mount_all(void)
{
    static char program[] = "/bin/mount", option[] = "-a";
    char *argv[] = {program, option, NULL};

    wait_for(start(argv));
}

/* ---- run=HEX ----------------------------------------------------------- */

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The command that the kernel's command line asks for, or NULL. */
static char *
find_command(void)
{
    char *line = read_whole("/proc/cmdline", NULL), *word = NULL, *to;

    if (line != NULL)
        word = strtok(line, " \n");
    while (word != NULL && strncmp(word, "run=", 4) != 0)
        word = strtok(NULL, " \n");
    if (word == NULL)
        return NULL;
    to = line;
    for (word += 4; hex_digit(word[0]) >= 0 && hex_digit(word[1]) >= 0;
         word += 2)
        *to++ = (char)(hex_digit(word[0]) << 4 | hex_digit(word[1]));
    *to = '\0';
    return line;
}

static void
run_command(char *command)
{
    static char shell[] = "/bin/sh", option[] = "-c";
    char *argv[] = {shell, option, command, NULL};
    int status, result = 1;

    write_all(STDOUT_FILENO, mark, sizeof(mark) - 1);
    status = wait_for(start(argv));
    if (WIFEXITED(status))
        result = WEXITSTATUS(status);
    else if (WIFSIGNALED(status))
        result = SIGNAL_STATUS + WTERMSIG(status);
    write_all(STDOUT_FILENO, mark, sizeof(mark) - 1);
    stop_machine((unsigned int)RB_POWER_OFF, result);
    complain("cannot switch off");
}

/* ---- shells ------------------------------------------------------------ */

static void
show_message_of_the_day(void)
{
    char *text = read_whole("/etc/motd", NULL);

    if (text != NULL)
        write_all(STDOUT_FILENO, text, strlen(text));
    free(text);
}

static void __attribute__((noreturn)) run_shells(void)
{
    static char shell[] = "/bin/sh", option[] = "-i";
    char *argv[] = {shell, option, NULL};

    for (;;) {
        time_t before = time(NULL);

        wait_for(start(argv));
        /* A shell that cannot start must not keep us spinning. */
        if (time(NULL) - before <= QUICK_SECONDS)
            sleep(QUICK_SECONDS);
    }
}

int
main(int argc, char **argv)
{
    char *command;

    (void)argc;
    prog_init(argv);
    open_console();
    mount_proc();
    set_environment();
    mount_all();
    command = find_command();
    if (command != NULL)
        run_command(command);
    else
        show_message_of_the_day();
    run_shells();
}
