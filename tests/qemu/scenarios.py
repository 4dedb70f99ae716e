# SPDX-License-Identifier: MIT
"""
scenarios.py: the machines that the guest tests run on, and what a test needs.

A guest test is a program user/tests/NAME.c (or folder NAME) whose first lines
hold its needs:

    /* test: cow-fork-write ram=16M harts=1-8 swap=0 time=30 */

ram: the least it needs; harts: where it makes sense; swap: M bytes of swap it
wants enabled; time: seconds on a plain kernel; debug=1: DEBUG kernels only.
All but the name may be missing.
"""
import re
from dataclasses import dataclass

from machine import TOP

HEADER = re.compile(r"/\* test:\s*(\S+)\s*(.*?)\s*\*/")
UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def size(text):
    number, unit = re.fullmatch(r"(\d+)([KMG]?)", text).groups()
    return int(number) * UNITS[unit]


@dataclass(frozen=True)
class Scenario:
    cpus: int
    mem: str
    debug: bool = False
    swap: str = "64M"

    @property
    def name(self):
        return (f"{self.cpus}x{self.mem}" + ("-debug" if self.debug else "") +
                (f"-swap{self.swap}" if self.swap != "64M" else ""))


QUICK = [
    Scenario(1, "16M"), Scenario(3, "128M"), Scenario(8, "4G"),
    Scenario(1, "4G", True), Scenario(8, "16M", True),
]
FULL = [Scenario(cpus, mem, debug) for debug in (False, True)
        for cpus in (1, 2, 3, 4, 8) for mem in ("16M", "32M", "128M", "4G")]


@dataclass(frozen=True)
class Program:
    name: str
    path: str
    ram: int
    harts: tuple
    swap: int
    time: int
    debug: bool

    def fits(self, scenario):
        low, high = self.harts
        return (low <= scenario.cpus <= high and
                size(scenario.mem) >= self.ram and
                (scenario.debug or not self.debug))


def read_program(source, path):
    head = source.read_text()[:2000]
    match = HEADER.search(head)
    if not match:
        return None
    needs = dict(word.split("=", 1) for word in match.group(2).split())
    if set(needs) - {"ram", "harts", "swap", "time", "debug"}:
        raise ValueError(f"{source}: {match.group(2)}")
    low, _, high = needs.get("harts", "1-8").partition("-")
    return Program(match.group(1), path, size(needs.get("ram", "16M")),
                   (int(low), int(high or low)),
                   size(needs.get("swap", "0").removesuffix("M")),
                   int(needs.get("time", "30")), needs.get("debug") == "1")


def programs():
    """All guest tests, by name."""
    found = []
    folder = TOP / "user" / "tests"
    for source in sorted(folder.glob("*.c")):
        found.append(read_program(source, f"/tests/{source.stem}"))
    for group in sorted(p for p in folder.glob("*") if p.is_dir()):
        tests = [read_program(source, f"/tests/{group.name}")
                 for source in sorted(group.glob("*.c"))]
        found.append(next(filter(None, tests), None))
    return [program for program in found if program]
