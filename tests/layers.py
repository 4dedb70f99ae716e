#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
layers.py: does the kernel keep to its layers (kernel/LAYERS)?

It fails on
  * an include of a header of a higher layer;
  * a symbol used by an object file and defined in a higher layer only;
  * a cycle of includes among headers, or an include that is not found;
  * a header that does not compile alone.

    layers.py [--build DIR] [--nm NM] [--cc 'CC FLAGS']

Without --cc, compiler and flags are those of compile_commands.json.
"""
import argparse
import json
import pathlib
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from source import TOP, c_files, strip

KERNEL = TOP / "kernel"
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


class Layers:
    """kernel/LAYERS, read."""

    def __init__(self, path):
        self.rank = {}
        self.allowed = {}
        self.used = set()
        for line in path.read_text().splitlines():
            words = line.split("#", 1)[0].split(None, 3)
            if not words:
                continue
            if words[0] == "layer":
                rank = len(set(self.rank.values()))
                for folder in line.split()[1:]:
                    self.rank[folder] = rank
            elif words[0] == "allow" and len(words) == 4:
                self.allowed[words[1], words[2]] = words[3]
            else:
                sys.exit(f"kernel/LAYERS: cannot read: {line}")

    def of(self, name):
        """The rank of a path under kernel/; None: its folder is not listed."""
        parts = pathlib.PurePath(name).parts
        return self.rank.get(parts[0] if len(parts) > 1 else ".")

    def upward(self, source, target, what):
        """Does a file use something (a path or symbol) above it?"""
        if self.of(target) <= self.of(source):
            return False
        for pair in ((source, what), ("*", what)):
            if pair in self.allowed:
                self.used.add(pair)
                return False
        return True


def includes_of(path):
    return INCLUDE.findall(strip(path.read_text(), strings=False))


def check_includes(layers, errors):
    """Every include points down; returns the graph of the headers."""
    graph = {}
    for path in c_files("kernel"):
        name = str(path.relative_to(KERNEL))
        if layers.of(name) is None:
            errors.append(f"{name}: its folder is not in kernel/LAYERS")
            continue
        for target in includes_of(path):
            if not (KERNEL / target).is_file():
                local = path.parent / target
                if not local.is_file():
                    errors.append(f"{name}: no file {target}")
                    continue
                target = str(local.resolve().relative_to(KERNEL))
            if layers.of(target) is None:
                continue
            if layers.upward(name, target, target):
                errors.append(f"{name}: includes {target} of a higher layer")
            if path.suffix == ".h":
                graph.setdefault(name, []).append(target)
    return graph


def check_cycles(graph, errors):
    """Depth first; a header met again while it is open closes a cycle."""
    done = set()

    def visit(name, path):
        if name in path:
            cycle = path[path.index(name):] + [name]
            errors.append("include cycle: " + " -> ".join(cycle))
            return
        if name in done:
            return
        for target in graph.get(name, ()):
            visit(target, path + [name])
        done.add(name)

    for name in sorted(graph):
        visit(name, [])


def symbols(nm, build):
    """Where each symbol is defined, and what each object wants."""
    defined, wanted = {}, []
    for obj in sorted((build / "kernel").rglob("*.o")):
        name = str(obj.relative_to(build / "kernel"))
        if name.startswith("folio.elf"):
            continue
        out = subprocess.run([nm, "-g", str(obj)], check=True,
                             capture_output=True, text=True).stdout
        for line in out.splitlines():
            *_, kind, symbol = line.split()
            if kind in "Uw":
                wanted.append((name, symbol))
            else:
                defined.setdefault(symbol, set()).add(name)
    return defined, wanted


def source_of(obj):
    name = obj[:-len(".o")]
    return name[:-len(".s")] + ".S" if name.endswith(".s") else name + ".c"


def check_symbols(layers, nm, build, errors):
    defined, wanted = symbols(nm, build)
    for obj, symbol in wanted:
        homes = defined.get(symbol)
        if not homes or not (KERNEL / source_of(obj)).exists():
            continue
        source = source_of(obj)
        target = min((source_of(home) for home in homes), key=layers.of)
        if layers.upward(source, target, symbol):
            errors.append(f"{source}: uses {symbol}() of {target}, "
                          "a higher layer")
    return len(wanted)


def compiler(args):
    """The command that compiles one kernel file, without its file."""
    if args.cc:
        return shlex.split(args.cc)
    commands = json.loads((TOP / "compile_commands.json").read_text())
    for entry in commands:
        if entry["file"].startswith("kernel/"):
            return shlex.split(entry["command"])[:-2]
    sys.exit("layers: no kernel file in compile_commands.json")


def check_headers(command, errors):
    """Every header compiles as a file of its own."""
    def compile_alone(path):
        name = str(path.relative_to(KERNEL))
        run = subprocess.run(
            command + ["-fsyntax-only", "-xc", "-"], cwd=TOP, text=True,
            input=f'#include "{name}"\n#include "{name}"\n',
            capture_output=True)
        if run.returncode:
            first = [line for line in run.stderr.splitlines()
                     if "error" in line][:1]
            return f"{name}: does not compile alone: {' '.join(first)}"
        return None

    with ThreadPoolExecutor(2) as pool:
        headers = c_files("kernel", suffixes=(".h",))
        errors += filter(None, pool.map(compile_alone, headers))
    return len(headers)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build", type=pathlib.Path)
    parser.add_argument("--nm", default="nm")
    parser.add_argument("--cc")
    args = parser.parse_args()

    layers = Layers(KERNEL / "LAYERS")
    errors = []
    graph = check_includes(layers, errors)
    check_cycles(graph, errors)
    nr_symbols = check_symbols(layers, args.nm, TOP / args.build, errors)
    nr_headers = check_headers(compiler(args), errors)
    for pair in sorted(set(layers.allowed) - layers.used):
        errors.append("kernel/LAYERS: nothing needs: allow " + " ".join(pair))
    for error in errors:
        print(error)
    print(f"layers: {nr_headers} headers, {nr_symbols} uses of symbols, "
          f"{len(errors)} errors")
    return bool(errors)


if __name__ == "__main__":
    sys.exit(main())
