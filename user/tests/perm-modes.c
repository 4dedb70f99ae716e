/* SPDX-License-Identifier: MIT */
/* test: perm-modes ram=16M harts=1-8 swap=0 time=30 */
/*
 * Modes: umask takes bits from what is made and is inherited; chmod and chown
 * are kept on disk and drop set-user-id and set-group-id where they must; in a
 * sticky directory only the owner of a file or of the directory removes it; a
 * directory that may not be written goes to no other; a set-user-id program runs
 * as its owner, but not where the mount says nosuid; nor are there devices with
 * nodev and programs with noexec. Fails when a bit is lost or counts for the
 * wrong class of user.
 */
#include <sys/mount.h>
#include "test.h"

enum { USER = 1000, OTHER = 2000 };

static const char *self;

static mode_t
mode_of(const char *path)
{
    struct stat st;

    CHECK_OK(stat(path, &st));
    return st.st_mode & 07777;
}

static void
check_inherited(void *arg)
{
    (void)arg;
    CHECK_EQ(umask(0), 027);
}

static void
check_umask(void)
{
    mode_t old = umask(027);

    CHECK_OK(close((int)CHECK_OK(open("masked", O_RDWR | O_CREAT, 0777))));
    CHECK_EQ(mode_of("masked"), 0750);
    CHECK_OK(mkdir("masked-folder", 0777));
    CHECK_EQ(mode_of("masked-folder"), 0750);
    reap_ok(start_child(check_inherited, NULL));
    CHECK_EQ(umask(old), 027);
    CHECK_OK(chmod("masked", 07777));
    CHECK_EQ(mode_of("masked"), 07777);
    CHECK_OK(chown("masked", USER, OTHER));
    CHECK_EQ(mode_of("masked") & 06000, 0); /* set-user-id is gone */
    CHECK_OK(chmod("masked", 0));
    CHECK_EQ(mode_of("masked"), 0);
}

static void
be(uid_t uid)
{
    CHECK_OK(setgroups(0, NULL));
    CHECK_OK(setgid(uid));
    CHECK_OK(setuid(uid));
}

/* A file of a group that its owner is not in does not run as that group. */
static void
lend_group(void *arg)
{
    (void)arg;
    be(USER);
    CHECK_OK(chmod("masked", 06755));
    CHECK_EQ(mode_of("masked"), 04755);
    CHECK_OK(open("set-gid/new", O_WRONLY | O_CREAT, 02700));
    CHECK_EQ(mode_of("set-gid/new"), 0700);
}

/* Who may only write to a program does not leave it another user's. */
static void
change_program(void *arg)
{
    (void)arg;
    be(OTHER);
    CHECK_OK(truncate("written", 2));
    CHECK_EQ(mode_of("written"), 0777);
    CHECK_ERR(truncate("fifo", 0), EINVAL);
    CHECK_ERR(mknod("fifo", S_IFCHR | 0666, 0x103), EEXIST);
}

static void
check_written(void)
{
    make_file("written", 10, 1);
    CHECK_OK(mkfifo("fifo", 0600));
    CHECK_OK(chmod("written", 06777));
    CHECK_OK(truncate("written", 5)); /* root may */
    CHECK_EQ(mode_of("written"), 06777);
    reap_ok(start_child(change_program, NULL));
}

static void
check_group(void)
{
    CHECK_OK(mkdir("set-gid", 0777));
    CHECK_OK(chown("set-gid", 0, OTHER));
    CHECK_OK(chmod("set-gid", 02777));
    reap_ok(start_child(lend_group, NULL));
}

static void
use_sticky(void *arg)
{
    (void)arg;
    be(USER);
    CHECK_ERR(unlink("sticky/others"), EPERM);
    CHECK_ERR(rename("sticky/others", "sticky/x"), EPERM);
    CHECK_ERR(rename("sticky/mine", "sticky/others"), EPERM);
    CHECK_OK(unlink("sticky/mine"));
    CHECK_OK(unlink("open/others"));
    CHECK_OK(mkdir("open/fixed", 0555)); /* its ".." stays, */
    CHECK_OK(rename("open/fixed", "open/still-fixed"));
    CHECK_ERR(rename("open/still-fixed", "sticky/fixed"), EACCES);
    CHECK_OK(rmdir("open/still-fixed"));
}

/* The owner's bits count for the owner even when others have more. */
static void
use_class(void *uid)
{
    be((uid_t)(long)uid);
    if ((long)uid == USER)
        CHECK_ERR(open("classes", O_RDONLY), EACCES);
    else
        CHECK_OK(open("classes", O_RDONLY));
}

static void
run_set_uid(void *arg)
{
    (void)arg;
    be(OTHER);
    CHECK_OK(execl("./set-uid", "set-uid", "who", (char *)NULL));
}

static void
copy_self(const char *to)
{
    static char buf[PAGE];
    int in = (int)CHECK_OK(open(self, O_RDONLY));
    int out = (int)CHECK_OK(open(to, O_WRONLY | O_CREAT, 0755));
    long n;

    while ((n = CHECK_OK(read(in, buf, sizeof(buf)))) > 0)
        CHECK_EQ(write(out, buf, (size_t)n), n);
    CHECK_OK(close(in));
    CHECK_OK(close(out));
}

static void
make_files(void)
{
    CHECK_OK(chmod(".", 0755));
    CHECK_OK(mkdir("sticky", 0755));
    CHECK_OK(chmod("sticky", 01777));
    CHECK_OK(mkdir("open", 0755));
    CHECK_OK(chmod("open", 0777));
    make_file("sticky/others", 1, 1);
    make_file("sticky/mine", 1, 1);
    CHECK_OK(chown("sticky/mine", USER, USER));
    make_file("open/others", 1, 1);
    make_file("classes", 1, 1);
    CHECK_OK(chown("classes", USER, 0));
    CHECK_OK(chmod("classes", 0044));
    copy_self("set-uid");
    CHECK_OK(chown("set-uid", USER, USER));
    CHECK_OK(chmod("set-uid", 04755));
}

static void
run_without_set_uid(void *arg)
{
    (void)arg;
    be(OTHER);
    CHECK_OK(execl("mnt/set-uid", "set-uid", "who", "plain", (char *)NULL));
}

static void
mount_tmpfs(unsigned long flags)
{
    CHECK_OK(mount("tmpfs", "mnt", "tmpfs", flags, NULL));
    copy_self("mnt/set-uid");
    CHECK_OK(chown("mnt/set-uid", USER, USER));
    CHECK_OK(chmod("mnt/set-uid", 04755));
    CHECK_OK(mknod("mnt/null", S_IFCHR | 0666, 0x103));
}

/* What a mount denies it denies root, too. */
static void
check_mount_flags(void)
{
    const int exec = PROT_READ | PROT_EXEC;
    int fd;

    CHECK_OK(mkdir("mnt", 0755));
    CHECK_OK(symlink("mnt", "link"));
    mount_tmpfs(MS_NOSUID | MS_NODEV);
    reap_ok(start_child(run_without_set_uid, NULL));
    CHECK_ERR(open("mnt/null", O_RDONLY), EACCES);
    CHECK_ERR(umount2("mnt", 16), EINVAL);
    CHECK_ERR(umount2("link", UMOUNT_NOFOLLOW), EINVAL);
    CHECK_OK(umount2("mnt", UMOUNT_NOFOLLOW));
    mount_tmpfs(MS_NOEXEC);
    CHECK_ERR(execl("mnt/set-uid", "x", (char *)NULL), EACCES);
    fd = (int)CHECK_OK(open("mnt/set-uid", O_RDONLY));
    CHECK(mmap(NULL, PAGE, exec, MAP_PRIVATE, fd, 0) == MAP_FAILED);
    CHECK_OK(close(fd));
    CHECK_OK(close((int)CHECK_OK(open("mnt/null", O_RDONLY))));
    CHECK_OK(umount("link"));
}

int
main(int argc, char **argv)
{
    if (argc > 1) {
        CHECK_EQ(getuid(), OTHER);
        CHECK_EQ(geteuid(), argc == 2 ? USER : OTHER);
        CHECK_EQ(getegid(), OTHER);
        return 0;
    }
    if (getuid() != 0)
        SKIP("only root can show it");
    self = argv[0];
    enter_scratch();
    check_umask();
    make_files();
    check_group();
    check_written();
    reap_ok(start_child(use_sticky, NULL));
    reap_ok(start_child(use_class, (void *)USER));
    reap_ok(start_child(use_class, (void *)OTHER));
    reap_ok(start_child(run_set_uid, NULL));
    check_mount_flags();
    return 0;
}
