#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
suite.py: everything that `make test` runs, one line a test.

    suite.py quick|full [stage...]      stages: host mkfs checks guest

Each stage prints lines PASS name, FAIL name, SKIP name (reason), and under a
FAIL what went wrong.  These are passed on and counted; the last line is
"N passed, N failed".  Exit status 0 when none failed.
"""
import os
import pathlib
import re
import signal
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
TESTS = TOP / "tests"
VERDICT = re.compile(r"(PASS|FAIL|SKIP) (.*)")
WORKERS = os.environ.get("FOLIO_WORKERS", "2")
MAKE = os.environ.get("MAKE", "make")


def pytest(*args):
    return [sys.executable, "-m", "pytest", "-p", "report", "-p",
            "no:cacheprovider", "--tb=short", *args]


def with_workers():
    try:
        import xdist  # noqa: F401
    except ImportError:
        return []
    return ["-n", WORKERS, "--dist", "loadgroup"]


STAGES = {
    "host": lambda: [MAKE, "-s", "--no-print-directory", "-C", "tests/host",
                     "check", f"O={TOP}/build/host", "-j2"],
    "mkfs": lambda: pytest("tests/host"),
    "checks": lambda: [sys.executable, "tests/checks/check.py", "all"],
    "guest": lambda: pytest("tests/qemu", *with_workers()),
}


class Count:
    def __init__(self):
        self.of = {"PASS": 0, "FAIL": 0, "SKIP": 0}
        self.failed = []

    def add(self, verdict, name):
        self.of[verdict] += 1
        if verdict == "FAIL":
            self.failed.append(name)


def run_stage(name, count, env):
    """Run a stage, pass its lines on; its status must agree with them."""
    print(f"--- {name}", flush=True)
    process = subprocess.Popen(STAGES[name](), cwd=TOP, env=env, text=True,
                               stdout=subprocess.PIPE, errors="replace",
                               stderr=subprocess.STDOUT)
    before = count.of["FAIL"]
    try:
        for line in process.stdout:
            match = VERDICT.match(line)
            if match:
                count.add(*match.groups())
            print(line, end="", flush=True)
        status = process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    if status and count.of["FAIL"] == before:
        print(f"FAIL {name} (status {status})", flush=True)
        count.add("FAIL", f"{name} (status {status})")


def main():
    matrix = sys.argv[1] if len(sys.argv) > 1 else "quick"
    stages = sys.argv[2:] or list(STAGES)
    env = {**os.environ, "FOLIO_MATRIX": matrix,
           "MKFS": str(TOP / "build" / "mkfs" / "mkfs"),
           "PYTHONPATH": str(TESTS), "PYTHONDONTWRITEBYTECODE": "1"}
    for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "DEBUG", "CLANG"):
        env.pop(name, None)  # the stages choose these for themselves
    count = Count()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for name in stages:
        run_stage(name, count, env)
    print()
    if count.of["SKIP"]:
        print(f"{count.of['SKIP']} skipped")
    for name in count.failed:
        print(f"failed: {name}")
    print(f"{count.of['PASS']} passed, {count.of['FAIL']} failed")
    return count.of["FAIL"] > 0


if __name__ == "__main__":
    sys.exit(main())
