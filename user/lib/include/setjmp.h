/* SPDX-License-Identifier: MIT */
/* setjmp.h: leaving several functions at once. */
#ifndef USER_SETJMP_H
#define USER_SETJMP_H

typedef unsigned long jmp_buf[14]; /* ra, sp, s0 .. s11 */

int setjmp(jmp_buf env) __attribute__((returns_twice));
void longjmp(jmp_buf env, int value) __attribute__((noreturn));

#endif
