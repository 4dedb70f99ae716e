#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
plot.py: faults against memory, a panel a trace, a curve a policy, as SVG.

    policies -d TRACE... | plot.py FILE.svg

Lines of input: trace, pages, accesses, policy, frames, faults.
"""
import math
import pathlib
import sys

WIDTH, HEIGHT = 300, 190            # of a panel's area
LEFT, TOP, RIGHT, BOTTOM = 62, 92, 18, 64
GAP_X, GAP_Y = 68, 92
COLUMNS = 3
TITLES = {
    "loop": "loop: all pages in turn",
    "random": "random: any page",
    "zipf": "zipf: rank r, 1/r as often",
    "phases": "phases: a quarter, then another",
    "scan": "scan: hot pages and a stream",
    "words": "recorded: cat | tr | sort | uniq | sort",
}
# The two that no kernel can have are grey; blue, orange, green, red are told
# apart by those who see red and green alike, and the dashes help.
CURVES = [
    ("fifo", "#cc3311", "6 2", 1.8, "fifo"),
    ("clock", "#ee9a00", "", 2.2, "clock"),
    ("lfu", "#009e73", "8 3 2 3", 2, "lfu (aging)"),
    ("lru", "#0055cc", "", 2.4, "lru (two lists)"),
    ("exact", "#222222", "2 2.5", 1.6, "exact LRU"),
    ("min", "#8a8a8a", "", 1.8, "MIN (optimum)"),
]
LOG = {"phases", "words"}  # faults over decades
LATE = {"words"}           # the axis of frames does not begin at 0


def read(lines):
    data = {}
    for line in lines:
        trace, pages, accesses, policy, frames, faults = line.split()
        panel = data.setdefault(trace, {"accesses": int(accesses),
                                        "pages": int(pages), "curves": {}})
        panel["curves"].setdefault(policy, []).append(
            (int(frames), int(faults)))
    return data


def nice_above(value):
    power = 10 ** math.floor(math.log10(value))
    return next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= value)


def text(x, y, what, anchor="middle", size=12, extra=""):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" '
            f'font-size="{size}"{extra}>{what}</text>')


def line(x1, y1, x2, y2, colour):
    return (f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" '
            f'stroke="{colour}" fill="none"/>')


class Panel:
    def __init__(self, name, panel, nr):
        self.name, self.panel = name, panel
        self.x0 = LEFT + nr % COLUMNS * (WIDTH + GAP_X)
        self.y0 = TOP + nr // COLUMNS * (HEIGHT + GAP_Y)
        points = [p for curve in panel["curves"].values() for p in curve]
        self.x_least = min(p[0] for p in points) if name in LATE else 0
        self.x_most = max(p[0] for p in points)
        self.log = name in LOG
        if self.log:
            most = max(p[1] for p in points)
            self.y_least = 100
            self.y_most = nice_above(most)
        else:
            self.y_least, self.y_most = 0, panel["accesses"]

    def x(self, frames):
        span = self.x_most - self.x_least
        return self.x0 + WIDTH * (frames - self.x_least) / span

    def y(self, faults):
        if self.log:
            part = (math.log(faults / self.y_least) /
                    math.log(self.y_most / self.y_least))
        else:
            part = faults / self.y_most
        return self.y0 + HEIGHT * (1 - part)

    def y_marks(self):
        if not self.log:
            return [(self.y_most * i / 4, f"{25 * i} %") for i in range(5)]
        marks, value = [], self.y_least
        while value <= self.y_most:
            marks += [(value, f"{value:,}".replace(",", " "))]
            marks += [(value * m, "") for m in range(2, 10)
                      if value * m < self.y_most]
            value *= 10
        return marks

    def draw(self):
        out = [text(self.x0, self.y0 - 12, TITLES.get(self.name, self.name),
                    "start", 13.5, ' font-weight="600"')]
        for value, label in self.y_marks():
            y = self.y(value)
            out.append(line(self.x0, y, self.x0 + WIDTH, y,
                            "#dddddd" if label else "#f0f0f0"))
            out.append(text(self.x0 - 7, y + 4, label, "end", 11))
        step = nice_above((self.x_most - self.x_least) / 6)
        frames = math.ceil(self.x_least / step) * step
        while frames <= self.x_most:
            x, bottom = self.x(frames), self.y0 + HEIGHT
            out.append(line(x, bottom, x, bottom + 5, "#555555"))
            out.append(text(x, bottom + 18, f"{frames:g}", size=11))
            frames += step
        out.append(f'<path d="M{self.x0} {self.y0}v{HEIGHT}h{WIDTH}" '
                   'fill="none" stroke="#555555"/>')
        out.append(text(self.x0 + WIDTH / 2, self.y0 + HEIGHT + 35,
                        f"frames (of {self.panel['pages']} pages)"))
        what = "faults" if self.log else "faults, of all accesses"
        x, y = self.x0 - 48, self.y0 + HEIGHT / 2
        out.append(text(x, y, what, extra=f' transform="rotate(-90 {x} {y})"'))
        for policy, colour, dash, width, _ in CURVES:
            points = self.panel["curves"].get(policy, [])
            way = "L".join(f"{self.x(n):.1f} {self.y(faults):.1f}"
                           for n, faults in points)
            out.append(f'<path d="M{way}" fill="none" stroke="{colour}" '
                       f'stroke-width="{width}" stroke-linejoin="round"'
                       + (f' stroke-dasharray="{dash}"' if dash else "")
                       + "/>")
        return out


def legend(width):
    out = [text(LEFT - 48, 28, "Faults against memory", "start", 17,
                ' font-weight="600"')]
    each = 138
    at = width - RIGHT - each * len(CURVES) + 20
    for _, colour, dash, stroke, label in CURVES:
        out.append(f'<path d="M{at} 45h26" fill="none" stroke="{colour}" '
                   f'stroke-width="{stroke}"'
                   + (f' stroke-dasharray="{dash}"' if dash else "") + "/>")
        out.append(text(at + 32, 49, label, "start"))
        at += each
    return out


def main():
    data = read(sys.stdin)
    rows = -(-len(data) // COLUMNS)
    width = LEFT + COLUMNS * WIDTH + (COLUMNS - 1) * GAP_X + RIGHT
    height = TOP + rows * HEIGHT + (rows - 1) * GAP_Y + BOTTOM
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" '
           f'height="{height}" viewBox="0 0 {width} {height}" '
           'font-family="Helvetica, Arial, sans-serif" fill="#222222">',
           '<title>Faults of replacement policies against memory</title>',
           '<rect width="100%" height="100%" fill="#ffffff"/>']
    out += legend(width)
    for nr, (name, panel) in enumerate(data.items()):
        out += Panel(name, panel, nr).draw()
    pathlib.Path(sys.argv[1]).write_text("\n".join(out + ["</svg>", ""]))


if __name__ == "__main__":
    main()
