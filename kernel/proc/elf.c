/* SPDX-License-Identifier: MIT */
/*
 * elf.c - mapping an ELF program.
 *
 * Every PT_LOAD becomes private file mappings, so text and data come from the
 * page cache on demand and text is shared by all who run it:
 *
 *      p_vaddr                  + p_filesz            + p_memsz
 *         v                          v                     v
 *     |...[=====================|====0000|00000000000000000]...|
 *     page        file mapping       ^   ^  anonymous
 *                     tail zeroed here   page boundary
 *
 * A position-independent program (ET_DYN) is moved by `bias`, at random; so
 * is the heap, which begins behind the highest segment.
 *
 * The header is hostile: every sum is checked, nothing is mapped outside
 * [USER_MIN, USER_END), segments that overlap are refused (by
 * MAP_FIXED_NOREPLACE), and at most MAX_PHDRS headers are read.
 *
 * Locks: none; the mm is the caller's alone.
 *
 * Not done: PT_INTERP (dynamic programs): -ENOEXEC.
 * See: the ELF-64 object file format; the RISC-V psABI.
 */
#include "proc/elf.h"

#include "core/bootargs.h"
#include "core/rng.h"
#include "fs/fs.h"
#include "mm/slab.h"
#include "vm/pgtable.h"

enum { MAX_PHDRS = 64 };

#define PIE_BASE 0x2aaaaaa000UL /* two thirds of the user half */
#define PIE_RANDOM_MASK 0xfffff000UL
#define BRK_RANDOM_MASK 0x1fff000UL /* 32 MB */

static bool randomize;

void
elf_init(void)
{
    randomize = !bootarg_get_bool("norandmaps", false);
}

uint64_t
random_offset(uint64_t mask)
{
    uint64_t value = 0;

    if (randomize)
        rng_bytes(&value, sizeof(value));
    return value & mask;
}

/* => -ENOEXEC if the file ends before */
static int
read_exact(struct file *f, void *buf, size_t n, uint64_t pos)
{
    ssize_t got = kernel_read(f, buf, n, (off_t)pos);

    return got < 0 ? (int)got : (size_t)got == n ? 0 : -ENOEXEC;
}

/* Of a 64-bit little-endian RISC-V program with a few headers of our size. */
static bool
header_is_sane(const struct elf64_ehdr *e)
{
    return memcmp(e->e_ident, ELFMAG, SELFMAG) == 0 &&
           e->e_ident[EI_CLASS] == ELFCLASS64 &&
           e->e_ident[EI_DATA] == ELFDATA2LSB && e->e_machine == EM_RISCV &&
           (e->e_type == ET_EXEC || e->e_type == ET_DYN) &&
           e->e_phentsize == sizeof(struct elf64_phdr) &&
           e->e_phnum <= MAX_PHDRS && e->e_phoff < INT64_MAX / 2;
}

/*
 * Does the segment lie in the user half, with no sum that wraps, and can its
 * file part be mapped page by page?
 */
static bool
segment_is_sane(const struct elf64_phdr *p, uint64_t bias)
{
    uint64_t start = p->p_vaddr + bias;

    return p->p_filesz <= p->p_memsz && p->p_memsz < USER_END &&
           p->p_vaddr < USER_END && start >= USER_MIN &&
           start + p->p_memsz <= USER_END && p->p_offset < INT64_MAX / 2 &&
           p->p_vaddr % PAGE_SIZE == p->p_offset % PAGE_SIZE;
}

/* Map a segment: what lies in the file, then zeroes. */
static int
map_segment(struct elf_program *l, const struct elf64_phdr *p)
{
    uint64_t start = p->p_vaddr + l->bias, in = start % PAGE_SIZE;
    uint64_t zeroes = start + p->p_filesz;
    uint64_t end = ALIGN_UP(start + p->p_memsz, PAGE_SIZE);
    struct mmap_args args = {
        .addr = start - in,
        .len = p->p_filesz ? ALIGN_UP(p->p_filesz + in, PAGE_SIZE) : 0,
        .prot = (p->p_flags & PF_R ? PROT_READ : 0u) |
                (p->p_flags & PF_W ? PROT_WRITE : 0u) |
                (p->p_flags & PF_X ? PROT_EXEC : 0u),
        .flags = MAP_PRIVATE | MAP_FIXED_NOREPLACE,
        .may = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC,
    };
    struct mmap_args anon = args;
    int64_t ret = 0;

    anon.addr += args.len;
    anon.len = end - MIN(end, anon.addr);
    anon.flags |= MAP_ANONYMOUS;
    if (args.len) {
        args.file = l->file;
        args.pgoff = (p->p_offset - in) / PAGE_SIZE;
        ret = l->file->op->mmap(l->file, &args) ?: do_mmap(l->mm, &args);
    }
    if (ret >= 0 && p->p_memsz > p->p_filesz && zeroes < anon.addr &&
        p->p_flags & PF_W) {
        void *page = page_address(pfn_to_page(zero_pfn));
        size_t n = anon.addr - zeroes;

        if (access_remote_vm(l->mm, zeroes, page, n, true) != n)
            return -ENOMEM;
    }
    if (ret >= 0 && anon.len)
        ret = do_mmap(l->mm, &anon);
    return ret < 0 ? (int)ret : 0;
}

/* Map all segments; note where things are. */
static int
map_segments(struct elf_program *l, const struct elf64_phdr *phdrs)
{
    struct mm *mm = l->mm;

    for (unsigned i = 0; i < l->ehdr.e_phnum; i++) {
        const struct elf64_phdr *p = &phdrs[i];
        uint64_t start = p->p_vaddr + l->bias, headers;
        int err;

        if (p->p_type == PT_INTERP)
            return -ENOEXEC;
        if (p->p_type != PT_LOAD || p->p_memsz == 0)
            continue;
        if (!segment_is_sane(p, l->bias))
            return -ENOEXEC;
        err = map_segment(l, p);
        if (err)
            return err == -EEXIST ? -ENOEXEC : err;
        headers = l->ehdr.e_phoff - p->p_offset;
        if (headers < p->p_filesz)
            l->phdr = start + headers;
        if (p->p_flags & PF_X && (!mm->start_code || start < mm->start_code)) {
            mm->start_code = start;
            mm->end_code = start + p->p_filesz;
        }
        if (p->p_flags & PF_W) {
            mm->start_data = start;
            mm->end_data = start + p->p_filesz;
        }
        mm->brk = MAX(mm->brk, start + p->p_memsz);
    }
    return mm->brk ? 0 : -ENOEXEC;
}

int
elf_load(struct elf_program *l)
{
    struct elf64_phdr *phdrs = kmalloc(MAX_PHDRS * sizeof(*phdrs), GFP_KERNEL);
    int err = read_exact(l->file, &l->ehdr, sizeof(l->ehdr), 0);

    if (!phdrs)
        return -ENOMEM;
    if (!err && (!header_is_sane(&l->ehdr) || !l->file->op->mmap))
        err = -ENOEXEC;
    if (!err)
        err = read_exact(l->file, phdrs, l->ehdr.e_phnum * sizeof(*phdrs),
                         l->ehdr.e_phoff);
    if (!err && l->ehdr.e_type == ET_DYN)
        l->bias = PIE_BASE + random_offset(PIE_RANDOM_MASK);
    err = err ?: map_segments(l, phdrs);
    kfree(phdrs);
    l->mm->start_brk = l->mm->brk =
        ALIGN_UP(l->mm->brk, PAGE_SIZE) + random_offset(BRK_RANDOM_MASK);
    return err;
}
