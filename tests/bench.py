#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
bench.py: runs the benchmark and puts its tables into the book.

    bench.py doc/performance.md RUN ARGS...

The command RUN ARGS... (tests/run.py), with RAM in place of every @RAM@, boots
a machine that runs one table of /tests/bench.  What it prints is passed on, and
replaces what stands between the two lines

    <!-- table: NAME -->     <!-- end of table -->

of the given file.  A table that several machines print, each a column, is put
together.  All but the first get a column that says how much more the last
figure of a row is than the first.  A run that fails changes nothing.
"""
import os
import pathlib
import re
import subprocess
import sys

RUNS = [("costs", "128M"), ("processes", "128M"), ("swapped-vmas", "128M"),
        ("ram", "16M"), ("ram", "64M"), ("ram", "256M"),
        ("vmas", "128M"), ("forks", "128M")]


def measure(command, table, ram):
    """The lines of the table, each a list of its cells."""
    words = f"/tests/bench {table}" + (f" {ram}" if table == "ram" else "")
    rows = []
    with subprocess.Popen([word.replace("@RAM@", ram) for word in command],
                          env=os.environ | {"FOLIO_CMD": words},
                          stdout=subprocess.PIPE, text=True) as run:
        for line in run.stdout:
            print(line, end="", flush=True)
            if line.startswith("|"):
                rows.append([cell.strip() for cell in line.split("|")[1:-1]])
    if run.returncode or not rows:
        sys.exit(f"bench: {words}: failed")
    return rows


def add_growth(rows):
    """What the last figure is more than the first; some rows have no first."""
    rows[0].append("growth")
    rows[1].append("---:")
    for row in rows[2:]:
        figures = [int(cell) for cell in row[1:] if cell != "-"]
        row.append(f"{100 * figures[-1] / figures[0] - 100:+.0f} %")


def main():
    page = pathlib.Path(sys.argv[1])
    text = page.read_text()
    tables = {}
    for table, ram in RUNS:
        rows = measure(sys.argv[2:], table, ram)
        for old, new in zip(tables.setdefault(table, rows), rows):
            if old is not new:
                old += new[1:]
    for table, rows in tables.items():
        if table != "costs":
            add_growth(rows)
        lines = "".join(f"| {' | '.join(row)} |\n" for row in rows)
        text, found = re.subn(
            rf"(<!-- table: {table} -->\n).*?(<!-- end of table -->\n)",
            lambda m, lines=lines: m[1] + lines + m[2], text, flags=re.S)
        if found != 1:
            sys.exit(f"bench: {page}: expected one table {table}")
    page.write_text(text)


if __name__ == "__main__":
    main()
