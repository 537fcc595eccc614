"""Keys stay in: nothing that a learner is given says what is right before it is graded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from paroleclinic import leaks
from paroleclinic.check.derived import IGNORED
from paroleclinic.course import Course
from paroleclinic.leaks.words import words
from paroleclinic.reading import Problem

REACH = 40  # lines that one run of words may be spread over


def leaked(course: Course) -> Iterator[Problem]:
    """No reason, rubric, model or key stands in an exercise, a lesson, the course's prose or its package."""
    for path in _learners(course):
        data, name = path.read_bytes(), course.shown(path)
        if path.suffix == ".ipynb" and path.parent.name == "notebooks":
            found = leaks.in_notebook(course, name, data)
        else:
            found = leaks.in_bytes(course, name, data, prose=path.parts[len(course.root.parts)] not in STRICT)
        for leak in _one_a_secret(found):
            packed = leak.place.removeprefix(name).strip(": ")
            whose = "/".join(part for part in (leak.case, leak.question) if part)
            piece = f": {leak.piece[:60]!r}" if leak.piece else ""
            says = f"it holds a piece of a key ({leak.what} of {whose}){piece}" if whose else leak.what
            fix = (
                "run: paroleclinic build" if name.startswith("exercises/") else "take it out, or say it in other words"
            )
            line = 0 if packed else line_of_words(data.decode("utf-8", "replace"), leak.piece.split())
            yield Problem(name, line, f"{says}, in {packed}" if packed else says, fix if whose else "remove it")


STRICT = ("exercises", "notebooks")


def _learners(course: Course) -> Iterator[Path]:
    """What learners are given of the repository."""
    for folder in (*STRICT, *leaks.PROSE, "src/paroleclinic"):
        for path in sorted((course.root / folder).rglob("*")):
            if path.is_file() and not IGNORED & {*path.parts} and "instructor" not in path.parts:
                yield path
    if course.exercises != course.root / "exercises":
        yield from sorted(course.exercises.glob("*/*.ipynb"))
    yield course.root / "course.yaml"


def _one_a_secret(found: list[leaks.Leak]) -> list[leaks.Leak]:
    """The first piece of each secret: the rest of a sentence is no further problem."""
    return list({(leak.place, leak.case, leak.question, leak.what): leak for leak in reversed(found)}.values())[::-1]


def line_of_words(text: str, piece: list[str]) -> int:
    """The line on which a run of words begins; 1 when it cannot be told."""
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        row = words(line)
        if piece and piece[0] in row:
            ahead = words("\n".join(lines[number - 1 : number - 1 + REACH]))
            for place in range(len(row)):
                if ahead[place : place + len(piece)] == piece:
                    return number
    return 1
