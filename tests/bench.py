#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
bench.py: runs the benchmark and puts its table into the book.

    FOLIO_CMD=/tests/bench bench.py doc/performance.md RUN ARGS...

The command RUN ARGS... boots the machine (tests/run.py); the table that it
prints is passed on, and replaces what stands between the two lines

    <!-- table -->     <!-- end of table -->

of the given file.  A run that fails changes nothing.
"""
import pathlib
import re
import subprocess
import sys

TABLE = re.compile(r"(<!-- table -->\n).*?(<!-- end of table -->\n)", re.S)


def main():
    page = pathlib.Path(sys.argv[1])
    rows = []
    with subprocess.Popen(sys.argv[2:], stdout=subprocess.PIPE,
                          text=True) as run:
        for line in run.stdout:
            print(line, end="", flush=True)
            if line.startswith("|"):
                rows.append(line)
    if run.returncode:
        return run.returncode
    text, found = TABLE.subn(lambda m: m[1] + "".join(rows) + m[2],
                             page.read_text())
    if found != 1 or not rows:
        sys.exit(f"bench: {page}: expected one table")
    page.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
