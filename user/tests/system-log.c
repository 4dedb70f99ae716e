/* SPDX-License-Identifier: MIT */
/* test: system-log ram=16M harts=1-8 swap=0 time=30 */
/*
 * The kernel's log holds the lines of the boot: the zones, the zone lists, the
 * memory; syslog gives its end when the buffer is small; a user may not clear
 * it. Fails when the log is empty, cut in the middle of what fits, or open to
 * all.
 */
#include <sys/klog.h>
#include "test.h"

enum { LOG_BYTES = 128 * 1024, USER = 1000, SMALL = 100 };

static char text[LOG_BYTES], end[SMALL];

static void
be_user(void *arg)
{
    (void)arg;
    CHECK_OK(setuid(USER));
    CHECK_ERR(klogctl(SYSLOG_ACTION_CLEAR, NULL, 0), EPERM);
    CHECK_ERR(klogctl(SYSLOG_ACTION_CONSOLE_LEVEL, NULL, 1), EPERM);
}

int
main(void)
{
    long n = CHECK_OK(klogctl(SYSLOG_ACTION_READ_ALL, text, LOG_BYTES - 1));
    char *found;

    CHECK(n > SMALL);
    CHECK_EQ(strlen(text), n);
    CHECK(strstr(text, "Zone ranges") != NULL);
    CHECK(strstr(text, "Built 1 zonelists") != NULL);
    found = strstr(text, "Memory: ");
    CHECK(found != NULL && strstr(found, "available") != NULL);
    CHECK_EQ(klogctl(SYSLOG_ACTION_READ_ALL, end, SMALL), SMALL);
    CHECK(memmem(text, (size_t)n, end, SMALL) != NULL ||
          strlen(text) > LOG_BYTES / 2);
    CHECK(klogctl(SYSLOG_ACTION_SIZE_BUFFER, NULL, 0) >= n);
    CHECK_ERR(klogctl(SYSLOG_ACTION_READ_ALL, NULL, 10), EINVAL);
    CHECK_ERR(klogctl(SYSLOG_ACTION_READ_ALL, text, -1), EINVAL);
    CHECK_ERR(klogctl(99, text, 1), EINVAL);
    if (getuid() == 0)
        reap_ok(start_child(be_user, NULL));
    return 0;
}
