"""The commands `paroleclinic memos …`: what waits, ready comments, a second marker, agreement and drift. No score is ever changed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from paroleclinic.cli.folder import HERE, Folder, course_at, units_of
from paroleclinic.cli.opening import content, end, gradebook
from paroleclinic.cli.readings import Unit, agree, by, drift
from paroleclinic.cli.showing import count, say, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from paroleclinic.gradebook.memos import Kind
    from paroleclinic.memos.pile import Count

app = typer.Typer(no_args_is_help=True, help="Mark memos fairly: what waits, ready comments, a second marker, drift.")
PLACE = Path("second-marking")
SHOWN = 40  # problems of a file
MOST_SEED = 2**31


@app.command("list")
def list_(
    units: Annotated[list[str] | None, typer.Argument(help="Units; all, if none is named.")] = None,
    folder: Folder = HERE,
) -> None:
    """How many memos wait for their mark, by unit and case."""
    from paroleclinic.memos.pile import counts

    with gradebook(folder) as (console, course, book):
        piles = {unit: found for unit in units_of(course, units) if (found := counts(book, unit))}
        if not piles:
            say(console, "No memo was handed in and graded yet.")
            return
        for unit, found in piles.items():
            _pile(console, unit, found)
        waiting = sum(one.waits for found in piles.values() for one in found)
        say(console, f"{count(waiting, 'memo')} {'waits' if waiting == 1 else 'wait'} for a mark.")


def _pile(console: Console, unit: str, found: Sequence[Count]) -> None:
    """The cases of a unit in which somebody wrote a memo, a row each; the others in a line."""
    table = Table("Case", "Wait", "Marked", "Blank", "Marked by", title=unit, title_justify="left")
    table.columns[0].no_wrap = True
    begun = [one for one in found if one.waits or one.marked]
    for one in begun:
        table.add_row(escape(one.case), str(one.waits), str(one.marked), str(one.blank), escape(by(one.markers)))
    if begun:
        console.print(table)
    if rest := len(found) - len(begun):
        say(console, f"{unit}: {count(rest, 'more case' if begun else 'case')} in which nobody wrote a memo.")


@app.command("next")
def next_(
    units: Annotated[list[str] | None, typer.Argument(help="Units; all, if none is named.")] = None,
    folder: Folder = HERE,
) -> None:
    """Where the next memo that waits is to be marked."""
    from paroleclinic.memos.pile import counts

    with gradebook(folder) as (console, course, book):
        for unit in units_of(course, units):
            for one in counts(book, unit):
                if one.waits:
                    waits = "waits" if one.waits == 1 else "wait"
                    say(
                        console, f"{unit}, {one.case}: {count(one.waits, 'memo')} {waits}. In JupyterLab's address, put"
                    )
                    say(console, f"  /formgrader/submissions/{one.next}/")
                    say(
                        console,
                        f"in the place of /lab and what follows; or Nbgrader, Formgrader, Manual Grading, {unit}, {one.case}.",
                    )
                    return
        say(console, "No memo waits for a mark.")


@app.command()
def comments(
    case: Annotated[str, typer.Argument(help="The case.")],
    add: Annotated[str, typer.Option(help="A comment to keep; needs --criterion.")] = "",
    criterion: Annotated[str, typer.Option(help="Only this criterion of the rubric, by its id.")] = "",
    folder: Folder = HERE,
) -> None:
    """Ready comments by criterion, to copy; the marking page shows them too. With --add, keep one more."""
    from paroleclinic import comments as kept

    course = course_at(folder)
    console = Console()
    with content():
        memo = course.scenario(case).memo
        if memo is None:
            end(f"{case} asks for no memo.")
        ids = [one.id for one in memo.rubric]
        if (criterion and criterion not in ids) or (add and not criterion):
            end(f"Name a criterion of the rubric with --criterion: {', '.join(ids)}.")
        if add:
            try:
                path = kept.add(course.root, case, criterion, " ".join(add.split()))
            except OSError as error:
                end(f"The comment could not be kept ({error.strerror or error}).", 1)
            say(console, f"Kept in {path.relative_to(course.root).as_posix()}.")
            return
        bank = kept.ready(memo, kept.bank(course.root, case))
    for number, one in enumerate(memo.rubric, 1):
        if criterion in ("", one.id):
            say(console, f"{number}. {one.says} ({one.id}, {count(one.points, 'point')})")
            for ready in bank:
                if ready.criterion == one.id:
                    say(console, f"   - {ready.says}{'' if ready.own else '  (rubric)'}")


@app.command()
def sample(
    unit: Unit,
    second: Annotated[str, typer.Option(help="Who marks a second time. The name stands in the file.")] = "",
    percent: Annotated[float, typer.Option("--share", min=0.1, max=100, help="Percent of the marked memos.")] = 20,
    again: Annotated[
        bool, typer.Option("--again", help="For the first marker: some of those marked first, once more.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, max=MOST_SEED, help="The same seed and pile give the same sample.")] = 1,
    to: Annotated[Path, typer.Option(help="The folder to write into.")] = PLACE,
    force: Annotated[bool, typer.Option("--force", help="Write over files that are there.")] = False,
    folder: Folder = HERE,
) -> None:
    """Write a second marker's sample: a page to mark on and a CSV file to fill in, without names and first marks."""
    from paroleclinic.cohort.spreadsheet import CannotWrite, write, write_csv
    from paroleclinic.memos.form import lines, page
    from paroleclinic.memos.pile import early, marked
    from paroleclinic.memos.pile import sample as of

    marker = " ".join(second.split()) or ("first marker" if again else "")
    if not marker or len(marker) > 128:
        end("Say who marks: --second 'a name' of at most 128 characters.")
    kind: Kind = "again" if again else "second"
    names = [to / f"memos-{unit}-{kind}.{ending}" for ending in ("html", "csv")]
    with gradebook(folder) as (console, course, book):
        units_of(course, [unit])
        rows = marked(book, unit)
        if not rows:
            end(f"No memo of {unit} has a mark yet; mark the pile first.", 1)
        chosen = early(rows) if again else rows
        if not chosen:
            end("When these memos were marked is not known, so that none can be called early. See `memos drift`.", 1)
        there = [str(path) for path in names if path.exists()]
        if there and not force:
            end(
                f"{' and '.join(there)} {'are' if len(there) > 1 else 'is'} there already, perhaps filled in. Choose another folder with --to, or --force."
            )
        with content():
            found, absent = of(course, chosen, unit, kind, marker, percent, seed)
        if not found.sheets:
            end(f"The memos of {unit} cannot be read: their graded notebooks are not in autograded/.", 1)
        text = page(found)
        try:
            to.mkdir(parents=True, exist_ok=True)
            write(names[0], lambda path: path.write_text(text, encoding="utf-8", errors="replace"))
            write(names[1], lambda path: write_csv(path, lines(found), bom=True))
        except CannotWrite as error:
            end(f"{error}.", 1)
        for code in absent:
            say(console, f"left out, since its graded notebook is gone: {code}")
        say(console, f"{count(len(found.sheets), 'memo')} of {len(chosen)} for {marker}, seed {seed}:")
        for path in names:
            say(console, f"  {path}")
        say(console, "Send the page, or the CSV file, or both. What comes back: `paroleclinic memos take FILE`.")


@app.command()
def take(
    file: Annotated[Path, typer.Argument(help="The filled-in CSV file.")],
    folder: Folder = HERE,
) -> None:
    """Read a second marker's marks. They are kept beside the scores and never become scores."""
    from paroleclinic.gradebook.memos import keep_second_marks
    from paroleclinic.memos.pile import known_codes, memos_of, second
    from paroleclinic.memos.taken import LARGEST, NotAForm, read, units_named

    try:
        if file.is_file() and file.stat().st_size > LARGEST:
            end(f"{shown(str(file))} has more than {LARGEST // 1_000_000} MB, so it is not a form of ours.")
        data = file.read_bytes()
    except OSError as error:
        end(f"{shown(str(file))} cannot be read ({error.strerror or error}).")
    with gradebook(folder, "memos take") as (console, course, book):
        try:
            named = units_named(data)
            with content():
                memos = {unit.id: memos_of(course, unit.id) for unit in course.outline.units if unit.id in named}
            codes = known_codes(course, book, memos)
            found = read(data, memos, {where: frozenset(known) for where, known in codes.items()})
        except NotAForm as error:
            end(f"{shown(str(file))} is no form that `memos sample` wrote: {error}.")
        if found.problems:
            more = [f"... and {len(found.problems) - SHOWN:,} more"] if len(found.problems) > SHOWN else []
            end(
                "\n".join(
                    [*found.problems[:SHOWN], *more, "Nothing was taken. Mend these cells and take the file again."]
                ),
                1,
            )
        marks = [second(one, codes[one.unit, one.case][one.code]) for one in found.marks]
        before = keep_second_marks(book, marks, datetime.now(UTC).replace(tzinfo=None)) if marks else 0
        again = f", {before} of them in the place of earlier ones" if before else ""
        say(console, f"{count(len(marks), 'memo')} taken{again}; {len(found.open)} left open. No score was changed.")
        if marks:
            what = "drift" if marks[0].kind == "again" else "agree"
            say(console, f"Next: `paroleclinic memos {what} {marks[0].unit}`.")


app.command()(agree)
app.command()(drift)
