/* SPDX-License-Identifier: MIT */
/* test: tmpfs-basic ram=16M harts=1-8 swap=0 time=60 */
/*
 * A tmpfs has all that a file system has: files with holes, folders, links,
 * nodes, FIFOs, rename, truncation, mappings, programs; names and data last
 * while nobody uses them, whatever caches are dropped, until it is unmounted,
 * which is EBUSY while it is in use. Fails when a dropped dentry loses a file,
 * when a name comes twice or not at all while a folder is read and changed, or
 * when a page, an inode or a name stays behind (the ledger).
 */
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include "test.h"

enum { RW = PROT_READ | PROT_WRITE, MANY = 300, SIZE = 20 * PAGE };

static void
drop_caches(void)
{
    int fd = (int)CHECK_OK(open("/proc/sys/vm/drop_caches", O_WRONLY));

    CHECK_EQ(write(fd, "3", 1), 1);
    CHECK_OK(close(fd));
}

static struct stat
status_of(const char *name)
{
    struct stat st;

    CHECK_OK(lstat(name, &st));
    return st;
}

static uint64_t
used_pages(void)
{
    struct statfs fs;

    CHECK_OK(statfs(".", &fs));
    return fs.f_blocks - fs.f_bfree;
}

static void
check_data(void)
{
    uint64_t before = used_pages();
    char buf[PAGE];
    int fd;

    make_file("file", SIZE + 10, 1);
    drop_caches();
    check_file("file", SIZE + 10, 1);
    CHECK_EQ(used_pages() - before, SIZE / PAGE + 1);
    CHECK_EQ(status_of("file").st_blocks, (SIZE / PAGE + 1) * 8);
    fd = (int)CHECK_OK(open("file", O_RDWR));
    CHECK_OK(ftruncate(fd, PAGE + 100));
    CHECK_EQ(used_pages() - before, 2);
    CHECK_OK(ftruncate(fd, SIZE)); /* what was cut off is zero now */
    CHECK_EQ(pread(fd, buf, PAGE, PAGE), PAGE);
    check_zero(buf + 100, PAGE - 100);
    CHECK_EQ(pread(fd, buf, PAGE, 7 * PAGE), PAGE);
    check_zero(buf, PAGE);
    CHECK_EQ(used_pages() - before, 2); /* reading a hole costs nothing */
    CHECK_EQ(pwrite(fd, "x", 1, 50 * PAGE + 5), 1);
    CHECK_EQ(status_of("file").st_size, 50 * PAGE + 6);
    CHECK_EQ(pread(fd, buf, PAGE, 50 * PAGE), 6);
    check_zero(buf, 5);
    CHECK_EQ(pwrite(fd, wild(64), PAGE, 60 * PAGE), -1);
    CHECK_EQ(errno, EFAULT);
    CHECK_EQ(status_of("file").st_size, 50 * PAGE + 6);
    CHECK_OK(fsync(fd));
    CHECK_OK(unlink("file"));
    CHECK_EQ(pread(fd, buf, 1, 50 * PAGE + 5), 1);
    CHECK_EQ(buf[0], 'x');
    CHECK_OK(close(fd));
    CHECK_EQ(used_pages(), before);
}

static void
touch(void *address)
{
    *(volatile char *)address = 1;
}

static void
check_mapped(void)
{
    char *shared, *private, buf[PAGE];
    pid_t pid;
    int fd;

    make_file("file", 3 * PAGE, 1);
    fd = (int)CHECK_OK(open("file", O_RDWR));
    shared = mmap(NULL, SIZE, RW, MAP_SHARED, fd, 0);
    private = mmap(NULL, SIZE, RW, MAP_PRIVATE, fd, 0);
    CHECK(shared != MAP_FAILED && private != MAP_FAILED);
    check_fill(shared, 3 * PAGE, 1);
    memset(private, 'p', PAGE);
    fill(shared, 2 * PAGE, 2);
    CHECK_EQ(pread(fd, buf, PAGE, 0), PAGE);
    check_fill(buf, PAGE, 2);
    CHECK_EQ(private[10], 'p');
    CHECK_DIES(touch, shared + 3 * PAGE, SIGBUS);
    CHECK_OK(ftruncate(fd, SIZE));
    pid = fork();
    CHECK_OK(pid);
    if (pid == 0) {
        fill(shared + 10 * PAGE, PAGE, 3);
        _exit(0);
    }
    reap_ok(pid);
    check_fill(shared + 10 * PAGE, PAGE, 3);
    check_fill(private + 10 * PAGE, PAGE, 3);
    CHECK_OK(msync(shared, SIZE, MS_SYNC));
    CHECK_OK(ftruncate(fd, PAGE));
    CHECK_DIES(touch, shared + 10 * PAGE, SIGBUS);
    CHECK_OK(close(fd));
    CHECK_OK(unlink("file"));
    check_fill(shared, PAGE, 2);
    CHECK_OK(munmap(shared, SIZE));
    CHECK_OK(munmap(private, SIZE));
}

static void
check_names(void)
{
    char target[PAGE];
    struct stat st;

    CHECK_OK(mkdir("a", 0755));
    CHECK_OK(mkdir("a/b", 0700));
    CHECK_EQ(status_of("a").st_nlink, 3);
    make_file("a/b/file", 100, 1);
    CHECK_OK(link("a/b/file", "hard"));
    CHECK_EQ(status_of("hard").st_nlink, 2);
    CHECK_OK(symlink("a/b/file", "soft"));
    CHECK_EQ(readlink("soft", target, PAGE), 8);
    CHECK_OK(mkfifo("fifo", 0600));
    CHECK(S_ISFIFO(status_of("fifo").st_mode));
    CHECK_OK(mknod("null", S_IFCHR | 0666, makedev(1, 3)));
    CHECK_EQ(status_of("null").st_rdev, makedev(1, 3));
    drop_caches();
    check_file("soft", 100, 1);
    CHECK_ERR(rmdir("a/b"), ENOTEMPTY);
    CHECK_ERR(rmdir("hard"), ENOTDIR);
    CHECK_ERR(unlink("a"), EISDIR);
    CHECK_ERR(link("a", "c"), EPERM);
    CHECK_ERR(mkdir("a", 0755), EEXIST);
    CHECK_ERR(open("none", O_RDONLY), ENOENT);
    CHECK_ERR(rename("a", "a/b/c"), EINVAL);
    CHECK_OK(mkdir("c", 0755));
    CHECK_OK(rename("a/b", "c")); /* over an empty one, from another folder */
    CHECK_EQ(status_of("a").st_nlink, 2);
    CHECK_ERR(rename("a", "c"), ENOTEMPTY);
    CHECK_OK(rename("c", "a/b"));
    make_file("other", 50, 2);
    CHECK_OK(rename("other", "hard")); /* over a file with another name */
    CHECK_EQ(status_of("a/b/file").st_nlink, 1);
    check_file("hard", 50, 2);
    check_file("a/b/file", 100, 1);
    CHECK_OK(chmod("hard", 0400));
    CHECK_OK(chown("hard", 7, 8));
    st = status_of("hard");
    CHECK(st.st_uid == 7 && st.st_gid == 8 && (st.st_mode & 0777) == 0400);
    remove_tree("a");
    CHECK_ERR(open("soft", O_RDONLY), ENOENT);
}

/* Read a folder in small steps and remove each name as it comes. */
static void
check_folder(void)
{
    bool seen[MANY] = {false};
    struct dirent *entry;
    char name[16];
    DIR *dir;

    CHECK_OK(mkdir("many", 0755));
    CHECK_OK(chdir("many"));
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof(name), "%d", i);
        make_file(name, 0, 0);
    }
    drop_caches();
    dir = opendir(".");
    CHECK(dir != NULL);
    while ((entry = readdir(dir)) != NULL) {
        int i = atoi(entry->d_name);

        if (entry->d_name[0] == '.')
            continue;
        CHECK(i >= 0 && i < MANY && !seen[i]);
        seen[i] = true;
        CHECK_EQ(entry->d_type, DT_REG);
        CHECK_EQ(entry->d_ino, status_of(entry->d_name).st_ino);
        CHECK_OK(unlink(entry->d_name));
    }
    closedir(dir);
    for (int i = 0; i < MANY; i++)
        CHECK(seen[i]);
    CHECK_OK(chdir(".."));
    CHECK_OK(rmdir("many"));
}

static void
check_program(void)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(execl("/bin/cp", "cp", "/bin/true", "program", NULL));
    reap_ok(pid);
    pid = fork();
    if (pid == 0)
        _exit(execl("program", "program", NULL));
    reap_ok(pid);
}

static void
check_busy(const char *path)
{
    int fd = (int)CHECK_OK(open("hard", O_RDONLY));

    CHECK_OK(chdir("/"));
    CHECK_ERR(umount(path), EBUSY);
    CHECK_OK(close(fd));
    CHECK_OK(chdir(path));
    CHECK_ERR(umount(path), EBUSY);
    check_file("hard", 50, 2); /* nothing went */
    CHECK_OK(chdir(scratch_path));
    CHECK_OK(umount(path)); /* with all that is in it */
}

int
main(void)
{
    char path[80];
    struct statfs fs;

    if (getuid() != 0)
        SKIP("only root can show it");
    enter_scratch();
    snprintf(path, sizeof(path), "%s/point", scratch_path);
    CHECK_OK(mkdir(path, 0755));
    CHECK_ERR(mount("t", path, "tmpfs", 0, "size=x"), EINVAL);
    CHECK_ERR(mount("t", path, "tmpfs", 0, "nonsense"), EINVAL);
    CHECK_OK(mount("t", path, "tmpfs", 0, "size=2M,mode=0750"));
    CHECK_OK(chdir(path));
    CHECK_EQ(status_of(".").st_mode & 07777, 0750);
    CHECK_OK(statfs(".", &fs));
    CHECK_EQ(fs.f_type, 0x01021994);
    CHECK_EQ(fs.f_blocks, 2 * MB / PAGE);
    check_data();
    check_mapped();
    check_names();
    check_folder();
    check_program();
    check_busy(path);
    CHECK_ERR(access("point/hard", F_OK), ENOENT);
    CHECK_OK(statfs("/dev/shm", &fs));
    CHECK_EQ(fs.f_type, 0x01021994);
    CHECK_OK(statfs("/tmp", &fs));
    CHECK_EQ(fs.f_type, 0x01021994);
    return 0;
}
