"""Formgrader's page for one hand-in, ours in the place of nbgrader's: blind, with the memo first and its rubric beside it.

nbgrader has settings for this: a folder of templates that is looked through before its own, and filters for them. Our page
talks to nbgrader's own addresses (`/formgrader/api/grades`, `grade`, `comments`, `comment`), so that nbgrader keeps the scores.
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import nbgrader

from paroleclinic.comments import Bank, bank
from paroleclinic.content import Scenario
from paroleclinic.course import Course, NoSuchEntry
from paroleclinic.drawing.memopage import Answers, Asked, Place, marking_page
from paroleclinic.gradebook.blind import hide_names
from paroleclinic.gradebook.noting import note_scores_by_hand
from paroleclinic.marking import looks_real
from paroleclinic.reading import Problems
from paroleclinic.realdata import named

TEMPLATES = Path(__file__).parent / "templates"
THEIRS = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
IN_CELL = re.compile(r'<div class="pc-memo">(.*?)</div>', re.DOTALL)  # as marking.memo_cell writes it


def configure_marking(c: Any) -> None:
    """Have formgrader show our page, note when scores are set in it, and hide names in its lists. `c` is a traitlets Config."""
    c.HTMLExporter.extra_template_basedirs = [str(TEMPLATES), str(THEIRS)]
    c.HTMLExporter.extra_template_paths = [str(THEIRS)]
    c.HTMLExporter.filters = {"marking_page": "paroleclinic.gradebook.formgrade.page"}
    note_scores_by_hand()
    hide_names()


def page(nb: Any, resources: Any) -> str:
    """The page for a graded notebook; empty when it is no case of a course, so that nbgrader's own is shown.

    The case is read anew each time, since formgrader's server runs for days.
    """
    case: Scenario | None = None
    kept, broken = Bank(), ""
    try:
        course = Course.around(Path(resources["metadata"]["path"]))
        broken = "The rubric cannot be shown"
        case = course.scenario(resources["notebook_id"])
        broken = "The ready comments cannot be shown"
        kept = bank(course.root, case.id)
        broken = ""
    except NoSuchEntry:
        return ""
    except Problems as error:
        broken = f"{broken}: {error.problems[0]}"
    answers, memo_id, text = _cells(nb)
    place = Place(
        resources["base_url"], resources["submission_id"], resources["assignment_id"], resources["notebook_id"],
        resources["index"] + 1, resources["total"],
    )  # fmt: skip
    asked = Asked(memo_id, text, case.memo if case else None, kept, _real(case, text)) if memo_id else None
    return marking_page(place, _title(case, place), asked, answers, broken)


def _real(case: Scenario | None, text: str | None) -> str:
    """What in a memo looks real, in words; empty for nothing."""
    kinds = looks_real(case, {case.memo.id: text}) if case and case.memo else ()
    return named(kinds) if kinds else ""


def _title(case: Scenario | None, place: Place) -> str:
    return case.title if case else place.case


def _cells(nb: Any) -> tuple[Answers | None, str, str | None]:
    """The answers as they were explained, the memo cell's id, and the memo; None when none was written."""
    answers, memo_id, text = None, "", None
    for cell in nb.cells:
        about = cell.metadata.get("nbgrader", {})
        if not about.get("grade"):
            continue
        if about.get("solution"):
            memo_id, text = about["grade_id"], memo_in(cell.source)
        else:
            shown = [output.data.get("text/html", "") for output in cell.get("outputs", []) if "data" in output]
            answers = Answers(about["grade_id"], about["points"], "".join(map(_joined, shown)))
    return answers, memo_id, text


def memo_in(source: str) -> str | None:
    """The learner's text in a memo cell of a graded notebook; None when the cell is as it was released."""
    found = IN_CELL.search(source)
    return html.unescape(found[1].replace("<br>", "\n")) if found else None


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
