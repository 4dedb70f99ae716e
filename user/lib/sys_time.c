/* SPDX-License-Identifier: MIT */
/*
 * sys_time.c - clocks, sleeping, timers, and waiting for files.
 */
#include <errno.h>
#include <poll.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>
#include "syscall.h"

enum { USEC_PER_SEC = 1000000, NSEC_PER_USEC = 1000, NSEC_PER_MSEC = 1000000 };

int
clock_gettime(clockid_t clock_id, struct timespec *time)
{
    return (int)SYS(clock_gettime, clock_id, time);
}

int
clock_settime(clockid_t clock_id, const struct timespec *time)
{
    return (int)SYS(clock_settime, clock_id, time);
}

int
gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    return (int)SYS(gettimeofday, time, zone);
}

int
settimeofday(const struct timeval *time, const struct timezone *zone)
{
    struct timespec ts;

    (void)zone; /* the kernel has none */
    if (time == NULL)
        return 0;
    ts.tv_sec = time->tv_sec;
    ts.tv_nsec = time->tv_usec * 1000;
    return clock_settime(CLOCK_REALTIME, &ts);
}

time_t
time(time_t *result)
{
    struct timespec now;

    if (clock_gettime(CLOCK_REALTIME, &now) < 0)
        return -1;
    if (result != NULL)
        *result = now.tv_sec;
    return now.tv_sec;
}

clock_t
clock(void)
{
    struct timespec used;

    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) < 0)
        return -1;
    return used.tv_sec * CLOCKS_PER_SEC + used.tv_nsec / NSEC_PER_USEC;
}

clock_t
times(struct tms *result)
{
    return SYS(times, result);
}

int
nanosleep(const struct timespec *request, struct timespec *rest)
{
    return (int)SYS(nanosleep, request, rest);
}

/* => 0 or an error number; errno is not touched */
int
clock_nanosleep(clockid_t clock_id, int flags, const struct timespec *request,
                struct timespec *rest)
{
    return (int)-RAW(clock_nanosleep, clock_id, flags, request, rest);
}

/* => the seconds left when a signal ended the sleep */
unsigned int
sleep(unsigned int seconds)
{
    struct timespec time = {.tv_sec = seconds};

    if (nanosleep(&time, &time) == 0)
        return 0;
    return (unsigned int)time.tv_sec + (time.tv_nsec > 0);
}

int
usleep(useconds_t microseconds)
{
    struct timespec time = {
        .tv_sec = microseconds / USEC_PER_SEC,
        .tv_nsec = (int64_t)(microseconds % USEC_PER_SEC) * NSEC_PER_USEC,
    };

    return nanosleep(&time, NULL);
}

int
getitimer(int which, struct itimerval *value)
{
    return (int)SYS(getitimer, which, value);
}

int
setitimer(int which, const struct itimerval *restrict value,
          struct itimerval *restrict old)
{
    return (int)SYS(setitimer, which, value, old);
}

unsigned int
alarm(unsigned int seconds)
{
    struct itimerval value = {.it_value.tv_sec = seconds};
    struct itimerval old;

    if (setitimer(ITIMER_REAL, &value, &old) < 0)
        return 0;
    return (unsigned int)old.it_value.tv_sec + (old.it_value.tv_usec > 0);
}

int
pause(void)
{
    return (int)SYS(ppoll, NULL, 0, NULL, NULL, 0);
}

int
ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
      const uint64_t *mask)
{
    struct timespec copy; /* the kernel writes the rest of the time back */

    if (timeout != NULL)
        copy = *timeout;
    return (int)SYS(ppoll, fds, count, timeout != NULL ? &copy : NULL, mask,
                    sizeof(*mask));
}

int
poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    struct timespec timeout = {
        .tv_sec = timeout_ms / 1000,
        .tv_nsec = (int64_t)(timeout_ms % 1000) * NSEC_PER_MSEC,
    };

    return ppoll(fds, count, timeout_ms < 0 ? NULL : &timeout, NULL);
}

int
select(int count, fd_set *restrict readable, fd_set *restrict writable,
       fd_set *restrict exceptional, struct timeval *restrict timeout)
{
    struct timespec time;

    if (timeout != NULL) {
        time.tv_sec = timeout->tv_sec;
        time.tv_nsec = timeout->tv_usec * NSEC_PER_USEC;
    }
    return (int)SYS(pselect6, count, readable, writable, exceptional,
                    timeout != NULL ? &time : NULL, NULL);
}
