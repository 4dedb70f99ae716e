# SPDX-License-Identifier: MIT
"""
The guest tests, each on every machine of the matrix that fits it.

A machine is booted once and its tests run one after the other; when one brings
it down the next boots it anew.  Between the tests the ledger must balance: what
/proc says is in use, by kind, after the kernel has come to rest.
A shell may keep a page more for its history, so a difference counts when it
comes again each time the test is repeated.  The last test of a machine is the
power-off, and e2fsck's word on the disk.
"""
import os
import pathlib
import shutil
import tempfile

import pytest

from machine import TOP, GuestError, Machine
from scenarios import FULL, QUICK, programs

MATRIX = FULL if os.environ.get("FOLIO_MATRIX") == "full" else QUICK
SKIPPED = 77
REPEATS = 2
# drop_caches waits for the stacks of processes that have just ended; and only
# builtins follow, so that there are no more
REST = ("echo 3 >/proc/sys/vm/drop_caches; "
        "for file in meminfo loadavg slabinfo; do "
        "while read -r line; do echo \"$line\"; done </proc/$file; done")
KINDS = ("AnonPages:", "PageTables:", "KernelStack:", "Mapped:", "Shmem:",
         "SwapCached:", "Dirty:", "Writeback:", "VmallocUsed:",
         "Committed_AS:")
# What is in use beyond these belongs to nobody that /proc knows: pages of pipes,
# of tables, of what has no name, and those that were forgotten.
COUNTED = ("MemFree:", "Buffers:", "Cached:", "SwapCached:", "AnonPages:",
           "Slab:", "KernelStack:", "PageTables:", "VmallocUsed:")


class Pool:
    """
    The machine of the scenario that is being run; one at a time.  One that does
    not come up is not waited for again by each test of its scenario.
    """

    def __init__(self):
        self.scenario = None
        self.machine = None
        self.folder = None
        self.dead = {}  # scenario: why it did not boot

    def get(self, scenario):
        if scenario in self.dead:
            raise GuestError(f"it did not boot: {self.dead[scenario]}")
        if self.scenario != scenario or not self.machine or \
                not self.machine.alive():
            self.end()
            self.scenario = scenario
            self.boot(scenario)
        return self.machine

    def boot(self, scenario):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="folio-"))
        self.machine = Machine.__new__(Machine)
        try:
            self.machine.__init__(self.folder, mem=scenario.mem,
                                  cpus=scenario.cpus, debug=scenario.debug,
                                  swap=scenario.swap)
        except BaseException as error:
            self.dead[scenario] = str(error).partition("\n")[0]
            save_log(self.machine, "boot", scenario)
            self.end()
            raise

    def end(self):
        if self.machine:
            self.machine.discard()
            shutil.rmtree(self.folder, ignore_errors=True)
        self.machine = None


@pytest.fixture(scope="session")
def pool():
    held = Pool()
    yield held
    held.end()


def cases():
    for scenario in MATRIX:
        group = pytest.mark.xdist_group(scenario.name)
        for program in programs():
            if program.fits(scenario):
                yield pytest.param(scenario, program, marks=group,
                                   id=f"{program.name}@{scenario.name}")
        yield pytest.param(scenario, None, marks=group,
                           id=f"poweroff-fsck@{scenario.name}")


def read_ledger(machine):
    machine.ok("sync", 60)
    ledger, meminfo = {}, {}
    for line in machine.ok(REST, 60).splitlines():
        name, value, *more = line.split() + ["", ""]
        if name.endswith(":"):
            meminfo[name] = int(value)
        elif "/" in "".join(more[1:2]):  # loadavg: running and all tasks
            ledger["tasks"] = int(more[1].split("/")[1])
        elif value.isdigit() and name != "slab_desc":  # the allocator's own:
            ledger["cache:" + name] = int(value)  # how full the slabs are
    ledger.update({name: meminfo[name] for name in KINDS})
    ledger["others"] = meminfo["MemTotal:"] - \
        sum(meminfo[name] for name in COUNTED)
    return ledger


def difference(before, after):
    return {name: after.get(name, 0) - before.get(name, 0)
            for name in {**before, **after}
            if after.get(name, 0) != before.get(name, 0)}


def run_once(machine, program):
    if program.swap:
        machine.ok("swapon /dev/vda2")
    output, status = machine.cmd(program.path, program.time)
    if program.swap:  # brings back what is left, which must succeed
        machine.ok("swapoff /dev/vda2", program.time)
    if status == SKIPPED:
        pytest.skip(output.strip().splitlines()[-1] if output.strip()
                    else "the program says so")
    if status:
        machine.fail(f"{program.path}: status {status}\n{output[-4000:]}")


def check_leak(machine, program, before):
    """What grew by the test, and grows again each time it is repeated."""
    after = read_ledger(machine)
    grown = {name for name, by in difference(before, after).items() if by > 0}
    diffs = [difference(before, after)]
    for _ in range(REPEATS):
        if not grown:
            return
        run_once(machine, program)
        before, after = after, read_ledger(machine)
        diffs.append(difference(before, after))
        grown = {name for name in grown if diffs[-1].get(name, 0) > 0}
    if grown:
        machine.fail("leak: " + ", ".join(
            f"{name} {' '.join('%+d' % diff[name] for diff in diffs)}"
            for name in sorted(grown)))


@pytest.mark.parametrize("scenario, program", cases())
def test_program(pool, scenario, program):
    run(pool, scenario, program)


def run(pool, scenario, program):
    machine = pool.get(scenario)
    try:
        if program is None:
            machine.poweroff()
            return
        before = read_ledger(machine)
        run_once(machine, program)
        check_leak(machine, program, before)
    except Exception:  # whatever it is, the machine is not what it should be
        save_log(machine, program.name if program else "poweroff", scenario)
        pool.end()
        raise


def save_log(machine, name, scenario):
    logs = TOP / "build" / "logs"
    logs.mkdir(exist_ok=True)
    if hasattr(machine, "log") and machine.log.exists():
        shutil.copy(machine.log, logs / f"{name}@{scenario.name}.log")
