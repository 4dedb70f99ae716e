/* SPDX-License-Identifier: MIT */
/* test: cache-pressure-exec ram=16M harts=1-8 swap=0 time=180 */
/*
 * Programs are started again and again while another process reads and writes
 * a file larger than memory: pages of running programs are dropped and read
 * anew without anybody noticing. Fails when a program's page comes back wrong
 * (it dies or says nonsense), or when exec runs out of memory though files
 * could give way.
 */
#include <sys/statfs.h>
#include "test.h"

enum { RUNS = 40, CHUNK = 16 * PAGE, MOST_MB = 40, WORDS = 16 * 1024 };

/* Something large to be dropped and read again. */
static const uint64_t constants[WORDS] = {[0 ... WORDS - 1] = 0x77};
static const char *self;
static struct gate gate;

/* Write a file of a bit more than the RAM, then read it until told to end. */
static void
thrash(void *size_mb)
{
    static char buf[CHUNK];
    size_t chunks = (size_t)size_mb * MB / CHUNK;
    int fd = (int)CHECK_OK(open("large", O_RDWR | O_CREAT, 0644));
    char c;

    close(gate.fd[1]);
    for (size_t i = 0; i < chunks; i++) {
        fill(buf, CHUNK, i);
        CHECK_EQ(write(fd, buf, CHUNK), CHUNK);
    }
    CHECK_OK(fcntl(gate.fd[0], F_SETFL, O_NONBLOCK));
    for (size_t i = 0; read(gate.fd[0], &c, 1) != 0; i = (i + 1) % chunks) {
        CHECK_EQ(pread(fd, buf, CHUNK, (off_t)(i * CHUNK)), CHUNK);
        check_fill(buf, CHUNK, i);
    }
}

static int
run_as_program(void)
{
    const volatile uint64_t *p = constants;
    uint64_t sum = 0;

    for (size_t i = 0; i < WORDS; i++)
        sum += p[i];
    return sum == (uint64_t)WORDS * 0x77 ? 7 : 1;
}

static void
run_self(void *arg)
{
    (void)arg;
    CHECK_OK(execl(self, self, "program", (char *)NULL));
}

int
main(int argc, char **argv)
{
    struct statfs fs;
    size_t size;
    pid_t pid;

    if (argc > 1)
        return run_as_program();
    self = argv[0];
    enter_scratch();
    CHECK_OK(statfs(".", &fs));
    size = ram_mb() * 5 / 4;
    if (size > MOST_MB)
        size = MOST_MB;
    if (fs.f_bfree * PAGE / MB < size + 1)
        SKIP("the disk is too small");
    gate_make(&gate);
    pid = start_child(thrash, (void *)size);
    for (int i = 0; i < RUNS; i++)
        CHECK_EQ(WEXITSTATUS(reap(start_child(run_self, NULL))), 7);
    gate_open(&gate);
    reap_ok(pid);
    return 0;
}
