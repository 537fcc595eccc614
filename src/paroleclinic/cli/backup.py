"""The command `paroleclinic backup`: one verified zip of what cannot be made again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from paroleclinic.cli.folder import HERE, Folder, course_at
from paroleclinic.cli.showing import count, say, stopping

if TYPE_CHECKING:
    from paroleclinic.care.backup import Say
    from paroleclinic.care.manifest import Manifest

NAMED = 5  # links that one line names


def backup(
    keep: Annotated[
        bool,
        typer.Option(
            "--keep",
            help="Then delete old backups by age: all of the last day stay, one a day for 30 days, one a week for a year, one a month after that.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON object instead of words.")] = False,
    folder: Folder = HERE,
) -> None:
    """Save the gradebook, all hand-ins, corrections, rosters and the secret behind pseudonyms into one zip in `backups/`, and read it back."""
    from paroleclinic.care.backup import make, thinned
    from paroleclinic.holding import alone

    course = course_at(folder)
    console = Console(stderr=True)
    now = datetime.now(UTC)
    with stopping(stopped(console)), alone(course.root, "backup"), bar(console, as_json) as tell:
        made = make(course.root, course.outline.title, now, tell)
        gone = thinned(course.root, now, made.path) if keep else []
    if as_json:
        report = {
            "path": str(made.path),
            "bytes": made.size,
            "rows": rows(made.manifest),
            "files": len(made.manifest.files),
        }
        print(json.dumps(report | {"left_out": list(made.linked), "deleted": [path.name for path in gone]}))
        return
    say(console, f"Saved and read back: {made.path.relative_to(course.root)}, {large(made.size)}.")
    say(console, held(made.manifest))
    if made.linked:
        more = " ..." if len(made.linked) > NAMED else ""
        say(console, f"Left out, being links or no files: {', '.join(made.linked[:NAMED])}{more}")
    if gone:
        say(console, f"Deleted, having grown old: {', '.join(path.name for path in gone)}")
    say(console, "It lies on the same disk: copy it to another place that only graders can read.")


def large(size: int) -> str:
    """So many bytes, for a person to read."""
    return f"{size / 1e6:,.1f} MB" if size >= 1_000_000 else f"{size / 1e3:,.0f} KB"


def rows(manifest: Manifest) -> dict[str, int]:
    """Table -> rows, of the gradebook in a backup."""
    return manifest.gradebook.rows if manifest.gradebook else {}


def held(manifest: Manifest) -> str:
    """What a backup holds, in a sentence."""
    there = rows(manifest)
    folders = {"submitted": 0, "collected": 0, "regraded": 0, "local": 0}
    rest = []
    for one in manifest.files:
        top, slash, _ = one.path.partition("/")
        if slash:
            folders[top] += 1
        else:
            rest.append(top)
    files = ", ".join(f"{count(number, 'file')} of {name}/" for name, number in folders.items() if number)
    book = (
        f"The gradebook with {count(there.get('student', 0), 'learner')}, {count(there.get('submitted_assignment', 0), 'hand-in')}"
        f" and {count(there.get('grade', 0), 'grade')}"
        if manifest.gradebook
        else "No gradebook (there is none yet)"
    )
    return f"{book}; {files or 'no hand-ins'}{'; ' if rest else ''}{', '.join(sorted(rest))}."


def stopped(console: Console) -> Callable[[str, int], None]:
    """What ends a command in one sentence."""

    def stop(why: str, code: int) -> NoReturn:
        say(console, why)
        raise typer.Exit(code)

    return stop


@contextmanager
def bar(console: Console, hidden: bool) -> Iterator[Say]:
    """A progress bar with a line for each thing that is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=console, disable=hidden or not console.is_terminal, transient=True) as shown:
        tasks = {}

        def tell(what: str, share: float) -> None:
            if what not in tasks:
                tasks[what] = shown.add_task(what, total=1.0)
            shown.update(tasks[what], completed=share)

        yield tell
