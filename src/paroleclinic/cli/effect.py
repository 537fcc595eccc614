"""The command `paroleclinic effect`: what a change of the course's files changes, before anything is built or written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from paroleclinic.cli.folder import HERE, Folder, course_at
from paroleclinic.cli.showing import count, say, stopping
from paroleclinic.course import Course, NoSuchEntry

if TYPE_CHECKING:
    from paroleclinic.effect import Picture, Told
    from paroleclinic.gradebook.book import Book
    from paroleclinic.scores import Scored

SHOWN = 200  # lines of differences


def effect(
    edition: Annotated[
        bool, typer.Option("--edition", help="Compare with the course as it comes, without your local edition.")
    ] = False,
    folder: Folder = HERE,
) -> None:
    """Show what your changes since the last `paroleclinic build` change. Nothing is written.

    Keys, points, law on another day, rubrics, pass line, notebooks, scores given before, and what to run next.
    """
    from paroleclinic.effect import differences, picture

    course, console = course_at(folder), Console()
    try:
        after = picture(course)
        before, against = _before(console, course, edition)
    except NoSuchEntry as error:
        say(console, f"{error} `paroleclinic check` says where it is named.")
        raise typer.Exit(1) from None
    say(console, f"Compared with {against}.")
    found = differences(before, after)
    _tell(console, found)
    stale = _stale(course)
    if stale:
        say(
            console,
            f"\nNotebooks to build again: {count(len(stale), 'case')} ({', '.join(stale[:12])}{', …' * (len(stale) > 12)})",
        )
    todo = ["paroleclinic check"] * bool(found) + ["paroleclinic build"] * bool(stale or found)

    def stop(why: str, code: int) -> None:
        say(console, why)
        raise typer.Exit(code)

    with stopping(stop):
        todo += _graded(console, course, before, after, found)
    say(
        console,
        "\nNext: "
        + (", then ".join(f"`{words}`" for words in todo) if todo else "nothing; all is as it was built")
        + ".",
    )


def _before(console: Console, course: Course, edition: bool) -> tuple[Picture, str]:
    from paroleclinic.effect import picture, remembered

    if edition and course.edition is None:
        say(console, "There is no local edition here. Begin one with: paroleclinic new edition")
        raise typer.Exit(2)
    made = None if edition else remembered(course.root)
    if made is not None:
        return made, "the last `paroleclinic build` in this folder"
    if course.edition is None:
        say(
            console,
            "Nothing here says how the course was before your change. Run `paroleclinic build` once before you change "
            "something; it remembers. If you have changed something already, put it back for that, build, and change it again.",
        )
        raise typer.Exit(2)
    if not edition:
        say(console, "No `paroleclinic build` is remembered here yet.")
    return picture(course.own), "the course as it comes, without your local edition"


def _tell(console: Console, found: Sequence[Told]) -> None:
    if not found:
        say(console, "Nothing that is graded or shown in a case is different.")
    case = None
    for number, one in enumerate(found):
        if number == SHOWN:
            say(console, f"... and {len(found) - SHOWN} more")
            break
        if (one.unit, one.case) != case:
            case = one.unit, one.case
            say(console, f"\n{one.unit}/{one.case}" if one.case else "\nThe whole course")
        say(console, f"  {one.says}")


def _stale(course: Course) -> list[str]:
    """The cases whose solution notebooks are not what they would be today."""
    from paroleclinic.build import solution

    found = []
    for unit in course.outline.units:
        for case in unit.cases:
            path = course.solutions / unit.id / f"{case}.ipynb"
            if not path.is_file() or path.read_text(encoding="utf-8") != solution(course.scenario(case)):
                found.append(case)
    return found


def _graded(console: Console, course: Course, before: Picture, after: Picture, found: Sequence[Told]) -> list[str]:
    """Say what the changes do to scores given before; the commands to run for it."""
    from paroleclinic.gradebook.book import Book
    from paroleclinic.gradebook.marks import there_is_a_gradebook

    if not there_is_a_gradebook(course.root):
        say(console, "\nNobody is graded here yet, so no score moves.")
        return []
    line = before["pass line"] != after["pass line"]
    units = [unit.id for unit in course.outline.units if line or any(one.unit == unit.id for one in found)]
    todo: list[str] = []
    with Book(course.root) as book:
        for unit in units:
            touched = any(one.unit == unit for one in found)
            todo += _unit(console, course, book, unit, before, after, touched=touched)
    return todo


def _unit(
    console: Console, course: Course, book: Book, unit: str, before: Picture, after: Picture, *, touched: bool
) -> list[str]:
    from paroleclinic.cohort.plans import graded_cells, keys_of, names
    from paroleclinic.cohort.regrade import preview
    from paroleclinic.cohort.workers import Here
    from paroleclinic.gradebook.scored import scored

    wanted = {case: graded_cells(course.scenario(case)) for case in course.unit(unit).cases}
    there = book.cells(unit)
    if there and names(there) != names(wanted) and book.has_hand_ins(unit):
        differ = ", ".join(sorted(names(there) ^ names(wanted)))
        says = "has hand-ins, and nbgrader lets no case or memo be added or taken away then"
        say(console, f"\n{unit} {says} ({differ}). Give new cases a unit of their own, or put the old ones back.")
        return []
    seen = preview(course.root, book, keys_of(course, unit), Here())
    if not seen.hand_ins:
        return []
    say(console, f"\n{unit}: {count(seen.hand_ins, 'hand-in')} graded before")
    moved = {change.learner for change in seen.changes if change.before != change.after}
    marks = {change.learner for change in seen.changes}
    say(console, f"  points move for {len(moved)}; some answer is judged another way for {len(marks)}")
    lines = before["pass line"], after["pass line"]
    rise = sum(one < lines[0] and other >= lines[1] for _, _, one, other in seen.shares)
    fall = sum(one >= lines[0] and other < lines[1] for _, _, one, other in seen.shares)
    say(
        console,
        f"  of {count(len(seen.shares), 'case score')}, {rise} would rise to the pass line and {fall} would fall below it",
    )
    for _, why in seen.problems[:3]:
        say(console, f"  left out: {why}")
    _memos(console, scored(book, unit, sorted(book.graded(unit))).values(), unit, before, after)
    if seen.changes:
        return [f"paroleclinic regrade {unit}"]
    return [f"paroleclinic feedback {unit}"] if touched else []


def _memos(console: Console, rows: Iterable[Scored], unit: str, before: Picture, after: Picture) -> None:
    from paroleclinic.effect import memos_changed

    learners = list(rows)
    for case, (then, now) in memos_changed(before, after).items():
        if after["cases"][case]["unit"] != unit:
            continue
        marked = sum(
            1 for row in learners if (score := row.cases.get(case)) and score.memo and score.memo.manual is not None
        )
        if marked:
            says = f"{count(marked, 'memo')} of {case} marked by the rubric as it was, out of {then}; it is out of {now} now."
            say(console, f"  {says} No mark is changed for you: look at them again in formgrader.")
