"""The command `paroleclinic restore`: what a backup would bring back and what would be lost, and the way back to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from paroleclinic.cli.backup import bar, held, stopped
from paroleclinic.cli.folder import HERE, Folder, course_at
from paroleclinic.cli.showing import count, say, stopping
from paroleclinic.course import Course

if TYPE_CHECKING:
    from paroleclinic.care.compare import Side
    from paroleclinic.care.restore import Plan, View

NAMED = 8  # learners that one line names
NEXT = "Next: `paroleclinic grade --all` makes the graded notebooks again, then `paroleclinic feedback`."


def restore(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="A zip from `backups/`.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it.")] = False,
    go_on: Annotated[bool, typer.Option("--go-on", help="Bring a restore to its end that was cut off.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take back a restore that was cut off.")] = False,
    folder: Folder = HERE,
) -> None:
    """Show what going back to a backup would change, and do it only with --yes. What is there now is saved and put aside first."""
    from paroleclinic.care.restore import begin, look, take_back
    from paroleclinic.care.restore import go_on as rest
    from paroleclinic.holding import alone

    course = course_at(folder)
    console = Console()
    if sum((file is not None, go_on, undo)) != 1:
        say(console, "Name one backup, such as `paroleclinic restore backups/backup-20261124-180000.zip`.")
        raise typer.Exit(2)
    with stopping(stopped(console)), bar(Console(stderr=True), hidden=False) as tell:
        if file is None:
            with alone(course.root, "restore", restoring=True):
                plan = rest(course.root, tell) if go_on else take_back(course.root, tell)
            if go_on:
                _done(console, course, plan)
            else:
                say(console, "Taken back: everything is as it was before the restore.")
            return
        _show(console, file, look(course.root, file, tell))
        if not yes:
            say(console, f"Nothing was written. To go back to it: `paroleclinic restore {file} --yes`")
            return
        with alone(course.root, "restore"):
            saved, unreadable = begin(course.root, file.resolve(), course.outline.title, datetime.now(UTC), tell)
            if saved:
                say(console, f"What was there is saved: {saved.path.relative_to(course.root)}")
            if unreadable:
                say(console, f"The gradebook as it was could not be saved ({unreadable}); it is put aside as it is.")
            plan = rest(course.root, tell)
        _done(console, course, plan)


def _show(console: Console, file: Path, view: View) -> None:
    say(console, f"{file.name} is whole. Made {view.manifest.made_at}: {held(view.manifest)}")
    if view.unreadable:
        say(console, f"The present gradebook cannot be compared: {view.unreadable}.")
    if view.old_stamp:
        say(console, "Its gradebook is of an earlier nbgrader and will be brought up to date.")
    table = Table("The gradebook", "Now", "In the backup")
    for name, now, then in zip(_names(), _figures(view.now), _figures(view.then), strict=True):
        table.add_row(name, now, then)
    console.print(table)
    for line in _losses(view):
        say(console, f"  would be lost: {line}")
    if not view.lost:
        say(console, "Nothing that is there now would be lost.")


def _names() -> Sequence[str]:
    return ("learners", "hand-ins", "memo marks", "comments", "corrections", "newest hand-in", "newest correction")


def _figures(side: Side) -> Sequence[str]:
    numbers = (side.learners, side.hand_ins, side.marks, side.comments, side.corrections)
    times = (side.newest_hand_in, side.newest_correction)
    return (*(f"{len(some):,}" for some in numbers), *(f"{at:%Y-%m-%d %H:%M}" if at else "-" for at in times))


def _losses(view: View) -> list[str]:
    gone = view.lost
    found = []
    if gone.learners:
        found.append(f"{count(len(gone.learners), 'learner')}: {_some(gone.learners)}")
    for keys, thing in (
        (gone.hand_ins, "hand-in"), (gone.marks, "memo mark"), (gone.comments, "comment"), (gone.scores, "score"),
    ):  # fmt: skip
        if keys:
            found.append(f"{count(len(keys), thing)}, new or other now: {_by_learner(keys)}")
    if gone.corrections:
        found.append(count(gone.corrections, "correction"))
    if gone.files:
        by_folder = Counter(path.partition("/")[0] for path in gone.files)
        found.append(", ".join(f"{count(number, 'file')} of {name}" for name, number in sorted(by_folder.items())))
    return found


def _by_learner(keys: Iterable[tuple[str, ...]]) -> str:
    return _some(sorted({key[0] for key in keys}))


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED:,} more" if len(names) > NAMED else "")


def _done(console: Console, course: Course, plan: Plan) -> None:
    say(
        console,
        f"The course is as it was in {plan.backup}. What was there lies in {plan.aside}/ and can be deleted later.",
    )
    for unit in _other_keys(course):
        say(
            console,
            f"{unit}: its keys are others today than those the backup was graded by. Put the case files of that day back"
            " before you grade; `paroleclinic grade --all` would give scores by today's keys.",
        )
    say(console, NEXT)


def _other_keys(course: Course) -> list[str]:
    from paroleclinic.cohort.plans import keys_of
    from paroleclinic.gradebook.book import Book
    from paroleclinic.gradebook.marks import there_is_a_gradebook

    if not there_is_a_gradebook(course.root):
        return []
    found = []
    with Book(course.root) as book:
        for unit in course.outline.units:
            if graded := book.graded(unit.id):
                keys = keys_of(course, unit.id).keys
                if any(keys.get(case) != key for cases in graded.values() for case, (_, key) in cases.items()):
                    found.append(unit.id)
    return found
