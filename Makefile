# SPDX-License-Identifier: MIT
#
# Folio: build the kernel, the user programs and a disk image; run and test.
#
#   make deps qemu          install what is missing, boot to a prompt
#   make run CMD='ls -l /'  boot, run one command, show its output alone
#   make deps test          everything that is tested by itself
#
# Targets:    all qemu qemu-gdb gdb run test test-all check bench policies
#             format loc image deps clean
# Variables:  CPUS=2 MEM=128M DISK=64M SWAP=64M BOOTARGS= BIOS=default EXTRA=DIR
#             QEMUOPTS= DEBUG=1 CLANG=1 TOOLPREFIX= TIMEOUT=600 V=1
#
# Everything made goes to build/ (build-clang/ with CLANG=1); a DEBUG=1 kernel
# lies beside the plain one, and both use the same user programs and disk.

CPUS     ?= 2
MEM      ?= 128M
DISK     ?= 64M
SWAP     ?= 64M
BOOTARGS ?=
BIOS     ?= default
EXTRA    ?=
QEMUOPTS ?=
DEBUG    ?=
TIMEOUT  ?= 600
GDBPORT  ?= 26000
HOSTCC   ?= cc
QEMU     ?= qemu-system-riscv64

# Debian's own python has the test modules; another one first in PATH may not.
PYTHON   ?= $(if $(wildcard /usr/bin/python3),/usr/bin/python3,python3)

SILENT    := $(findstring s,$(firstword -$(MAKEFLAGS)))
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SUFFIXES:

Q := $(if $(V),,@)
say = $(if $(V)$(SILENT),,@echo "  $(1)	$(2)")

# What is missing must be here before the compiler is looked for below, so that
# `make deps qemu` works: deps runs while the Makefile is read.
ifneq ($(filter deps,$(MAKECMDGOALS)),)
  ifneq ($(shell tests/deps >&2 && echo ok),ok)
    $(error something that Folio needs is missing)
  endif
endif

# --- the toolchain, found by itself -----------------------------------------

in_path = $(shell command -v $(1) 2>/dev/null)

ifeq ($(origin CC),command line)
  CLANG ?= $(if $(findstring clang,$(CC)),1)
endif
ifndef TOOLPREFIX
  TOOLPREFIX := $(firstword $(foreach p,riscv64-unknown-elf- \
                  riscv64-linux-gnu- riscv64-elf-,$(if \
                  $(call in_path,$(p)gcc),$(p))))
  CLANG ?= $(if $(TOOLPREFIX),,1)
endif

ifeq ($(CLANG),1)
  OUT    := build-clang
  ifneq ($(origin CC),command line)
    CC   := clang
  endif
  TARGET := --target=riscv64-unknown-elf
  LINK   := -fuse-ld=lld
  BASE   := --image-base
  NM     := $(if $(call in_path,llvm-nm),llvm-nm,nm)
  AR     := $(if $(call in_path,llvm-ar),llvm-ar,ar)
  STRIP  := $(if $(call in_path,llvm-strip),llvm-strip,strip)
else
  OUT    := build
  ifneq ($(origin CC),command line)
    CC   := $(TOOLPREFIX)gcc
  endif
  TARGET :=
  LINK   := -no-pie
  BASE   := -Ttext-segment
  NM     := $(TOOLPREFIX)nm
  AR     := $(TOOLPREFIX)ar
  STRIP  := $(TOOLPREFIX)strip
endif
KOUT := $(OUT)$(if $(filter 1,$(DEBUG)),-debug)

# Which options does this compiler know?  Not asked for goals that build nothing.
QUIET_GOALS := deps clean loc format policies
GOALS := $(filter-out $(QUIET_GOALS),$(or $(MAKECMDGOALS),all))
PROBE  = $(CC) $(TARGET) -mabi=lp64 $(1) -Werror -xc /dev/null -c -o /dev/null
cc_ok  = $(shell $(PROBE) >/dev/null 2>&1 && echo $(1))
ifneq ($(GOALS),)
  MARCH    := -mabi=lp64 $(firstword \
                $(call cc_ok,-march=rv64imac_zicsr_zifencei) \
                $(call cc_ok,-march=rv64imac))
  ALIGNED  := $(call cc_ok,-mstrict-align)
  NO_IDIOM := -fno-builtin $(call cc_ok,-fno-tree-loop-distribute-patterns)
  CC_INC   := $(shell $(CC) -print-file-name=include 2>/dev/null)
endif

# --- flags ------------------------------------------------------------------

WARN := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
        -Wmissing-prototypes -Wundef -Wpointer-arith -Wvla -Wwrite-strings \
        -Wimplicit-fallthrough
CODE := $(TARGET) -std=gnu11 -O2 -g $(MARCH) $(ALIGNED) -mcmodel=medany \
        -mno-relax -ffreestanding -nostdinc -isystem $(CC_INC) \
        -fno-strict-aliasing -fno-common -fno-pie -fno-stack-protector \
        -fno-omit-frame-pointer -fno-asynchronous-unwind-tables
DEPS  = -MMD -MP

KCFLAGS := $(CODE) $(WARN) -Wframe-larger-than=1024 -Ikernel \
           $(if $(filter 1,$(DEBUG)),-DDEBUG=1) $(KCFLAGS_EXTRA)
UCFLAGS := $(CODE) $(WARN) -Iuser/lib/include -Ikernel -Iuser/xv6
LDFLAGS := $(TARGET) $(MARCH) $(LINK) -nostdlib -static \
           -Wl,--build-id=none -Wl,-z,noexecstack -Wl,-z,max-page-size=4096
ULDFLAGS := $(LDFLAGS) -Wl,$(BASE)=0x10000 -Wl,-z,separate-code
HOSTCFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror -Wshadow \
              -Wstrict-prototypes -Wmissing-prototypes -Ikernel

# --- what is made from what -------------------------------------------------

KSRC := $(sort $(shell find kernel -name '*.[cS]' 2>/dev/null))
KOBJ := $(patsubst %.S,$(KOUT)/%.s.o,$(KSRC:%.c=$(KOUT)/%.o))
LSRC := $(sort $(shell find user/lib -name '*.[cS]' 2>/dev/null))
LOBJ := $(patsubst %.S,$(OUT)/%.s.o,$(LSRC:%.c=$(OUT)/%.o))
MSRC := $(sort $(wildcard mkfs/*.c))
MOBJ := $(MSRC:%.c=$(OUT)/%.o)

# A program is user/bin/X.c, or every .c of the folder user/bin/X/, or, written
# for xv6, user/xv6/X.c: this one is /xv6/X on the disk.
ONE  := $(sort $(wildcard user/bin/*.c user/tests/*.c user/xv6/*.c))
DIRS := $(sort $(patsubst %/,%,$(dir $(wildcard user/bin/*/*.c \
          user/tests/*/*.c))))
USRC := $(ONE) $(wildcard $(DIRS:=/*.c))
UOBJ := $(USRC:%.c=$(OUT)/%.o)
# A folder's program lies among its objects, since both want the same name.
PROG := $(ONE:%.c=$(OUT)/%) $(foreach d,$(DIRS),$(OUT)/$(d)/$(notdir $(d)))

ELF   := $(KOUT)/kernel/folio.elf
MKFS  := $(OUT)/mkfs/mkfs
LIBC  := $(OUT)/user/libc.a
FSIMG := $(OUT)/fs.img
IMAGE := $(OUT)/disk.img

all: $(ELF) $(MKFS) $(PROG) $(FSIMG) compile_commands.json
image: $(FSIMG)

# A stamp holds a text and changes only when the text does: what depends on it
# is made again when flags, lists of files or settings change.
stamp = $(shell mkdir -p $(dir $(1)); echo '$(strip $(2))' | \
          cmp -s - $(1) || echo '$(strip $(2))' >$(1))
ifneq ($(GOALS),)
  $(call stamp,$(KOUT)/kernel.flags,$(CC) $(KCFLAGS) $(LDFLAGS))
  $(call stamp,$(KOUT)/kernel.list,$(KSRC))
  $(call stamp,$(OUT)/user.flags,$(CC) $(UCFLAGS) $(ULDFLAGS))
  $(call stamp,$(OUT)/user.list,$(LSRC) $(USRC))
  $(call stamp,$(OUT)/image.args,$(DISK) $(SWAP) $(EXTRA))
endif

# --- the kernel -------------------------------------------------------------
# Linked twice: the first link tells the addresses of the functions, the second
# adds the table of their names for backtraces.  The table lies behind the text,
# so the text does not move; that is checked.

$(KOUT)/kernel/lib/memops.o: CODE_EXTRA := $(NO_IDIOM)
$(KOUT)/kernel/lib/string.o: CODE_EXTRA := $(NO_IDIOM)
# Leaves that everybody calls: a frame of their own is a quarter of their cost.
$(KOUT)/kernel/core/spinlock.o: \
    CODE_EXTRA := $(if $(filter 1,$(DEBUG)),,-fomit-frame-pointer)

$(KOUT)/kernel/%.o: kernel/%.c $(KOUT)/kernel.flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(KCFLAGS) $(CODE_EXTRA) $(DEPS) -c -o $@ $<

$(KOUT)/kernel/%.s.o: kernel/%.S $(KOUT)/kernel.flags
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(KCFLAGS) $(DEPS) -c -o $@ $<

KLINK = $(CC) $(LDFLAGS) -Wl,-T,kernel.ld
TEXT_SYMS = $(NM) -n $(1) | awk '$$2 ~ /^[tTwW]$$/ && $$3 ~ /^[A-Za-z_]/'
KSYMS_AWK = $$3 == "_kernel_start" { base = $$1 } \
	$$3 ~ /^_(kernel|text)_(start|end)$$/ { next } { \
	word[n] = "\t.word 0x" $$1 " - 0x" base ", " at "\n"; \
	name[n++] = "\t.asciz \"" $$3 "\"\n"; at += length($$3) + 1 } \
	END { print "\t.section .kallsyms, \"a\"\n\t.balign 8"; \
	print "\t.globl kallsyms, kallsyms_count, kallsyms_names"; \
	print "kallsyms_count: .word " n + 0 "\nkallsyms:"; \
	for (i = 0; i < n; i++) printf "%s", word[i]; print "kallsyms_names:"; \
	for (i = 0; i < n; i++) printf "%s", name[i]; }

$(ELF): $(KOBJ) kernel.ld $(KOUT)/kernel.list
	$(call say,LD,$@)
	$(Q)awk -v at=0 -v n=0 '$(KSYMS_AWK)' </dev/null >$@.0.S
	$(Q)$(CC) $(KCFLAGS) -c -o $@.0.o $@.0.S
	$(Q)$(KLINK) -o $@.0 $(KOBJ) $@.0.o
	$(Q)$(call TEXT_SYMS,$@.0) >$@.0.syms
	$(Q)awk -v at=0 -v n=0 '$(KSYMS_AWK)' <$@.0.syms >$@.1.S
	$(Q)$(CC) $(KCFLAGS) -c -o $@.1.o $@.1.S
	$(Q)$(KLINK) -o $@ $(KOBJ) $@.1.o
	$(Q)$(call TEXT_SYMS,$@) | cmp - $@.0.syms

# --- user programs and the disk ---------------------------------------------

$(OUT)/user/lib/%.o: CODE_EXTRA := $(NO_IDIOM)
# xv6's programs are taken as they are, with a style of their own.
$(OUT)/user/xv6/%.o: CODE_EXTRA := -w

$(OUT)/user/%.o: user/%.c $(OUT)/user.flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(UCFLAGS) $(CODE_EXTRA) $(DEPS) -c -o $@ $<

$(OUT)/user/%.s.o: user/%.S $(OUT)/user.flags
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(UCFLAGS) $(DEPS) -c -o $@ $<

$(LIBC): $(LOBJ) $(OUT)/user.list
	$(call say,AR,$@)
	@rm -f $@
	$(Q)$(AR) rcs $@ $(LOBJ)

# crt0 comes first and is no part of the search; the rest is found by need.
CRT0 = $(filter %/crt0.s.o %/crt0.o,$(LOBJ))
define program
$(OUT)/$(1): $(2:%.c=$(OUT)/%.o) $(LIBC)
endef
$(foreach p,$(ONE),$(eval $(call program,$(p:.c=),$(p))))
$(foreach d,$(DIRS),$(eval $(call program,$(d)/$(notdir $(d)),\
    $(wildcard $(d)/*.c))))
$(PROG):
	$(call say,LD,$@)
	$(Q)$(CC) $(ULDFLAGS) -o $@ $(CRT0) $(filter-out $(CRT0),$(filter %.o,$^)) \
	    $(LIBC)

$(OUT)/mkfs/%.o: mkfs/%.c
	$(call say,HOSTCC,$<)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(HOSTCFLAGS) $(DEPS) -c -o $@ $<

$(MKFS): $(MOBJ)
	$(call say,HOSTLD,$@)
	$(Q)$(HOSTCC) -o $@ $^

ETC   := $(shell find user/etc tests/sh $(EXTRA) 2>/dev/null)
NODES := console:c:5:1:600 tty:c:5:0:666 null:c:1:3:666 zero:c:1:5:666 \
         full:c:1:7:666 random:c:1:8:666 urandom:c:1:9:666 kmsg:c:1:11:644 \
         rtcmem:c:1:240:444 vda:b:254:0:600 vda1:b:254:1:600 vda2:b:254:2:600
EMPTY := bin:755 tests:755 etc:755 dev:755 dev/shm:1777 proc:555 tmp:1777 \
         root:700 home:755 mnt:755 var:755 var/tmp:1777
ROOT  := $(OUT)/root

$(FSIMG): $(MKFS) $(PROG) $(ETC) $(OUT)/image.args $(OUT)/user.list
	$(call say,MKFS,$@)
	@rm -rf $(ROOT) && mkdir -p $(ROOT)/etc
	$(Q)for p in $(PROG); do \
	    d=$${p#*/user/}; d=$${d%%/*}; mkdir -p $(ROOT)/$$d; \
	    $(STRIP) -o $(ROOT)/$$d/$${p##*/} $$p || exit 1; done
	$(Q)[ ! -d user/etc ] || cp -R user/etc/. $(ROOT)/etc/
	$(Q)[ ! -d tests/sh ] || cp -R tests/sh $(ROOT)/tests/
	@echo $(EMPTY:%=-m %) $(NODES:%=-n dev/%) -d $(ROOT) >$(OUT)/mkfs.args
	$(Q)$(MKFS) -s $(DISK) -w $(SWAP) $$(cat $(OUT)/mkfs.args) \
	    $(EXTRA:%=-d %) -o $@

# The disk that `make qemu` writes to: kept until something in it is built anew.
$(IMAGE): $(FSIMG)
	$(Q)cp --sparse=always $< $@

# --- running ----------------------------------------------------------------
# The escape key is ^] (then x: quit), because ^A belongs to the guest's editor.
# ram is its own object so that it may be larger than the host's.

CPU_ARGS  = -machine virt,memory-backend=ram -smp $(CPUS) -m $(RAM) \
            -object memory-backend-ram,id=ram,size=$(RAM),reserve=off
RAM       = $(shell echo $(MEM) | sed 's/[0-9]$$/&M/')
DISK_ARGS = -global virtio-mmio.force-legacy=false \
            -drive if=none,format=raw,id=vd0,file=$(1) \
            -device virtio-blk-device,drive=vd0,bus=virtio-mmio-bus.0
QEMU_ARGS = $(CPU_ARGS) -bios $(BIOS) -kernel $(ELF) -nodefaults -display none \
            $(DISK_ARGS) $(QEMUOPTS)
TERMINAL  = -chardev stdio,id=con,mux=on,signal=off -serial chardev:con \
            -mon chardev=con,mode=readline -echr 0x1d

qemu: $(ELF) $(IMAGE)
	@echo "Folio: type poweroff to end it; ^] x stops QEMU at once."
	$(Q)$(QEMU) $(call QEMU_ARGS,$(IMAGE)) $(TERMINAL) -append "$(BOOTARGS)"

qemu-gdb: $(ELF) $(IMAGE)
	@echo "Folio waits for a debugger: type 'make gdb' in another window."
	$(Q)$(QEMU) $(call QEMU_ARGS,$(IMAGE)) $(TERMINAL) -append "$(BOOTARGS)" \
	    -S -gdb tcp:127.0.0.1:$(GDBPORT)

gdb: $(ELF) $(PROG)
	$(Q)$(firstword $(call in_path,gdb-multiarch) gdb) -q \
	    -ex 'set $$folio_port = $(GDBPORT)' -x tests/gdb/folio.gdb $(ELF)

# CMD goes to the guest as hex digits; $(value) keeps its $ signs whole.
unexport CMD
run: export FOLIO_CMD := $(value CMD)
run: RUN_OPTS = $(call QEMU_ARGS,$(FSIMG)) -snapshot
run: $(ELF) $(FSIMG)
	$(Q)$(PYTHON) tests/run.py --timeout $(TIMEOUT) --bootargs "$(BOOTARGS)" \
	    -- $(QEMU) $(RUN_OPTS)

# Twice the RAM of 128 MB is swapped.  Instruction counts repeat only with one
# hart and a counted clock.  tests/bench.py says how much RAM.
BENCH_SWAP = 384M
bench: RAM = @RAM@
bench: override CPUS = 1
bench: $(ELF) $(FSIMG)
	$(Q)$(MKFS) -s $(DISK) -w $(BENCH_SWAP) $$(cat $(OUT)/mkfs.args) \
	    -o $(OUT)/bench.img
	$(Q)$(PYTHON) tests/bench.py doc/performance.md \
	    $(PYTHON) tests/run.py --timeout $(TIMEOUT) \
	    --bootargs "rng=1 norandmaps $(BOOTARGS)" -- $(QEMU) \
	    $(call QEMU_ARGS,$(OUT)/bench.img) -snapshot -icount shift=0

# The replacement policies over traces, on this machine: no guest is needed.
POLICIES := $(CURDIR)/$(OUT)/host/policies/policies
TRACES   := $(wildcard tests/policies/*.trace)
policies:
	$(Q)$(MAKE) -s -C tests/host O=$(CURDIR)/$(OUT)/host $(POLICIES)
	$(Q)$(POLICIES) -d $(TRACES) | \
	    $(PYTHON) tests/policies/plot.py doc/policies.svg
	$(Q)$(POLICIES) $(TRACES) >$(POLICIES).txt
	$(Q)sed -i -e '/^```$$/,/^```$$/!b' -e '/^```$$/!d' doc/policies.md
	$(Q)sed -i -e '0,/^```$$/{/^```$$/r $(POLICIES).txt' -e '}' doc/policies.md
	$(Q)cat $(POLICIES).txt

# --- tests and tools --------------------------------------------------------

test: all
	$(Q)$(PYTHON) tests/suite.py quick

test-all: all
	$(Q)$(PYTHON) tests/suite.py full

check: all
	$(Q)$(PYTHON) tests/checks/check.py all

loc:
	$(Q)$(PYTHON) tests/loc.py

format:
	$(Q)find kernel user mkfs tests -name '*.[ch]' | xargs clang-format -i

deps:
	@:

compile_commands.json: $(KOUT)/kernel.list $(OUT)/user.list Makefile
	$(Q)$(file >$@.tmp)$(foreach s,$(filter %.c,$(KSRC)), \
	    $(call json,$(s),$(KCFLAGS)))$(foreach s,$(filter %.c,$(LSRC) $(USRC)), \
	    $(call json,$(s),$(UCFLAGS)))$(foreach s,$(MSRC), \
	    $(call json,$(s),$(HOSTCFLAGS)))sed '1s/^,/[/; $$s/$$/]/' $@.tmp >$@
	@rm -f $@.tmp
json = $(file >>$@.tmp,,{"directory": "$(CURDIR)", "file": "$(1)", \
         "command": "$(CC) $(2) -c $(1)"})

clean:
	rm -rf build build-debug build-clang build-clang-debug \
	    compile_commands.json

.PHONY: all image qemu qemu-gdb gdb run bench policies test test-all check loc \
        format deps clean

-include $(KOBJ:.o=.d) $(LOBJ:.o=.d) $(UOBJ:.o=.d) $(MOBJ:.o=.d)
