# SPDX-License-Identifier: MIT
"""The console as a person uses it: prompt, editing, history, keys."""
from machine import PROMPT

UP, LEFT = "\x1b[A", "\x1b[D"


def type_line(m, text, timeout=20):
    """Type a line; what is shown up to the next prompt."""
    m.send(text + "\n")
    return m.expect(PROMPT, timeout)


def test_shell_runs_a_pipeline(boot):
    m = boot(interactive=True)
    assert "\n3\r" in type_line(m, "echo a b c | wc -w | cat")
    m.poweroff()


def test_shell_history_and_editing(boot):
    m = boot(interactive=True)
    assert "\none\r" in type_line(m, "echo one")
    assert "\none\r" in type_line(m, UP)
    assert "\nonce\r" in type_line(m, UP + LEFT + "c")
    assert "\nab\r" in type_line(m, "echo abx\x7f")
    m.poweroff()


def test_shell_interrupt_kills_the_foreground(boot):
    m = boot(interactive=True)
    m.send("sleep 1000\n")
    m.expect("sleep 1000")
    m.drain(1)
    m.send("\x03")
    m.expect(PROMPT, 10)
    assert "\n130\r" in type_line(m, "echo $?")
    m.poweroff()


def test_shell_interrupt_spares_the_background(boot):
    m = boot(interactive=True)
    type_line(m, "sleep 1000 &")
    m.send("sleep 1001\n")
    m.expect("sleep 1001")
    m.drain(1)
    m.send("\x03")
    m.expect(PROMPT, 10)
    assert "\nalive\r" in type_line(m, "kill -0 $! && echo alive")
    type_line(m, "kill $!")
    m.poweroff()


def test_shell_comes_back_after_end_of_file(boot):
    m = boot(interactive=True)
    m.send("\x04")
    m.expect(PROMPT, 20)
    assert "\nback\r" in type_line(m, "echo back")
    m.poweroff()
