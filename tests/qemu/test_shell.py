# SPDX-License-Identifier: MIT
"""The console as a person uses it: prompt, editing, history, keys."""
import re

from machine import PROMPT

UP, LEFT = "\x1b[A", "\x1b[D"


def type_line(m, text, timeout=20):
    """Type a line; what is shown up to the next prompt."""
    m.send(text + "\n")
    return m.expect(PROMPT, timeout)


def run_on(m, command, how=""):
    """Have a command run in the foreground: it says that it does."""
    type_on(m, f"{how}sh -c 'echo on; {command}'")


def type_on(m, line):
    """Type a line that says that it is on."""
    m.send(line + "\n")
    m.expect("\non\r?\n")


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
    run_on(m, "sleep 1000")
    m.send("\x03")
    m.expect(PROMPT, 10)
    assert "\n130\r" in type_line(m, "echo $?")
    m.poweroff()


def test_shell_interrupt_spares_the_background(boot):
    m = boot(interactive=True)
    type_line(m, "sleep 1000 &")
    run_on(m, "sleep 1001")
    m.send("\x03")
    m.expect(PROMPT, 10)
    assert "\nalive\r" in type_line(m, "kill -0 $! && echo alive")
    type_line(m, "kill $!")
    m.poweroff()


def test_shell_interrupt_ends_what_the_shell_does_itself(boot):
    """A loop of builtin commands, and a wait for the background."""
    m = boot(interactive=True)
    type_on(m, "echo on; while :; do :; done; echo no")
    m.send("\x03")
    m.expect(PROMPT, 10)
    assert "\n130\r" in type_line(m, "echo $?")
    type_line(m, "sleep 1000 &")
    type_on(m, "echo on; wait")
    m.send("\x03")
    m.expect(PROMPT, 10)
    assert "\n130\r" in type_line(m, "echo $?")
    assert "Running" in type_line(m, "jobs; kill $!")
    # What the shell becomes hears ^C again.
    type_on(m, "(echo on; exec sleep 1000)")
    m.send("\x03")
    m.expect(PROMPT, 10)
    run_on(m, "exec sleep 1001", "exec ")
    m.send("\x03")
    m.expect("\r# ", 20)  # a new shell's, on the line of the ^C
    assert "\nback\r" in type_line(m, "echo back")
    m.poweroff()


def test_shell_goes_on_after_a_syntax_error(boot):
    m = boot(interactive=True)
    for wrong in ("for", "if true; then )", "while do", "f( {", "case x |"):
        assert "syntax error" in type_line(m, wrong)
        assert "\nok\r" in type_line(m, "echo ok")
    m.poweroff()


def test_shell_comes_back_after_end_of_file(boot):
    m = boot(interactive=True)
    m.send("\x04")
    m.expect(PROMPT, 20)
    assert "\nback\r" in type_line(m, "echo back")
    m.poweroff()


def type_to_cat(m, keys):
    """What cat reads when these keys are typed and ^D ends the input."""
    type_on(m, "echo on; cat >$HOME/typed; echo got $(cat $HOME/typed)")
    m.send(keys)
    return re.search("got ([^\r]*)\r", m.expect(PROMPT, 20)).group(1)


def test_shell_keys_edit_a_line(boot):
    """What the terminal itself does: erase, word, kill, UTF-8, end of file."""
    m = boot(interactive=True)
    assert type_to_cat(m, "abc\x7f\x7fd\n\x04") == "ad"
    assert type_to_cat(m, "one two \x17three\n\x04") == "one three"
    assert type_to_cat(m, "junk\x15ok\n\x04") == "ok"
    assert type_to_cat(m, "a\u00e9\x7fb\n\x04") == "ab"
    assert type_to_cat(m, "\x7f\x17\x15x\n\x04") == "x"
    assert type_to_cat(m, "no newline\x04\x04") == "no newline"
    assert type_to_cat(m, "lost\n\x15kept\r\x04") == "lost kept"
    m.poweroff()


def test_shell_stops_and_continues_jobs(boot):
    m = boot(interactive=True)
    run_on(m, "exec cat")
    m.send("\x1a")
    m.expect(PROMPT, 10)
    assert "Stopped" in type_line(m, "jobs")
    m.send("fg\n")
    m.expect("\nsh\r")
    m.send("read\n")
    m.expect("read\r\nread\r")  # by cat, which has the terminal then
    m.send("\x1c")
    m.expect(PROMPT, 10)
    assert "\n131\r" in type_line(m, "echo $?")
    # One in the background may not read, and stops.
    type_line(m, "cat &")
    assert any("Stopped" in type_line(m, "jobs") for _ in range(100))
    m.send("fg\n")
    m.expect("cat")
    m.send("typed\n\x04")
    assert "typed\r\ntyped\r" in m.expect(PROMPT, 10)
    m.poweroff()


def test_shell_raw_modes(boot):
    m = boot(interactive=True)
    # No byte within VTIME: read(2) gives nothing.
    type_line(m, "sh -c 'stty -icanon -echo min 0 time 2; dd bs=9 count=1 "
                 "of=$HOME/none; stty sane'")
    assert "\n0 " in type_line(m, "wc -c $HOME/none")
    # VMIN bytes; a control key is a byte like any other.
    type_on(m, "sh -c 'stty raw -echo min 3 time 0; echo on; dd bs=9 count=1 "
               "of=$HOME/three; stty sane'")
    m.send("a")
    m.drain(0.3)
    m.send("\x03z")
    m.expect(PROMPT, 10)
    assert "\n3 " in type_line(m, "wc -c $HOME/three")
    # Fewer when no more comes within VTIME of the first.
    type_on(m, "sh -c 'stty raw -echo min 5 time 20; echo on; dd bs=9 count=1 "
               "of=$HOME/two; stty sane'")
    m.send("ab")
    m.expect(PROMPT, 10)
    assert "\n2 " in type_line(m, "wc -c $HOME/two")
    m.poweroff()


def test_shell_window_size(boot):
    m = boot(interactive=True)
    assert "\n24 80\r" in type_line(m, "stty size")
    type_line(m, "stty rows 40 cols 100")
    assert "\n40 100\r" in type_line(m, "stty size")
    m.poweroff()
