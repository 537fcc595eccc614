"""The command `paroleclinic hub`: a JupyterHub for the room, on this machine."""

from __future__ import annotations

import signal
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from paroleclinic.cli.folder import HERE, Folder, course_at, units_of
from paroleclinic.cli.showing import BY_CTRL_C, count, no_access, say

if TYPE_CHECKING:
    from pathlib import Path

    from paroleclinic.hub.places import Places
    from paroleclinic.hub.start import Ready

app = typer.Typer(help="A JupyterHub for the room, on this machine.")


@app.callback(invoke_without_command=True)
def hub(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port that learners open.")] = 8000,
    instructor: Annotated[str, typer.Option(help="The name of the instructor's account.")] = "instructor",
    behind_proxy: Annotated[
        bool,
        typer.Option(
            "--behind-proxy", help="Plain HTTP on this machine only; a web server of yours has the certificate."
        ),
    ] = False,
    hold: Annotated[
        bool, typer.Option("--hold", help="Hold the cases back: learners get a unit when you release it.")
    ] = False,
    idle: Annotated[int, typer.Option(min=5, help="Minutes after which an unused server is stopped.")] = 60,
    idle_seconds: Annotated[int, typer.Option(hidden=True, min=0, help="The same in seconds, for tests.")] = 0,
    memory: Annotated[int, typer.Option(min=1000, help="Megabytes that a learner may use.")] = 2048,
    disk: Annotated[
        int, typer.Option(min=50, help="Megabytes of the disk that a learner may fill; no start above twice that.")
    ] = 500,
    as_root: Annotated[bool, typer.Option("--as-root", help="Start although you are root.")] = False,
    folder: Folder = HERE,
) -> None:
    """Start the hub: learners open its address, sign up with the class code and work in a place of their own. Ctrl+C stops it."""
    if context.invoked_subcommand:
        return
    from paroleclinic.hub.people import Refused, fit
    from paroleclinic.hub.start import CannotStart, Wish, prepared, running

    course = course_at(folder)
    console = Console()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # closing the window stops it as Ctrl+C does
    signal.signal(signal.SIGHUP, signal.default_int_handler)
    try:
        wish = Wish(port, fit(instructor), behind_proxy, as_root, hold, idle_seconds or idle * 60, memory, disk=disk)
        ready = prepared(course, wish, lambda words: say(console, words))
        say(console, "Starting …")
        with running(ready) as process:
            say(console, board(ready))
            try:
                process.wait()
            except KeyboardInterrupt:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                say(console, "\nStopping all servers …")
            else:
                raise CannotStart(f"The hub ended by itself. Look at the end of {ready.places.log}")
        say(console, "Stopped. Everything is kept; the same command goes on where you were.")
    except KeyboardInterrupt:
        say(console, "\nStopped before it was up.")
        raise typer.Exit(BY_CTRL_C) from None
    except (CannotStart, Refused) as error:
        say(Console(stderr=True), str(error))
        raise typer.Exit(2) from None


def board(ready: Ready) -> str:
    """What is printed when the hub is up: for the board, for the instructor, for whoever asks what holds."""
    settings = ready.settings
    lines = ["", "WRITE ON THE BOARD", "", f"    {ready.address}", "", f"    class code   {'  '.join(ready.code)}", ""]
    if settings.behind_proxy:
        lines.append("Plain HTTP, for this machine only: your web server must bring the learners here, over HTTPS.")
    else:
        lines += [
            "Each browser warns once, since the certificate is this machine's own. Choose Advanced, then Proceed (Chrome, Edge)",
            "or Accept the Risk (Firefox). Whoever wants to be sure compares the certificate's SHA-256 first:",
            f"    {ready.fingerprint[:47]}",
            f"    {ready.fingerprint[48:]}",
        ]
    lines += ["", f"Sign in yourself as: {settings.instructor}"]
    if ready.password:
        lines += [f"with the password:   {ready.password}", "It is shown this once. Write it down, not on the board."]
    else:
        lines.append(f"(A new password: paroleclinic hub password {settings.instructor})")
    if ready.people:
        lines.append(f"{count(ready.people, 'learner')} signed up before; their work is where they left it.")
    lines += [
        "",
        f"Each learner: {settings.megabytes:,} MB, {settings.processes} processes, "
        + (
            "together, kept by systemd."
            if ready.sliced
            else "the memory for each process on its own (no systemd here)."
        ),
        f"Log: {ready.places.log}",
        "Ctrl+C stops everything. The machine must stay awake.",
    ]
    return "\n".join(lines)


@app.command()
def collect(folder: Folder = HERE) -> None:
    """Take in what the learners of the room handed in, in JupyterLab's Assignment List or with the course's own button."""
    from paroleclinic.cli.collect import next_steps
    from paroleclinic.collecting import Refused
    from paroleclinic.filing import file_away
    from paroleclinic.holding import Stopped
    from paroleclinic.inbox import handed_in

    course = course_at(folder)
    console = Console()
    units = {case: unit.id for unit in course.outline.units for case in unit.cases}
    owned, refused = [], []
    for learner, found in handed_in(course.root, units, datetime.now(UTC)):
        if isinstance(found, Refused):
            refused.append(found)
        else:
            owned.append((found, learner))
    try:
        done = file_away(course.root, owned) if owned else []
    except Stopped as error:
        say(console, f"Nothing was taken in: {error}.")
        raise typer.Exit(1) from None
    for one in done:
        if one.did != "already here":
            say(console, f"{one.learner}, {one.found.unit}: {one.did}")
    for no in refused:
        say(console, f"refused {no.where}: {no.why}")
    new = [one.found for one in done if one.did != "already here"]
    say(console, f"{len(new)} new, {len(done) - len(new)} already here, {len(refused)} refused.")
    for step in next_steps(new):
        say(console, step)
    raise typer.Exit(1 if refused else 0)


@app.command()
def release(units: Annotated[list[str], typer.Argument(help="Units to give out.")], folder: Folder = HERE) -> None:
    """Give out units: they appear in the learners' Assignment List, and they can be handed in there."""
    from paroleclinic.hub.released import released

    course = course_at(folder)
    console = Console()
    places = _places(course.root)
    for unit in units_of(course, units):
        number = released(places, course, unit)
        say(console, f"{unit}: {count(number, 'case')} given out. Learners press Fetch in Nbgrader, Assignment List.")


@app.command()
def send(
    units: Annotated[list[str] | None, typer.Argument(help="Units; all, if none is named.")] = None,
    folder: Folder = HERE,
) -> None:
    """Send the pages that `paroleclinic feedback` wrote to their own learners of the room."""
    from paroleclinic.inbox import learners
    from paroleclinic.inbox import send as sent

    course = course_at(folder)
    console = Console()
    pages = people = 0
    for learner in learners(course.root):
        number = 0
        for unit in units_of(course, units):
            try:
                number += sent(course.root, learner, unit)
            except OSError as error:
                say(console, f"not sent to {learner}: {error.strerror or error}")
        pages, people = pages + number, people + bool(number)
    if pages:
        say(console, f"{count(pages, 'page')} sent to {count(people, 'learner')}.")
        say(
            console,
            "They lie in feedback/UNIT/ of each learner's files, and in Nbgrader, Assignment List, Fetch Feedback.",
        )
    else:
        say(console, "There is nothing to send. `paroleclinic feedback` writes the pages first.")


@app.command()
def password(name: Annotated[str, typer.Argument(help="Who forgot it.")], folder: Folder = HERE) -> None:
    """Make a new password for a learner or the instructor, and print it. It holds at once."""
    from paroleclinic.hub.people import People, Refused

    people = People(_places(course_at(folder).root).people)
    try:
        made = people.new_password(name.strip().lower())
    except Refused as error:
        typer.echo(error, err=True)
        raise typer.Exit(2) from None
    typer.echo(f"{name.strip().lower()}: {made}")


@app.command()
def renew(name: Annotated[str, typer.Argument(help="Who fills too much of the disk.")], folder: Folder = HERE) -> None:
    """Make a learner's home anew: answers, progress and hand-ins stay, everything else in it is removed."""
    from paroleclinic.hub import homes
    from paroleclinic.hub.people import Refused, fit

    places = _places(course_at(folder).root)
    console = Console(stderr=True)
    try:
        learner = fit(name)
        if not places.home(learner).is_dir():
            raise Refused(f"Nobody of the name {learner} has a home here.")
        if homes.used(places, learner):
            raise Refused(f"{learner}'s server runs. Stop it first: on the page The room, Servers.")
        left = homes.renewed(places, learner)
    except Refused as error:
        say(console, str(error))
        raise typer.Exit(2) from None
    except OSError as error:
        say(console, f"Nothing was changed: {no_access(error)}.")
        raise typer.Exit(2) from None
    say(
        Console(),
        f"{learner}: answers, progress and hand-ins were kept; the rest is removed. The course comes back at the next start.",
    )
    if left:
        say(console, f"Not all could be removed. Delete this folder yourself: {left}")
        raise typer.Exit(1)


@app.command()
def code(folder: Folder = HERE) -> None:
    """Change the class code, for instance after the first hour. Whoever signed up stays."""
    from paroleclinic.hub.people import People

    typer.echo(f"class code: {People(_places(course_at(folder).root).people).new_code()}")


def _places(root: Path) -> Places:
    from paroleclinic.hub.places import Places

    places = Places(root)
    if not places.people.is_file():
        typer.echo("This course has no hub yet. `paroleclinic hub` starts one.", err=True)
        raise typer.Exit(2)
    return places
