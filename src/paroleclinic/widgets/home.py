"""The learner's home: where to go on, what is due, the map, handing in."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from paroleclinic import review
from paroleclinic.answers import FILE_NAME
from paroleclinic.content import Glance
from paroleclinic.course import Course
from paroleclinic.drawing.home import ROLES, Home, receipt, welcome
from paroleclinic.drawing.home import home as drawn
from paroleclinic.handin import FOLDER, NothingToHandIn, hand_in
from paroleclinic.lab import has_desktop
from paroleclinic.progress import Progress
from paroleclinic.standing import steps, terms_met
from paroleclinic.widgets.pages import Heard, Panel
from paroleclinic.widgets.place import diary, here, noted, now, today

LONGEST_NAME = 60


def home() -> Panel:
    """The learner's home; on the first visit a welcome. It is drawn anew whenever the learner comes back to it."""
    course = here()
    glances = {case: course.glance(case) for unit in course.outline.units for case in unit.cases}
    deck_of(course, diary().progress())  # reads the lessons once, before the first click

    known = False  # welcomed here, even where that could not be written down

    def hear(message: Heard) -> dict[str, object]:
        nonlocal known
        do, given = message.get("do"), message.get("given") or {}
        if do == "welcome":
            known = True
            role = given.get("role") if given.get("role") in ROLES else "other"
            name = str(given.get("name", ""))[:LONGEST_NAME].strip()
            why = noted("welcomed", name=name, role=role, language="en")
            html = page(course, glances, known=known)
            return {"html": html, "focus": "section, h2", "say": "Welcome. Your course is below.", "trouble": why}
        if do == "skip":
            why = noted("skipped", what="pre-test")
            return {"html": page(course, glances, known=known), "focus": ".pc-title", "trouble": why}
        if do == "hand-in":
            return _hand_in(course, glances, given)
        if do == "open-folder":
            _open(course.root / FOLDER)
            return {}
        return {"html": page(course, glances, known=known)}

    return Panel(hear, html=page(course, glances), fresh=True)


def page(course: Course, glances: Mapping[str, Glance], *, known: bool = False) -> str:
    """The home as it stands now; a welcome, unless the learner is `known` or has been welcomed before."""
    progress = diary().progress()
    if not (progress.welcomed or known):
        return welcome(progress)
    due = review.waiting(progress, deck_of(course, progress), today())
    units = {
        unit.id: unit.title
        for unit in course.outline.units
        if (course.root / "exercises" / unit.id / FILE_NAME).is_file()
    }
    found = steps(course.outline, progress, course.questions_by_lesson)
    below = course.first_heading(course.outline.lessons[0].id)
    skipped = "pre-test" in progress.skipped
    now_due = review.session(due)
    return drawn(
        Home(
            course.outline,
            progress,
            found,
            glances,
            len(now_due),
            review.minutes(now_due),
            len(due) - len(now_due),
            units,
            below,
            skipped,
            course.edition,
        )
    )


def deck_of(course: Course, progress: Progress) -> dict[str, review.Why]:
    """The learner's cards: questions of the lessons, and the words of the lessons begun."""
    found = steps(course.outline, progress, course.questions_by_lesson)
    questions = [question for asked in course.questions_by_lesson.values() for question in asked]
    return review.deck(progress, terms_met(found, course.terms_by_lesson), questions)


def _hand_in(course: Course, glances: Mapping[str, Glance], given: Mapping[str, Any]) -> dict[str, object]:
    unit = course.unit(str(given.get("unit", "")))
    name = str(given.get("name", ""))[:LONGEST_NAME].strip()
    if not name:
        return {"trouble": "Write your name or initials first: your instructor must know whose work it is."}
    try:
        done = hand_in(
            course.root, unit.id, name, now().astimezone(), version("paroleclinic"), course.outline.as_of.isoformat()
        )
    except NothingToHandIn as error:
        return {"trouble": str(error)}
    why = noted("handed-in", unit=unit.id, file=done.path.name, code=done.code)
    shown = receipt(done.path.name, FOLDER, done.code, done.files, desktop=has_desktop())
    said = f"Handed in. Receipt code {done.code}."
    return {"html": page(course, glances, known=True) + shown, "focus": "#receipt", "say": said, "trouble": why}


def _open(folder: Path) -> None:
    """Show a folder on the desktop."""
    words = {"win32": ["explorer"], "darwin": ["open"]}.get(sys.platform, ["xdg-open"])
    subprocess.Popen([*words, str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
