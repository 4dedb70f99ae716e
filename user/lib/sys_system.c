/* SPDX-License-Identifier: MIT */
/*
 * sys_system.c - system calls on the machine as a whole.
 */
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/klog.h>
#include <sys/random.h>
#include <sys/reboot.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include "syscall.h"

enum { GETENTROPY_MAX = 256 };

int
uname(struct utsname *name)
{
    return (int)SYS(uname, name);
}

int
gethostname(char *buf, size_t size)
{
    struct utsname name;

    if (uname(&name) < 0)
        return -1;
    if (strlcpy(buf, name.nodename, size) < size)
        return 0;
    errno = ENAMETOOLONG;
    return -1;
}

int
sethostname(const char *name, size_t size)
{
    return (int)SYS(sethostname, name, size);
}

int
sysinfo(struct sysinfo *info)
{
    return (int)SYS(sysinfo, info);
}

int
reboot(int command)
{
    return (int)SYS(reboot, (int)LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
                    command, NULL);
}

int
klogctl(int action, char *buf, int size)
{
    return (int)SYS(syslog, action, buf, size);
}

ssize_t
getrandom(void *buf, size_t size, unsigned int flags)
{
    return SYS(getrandom, buf, size, flags);
}

int
getentropy(void *buf, size_t size)
{
    if (size > GETENTROPY_MAX) {
        errno = EIO;
        return -1;
    }
    return getrandom(buf, size, 0) == (ssize_t)size ? 0 : -1;
}

int
getpagesize(void)
{
    return (int)getauxval(AT_PAGESZ);
}

int
get_nprocs(void)
{
    cpu_set_t set;

    return sched_getaffinity(0, sizeof(set), &set) < 0 ? 1 : cpu_count(&set);
}

static long
memory_pages(int name)
{
    struct sysinfo info;
    uint64_t units;

    if (sysinfo(&info) < 0)
        return -1;
    units = name == _SC_PHYS_PAGES ? info.totalram : info.freeram;
    return (long)(units * info.mem_unit / (unsigned long)getpagesize());
}

long
sysconf(int name)
{
    switch (name) {
    case _SC_ARG_MAX:
        return ARG_MAX;
    case _SC_CLK_TCK:
        return USER_HZ;
    case _SC_OPEN_MAX:
        return OPEN_MAX;
    case _SC_PAGESIZE:
        return getpagesize();
    case _SC_NPROCESSORS_CONF:
    case _SC_NPROCESSORS_ONLN:
        return get_nprocs();
    case _SC_PHYS_PAGES:
    case _SC_AVPHYS_PAGES:
        return memory_pages(name);
    default:
        errno = EINVAL;
        return -1;
    }
}
