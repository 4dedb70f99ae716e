/* SPDX-License-Identifier: MIT */
/* test: proc-dying ram=16M harts=1-8 swap=0 time=60 */
/*
 * Reading the files of processes while they start, run other programs, end and
 * are reaped: each read gives text, or ENOENT or ESRCH; a zombie can be looked
 * at too, and nothing is in its directory when it has been reaped. Fails when a
 * reader touches memory of a process that has gone.
 */
#include "test.h"

/* New processes have ever higher numbers: a pass that did not stop after so
 * many could chase them round the whole pid space. */
enum { CHURNERS = 3, PASSES = 40, ENTRIES = 64 };

static struct gate gate;
static const char *self;
static const char *const files[] = {"stat",  "status", "maps", "cmdline",
                                    "smaps", "statm",  "comm", "oom_score"};

static void
exec_and_exit(void *arg)
{
    (void)arg;
    execl(self, self, "exit", (char *)NULL);
}

/* Make short-lived children until the gate opens. */
static void
churn(void *arg)
{
    char c;

    (void)arg;
    close(gate.fd[1]);
    fcntl(gate.fd[0], F_SETFL, O_NONBLOCK);
    while (read(gate.fd[0], &c, 1) != 0)
        reap_ok(start_child(exec_and_exit, NULL));
}

static void
read_file(const char *pid, const char *name)
{
    char path[64], buf[512];
    int fd;

    snprintf(path, sizeof(path), "/proc/%s/%s", pid, name);
    fd = open(path, O_RDONLY);
    if (fd < 0) {
        CHECK(errno == ENOENT || errno == ESRCH || errno == EACCES);
        return;
    }
    while (read(fd, buf, sizeof(buf)) > 0)
        ;
    CHECK_OK(close(fd));
}

/* => how many processes there were */
static int
read_all(void)
{
    struct dirent *entry;
    DIR *dir = opendir("/proc");
    int count = 0;

    CHECK(dir != NULL);
    while (count < ENTRIES && (entry = readdir(dir)) != NULL) {
        char path[300], target[64];

        if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
            continue;
        for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
            read_file(entry->d_name, files[i]);
        snprintf(path, sizeof(path), "/proc/%s/exe", entry->d_name);
        if (readlink(path, target, sizeof(target)) < 0)
            CHECK(errno == ENOENT || errno == ESRCH || errno == EACCES);
        count++;
    }
    closedir(dir);
    return count;
}

static void
check_zombie(void)
{
    char path[64], text[256] = "", state;
    pid_t pid = start_child(exec_and_exit, NULL);
    siginfo_t info;
    int fd, dir;

    CHECK_OK(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT));
    snprintf(path, sizeof(path), "/proc/%d/stat", pid);
    fd = (int)CHECK_OK(open(path, O_RDONLY));
    CHECK(read(fd, text, sizeof(text) - 1) > 0);
    CHECK_EQ(sscanf(text, "%*d (%*[^)]) %c", &state), 1);
    CHECK_EQ(state, 'Z');
    snprintf(path, sizeof(path), "/proc/%d", pid);
    dir = (int)CHECK_OK(open(path, O_RDONLY | O_DIRECTORY));
    snprintf(path, sizeof(path), "%d", pid);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        read_file(path, files[i]);
    reap_ok(pid);
    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
    CHECK_ERR(read(fd, text, sizeof(text)), ESRCH);
    CHECK_OK(close(fd));
    CHECK_ERR(openat(dir, "stat", O_RDONLY), ENOENT);
    CHECK_OK(close(dir));
}

int
main(int argc, char **argv)
{
    pid_t pids[CHURNERS];

    if (argc > 1)
        return 0;
    self = argv[0];
    gate_make(&gate);
    for (int i = 0; i < CHURNERS; i++)
        pids[i] = start_child(churn, NULL);
    for (int i = 0; i < PASSES; i++)
        CHECK(read_all() >= CHURNERS + 2);
    gate_open(&gate);
    for (int i = 0; i < CHURNERS; i++)
        reap_ok(pids[i]);
    check_zombie();
    return 0;
}
