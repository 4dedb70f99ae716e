/* SPDX-License-Identifier: MIT */
/* test: exec-written-code ram=16M harts=1-8 swap=0 time=30 */
/*
 * A program writes instructions to a page, makes the page executable, and runs
 * them; then other ones in the same place. Never is a page writable and
 * executable at once. Fails when the instruction cache shows the old code
 * (no fence.i), on this hart or another, or when execution is not allowed.
 */
#include <sched.h>
#include "test.h"

enum { ROUNDS = 200, LI_A0 = 0x513, RET = 0x8067, IMMEDIATE = 20 };

static void
jump(void *address)
{
    ((int (*)(void))address)();
}

int
main(void)
{
    uint32_t *code = (uint32_t *)map_memory(PAGE);
    int (*function)(void) = (int (*)(void))wild((uintptr_t)code);

    code[1] = RET;
    CHECK_DIES(jump, code, SIGSEGV);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        CHECK_OK(mprotect(code, PAGE, PROT_READ | PROT_WRITE));
        code[0] = i << IMMEDIATE | LI_A0; /* li a0, i */
        CHECK_OK(mprotect(code, PAGE, PROT_READ | PROT_EXEC));
        CHECK_EQ(function(), i);
        CHECK_OK(sched_yield());
        CHECK_EQ(function(), i);
    }
    CHECK_OK(mprotect(code, PAGE, PROT_READ));
    CHECK_DIES(jump, code, SIGSEGV);
    return 0;
}
