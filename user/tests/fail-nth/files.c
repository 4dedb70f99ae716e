/* SPDX-License-Identifier: MIT */
/*
 * files.c: calls about files, for fail-nth.
 */
#include <poll.h>
#include <sys/mount.h>
#include "fail-nth.h"

enum { HIGH_FD = 200 };

static int fds[2];
static char text[8 * PAGE] = {[PAGE / 2] = 'x'}; /* where it is cut */
static const char *name; /* of the file that the call is about */

static void
on_disk(void)
{
    name = "disk-file";
}

static void
on_tmpfs(void)
{
    name = "/dev/shm/fail-nth";
}

static void
open_file(int flags)
{
    fds[0] = (int)CHECK_OK(open(name, O_RDWR | flags, 0600));
}

static void
empty_on_disk(void)
{
    on_disk();
    open_file(O_CREAT | O_TRUNC);
}

static void
empty_on_tmpfs(void)
{
    on_tmpfs();
    open_file(O_CREAT | O_TRUNC);
}

static void
cold_file(void)
{
    empty_on_disk();
    CHECK_EQ(write(fds[0], text, sizeof(text)), sizeof(text));
    CHECK_OK(fsync(fds[0]));
    CHECK_OK(set_tunable("drop_caches", 3));
}

static void
full_on_tmpfs(void)
{
    empty_on_tmpfs();
    CHECK_EQ(write(fds[0], text, sizeof(text)), sizeof(text));
}

static void
dirty_file(void)
{
    empty_on_disk();
    CHECK_EQ(write(fds[0], text, sizeof(text)), sizeof(text));
}

static void
cold_names(void)
{
    cold_file();
    CHECK_OK(close(fds[0]));
    CHECK_OK(set_tunable("drop_caches", 3));
}

static void
make_dir(void)
{
    CHECK_OK(mkdir("dir", 0700));
}

static void
cold_to_fresh(void)
{
    mapped_fresh();
    cold_file();
}

static void
make_pipe(void)
{
    CHECK_OK(pipe(fds));
}

static long
call_mmap_file(void)
{
    area = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fds[0], 0);
    return area == MAP_FAILED ? -1 : 0;
}

static long
call_create(void)
{
    fds[0] = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    return fds[0];
}

static long
call_open(void)
{
    fds[0] = open(name, O_RDONLY);
    return fds[0];
}

static long
call_stat(void)
{
    struct stat st;

    return stat(name, &st);
}

static long
call_write(void)
{
    return pwrite(fds[0], text, sizeof(text), 0);
}

/* Indirect blocks, levels of the tree. */
static long
call_write_far(void)
{
    return pwrite(fds[0], text, PAGE, 5 * MB);
}

static long
call_read(void)
{
    return pread(fds[0], text, sizeof(text), 0);
}

static long
call_truncate(void)
{
    return ftruncate(fds[0], PAGE / 2);
}

static long
call_fsync(void)
{
    return fsync(fds[0]);
}

static long
call_mkdir(void)
{
    return mkdir("dir", 0700);
}

static long
call_rmdir(void)
{
    return rmdir("dir");
}

static long
call_unlink(void)
{
    return unlink(name);
}

static long
call_link(void)
{
    return link(name, "other");
}

static long
call_rename(void)
{
    return rename(name, "other");
}

static long
call_symlink(void)
{
    return symlink("/a/long/way/to/a/place/that/is/too/far/away/for/an/inode/"
                   "to/hold/the/words/of/it",
                   "other");
}

static long
call_getdents(void)
{
    int fd = open(".", O_RDONLY | O_DIRECTORY);
    static char entries[1024];
    long n = fd < 0 ? -1 : getdents64(fd, entries, sizeof(entries));
    int err = errno;

    if (fd >= 0)
        close(fd);
    errno = err;
    return n;
}

static long
call_mkfifo(void)
{
    return mkfifo("other", 0600);
}

static long
call_pipe(void)
{
    return pipe(fds);
}

static long
call_pipe_write(void)
{
    return write(fds[1], text, 2 * PAGE);
}

static long
call_dup(void)
{
    return dup2(fds[0], HIGH_FD);
}

static long
call_chdir(void)
{
    return chdir("/dev/shm") < 0 ? -1 : chdir("/");
}

static long
call_getcwd(void)
{
    return getcwd(text, sizeof(text)) == NULL ? -1 : 0;
}

static long
call_poll(void)
{
    static struct pollfd set[200];

    for (size_t i = 0; i < sizeof(set) / sizeof(set[0]); i++)
        set[i] = (struct pollfd){fds[0], POLLIN, 0};
    return poll(set, sizeof(set) / sizeof(set[0]), 0);
}

static long
call_proc(void)
{
    int fd = open("/proc/self/smaps", O_RDONLY), err;
    long n = fd < 0 ? -1 : read(fd, text, sizeof(text));

    err = errno;
    if (fd >= 0)
        close(fd);
    errno = err;
    return n;
}

static long
call_read_fresh(void)
{
    return pread(fds[0], area, sizeof(text), 0);
}

static long
call_mount_proc(void)
{
    return mount("proc", "dir", "proc", 0, NULL);
}

static long
call_mount_tmpfs(void)
{
    return mount("tmpfs", "dir", "tmpfs", 0, NULL);
}

static long
call_sync(void)
{
    sync();
    return 0;
}

static long
fault_file(void)
{
    volatile char *p =
        mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fds[0], 0);

    if (p == MAP_FAILED)
        return -1;
    (void)p[0];
    p[PAGE] = 1;
    return 0;
}

static long
fault_file_copy(void)
{
    volatile char *p =
        mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fds[0], 0);

    if (p == MAP_FAILED)
        return -1;
    p[0] = p[PAGE];
    p[PAGE] = 1;
    return 0;
}

static void
end_file(long result)
{
    (void)result;
    CHECK_OK(close(fds[0]));
    CHECK_OK(unlink(name));
}

/* What was cut off is gone, or it was said that it is not. */
static void
end_truncate(long result)
{
    char *p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fds[0], 0);

    CHECK(p != MAP_FAILED);
    if (result == 0)
        CHECK_EQ(p[PAGE / 2], 0);
    CHECK_OK(munmap(p, PAGE));
    end_file(result);
}

static void
end_map_file(long result)
{
    end_map(result);
    end_file(result);
}

static void
end_read_fresh(long result)
{
    end_area(result);
    end_file(result);
}

static void
end_create(long fd)
{
    if (fd >= 0)
        end_file(fd);
    else
        CHECK(unlink(name) == 0 || errno == ENOENT);
}

static void
end_names(long result)
{
    (void)result;
    unlink(name);
    unlink("other");
}

static void
end_open(long fd)
{
    if (fd >= 0)
        CHECK_OK(close((int)fd));
    CHECK_OK(unlink(name));
}

static void
end_mkdir(long result)
{
    (void)result;
    rmdir("dir");
}

static void
end_pipe(long result)
{
    if (result >= 0) {
        CHECK_OK(close(fds[0]));
        CHECK_OK(close(fds[1]));
    }
}

static void
end_pipes(long result)
{
    (void)result;
    end_pipe(0);
    close(HIGH_FD);
}

static void
end_mount(long result)
{
    if (result == 0)
        CHECK_OK(umount("dir"));
    CHECK_OK(rmdir("dir"));
}

const struct call file_calls[] = {
    {"mmap file", empty_on_disk, call_mmap_file, end_map_file, 0, false},
    {"creat", on_disk, call_create, end_create, 0, false},
    {"creat tmpfs", on_tmpfs, call_create, end_create, 0, false},
    {"open", cold_names, call_open, end_open, 0, false},
    {"stat", cold_names, call_stat, end_names, 0, false},
    {"write", empty_on_disk, call_write, end_file, 0, false},
    {"write far", empty_on_disk, call_write_far, end_file, 0, false},
    {"write tmpfs", empty_on_tmpfs, call_write, end_file, 0, false},
    {"write far tmpfs", empty_on_tmpfs, call_write_far, end_file, 0, false},
    {"read", cold_file, call_read, end_file, 0, false},
    {"read tmpfs", full_on_tmpfs, call_read, end_file, 0, false},
    {"truncate", cold_file, call_truncate, end_truncate, 0, false},
    {"truncate tmpfs", full_on_tmpfs, call_truncate, end_truncate, 0, false},
    {"fsync", dirty_file, call_fsync, end_file, 0, false},
    {"mkdir", NULL, call_mkdir, end_mkdir, 0, false},
    {"rmdir", make_dir, call_rmdir, end_mkdir, 0, false},
    {"unlink", cold_names, call_unlink, end_names, 0, false},
    {"link", cold_names, call_link, end_names, 0, false},
    {"rename", cold_names, call_rename, end_names, 0, false},
    {"symlink", cold_names, call_symlink, end_names, 0, false},
    {"getdents", cold_names, call_getdents, end_names, 0, false},
    {"mkfifo", cold_names, call_mkfifo, end_names, 0, false},
    {"pipe", NULL, call_pipe, end_pipe, 0, false},
    {"write pipe", make_pipe, call_pipe_write, end_pipes, 0, false},
    {"dup2", make_pipe, call_dup, end_pipes, 0, false},
    {"getcwd", NULL, call_getcwd, NULL, 0, false},
    {"poll", make_pipe, call_poll, end_pipes, 0, false},
    {"read proc", NULL, call_proc, NULL, 0, false},
    {"read fresh", cold_to_fresh, call_read_fresh, end_read_fresh, EFAULT,
     false},
    {"mount proc", make_dir, call_mount_proc, end_mount, 0, false},
    {"mount tmpfs", make_dir, call_mount_tmpfs, end_mount, 0, false},
    {"sync", dirty_file, call_sync, end_file, 0, false},
    {"chdir", NULL, call_chdir, NULL, 0, true},
    {"fault file", cold_file, fault_file, end_file, 0, true},
    {"fault tmpfs", full_on_tmpfs, fault_file, end_file, 0, true},
    {"fault copy", cold_file, fault_file_copy, end_file, 0, true},
    {0},
};
