/* SPDX-License-Identifier: MIT */
/* test: libc-basics ram=16M harts=1-8 swap=0 time=60 */
/*
 * The C library where it is easily wrong: formats, the limits of numbers, sizes
 * that overflow, memory that is given back, streams at their end and on a full
 * disk. Fails when one of these differs from what C and POSIX say.
 */
#include "test.h"

/* ---- text -------------------------------------------------------------- */

static void
check_text(const char *seen, const char *wanted)
{
    if (seen == NULL || strcmp(seen, wanted) != 0)
        FAIL("\"%s\", not \"%s\"", seen, wanted);
}

static void __attribute__((format(printf, 2, 3)))
check_format(const char *wanted, const char *format, ...)
{
    char text[64];
    va_list ap;
    int n;

    va_start(ap, format);
    n = vsnprintf(text, sizeof(text), format, ap);
    va_end(ap);
    check_text(text, wanted);
    CHECK_EQ(n, (long)strlen(wanted));
}

static void
check_formats(void)
{
    char text[4] = "xxx";

    check_format("-0042|+7| 7|7   |", "%05d|%+d|% d|%-4d|", -42, 7, 7, 7);
    check_format("  007|00|0x2a|052|", "%5.3d|%.2d|%#x|%#o|", 7, 0, 42, 42);
    check_format("||0|", "%.0d|%.*s|%#.0o|", 0, 0, "abc", 0U);
    check_format("-9223372036854775808", "%ld", INT64_MIN);
    check_format("18446744073709551615 ff -1", "%lu %hhx %hhd", UINT64_MAX,
                 (unsigned char)0xff, (signed char)-1);
    check_format("abc|  a|a  |ab", "%s|%3c|%-3s|%.2s", "abc", 'a', "a", "abc");
    check_format("    x|y   ", "%*s|%*s", 5, "x", -4, "y");
    CHECK_EQ(snprintf(text, sizeof(text), "%s", "long"), 4);
    check_text(text, "lon");
    CHECK_EQ(snprintf(NULL, 0, "%d", 1234), 4);
}

static void
check_number(const char *text, int base, long wanted, int error, size_t used)
{
    char *end;

    errno = 0;
    CHECK_EQ(strtol(text, &end, base), wanted);
    CHECK_EQ(errno, error);
    CHECK_EQ((size_t)(end - text), used);
}

static void
check_numbers(void)
{
    check_number("9223372036854775807", 10, INT64_MAX, 0, 19);
    check_number("9223372036854775808", 10, INT64_MAX, ERANGE, 19);
    check_number("-9223372036854775808x", 10, INT64_MIN, 0, 20);
    check_number("-99999999999999999999", 10, INT64_MIN, ERANGE, 21);
    check_number(" \t+0x1Fg", 0, 31, 0, 7);
    check_number("0xg", 16, 0, 0, 1);
    check_number("089", 0, 0, 0, 1);
    check_number("zz", 36, 35 * 36 + 35, 0, 2);
    check_number("-", 10, 0, 0, 0);
    errno = 0;
    CHECK_EQ(strtoul("-1", NULL, 10), UINT64_MAX);
    CHECK_EQ(errno, 0);
}

/* ---- memory ------------------------------------------------------------ */

static void
check_sizes(void)
{
    void *p = malloc(8);

    CHECK(malloc(SIZE_MAX) == NULL && errno == ENOMEM);
    CHECK(malloc(PTRDIFF_MAX) == NULL);
    CHECK(calloc(SIZE_MAX / 2, 3) == NULL);
    CHECK(reallocarray(p, SIZE_MAX / 2, 3) == NULL);
    CHECK(realloc(p, SIZE_MAX - 8) == NULL);
    CHECK_EQ(posix_memalign(&p, 3, 8), EINVAL);
    free(p);
    for (size_t align = 16; align <= MB; align *= 4) {
        CHECK_EQ(posix_memalign(&p, align, 100), 0);
        CHECK_EQ((uintptr_t)p % align, 0);
        fill(p, 100, align);
        p = realloc(p, 300000);
        check_fill(p, 100, align);
        p = realloc(p, 50);
        check_fill(p, 50, align);
        free(p);
    }
}

/* Blocks come, change and go in any order, and keep what they hold. */
static void
check_heap(void)
{
    enum { BLOCKS = 200, ROUNDS = 4000 };
    static struct {
        char *p;
        size_t size;
    } blocks[BLOCKS];
    uint64_t seed = 1;
    char *start = sbrk(0);

    for (int i = 0; i < ROUNDS; i++) {
        size_t b = next_random(&seed) % BLOCKS;
        size_t size = next_random(&seed) % (i % 50 == 0 ? 200000 : 2000);
        size_t kept = size < blocks[b].size ? size : blocks[b].size;

        check_fill(blocks[b].p, blocks[b].size, b);
        blocks[b].p = realloc(blocks[b].p, size);
        CHECK((uintptr_t)blocks[b].p % 16 == 0);
        check_fill(blocks[b].p, kept, b);
        fill(blocks[b].p, size, b);
        blocks[b].size = size;
    }
    for (int b = 0; b < BLOCKS; b++)
        free(blocks[b].p);
    CHECK((char *)sbrk(0) - start <= MB / 4);
}

static int
compare_ints(const void *a, const void *b)
{
    return *(const int *)a < *(const int *)b
               ? -1
               : *(const int *)a > *(const int *)b;
}

static void
check_sort(void)
{
    int numbers[1000];
    uint64_t seed = 2;

    for (int count = 0; count <= 1000; count += count < 4 ? 1 : 249) {
        for (int i = 0; i < count; i++)
            numbers[i] = (int)(next_random(&seed) % 500) - 250;
        qsort(numbers, (size_t)count, sizeof(int), compare_ints);
        for (int i = 1; i < count; i++)
            CHECK(numbers[i - 1] <= numbers[i]);
    }
}

/* ---- streams ----------------------------------------------------------- */

static void
check_reading(void)
{
    char text[8], *line = NULL;
    size_t room = 0;
    FILE *f = fopen("stream", "w+");

    for (int i = 0; i < 3000; i++)
        fputc('a' + i % 26, f);
    fputs("\nlast", f);
    rewind(f);
    CHECK_EQ(getline(&line, &room, f), 3001);
    CHECK_EQ(ftell(f), 3001);
    CHECK_EQ(ungetc('L', f), 'L');
    check_text(fgets(text, 3, f), "Ll");
    CHECK_EQ(fread(text, 1, sizeof(text), f), 3);
    CHECK(feof(f) && !ferror(f));
    CHECK_EQ(getline(&line, &room, f), -1);
    CHECK_EQ(fseek(f, -4, SEEK_END), 0);
    CHECK_EQ(fgetc(f), 'l');
    CHECK_EQ(fseek(f, 0, SEEK_CUR), 0);
    CHECK_EQ(fputc('A', f), 'A');
    rewind(f);
    CHECK_EQ(fseek(f, 3001, SEEK_SET), 0);
    check_text(fgets(text, 8, f), "lAst");
    CHECK_OK(fclose(f));
    free(line);
}

static void
check_errors(void)
{
    FILE *f = fopen("/dev/full", "w");

    CHECK(fprintf(f, "x") == 1 && !ferror(f));
    CHECK(fflush(f) == EOF && errno == ENOSPC && ferror(f));
    fclose(f);
    f = fopen("/dev/full", "w");
    setvbuf(f, NULL, _IONBF, 0);
    CHECK(fprintf(f, "x") < 0 && ferror(f));
    fclose(f);
    f = fopen("/", "r");
    CHECK(fgetc(f) == EOF && ferror(f) && !feof(f));
    fclose(f);
    CHECK(fopen("nothing", "r") == NULL && errno == ENOENT);
    CHECK(fopen("stream", "q") == NULL && errno == EINVAL);
    close(STDIN_FILENO);
    CHECK(freopen("stream", "r", stdin) == stdin);
    CHECK_EQ(fgetc(stdin), 'a');
}

int
main(void)
{
    enter_scratch();
    check_formats();
    check_numbers();
    check_sizes();
    check_heap();
    check_sort();
    check_reading();
    check_errors();
    return 0;
}
