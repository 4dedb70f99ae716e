/* SPDX-License-Identifier: MIT */
/*
 * utsname.h - what uname reports.
 * Layer 0 (include): structures only.
 */
#ifndef INCLUDE_UTSNAME_H
#define INCLUDE_UTSNAME_H

#define UTSNAME_LEN 65

struct utsname {
    char sysname[UTSNAME_LEN];
    char nodename[UTSNAME_LEN];
    char release[UTSNAME_LEN];
    char version[UTSNAME_LEN];
    char machine[UTSNAME_LEN];
    char domainname[UTSNAME_LEN];
};

#endif
