/* SPDX-License-Identifier: MIT */
/*
 * sys_misc.c - the system as a whole: names, numbers, log, power.
 *
 * The log is read as dmesg(1) does it: what is in the ring since it was last
 * cleared.  Clearing only notes a position; nothing is lost to /proc/kmsg.
 *
 * reboot(2) writes everything out and makes the file systems clean before the
 * machine is reset or goes off.  Halting is going off, too.
 *
 * Locks: utsname_lock; the position is one word.
 *
 * Not done: waiting for new text in the log (SYSLOG_ACTION_READ); sysinfo says
 * nothing of swap and shared memory.
 */
#include "core/panic.h"
#include "core/printk.h"
#include "core/rng.h"
#include "core/utsname.h"
#include "mm/slab.h"
#include "sched/sched.h"
#include "sched/timer.h"
#include "syscall/syscall.h"
#include "vm/pagecache.h"

enum {
    CHUNK = 256,
    LOAD_SHIFT_KERNEL = 11,
    MAX_CONSOLE_LEVEL = 8,
    GRND_FLAGS = 7, /* RANDOM, NONBLOCK, INSECURE: all one here */
};

static uint64_t log_cleared; /* where SYSLOG_ACTION_CLEAR was */

int64_t
sys_uname(const uint64_t *a)
{
    struct utsname copy;

    spin_lock(&utsname_lock);
    copy = utsname;
    spin_unlock(&utsname_lock);
    return copy_out(a[0], &copy, sizeof(copy));
}

int64_t
sys_sethostname(const uint64_t *a)
{
    char name[sizeof(utsname.nodename)] = {0};

    if (!is_root(&current->cred))
        return -EPERM;
    if (a[1] >= sizeof(name))
        return -EINVAL;
    if (copy_in(name, a[0], a[1]))
        return -EFAULT;
    spin_lock(&utsname_lock);
    memcpy(utsname.nodename, name, sizeof(name));
    spin_unlock(&utsname_lock);
    return 0;
}

/* free(1) and uptime(1) without /proc; bytes, and load of 16 bits. */
int64_t
sys_sysinfo(const uint64_t *a)
{
    struct sysinfo info;
    uint64_t load[3];

    memset(&info, 0, sizeof(info));
    load_average(load);
    info.uptime = (int64_t)(clock_monotonic_ns() / NSEC_PER_SEC);
    for (int i = 0; i < 3; i++)
        info.loads[i] = load[i] << (SI_LOAD_SHIFT - LOAD_SHIFT_KERNEL);
    info.totalram = total_ram_pages() * PAGE_SIZE;
    info.freeram = global_free_pages() * PAGE_SIZE;
    info.sharedram = global_zone_stat(NR_SHMEM) * PAGE_SIZE;
    info.bufferram = nr_buffer_pages() * PAGE_SIZE;
    info.procs = (uint16_t)nr_tasks();
    info.mem_unit = 1;
    return copy_out(a[0], &info, sizeof(info));
}

/* Copy the last `size` bytes of the log after it was cleared. */
static int64_t
read_log(uint64_t user, uint64_t size)
{
    uint64_t end = log_end(), pos = MAX(log_cleared, log_start()), done = 0;
    char chunk[CHUNK];

    if (end - pos > size)
        pos = end - size;
    while (pos < end) {
        size_t n = log_read(&pos, chunk, MIN(sizeof(chunk), end - pos));

        if (n == 0)
            break;
        if (copy_out(user + done, chunk, n))
            return -EFAULT;
        done += n;
    }
    return (int64_t)done;
}

/* Anybody may read the log; only root may clear it or set what is shown. */
int64_t
sys_syslog(const uint64_t *a)
{
    uint64_t type = a[0];
    bool read = type == SYSLOG_ACTION_READ_ALL;
    bool clear = type == SYSLOG_ACTION_CLEAR;
    int len = (int)a[2];
    int64_t ret = 0;

    if (type == SYSLOG_ACTION_READ_CLEAR)
        read = clear = true;
    if ((clear || type == SYSLOG_ACTION_CONSOLE_LEVEL) &&
        !is_root(&current->cred))
        return -EPERM;
    if (type == SYSLOG_ACTION_CONSOLE_LEVEL) {
        if (len < 1 || len > MAX_CONSOLE_LEVEL)
            return -EINVAL;
        console_set_level(len - 1);
    } else if (type == SYSLOG_ACTION_SIZE_BUFFER) {
        ret = (int64_t)(log_end() - log_start());
    } else if (read) {
        ret = len < 0 || !a[1] ? -EINVAL : read_log(a[1], (uint64_t)len);
    } else if (!clear && type > SYSLOG_ACTION_OPEN) {
        ret = -EINVAL;
    }
    if (clear && ret >= 0)
        log_cleared = log_end();
    return ret;
}

/* It never waits: there is a seed from boot on. */
int64_t
sys_getrandom(const uint64_t *a)
{
    uint64_t len = MIN(a[1], (uint64_t)INT32_MAX), done = 0;
    uint8_t chunk[CHUNK];

    if (a[2] & ~(uint64_t)GRND_FLAGS)
        return -EINVAL;
    while (done < len && !fatal_signal_pending(current)) {
        size_t n = MIN(len - done, sizeof(chunk));

        rng_bytes(chunk, n);
        if (copy_out(a[0] + done, chunk, n))
            return done ? (int64_t)done : -EFAULT;
        done += n;
    }
    memset(chunk, 0, sizeof(chunk));
    return (int64_t)done;
}

/* The two magic numbers are there so that no stray call ends the machine. */
int64_t
sys_reboot(const uint64_t *a)
{
    if (!is_root(&current->cred))
        return -EPERM;
    if ((uint32_t)a[0] != LINUX_REBOOT_MAGIC1 ||
        (uint32_t)a[1] != LINUX_REBOOT_MAGIC2)
        return -EINVAL;
    switch ((uint32_t)a[2]) {
    case LINUX_REBOOT_CMD_CAD_ON:
    case LINUX_REBOOT_CMD_CAD_OFF:
        return 0;
    case LINUX_REBOOT_CMD_RESTART:
        vfs_shutdown();
        machine_reboot();
    case LINUX_REBOOT_CMD_HALT:
    case LINUX_REBOOT_CMD_POWER_OFF:
        vfs_shutdown();
        /* An extension: the argument is the exit status of the machine. */
        machine_poweroff((int)(a[3] & 0xff));
    default:
        return -EINVAL;
    }
}
