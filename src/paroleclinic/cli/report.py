"""The command `paroleclinic report`: how the class does, as a page to keep and tables to reuse."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console

from paroleclinic.cli.folder import HERE, Folder, course_at, units_of
from paroleclinic.cli.showing import count, no_access, say, stopping

if TYPE_CHECKING:
    from collections.abc import Sequence

    from paroleclinic.course import Course
    from paroleclinic.gradebook.marks import Person
    from paroleclinic.report.analysis import Report

NAMED = 3  # questions that the terminal names


def report(
    units: Annotated[list[str] | None, typer.Argument(help="Units; all that were handed in, if none is given.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="The folder to write; reports/ and today's date, if not given.")
    ] = None,
    names: Annotated[bool, typer.Option("--names", help="Show ids and names in the place of pseudonyms.")] = False,
    roster: Annotated[
        Path | None, typer.Option(help="A CSV file: id, name, email. Adds those who handed in nothing.")
    ] = None,
    progress: Annotated[
        Path | None,
        typer.Option(
            help="A folder with learners' progress, as LEARNER.jsonl or LEARNER/progress.jsonl: read for pre-test and post-test"
            " in the place of what was collected."
        ),
    ] = None,
    folder: Folder = HERE,
) -> None:
    """Show who may need help and which questions may be wrong, as a page and CSV files. For the instructor only."""
    from paroleclinic.report.making import PAGE, NotOurs, write

    course = course_at(folder)
    named = units_of(course, units)
    if progress and not progress.is_dir():
        _end(f"There is no folder {progress}.")
    target = (out or course.root / "reports" / f"{datetime.now():%Y-%m-%d}").resolve()
    console = Console()

    def stop(why: str, code: int) -> None:
        say(console, why.replace("What was done is saved; run", "Nothing was written; run"))
        raise typer.Exit(code)

    with stopping(stop):
        made = _made(console, course, named, bool(units), names, _people_on(roster), progress)
        if made is None or not made.handed_in:
            where = f" of {', '.join(units)}" if units else ""
            _end(f"Nothing{where} is handed in yet. `paroleclinic collect` and `paroleclinic grade` come first.", 1)
        try:
            rows = write(made, target)
        except NotOurs as error:
            _end(f"Nothing was written in {target}: {error.strerror}.")
        except OSError as error:
            _end(f"Nothing was written: {no_access(error)}.", 1)
    _tell(console, made, target / PAGE, len(rows) + 1)


def _made(
    console: Console, course: Course, units: Sequence[str], given: bool, names: bool, more: Sequence[Person], progress: Path | None
) -> Report | None:  # fmt: skip
    from paroleclinic.report.making import begun_units, report_of

    at = datetime.now(UTC).replace(tzinfo=None)
    with console.status("Reading the course ...") as status:

        def tick(done: int, of: int) -> None:
            if done % 50 == 0:
                status.update(f"Reading marks and answers: {done:,} of {of:,} learners ...")

        wanted = units if given else begun_units(course, units)
        return report_of(course, wanted, at, names=names, more=more, progress=progress, tick=tick) if wanted else None


def _tell(console: Console, made: Report, page: Path, tables: int) -> None:
    ask = int((made.learners["why"].map(len) > 0).sum())
    look = sorted(
        ((some[0], made.frames.asked[number]) for number, some in enumerate(made.findings) if some[0].concern > 3),
        key=lambda pair: -pair[0].concern,
    )
    few = sum(some[0].concern < 0 for some in made.findings)
    say(
        console,
        f"{count(made.handed_in, 'learner')} of {len(made.frames.people):,} handed something in; "
        f"{ask:,} to ask how it is going; {int((made.learners['harmful'] > 0).sum()):,} gave harmful advice.",
    )
    say(
        console,
        f"{count(len(look), 'question')} to look at; {few:,} of {len(made.findings):,} have too few answers to tell.",
    )
    for first, one in look[:NAMED]:
        say(console, f"  {one.case}, question {one.number} ({one.question.id}): {first.says}")
    if len(look) > NAMED:
        say(console, f"  … and {len(look) - NAMED:,} more: see the page")
    if made.left_out:
        say(console, made.left_out)
    say(console, f"written: {page}, and {tables} tables beside it")
    if made.about.names:
        say(console, "It shows names: keep it where only those who grade can read it.")
    else:
        say(console, "Names are hidden; --names shows them.")
    if made.about.strangers:
        say(console, f"passed over: {count(made.about.strangers, 'progress file')} of nobody in this class")
    say(console, "For the instructor only: the page names right answers.")


def _people_on(path: Path | None) -> list[Person]:
    from paroleclinic.filing import BadRoster, roster
    from paroleclinic.gradebook.marks import Person

    try:
        return [Person(one.id, first=one.name, email=next(iter(one.also), "")) for one in roster(path)] if path else []
    except BadRoster as error:
        _end(str(error))


def _end(says: str, code: int = 2) -> NoReturn:
    typer.echo(says, err=True)
    raise typer.Exit(code)
