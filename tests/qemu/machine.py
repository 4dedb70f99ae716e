# SPDX-License-Identifier: MIT
"""
machine.py: a Folio in QEMU that a test talks to.

    m = Machine(folder, mem="16M", cpus=1)     boots
    text, status = m.cmd("ls -l /")            runs a command, cuts its output
    m.poweroff()                               ends QEMU; judges ask the image

The guest runs one line of shell in place of a login shell (the boot argument
run=): a loop that reads a command from the console, evaluates it, and writes
the byte 0x1e before the output and 0x1e, the status, 0x1e behind it.  So the
answers are cut out exactly, whatever the prompt and the line editor do.  With
interactive=True it is the ordinary shell, for send() and expect().

Every wait fails at once when the kernel panics or its watchdog reports, and
when it takes too long says where each hart was.
"""
import ctypes
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

import pexpect
import pexpect.fdpexpect

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = TOP / "build"
QEMU = os.environ.get("QEMU", "qemu-system-riscv64")
SCALE = float(os.environ.get("FOLIO_TIMEOUT_SCALE", "3"))
BOOT_TIMEOUT = 60
START_TIMEOUT = 60  # for QEMU itself to begin, and to end
LOG_LINES = 40
ROOT_OFFSET = 1 << 20
SECTOR = 512
PR_SET_PDEATHSIG = 1
MBR_TABLE = 446
MBR_ENTRY = 16

MARK = "\x1e"
SERVE = ("while read -r line; do printf '\\036'; eval \"$line\"; "
         "printf '\\036%d\\036' $?; done")
PROMPT = r"\n\r?[#$] (?:\x1b\[K)?$"
BROKEN = r"kernel panic|watchdog: (?:run queue|cpu \d+ spins)"


class GuestError(AssertionError):
    """The guest did not do what it must; the message has its log's end."""


def die_with_parent():
    """In a child: no QEMU outlives the tests, whatever ends these."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def kernel(debug=False):
    return TOP / ("build-debug" if debug else "build") / "kernel" / "folio.elf"


def qemu_size(size):
    """QEMU's -m takes MB for a bare number, its objects take bytes."""
    return size + "M" if size[-1].isdigit() else size


def make_image(path, size="64M", swap="64M", extra=None):
    """A disk as `make image` would make it, of other sizes or contents."""
    args = (BUILD / "mkfs.args").read_text().split()
    command = [BUILD / "mkfs" / "mkfs", "-s", size, "-w", swap, *args]
    if extra:
        command += ["-d", extra]
    subprocess.run([*command, "-o", path], check=True, cwd=TOP)
    return path


def copy_image(path):
    subprocess.run(["cp", "--sparse=always", BUILD / "fs.img", path],
                   check=True)
    return path


def partition(image, number):
    """(offset, length) in bytes of a partition, from the MBR."""
    with open(image, "rb") as disk:
        disk.seek(MBR_TABLE + MBR_ENTRY * (number - 1) + 8)
        start, length = (int.from_bytes(disk.read(4), "little")
                         for _ in range(2))
    return start * SECTOR, length * SECTOR


def judge_image(image):
    """What e2fsck, sfdisk and swaplabel find wrong with a disk: a text."""
    env = {**os.environ, "PATH": os.environ["PATH"] + ":/sbin:/usr/sbin"}
    faults = []

    def ask(*command):
        run = subprocess.run(command, env=env, text=True, timeout=300,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             errors="replace")
        if run.returncode:
            faults.append(f"{' '.join(map(str, command))}: status "
                          f"{run.returncode}\n{run.stdout[-3000:]}")

    ask("sfdisk", "-q", "--verify", str(image))
    ask("e2fsck", "-fn", f"{image}?offset={partition(image, 1)[0]}")
    offset, length = partition(image, 2)
    if length:
        area = pathlib.Path(f"{image}.swap")
        with open(image, "rb") as disk, open(area, "wb") as out:
            disk.seek(offset)
            out.write(disk.read(1 << 16))
            out.truncate(length)
        ask("swaplabel", str(area))
        area.unlink()
    return "\n".join(faults)


class Symbols:
    """Names for addresses of the kernel."""

    def __init__(self, elf):
        out = subprocess.run(["nm", "-n", elf], text=True, check=True,
                             capture_output=True).stdout
        rows = (line.split() for line in out.splitlines())
        self.table = [(int(row[0], 16), row[2]) for row in rows
                      if len(row) == 3 and row[1] in "tTwW"]

    def name(self, address):
        best = None
        for start, name in self.table:
            if start > address:
                break
            best = (start, name)
        if best is None or address < 0xffffffc000000000:
            return f"{address:#x}"
        return f"{address:#x} {best[1]}+{address - best[0]:#x}"


class Monitor:
    """QEMU's monitor, as far as it is needed."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(10)
        self.sock.connect(str(path))
        self.file = self.sock.makefile("rw")
        json.loads(self.file.readline())
        self.command("qmp_capabilities")

    def command(self, name, **args):
        self.file.write(json.dumps({"execute": name, "arguments": args}) + "\n")
        self.file.flush()
        while True:
            answer = json.loads(self.file.readline())
            if "error" in answer:
                raise RuntimeError(answer["error"]["desc"])
            if "return" in answer:
                return answer["return"]

    def human(self, line):
        return self.command("human-monitor-command", **{"command-line": line})


class Machine:
    def __init__(self, folder, mem="128M", cpus=2, bootargs="", disk=None,
                 swap="64M", debug=False, extra=None, qemuopts=(), bios=None,
                 interactive=False, image=None, wait=True, serve=SERVE):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.out = self.errors = self.qemu = self.socket = None
        self.log = self.folder / "console.log"
        self.status = None
        self.debug = debug
        self.kernel = kernel(debug)
        self.image = image or self.make_disk(disk, swap, extra)
        self.slow = SCALE * (3 if debug else 1) * max(1, cpus / 4)
        self.command_at = 0  # where in the log the last command begins
        self.start(mem, cpus, bios, qemuopts,
                   self.bootargs(bootargs, interactive, serve))
        if wait and not interactive:
            self.expect(MARK, BOOT_TIMEOUT)
        elif wait:
            self.expect(PROMPT, BOOT_TIMEOUT)

    def make_disk(self, disk, swap, extra):
        path = self.folder / "disk.img"
        if disk or extra or swap != "64M":
            return make_image(path, disk or "64M", swap, extra)
        return copy_image(path)

    def bootargs(self, more, interactive, serve):
        args = ["panic=poweroff", more]
        if not interactive:
            args.insert(0, f"run={serve.encode().hex()}")
        return " ".join(args).strip()

    def start(self, mem, cpus, bios, qemuopts, bootargs):
        mem = qemu_size(mem)
        console, monitor = self.folder / "con", self.folder / "qmp"
        for path in (console, monitor):
            path.unlink(missing_ok=True)
        self.command = [
            QEMU, "-machine", "virt,memory-backend=ram", "-smp", str(cpus),
            "-m", mem, "-object",
            f"memory-backend-ram,id=ram,size={mem},reserve=off",
            "-bios", str(bios or "default"), "-kernel", str(self.kernel),
            "-nodefaults", "-display", "none",
            "-global", "virtio-mmio.force-legacy=false",
            "-drive", f"if=none,format=raw,id=vd0,file={self.image}",
            "-device", "virtio-blk-device,drive=vd0,bus=virtio-mmio-bus.0",
            "-chardev", f"socket,id=con,path={console},server=on,wait=on",
            "-serial", "chardev:con",
            "-qmp", f"unix:{monitor},server=on,wait=off",
            "-append", bootargs, *qemuopts]
        self.errors = open(self.folder / "qemu.err", "w+")
        self.qemu = subprocess.Popen(self.command, stdin=subprocess.DEVNULL,
                                     stdout=self.errors, stderr=self.errors,
                                     preexec_fn=die_with_parent)
        self.socket = self.connect(console)
        self.out = open(self.log, "w", encoding="latin-1", newline="")
        self.con = pexpect.fdpexpect.fdspawn(
            self.socket.fileno(), encoding="latin-1", maxread=65536,
            searchwindowsize=None)
        self.con.logfile_read = self.out

    def connect(self, path):
        sock = socket.socket(socket.AF_UNIX)
        end = time.monotonic() + START_TIMEOUT * SCALE
        while time.monotonic() < end:
            try:
                sock.connect(str(path))
                return sock
            except OSError:
                if self.qemu.poll() is not None:
                    break
                time.sleep(0.1)
        sock.close()
        self.qemu.kill()
        self.errors.seek(0)
        raise GuestError(f"QEMU did not start: {self.errors.read()}")

    # --- talking ---

    def alive(self):
        return self.qemu.poll() is None

    def send(self, text):
        self.con.send(text)

    def expect(self, pattern, timeout=30):
        """Wait for a pattern; returns what came before it."""
        patterns = [BROKEN, pattern]
        try:
            found = self.con.expect(patterns, timeout=timeout * self.slow)
        except pexpect.EOF:
            self.fail("the guest ended")
        except pexpect.TIMEOUT:
            self.fail(f"no {pattern!r} in {timeout * self.slow:g} s\n"
                      + self.where())
        if found == 0:
            self.drain(3)
            self.fail("the kernel reports: " + self.con.match.group())
        return self.con.before

    def drain(self, seconds):
        """Let the log come to its end."""
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end:
                self.con.read_nonblocking(65536, timeout=0.5)
        except (pexpect.EOF, pexpect.TIMEOUT):
            pass

    def cmd(self, line, timeout=30):
        """Run one line of shell; its output and status."""
        assert "\n" not in line
        self.out.flush()
        self.command_at = self.log.stat().st_size
        self.send(line + "\n")
        self.expect(MARK, timeout)
        output = self.expect(MARK, timeout)
        status = self.expect(MARK, timeout)
        return re.sub("\r+\n", "\n", output), int(status)

    def ok(self, line, timeout=30):
        """Run a command that must succeed; its output."""
        output, status = self.cmd(line, timeout)
        if status:
            self.fail(f"{line}: status {status}\n{output[-2000:]}")
        return output

    # --- ending ---

    def wait_exit(self, timeout=30):
        """Read on until QEMU ends; its exit status."""
        self.expect_end(timeout)
        self.status = self.qemu.wait(START_TIMEOUT * SCALE)
        self.close()
        return self.status

    def expect_end(self, timeout):
        try:
            found = self.con.expect([BROKEN, pexpect.EOF],
                                    timeout=timeout * self.slow)
        except pexpect.TIMEOUT:
            self.fail("the machine does not switch off\n" + self.where())
        if found == 0:
            self.drain(3)
            self.fail("the kernel reports: " + self.con.match.group())

    def poweroff(self, timeout=30, judge=True):
        """Switch off as a user would, then ask the judges about the disk."""
        self.send("poweroff\n")
        status = self.wait_exit(timeout)
        if status:
            self.fail(f"poweroff: QEMU ended with {status}")
        if judge:
            self.judge()

    def judge(self):
        faults = judge_image(self.image)
        if faults:
            self.fail(faults)

    def close(self):
        if self.qemu and self.qemu.poll() is None:
            self.qemu.kill()
            self.qemu.wait()
        for file in (self.socket, self.out, self.errors):
            if file:
                file.close()

    def discard(self):
        """The test is over: end QEMU, however far it came, drop the disk."""
        self.close()
        if hasattr(self, "image"):
            pathlib.Path(self.image).unlink(missing_ok=True)

    # --- when it goes wrong ---

    def where(self):
        """The pc of every hart, with names."""
        try:
            text = Monitor(self.folder / "qmp").human("info registers -a")
        except (OSError, RuntimeError, ValueError) as error:
            return f"(no answer from the monitor: {error})"
        symbols = Symbols(self.kernel)
        lines = []
        for hart, block in enumerate(re.split(r"CPU#\d+", text)[1:]):
            regs = {name: int(re.search(rf"\b{re.escape(name)}\s+([0-9a-f]+)",
                                        block).group(1), 16)
                    for name in ("pc", "x1/ra")}
            lines.append(f"hart {hart}: pc {symbols.name(regs['pc'])}, "
                         f"ra {symbols.name(regs['x1/ra'])}")
        return "\n".join(lines)

    def fail(self, why):
        if not self.out.closed:
            self.out.flush()
        text = self.log.read_bytes()[self.command_at:].decode("latin-1")
        lines = re.sub("\r+\n", "\n", text).splitlines()
        broken = [nr for nr, line in enumerate(lines)
                  if re.search(BROKEN, line)][:1]
        first = broken[0] - 5 if broken else len(lines) - LOG_LINES
        tail = "\n".join(lines[max(0, first):][:LOG_LINES])
        raise GuestError(f"{why}\n--- {self.log.name}:\n{tail}\n---")


def run(cmd, mem="128M", cpus=2, bootargs="", debug=False, timeout=120,
        image=None):
    """What `make run` does: (status, stdout, stderr)."""
    mem = qemu_size(mem)
    command = [
        "/usr/bin/env", "python3", str(TOP / "tests" / "run.py"),
        "--timeout", str(timeout * SCALE), "--bootargs", bootargs, "--",
        QEMU, "-machine", "virt,memory-backend=ram", "-smp", str(cpus),
        "-m", mem, "-object",
        f"memory-backend-ram,id=ram,size={mem},reserve=off",
        "-kernel", str(kernel(debug)), "-nodefaults", "-display", "none",
        "-global", "virtio-mmio.force-legacy=false", "-snapshot",
        "-drive", f"if=none,format=raw,id=vd0,file={image or BUILD / 'fs.img'}",
        "-device", "virtio-blk-device,drive=vd0,bus=virtio-mmio-bus.0"]
    done = subprocess.run(command, text=True, capture_output=True,
                          env={**os.environ, "FOLIO_CMD": cmd},
                          errors="replace", check=False)
    return done.returncode, done.stdout, done.stderr


def have(tool):
    return shutil.which(tool) is not None
