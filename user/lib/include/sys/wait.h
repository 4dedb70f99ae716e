/* SPDX-License-Identifier: MIT */
/* sys/wait.h: waiting for children. */
#ifndef USER_SYS_WAIT_H
#define USER_SYS_WAIT_H

#include <sys/types.h>
#include <signal.h>
#include "include/resource.h"

typedef int idtype_t; /* P_ALL, P_PID, P_PGID */

pid_t wait(int *status);
pid_t waitpid(pid_t pid, int *status, int options);
pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage);
int waitid(idtype_t type, id_t id, siginfo_t *info, int options);

#endif
