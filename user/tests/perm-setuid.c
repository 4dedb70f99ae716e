/* SPDX-License-Identifier: MIT */
/* test: perm-setuid ram=16M harts=1-8 swap=0 time=30 */
/*
 * A process that has given up root stays an ordinary user: the permission bits
 * of files count for it, others' processes and files are not its to signal,
 * change, or own, and there is no way back. Fails when one of these is let
 * through, or when root itself is refused.
 */
#include <sys/mount.h>
#include <sys/resource.h>
#include "test.h"

enum { USER = 1000, OTHER = 2000 };

static const char *const programs[] = {"written", "cut", "opened"};
/* As root, as another group, as if started by USER; was root until now. */
static pid_t set_id, set_gid, dropped;
static int ready[2];

static void
check_files(void)
{
    int fd = CHECK_OK(open("own", O_RDWR | O_CREAT, 0600));
    struct stat st;

    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_uid, USER);
    CHECK_EQ(st.st_gid, USER);
    CHECK_OK(close(fd));
    CHECK_ERR(open("secret", O_RDONLY), EACCES);
    CHECK_ERR(open("readable", O_WRONLY), EACCES);
    CHECK_OK(close((int)CHECK_OK(open("readable", O_RDONLY))));
    CHECK_OK(close((int)CHECK_OK(open("grouped", O_RDWR))));
    CHECK_ERR(open("closed/inside", O_RDONLY), EACCES);
    CHECK_ERR(open("fixed/new", O_WRONLY | O_CREAT, 0644), EACCES);
    CHECK_ERR(unlink("fixed/old"), EACCES);
    CHECK_ERR(access("secret", R_OK), EACCES);
    CHECK_OK(access("secret", F_OK));
    CHECK_ERR(chmod("readable", 0777), EPERM);
    CHECK_ERR(chown("own", OTHER, OTHER), EPERM);
    CHECK_ERR(chown("readable", USER, USER), EPERM);
    CHECK_ERR(truncate("readable", 0), EACCES);
    CHECK_ERR(execl("readable", "x", (char *)NULL), EACCES);
}

/* Whoever changes what a program is does so without its rights. */
static void
check_set_id(void)
{
    struct stat st;
    int fd;

    fd = CHECK_OK(open(programs[0], O_WRONLY));
    CHECK_EQ(write(fd, "x", 1), 1);
    CHECK_OK(truncate(programs[1], 0));
    CHECK_OK(open(programs[2], O_WRONLY | O_TRUNC));
    for (int i = 0; i < 3; i++) {
        CHECK_OK(stat(programs[i], &st));
        CHECK_EQ(st.st_mode & 07777, 0777);
    }
}

static void
wait_as_root(void *gate)
{
    CHECK_OK(setresuid(USER, 0, 0));
    put_byte(ready[1], 1);
    gate_pass(gate);
}

static void
wait_as_user(void *gate)
{
    CHECK_OK(setgid(USER));
    CHECK_OK(setuid(USER));
    put_byte(ready[1], 1);
    gate_pass(gate);
}

static void
run_program(void *arg)
{
    (void)arg;
    CHECK_OK(execl("/bin/sleep", "sleep", "60", (char *)NULL));
}

static void
run_as_group(void *arg)
{
    CHECK_OK(setresgid(USER, OTHER, OTHER));
    CHECK_OK(setuid(USER));
    run_program(arg);
}

/* Start a child that ends in run_program().  => once it runs the program */
static pid_t
start_program(void (*fn)(void *))
{
    int running[2];
    pid_t pid;
    char byte;

    CHECK_OK(pipe2(running, O_CLOEXEC));
    pid = start_child(fn, NULL);
    CHECK_OK(close(running[1]));
    CHECK_EQ(read(running[0], &byte, 1), 0); /* exec closes the other end */
    CHECK_OK(close(running[0]));
    return pid;
}

static int
open_maps(pid_t pid)
{
    char path[40];

    snprintf(path, sizeof(path), "/proc/%d/maps", pid);
    return open(path, O_RDONLY);
}

/*
 * What a process is not wholly its user's, or was not when it began, he does not
 * look into.
 */
static void
check_private(void)
{
    pid_t child = start_program(run_program);

    CHECK_ERR(open_maps(set_id), EACCES);
    CHECK_ERR(open_maps(set_gid), EACCES);
    CHECK_ERR(open_maps(dropped), EACCES);
    CHECK_OK(open_maps(getpid()));
    CHECK_OK(open_maps(child));
    CHECK_OK(kill(child, SIGKILL));
    reap(child);
}

static void
be_user(void *arg)
{
    struct rlimit limit;

    (void)arg;
    CHECK_OK(setgroups(0, NULL));
    CHECK_OK(setgid(USER));
    CHECK_OK(setuid(USER));
    CHECK_EQ(getuid(), USER);
    CHECK_EQ(geteuid(), USER);
    CHECK_EQ(getegid(), USER);
    CHECK_ERR(setuid(0), EPERM);
    CHECK_ERR(setgid(0), EPERM);
    CHECK_ERR(setresuid(0, 0, 0), EPERM);
    CHECK_ERR(setgroups(0, NULL), EPERM);
    check_files();
    check_set_id();
    CHECK_ERR(kill(1, SIGTERM), EPERM);
    CHECK_ERR(kill(getppid(), 0), EPERM);
    CHECK_OK(kill(getpid(), 0));
    CHECK_OK(prlimit(getpid(), RLIMIT_NOFILE, NULL, &limit));
    CHECK_OK(kill(set_id, 0));
    CHECK_ERR(prlimit(set_id, RLIMIT_NOFILE, &limit, NULL), EPERM);
    CHECK_ERR(prlimit(set_gid, RLIMIT_NOFILE, &limit, NULL), EPERM);
    check_private();
    CHECK_ERR(setpriority(PRIO_PROCESS, 0, -1), EACCES);
    CHECK_ERR(mount("proc", "/mnt", "proc", 0, NULL), EPERM);
    CHECK_ERR(umount("/proc"), EPERM);
    CHECK_ERR(sethostname("mine", 4), EPERM);
    CHECK_ERR(mknod("node", S_IFCHR | 0666, 0x103), EPERM);
    CHECK_ERR(chroot("."), EPERM);
}

/* An effective user only: the real one may be taken back. */
static void
be_user_for_now(void *arg)
{
    (void)arg;
    CHECK_OK(seteuid(USER));
    CHECK_EQ(getuid(), 0);
    CHECK_EQ(geteuid(), USER);
    CHECK_ERR(open("secret", O_RDONLY), EACCES);
    CHECK_OK(access("secret", R_OK)); /* asks for the real user */
    CHECK_OK(seteuid(0));
    CHECK_OK(open("secret", O_RDONLY));
}

int
main(void)
{
    struct stat st;
    struct gate gate;

    if (getuid() != 0)
        SKIP("only root can show it");
    enter_scratch();
    CHECK_OK(chmod(".", 0777));
    make_file("secret", 10, 1);
    CHECK_OK(chmod("secret", 0600));
    make_file("readable", 10, 1);
    for (int i = 0; i < 3; i++) {
        make_file(programs[i], 10, 1);
        CHECK_OK(chmod(programs[i], 06777));
        CHECK_OK(truncate(programs[i], 5)); /* root may */
        CHECK_OK(stat(programs[i], &st));
        CHECK_EQ(st.st_mode & 07777, 06777);
    }
    make_file("grouped", 10, 1);
    CHECK_OK(chown("grouped", 0, USER));
    CHECK_OK(chmod("grouped", 0060));
    CHECK_OK(mkdir("closed", 0700));
    make_file("closed/inside", 10, 1);
    CHECK_OK(mkdir("fixed", 0755));
    make_file("fixed/old", 10, 1);
    gate_make(&gate);
    CHECK_OK(pipe(ready));
    set_id = start_child(wait_as_root, &gate);
    CHECK_EQ(get_byte(ready[0]), 1);
    dropped = start_child(wait_as_user, &gate);
    CHECK_EQ(get_byte(ready[0]), 1);
    set_gid = start_program(run_as_group);
    reap_ok(start_child(be_user, NULL));
    CHECK_OK(kill(set_gid, SIGKILL)); /* it holds the gate, too */
    reap(set_gid);
    gate_open(&gate);
    reap_ok(set_id);
    reap_ok(dropped);
    reap_ok(start_child(be_user_for_now, NULL));
    check_file("readable", 10, 1);
    return 0;
}
