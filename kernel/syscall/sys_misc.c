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
 * Locks: none; the position is one word.
 *
 * Not done: waiting for new text in the log (SYSLOG_ACTION_READ).
 */
#include "core/panic.h"
#include "core/printk.h"
#include "include/system.h"
#include "syscall/syscall.h"
#include "vm/swap.h"

enum {
    CHUNK = 256,
    MAX_CONSOLE_LEVEL = 8,
    GRND_FLAGS = 7, /* RANDOM, NONBLOCK, INSECURE: all one here */
};

static struct utsname utsname = {
    .sysname = "Folio",
    .nodename = "folio",
    .release = "6.1.0-folio", /* what glibc takes for recent enough */
    .version = "#1 SMP PREEMPT",
    .machine = "riscv64",
    .domainname = "(none)",
};

static uint64_t log_cleared; /* where SYSLOG_ACTION_CLEAR was */

SYSCALL(uname)
{
    return copy_out(a[0], &utsname, sizeof(utsname));
}

/* Whoever reads it just then sees a mixture of old and new, terminated. */
SYSCALL(sethostname)
{
    char name[sizeof(utsname.nodename)] = {0};

    if (!is_root(&current->cred))
        return -EPERM;
    if (a[1] >= sizeof(name))
        return -EINVAL;
    if (copy_in(name, a[0], a[1]))
        return -EFAULT;
    memcpy(utsname.nodename, name, sizeof(name));
    return 0;
}

/* free(1) and uptime(1) without /proc; bytes, and load of 16 bits. */
SYSCALL(sysinfo)
{
    struct sysinfo info = {
        .uptime = (int64_t)(clock_monotonic_ns() / NSEC_PER_SEC),
        .totalram = total_ram_pages() * PAGE_SIZE,
        .freeram = global_free_pages() * PAGE_SIZE,
        .sharedram = global_zone_stat(NR_SHMEM) * PAGE_SIZE,
        .bufferram = nr_buffer_pages() * PAGE_SIZE,
        .totalswap = total_swap_pages() * PAGE_SIZE,
        .freeswap = free_swap_pages() * PAGE_SIZE,
        .procs = (uint16_t)nr_tasks(),
        .mem_unit = 1,
    };

    for (int i = 0; i < 3; i++)
        info.loads[i] = load_average[i] << (SI_LOAD_SHIFT - LOAD_SHIFT);
    return copy_out(a[0], &info, sizeof(info));
}

/*
 * Copy the last `size` bytes of the log after it was cleared.  The ring may move
 * on meanwhile: log_read() then begins at the oldest text that there is, and the
 * copy is shorter.  Through a chunk, since user memory may fault.
 */
static int64_t
read_log(uint64_t user, uint64_t size)
{
    uint64_t end = READ_ONCE(log_end), pos = log_cleared, done = 0;
    char chunk[CHUNK];
    size_t n;

    pos = MAX(pos, end - MIN(end, size));
    while (pos < end &&
           (n = log_read(&pos, chunk, MIN(sizeof(chunk), end - pos)))) {
        if (copy_out(user + done, chunk, n))
            return -EFAULT;
        done += n;
    }
    return (int64_t)done;
}

/* Anybody may read the log; only root may clear it or set what is shown. */
SYSCALL(syslog)
{
    int len = (int)a[2];
    bool clear =
        a[0] == SYSLOG_ACTION_CLEAR || a[0] == SYSLOG_ACTION_READ_CLEAR;
    int64_t ret = 0;

    if ((clear || a[0] == SYSLOG_ACTION_CONSOLE_LEVEL) &&
        !is_root(&current->cred))
        return -EPERM;
    switch (a[0]) {
    case SYSLOG_ACTION_READ_ALL:
    case SYSLOG_ACTION_READ_CLEAR:
        ret = len < 0 || !a[1] ? -EINVAL : read_log(a[1], (uint64_t)len);
        break;
    case SYSLOG_ACTION_CLEAR:
        break;
    case SYSLOG_ACTION_CONSOLE_LEVEL:
        if (len < 1 || len > MAX_CONSOLE_LEVEL)
            return -EINVAL;
        console_level = len - 1;
        break;
    case SYSLOG_ACTION_SIZE_BUFFER:
        return LOG_BYTES;
    default:
        return -EINVAL;
    }
    if (clear && ret >= 0)
        log_cleared = READ_ONCE(log_end);
    return ret;
}

/* It never waits: there is a seed from boot on. */
SYSCALL(getrandom)
{
    return a[2] & ~(uint64_t)GRND_FLAGS
               ? -EINVAL
               : mem_give((void *)a[0], MIN(a[1], (uint64_t)INT32_MAX), true);
}

/*
 * The two magic numbers are there so that no stray call ends the machine.  Other
 * processes may run on and write while the file systems are made clean; what
 * they write after that is lost, as on Linux, whose init kills them first.
 */
SYSCALL(reboot)
{
    uint32_t command = (uint32_t)a[2];

    if (!is_root(&current->cred))
        return -EPERM;
    if ((uint32_t)a[0] != LINUX_REBOOT_MAGIC1 ||
        (uint32_t)a[1] != LINUX_REBOOT_MAGIC2)
        return -EINVAL;
    if (command != LINUX_REBOOT_CMD_RESTART &&
        command != LINUX_REBOOT_CMD_HALT &&
        command != LINUX_REBOOT_CMD_POWER_OFF)
        return -EINVAL;
    vfs_shutdown();
    if (command == LINUX_REBOOT_CMD_RESTART)
        machine_reboot();
    /* An extension: the argument is the exit status of the machine. */
    machine_poweroff((int)(a[3] & 0xff));
}
