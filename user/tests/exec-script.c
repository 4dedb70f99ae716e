/* SPDX-License-Identifier: MIT */
/* test: exec-script ram=16M harts=1-8 swap=0 time=30 */
/*
 * A file that starts with #! runs through the interpreter named there, which
 * gets one optional argument, the path of the script, and the rest of the
 * arguments. Scripts may be interpreters, but not without end. Fails when the
 * arguments come in another order, or when a loop of scripts is not refused.
 */
#include "test.h"

static char *self;

static void
write_script(const char *name, mode_t mode, const char *text)
{
    int fd = CHECK_OK(open(name, O_WRONLY | O_CREAT | O_TRUNC, mode));

    CHECK_EQ(write(fd, text, strlen(text)), strlen(text));
    CHECK_OK(close(fd));
}

static char *
line_for(const char *interpreter, const char *rest)
{
    char *line;

    if (asprintf(&line, "#!%s%s\nnever read\n", interpreter, rest) < 0)
        FAIL("out of memory");
    return line;
}

/* The script gets "first" and "second"; this program sees what became of it. */
static void
run_script(void *name)
{
    CHECK_OK(execl(name, "dropped", "first", "second", (char *)NULL));
}

static int
seen(int argc, char **argv, const char *const *want)
{
    int n = 0;

    for (; want[n] != NULL; n++) {
        if (n >= argc)
            FAIL("argv[%d]: expected \"%s\", seen none", n, want[n]);
        if (strcmp(argv[n], want[n]) != 0)
            FAIL("argv[%d]: expected \"%s\", seen \"%s\"", n, want[n], argv[n]);
    }
    CHECK_EQ(argc, n);
    return 0;
}

static int
as_interpreter(int argc, char **argv)
{
    const char *plain[] = {argv[0], "./plain", "first", "second", NULL};
    const char *with[] = {argv[0], "one  argument", "./with",
                          "first", "second",        NULL};
    const char *twice[] = {argv[0], "./plain", "./twice",
                           "first", "second",  NULL};

    if (strcmp(argv[1], "one  argument") == 0)
        return seen(argc, argv, with);
    if (argc > 2 && strcmp(argv[2], "./twice") == 0)
        return seen(argc, argv, twice);
    return seen(argc, argv, plain);
}

int
main(int argc, char **argv)
{
    if (argc > 1)
        return as_interpreter(argc, argv);
    self = argv[0];
    enter_scratch();
    write_script("plain", 0755, line_for(self, ""));
    write_script("with", 0755, line_for(self, " \t one  argument \t"));
    write_script("twice", 0755, line_for("./plain", ""));
    write_script("loop", 0755, line_for("./loop", ""));
    write_script("gone", 0755, line_for("/no/such/program", ""));
    write_script("empty", 0755, "#! \n");
    write_script("closed", 0644, line_for(self, ""));
    reap_ok(start_child(run_script, (void *)(uintptr_t) "./plain"));
    reap_ok(start_child(run_script, (void *)(uintptr_t) "./with"));
    reap_ok(start_child(run_script, (void *)(uintptr_t) "./twice"));
    CHECK_ERR(execl("./loop", "loop", (char *)NULL), ELOOP);
    CHECK_ERR(execl("./gone", "gone", (char *)NULL), ENOENT);
    CHECK_ERR(execl("./empty", "empty", (char *)NULL), ENOEXEC);
    CHECK_ERR(execl("./closed", "closed", (char *)NULL), EACCES);
    return 0;
}
