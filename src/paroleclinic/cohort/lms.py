"""Scores as the gradebooks of Moodle and Canvas take them in. Pure.

What is taken in and how, as read in their sources and guides (nothing was tried on a running Moodle or Canvas):

Moodle, Grades > Import > CSV file (https://docs.moodle.org/405/en/Grade_import and
https://github.com/moodle/moodle/blob/main/public/grade/import/csv/classes/load_data.php). Whoever imports says which
column identifies people (user id, ID number, Email address or Username) and which grade item each other column is; columns may
be passed over. One unknown person, or one score above the grade item's maximum, stops the whole import; a new item has a
maximum of 100. A grade may be empty or "-", which is no grade and never 0 (in Moodle of 2014 an empty grade of a new
item was handed to the database as it was).

Canvas, Grades > Import (https://github.com/instructure/canvas-lms/blob/master/lib/gradebook_importer.rb, and what it exports
itself: gradebook_exporter.rb beside it). The first columns are Student, ID, SIS User ID, SIS Login ID, Section; people are
found by the first of ID, SIS User ID, SIS Login ID and name that fits, so that a wrong ID would give a score to somebody else. A
column is the assignment of that title, or a new one; a row whose first cell holds "Points Possible" says what each is worth.
In both an empty grade takes away the grade that stands there, so a learner without any score has no row: what an
instructor wrote there by hand stays. With several columns a learner may have one score and lack another; that cell is empty.
Files for them have no byte-order mark (both read files with and without one) and are otherwise like our other CSV files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from paroleclinic.cohort.standings import Standing, Unit
from paroleclinic.cohort.tables import Row, number
from paroleclinic.gradebook.marks import Person
from paroleclinic.states import WITH_SCORE

POINTS = "    Points Possible"  # as Canvas writes it
FOR_MOODLE = ("Username", "ID number", "First name", "Last name", "Email address")
FOR_CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")


@dataclass(frozen=True)
class Item:
    """A grade item: its name, the points possible, and a learner's score, None when there is none."""

    name: str
    most: float
    score: Callable[[Standing], float | int | None]


@dataclass
class Gaps:
    """What an import must know: who has no row, how many cells are empty, and the items with a score above their points."""

    left_out: list[str] = field(default_factory=list)
    empty: int = 0
    above: list[str] = field(default_factory=list)


def items_of(units: Sequence[Unit], by: Literal["unit", "case"]) -> list[Item]:
    """An item a unit or case, named by its title; where a title stands twice, its id is added."""
    if by == "unit":
        found = [(unit.id, unit.title, unit.most, _of_unit(place)) for place, unit in enumerate(units)]
    else:
        found = [
            (case.id, case.title, case.most, _of_case(place, inner))
            for place, unit in enumerate(units)
            for inner, case in enumerate(unit.cases)
        ]
    titles = [title for _, title, _, _ in found]
    return [
        Item(title if titles.count(title) == 1 else f"{title} - {own}", most, score)
        for own, title, most, score in found
    ]


def moodle(learners: Iterable[Standing], items: Sequence[Item], gaps: Gaps) -> Iterator[Row]:
    """The lines of a file for Moodle, heading first."""
    yield (*FOR_MOODLE, *(item.name for item in items))
    for one, scores in _with_scores(learners, items, gaps):
        who = one.person
        yield (who.id, who.lms or None, who.first or None, who.last or None, who.email or None, *scores)


def canvas(
    learners: Iterable[Standing], items: Sequence[Item], gaps: Gaps, login: Literal["id", "email"] = "id"
) -> Iterator[Row]:
    """The lines of a file for Canvas, heading and points possible first; `login` says what people log in with."""
    yield (*FOR_CANVAS, *(item.name for item in items))
    yield (POINTS, None, None, None, None, *(number(item.most) for item in items))
    for one, scores in _with_scores(learners, items, gaps):
        who = one.person
        digits = who.lms.isascii() and who.lms.isdigit()
        yield (
            _student(who), who.lms if digits else None, None if digits else who.lms or None,
            (who.email if login == "email" else who.id) or None, None, *scores,
        )  # fmt: skip


def _student(who: Person) -> str:
    """Last name first; the id of somebody whose name Canvas would take for its line of points, or who has none."""
    name = f"{who.last}, {who.first}" if who.first and who.last else who.name
    return who.id if not name or POINTS.strip() in name else name


def _with_scores(
    learners: Iterable[Standing], items: Sequence[Item], gaps: Gaps
) -> Iterator[tuple[Standing, list[float | int | None]]]:
    for one in learners:
        scores = [item.score(one) for item in items]
        if all(score is None for score in scores):
            gaps.left_out.append(one.person.id)
            continue
        gaps.empty += scores.count(None)
        gaps.above += [
            item.name for item, score in zip(items, scores, strict=True) if score is not None and score > item.most
        ]
        yield one, scores


def _of_unit(place: int) -> Callable[[Standing], float | int | None]:
    def score(one: Standing) -> float | int | None:
        unit = one.units[place]
        return number(unit.score) if unit.state in WITH_SCORE else None

    return score


def _of_case(place: int, inner: int) -> Callable[[Standing], float | int | None]:
    def score(one: Standing) -> float | int | None:
        case = one.units[place].cases[inner]
        return number(case.score.total) if case.score and case.state in WITH_SCORE else None

    return score
