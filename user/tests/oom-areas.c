/* SPDX-License-Identifier: MIT */
/* test: oom-areas ram=16M harts=1-8 swap=0 time=120 */
/*
 * Who fills memory with what the kernel must know of his address space, VMAs,
 * and not with pages of his own, is the one that is killed for it. A bystander
 * with more pages lives on. Fails when badness counts pages only.
 */
#include "test.h"

enum { MOST_RAM_MB = 20, AREAS = 65000, OWN = 2 * MB };

static struct gate gate;

static void
stand_by(void *arg)
{
    char *mine = map_memory(OWN);

    (void)arg;
    fill(mine, OWN, 1);
    gate_pass(&gate);
    check_fill(mine, OWN, 1);
}

/* Every other page may be read: each is an area. */
static void
split(void *arg)
{
    char *p = mmap(NULL, (size_t)AREAS * PAGE, PROT_NONE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    (void)arg;
    CHECK(p != MAP_FAILED);
    for (int i = 1; i < AREAS; i += 2)
        CHECK_OK(mprotect(p + (size_t)i * PAGE, PAGE, PROT_READ));
}

int
main(void)
{
    pid_t bystander;

    if (ram_mb() > MOST_RAM_MB)
        SKIP("the VMAs of one process do not fill it");
    gate_make(&gate);
    bystander = start_child(stand_by, NULL);
    CHECK_DIES(split, NULL, SIGKILL);
    gate_open(&gate);
    reap_ok(bystander);
    return 0;
}
