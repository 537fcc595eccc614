"""The page a memo is marked on, without a name on it: the memo, its rubric as levels to choose, points and comment; pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

from paroleclinic.comments import Bank, Ready, ready
from paroleclinic.criteria import HEAD, levels
from paroleclinic.drawing import style, tag
from paroleclinic.drawing.marks import figure
from paroleclinic.questions import Criterion, Memo

HERE = Path(__file__).parent
DARK = 'document.documentElement.dataset.jpThemeLight=String(!matchMedia("(prefers-color-scheme: dark)").matches)'
REAL = (
    "This looks like %s. If it is real, ask the learner to take it out and hand in again;"
    " docs/privacy.md, Invented clients only, says how to remove the earlier one."
)


class Place(NamedTuple):
    """Where a hand-in stands in formgrader: the address before `/formgrader`, nbgrader's id, and which of how many it is."""

    base: str
    submission: str
    unit: str
    case: str
    number: int
    total: int


class Asked(NamedTuple):
    """A memo to mark: the cell that has its points, its text (None when none was written), its question and comments.

    `real` says in words what in it looks like a real person's number; empty for nothing.
    """

    cell: str
    text: str | None
    memo: Memo | None
    bank: Bank
    real: str = ""


class Answers(NamedTuple):
    """The questions of the case: the cell that has their points, its most points, and the explanation as HTML of ours."""

    cell: str
    most: float
    html: str


def marking_page(place: Place, title: str, asked: Asked | None, answers: Answers | None, broken: str = "") -> str:
    """The whole page; `broken` says what of it cannot be shown, and why."""
    about = {
        "base": f"{place.base}/formgrader", "submission": place.submission, "memo": asked.cell if asked else "",
        "answers": answers.cell if answers else "", "head": HEAD,
    }  # fmt: skip
    name = f"Memo {place.number} of {place.total}" if asked else f"Hand-in {place.number} of {place.total}"
    notice = f'<p class="pc-notice">{escape(broken)}</p>' if broken else ""
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(name)}: {escape(title)}</title><script>{DARK}</script><style>{style()}{css()}</style></head>
<body class="pc pc-marking">
{_navigation(place)}
<main><h1>{escape(name)}: {escape(title)}</h1>
<p class="pc-soft">Whose it is does not stand on this page. Points and comments are saved when you leave their field.</p>{notice}
{_memo(asked) if asked else ""}{_model(asked.memo) if asked and asked.memo else ""}{_answers(answers, opened=not asked) if answers else ""}
{_more(asked)}</main>
<script type="application/json" id="about">{_in_script(about)}</script><script>{_file("memopage.js")}</script></body></html>"""


def css() -> str:
    """The style sheet that pages with memos add."""
    return _file("memopage.css")


def _file(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _in_script(value: object) -> str:
    return json.dumps(value).replace("<", "\\u003c")


def _navigation(place: Place) -> str:
    here = f"{place.base}/formgrader"
    each = f"{here}/submissions/{place.submission}"
    links = (
        ("prev", f"{each}/prev", "← Previous"), ("", f"{here}/gradebook", "Manual Grading"),
        ("", f"{here}/gradebook/{place.unit}", place.unit), ("", f"{here}/gradebook/{place.unit}/{place.case}", place.case),
        ("next", f"{each}/next", "Next →"),
    )  # fmt: skip
    items = "".join(
        f'<li><a href="{escape(to, quote=True)}"{f" data-go={go}" if go else ""}>{escape(says)}</a></li>'
        for go, to, says in links
    )
    return f'<nav aria-label="Hand-ins"><ul>{items}</ul></nav>'


def memo_text(text: str | None, most_words: int | None) -> str:
    """A memo as inert text, with how long it is."""
    if text is None:
        return "<p>No memo was written.</p>"
    advised = f"; at most {most_words} were advised" if most_words else ""
    number = len(text.split())
    words = f"{number} word{'' if number == 1 else 's'}{advised}."
    return f'<p class="pc-soft">{words}</p><div class="pc-memo mathjax_ignore tex2jax_ignore">{escape(text)}</div>'


def criterion_fields(criterion: Criterion, number: int, name: str, anchors: Sequence[str] = ()) -> str:
    """A criterion as a group of levels, one of which can be chosen; `name` sets the group apart on its page."""
    options = "".join(
        f'<label class="pc-opt"><input type="radio" name="{escape(name, quote=True)}" value="{figure(points)}">'
        f"<span><strong>{word}, {figure(points)}:</strong> {escape(says)}</span></label>"
        for word, points, says in levels(criterion)
    )
    of = f"{criterion.points} point{'' if criterion.points == 1 else 's'}"
    return (
        f'<fieldset class="pc-criterion" data-criterion="{escape(criterion.id, quote=True)}" data-most="{criterion.points}">'
        f"<legend>{number}. {escape(criterion.says)} ({of})</legend>{options}{''.join(anchors)}</fieldset>"
    )


def _memo(asked: Asked) -> str:
    memo = asked.memo
    most = memo.points if memo else None
    groups = ""
    if memo:
        bank = ready(memo, asked.bank)
        groups = "".join(
            criterion_fields(one, number, f"criterion-{number}", [_bank(bank, one.id)])
            for number, one in enumerate(memo.rubric, 1)
        )
        groups += """<p class="pc-total"><output id="picked" aria-live="polite"></output>
<button type="button" class="pc-main" id="use" disabled>Use these points</button></p>
<p class="pc-soft">The button puts the sum into the field below, and the points by criterion into the comment. You can change both.</p>"""
    cell = escape(asked.cell, quote=True)
    real = f'<p class="pc-notice" id="real">{escape(REAL % asked.real)}</p>' if asked.real else ""
    return f"""<div class="pc-two nbgrader_cell"><section class="pc-q" id="memo"><h2>The memo</h2>{real}{memo_text(asked.text, memo.words if memo else None)}</section>
<section class="pc-q" id="marking"><h2>How it is marked</h2>{groups}
<div class="pc-points"><label class="pc-field" for="{cell}">Points for the memo{f", of {most}" if most else ""}</label>
<input id="{cell}" class="score" type="number" min="0" step="any" inputmode="decimal"> <button type="button" id="keep" hidden></button>
<span class="pc-saved" role="status" data-for="{cell}"></span><p class="pc-differs" id="differs" role="status"></p></div>
<div><label class="pc-field" for="{cell}-comment">Comment, for the learner to read</label>
<textarea id="{cell}-comment" class="comment" rows="5"></textarea><span class="pc-saved" role="status" data-for="{cell}-comment"></span></div>
</section></div>"""


def _bank(bank: Sequence[Ready], criterion: str) -> str:
    buttons = "".join(
        f'<li><button type="button" class="pc-link" data-says="{escape(one.says, quote=True)}">{escape(one.says)}</button>'
        f"{'' if one.own else ' <span class=pc-soft>(rubric)</span>'}</li>"
        for one in bank
        if one.criterion == criterion
    )
    return f"<details><summary>Ready comments</summary><ul>{buttons}</ul></details>" if buttons else ""


def _model(memo: Memo) -> str:
    flaws = "".join(tag("li", flaw) for flaw in memo.flaws)
    return f"""<details class="pc-q"><summary>A model memo and common flaws</summary><div class="pc-memo">{escape(memo.model)}</div>
<h3>Common flaws</h3><ul>{flaws}</ul></details>"""


def _answers(answers: Answers, *, opened: bool) -> str:
    cell = escape(answers.cell, quote=True)
    return f"""<details class="pc-q" id="answers"{" open" if opened else ""}><summary>The answers to the questions, explained</summary>
<div class="pc-points"><label class="pc-field" for="{cell}">Other points for the answers, of {figure(answers.most)}; empty keeps those of the grading</label>
<input id="{cell}" class="score" type="number" min="0" step="any" inputmode="decimal"> <span class="pc-saved" role="status" data-for="{cell}"></span></div>
{answers.html}</details>"""


def _more(asked: Asked | None) -> str:
    extra = ""
    if asked:
        cell = escape(asked.cell, quote=True)
        extra = f"""<div class="pc-points"><label class="pc-field" for="{cell}-extra">Extra credit for the memo</label>
<input id="{cell}-extra" class="extra-credit" type="number" min="0" step="any" inputmode="decimal"> <span class="pc-saved" role="status" data-for="{cell}-extra"></span></div>"""
    return f"""<details class="pc-q" id="more"><summary>More: flag, extra credit, whose it is, keys</summary>{extra}
<div class="pc-acts"><button type="button" id="flag">Flag, to talk about it</button><span role="status" id="flagged"></span></div>
<div class="pc-acts"><button type="button" id="who">Show whose it is</button><span role="status" id="whose"></span></div>
<p><kbd>Ctrl</kbd> <kbd>.</kbd> goes to the next hand-in, <kbd>Ctrl</kbd> <kbd>,</kbd> to the one before.</p></details>"""
