#!/usr/bin/env python3
"""Draws what a terminal shows (`tmux capture-pane -e -p`, on standard input) as SVG, on standard output.

Knows SGR's colours (16, 256, true), bold and inverse; upper half blocks and the dots of braille become rectangles, as fonts leave gaps between
them or have none.
"""

import html
import re
import sys

CELL_WIDTH, CELL_HEIGHT, BASELINE = 8.4, 17, 13
INK, PAPER = "#d8dee9", "#15181e"
PALETTE = ["#2e3440", "#d2544f", "#5fb35f", "#d6a54a", "#5b8bd6", "#b07acb", "#4fb3b8", "#d8dee9"]
PALETTE += ["#6b7280", "#f07973", "#86d886", "#f2cc73", "#84aef0", "#d19ce8", "#79d8dc", "#ffffff"]
LEVELS = [0, 95, 135, 175, 215, 255]


def palette(number):
    if number < 16:
        return PALETTE[number]
    if number < 232:
        number -= 16
        return "#%02x%02x%02x" % (LEVELS[number // 36], LEVELS[number // 6 % 6], LEVELS[number % 6])
    return "#%02x%02x%02x" % ((8 + 10 * (number - 232),) * 3)


class Pen:
    def __init__(self):
        self.reset()

    def reset(self):
        self.ink, self.paper, self.bold, self.inverse = INK, None, False, False

    def apply(self, codes):
        codes = [int(code or 0) for code in codes.split(";")]
        while codes:
            code = codes.pop(0)
            if code == 0:
                self.reset()
            elif code in (1, 22):
                self.bold = code == 1
            elif code in (7, 27):
                self.inverse = code == 7
            elif code in (38, 48):
                if codes.pop(0) == 2:
                    color, codes = "#%02x%02x%02x" % tuple(codes[:3]), codes[3:]
                else:
                    color = palette(codes.pop(0))
                self.set(code == 38, color)
            elif code in (39, 49):
                self.set(code == 39, INK if code == 39 else None)
            elif 30 <= code <= 37 or 40 <= code <= 47:
                self.set(code < 40, PALETTE[code % 10])
            elif 90 <= code <= 97:
                self.set(True, PALETTE[code - 82])

    def set(self, is_ink, color):
        if is_ink:
            self.ink = color
        else:
            self.paper = color

    def colors(self):
        return (self.paper or PAPER, self.ink) if self.inverse else (self.ink, self.paper)


def cells(line, pen):
    at = 0
    for match in re.finditer(r"\x1b\[([0-9;]*)m", line):
        yield from ((c, *pen.colors(), pen.bold) for c in line[at : match.start()])
        pen.apply(match.group(1))
        at = match.end()
    yield from ((c, *pen.colors(), pen.bold) for c in line[at:])


def rectangle(x, y, width, height, color):
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width + 0.3:.1f}" height="{height + 0.3:.1f}" fill="{color}"/>'


BRAILLE = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]  # column and row of each bit


def kind(character):
    return "braille" if "\u2800" < character <= "\u28ff" else character if character == "▀" else "text"


def dots(text, x, y, color):
    path = ""
    for i, character in enumerate(text):
        for bit, (column, row) in enumerate(BRAILLE):
            if (ord(character) - 0x2800) >> bit & 1:
                path += f"M{x + (i + column / 2 + 0.25) * CELL_WIDTH - 1:.1f} {y + (row + 0.5) * CELL_HEIGHT / 4 - 1:.1f}h2v2h-2z"
    return f'<path d="{path}" fill="{color}"/>'


def main():
    pen = Pen()
    rows = [list(cells(line, pen)) for line in sys.stdin.read().rstrip("\n").split("\n")]
    width = max(len(row) for row in rows) * CELL_WIDTH
    shapes = []
    for y, row in enumerate(rows):
        top, x = y * CELL_HEIGHT, 0
        while x < len(row):
            end = x
            while end < len(row) and row[end][1:] == row[x][1:] and kind(row[end][0]) == kind(row[x][0]):
                end += 1
            (character, ink, paper, bold), left, length = row[x], x * CELL_WIDTH, (end - x) * CELL_WIDTH
            if paper:
                shapes.append(rectangle(left, top, length, CELL_HEIGHT, paper))
            text = "".join(cell[0] for cell in row[x:end])
            if character == "▀":
                shapes.append(rectangle(left, top, length, CELL_HEIGHT / 2, ink))
            elif kind(character) == "braille":
                shapes.append(dots(text, left, top, ink))
            elif text.strip():
                weight = ' font-weight="bold"' if bold else ""
                shapes.append(
                    f'<text x="{left:.1f}" y="{top + BASELINE}" textLength="{length:.1f}" fill="{ink}"{weight}>{html.escape(text)}</text>'
                )
            x = end
    height = len(rows) * CELL_HEIGHT
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -8 {width + 16:.0f} {height + 16}" width="{width + 16:.0f}" height="{height + 16}">')
    print(f'<rect x="-8" y="-8" width="{width + 16:.0f}" height="{height + 16}" rx="6" fill="{PAPER}"/>')
    print('<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">')
    print("\n".join(shapes))
    print("</g></svg>")


main()
