/* SPDX-License-Identifier: MIT */
/*
 * dd: copy blocks.
 *
 * Usage: dd [if=file] [of=file] [bs=n] [count=n] [skip=n] [seek=n]
 *           [conv=notrunc,fsync,fdatasync,sync,noerror] [status=none]
 *           [iflag=fullblock] [oflag=append,sync,direct]
 *   bs     bytes of a block, 512 if not given (ibs, obs: the same as bs)
 *   skip   blocks of the input, seek blocks of the output to leave out
 *   conv   notrunc: keep what the output file holds
 *          fsync, fdatasync: wait for the disk at the end
 *          sync: fill short blocks with zeros   noerror: go on after errors
 *   status none: no report at the end
 *
 * Not done: different sizes for input and output, conversions of text.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "util.h"

static const char *input = "standard input", *output = "standard output";
static uint64_t block = 512, count = UINT64_MAX, skip, seek;
static bool keep, sync_file, sync_data, pad, ignore_errors, full_blocks;
static bool append_flag, sync_flag, silent;
static uint64_t whole_in, part_in, whole_out, part_out, bytes;
static struct timespec start;

/* ---- arguments --------------------------------------------------------- */

struct word {
    const char *text;
    bool *flag;
};

/* Set the flags of a list with commas between. */
static void
set_flags(char *list, const struct word *words, size_t word_count)
{
    for (char *name = strtok(list, ","); name != NULL;
         name = strtok(NULL, ",")) {
        size_t i = 0;

        while (i < word_count && strcmp(words[i].text, name) != 0)
            i++;
        if (i == word_count)
            die_about(name, "unknown flag");
        *words[i].flag = true;
    }
}

static void
set_conversions(char *list)
{
    static const struct word words[] = {
        {"notrunc", &keep},          {"fsync", &sync_file},     {"sync", &pad},
        {"noerror", &ignore_errors}, {"fdatasync", &sync_data},
    };

    set_flags(list, words, sizeof(words) / sizeof(words[0]));
}

static void
set_open_flags(char *list)
{
    static bool ignored;
    static const struct word words[] = {
        {"append", &append_flag}, {"sync", &sync_flag},
        {"dsync", &sync_flag},    {"fullblock", &full_blocks},
        {"direct", &ignored},
    };

    set_flags(list, words, sizeof(words) / sizeof(words[0]));
}

static void
set_number(const char *name, const char *value)
{
    static const struct {
        const char *name;
        uint64_t *number;
    } numbers[] = {
        {"bs", &block},    {"ibs", &block}, {"obs", &block},
        {"count", &count}, {"skip", &skip}, {"seek", &seek},
    };

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (strcmp(name, numbers[i].name) != 0)
            continue;
        if (!parse_size(value, numbers[i].number))
            die_about(value, "not a number");
        return;
    }
    die_about(name, "unknown operand");
}

static void
parse_operand(char *text)
{
    char *value = strchr(text, '=');

    if (value == NULL)
        die_about(text, "not an operand (want name=value)");
    *value++ = '\0';
    if (strcmp(text, "if") == 0)
        input = value;
    else if (strcmp(text, "of") == 0)
        output = value;
    else if (strcmp(text, "conv") == 0)
        set_conversions(value);
    else if (strcmp(text, "iflag") == 0 || strcmp(text, "oflag") == 0)
        set_open_flags(value);
    else if (strcmp(text, "status") == 0)
        silent = strcmp(value, "none") == 0;
    else
        set_number(text, value);
}

/* ---- the report -------------------------------------------------------- */

static uint64_t
elapsed_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)(now.tv_sec - start.tv_sec) * 1000 +
           (uint64_t)now.tv_nsec / 1000000 - (uint64_t)start.tv_nsec / 1000000;
}

static void
report(void)
{
    uint64_t ms = elapsed_ms();
    char rate[HUMAN_CHARS];

    if (silent)
        return;
    human_size(rate, bytes * 1000 / (ms != 0 ? ms : 1));
    fprintf(stderr, "%llu+%llu records in\n%llu+%llu records out\n",
            (unsigned long long)whole_in, (unsigned long long)part_in,
            (unsigned long long)whole_out, (unsigned long long)part_out);
    fprintf(stderr, "%llu bytes copied, %llu.%03llu s, %sB/s\n",
            (unsigned long long)bytes, (unsigned long long)ms / 1000,
            (unsigned long long)ms % 1000, rate);
}

static void
interrupted(int sig)
{
    report();
    _exit(128 + sig);
}

/* ---- copying ----------------------------------------------------------- */

/* Read a block; a full one if that was asked for. => as read(2) */
static ssize_t
read_block(int fd, char *buf)
{
    size_t used = 0;
    ssize_t n;

    do {
        n = read(fd, buf + used, block - used);
        if (n > 0)
            used += (size_t)n;
    } while (n > 0 && full_blocks && used < block);
    return n < 0 ? n : (ssize_t)used;
}

/* Leave out `skip` blocks: seek, or read where one cannot seek. */
static void
skip_input(int fd, char *buf)
{
    if (skip == 0 || lseek(fd, (off_t)(skip * block), SEEK_CUR) >= 0)
        return;
    for (uint64_t i = 0; i < skip; i++)
        if (read_block(fd, buf) <= 0)
            return;
}

static int
open_output(const char *name)
{
    int flags = O_WRONLY | O_CREAT, fd;

    if (!keep && seek == 0 && !append_flag)
        flags |= O_TRUNC;
    if (append_flag)
        flags |= O_APPEND;
    if (sync_flag)
        flags |= O_SYNC;
    fd = open(name, flags, 0666);
    if (fd < 0)
        die(name);
    if (!keep && seek > 0 && ftruncate(fd, (off_t)(seek * block)) < 0 &&
        errno != EINVAL)
        die(name);
    return fd;
}

static int
copy_block(int out, char *buf, size_t n)
{
    if (n == block)
        whole_in++;
    else
        part_in++;
    if (n < block && pad) {
        memset(buf + n, 0, block - n);
        n = block;
    }
    if (!write_all(out, buf, n))
        return complain(output);
    if (n == block)
        whole_out++;
    else
        part_out++;
    bytes += n;
    return 0;
}

static int
copy(int in, int out, char *buf)
{
    int status = 0;

    while (whole_in + part_in < count) {
        ssize_t n = read_block(in, buf);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            status = complain(input);
            if (!ignore_errors)
                break;
            lseek(in, (off_t)block, SEEK_CUR);
            n = 0;
            if (!pad)
                continue;
        } else if (n == 0) {
            break;
        }
        if (copy_block(out, buf, (size_t)n) != 0)
            return 1;
    }
    return status;
}

int
main(int argc, char **argv)
{
    int in = STDIN_FILENO, out = STDOUT_FILENO, status;
    const char *given_input = input, *given_output = output;
    char *buf;

    prog_init(argv);
    for (int i = 1; i < argc; i++)
        parse_operand(argv[i]);
    if (block == 0)
        die_about("bs", "must not be 0");
    buf = must_malloc(block);
    if (input != given_input && (in = open(input, O_RDONLY)) < 0)
        die(input);
    if (output != given_output)
        out = open_output(output);
    if (seek > 0 && lseek(out, (off_t)(seek * block), SEEK_CUR) < 0)
        die(output);
    clock_gettime(CLOCK_MONOTONIC, &start);
    signal(SIGINT, interrupted);
    skip_input(in, buf);
    status = copy(in, out, buf);
    if ((sync_file && fsync(out) < 0) || (sync_data && fdatasync(out) < 0) ||
        close(out) < 0)
        status = complain(output);
    report();
    return status;
}
