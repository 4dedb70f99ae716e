# SPDX-License-Identifier: MIT
"""
report.py: a pytest plugin (-p report) that prints a line a test.

    PASS name        FAIL name        SKIP name (reason)

in place of pytest's own report; what failed follows its line, indented.  The
name is the test's, with dashes; a parameter follows after an at-sign.  With
pytest-xdist it runs in the process that gives out the work.
"""
import re

import pytest


def name_of(nodeid):
    path, _, last = nodeid.partition("::")
    area = re.search(r"test_(\w+)\.py$", path)
    match = re.fullmatch(r"(?:test_)?([^\[]*)(?:\[(.*?)\])?(?:@.*)?", last)
    name, parameter = match.groups() if match else (last, None)
    name = name.replace("_", "-")
    if name == "program":
        return parameter
    if area and not name.startswith(area.group(1)):
        name = f"{area.group(1)}-{name}"
    return f"{name}@{parameter}" if parameter else name


def say(verdict, name, seconds=None, reason=None, text=""):
    took = f" {seconds:.1f}s" if seconds is not None else ""
    why = f" ({reason})" if reason else ""
    print(f"{verdict} {name}{why}{took}", flush=True)
    for line in text.splitlines():
        print("    " + line, flush=True)


def reason_of(report):
    """A guest's own words are enough; for anything else where it happened."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash and "GuestError: " in crash.message:
        return crash.message.split("GuestError: ", 1)[1]
    return report.longreprtext


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    terminal = config.pluginmanager.getplugin("terminalreporter")
    if terminal and not hasattr(config, "workerinput"):
        config.pluginmanager.unregister(terminal)
        config.pluginmanager.register(Reporter(), "folio-reporter")


class Reporter:
    def pytest_runtest_logreport(self, report):
        name = name_of(report.nodeid)
        if report.failed:
            part = "" if report.when == "call" else f" ({report.when})"
            say("FAIL", name + part, report.duration, None, reason_of(report))
        elif report.skipped:
            why = report.longrepr[2] if isinstance(report.longrepr, tuple) \
                else str(report.longrepr)
            say("SKIP", name, None, why.removeprefix("Skipped: "))
        elif report.when == "call":
            say("PASS", name, report.duration)

    def pytest_collectreport(self, report):
        if report.failed:
            say("FAIL", f"collect {report.nodeid}", None, None,
                report.longreprtext)
