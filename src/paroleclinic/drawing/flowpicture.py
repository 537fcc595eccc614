"""A decision flow as a picture in SVG, made to be read on one printed page. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from paroleclinic.flow import answers, numbered, ordered
from paroleclinic.teaching import Fork

WIDTH, MARGIN, GAP = 760, 6, 34  # in the picture's own units, about 1/96 inch at full size
ASK_X, ASK_WIDTH, END_X, END_WIDTH = 6, 356, 452, 302
SIZE, LINE, PAD = 15.0, 19, 11
BETWEEN = 10  # two ends of one question, one above the other
NARROW, SLIM, WIDE = "ijl.,:;|!'’ ", 'ftrI[]()/-"“”', "mwMW%@—"
STOP = "stop"
STYLE = """.flow text{font:15px Helvetica,Arial,"Liberation Sans",sans-serif;fill:#1d2129}
.flow .bold{font-weight:700}
.flow .ask{fill:#f2f5f9;stroke:#0a3a75;stroke-width:1.6}
.flow .end{fill:#fff;stroke:#4a5361;stroke-width:1.4}
.flow .stop{fill:#fff;stroke:#98231f;stroke-width:3}
.flow .jump{fill:#fff;stroke:#4a5361;stroke-width:1.4;stroke-dasharray:5 4}
.flow .jump-text{font-style:italic}
.flow .sign{fill:#98231f}
.flow .number{fill:#0a3a75}
.flow .digit{fill:#fff;font-weight:700;text-anchor:middle}
.flow .line{fill:none;stroke:#1d2129;stroke-width:1.6}
.flow .answer{font-weight:700;font-size:14px}"""


def picture(forks: Sequence[Fork], title: str) -> str:
    """The flow as an SVG element: questions down the left, ends at the right, "go to" where an answer skips ahead."""
    numbers, rows, top = numbered(forks), "", float(MARGIN)
    line = ordered(forks)
    for place, fork in enumerate(line):
        onward = line[place + 1].id if place + 1 < len(line) else ""
        down = [answer for answer, to in answers(fork) if to == onward]
        side = [(answer, to) for answer, to in answers(fork) if to != onward]
        row, height = _row(fork, numbers, side, top)
        bottom = top + height
        rows += row
        if down:
            word = " or ".join(answer.capitalize() for answer in down)
            middle = ASK_X + ASK_WIDTH / 2
            rows += _arrow(middle, bottom - _slack(fork, numbers, height), middle, bottom + GAP, word, down=True)
        top = bottom + GAP
    height = round(top - GAP + MARGIN)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" class="flow" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title, quote=True)}: decision flow, told in words below" data-height="{height}">
<style>{STYLE}</style><rect width="{WIDTH}" height="{height}" fill="#fff"/><defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0 10 5 0 10z"/></marker></defs>
{rows}</svg>"""


def wrapped(text: str, width: float, size: float = SIZE, bold: bool = False) -> list[str]:
    """The text in lines no wider than `width`, by the widths of Helvetica's and Arial's letters, rounded up."""
    lines: list[str] = []
    for word in text.split():
        if lines and _width(f"{lines[-1]} {word}", size, bold) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _width(text: str, size: float, bold: bool) -> float:
    units = sum(
        0.29 if sign in NARROW else 0.36 if sign in SLIM else 0.88 if sign in WIDE else 0.7 if sign.isupper() else 0.57
        for sign in text
    )
    return units * size * (1.07 if bold else 1.0)


def _ask(fork: Fork, numbers: dict[str, int]) -> list[str]:
    return wrapped(" ".join(fork.ask.split()), ASK_WIDTH - 2 * PAD - 34, bold=True)


def _slack(fork: Fork, numbers: dict[str, int], height: float) -> float:
    """How much lower the row ends than its question."""
    return height - _tall(_ask(fork, numbers))


def _tall(lines: Sequence[str]) -> float:
    return max(len(lines) * LINE + 2 * PAD, 40)


def _row(fork: Fork, numbers: dict[str, int], side: Sequence[tuple[str, str]], top: float) -> tuple[str, float]:
    asked = _ask(fork, numbers)
    tall = _tall(asked)
    drawn = (
        f'<rect class="ask" x="{ASK_X}" y="{top:g}" width="{ASK_WIDTH}" height="{tall:g}" rx="6"/>'
        f'<circle class="number" cx="{ASK_X + 22}" cy="{top + tall / 2:g}" r="13"/>'
        f'<text class="digit" x="{ASK_X + 22}" y="{top + tall / 2 + 5:g}">{numbers[fork.id]}</text>'
        f"{_lines(asked, ASK_X + 44, top, tall, 'bold')}"
    )
    y = top
    for answer, to in side:
        box, high = _end(to, numbers, y)
        middle = y + high / 2 if len(side) > 1 else top + tall / 2
        start = min(max(middle, top + 8), top + tall - 8)
        if len(side) == 1 and high < tall:
            box, high = _end(to, numbers, top + (tall - high) / 2)
            y = top + (tall - high) / 2
        elif len(side) == 1:
            middle = start
        drawn += box + _arrow(ASK_X + ASK_WIDTH, start, END_X, middle, answer.capitalize())
        y += high + BETWEEN
    return drawn, max(tall, y - BETWEEN - top if side else 0)


def _end(to: str, numbers: dict[str, int], top: float) -> tuple[str, float]:
    if to in numbers:
        lines, kind = [f"Go to question {numbers[to]}"], "jump"
    else:
        kind = STOP if STOP in to.lower().split(":")[0].split() or "stop:" in to.lower() else "end"
        lines = wrapped(to, END_WIDTH - 2 * PAD - (30 if kind == STOP else 4))
    tall = _tall(lines)
    left = END_X + PAD + (28 if kind == STOP else 2)
    sign = ""
    if kind == STOP:  # an eight-sided sign with an exclamation mark: the warning is no colour alone
        x, y = END_X + 19, top + tall / 2
        points = " ".join(f"{x + a:g},{y + b:g}" for a, b in ((-4, -10), (4, -10), (10, -4), (10, 4), (4, 10), (-4, 10), (-10, 4), (-10, -4)))  # fmt: skip
        sign = f'<polygon class="sign" points="{points}"/><text class="digit" x="{x}" y="{y + 5:g}">!</text>'
    box = f'<rect class="{kind}" x="{END_X}" y="{top:g}" width="{END_WIDTH}" height="{tall:g}" rx="{18 if kind == "end" else 6}"/>'
    return box + sign + _lines(lines, left, top, tall, "jump-text" if kind == "jump" else ""), tall


def _lines(lines: Sequence[str], x: float, top: float, tall: float, kind: str) -> str:
    first = top + (tall - len(lines) * LINE) / 2 + 14
    cls = f' class="{kind}"' if kind else ""
    spans = "".join(f'<tspan x="{x:g}" y="{first + number * LINE:g}">{escape(line)}</tspan>' for number, line in enumerate(lines))  # fmt: skip
    return f"<text{cls}>{spans}</text>"


def _arrow(x1: float, y1: float, x2: float, y2: float, word: str, *, down: bool = False) -> str:
    if down:
        path, at = f"M{x1:g} {y1:g}V{y2:g}", (x1 + 9, y2 - GAP / 2 + 3)
    elif abs(y1 - y2) < 1:
        path, at = f"M{x1:g} {y1:g}H{x2:g}", (x1 + 34, y1 - 6)
    else:
        bend = x1 + 24
        path, at = f"M{x1:g} {y1:g}H{bend:g}V{y2:g}H{x2:g}", (x1 + 34, y2 - 6)
    return f'<path class="line" d="{path}" marker-end="url(#tip)"/><text class="answer" x="{at[0]:g}" y="{at[1]:g}">{escape(word)}</text>'
