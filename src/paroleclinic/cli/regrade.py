"""The command `paroleclinic regrade`: what a corrected key changes, before anything is written, and the way back."""

from __future__ import annotations

import csv
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from paroleclinic.cells import harmless
from paroleclinic.cli.folder import HERE, Folder, course_at, units_of
from paroleclinic.cli.grade import FEW, bar_of
from paroleclinic.cli.showing import count, say, stopping
from paroleclinic.course import Course
from paroleclinic.grading import VERDICT_WORDS

if TYPE_CHECKING:
    from paroleclinic.cohort.regrade import Preview
    from paroleclinic.cohort.workers import Workers
    from paroleclinic.gradebook.book import Book
    from paroleclinic.marking import QuestionMark

SHOWN = 40  # lines of the table; all of them go to a file
BAR = 40  # signs of the longest bar


def regrade(
    unit: Annotated[str, typer.Argument(help="The unit whose key, points or rules were corrected.")],
    yes: Annotated[bool, typer.Option("--yes", help="Write the new scores.")] = False,
    reason: Annotated[str, typer.Option(help="Why, in a few words; kept with the history. Needed with --yes.")] = "",
    to: Annotated[Path | None, typer.Option(help="Write every change into this CSV file, too.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take back the last correction of this unit.")] = False,
    history: Annotated[bool, typer.Option("--history", help="Show the corrections of this unit so far.")] = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes; one a core, if not given.")] = None,
    folder: Folder = HERE,
) -> None:
    """Show what today's keys change in scores given before, and write it only with --yes. Memo marks stay as they are."""
    from paroleclinic.gradebook.book import Book

    course = course_at(folder)
    units_of(course, [unit])
    if yes and not reason.strip():
        typer.echo("Say why the scores change: --reason 'the key of question 3 was wrong'", err=True)
        raise typer.Exit(2)
    console = Console()

    def stop(why: str, code: int) -> None:
        say(console, why)
        raise typer.Exit(code)

    with stopping(stop), Book(course.root) as book:
        if history:
            _history(console, book, unit)
        elif undo:
            _undo(console, course.root, book, unit)
        else:
            _regrade(console, course, book, unit, reason.strip() if yes else "", to, jobs)


def _regrade(
    console: Console, course: Course, book: Book, unit: str, reason: str, to: Path | None, jobs: int | None
) -> None:
    from paroleclinic.cohort.plans import keys_of, ready
    from paroleclinic.cohort.regrade import apply, correction, preview
    from paroleclinic.holding import alone

    hands = _hands(jobs, len(book.graded(unit)))
    with console.status("Grading again, without writing anything ..."):
        seen = preview(course.root, book, keys_of(course, unit), hands)
    if not seen.hand_ins:
        console.print(f"Nobody's hand-in of {unit} has been graded yet: `paroleclinic grade {unit}` does that.")
        return
    _show(console, seen, course.outline.pass_line)
    if to:
        _write(to, seen)
        console.print(f"Every change stands in {escape(str(to))}.", soft_wrap=True)
    if not reason:
        if seen.changes:
            console.print(
                f"Nothing was written. To write it: `paroleclinic regrade {seen.unit} --yes --reason 'why'`",
                soft_wrap=True,
                highlight=False,
            )
        return
    problems = list(seen.problems)
    with alone(course.root, "regrade"):
        why = correction(book, unit, reason, datetime.now(UTC).replace(tzinfo=None))
        prepared = ready(course, book, unit)
        with bar_of(console, hidden=False) as bar:
            task = bar.add_task("Writing", total=seen.hand_ins)
            for one in apply(course.root, book, prepared, hands, why):
                bar.advance(task)
                if one.state == "could not grade":
                    problems.append((one.learner, one.why))
    for learner, says in problems[len(seen.problems) :]:
        say(console, f"left as before: {learner}: {says}")
    say(
        console,
        f"Written: {count(len(seen.changes), 'changed case')}, {count(seen.hand_ins - len(problems), 'hand-in')} explained"
        f" anew. `paroleclinic regrade {unit} --undo` takes it back; `paroleclinic feedback {unit}` writes the new pages.",
    )
    if problems:
        raise typer.Exit(1)


def _show(console: Console, seen: Preview, line: int) -> None:
    for learner, why in seen.problems:
        console.print(f"[bold]left out[/bold] {escape(learner)}: {escape(why)}", soft_wrap=True)
    if not seen.changes:
        console.print(f"Today's keys give all {seen.hand_ins} hand-ins of {seen.unit} the scores that they have.")
        return
    table = Table("Learner", "Case", "Points before", "After", "What changed")
    for change in seen.changes[:SHOWN]:
        table.add_row(
            escape(change.learner),
            change.case,
            points(change.before),
            points(change.after),
            "\n".join(f"{name}: {said(before)} → {said(after)}" for name, (before, after) in change.questions.items()),
        )
    console.print(table)
    if len(seen.changes) > SHOWN:
        console.print(f"... and {len(seen.changes) - SHOWN:,} more; --to FILE.csv writes them all.")
    before, after = seen.distribution()
    most = max(*before, *after, 1)
    spread = Table(
        "Percent", "Before", "", "After", "", title="How many cases reach what percent", title_justify="left"
    )
    for tenth, (one, other) in enumerate(zip(before, after, strict=True)):
        bars = ["█" * round(BAR / 2 * number / most) or ("▏" if number else "") for number in (one, other)]
        spread.add_row(f"{10 * tenth}-{10 * tenth + 10}", f"{one:,}", bars[0], f"{other:,}", bars[1])
    console.print(spread)
    rise, fall = seen.crossing(line)
    console.print(
        f"The pass line is {line} percent of a case, with its memo once that is marked: "
        f"{len(rise)} would rise to it, {len(fall)} would fall below it.",
        soft_wrap=True,
        highlight=False,
    )
    for word, some in (("rises", rise), ("falls", fall)):
        for learner, case in some[:SHOWN]:
            console.print(f"  {word}: {escape(learner)}, {case}", highlight=False)


def _write(to: Path, seen: Preview) -> None:
    beside = to.with_name(f".{to.name}.part")
    with beside.open("w", newline="", encoding="utf-8-sig") as file:
        table = csv.writer(file)
        table.writerow(("learner", "unit", "case", "question", "before", "after", "points before", "points after"))
        for change in seen.changes:
            who = (harmless(change.learner), seen.unit, change.case)
            table.writerow((*who, "", "", "", "" if change.before is None else change.before, change.after))
            for name, (before, after) in change.questions.items():
                earned = ["" if mark is None else mark[1] for mark in (before, after)]
                table.writerow((*who, harmless(name), said(before), said(after), *earned))
    beside.replace(to)


def _undo(console: Console, root: Path, book: Book, unit: str) -> None:
    from paroleclinic.cohort.regrade import undo_last
    from paroleclinic.holding import alone

    with alone(root, "regrade"):
        undone = undo_last(root, book, unit, datetime.now(UTC).replace(tzinfo=None))
    if undone is None:
        console.print(f"There is no correction of {unit} to take back.")
        return
    console.print(f"Taken back: the scores of {count(len(undone.restored), 'learner')} are what they were.")
    for learner in undone.left:
        console.print(f"  left alone, since handed in anew: {escape(learner)}", highlight=False)
    console.print(
        "Where the case files still hold the new keys, put the old ones back, or the next regrade brings the change back. "
        f"`paroleclinic feedback {unit}` then writes the pages again.",
        soft_wrap=True,
        highlight=False,
    )


def _history(console: Console, book: Book, unit: str) -> None:
    from paroleclinic.gradebook.history import corrections

    found = corrections(book, unit)
    if not found:
        console.print(f"The scores of {unit} were never corrected.")
        return
    table = Table("When (UTC)", "Why", "Scores changed", "Learners", "Taken back")
    for one in found:
        back = f"{one.undone:%Y-%m-%d %H:%M}" if one.undone else ""
        table.add_row(f"{one.at:%Y-%m-%d %H:%M}", escape(one.reason), str(one.scores), str(one.learners), back)
    console.print(table)


def _hands(jobs: int | None, hand_ins: int) -> Workers:
    from paroleclinic.cohort.workers import Here, Pool

    number = jobs or os.cpu_count() or 1
    return Here() if number == 1 or hand_ins < FEW else Pool(number)


def points(number: float | None) -> str:
    """Points as a person writes them; a dash where there are none."""
    return "-" if number is None else f"{number:g}"


def said(mark: QuestionMark | None) -> str:
    """A question's mark in words."""
    return (
        "not asked" if mark is None else f"{VERDICT_WORDS[mark[0]].lower()} {mark[1]:g}{' (harm)' if mark[2] else ''}"
    )
