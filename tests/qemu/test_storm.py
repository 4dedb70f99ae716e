# SPDX-License-Identifier: MIT
"""
swap-storm, on machines that have far less memory than it uses.

Four processes with 32 MB each, in 16 and in 32 MB of RAM and 256 MB of swap,
on 1, 3 and 8 harts, under each replacement policy; the ledger must balance
after each.  `make test-all` runs the product, with plain and DEBUG kernels.
`make test` runs twelve of it, so chosen that each pair (harts, RAM), (harts,
policy), (RAM, policy) is among them, with 3/8 of the RAM for each process
(8 harts: a quarter), which with copies and files is more than there is, and
soon done.
"""
import os

import pytest

from scenarios import Program, Scenario
from test_programs import pool, run  # noqa: F401

POLICIES = ("lru", "clock", "lfu", "fifo")
HARTS = (1, 3, 8)
RAM_MB = (16, 32)
FULL_MB = 32
SECONDS = 120


def storm(mb, policy):
    path = f"/tests/swap-storm {mb} {policy}"
    return Program(f"swap-storm-{mb}M-{policy}", path, 0, HARTS, 256, SECONDS,
                   False)


def quick():
    """(scenario, program): with 16M two policies, with 32M the other two."""
    for at, cpus in enumerate(HARTS):
        for mem in RAM_MB:
            scenario = Scenario(cpus, f"{mem}M", swap="256M")
            first = (at + mem // RAM_MB[-1] * 2) % len(POLICIES)
            for policy in (POLICIES * 2)[first:first + 2]:
                yield scenario, storm(mem * (4 if cpus == 8 else 6) // 16, policy)
            yield scenario, None


def full():
    for debug in (False, True):
        for cpus in HARTS:
            for mem in RAM_MB:
                scenario = Scenario(cpus, f"{mem}M", debug, swap="256M")
                for policy in POLICIES:
                    yield scenario, storm(FULL_MB, policy)
                yield scenario, None


def cases():
    matrix = full if os.environ.get("FOLIO_MATRIX") == "full" else quick
    for scenario, program in matrix():
        name = program.name if program else "poweroff-fsck"
        yield pytest.param(scenario, program, id=f"{name}@{scenario.name}",
                           marks=pytest.mark.xdist_group(scenario.name))


@pytest.mark.parametrize("scenario, program", cases())
def test_storm(pool, scenario, program):  # noqa: F811
    run(pool, scenario, program)
