# SPDX-License-Identifier: MIT
"""`make run`: the output alone, the status, and what a crash looks like."""
import os
import subprocess

from machine import TOP, kernel, run


def test_run_output_alone():
    assert run("echo one; echo two") == (0, "one\ntwo\n", "")


def test_run_pipeline_on_16m():
    status, out, _ = run("ls -l / | wc -l", mem="16M", cpus=1)
    assert status == 0 and int(out) > 5


def test_run_eight_harts():
    status, out, _ = run("echo a | cat | cat; nproc", cpus=8)
    assert (status, out) == (0, "a\n8\n")


def test_run_no_newline_at_end():
    assert run("printf abc") == (0, "abc", "")


def test_run_status():
    assert run("exit 7")[0] == 7
    assert run("false")[0] == 1


def test_run_status_of_a_signal():
    assert run("kill -SEGV $$")[0] == 128 + 11


def test_run_quotes_and_dollars():
    text = """a='x  y'; echo "$a" $((6 * 7)) '$a' \\* | cat"""
    assert run(text)[1] == "x  y 42 $a *\n"


def test_run_by_make():
    env = {name: value for name, value in os.environ.items()
           if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    done = subprocess.run(
        ["make", "-s", "run", "CPUS=1", "MEM=16M",
         """CMD=v=5; echo "$v  it's" `echo $((v + 1))`; exit 3"""],
        cwd=TOP, env=env, text=True, capture_output=True)
    assert done.stdout == "5  it's 6\n", done.stdout + done.stderr
    assert done.returncode and "Error 3" in done.stderr


def test_run_sees_the_end_of_a_hanging_guest():
    status, out, err = run("echo here; sleep 1000", timeout=5)
    assert status == 124 and out == "here\n" and "no end" in err


def test_run_a_word_is_no_panic():
    assert run("echo kernel panic; sleep 4; echo on") == \
        (0, "kernel panic\non\n", "")


def test_run_leaves_the_disk_alone():
    before = (kernel().parents[1] / "fs.img").stat().st_mtime_ns
    assert run("echo x >$HOME/x; sync; cat $HOME/x")[1] == "x\n"
    assert run("cat $HOME/x")[0] != 0
    assert (kernel().parents[1] / "fs.img").stat().st_mtime_ns == before
