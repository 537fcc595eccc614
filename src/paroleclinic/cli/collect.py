"""The command `paroleclinic collect`: take in what was handed in, whatever way it came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from paroleclinic.cli.folder import HERE, Folder, course_at
from paroleclinic.cli.showing import IF_REAL, real_looking, say

if TYPE_CHECKING:
    from paroleclinic.collecting import Found, Refused
    from paroleclinic.course import Course
    from paroleclinic.filing import Filed, Learner

NAMED = 8  # learners that one line names
WIDE = 120  # columns from which a place fits into the table


def collect(
    places: Annotated[list[Path], typer.Argument(help="Hand-in files, downloads of Moodle or Canvas, folders.")],
    roster: Annotated[
        Path | None, typer.Option(help="A CSV file: id, name, email. Without it, names become ids.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Take the names as they are, without asking.")] = False,
    folder: Folder = HERE,
) -> None:
    """Take in hand-ins: keep every version, put the latest where `paroleclinic grade` finds it, say what was refused and why."""
    from paroleclinic.collecting import Refused, read
    from paroleclinic.filing import BadRoster, arrived, namesakes, whose
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
            elif learner := whose(one, people):
                owned.append((one, learner))
            else:
                refused.append(Refused(one.where, _whose_not(one, people)))
    twice = namesakes(owned)
    for found, learner in owned:
        if (learner, found.unit) in twice:
            why = (
                f"two people go by the name of {learner}; give each an id in a roster, with the name as it stands there"
            )
            refused.append(Refused(found.where, why))
    owned = [(found, learner) for found, learner in owned if (learner, found.unit) not in twice]
    if owned and not people and not yes:
        _asked(console, owned)
    filed = _filed(course, owned) if owned else []
    table = Table("Learner", "Unit", "Handed in (UTC)", "What was done")
    if wide := console.width >= WIDE:
        table.add_column("From")
    for done in filed:
        table.add_row(
            done.learner, done.found.unit, f"{done.found.at:%Y-%m-%d %H:%M}", done.did,
            *([escape(done.found.where)] if wide else []),
        )  # fmt: skip
    if table.rows:
        console.print(table)
    refused = _left_out(console, refused)
    if real := list(_real_looking(course, filed)):
        say(console, "\n".join([*real, IF_REAL]))
    count = {
        did: sum(done.did == did for done in filed)
        for did in ("accepted", "replaced", "kept as an earlier version", "already here")
    }
    says = [", ".join(f"{number} {did}" for did, number in count.items()) + f", {len(refused)} refused."]
    for unit in sorted({done.found.unit for done in filed}):
        if lacking := [one.id for one in people if not arrived(course.root, one.id, unit)]:
            more = f" and {len(lacking) - NAMED:,} more" if len(lacking) > NAMED else ""
            says.append(f"On the roster, and nothing of {unit} is here yet: {', '.join(lacking[:NAMED])}{more}.")
    if new := [done for done in filed if done.did != "already here"]:
        says += next_steps(done.found for done in new)
    elif not filed and not refused:
        says.append("No hand-in was found there.")
    console.print("\n".join(map(escape, says)), soft_wrap=True, highlight=False)
    raise typer.Exit(1 if refused else 0)


def _left_out(console: Console, refused: Sequence[Refused]) -> list[Refused]:
    """Name what was not taken. Returns what was refused, without what is no hand-in at all."""
    foreign = [one for one in refused if one.foreign]
    for one in [*foreign[:NAMED], *(one for one in refused if not one.foreign)]:
        did = "passed over" if one.foreign else "refused"
        console.print(
            f"[bold]{did}[/bold]  {escape(one.where)}\n    {escape(one.why)}", soft_wrap=True, highlight=False
        )
    if len(foreign) > NAMED:
        console.print(f"... and {len(foreign) - NAMED:,} more that are no hand-ins.")
    return [one for one in refused if not one.foreign]


def next_steps(new: Iterable[Found]) -> list[str]:
    """What to do with new hand-ins."""
    tests = [found.tests for found in new]
    steps = ["Next: `paroleclinic grade` grades what is new."] if not all(tests) else []
    return [*steps, "Results of tests are in `paroleclinic report`, under Before and after."] if any(tests) else steps


def _filed(course: Course, owned: Sequence[tuple[Found, str]]) -> list[Filed]:
    """What became of hand-ins that were filed; ends the command while another one writes in the course."""
    from paroleclinic.filing import file_away
    from paroleclinic.holding import Stopped

    try:
        return file_away(course.root, owned)
    except Stopped as error:
        typer.echo(f"Nothing was taken in: {error}.", err=True)
        raise typer.Exit(1) from None


def _asked(console: Console, owned: Sequence[tuple[Found, str]]) -> None:
    """Show whose hand-ins these seem to be, and end the command unless somebody agrees."""
    for learner in sorted({learner for _, learner in owned}):
        names = sorted({name for found, who in owned if who == learner for name in found.who})
        console.print(f"  {escape(learner)}: {escape(', '.join(names))}")
    typer.confirm("No roster was given. Are these the learners?", abort=True)


def _real_looking(course: Course, filed: Sequence[Filed]) -> Iterator[str]:
    """A line for each memo among new hand-ins that seems to hold a real person's number."""
    from paroleclinic.answers import NotReadable, answers_in
    from paroleclinic.marking import looks_real
    from paroleclinic.realdata import kinds

    for done in filed:
        if done.found.tests or done.did in ("already here", "kept as an earlier version"):
            continue
        try:
            answered = answers_in(done.found.answers)
        except NotReadable:
            continue
        for case in course.unit(done.found.unit).cases:
            answers = answered.of(case)
            if not any(kinds(answer) for answer in answers.values() if isinstance(answer, str)):
                continue
            if some := looks_real(course.scenario(case), answers):
                yield real_looking(done.learner, case, some)


def _whose_not(found: Found, people: Sequence[Learner]) -> str:
    """Why nobody is known to have handed this in, and what to do."""
    from paroleclinic.filing import plain

    names = ", ".join(dict.fromkeys(who for who in found.who if ":" not in who)) or "no name"
    fits = [one.id for one in people if {plain(who) for who in found.who} & one.known_as]
    if fits:
        return (
            f"several on the roster go by {names}: {', '.join(fits)}\n"
            f"    fix: unpack it into a folder named for the right id, such as {fits[0]}, and collect that folder in the place of the zip"
        )
    return (
        f"nobody on the roster goes by: {names}\n    fix: add the person or the name to the roster, and collect again"
    )
