"""How every learner stands in some units: the gradebook's rows as plain values, some hundred learners at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from paroleclinic.cohort.places import SUBMITTED, handed_in
from paroleclinic.content import Scenario
from paroleclinic.course import Course
from paroleclinic.fingerprint import hand_in_print
from paroleclinic.gradebook.book import Book
from paroleclinic.gradebook.ledger import Kept
from paroleclinic.gradebook.marks import Person, kept_marks, most_points, people, units_in
from paroleclinic.gradebook.scored import scored
from paroleclinic.marking import QuestionMark, key_print
from paroleclinic.questions import Memo
from paroleclinic.scores import CaseScore, Scored
from paroleclinic.states import State, state_of, together

BATCH = 500  # learners whose rows are read at once, so that memory stays flat and nobody waits long for the gradebook


@dataclass(frozen=True, slots=True)
class Worth:
    """A question of a case as it is today: its points, and whether a person marks it."""

    points: int
    memo: bool


@dataclass(frozen=True, slots=True)
class Case:
    """A case as an export needs it. `most` are the gradebook's points for it, memo included; `key` is today's."""

    id: str
    title: str
    unit: str
    key: str
    most: float
    questions: Mapping[str, Worth]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit and its cases in order."""

    id: str
    title: str
    cases: tuple[Case, ...]

    @property
    def most(self) -> float:
        """The points of all its cases."""
        return sum(case.most for case in self.cases)


@dataclass(frozen=True, slots=True)
class CaseStanding:
    """How a learner stands in a case. Without a score in the gradebook `score` is None; `marks` where they were kept.

    `earlier` says whether it was graded by another key than today's; None where nothing tells.
    """

    case: Case
    state: State
    score: CaseScore | None = None
    marks: Mapping[str, QuestionMark] | None = None
    earlier: bool | None = None


@dataclass(frozen=True, slots=True)
class UnitStanding:
    """How a learner stands in a unit, handed in `at` (UTC, without zone), where the gradebook says so."""

    unit: Unit
    state: State
    at: datetime | None
    cases: tuple[CaseStanding, ...]

    @property
    def score(self) -> float:
        """What all cases earn together, as it stands now."""
        return sum(one.score.total for one in self.cases if one.score)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a learner stands in each of the units asked for."""

    person: Person
    units: tuple[UnitStanding, ...]


def units_of(course: Course, book: Book, wanted: Sequence[str]) -> tuple[Unit, ...]:
    """The units with their cases. Raises Problems or Busy."""
    most = most_points(book)
    return tuple(
        Unit(unit.id, unit.title, tuple(_case(course.scenario(case), most) for case in unit.cases))
        for unit in map(course.unit, wanted)
    )


def begun(root: Path, book: Book, units: Iterable[str]) -> list[str]:
    """Those of the units that somebody handed in or was graded in. Raises Busy."""
    known = units_in(book)
    return [unit for unit in units if unit in known or handed_in(root, unit)]


def everybody(root: Path, book: Book, units: Iterable[str], more: Iterable[Person] = ()) -> list[Person]:
    """Everybody in the gradebook, in a folder of hand-ins or of `more`, by id; `more` fills in what is not known. Raises Busy."""
    known = people(book)
    for one in more:
        old = known.get(one.id, Person(one.id))
        named = old if old.name else old._replace(first=one.first, last=one.last)
        known[one.id] = named._replace(email=old.email or one.email, lms=old.lms or one.lms)
    for unit in units:
        for learner in handed_in(root, unit):
            known.setdefault(learner, Person(learner))
    return [known[learner] for learner in sorted(known)]


def standings(
    root: Path,
    book: Book,
    units: Sequence[Unit],
    whom: Sequence[Person],
    print_of: Callable[[Path], str] = hand_in_print,
) -> Iterator[Standing]:
    """How each of them stands, in order; `print_of` tells the fingerprint of a hand-in. Raises Busy or OSError."""
    there = {unit.id: frozenset(handed_in(root, unit.id)) for unit in units}
    in_book = people(book)
    for start in range(0, len(whom), BATCH):
        batch = whom[start : start + BATCH]
        ids = [one.id for one in batch if one.id in in_book]
        rows = [(unit, scored(book, unit.id, ids), kept_marks(book, unit.id, ids)) for unit in units]
        for one in batch:
            yield Standing(
                one,
                tuple(
                    _unit(unit, scores.get(one.id), kept, _folder(root, one.id, unit, there), print_of)
                    for unit, scores, kept in rows
                ),
            )


def _folder(root: Path, learner: str, unit: Unit, there: Mapping[str, frozenset[str]]) -> Path | None:
    return root / SUBMITTED / learner / unit.id if learner in there[unit.id] else None


def _case(case: Scenario, most: Mapping[tuple[str, str], Mapping[str, float]]) -> Case:
    questions = {one.id: Worth(one.points, isinstance(one, Memo)) for one in case.questions}
    known = most.get((case.unit, case.id)) or {"": float(sum(one.points for one in questions.values()))}
    return Case(case.id, case.title, case.unit, key_print(case), sum(known.values()), questions)


def _unit(
    unit: Unit,
    row: Scored | None,
    kept: Mapping[tuple[str, str], Kept],
    folder: Path | None,
    print_of: Callable[[Path], str],
) -> UnitStanding:
    """An extension alone makes a row without a hand-in; a folder may hold a later hand-in than the one graded."""
    mine = [kept[row.learner, case.id] for case in unit.cases if (row.learner, case.id) in kept] if row else []
    later = folder is not None and bool(mine) and print_of(folder) not in {one.hand_in for one in mine}
    if row is None or later or (folder is None and row.at is None and not mine):
        state: State = "not graded yet" if folder else "not handed in"
        return UnitStanding(unit, state, None, tuple(CaseStanding(case, state) for case in unit.cases))
    cases = tuple(_standing(case, row.cases.get(case.id), kept.get((row.learner, case.id))) for case in unit.cases)
    return UnitStanding(unit, together(one.state for one in cases), row.at, cases)


def _standing(case: Case, score: CaseScore | None, kept: Kept | None) -> CaseStanding:
    if score is None:
        return CaseStanding(case, "not graded yet")
    marks = kept.marks if kept else None
    state = state_of(score, [mark[0] for mark in marks.values()] if marks else ())
    return CaseStanding(case, state, score, marks, kept.key != case.key if kept else None)
