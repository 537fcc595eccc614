"""What every check shares: the questions with their places, and how a problem names them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from paroleclinic.course import Course
from paroleclinic.questions import Many, Match, One, Order, Question
from paroleclinic.reading import Problem, line_of

Check = Callable[[Course], Iterator[Problem]]


def asked(course: Course) -> Iterator[tuple[Path, int, Question, date]]:
    """Every question with its file, its place in the file, and the day it is asked on."""
    for path in course.bank_paths:
        for number, question in enumerate(course.question_file(path).questions):
            yield path, number, question, course.outline.as_of
    for case, path in course.scenario_paths.items():
        scenario = course.scenario(case)
        for number, question in enumerate(scenario.questions):
            yield path, number, question, scenario.as_of


def at(course: Course, path: Path, number: int, question: Question, says: str, fix: str) -> Problem:
    line = line_of(path, "questions", number, "id")
    return Problem(course.shown(path), line, f'question "{question.id}": {says}', fix)


def parts(question: Question) -> list[str]:
    """The ids inside a question."""
    match question:
        case One() | Many():
            return [option.id for option in question.options]
        case Match():
            return [*(group.id for group in question.groups), *(item.id for item in question.items)]
        case Order():
            return [step.id for step in question.steps]
        case _:
            return []


def cells(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text(encoding="utf-8"))["cells"])


def headings(notebook: Path) -> set[str]:
    """The slugs of the headings in a notebook; empty when there is no such notebook."""
    if not notebook.is_file():
        return set()
    text = "\n".join("".join(cell["source"]) for cell in cells(notebook) if cell["cell_type"] == "markdown")
    return {slug(found) for found in re.findall(r"^#{2,3} (.+)$", text, flags=re.M)}


def slug(heading: str) -> str:
    """A heading as `reread` names it: lower case, hyphens for blanks, no punctuation."""
    return re.sub(r"\s+", "-", re.sub(r"[^a-z0-9 -]", "", heading.lower()).strip())


def called(course: Course, call: str) -> set[str]:
    """What the notebooks pass to a call such as `specimen`."""
    found: set[str] = set()
    for path in (course.root / "notebooks").glob("*.ipynb"):
        code = "\n".join("".join(cell["source"]) for cell in cells(path) if cell["cell_type"] == "code")
        for given in re.findall(rf"^{call}\((.*)\)$", code, flags=re.M):
            found.update(re.findall(r'"([^"]+)"', given))
    return found


def line_of_text(path: Path, text: str) -> int:
    """The first line of a file that holds the text; 1 when none does."""
    lines = path.read_text(encoding="utf-8").splitlines() if text else []
    return next((number for number, line in enumerate(lines, 1) if text in line), 1)
