/* SPDX-License-Identifier: MIT */
/* Delivering signals at the return to user mode; see signal.c. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct trapframe;

/*
 * Act on the pending signals of the current task; may not return.
 * restart: the system call in tf returned -ERESTARTSYS.
 * => before the return to user mode, interrupts on
 */
void do_signals(struct trapframe *tf, bool restart);

/* A fault of user mode: the signal, its code, the address. */
void fault_signal(int sig, int code, uint64_t addr);
