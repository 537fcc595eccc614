"""The command `paroleclinic purge`: what is there of a learner, in the course and in every backup, and its end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from paroleclinic.cli.backup import bar, stopped
from paroleclinic.cli.folder import HERE, Folder, course_at
from paroleclinic.cli.showing import count, say, stopping

if TYPE_CHECKING:
    from paroleclinic.care.purge import Done
    from paroleclinic.care.shares import Share

NAMED = 12  # files that are named
BEYOND = (
    "What this cannot reach: mails; a school's system (Moodle, Canvas); learners' own machines; paper; hand-ins as they came, copies"
    " of backups, exports and pages that you put elsewhere; a database server's own logs and backups; deleted files that the disk still holds."
)


def purge(
    learners: Annotated[list[str] | None, typer.Argument(metavar="LEARNER", help="The learner's id.")] = None,
    older_than: Annotated[
        str | None, typer.Option(help="Everybody whose last hand-in, and work on the hub, is older: 400d for 400 days.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it. There is no way back.")] = False,
    go_on: Annotated[bool, typer.Option("--go-on", help="Bring a purge to its end that was cut off.")] = False,
    folder: Folder = HERE,
) -> None:
    """Show all that is kept of a learner, and remove it only with --yes: gradebook, folders, reports, and from every backup."""
    from paroleclinic.care.purge import KEPT, left, unfinished
    from paroleclinic.care.purge import purge as forget
    from paroleclinic.care.shares import idle, shares
    from paroleclinic.holding import alone

    console = Console()
    days = _days(console, older_than)
    if sum((bool(learners), days is not None, go_on)) != 1:
        say(console, "Name a learner, or --older-than 400d.")
        raise typer.Exit(2)
    course = course_at(folder)
    now = datetime.now(UTC)
    with stopping(stopped(console)), bar(Console(stderr=True), hidden=False) as tell:
        begun = unfinished(course.root)
        wanted = list(learners or ())
        if days is not None:
            wanted, undated = idle(course, days, now, tell)
            if undated:
                say(console, f"Without any time, and so left: {', '.join(undated)}")
        if begun:
            say(console, f"A purge was cut off before its end, of {', '.join(begun)}; it is gone on with.")
        elif go_on:
            say(console, "No purge was cut off.")
            return
        wanted = list(dict.fromkeys([*wanted, *begun]))
        if not wanted:
            say(console, f"Nobody's last hand-in is older than {days} days.")
            return
        found = shares(course, wanted, tell)
        for one in found:
            _show(console, course.root, one)
        if not any(found) and not begun:
            raise typer.Exit(2)
        if not (yes or go_on):
            _say_left(console, list(left(course, filter(None, found), KEPT)))
            say(console, "Nothing was removed. To remove it for ever: the same command with --yes")
            return
        with alone(course.root, "purge"):
            done = forget(course, found, now, tell)
    _tell(console, done)
    raise typer.Exit(1 if done.failed else 0)


def _days(console: Console, text: str | None) -> int | None:
    if text is None:
        return None
    if not (found := re.fullmatch(r"(\d{1,5})d?", text.strip())):
        say(console, f"{text} is no number of days: write it as 400d.")
        raise typer.Exit(2)
    return int(found[1])


def _show(console: Console, root: Path, one: Share) -> None:
    if not one:
        say(console, f"Nobody of the id {one.learner} is known here, in the folders or in a backup.")
        return
    say(console, f"{one.learner} ({one.pseudonym})")
    if one.rows:
        rows = ", ".join(f"{number} {table}" for table, number in sorted(one.rows.items()))
        say(console, f"  gradebook: {count(sum(one.rows.values()), 'row')} ({rows})")
    for path in one.folders:
        say(console, f"  folder:    {_name(root, path)}")
    for path in one.files:
        say(console, f"  file:      {_name(root, path)} (names this learner; make it again without)")
    for path in one.lines:
        say(console, f"  lines of:  {_name(root, path)}")
    if one.account:
        say(console, "  hub:       the account, and lines of logs")
    for path in one.copies:
        say(console, f"  copy:      {_name(root, path)}, to be written again without this learner")
    for name in one.backups:
        say(console, f"  backup:    {name}, to be written again without this learner")


def _name(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _tell(console: Console, done: Done) -> None:
    say(
        console,
        f"Removed: {count(sum(done.rows.values()), 'row')} of the gradebook, {count(done.places, 'place')};"
        f" {count(len(done.backups) - len(done.failed), 'backup')} written again and verified.",
    )
    for line in done.failed:
        say(console, f"  not done: {line}")
    _say_left(console, done.left)
    say(console, BEYOND)
    say(console, "A line without a name stands in purged.log.")


def _say_left(console: Console, names: Sequence[str]) -> None:
    if names:
        more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
        say(console, f"Still about them, and yours to look into and delete: {', '.join(names[:NAMED])}{more}")
