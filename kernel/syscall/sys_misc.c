/* SPDX-License-Identifier: MIT */
/* sys_misc.c - the system as a whole: names, numbers, log, power. */
#include "core/panic.h"
#include "core/printk.h"
#include "core/rng.h"
#include "core/utsname.h"
#include "fs/fs.h"
#include "include/limits.h"
#include "include/reboot.h"
#include "include/sysinfo.h"
#include "include/syslog.h"
#include "lib/macros.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "sched/sched.h"
#include "sched/timer.h"
#include "syscall/syscall.h"
#include "vm/cache_internal.h"

enum { LOG_CHUNK = 1024, RANDOM_CHUNK = 256, LOAD_SHIFT_KERNEL = 11 };

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

int64_t
sys_sysinfo(const uint64_t *a)
{
    struct sysinfo info;
    uint64_t load[3];

    memset(&info, 0, sizeof(info));
    load_average(load);
    info.uptime = (int64_t)(clock_monotonic_ns() / 1000000000);
    for (int i = 0; i < 3; i++)
        info.loads[i] = load[i] << (SI_LOAD_SHIFT - LOAD_SHIFT_KERNEL);
    info.totalram = total_ram_pages() * PAGE_SIZE;
    info.freeram = global_free_pages() * PAGE_SIZE;
    info.bufferram = nr_buffer_pages() * PAGE_SIZE;
    info.procs = (uint16_t)nr_tasks();
    info.mem_unit = 1;
    return copy_out(a[0], &info, sizeof(info));
}

/* Copy the log's last `size` bytes after `from` out. */
static int64_t
read_log(uint64_t user, uint64_t size, uint64_t from)
{
    char *chunk = kmalloc(LOG_CHUNK, GFP_KERNEL);
    uint64_t end = log_end(), pos = MAX(from, log_start());
    int64_t done = 0;

    if (!chunk)
        return -ENOMEM;
    if (end - pos > size)
        pos = end - size;
    while (pos < end) {
        size_t n = log_read(&pos, chunk, MIN((uint64_t)LOG_CHUNK, end - pos));

        if (n == 0)
            break;
        if (copy_out(user + (uint64_t)done, chunk, n)) {
            done = -EFAULT;
            break;
        }
        done += (int64_t)n;
    }
    kfree(chunk);
    return done;
}

int64_t
sys_syslog(const uint64_t *a)
{
    bool root = is_root(&current->cred);
    int len = (int)a[2];
    int64_t ret;

    switch (a[0]) {
    case SYSLOG_ACTION_CLOSE:
    case SYSLOG_ACTION_OPEN:
        return 0;
    case SYSLOG_ACTION_READ_ALL:
        return len < 0 || !a[1] ? -EINVAL
                                : read_log(a[1], (uint64_t)len, log_cleared);
    case SYSLOG_ACTION_READ_CLEAR:
        if (!root)
            return -EPERM;
        if (len < 0 || !a[1])
            return -EINVAL;
        ret = read_log(a[1], (uint64_t)len, log_cleared);
        log_cleared = log_end();
        return ret;
    case SYSLOG_ACTION_CLEAR:
        if (!root)
            return -EPERM;
        log_cleared = log_end();
        return 0;
    case SYSLOG_ACTION_CONSOLE_LEVEL:
        if (!root)
            return -EPERM;
        if (len < 1 || len > 8)
            return -EINVAL;
        console_set_level(len - 1);
        return 0;
    case SYSLOG_ACTION_SIZE_BUFFER:
        return (int64_t)(log_end() - log_start());
    default:
        return -EINVAL;
    }
}

int64_t
sys_getrandom(const uint64_t *a)
{
    uint8_t chunk[RANDOM_CHUNK];
    uint64_t len = MIN(a[1], (uint64_t)INT32_MAX), done = 0;

    if (a[2] & ~7UL)
        return -EINVAL;
    while (done < len) {
        size_t n = MIN(len - done, (uint64_t)RANDOM_CHUNK);

        rng_bytes(chunk, n);
        if (copy_out(a[0] + done, chunk, n))
            return done ? (int64_t)done : -EFAULT;
        done += n;
        if (fatal_signal_pending(current))
            break;
    }
    memset(chunk, 0, sizeof(chunk));
    return (int64_t)done;
}

int64_t
sys_reboot(const uint64_t *a)
{
    uint32_t cmd = (uint32_t)a[2];

    if (!is_root(&current->cred))
        return -EPERM;
    if ((uint32_t)a[0] != LINUX_REBOOT_MAGIC1 ||
        (uint32_t)a[1] != LINUX_REBOOT_MAGIC2)
        return -EINVAL;
    switch (cmd) {
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
