"""The command `paroleclinic export`: marks as a workbook, a CSV file, or a file for Moodle or Canvas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import track

from paroleclinic.cli.folder import HERE, Folder, course_at
from paroleclinic.cli.folder import units_of as named_units
from paroleclinic.cli.showing import count, some

if TYPE_CHECKING:
    from paroleclinic.cohort.standings import Standing, Unit
    from paroleclinic.course import Course
    from paroleclinic.gradebook.marks import Person

NAMED = 8  # learners that one line names
LARGEST_NEW = 100  # points of a grade item that Moodle's import makes


class By(StrEnum):
    """What a row is about."""

    UNIT = "unit"
    CASE = "case"
    QUESTION = "question"
    OBJECTIVE = "objective"


class For(StrEnum):
    """Whose import the file is for."""

    MOODLE = "moodle"
    CANVAS = "canvas"


class Login(StrEnum):
    """What people log in to Canvas with."""

    ID = "id"
    EMAIL = "email"


def export(
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="marks.xlsx, a workbook with every table, or marks.csv, one table.")
    ],
    by: Annotated[
        By | None,
        typer.Option(help="A row for each of these; case, if not given. A grade item each: unit, if not given."),
    ] = None,
    lms: Annotated[For | None, typer.Option("--for", help="Write what the gradebook of this system imports.")] = None,
    unit: Annotated[list[str] | None, typer.Option(help="Only this unit; say it again for another.")] = None,
    roster: Annotated[
        Path | None, typer.Option(help="A CSV file: id, name, email. Adds names, and those who handed in nothing.")
    ] = None,
    login: Annotated[Login, typer.Option(help="What people log in to Canvas with.")] = Login.ID,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    folder: Folder = HERE,
) -> None:
    """Write everybody's marks to a file. What could not be graded has no score in it, and a blank is told from a wrong answer."""
    from paroleclinic.cohort.spreadsheet import CannotWrite
    from paroleclinic.cohort.standings import begun, everybody, standings, units_of
    from paroleclinic.gradebook.book import Book, Busy
    from paroleclinic.gradebook.marks import there_is_a_gradebook, units_in

    target = _target(out, by, lms, force)
    course = course_at(folder)
    wanted = named_units(course, unit)
    listed = _people_on(roster)
    states: Counter[str] = Counter()
    blank: list[str] = []
    try:
        if not there_is_a_gradebook(course.root):
            _nothing(unit)
        with Book(course.root) as book:
            if not units_in(book).intersection(wanted):
                _nothing(unit)
            units = units_of(course, book, wanted if unit else begun(course.root, book, wanted))
            whom = everybody(course.root, book, (one.id for one in units), listed)

            def told() -> Iterator[Standing]:
                found = standings(course.root, book, units, whom)
                bar = Console(stderr=True)
                hidden = not bar.is_terminal
                for one in track(found, "Writing", total=len(whom), console=bar, transient=True, disable=hidden):
                    states.update(there.state for there in one.units)
                    if any(there.state == "blank" for there in one.units):
                        blank.append(one.person.id)
                    yield one

            if lms:
                says = _for_system(target, told(), units, whom, lms, by, login)
            else:
                says = _tables(target, told(), units, course, by)
    except (Busy, CannotWrite) as error:
        typer.echo(f"Nothing was written: {error}.", err=True)
        raise typer.Exit(1) from None
    typer.echo("\n".join([f"written: {out}, {says}", _closing(states, blank)]), err=True)


def _target(out: Path, by: By | None, lms: For | None, force: bool) -> Path:
    """The file to write; ends the command with a sentence when it cannot be."""
    from paroleclinic.cohort.spreadsheet import reason

    kind = out.suffix.lower()
    if kind not in (".csv", ".xlsx"):
        _end(f"{out} does not say what to write: let its name end with .xlsx for a workbook, or .csv for one table.")
    if lms and kind != ".csv":
        _end(f"{lms.value.capitalize()} imports CSV: let the name end with .csv.")
    if lms and by not in (None, By.UNIT, By.CASE):
        _end(f"A grade item is a unit or a case: --for {lms} goes with --by unit or --by case.")
    target = out.resolve()
    if not target.parent.is_dir():
        _end(f"There is no folder {target.parent}. Make it first.")
    if target.is_dir():
        _end(f"{out} is a folder.")
    if target.exists() and not force:
        _end(f"{out} is there already. Choose another name, or write over it with --force.")
    if target.exists():
        try:
            target.open("r+b").close()  # Windows refuses it now, and not after minutes of writing
        except OSError as error:
            _end(f"Nothing was written: {reason(error, out)}.", 1)
    return target


def _people_on(path: Path | None) -> list[Person]:
    from paroleclinic.filing import BadRoster, roster
    from paroleclinic.gradebook.marks import Person

    try:
        return [Person(one.id, first=one.name, email=next(iter(one.also), "")) for one in roster(path)] if path else []
    except BadRoster as error:
        _end(str(error))


def _tables(target: Path, learners: Iterator[Standing], units: Sequence[Unit], course: Course, by: By | None) -> str:
    from paroleclinic.cohort.about import about
    from paroleclinic.cohort.objectives import aims, purposes
    from paroleclinic.cohort.spreadsheet import write, write_csv, write_workbook
    from paroleclinic.cohort.tables import Table, case_table, objective_table, question_table, unit_table

    def table(kind: By) -> Table:
        if kind == By.OBJECTIVE:
            cases = [course.scenario(case.id) for unit in units for case in unit.cases]
            return objective_table(aims(course, cases), purposes(course))
        return {By.UNIT: unit_table, By.CASE: case_table, By.QUESTION: question_table}[kind]()

    rows: dict[str, int] = {}
    if target.suffix.lower() == ".csv":
        one = table(by or By.CASE)
        lines = chain(
            [tuple(column.name for column in one.columns)], (row for who in learners for row in one.rows(who))
        )
        write(target, lambda path: rows.update({one.name: write_csv(path, lines, bom=True) - 1}))
    else:
        tables = [table(kind) for kind in ([by] if by else By)]
        at = datetime.now(UTC).replace(tzinfo=None)
        lines_about = about(course.outline.title, tables, at)
        write(target, lambda path: rows.update(write_workbook(path, tables, learners, lines_about, at)))
    return ", ".join(f"{count(number, 'row')} in {name}" for name, number in rows.items())


def _for_system(
    target: Path,
    learners: Iterator[Standing],
    units: Sequence[Unit],
    whom: Sequence[Person],
    lms: For,
    by: By | None,
    login: Login,
) -> str:
    from paroleclinic.cohort.lms import Gaps, canvas, items_of, moodle
    from paroleclinic.cohort.spreadsheet import write, write_csv

    items = items_of(units, "case" if by == By.CASE else "unit")
    gaps = Gaps()
    if lms == For.MOODLE:
        rows = moodle(learners, items, gaps)
    else:
        rows = canvas(learners, items, gaps, "email" if login == Login.EMAIL else "id")
    write(target, lambda path: write_csv(path, rows, bom=False))
    name = lms.value.capitalize()
    says = [f"{count(len(whom) - len(gaps.left_out), 'learner')}, {count(len(items), 'grade item')}"]
    if gaps.left_out:
        says.append(f"left out, having no score, so that what stands in {name} stays: {some(gaps.left_out, NAMED)}")
    if gaps.empty:
        says.append(
            f"{count(gaps.empty, 'empty cell')}: {name} takes away the grade that stands there; "
            "export one at a time with --unit to leave it"
        )
    if lms == For.MOODLE:
        if large := [item for item in items if item.most > LARGEST_NEW or item.name in gaps.above]:
            points = ", ".join(f"{item.name} {item.most:g}" for item in large)
            says.append(f"make these grade items in Moodle first, with this maximum at least: {points}")
        lacking = [one.id for one in whom if not one.email]
        if lacking and len(lacking) < len(whom):
            says.append(f"no email address, so let Username say who is who: {some(lacking, NAMED)}")
    return "\n".join(says)


def _closing(states: Counter[str], blank: list[str]) -> str:
    words = {
        "graded": "graded", "blank": "blank", "memo waits": "with a memo that waits for its mark",
        "could not grade": "could not be graded", "not graded yet": "not graded yet", "not handed in": "not handed in",
    }  # fmt: skip
    found = ", ".join(f"{states[state]:,} {says}" for state, says in words.items() if states[state])
    zero = f"\nblank, and so with a score of 0: {some(blank, NAMED)}" if blank else ""
    return f"in all, a learner and a unit each: {found}; without a score the cell is empty{zero}"


def _nothing(units: list[str] | None) -> NoReturn:
    where = f" of {', '.join(units)}" if units else ""
    _end(
        f"Nothing{where} is graded yet, so there is nothing to export. `paroleclinic grade` grades what was handed in.",
        1,
    )


def _end(says: str, code: int = 2) -> NoReturn:
    typer.echo(says, err=True)
    raise typer.Exit(code)
