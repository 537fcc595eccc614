"""The released notebooks of a unit as nbgrader's sanitizing leaves them, checked once and cut where marks go."""

from __future__ import annotations

import json
import re
from typing import Any

import nbformat
from nbgrader import utils
from nbgrader.api import MissingEntry
from nbgrader.converters import Autograde
from nbgrader.nbgraderformat import ValidationError
from traitlets.config import Config

from paroleclinic.course import Course
from paroleclinic.gradebook.preprocessors import RestoreNotebook, filled_in
from paroleclinic.gradebook.setup import course_directory, silent
from paroleclinic.marking import Shell

SLOTS = {"points": "@@points@@", "marks": "@@marks@@", "memo": "@@memo@@"}


class Unfinished(RuntimeError):
    """The gradebook does not hold all of a unit's cells yet."""


def shells(course: Course, config: Config, unit: str, db_url: str) -> dict[str, Shell]:
    """Case -> its shell. Every step that `nbgrader autograde` takes on a notebook is taken here once for all hand-ins.

    Raises Unfinished.
    """
    coursedir = course_directory(config, assignment_id=unit)
    converter = Autograde(coursedir=coursedir, config=config, log=silent())
    steps = [step for step in converter.sanitize_preprocessors if step is not RestoreNotebook]
    made = {}
    for case in course.unit(unit).cases:
        nb = nbformat.read(course.exercises / unit / f"{case}.ipynb", as_version=4)
        about = {"assignment": unit, "notebook": case, "student": "", "db_url": db_url}
        try:
            for step in steps:
                nb, _ = step(parent=converter)(nb, {"nbgrader": about})
        except (MissingEntry, ValidationError) as error:
            raise Unfinished(case) from error
        made[case] = _cut(nb)
    return made


def _cut(nb: Any) -> Shell:
    stub = next((cell.source for cell in nb.cells if utils.is_grade(cell) and utils.is_solution(cell)), "")
    filled_in(nb, SLOTS["points"], SLOTS["marks"], SLOTS["memo"])
    text = nbformat.writes(nb, version=4) + "\n"
    names = {json.dumps(mark): name for name, mark in SLOTS.items()}
    pieces = re.split("(" + "|".join(map(re.escape, names)) + ")", text)
    slots = []
    for before, token in zip(pieces[::2], pieces[1::2], strict=False):
        slots.append((names[token], len(before) - len(before.rstrip(" "))))
    return Shell(tuple(pieces[::2]), tuple(slots), stub)  # type: ignore[arg-type]
