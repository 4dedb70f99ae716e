/* SPDX-License-Identifier: MIT */
/*
 * panic.c - panic() fails the test, or is what the test expects.
 */
#include "host.h"

#include "core/panic.h"

char host_panic_text[512];
jmp_buf host_panic_env;
bool host_panic_expected;

void
panic(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(host_panic_text, sizeof(host_panic_text), fmt, args);
    va_end(args);
    if (host_panic_expected)
        longjmp(host_panic_env, 1);
    print_error("panic: %s\n", host_panic_text);
    _fail(__FILE__, __LINE__);
    abort();
}

bool
panicking(void)
{
    return false;
}
