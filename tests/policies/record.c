/* SPDX-License-Identifier: MIT */
/*
 * record.c - which frames does a machine use, one after the other?
 *
 * A plugin of QEMU (7.0 or later, its plugin interface 1), that records every
 * load, store and instruction of user programs as the frame that it goes to.
 * Frames and not virtual pages, so that a page which two programs share is one
 * page, as it is for reclaim.
 *
 *   cc -shared -fPIC -o record.so record.c
 *   qemu-system-riscv64 ... -plugin ./record.so,out=FILE
 *
 * With plenty of memory, so that no frame has two uses that matter.  One hart.
 *
 * To keep it small, an access to one of the KEPT frames that were used last is
 * left out, except that a frame which is in use shows up at least every REFRESH
 * references, so that policies which know one bit a round see it.  For exact
 * LRU with more than KEPT frames that changes no fault (Smith 1977, stack
 * deletion), for the others hardly any.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEPT = 12,
    REFRESH = 100,
    NAMES = 4096,
    PER_LINE = 18,
    PAGE_SHIFT = 12,
    USER_BITS = 38
};

/* What is used of QEMU's qemu-plugin.h, which few systems install. */
typedef uint64_t plugin_id;
struct plugin_tb;
struct plugin_insn;
struct plugin_hwaddr;
struct plugin_info;
enum { CB_NO_REGS = 0, MEM_READ_WRITE = 3 };
typedef void mem_callback(unsigned cpu, uint32_t info, uint64_t address,
                          void *data);
void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id,
                                           void (*cb)(plugin_id id,
                                                      struct plugin_tb *tb));
void qemu_plugin_register_atexit_cb(plugin_id id,
                                    void (*cb)(plugin_id id, void *data),
                                    void *data);
void qemu_plugin_register_vcpu_mem_cb(struct plugin_insn *insn,
                                      mem_callback *cb, int flags, int rw,
                                      void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct plugin_insn *insn,
                                            void (*cb)(unsigned cpu,
                                                       void *data),
                                            int flags, void *data);
size_t qemu_plugin_tb_n_insns(const struct plugin_tb *tb);
struct plugin_insn *qemu_plugin_tb_get_insn(const struct plugin_tb *tb,
                                            size_t i);
uint64_t qemu_plugin_insn_vaddr(const struct plugin_insn *insn);
void *qemu_plugin_insn_haddr(const struct plugin_insn *insn);
struct plugin_hwaddr *qemu_plugin_get_hwaddr(uint32_t info, uint64_t address);
uint64_t qemu_plugin_hwaddr_phys_addr(const struct plugin_hwaddr *address);
int qemu_plugin_hwaddr_is_io(const struct plugin_hwaddr *address);

int qemu_plugin_version = 1;
int qemu_plugin_install(plugin_id id, const struct plugin_info *info, int argc,
                        char **argv);

static FILE *out;
static uint64_t now;        /* how many references were written */
static uint64_t last[KEPT]; /* frames, the last used one first */
static struct {
    uint64_t frame, written; /* written: when, 0 for never */
} names[NAMES];              /* frames are numbered as they appear */

static unsigned
number_of(uint64_t frame)
{
    unsigned i = 0;

    while (i < NAMES - 1 && names[i].frame && names[i].frame != frame)
        i++;
    names[i].frame = frame;
    return i;
}

static void
record(uint64_t frame)
{
    unsigned i = 0, number;

    while (i < KEPT - 1 && last[i] != frame)
        i++;
    number = number_of(frame);
    if (last[i] != frame || names[number].written + REFRESH <= now) {
        fprintf(out, "%u%c", number, ++now % PER_LINE ? ' ' : '\n');
        names[number].written = now;
    }
    memmove(&last[1], &last[0], i * sizeof(last[0]));
    last[0] = frame;
}

static void
on_access(unsigned cpu, uint32_t info, uint64_t address, void *data)
{
    struct plugin_hwaddr *hw;

    (void)cpu;
    (void)data;
    if (address >> USER_BITS)
        return;
    hw = qemu_plugin_get_hwaddr(info, address);
    if (hw && !qemu_plugin_hwaddr_is_io(hw))
        record(qemu_plugin_hwaddr_phys_addr(hw) >> PAGE_SHIFT);
}

static void
on_instruction(unsigned cpu, void *data)
{
    (void)cpu;
    record((uintptr_t)data);
}

/* Where a run of instructions enters a page. */
static void
on_translate(plugin_id id, struct plugin_tb *tb)
{
    uintptr_t page, before = 0;

    (void)id;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        struct plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

        if (qemu_plugin_insn_vaddr(insn) >> USER_BITS)
            continue;
        page = (uintptr_t)qemu_plugin_insn_haddr(insn) >> PAGE_SHIFT;
        if (page != before)
            qemu_plugin_register_vcpu_insn_exec_cb(insn, on_instruction,
                                                   CB_NO_REGS, (void *)page);
        qemu_plugin_register_vcpu_mem_cb(insn, on_access, CB_NO_REGS,
                                         MEM_READ_WRITE, NULL);
        before = page;
    }
}

static void
at_exit(plugin_id id, void *data)
{
    (void)id;
    (void)data;
    fclose(out);
}

int
qemu_plugin_install(plugin_id id, const struct plugin_info *info, int argc,
                    char **argv)
{
    (void)info;
    for (int i = 0; i < argc; i++)
        if (strncmp(argv[i], "out=", 4) == 0)
            out = fopen(argv[i] + 4, "w");
    if (!out) {
        fprintf(stderr, "record: give me out=FILE\n");
        return -1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
    qemu_plugin_register_atexit_cb(id, at_exit, NULL);
    return 0;
}
