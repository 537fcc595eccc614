"""The commands `paroleclinic memos …`: what waits, ready comments, a second marker, agreement and drift. No score is ever changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from paroleclinic.cli.folder import HERE, Folder, course_at, units_of
from paroleclinic.cli.showing import count, say, shown, stopping
from paroleclinic.course import Course, NoSuchEntry
from paroleclinic.reading import Problems

if TYPE_CHECKING:
    from paroleclinic.estimates import Estimate
    from paroleclinic.gradebook.book import Book
    from paroleclinic.gradebook.memos import Kind
    from paroleclinic.memos.agreement import Agreement, Pair

app = typer.Typer(no_args_is_help=True, help="Mark memos fairly: what waits, ready comments, a second marker, drift.")
PLACE = Path("second-marking")
SHOWN = 40  # problems of a file
MOST_SEED = 2**31
Unit = Annotated[str, typer.Argument(help="The unit whose memos are meant.")]


@app.command("list")
def list_(
    units: Annotated[list[str] | None, typer.Argument(help="Units; all, if none is named.")] = None,
    folder: Folder = HERE,
) -> None:
    """How many memos wait for their mark, by unit and case."""
    from paroleclinic.memos.pile import counts

    with _gradebook(folder) as (console, course, book):
        table = Table("Unit", "Case", "Wait", "Marked", "Blank")
        waiting = 0
        for unit in units_of(course, units):
            for one in counts(book, unit):
                table.add_row(unit, escape(one.case), str(one.waits), str(one.marked), str(one.blank))
                waiting += one.waits
        if not table.row_count:
            say(console, "No memo was handed in and graded yet.")
            return
        console.print(table)
        say(console, f"{count(waiting, 'memo')} {'waits' if waiting == 1 else 'wait'} for a mark.")


@app.command("next")
def next_(
    units: Annotated[list[str] | None, typer.Argument(help="Units; all, if none is named.")] = None,
    folder: Folder = HERE,
) -> None:
    """Where the next memo that waits is to be marked."""
    from paroleclinic.memos.pile import counts

    with _gradebook(folder) as (console, course, book):
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
    with _content():
        memo = course.scenario(case).memo
        if memo is None:
            _end(f"{case} asks for no memo.")
        ids = [one.id for one in memo.rubric]
        if (criterion and criterion not in ids) or (add and not criterion):
            _end(f"Name a criterion of the rubric with --criterion: {', '.join(ids)}.")
        if add:
            try:
                path = kept.add(course.root, case, criterion, " ".join(add.split()))
            except OSError as error:
                _end(f"The comment could not be kept ({error.strerror or error}).", 1)
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
        _end("Say who marks: --second 'a name' of at most 128 characters.")
    kind: Kind = "again" if again else "second"
    names = [to / f"memos-{unit}-{kind}.{ending}" for ending in ("html", "csv")]
    with _gradebook(folder) as (console, course, book):
        units_of(course, [unit])
        rows = marked(book, unit)
        if not rows:
            _end(f"No memo of {unit} has a mark yet; mark the pile first.", 1)
        chosen = early(rows) if again else rows
        if not chosen:
            _end("When these memos were marked is not known, so that none can be called early. See `memos drift`.", 1)
        there = [str(path) for path in names if path.exists()]
        if there and not force:
            _end(
                f"{' and '.join(there)} {'are' if len(there) > 1 else 'is'} there already, perhaps filled in. Choose another folder with --to, or --force."
            )
        with _content():
            found, absent = of(course, chosen, unit, kind, marker, percent, seed)
        if not found.sheets:
            _end(f"The memos of {unit} cannot be read: their graded notebooks are not in autograded/.", 1)
        text = page(found)
        try:
            to.mkdir(parents=True, exist_ok=True)
            write(names[0], lambda path: path.write_text(text, encoding="utf-8", errors="replace"))
            write(names[1], lambda path: write_csv(path, lines(found), bom=True))
        except CannotWrite as error:
            _end(f"{error}.", 1)
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
            _end(f"{shown(str(file))} has more than {LARGEST // 1_000_000} MB, so it is not a form of ours.")
        data = file.read_bytes()
    except OSError as error:
        _end(f"{shown(str(file))} cannot be read ({error.strerror or error}).")
    with _gradebook(folder) as (console, course, book):
        try:
            named = units_named(data)
            with _content():
                memos = {unit.id: memos_of(course, unit.id) for unit in course.outline.units if unit.id in named}
            codes = known_codes(course, book, memos)
            found = read(data, memos, {where: frozenset(known) for where, known in codes.items()})
        except NotAForm as error:
            _end(f"{shown(str(file))} is no form that `memos sample` wrote: {error}.")
        if found.problems:
            more = [f"... and {len(found.problems) - SHOWN:,} more"] if len(found.problems) > SHOWN else []
            _end(
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


@app.command()
def agree(unit: Unit, folder: Folder = HERE) -> None:
    """How far the second marker agrees with the first, in total and by criterion, and which memos to talk about."""
    from paroleclinic.memos.agreement import by_criterion, furthest, in_total, in_words
    from paroleclinic.memos.pile import memos_of, pairs

    with _gradebook(folder) as (console, course, book), _content():
        units_of(course, [unit])
        everything = list(pairs(course, book, unit, "second"))
        if not everything:
            say(console, f"No memo of {unit} was marked twice yet: `paroleclinic memos sample {unit} --second NAME`.")
            return
        memos = memos_of(course, unit)
        for marker, twice in everything:
            table = Table(
                "What",
                "Pairs",
                "Same",
                "Within 1 point",
                "Weighted kappa",
                "Second minus first",
                title=escape(shown(marker)),
                title_justify="left",
            )
            total = in_total(twice)
            _row(table, "In total", total)
            for case in sorted({pair.case for pair in twice}):
                of_case = [pair for pair in twice if pair.case == case]
                noted = sum(pair.first is not None for pair in of_case)
                if not noted:
                    table.add_row(escape(case), "0", "by criterion: the first marks were typed as one sum", "", "", "")
                    continue
                table.add_section()
                table.add_row(f"[bold]{escape(case)}[/bold]", "", "", "", "", "")
                for criterion, found in by_criterion(of_case, memos[case]).items():
                    _row(table, criterion, found)
            console.print(table)
            say(console, in_words(total))
            _apart(console, furthest(twice))
        say(
            console,
            "In brackets: what 95 of 100 samples like this would give. No score was changed, and none follows from this.",
        )


@app.command()
def drift(unit: Unit, folder: Folder = HERE) -> None:
    """Whether marks went up or down over the pile, in the order they were given, and what a second reading says."""
    from paroleclinic.estimates import mean
    from paroleclinic.memos.drift import again_in_words, in_words, trend
    from paroleclinic.memos.pile import marked, pairs

    with _gradebook(folder) as (console, course, book), _content():
        units_of(course, [unit])
        rows = marked(book, unit)
        timed = sorted((row for row in rows if row.at), key=lambda row: (str(row.at), row.notebook))
        say(console, f"{count(len(rows), 'marked memo')} in {unit}; when it was marked is known of {len(timed)}.")
        if len(timed) < len(rows):
            say(
                console,
                "The time is noted when a mark is set on the marking page; marks from before that, or set by other tools, have none.",
            )
        if timed:
            found = trend([(row.case, (row.first or 0.0) / row.most) for row in timed])
            table = Table("In order of marking", "Memos", "Percent of the points")
            table.add_row("first third", str(found.first.n), _said(found.first))
            table.add_row("last third", str(found.last.n), _said(found.last))
            table.add_row(
                "change over the pile, in points of a hundred", str(found.change.n), _said(found.change, sign="+")
            )
            console.print(table)
            say(console, in_words(found.change))
        for marker, twice in pairs(course, book, unit, "again"):
            apart = mean([100 * (pair.total[1] - pair.total[0]) / pair.most for pair in twice])
            say(
                console,
                f"Read again by {marker}: {count(apart.n, 'memo')}, second minus first {_said(apart, sign='+')} points of a hundred.",
            )
            say(console, again_in_words(apart))
            _apart(console, _furthest(twice))
        say(console, "Who set a mark is not known: with several markers this mixes them. No score was changed.")


def _furthest(twice: list[Pair]) -> list[Pair]:
    from paroleclinic.memos.agreement import furthest

    return furthest(twice)


def _apart(console: Console, pairs: list[Pair]) -> None:
    if pairs:
        say(console, "Furthest apart, to read together:")
    for pair in pairs:
        first, second = pair.total
        note = f"  ({pair.note})" if pair.note else ""
        say(console, f"  {pair.case}, {pair.code}: {first:g} and {second:g} of {pair.most:g}{note}")


def _row(table: Table, what: str, found: Agreement) -> None:
    few = found.exact.few
    sure = ("too few", "too few") if few else (_said(found.kappa, 2), _said(found.apart, 1, "+"))
    table.add_row(escape(what), str(found.exact.n), _percent(found.exact), _percent(found.close), *sure)


def _percent(found: Estimate) -> str:
    if found.value is None or found.low is None or found.high is None:
        return "-"
    return f"{100 * found.value:.0f} % ({100 * found.low:.0f} to {100 * found.high:.0f})"


def _said(found: Estimate, places: int = 0, sign: str = "") -> str:
    if found.value is None:
        return "-"
    value = f"{found.value:{sign}.{places}f}"
    if found.low is None or found.high is None or found.low == found.high:
        return value  # where no two differ there is no interval, which is not certainty
    return f"{value} ({found.low:{sign}.{places}f} to {found.high:{sign}.{places}f})"


@contextmanager
def _gradebook(folder: Path) -> Iterator[tuple[Console, Course, Book]]:
    """A console, the course, and its gradebook, which must be there."""
    from paroleclinic.gradebook.book import Book
    from paroleclinic.gradebook.marks import there_is_a_gradebook

    course = course_at(folder)
    console = Console()
    with stopping(_end):
        if not there_is_a_gradebook(course.root):
            _end("There is no gradebook yet. `paroleclinic grade` makes one.", 1)
        with Book(course.root) as book:
            yield console, course, book


@contextmanager
def _content() -> Iterator[None]:
    """Says in a sentence what is wrong with a case or a file of comments."""
    try:
        yield
    except NoSuchEntry as error:
        _end(str(error))
    except Problems as error:
        _end(f"{error}\n`paroleclinic check` tells the rest.", 1)


def _end(says: str, code: int = 2) -> NoReturn:
    typer.echo(says, err=True)
    raise typer.Exit(code)
