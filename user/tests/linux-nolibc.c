/* SPDX-License-Identifier: MIT */
/* test: linux-nolibc ram=16M harts=1-8 swap=0 time=30 */
/*
 * A program as Linux's ABI has it, without a word of our library or headers:
 * numbers, structures and errors are written out here, the argument block is
 * read from the stack, every call is an ecall. It makes files, maps memory,
 * forks, waits, and prints. Fails when number, structure or error differ from
 * Linux's on riscv64; the exit status is then the step that failed.
 *
 * Of the library only the six instructions of crt0 are in it: they hand the
 * stack pointer to start_main, which is ours here.
 */
typedef unsigned long word;

struct kernel_stat {
    word dev, ino;
    unsigned mode, nlink, uid, gid;
    word rdev, pad1;
    long size;
    int blksize, pad2;
    long blocks;
    long atime, atime_ns, mtime, mtime_ns, ctime, ctime_ns;
    unsigned unused[2];
};

struct kernel_utsname {
    char sysname[65], nodename[65], release[65], version[65], machine[65],
        domainname[65];
};

static inline long
call(long number, word a, word b, word c, word d, word e, word f)
{
    register word a0 __asm__("a0") = a;
    register word a1 __asm__("a1") = b;
    register word a2 __asm__("a2") = c;
    register word a3 __asm__("a3") = d;
    register word a4 __asm__("a4") = e;
    register word a5 __asm__("a5") = f;
    register long a7 __asm__("a7") = number;

    __asm__ volatile("ecall"
                     : "+r"(a0)
                     : "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5), "r"(a7)
                     : "memory");
    return (long)a0;
}

#define STEP(number, condition)                                                \
    do {                                                                       \
        if (!(condition))                                                      \
            call(94, number, 0, 0, 0, 0, 0); /* exit_group */                  \
    } while (0)

static const char name[] = "/tmp/linux-nolibc";
static volatile int counter = 5; /* in .data: shared by nobody after fork */
static char zeroes[100000];      /* .bss */

static void
use_files(void)
{
    struct kernel_stat st;
    char buf[16];
    long fd = call(56, -100, (word)name, 0102, 0640, 0, 0); /* openat */

    STEP(10, fd >= 0);
    STEP(11, call(64, (word)fd, (word) "hello, file", 11, 0, 0, 0) == 11);
    STEP(12, call(62, (word)fd, 7, 0, 0, 0, 0) == 7);          /* lseek */
    STEP(13, call(63, (word)fd, (word)buf, 16, 0, 0, 0) == 4); /* read */
    STEP(14, buf[0] == 'f' && buf[3] == 'e');
    STEP(15, call(80, (word)fd, (word)&st, 0, 0, 0, 0) == 0); /* fstat */
    STEP(16, st.size == 11 && (st.mode & 0170000) == 0100000);
    STEP(17, st.nlink == 1 && st.blksize == 4096);
    STEP(18, call(79, -100, (word)name, (word)&st, 0, 0, 0) == 0);
    STEP(19, call(57, (word)fd, 0, 0, 0, 0, 0) == 0); /* close */
    STEP(20, call(57, (word)fd, 0, 0, 0, 0, 0) == -9);
    STEP(21, call(35, -100, (word)name, 0, 0, 0, 0) == 0); /* unlinkat */
    STEP(22, call(35, -100, (word)name, 0, 0, 0, 0) == -2);
    STEP(23, call(56, -100, 1, 0, 0, 0, 0) == -14);
}

static void
use_memory(void)
{
    volatile word *p;
    long at = call(222, 0, 8192, 3, 0x22, -1, 0); /* mmap */
    long end = call(214, 0, 0, 0, 0, 0, 0);       /* brk */

    STEP(30, at > 0 && at % 4096 == 0);
    p = (volatile word *)at;
    STEP(31, p[0] == 0 && p[1023] == 0);
    p[0] = 7;
    STEP(32, call(226, (word)at, 4096, 1, 0, 0, 0) == 0); /* mprotect */
    STEP(33, p[0] == 7);
    STEP(34, call(215, (word)at, 8192, 0, 0, 0, 0) == 0); /* munmap */
    STEP(35,
         end > 0 && call(214, (word)end + 5000, 0, 0, 0, 0, 0) == end + 5000);
    *(volatile char *)(end + 4999) = 1;
    for (int i = 0; i < 100000; i++)
        STEP(36, zeroes[i] == 0);
    STEP(37, counter == 5);
}

static void
use_processes(void)
{
    int status = -1, fds[2];
    char c = 0;
    long pid;

    STEP(40, call(59, (word)fds, 0, 0, 0, 0, 0) == 0); /* pipe2 */
    pid = call(220, 17, 0, 0, 0, 0, 0);                /* clone: fork */
    STEP(41, pid >= 0);
    if (pid == 0) {
        counter = 6;
        call(64, (word)fds[1], (word) "c", 1, 0, 0, 0);
        call(93, 42, 0, 0, 0, 0, 0); /* exit */
    }
    STEP(42, call(63, (word)fds[0], (word)&c, 1, 0, 0, 0) == 1 && c == 'c');
    STEP(43, call(260, (word)pid, (word)&status, 0, 0, 0, 0) == pid);
    STEP(44, status == 42 << 8);
    STEP(45, counter == 5);
    STEP(46, call(260, -1, (word)&status, 0, 0, 0, 0) == -10);
    STEP(47, call(172, 0, 0, 0, 0, 0, 0) != pid); /* getpid */
}

/* argc, argv, NULL, envp, NULL, auxv: all on the stack. */
static void
check_block(const word *block)
{
    const word *p = block + 1 + block[0];
    word page_size = 0, random = 0, phdr = 0;

    STEP(50, block[0] >= 1 && *p == 0);
    for (p++; *p != 0; p++)
        ;
    for (p++; p[0] != 0; p += 2) {
        page_size = p[0] == 6 ? p[1] : page_size;
        random = p[0] == 25 ? p[1] : random;
        phdr = p[0] == 3 ? p[1] : phdr;
    }
    STEP(51, page_size == 4096 && random != 0 && phdr != 0);
    STEP(52, (word)block % 16 == 0);
}

void start_main(const word *block) __attribute__((noreturn));

void
start_main(const word *block)
{
    static const char text[] = "linux-nolibc: all steps done\n";
    struct kernel_utsname uts;

    check_block(block);
    use_files();
    use_memory();
    use_processes();
    STEP(60, call(160, (word)&uts, 0, 0, 0, 0, 0) == 0); /* uname */
    STEP(61, uts.machine[0] == 'r' && uts.machine[6] == '4');
    STEP(62, call(500, 0, 0, 0, 0, 0, 0) == -38);
    STEP(63, call(64, 1, (word)text, sizeof(text) - 1, 0, 0, 0) ==
                 sizeof(text) - 1);
    call(94, 0, 0, 0, 0, 0, 0);
    __builtin_unreachable();
}
