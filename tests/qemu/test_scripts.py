# SPDX-License-Identifier: MIT
"""The shell's own tests: tests/sh/NAME.sh must print what NAME.out holds."""
import pytest

from machine import TOP

FOLDER = TOP / "tests" / "sh"


@pytest.mark.xdist_group("scripts")
@pytest.mark.parametrize("name", sorted(p.stem for p in FOLDER.glob("*.sh")))
def test_scripts_shell(boot, name):
    m = boot(mem="32M", cpus=2)
    m.cmd(f"cd /tmp; sh /tests/sh/{name}.sh >/tmp/out 2>&1")
    shown = m.ok("cat /tmp/out")
    assert shown == (FOLDER / f"{name}.out").read_text()
    m.poweroff()
