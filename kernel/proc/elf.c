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
 * The header is hostile: every sum is checked, nothing is mapped outside
 * [USER_MIN, USER_END), and at most MAX_PHDRS headers are read.
 *
 * Not done: PT_INTERP (dynamic programs): -ENOEXEC.
 * See: the ELF-64 object file format; the RISC-V psABI.
 */
#include "proc/elf.h"

#include "core/bootargs.h"
#include "core/rng.h"
#include "fs/fs.h"
#include "include/elf.h"
#include "include/errno.h"
#include "lib/macros.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "vm/mm.h"
#include "vm/pgtable.h"

enum { MAX_PHDRS = 64 };

#define PIE_BASE 0x2aaaaaa000UL /* two thirds of the user half */
#define PIE_RANDOM_MASK 0xfffff000UL
#define BRK_RANDOM_MASK 0x1fff000UL /* 32 MB */

struct elf_loader {
    struct file *file;
    struct mm *mm;
    struct elf64_ehdr ehdr;
    struct elf64_phdr *phdrs;
    uint64_t bias; /* added to every address: ET_DYN */
    uint64_t end;  /* of the highest segment */
};

bool
randomise_layout(void)
{
    static int known; /* 0: not asked yet; racing harts agree */

    if (!known)
        known = bootarg_get_bool("norandmaps", false) ? 1 : 2;
    return known == 2;
}

static int
read_exact(struct file *f, void *buf, size_t n, off_t pos)
{
    ssize_t got = kernel_read(f, buf, n, pos);

    if (got < 0)
        return got == -EISDIR ? -EACCES : (int)got;
    return (size_t)got == n ? 0 : -ENOEXEC;
}

static int
check_header(const struct elf64_ehdr *e)
{
    if (memcmp(e->e_ident, ELFMAG, SELFMAG) != 0 ||
        e->e_ident[EI_CLASS] != ELFCLASS64 ||
        e->e_ident[EI_DATA] != ELFDATA2LSB || e->e_machine != EM_RISCV)
        return -ENOEXEC;
    if (e->e_type != ET_EXEC && e->e_type != ET_DYN)
        return -ENOEXEC;
    if (e->e_phentsize != sizeof(struct elf64_phdr) || e->e_phnum == 0 ||
        e->e_phnum > MAX_PHDRS)
        return -ENOEXEC;
    return 0;
}

static int
read_headers(struct elf_loader *l)
{
    size_t size;
    int err;

    err = read_exact(l->file, &l->ehdr, sizeof(l->ehdr), 0);
    if (!err)
        err = check_header(&l->ehdr);
    if (err)
        return err;
    if (l->ehdr.e_phoff > INT64_MAX / 2)
        return -ENOEXEC;
    size = l->ehdr.e_phnum * sizeof(struct elf64_phdr);
    l->phdrs = kmalloc(size, GFP_KERNEL);
    if (!l->phdrs)
        return -ENOMEM;
    return read_exact(l->file, l->phdrs, size, (off_t)l->ehdr.e_phoff);
}

static bool
segment_is_sane(const struct elf64_phdr *p, uint64_t bias)
{
    uint64_t start = p->p_vaddr + bias;

    return p->p_filesz <= p->p_memsz && p->p_memsz < USER_END &&
           p->p_vaddr < USER_END && start >= USER_MIN &&
           start + p->p_memsz <= USER_END && p->p_offset < INT64_MAX / 2 &&
           p->p_vaddr % PAGE_SIZE == p->p_offset % PAGE_SIZE;
}

static uint32_t
segment_prot(const struct elf64_phdr *p)
{
    return (p->p_flags & PF_R ? PROT_READ : 0u) |
           (p->p_flags & PF_W ? PROT_WRITE : 0u) |
           (p->p_flags & PF_X ? PROT_EXEC : 0u);
}

/* The part of a segment that lies in the file. */
static int
map_file_part(struct elf_loader *l, const struct elf64_phdr *p)
{
    uint64_t in = p->p_vaddr % PAGE_SIZE;
    struct mmap_args args = {
        .addr = p->p_vaddr + l->bias - in,
        .len = ALIGN_UP(p->p_filesz + in, PAGE_SIZE),
        .prot = segment_prot(p),
        .flags = MAP_PRIVATE | MAP_FIXED_NOREPLACE,
        .file = l->file,
        .may = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC,
        .pgoff = (p->p_offset - in) / PAGE_SIZE,
    };
    int64_t ret;

    if (p->p_filesz == 0)
        return 0;
    if (!l->file->op->mmap)
        return -ENOEXEC;
    ret = l->file->op->mmap(l->file, &args);
    if (!ret)
        ret = do_mmap(l->mm, &args);
    return ret < 0 ? (int)ret : 0;
}

/* What lies behind it: zeroes up to the page's end, then anonymous memory. */
static int
map_bss(struct elf_loader *l, const struct elf64_phdr *p)
{
    uint64_t from = p->p_vaddr + l->bias + p->p_filesz;
    uint64_t to = ALIGN_UP(p->p_vaddr + l->bias + p->p_memsz, PAGE_SIZE);
    uint64_t page =
        p->p_filesz ? ALIGN_UP(from, PAGE_SIZE) : ALIGN_DOWN(from, PAGE_SIZE);
    struct mmap_args args = {
        .addr = page,
        .len = to - page,
        .prot = segment_prot(p),
        .flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
        .may = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC,
    };

    if (p->p_memsz == p->p_filesz)
        return 0;
    if (from < page && (p->p_flags & PF_W)) {
        void *zeroes = page_address(pfn_to_page(zero_pfn));
        size_t n = page - from;

        if (access_remote_vm(l->mm, from, zeroes, n, true) != n)
            return -EFAULT;
    }
    if (to > page) {
        int64_t ret = do_mmap(l->mm, &args);

        return ret < 0 ? (int)ret : 0;
    }
    return 0;
}

static void
note_segment(struct elf_loader *l, const struct elf64_phdr *p)
{
    struct mm *mm = l->mm;
    uint64_t start = p->p_vaddr + l->bias;

    if ((p->p_flags & PF_X) && (!mm->start_code || start < mm->start_code)) {
        mm->start_code = start;
        mm->end_code = start + p->p_filesz;
    }
    if (p->p_flags & PF_W) {
        mm->start_data = start;
        mm->end_data = start + p->p_filesz;
    }
    l->end = MAX(l->end, start + p->p_memsz);
}

static int
map_segments(struct elf_loader *l, struct elf_image *image)
{
    image->phdr = 0;
    for (unsigned i = 0; i < l->ehdr.e_phnum; i++) {
        const struct elf64_phdr *p = &l->phdrs[i];
        int err;

        if (p->p_type == PT_INTERP)
            return -ENOEXEC;
        if (p->p_type != PT_LOAD || p->p_memsz == 0)
            continue;
        if (!segment_is_sane(p, l->bias))
            return -ENOEXEC;
        err = map_file_part(l, p);
        if (!err)
            err = map_bss(l, p);
        if (err)
            return err == -EEXIST ? -ENOEXEC : err;
        if (l->ehdr.e_phoff >= p->p_offset &&
            l->ehdr.e_phoff < p->p_offset + p->p_filesz)
            image->phdr = l->ehdr.e_phoff - p->p_offset + p->p_vaddr + l->bias;
        note_segment(l, p);
    }
    return l->end ? 0 : -ENOEXEC;
}

int
elf_load(struct file *file, struct mm *mm, struct elf_image *image)
{
    struct elf_loader l = {.file = file, .mm = mm};
    int err;

    err = read_headers(&l);
    if (err)
        goto out;
    if (l.ehdr.e_type == ET_DYN)
        l.bias =
            PIE_BASE + (randomise_layout() ? rng_u64() & PIE_RANDOM_MASK : 0);
    err = map_segments(&l, image);
    if (err)
        goto out;
    image->entry = l.ehdr.e_entry + l.bias;
    image->phnum = l.ehdr.e_phnum;
    mm->start_brk = ALIGN_UP(l.end, PAGE_SIZE);
    if (randomise_layout())
        mm->start_brk += rng_u64() & BRK_RANDOM_MASK;
    mm->brk = mm->start_brk;
out:
    kfree(l.phdrs);
    return err;
}
