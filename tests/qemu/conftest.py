# SPDX-License-Identifier: MIT
"""Fixtures of the tests that boot Folio; see machine.py."""
import os
import pathlib
import shutil
import signal
import tempfile

import pytest

from machine import QEMU, TOP, Machine, have, kernel


def pytest_sessionstart(session):
    if not have(QEMU) or not kernel().exists():
        pytest.exit("build first: make all; QEMU is needed: make deps", 2)
    # so that fixtures clean up
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture
def folder():
    """An empty folder; unix sockets want short paths."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="folio-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


def keep_log(request, machine):
    """The console of a failed test stays in build/logs."""
    logs = TOP / "build" / "logs"
    logs.mkdir(exist_ok=True)
    name = request.node.name.replace("/", "-")
    if machine.log.exists():
        shutil.copy(machine.log, logs / f"{name}.log")


@pytest.fixture
def boot(request, folder):
    """A function that boots a machine, which ends with the test."""
    machines = []

    def start(**options):
        machine = Machine.__new__(Machine)
        machines.append(machine)
        machine.__init__(folder / f"m{len(machines)}", **options)
        return machine

    yield start
    for machine in machines:
        if os.environ.get("FOLIO_KEEP") or \
                getattr(request.node, "failed", False):
            keep_log(request, machine)
        machine.discard()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if call.when == "call" and outcome.get_result().failed:
        item.failed = True
