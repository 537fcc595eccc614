"""Which objective of the course a case's question serves, derived from the course and never guessed.

A question may name its objective. Where it names none, it still names the section of a lesson that it sends the learner
back to: when the lesson's own questions about that section all serve one objective, that is the one. When they serve
several, or none is about that section, only the lesson is known, and no objective is said. A question that names no section
counts for its unit's lesson. `by` says which of the four it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from paroleclinic.content import Scenario
from paroleclinic.course import Course
from paroleclinic.questions import Asked

OWN = "the question names it"
SECTION = "the lesson's questions on the same section all serve it"
LESSON = "only the lesson that the question sends back to is known"
UNIT = "only the unit's lesson is known"


class Aim(NamedTuple):
    """What a question serves: a lesson, and the objective in it, empty where only the lesson is known."""

    lesson: str
    objective: str
    by: str


class Purpose(NamedTuple):
    """An objective in words; `objective` and `says` are empty for a lesson as a whole."""

    lesson: str
    title: str
    objective: str
    says: str


def aims(course: Course, cases: Iterable[Scenario]) -> dict[tuple[str, str], Aim]:
    """(case, question) -> what it serves. Reads the question bank."""
    sections = _sections(course)
    homes = {one.id: lesson.id for lesson in course.outline.lessons for one in lesson.objectives}
    lessons = {unit.id: unit.lesson for unit in course.outline.units}
    return {
        (case.id, question.id): _aim(question, sections, homes, lessons.get(case.unit, ""))
        for case in cases
        for question in case.questions
    }


def purposes(course: Course) -> dict[tuple[str, str], Purpose]:
    """(lesson, objective) -> its words, in the order of the course; each lesson as a whole after its objectives."""
    found = {}
    for lesson in course.outline.lessons:
        for one in lesson.objectives:
            found[lesson.id, one.id] = Purpose(lesson.id, lesson.title, one.id, one.says)
        found[lesson.id, ""] = Purpose(lesson.id, lesson.title, "", "")
    return found


def _aim(question: Asked, sections: Mapping[str, set[str]], homes: Mapping[str, str], lesson: str) -> Aim:
    if question.objective:
        return Aim(homes.get(question.objective, lesson), question.objective, OWN)
    if not question.reread:
        return Aim(lesson, "", UNIT)
    there = sections.get(question.reread, set())
    home = question.reread.partition("#")[0]
    return Aim(home, next(iter(there)), SECTION) if len(there) == 1 else Aim(home, "", LESSON)


def _sections(course: Course) -> dict[str, set[str]]:
    """`lesson#section` -> the objectives that the lesson's own questions about it serve."""
    found: dict[str, set[str]] = {}
    for path in course.question_paths:
        file = course.question_file(path)
        for question in file.questions:
            if file.lesson and question.reread and question.objective:
                section = question.reread if "#" in question.reread else f"{file.lesson}#{question.reread}"
                found.setdefault(section, set()).add(question.objective)
    return found
