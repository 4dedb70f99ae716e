# SPDX-License-Identifier: MIT
"""Booting: machines of all sizes, what the log says, how the end is told."""
import pathlib
import re
import socket
import struct
import subprocess

import pexpect
import pytest

from machine import MARK, PROMPT, QEMU, Monitor, have, kernel

OPENSBI = pathlib.Path(
    "/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_jump.bin")


def zones(text):
    """{zone: managed pages} of /proc/zoneinfo."""
    found = re.findall(r"^Node 0, zone\s+(\w+)\n(.*?)(?=^Node|\Z)", text,
                       re.M | re.S)
    return {name: int(re.search(r"managed\s+(\d+)", body).group(1))
            for name, body in found}


@pytest.mark.parametrize("cpus, mem", [
    (1, "16M"), (8, "16M"), (2, "128M"), (4, "4G"), (8, "20G")])
def test_boot_every_size(boot, cpus, mem):
    m = boot(cpus=cpus, mem=mem)
    stat = m.ok("cat /proc/stat")
    assert len(re.findall(r"^cpu\d+ ", stat, re.M)) == cpus
    total = int(re.search(r"MemTotal:\s+(\d+) kB",
                          m.ok("cat /proc/meminfo")).group(1))
    unit = {"M": 1 << 10, "G": 1 << 20}[mem[-1]]
    given = int(mem[:-1]) * unit
    assert given * 0.75 < total <= given
    m.poweroff()


def test_boot_log(boot):
    m = boot(mem="128M")
    log = m.ok("dmesg")
    assert "Zone ranges:" in log
    assert re.search(r"DMA\s+\[mem 0x0*80000000-0x0*80ffffff\]", log)
    assert re.search(r"DMA32\s+\[mem 0x0*81000000-0x0*87ffffff\]", log)
    assert "Built 1 zonelists" in log
    assert re.search(r"Memory: \d+K/\d+K available", log)
    m.poweroff()


def test_boot_three_zones(boot):
    m = boot(mem="128M", bootargs="zone_dma=16M zone_dma32=64M")
    pages = zones(m.ok("cat /proc/zoneinfo"))
    assert set(pages) >= {"DMA", "DMA32", "Normal"}
    assert 2000 < pages["DMA"] <= 4096
    assert 11000 < pages["DMA32"] <= 12288
    assert 14000 < pages["Normal"] <= 16384
    assert len(m.ok("cat /proc/buddyinfo").splitlines()) == 3
    m.poweroff()


def test_boot_zones_of_4g(boot):
    m = boot(mem="4G")
    pages = zones(m.ok("cat /proc/zoneinfo"))
    assert pages["Normal"] > 400000 and pages["DMA32"] > 400000
    m.poweroff()


@pytest.mark.parametrize("bits", [0, 3, 4])
def test_boot_few_asids(boot, bits):
    """None, too few for eight harts, and so few that generations pass."""
    m = boot(cpus=8, mem="64M", bootargs=f"asidbits={bits}")
    assert m.ok("for i in 1 2 3 4 5 6 7 8; do echo $i | cat | cat; done") == \
        "".join(f"{i}\n" for i in range(1, 9))
    m.ok("/tests/cow-fork-write && /tests/pipe-pingpong")
    m.poweroff()


@pytest.mark.skipif(not OPENSBI.exists(), reason="no opensbi package")
def test_boot_other_firmware(boot):
    m = boot(bios=OPENSBI, cpus=3)
    assert m.ok("echo up") == "up\n"
    m.poweroff()


def test_boot_without_a_clock(boot, folder):
    """A device whose registers cannot lie where they should is left out."""
    tree = folder / "virt.dtb"
    subprocess.run([QEMU, "-machine", f"virt,dumpdtb={tree}", "-m", "64M",
                    "-smp", "1", "-display", "none"], check=True,
                   stderr=subprocess.DEVNULL)
    start, size = 0x101000, 0x1000
    clock = struct.pack(">QQ", start, size)
    text = tree.read_bytes()
    assert text.count(clock) == 1
    tree.write_bytes(text.replace(clock, struct.pack(">QQ", start, 2**64 - 1)))
    m = boot(mem="64M", cpus=1, qemuopts=["-dtb", str(tree)])
    assert "1970" in m.ok("date")
    m.poweroff()


def test_boot_status_of_poweroff(boot):
    m = boot()
    m.send("exit 42\n")
    assert m.wait_exit() == 42
    m.judge()


def test_boot_reboot_resets(boot):
    m = boot()
    m.ok("echo kept >$HOME/note; sync")
    m.send("reboot\n")
    m.expect("OpenSBI", 30)
    m.expect(MARK, 60)
    assert m.ok("cat $HOME/note") == "kept\n"
    m.poweroff()


def test_boot_page_table_is_w_xor_x(boot):
    m = boot(cpus=1)
    m.ok("true")
    text = Monitor(m.folder / "qmp").human("info mem")
    rows = [line.split() for line in text.splitlines()
            if re.match(r"^[0-9a-f]{16}", line)]
    upper = [row for row in rows if int(row[0], 16) >= 1 << 63]
    assert upper
    bad = [row for row in rows if "w" in row[3] and "x" in row[3]]
    user_kernel = [row for row in upper if "u" in row[3]]
    assert not bad and not user_kernel
    # the firmware's memory is not mapped
    assert all(int(row[1], 16) + int(row[2], 16) > 0x80040000 or
               int(row[1], 16) < 0x80000000 for row in upper)
    m.poweroff()


def test_boot_reclaim_policy(boot):
    """The boot argument chooses the policy; a wrong one is told of."""
    m = boot(mem="16M", cpus=1, bootargs="reclaim_policy=lfu")
    assert m.ok("cat /proc/sys/vm/reclaim_policy").strip() == "lfu"
    m.poweroff()
    m = boot(mem="16M", cpus=1, bootargs="reclaim_policy=best")
    assert m.ok("cat /proc/sys/vm/reclaim_policy").strip() == "lru"
    assert "no reclaim policy best" in m.ok("dmesg")
    m.poweroff()


def test_boot_console_shows_state(boot):
    m = boot(interactive=True)
    m.send("echo on; cat\n")
    m.expect("\non\r?\n")
    m.send("read\n")
    m.expect("read\r\nread\r")  # so it is cat that runs
    m.send("\x10")
    shown = m.expect(r"MemFree|free", 20)
    assert "cat" in shown and "init" in shown
    m.send("\x03")
    m.expect(PROMPT)
    m.poweroff()


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def debug(boot, commands, cpus=1):
    """A machine that stands before its start, and gdb with commands."""
    port = free_port()
    m = boot(cpus=cpus, wait=False,
             qemuopts=["-S", "-gdb", f"tcp:127.0.0.1:{port}"])
    gdb = subprocess.Popen(
        ["timeout", str(60 * m.slow), "gdb-multiarch", "-q", "-batch",
         "-ex", f"set $folio_port = {port}", "-x", "tests/gdb/folio.gdb",
         str(kernel()), *[word for line in commands for word in ("-ex", line)]],
        cwd=kernel().parents[2], text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    while gdb.poll() is None:
        m.drain(0.5)  # a console that nobody reads holds the guest up
    return m, gdb.stdout.read()


@pytest.mark.skipif(not have("gdb-multiarch"), reason="no gdb-multiarch")
@pytest.mark.parametrize("register, value, reason", [
    ("a0", "8", "load page fault"),
    ("sp", "((long)$sp & ~0x7fff) + 0x2000", "kernel stack overflow")])
def test_boot_panic_report(boot, register, value, reason):
    """What is told of a fault, in a function that calls none, under a lock."""
    m, _ = debug(boot, ["kbreak dirblock_find", "continue", "delete",
                        "kbreak memcmp", "continue", "delete",
                        f"set ${register} = {value}", "detach"])
    m.con.expect(pexpect.EOF, 20 * m.slow)
    assert m.qemu.wait(10 * m.slow) == 125  # panic=poweroff
    m.out.flush()
    report = m.log.read_text(encoding="latin-1")
    assert f"kernel panic on cpu 0 in init: {reason}" in report
    assert re.search(r"scause [0-9a-f]+ stval [0-9a-f]+ sstatus", report)
    lines = re.search(r"sstatus.*?\n(.*?)cpu 0: init", report, re.S).group(1)
    assert "memcmp+0x" in lines and "dirblock_find+0x" in lines, lines
    assert "do_execve+0x" in lines and "init_thread+0x" in lines, lines
    assert re.search("holds inode 0x.*taken at", report)


@pytest.mark.skipif(not have("gdb-multiarch"), reason="no gdb-multiarch")
def test_boot_gdb_sees_the_kernel(boot):
    _, shown = debug(boot, ["kbreak start_kernel", "continue", "bt", "user sh",
                            "info address main"])
    assert "#0  start_kernel" in shown and "main.c" in shown, shown
    assert 'Symbol "main" is a function' in shown, shown
