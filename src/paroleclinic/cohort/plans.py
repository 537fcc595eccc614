"""What is needed before a unit can be graded: its cases and keys, its notebooks, its place in the gradebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from paroleclinic.content import Scenario, Unit
from paroleclinic.course import Course
from paroleclinic.gradebook.book import Book, patiently
from paroleclinic.gradebook.due import keep_due
from paroleclinic.gradebook.setup import NotTaken, put_into_gradebook
from paroleclinic.gradebook.shells import Unfinished, shells
from paroleclinic.marking import Plan, Shell, key_print, plan_of, unknown_closed


class NotReady(RuntimeError):
    """A unit that cannot be graded; the message says what to do."""


@dataclass(frozen=True)
class Ready:
    """A unit ready to be graded: the plan, and case -> fingerprint of its key."""

    plan: Plan
    keys: Mapping[str, str]


def keys_of(course: Course, unit_id: str) -> Ready:
    """The unit's plan without its notebooks, and without a look at the gradebook: enough to mark, not to write.

    Raises NotReady, NoSuchEntry or Problems.
    """
    unit, cases = _unit(course, unit_id)
    return Ready(plan_of(unit, cases, course.law), {case.id: key_print(case) for case in cases})


def ready(course: Course, book: Book, unit_id: str) -> Ready:
    """Bring the unit's points and deadline into the gradebook, as nbgrader itself does, and read its keys.

    Raises NotReady, Busy, NoSuchEntry or Problems.
    """
    unit, cases = _unit(course, unit_id)
    wanted = {case.id: graded_cells(case) for case in cases}
    there = book.cells(unit_id)
    if there != wanted:
        if names(there) != names(wanted) and book.has_hand_ins(unit_id):
            raise NotReady(
                f"{unit_id} has hand-ins in the gradebook, and nbgrader lets no case or memo be added or taken away then;"
                f" give new cases a unit of their own ({', '.join(sorted(names(there) ^ names(wanted)))})"
            )
        _put_in(book, unit_id, wanted)
    try:
        made = _shells(course, book, unit_id)
    except Unfinished:  # an earlier run was cut off after the points and before the rest
        _put_in(book, unit_id, wanted)
        made = _shells(course, book, unit_id)
    if course.edition and (day := course.edition.deadlines.get(unit_id)):
        keep_due(book, unit_id, day)
    return Ready(plan_of(unit, cases, course.law, made), {case.id: key_print(case) for case in cases})


def _put_in(book: Book, unit_id: str, wanted: Mapping[str, Mapping[str, float]]) -> None:
    try:
        patiently(lambda: put_into_gradebook(book.config, unit_id))
    except NotTaken:
        raise NotReady(
            f"nbgrader does not take the solution notebooks of {unit_id}; `nbgrader generate_assignment {unit_id}` says why"
        ) from None
    if book.cells(unit_id) != wanted:
        raise NotReady(f"the solution notebooks of {unit_id} do not fit its cases; run `paroleclinic build` first")


def _shells(course: Course, book: Book, unit_id: str) -> Mapping[str, Shell]:
    return patiently(lambda: shells(course, book.config, unit_id, book.url))


def _unit(course: Course, unit_id: str) -> tuple[Unit, list[Scenario]]:
    unit = course.unit(unit_id)
    cases = [course.scenario(case) for case in unit.cases]
    if unknown := unknown_closed(unit, cases):
        where = "local/edition.yaml or course.yaml" if course.edition else "course.yaml"
        raise NotReady(f"`closed` of {unit_id} in {where} names nothing that is there: {', '.join(unknown)}")
    return unit, cases


def graded_cells(case: Scenario) -> dict[str, float]:
    """The graded cells of a case's notebook with their points: its questions', and its memo's where it has one."""
    memo = {f"{case.id}-memo": float(case.memo.points)} if case.memo else {}
    return {case.id: float(case.points), **memo}


def names(cells: Mapping[str, Mapping[str, float]]) -> set[str]:
    """The names of all graded cells."""
    return {cell for some in cells.values() for cell in some}
