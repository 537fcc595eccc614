"""The command `paroleclinic collect`: take in what was handed in, whatever way it came."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from paroleclinic.cli.folder import HERE, Folder, course_at


def collect(
    places: Annotated[list[Path], typer.Argument(help="Hand-in files, downloads of Moodle or Canvas, folders.")],
    roster: Annotated[
        Path | None, typer.Option(help="A CSV file: id, name, email. Without it, names become ids.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Take the names as they are, without asking.")] = False,
    folder: Folder = HERE,
) -> None:
    """Take in hand-ins: keep every version, put the latest where `nbgrader autograde` finds it, say what was refused and why."""
    from paroleclinic.collecting import Found, Refused, read
    from paroleclinic.filing import BadRoster, Filed, file_away, whose
    from paroleclinic.filing import roster as people_in

    course = course_at(folder)
    console = Console()
    units = {case: unit.id for unit in course.outline.units for case in unit.cases}
    try:
        people = people_in(roster) if roster else []
    except BadRoster as error:
        typer.echo(error, err=True)
        raise typer.Exit(2) from None
    refused: list[Refused] = []
    owned: list[tuple[Found, str]] = []
    for place in track(places, "Reading", console=console, transient=True):
        for one in read(place, units, datetime.now(UTC)):
            if isinstance(one, Refused):
                refused.append(one)
            elif one.unit not in units.values():
                refused.append(Refused(one.where, f"this course has no unit {one.unit!r}"))
            elif learner := whose(one, people):
                owned.append((one, learner))
            else:
                names = ", ".join(one.who) or "no name"
                refused.append(Refused(one.where, f"nobody on the roster, or more than one, goes by: {names}"))
    if owned and not people and not yes:
        for learner in sorted({learner for _, learner in owned}):
            console.print(
                f"  {escape(learner)}: {escape(', '.join(sorted({n for f, who in owned if who == learner for n in f.who})))}"
            )
        typer.confirm("No roster was given. Are these the learners?", abort=True)
    filed: list[Filed] = file_away(course.root, owned)
    table = Table("Learner", "Unit", "Handed in", "What was done", "From", title_justify="left")
    for done in filed:
        table.add_row(
            done.learner, done.found.unit, f"{done.found.at:%Y-%m-%d %H:%M}", done.did, escape(done.found.where)
        )
    for no in refused:
        table.add_row("", "", "", f"[bold]refused[/bold]: {escape(no.why)}", escape(no.where))
    if table.rows:
        console.print(table)
    count = {
        did: sum(done.did == did for done in filed)
        for did in ("accepted", "replaced", "kept as an earlier version", "already here")
    }
    console.print(", ".join(f"{number} {did}" for did, number in count.items()) + f", {len(refused)} refused.")
    raise typer.Exit(1 if refused else 0)
