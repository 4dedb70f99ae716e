#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
check.py: does the source keep to its own rules?

    check.py quick     layers, lengths, words, format, size
    check.py all       these, and both compilers build everything clean

A rule that is broken prints FAIL and what breaks it; see RULES below.  The
functions that may be longer than the limit stand in tests/checks/long, each
with its reason.
"""
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import loc  # noqa: E402
from source import TOP, c_files, strip  # noqa: E402

FUNCTION_MAX = 60
FILE_MAX = 600
LONG_MAX = 5
FOLDERS = ("kernel", "user", "mkfs", "tests")
SPDX = "SPDX-License-Identifier: MIT"
HEAD = re.compile(r"^([A-Za-z_]\w*)\(", re.M)


def relative(path):
    return path.relative_to(TOP)


def functions(path):
    """(name, line, lines) of every function; '{' and '}' stand in column 0."""
    lines = strip(path.read_text()).splitlines()
    start = name = None
    for nr, line in enumerate(lines, 1):
        match = HEAD.match(line)
        if match and not line.rstrip().endswith(";"):
            name, head = match.group(1), nr
        elif line == "{" and name:
            start = head - 1  # the return type has a line of its own
        elif line == "}" and start:
            yield name, start, nr - start + 1
            start = name = None


def allowed_long():
    rows = [line.split(None, 1) for line in
            (TOP / "tests/checks/long").read_text().splitlines()
            if line.strip() and not line.startswith("#")]
    return {row[0]: row[1:] for row in rows}


def check_functions():
    faults, sizes = [], []
    allowed = allowed_long()
    met = set()
    for path in c_files(*FOLDERS, suffixes=(".c", ".h")):
        for name, line, length in functions(path):
            sizes.append(length)
            key = f"{relative(path)}:{name}"
            if length > FUNCTION_MAX and key in allowed:
                met.add(key)
            elif length > FUNCTION_MAX:
                faults.append(f"{relative(path)}:{line}: {name} has {length} "
                              f"lines, at most {FUNCTION_MAX}")
    faults += [f"tests/checks/long: {key} is not long"
               for key in set(allowed) - met]
    faults += [f"tests/checks/long: {key} gives no reason"
               for key, reason in allowed.items() if not reason]
    if len(allowed) > LONG_MAX:
        faults.append(f"tests/checks/long: more than {LONG_MAX}")
    sizes.sort()
    if sizes:
        print(f"  {len(sizes)} functions: median {sizes[len(sizes) // 2]} "
              f"lines, 90th percentile {sizes[len(sizes) * 9 // 10]}")
    return faults


def check_files():
    """Length of files, SPDX line first, no tabs, no trailing blanks."""
    faults = []
    for path in c_files(*FOLDERS):
        text = path.read_text()
        lines = text.splitlines()
        if len(lines) > FILE_MAX:
            faults.append(f"{relative(path)}: {len(lines)} lines, at most "
                          f"{FILE_MAX}")
        if SPDX not in "".join(lines[:1]):
            faults.append(f"{relative(path)}: no SPDX line first")
        for nr, line in enumerate(lines, 1):
            if line != line.rstrip() or "\t" in line:
                faults.append(f"{relative(path)}:{nr}: tab or blank at end")
                break
    return faults


def check_words():
    word = re.compile(r"\b(TO" r"DO|XX" r"X|FIX" r"ME)\b")
    faults = []
    for path in c_files(*FOLDERS, suffixes=(".c", ".h", ".S", ".py")):
        for nr, line in enumerate(path.read_text().splitlines(), 1):
            if word.search(line):
                faults.append(f"{relative(path)}:{nr}: {line.strip()}")
    return faults


def check_format():
    tool = shutil.which("clang-format-14") or shutil.which("clang-format")
    if not tool:
        return None
    faults = []
    for path in c_files(*FOLDERS, suffixes=(".c", ".h")):
        text = path.read_text()
        wanted = subprocess.run([tool, str(path)], capture_output=True,
                                text=True, check=True).stdout
        if text != wanted:
            nr = next((i for i, (a, b) in enumerate(
                zip(text.splitlines(), wanted.splitlines()), 1) if a != b), 0)
            faults.append(f"{relative(path)}:{nr}: make format would change it")
    return faults


def check_layers():
    run = subprocess.run([sys.executable, TOP / "tests/layers.py"], text=True,
                         capture_output=True, cwd=TOP)
    lines = (run.stdout + run.stderr).splitlines()
    if run.returncode:
        return lines
    print("  " + lines[-1])
    return []


def check_size():
    rows = loc.kernel_lines()
    code = sum(row[1] for row in rows)
    comment = sum(row[2] for row in rows)
    print(f"  kernel: {code} lines of code, "
          f"{100 * comment // max(1, code + comment)} % comment; the aim is "
          f"{loc.LIMIT}")
    memory = sum(row[1] for row in rows if row[0] in ("mm", "vm"))
    if code > loc.CEILING:
        return [f"{code} lines of code, at most {loc.CEILING}"]
    if memory >= loc.MM_LIMIT:
        return [f"mm and vm have {memory} lines, not below {loc.MM_LIMIT}"]
    return []


def build(*args):
    run = subprocess.run(["make", "-s", "-j2", "all", *args], cwd=TOP,
                         text=True, capture_output=True)
    return run.stderr.splitlines()[:20] if run.returncode or run.stderr else []


RULES = {
    "layers": check_layers,
    "function-length": check_functions,
    "files": check_files,
    "no-unfinished-words": check_words,
    "format": check_format,
    "size": check_size,
}
BUILDS = {
    "build-gcc": lambda: build(),
    "build-gcc-debug": lambda: build("DEBUG=1"),
    "build-clang": lambda: build("CLANG=1"),
    "build-clang-debug": lambda: build("CLANG=1", "DEBUG=1"),
}


def main():
    rules = dict(RULES)
    if sys.argv[1:] == ["all"]:
        rules.update(BUILDS)
    failed = 0
    for name, rule in rules.items():
        faults = rule()
        if faults is None:
            print(f"SKIP check-{name} (the tool is not here)", flush=True)
            continue
        print(f"{'FAIL' if faults else 'PASS'} check-{name}", flush=True)
        for fault in faults:
            print("    " + fault)
        failed += bool(faults)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
