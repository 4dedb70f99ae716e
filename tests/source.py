# SPDX-License-Identifier: MIT
"""
source.py: what the checks of the source text share.

To find the files call c_files() and python's pathlib; to see a C file without
its comments and strings call strip(); to count its lines call count().
"""
import pathlib
import re

TOP = pathlib.Path(__file__).resolve().parent.parent
TOKEN = re.compile(
    r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def c_files(*folders, suffixes=(".c", ".h", ".S")):
    found = []
    for folder in folders:
        found += [path for path in (TOP / folder).rglob("*")
                  if path.suffix in suffixes]
    return sorted(found)


def strip(text, strings=True):
    """Blank out comments, and the inside of strings; keeps every newline."""
    def blank(match):
        token = match.group()
        if token[0] == "/":
            return "\n" * token.count("\n") or " "
        return '""' if strings else token
    return TOKEN.sub(blank, text)


def count(path):
    """(lines of code, lines of comment, all lines) of a file."""
    text = path.read_text()
    if path.suffix == ".S":
        text = re.sub(r"^\s*#(?!\s*(?:include|define|if|el|endif|undef)).*$",
                      "", text, flags=re.M)
    bare = strip(text, strings=False)
    lines = [bool(line.strip()) for line in text.splitlines()]
    code = [bool(line.strip()) for line in bare.splitlines()]
    nr_code = sum(code)
    return nr_code, sum(lines) - nr_code, len(lines)
