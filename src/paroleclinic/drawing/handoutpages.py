"""The handouts of a lesson as pages of their own, to print or to keep: no network. Pure.

Each is made for A4 and for US Letter; the flow is scaled so that it fits on one page of either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from html import escape
from math import ceil
from pathlib import Path

from mistune import create_markdown

from paroleclinic.content import Lesson
from paroleclinic.drawing import paragraphs, tag
from paroleclinic.drawing.deck import HOLD_UP, lettered
from paroleclinic.drawing.flowpicture import picture
from paroleclinic.drawing.guidepage import FLOW
from paroleclinic.drawing.lawline import law_line
from paroleclinic.flow import in_words
from paroleclinic.law import Rule, long_day
from paroleclinic.questions import Question
from paroleclinic.reference import Term
from paroleclinic.teaching import PARTS, Guide, Sheet

HERE = Path(__file__).parent
NOTICE = "Training, not legal advice. When you are unsure, stop and ask the supervising attorney."
PAGE = 255  # millimeters between the margins of a page of US Letter, the shorter of the two
PAPERS = ("letter", "a4")


@dataclass(frozen=True)
class Leaf:
    """What the pages of a lesson are made from. `local` says whose local edition it is, and where to turn there."""

    guide: Guide
    lesson: Lesson
    day: date
    law: Mapping[str, Rule]
    questions: Mapping[str, Question]
    terms: Mapping[str, Term]
    paper: str = "letter"
    cells: Sequence[str] = ()
    local: str = ""


def flow(leaf: Leaf) -> str:
    """The decision flow on one page, and the same in words for the screen."""
    forks = leaf.guide.handouts.flow
    law = law_line(dict.fromkeys(rule for fork in forks for rule in fork.rules), leaf.law, leaf.day)
    room = PAGE - 25 - 4 * ceil((len(law) + len(leaf.local)) / 115)
    told = "".join(f"<li>{escape(ask)}<br>{'<br>'.join(map(escape, lines))}</li>" for ask, lines in in_words(forks))
    body = f"""{picture(forks, leaf.lesson.title)}
<section class="words"><h2>The same in words</h2><ol>{told}</ol></section>"""
    return _page(leaf, "Decision flow", body, law, f"@media print{{svg.flow{{max-height:{room}mm}}}}")


def checklist(leaf: Leaf) -> str:
    """What to collect and to write down, with boxes to tick."""
    groups = "".join(
        f'<section>{tag("h2", group)}<ul class="check">{_items(lines)}</ul></section>'
        for group, lines in leaf.guide.handouts.checklist.items()
    )
    return _page(leaf, "Checklist", f'{_who("File", "Date", "Advocate")}<div class="groups">{groups}</div>', _law(leaf))


def intake(leaf: Leaf) -> str:
    """What to ask at intake, with room to write."""
    asked = "".join(f'<li>{escape(ask)}<span class="room"></span></li>' for ask in leaf.guide.handouts.intake)
    body = f'{_who("File", "Date", "Advocate", "Interpreter")}<ol class="intake">{asked}</ol>'
    return _page(leaf, "Questions at intake", body, _law(leaf))


def glossary(leaf: Leaf) -> str:
    """The words of the lesson that trainees need most."""
    terms = [leaf.terms[term] for term in leaf.guide.handouts.terms]
    told = "".join(
        f"<dt>{escape(term.term)}</dt><dd>{escape(term.says)}<br>Not to be confused with: {escape(term.confused)}</dd>"
        for term in terms
    )
    law = law_line(dict.fromkeys(rule for term in terms for rule in term.rules), leaf.law, leaf.day)
    return _page(leaf, "Words to know", f"<dl>{told}</dl>", law)


def role_play(leaf: Leaf) -> str:
    """The sheets of the role-play, each on a page of its own, and one for those who watch."""
    scene = leaf.guide.role_play
    sheets = "".join(_sheet(part, getattr(scene, part), scene.title) for part in PARTS)
    watch = f"""<section class="sheet"><h2>For those who watch: {escape(scene.title)}</h2>{tag("p", scene.setting)}
<p>{scene.minutes} minutes.</p><ul class="check">{_items(scene.watch_for)}</ul><h2>Afterwards, players first</h2><ol>{_items(scene.debrief)}</ol></section>"""
    return _page(leaf, "Role-play", sheets + watch, law_line(scene.rules, leaf.law, leaf.day))


def speaker_notes(leaf: Leaf) -> str:
    """What to say with each slide, for whoever teaches."""
    parts = ""
    for number, slide in enumerate(leaf.guide.slides, 1):
        shown = " · ".join(slide.points) or " ".join(leaf.questions[slide.question or ""].prompt.split())
        parts += f"""<section class="slide"><h2>{number}. {escape(slide.title)}</h2><p class="on">{escape(shown)}</p>{paragraphs(slide.notes.strip())}
{tag("p", law_line(slide.rules, leaf.law, leaf.day), "on")}</section>"""
    return _page(leaf, "Notes for the slides", parts, "")


def whole_guide(leaf: Leaf) -> str:
    """The whole guide on paper, since JupyterLab prints no more of a page than its window shows."""
    drawn = picture(leaf.guide.handouts.flow, leaf.lesson.title).replace("\n", " ")
    cells = [cell for cell in leaf.cells if not cell.startswith("# ")]
    text = "\n\n".join(cells).replace(FLOW, drawn)
    text = re.sub(r"\[((?:[^\]\\]|\\.)*)\]\([^)]*\)", r"\1", text)  # on paper, what a link leads to is named
    made = create_markdown(escape=False, plugins=["table"])(text)
    return _page(leaf, "Guide", f'<div class="guide">{made}</div>', "")


def slides(leaf: Leaf) -> str:
    """The slides as a page that shows one at a time, with the notes in a window of their own (S)."""
    shown = "".join(
        f'<section class="slide{_length(leaf, slide.question)}" aria-label="Slide {number}"><h1 tabindex="-1">{escape(slide.title)}</h1>'
        f"{_asked(leaf.questions[slide.question]) if slide.question else f'<ul>{_items(slide.points)}</ul>'}"
        f'<div class="notes">{escape(" ".join(slide.notes.split()))}</div></section>'
        for number, slide in enumerate(leaf.guide.slides, 1)
    )
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Slides: {escape(leaf.lesson.title)}</title><style>{_text("deck.css")}</style></head><body><main>{shown}</main>
<nav aria-label="Slides"><span id="at" role="status"></span><button type="button" data-do="back">Back</button><button type="button" data-do="next">Next</button>
<button type="button" data-do="notes" title="S: notes in a window of their own. N: notes here. F: full screen. B: dark.">Notes</button></nav>
<div class="dark" hidden></div><script>{_text("deck.js")}</script></body></html>
"""


PAGES: dict[str, Callable[[Leaf], str]] = {
    "flow": flow,
    "checklist": checklist,
    "intake": intake,
    "glossary": glossary,
    "role-play": role_play,
    "notes": speaker_notes,
    "guide": whole_guide,
    "slides": slides,
}
FOR_WHOM = {
    "flow": ("Decision flow", "trainees"),
    "checklist": ("Checklist", "trainees"),
    "intake": ("Questions at intake", "trainees"),
    "glossary": ("Words to know", "trainees"),
    "role-play": ("Role-play, a sheet for each player", "players"),
    "notes": ("Notes for the slides", "you"),
    "guide": ("The whole guide", "you"),
    "slides": ("Slides", "the room"),
}


def index(lessons: Iterable[Lesson], day: date, pdf: bool) -> str:
    """The page that links all pages of all lessons."""
    parts = ""
    for lesson in lessons:
        links = "".join(
            f'<li><a href="{lesson.id}/{name}.html">{title}</a>{f""" (<a href="{lesson.id}/{name}.pdf">PDF</a>)""" if pdf else ""}, for {whom}</li>'
            for name, (title, whom) in FOR_WHOM.items()
        )
        parts += f"<h2>{escape(lesson.title)}</h2><ul>{links}</ul>"
    return _document("Handouts", f"<header><h1>Handouts</h1><p>Law as read on {long_day(day)}</p></header>{parts}", "")


def _page(leaf: Leaf, kind: str, body: str, law: str, more: str = "") -> str:
    body = f"""<header><h1>{escape(leaf.lesson.title)}</h1><p>{kind}</p></header>
{body}<footer><strong>{NOTICE}</strong>{f" {escape(law)}" if law else f" Law as read on {long_day(leaf.day)}."}{tag("div", leaf.local)}</footer>"""
    return _document(f"{kind}: {leaf.lesson.title}", body, f"@page{{size:{leaf.paper};margin:12mm}}{more}")


def _document(title: str, body: str, more: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>{escape(title)}</title><style>{_text("handouts.css")}{more}</style></head><body><main>{body}</main></body></html>
"""


def _sheet(part: str, sheet: Sheet, title: str) -> str:
    return f"""<section class="sheet"><h2>Sheet for the {part}: {escape(title)}</h2><p>Only you read this. Everybody in the scene is invented.</p>
<p><strong>{escape(sheet.who)}</strong></p><h2>What you know</h2><ul>{_items(sheet.knows)}</ul><h2>What you do</h2><ul>{_items(sheet.does)}</ul></section>"""


def _asked(question: Question) -> str:
    options = "".join(tag("li", option.text) for _, option in lettered(question))
    how = f"<ol>{options}</ol>" if options else f'<p class="prompt">{HOLD_UP}</p>'
    return f"{paragraphs(question.prompt, 'prompt')}{how}"


def _length(leaf: Leaf, question: str | None) -> str:
    if not question:
        return ""
    asked = leaf.questions[question]
    letters = len(asked.prompt) + sum(len(option.text) for _, option in lettered(asked))
    return "" if letters <= 300 else " long" if letters <= 480 else " longer"


def _who(*fields: str) -> str:
    return f'<p class="who">{"".join(f"<span>{field}:</span>" for field in fields)}</p>'


def _items(texts: Iterable[str]) -> str:
    return "".join(tag("li", text) for text in texts)


def _law(leaf: Leaf) -> str:
    return law_line(leaf.guide.handouts.rules, leaf.law, leaf.day)


@cache
def _text(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8").strip()
