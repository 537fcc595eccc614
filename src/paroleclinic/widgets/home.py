"""The learner's home: where to go on, what is due, the map, handing in."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from paroleclinic import review
from paroleclinic.answers import FILE_NAME, NotReadable, is_blank, read_answers
from paroleclinic.content import Glance
from paroleclinic.course import Course
from paroleclinic.drawing.home import ROLES, Home, first_visit
from paroleclinic.drawing.home import home as drawn
from paroleclinic.handin import FOLDER
from paroleclinic.progress import Progress
from paroleclinic.standing import steps, terms_met
from paroleclinic.widgets.handing import LONGEST_NAME, Said, tests_handed_in, unit_handed_in
from paroleclinic.widgets.pages import Heard, Panel
from paroleclinic.widgets.place import diary, here, in_a_room, noted, today


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
            return _handed_in(course, glances, unit_handed_in(course, given))
        if do == "hand-in-tests":
            return _handed_in(course, glances, tests_handed_in(course, given))
        if do == "open-folder":
            _open(course.root / FOLDER)
            return {}
        return {"html": page(course, glances, known=known)}

    return Panel(hear, html=page(course, glances), fresh=True)


def page(course: Course, glances: Mapping[str, Glance], *, known: bool = False) -> str:
    """The home as it stands now; a welcome, unless the learner is `known` or has been welcomed before."""
    progress = diary().progress()
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
    view = Home(
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
        in_a_room(),
        [case for unit in units for case in _begun(course, unit) if case in glances],
    )
    return drawn(view) if progress.welcomed or known else first_visit(view)


def _begun(course: Course, unit: str) -> list[str]:
    """The cases of a unit in which something is answered."""
    try:
        answered = read_answers(course.root / "exercises" / unit / FILE_NAME)
    except NotReadable:
        return []
    return [case for case, given in answered.cases.items() if not all(map(is_blank, given.values()))]


def deck_of(course: Course, progress: Progress) -> dict[str, review.Why]:
    """The learner's cards: questions of the lessons, and the words of the lessons begun."""
    found = steps(course.outline, progress, course.questions_by_lesson)
    questions = [question for asked in course.questions_by_lesson.values() for question in asked]
    return review.deck(progress, terms_met(found, course.terms_by_lesson), questions)


def _handed_in(course: Course, glances: Mapping[str, Glance], done: Said) -> dict[str, object]:
    if not done.receipt:
        return {"trouble": done.trouble}
    html = page(course, glances, known=True) + done.receipt
    return {"html": html, "focus": "#receipt", "say": done.say, "trouble": done.trouble}


def _open(folder: Path) -> None:
    """Show a folder on the desktop."""
    words = {"win32": ["explorer"], "darwin": ["open"]}.get(sys.platform, ["xdg-open"])
    subprocess.Popen([*words, str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
