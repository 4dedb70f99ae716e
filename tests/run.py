#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
run.py: boots Folio to run one command, and shows its output alone.

    FOLIO_CMD='ls -l /' run.py [--timeout S] [--bootargs A] -- QEMU ARGS...

The command goes to the guest as hex digits in the boot argument run=; init
gives it to /bin/sh -c, writes a line with the byte 0x1e before and another after
its output, and powers off with its status, which QEMU hands on.  What lies
between is copied to stdout as it comes.

Exit status: the command's; 124 after the timeout; 255 when the guest went down
without having finished the command (the end of its log goes to stderr).
"""
import argparse
import os
import re
import select
import signal
import subprocess
import sys
import time

MARK = b"\x1e"
PANIC = re.compile(rb"kernel panic on cpu \d+ in ")
LOG_TAIL = 4000
STATUS_TIMEOUT = 124
STATUS_CRASH = 255
STATUS_TERM = 143


class Output:
    """Divides the console's bytes at the marks and passes on the middle."""

    def __init__(self):
        self.log = b""
        self.panic = False
        self.marks = 0
        self.held = b""
        self.at_mark = False  # the rest of the first mark's line is to come

    def take(self, data):
        self.log += data
        self.panic |= bool(PANIC.search(self.log))
        self.log = self.log[-LOG_TAIL:]
        while data:
            text, mark, data = data.partition(MARK)
            if self.marks == 1:
                self.show(text, last=bool(mark))
            self.marks += len(mark)
            self.at_mark |= bool(mark)

    def show(self, text, last):
        """The console ends lines with \\r\\n; hold a \\r until we know."""
        text = (self.held + text).replace(b"\r\n", b"\n")
        self.held = b""
        if text.endswith(b"\r") and not last:
            text, self.held = text[:-1], b"\r"
        if self.at_mark and text:
            text, self.at_mark = text.removeprefix(b"\n"), False
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()

    def complete(self):
        return self.marks >= 2


def copy_until(pipe, output, deadline):
    """Copy until the guest closes its console; False after the deadline."""
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        if select.select([pipe], [], [], left)[0]:
            data = os.read(pipe.fileno(), 65536)
            if not data:
                return True
            output.take(data)
            if output.panic and not output.complete():
                # a kernel that halts instead of powering off: a moment more
                deadline = min(deadline, time.monotonic() + 3)


def explain(output, why):
    sys.stdout.flush()
    tail = output.log.replace(b"\r\n", b"\n").decode("utf-8", "replace")
    print(f"{tail}\nrun: {why}", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--timeout", type=float, default=600)
    parser.add_argument("--bootargs", default="")
    parser.add_argument("qemu", nargs="+")
    args = parser.parse_args()
    command = os.environ.get("FOLIO_CMD", "")
    if not command:
        sys.exit("run: say what to run: make run CMD='ls -l /'")

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(STATUS_TERM))
    bootargs = f"run={command.encode().hex()} panic=poweroff quiet"
    qemu = subprocess.Popen(
        args.qemu + ["-chardev", "stdio,id=con,signal=off",
                     "-serial", "chardev:con", "-monitor", "none",
                     "-append", f"{bootargs} {args.bootargs}".strip()],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    output = Output()
    try:
        ended = copy_until(qemu.stdout, output, time.monotonic() + args.timeout)
        if ended:
            status = qemu.wait()
    finally:
        if qemu.poll() is None:
            qemu.kill()
            qemu.wait()
    if not ended and not output.panic:
        explain(output, f"no end after {args.timeout:g} s")
        return STATUS_TIMEOUT
    if not ended or not output.complete():
        explain(output, "the guest went down before the command ended")
        return STATUS_CRASH
    return status if status >= 0 else STATUS_CRASH


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(130)
