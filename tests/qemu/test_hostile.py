# SPDX-License-Identifier: MIT
"""Programs and device trees that nobody should write, and one program that
Linux would run."""
import random
import struct
import subprocess

import pexpect
import pytest

from machine import MARK, QEMU, TOP, have

SEEDS = range(3)
FILES = 60
EHDR = "<16sHHIQQQIHHHHHH"
PHDR = "<IIQQQQQQ"


def garbage(rand, real):
    """One file that claims to be a program."""
    kind = rand.randrange(4)
    if kind == 0:
        return rand.randbytes(rand.randrange(1, 9000))
    if kind == 1:  # the header of a real one, then chaos
        return real[:64] + rand.randbytes(rand.randrange(8000))
    if kind == 2:  # a real one with some bytes changed
        data = bytearray(real)
        for _ in range(rand.randint(1, 40)):
            data[rand.randrange(min(len(data), 600))] = rand.randrange(256)
        return bytes(data)
    # well-formed, with mad segments
    count = rand.randrange(1, 8)
    head = struct.pack(
        EHDR, b"\x7fELF\x02\x01\x01" + bytes(9), 2, 243, 1,
        rand.choice([0x10000, rand.getrandbits(64)]), 64, 0, 0, 64, 56, count,
        0, 0, 0)
    for _ in range(count):
        word = [rand.choice([0, 1, 4096, 0x10000, 1 << 38, (1 << 64) - 4096,
                             rand.getrandbits(64), rand.getrandbits(20)])
                for _ in range(6)]
        head += struct.pack(PHDR, rand.choice([1, 1, 1, 2, 3, 6]),
                            rand.randrange(8), *word)
    return head + rand.randbytes(rand.randrange(5000))


@pytest.mark.parametrize("seed", SEEDS)
def test_hostile_garbage_as_program(boot, folder, seed):
    rand = random.Random(seed)
    real = (TOP / "build" / "root" / "bin" / "echo").read_bytes()
    tree = folder / "tree" / "bad"
    tree.mkdir(parents=True)
    for nr in range(FILES):
        path = tree / f"x{nr}"
        path.write_bytes(garbage(rand, real))
        path.chmod(0o755)
    m = boot(mem="32M", extra=tree.parent)
    for nr in range(FILES):
        # what still runs may wait for input or loop: a second, then ^C's kin
        m.cmd(f"/bad/x{nr} </dev/null >/dev/null 2>&1 & "
              "p=$!; n=0; while kill -0 $p 2>/dev/null && [ $n -lt 20 ]; do "
              "sleep 0.05; n=$((n + 1)); done; kill -9 $p 2>/dev/null; "
              "wait $p", 30)
    assert m.ok("echo alive") == "alive\n"
    m.poweroff()


def test_hostile_init_that_faults(boot, folder):
    """Without init nothing goes on: the machine says so and ends."""
    tree = folder / "tree" / "bad"
    tree.mkdir(parents=True)
    code = bytes(4)  # no instruction
    size = struct.calcsize(EHDR) + struct.calcsize(PHDR) + len(code)
    entry = 0x10000 + size - len(code)
    (tree / "init").write_bytes(
        struct.pack(EHDR, b"\x7fELF\x02\x01\x01" + bytes(9), 2, 243, 1, entry,
                    64, 0, 0, 64, 56, 1, 0, 0, 0) +
        struct.pack(PHDR, 1, 5, 0, 0x10000, 0, size, size, 4096) + code)
    (tree / "init").chmod(0o755)
    m = boot(extra=tree.parent, bootargs="init=/bad/init", wait=False)
    m.con.expect("init died: status 0x4", timeout=60 * m.slow)
    m.con.expect(pexpect.EOF, timeout=60 * m.slow)
    assert m.qemu.wait(10 * m.slow) == 1


def test_hostile_init_with_threads_execs(boot):
    """The other threads of init end, though a signal would not end it."""
    m = boot(bootargs="init=/tests/thread-group", wait=False)
    m.con.expect("init died: status 0x900", timeout=60 * m.slow)
    m.con.expect(pexpect.EOF, timeout=60 * m.slow)


RAW = r"""
static long
call(long nr, long a, long b, long c)
{
    register long a7 __asm__("a7") = nr;
    register long a0 __asm__("a0") = a;
    register long a1 __asm__("a1") = b;
    register long a2 __asm__("a2") = c;

    __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a7)
                     : "memory");
    return a0;
}

static char bss[70000];
static int data = 5;

void
_start(void)
{
    static const char text[] = "a Linux program\n";

    bss[69999] = 3;
    data += bss[69999] + bss[0];
    call(64, 1, (long)text, sizeof(text) - 1); /* write */
    if (call(172, 0, 0, 0) <= 0)               /* getpid */
        call(94, 1, 0, 0);
    if (call(9999, 0, 0, 0) != -38) /* ENOSYS */
        call(94, 2, 0, 0);
    if (call(64, 1, 8, 1) != -14) /* EFAULT */
        call(94, 3, 0, 0);
    call(94, data, 0, 0); /* exit_group */
}
"""


@pytest.mark.skipif(not have("riscv64-linux-gnu-gcc"),
                    reason="no riscv64-linux-gnu-gcc")
def test_linux_program(boot, folder):
    """A static program by the ordinary cross compiler, at its own address."""
    tree = folder / "tree"
    tree.mkdir()
    source = folder / "raw.c"
    source.write_text(RAW)
    subprocess.run(["riscv64-linux-gnu-gcc", "-O1", "-static", "-nostdlib",
                    "-fno-stack-protector", "-o", tree / "raw", source],
                   check=True)
    m = boot(extra=tree)
    assert m.cmd("/raw") == ("a Linux program\n", 8)
    m.poweroff()


# --- device trees ---

BEGIN, END, PROP, LAST = 1, 2, 3, 9


def parse_tree(blob):
    """A flattened tree as [path, {property: value}], in its order."""
    at, names = struct.unpack_from(">2I", blob, 8)
    nodes, path = [], []
    while True:
        tag, = struct.unpack_from(">I", blob, at)
        at += 4
        if tag == BEGIN:
            end = blob.index(0, at)
            path.append(blob[at:end].decode())
            nodes.append(["/".join(path), {}])
            at = end // 4 * 4 + 4
        elif tag == PROP:
            length, name = struct.unpack_from(">2I", blob, at)
            name = blob[names + name:blob.index(0, names + name)].decode()
            nodes[-1][1][name] = blob[at + 8:at + 8 + length]
            at += 8 + (length + 3) // 4 * 4
        elif tag == END:
            path.pop()
        elif tag == LAST:
            return nodes


def build_tree(nodes):
    words, strings, depth = b"", b"", 0
    for path, props in nodes:
        level = path.count("/") + 1
        words += struct.pack(">I", END) * (depth - level + 1)
        depth = level
        name = path.split("/")[-1].encode() + b"\0"
        words += struct.pack(">I", BEGIN) + name + bytes(-len(name) % 4)
        for key, value in props.items():
            words += struct.pack(">3I", PROP, len(value), len(strings))
            words += value + bytes(-len(value) % 4)
            strings += key.encode() + b"\0"
    words += struct.pack(">I", END) * depth + struct.pack(">I", LAST)
    start = 56  # behind the header and an empty list of reserved ranges
    return struct.pack(">10I", 0xd00dfeed, start + len(words) + len(strings),
                       start, start + len(words), 40, 17, 16, 0, len(strings),
                       len(words)) + bytes(16) + words + strings


def reg(base, size):
    return struct.pack(">2Q", base, size)


HUGE = (1 << 64) - 1
UP = "Folio is up"
NO_ROOT = "cannot mount the root"
LIES = {  # node, property, value (None: missing), what the kernel says
    "rtc-huge": ("/soc/rtc", "reg", reg(0x101000, HUGE), UP),
    "rtc-nowhere": ("/soc/rtc", "reg", reg(0xff << 56, 0x1000), UP),
    "poweroff-huge": ("/soc/test", "reg", reg(0x100000, HUGE), UP),
    "plic-huge": ("/soc/plic", "reg", reg(0xc000000, HUGE), NO_ROOT),
    "plic-without-context": ("/soc/plic", "interrupts-extended", None, NO_ROOT),
    "plic-without-sources": ("/soc/plic", "riscv,ndev", None, NO_ROOT),
    "disk-irq": ("/soc/virtio_mmio@10001000", "interrupts", b"\xff" * 4,
                 NO_ROOT),
    "hart-twice": ("/cpus/cpu@1", "reg", bytes(4), UP),
    "hart-id": ("/cpus/cpu@1", "reg", b"\xff" * 4, UP),
    "hart-absent": ("/cpus", "no", None, "hart 1 does not (answer|start)"),
    "cells": ("/soc", "#address-cells", None, UP),
    "isa": ("/cpus/cpu@0", "riscv,isa", b"rv64", UP),
    "clock-slow": ("/cpus", "timebase-frequency", struct.pack(">I", 1000),
                   "no usable timebase"),
    "clock-fast": ("/cpus", "timebase-frequency", struct.pack(">I", 1 << 25),
                   UP),
    "memory-missing": ("/memory", "reg", None, "no usable memory"),
    "memory-elsewhere": ("/memory", "reg", reg(1 << 32, 1 << 25),
                         "no usable memory"),
    "memory-cut": ("/memory", "reg", reg(1 << 31, 0x250000),
                   "no usable memory"),
    "memory-odd": ("/memory", "reg", reg((1 << 31) + 1, (1 << 25) - 3), UP),
    "firmware-has-all": ("/reserved-memory/x", "reg",
                         reg(0x80200000, 1 << 20), "no usable memory"),
}


@pytest.mark.parametrize("lie", LIES)
def test_hostile_device_tree(boot, folder, lie):
    """
    What the tree says is checked: no panic, no silence.  It has a hart that
    the machine has not, so the boot hart is the other one.
    """
    node, name, value, answer = LIES[lie]
    tree = folder / "tree.dtb"
    subprocess.run([QEMU, "-machine", f"virt,dumpdtb={tree}", "-smp", "2",
                    "-m", "32M", "-display", "none"], check=True,
                   capture_output=True)
    nodes = parse_tree(tree.read_bytes())
    cells = struct.pack(">I", 2)
    nodes += [["/reserved-memory", {"#address-cells": cells,
                                    "#size-cells": cells, "ranges": b""}],
              ["/reserved-memory/x", {"no-map": b""}]]
    for path, props in nodes:
        if not path.startswith(node):
            continue
        if name == "interrupts-extended":  # the firmware's inputs stay
            value = props[name].replace(struct.pack(">I", 9), b"\xff" * 4)
        props.pop(name, None)
        if value is not None:
            props[name] = value
        break
    tree.write_bytes(build_tree(nodes))
    m = boot(mem="32M", cpus=1, wait=False, qemuopts=["-dtb", tree])
    m.expect(answer, 60)
    if answer == UP:
        m.expect(MARK, 60)
        m.ok("true")
        m.poweroff()
