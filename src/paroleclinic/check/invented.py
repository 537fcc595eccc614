"""Invented people only: no text of ours holds what looks like a real person's number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from paroleclinic.content import Scenario
from paroleclinic.course import Course
from paroleclinic.reading import Problem
from paroleclinic.realdata import invented_in, looks, named, strings

PAPERS = {"task", "story", "exhibits", "file", "twin", "interview"}  # they say what is invented
OF_PAPERS = ("born", "address")  # an invented person has a day of birth and lives somewhere
CURES = {
    "a-number": "write one that begins with 000, such as A 000-214-977",
    "receipt": "write one whose digits begin with 000",
    "ssn": "leave it out, or write XXX-XX-1234",
    "passport": "write one whose digits begin with 000, or leave it out",
    "email": "write one at example.org",
    "phone": "write one from 555-0100 to 555-0199",
    "born": "say what the papers of the case say",
    "address": "say what the papers of the case say",
}


def invented_only(course: Course) -> Iterator[Problem]:
    """No case, consultation, specimen or guide holds what looks like a real number; memos keep to what their case says."""
    yield from in_cases(course)
    more: list[Mapping[str, Path]] = [course.consultation_paths, course.specimen_paths, course.guide_paths]
    for path in (path for paths in more for path in paths.values()):
        yield from _in_file(course, path)


def in_cases(course: Course) -> Iterator[Problem]:
    """The same for client files alone."""
    for case, path in course.scenario_paths.items():
        yield from _in_file(course, path)
        yield from _in_answers(course, path, course.scenario(case))


def _in_file(course: Course, path: Path) -> Iterator[Problem]:
    text = path.read_text(encoding="utf-8")
    for one in looks(text):
        if one.kind not in OF_PAPERS:
            yield _problem(course, path, one.kind, 1 + text.count("\n", 0, one.start))


def _in_answers(course: Course, path: Path, scenario: Scenario) -> Iterator[Problem]:
    """Days of birth and streets that stand in questions, model and debrief, and in no paper."""
    invented = invented_in(strings(scenario.model_dump(mode="json", include=PAPERS)))
    for text in strings(scenario.model_dump(mode="json", exclude=PAPERS)):
        for one in looks(text, invented):
            if one.kind in OF_PAPERS:
                piece = text[one.start : one.end]
                lines = path.read_text(encoding="utf-8").splitlines()
                yield _problem(course, path, one.kind, next((n for n, line in enumerate(lines, 1) if piece in line), 1))


def _problem(course: Course, path: Path, kind: str, line: int) -> Problem:
    return Problem(course.shown(path), line, f"this looks like {named((kind,))} of a real person", CURES[kind])
