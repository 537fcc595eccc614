"""The command `paroleclinic new`: begin a piece of content, or a local edition."""

from __future__ import annotations

from typing import Annotated

import typer

from paroleclinic.cli.folder import HERE, Folder, course_at
from paroleclinic.course import NoSuchEntry

app = typer.Typer(no_args_is_help=True, help="Begin a new piece of content, or a local edition.")


@app.callback()
def main() -> None:
    """Begin a new piece of content, or a local edition."""


@app.command()
def case(
    name: Annotated[str, typer.Argument(metavar="ID", help="Its permanent name, such as prior-removal-order.")],
    unit: Annotated[str, typer.Option(help="The unit it belongs to.")],
    local: Annotated[bool, typer.Option("--local", help="A case of your local edition, not of the course.")] = False,
    lesson: Annotated[str, typer.Option(help="With --local: the lesson of a unit that is not there yet.")] = "",
    like: Annotated[str, typer.Option(help="With --local: begin with a copy of this case of the course.")] = "",
    course: Folder = HERE,
) -> None:
    """Write the skeleton of a client file and list it under its unit; `check --case ID` then leads to the end."""
    from paroleclinic.skeleton import CannotBegin, new_case, new_local_case

    there = course_at(course)
    try:
        if local:
            path = new_local_case(there, name, unit, lesson, there.outline.as_of, like)
        else:
            path = new_case(there, name, unit, there.outline.as_of)
    except (NoSuchEntry, CannotBegin) as error:
        typer.echo(error, err=True)
        raise typer.Exit(2) from None
    typer.echo(
        f"written: {there.shown(path)}, listed under {unit} in {'local/edition.yaml' if local else 'course.yaml'}"
    )
    typer.echo(f"next: paroleclinic check --case {name}")


@app.command()
def edition(
    title: Annotated[str, typer.Option(prompt=True, help='What the edition is called, such as "Spring 2027".')],
    by: Annotated[str, typer.Option(prompt="Adapted by", help="Who adapts the course, such as an office.")],
    course: Folder = HERE,
) -> None:
    """Begin a local edition: your own names, dates, points and cases, kept apart so that updates never touch them."""
    from paroleclinic.skeleton import CannotBegin, new_edition

    there = course_at(course)
    try:
        path = new_edition(there, title, by)
    except CannotBegin as error:
        typer.echo(error, err=True)
        raise typer.Exit(2) from None
    typer.echo(f"written: {there.shown(path)}. Open it in a text editor; each part says what it is for.")
    typer.echo("next: paroleclinic check, then paroleclinic build")
