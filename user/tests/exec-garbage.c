/* SPDX-License-Identifier: MIT */
/* test: exec-garbage ram=16M harts=1-8 swap=0 time=120 */
/*
 * Whatever stands in a file, executing it is an errno, or a program that runs
 * or dies: never more. First random bytes behind the ELF magic, then a good
 * small program cut off at every 16th byte, then the same with headers in which
 * a few bytes are random. The good one must run. Fails when the kernel trusts
 * a number of the header: it panics, hangs, or maps what does not belong there.
 * What the processes leave behind is for the ledger.
 */
#include "include/elf.h"
#include "test.h"

enum {
    RANDOM_RUNS = 60,
    MUTANT_RUNS = 400,
    CUT_STEP = 16,
    MOST_CHANGES = 4,
    GOOD_EXIT = 42,
    TEXT_AT = 0x10000,
    DATA_AT = 0x12000,
    BSS_BYTES = 3 * PAGE,
};

struct image {
    struct elf64_ehdr ehdr;
    struct elf64_phdr text, data;
    uint32_t code[4];
    uint8_t pad[PAGE];
    uint64_t words[16];
};

static uint64_t seed = 20260101;

static void
make_image(struct image *image)
{
    /* li a0, GOOD_EXIT; li a7, SYS_exit_group; ecall; an illegal one */
    const uint32_t code[] = {GOOD_EXIT << 20 | 0x513, 94 << 20 | 0x893, 0x73,
                             0};
    size_t data = offsetof(struct image, words);

    memset(image, 0, sizeof(*image));
    memcpy(image->ehdr.e_ident, "\177ELF\2\1\1", 7);
    image->ehdr.e_type = ET_EXEC;
    image->ehdr.e_machine = EM_RISCV;
    image->ehdr.e_version = 1;
    image->ehdr.e_entry = TEXT_AT + offsetof(struct image, code);
    image->ehdr.e_phoff = offsetof(struct image, text);
    image->ehdr.e_ehsize = sizeof(image->ehdr);
    image->ehdr.e_phentsize = sizeof(image->text);
    image->ehdr.e_phnum = 2;
    image->text = (struct elf64_phdr){.p_type = PT_LOAD,
                                      .p_flags = PF_R | PF_X,
                                      .p_vaddr = TEXT_AT,
                                      .p_paddr = TEXT_AT,
                                      .p_filesz = data,
                                      .p_memsz = data,
                                      .p_align = PAGE};
    image->data = (struct elf64_phdr){.p_type = PT_LOAD,
                                      .p_flags = PF_R | PF_W,
                                      .p_offset = data,
                                      .p_vaddr = DATA_AT + data % PAGE,
                                      .p_filesz = sizeof(image->words),
                                      .p_memsz = BSS_BYTES,
                                      .p_align = PAGE};
    memcpy(image->code, code, sizeof(code));
    memset(image->words, 0xa5, sizeof(image->words));
}

static void
run_it(void *arg)
{
    char *none[] = {NULL};

    (void)arg;
    execve("./it", none, none);
    switch (errno) {
    case ENOEXEC:
    case ENOMEM:
    case EINVAL:
    case EACCES:
    case EFAULT:
    case EIO:
        _exit(0);
    default:
        FAIL("exec of garbage: seen \"%s\"", strerror(errno));
    }
}

/* Write it, run it. => the status word */
static int
try_image(const void *bytes, size_t size)
{
    int fd = CHECK_OK(open("it", O_WRONLY | O_CREAT | O_TRUNC, 0755));

    CHECK_EQ(write(fd, bytes, size), size);
    CHECK_OK(close(fd));
    return reap(start_child(run_it, NULL));
}

static void
expect_end(int status, const char *what, int number)
{
    if (WIFSIGNALED(status) || WEXITSTATUS(status) == 0 ||
        WEXITSTATUS(status) == GOOD_EXIT)
        return;
    FAIL("%s %d: seen status %#x", what, number, (unsigned)status);
}

static void
try_random(int number)
{
    static uint64_t bytes[PAGE / 8];

    for (size_t i = 0; i < sizeof(bytes) / 8; i++)
        bytes[i] = next_random(&seed);
    if (number % 2 == 0)
        memcpy(bytes, "\177ELF\2\1\1\0", 8);
    expect_end(try_image(bytes, sizeof(bytes)), "random bytes", number);
}

static void
try_mutant(int number)
{
    static const uint64_t edges[] = {0,
                                     1,
                                     0xff,
                                     0x7fffffffffffffff,
                                     0xffffffffffffffff,
                                     0x3ffffff000,
                                     0xffffffc000200000,
                                     0xfff};
    struct image image;
    size_t header = offsetof(struct image, code);

    make_image(&image);
    for (uint64_t n = next_random(&seed) % MOST_CHANGES + 1; n > 0; n--) {
        size_t at = next_random(&seed) % header;

        if (next_random(&seed) % 2 == 0)
            ((uint8_t *)&image)[at] = (uint8_t)next_random(&seed);
        else
            memcpy((uint8_t *)&image + at / 8 * 8,
                   &edges[next_random(&seed) % 8], 8);
    }
    expect_end(try_image(&image, sizeof(image)), "mutant", number);
}

int
main(void)
{
    struct image good;

    enter_scratch();
    make_image(&good);
    CHECK_EQ(try_image(&good, sizeof(good)), GOOD_EXIT << 8);
    for (int i = 0; i < RANDOM_RUNS; i++)
        try_random(i);
    for (size_t size = 0; size < offsetof(struct image, pad); size += CUT_STEP)
        expect_end(try_image(&good, size), "cut at", (int)size);
    for (int i = 0; i < MUTANT_RUNS; i++)
        try_mutant(i);
    CHECK_EQ(try_image(&good, sizeof(good)), GOOD_EXIT << 8);
    return 0;
}
