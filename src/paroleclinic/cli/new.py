"""The command `paroleclinic new`: begin a piece of content."""

from __future__ import annotations

from typing import Annotated

import typer

from paroleclinic.cli.folder import HERE, Folder, course_at
from paroleclinic.course import NoSuchEntry

app = typer.Typer(no_args_is_help=True, help="Begin a new piece of content.")


@app.callback()
def main() -> None:
    """Begin a new piece of content."""


@app.command()
def case(
    name: Annotated[str, typer.Argument(metavar="ID", help="Its permanent name, such as prior-removal-order.")],
    unit: Annotated[str, typer.Option(help="The unit it belongs to.")],
    course: Folder = HERE,
) -> None:
    """Write the skeleton of a client file and list it in course.yaml; `check --case ID` then leads to the end."""
    from paroleclinic.skeleton import CannotBegin, new_case

    there = course_at(course)
    try:
        path = new_case(there, name, unit, there.outline.as_of)
    except (NoSuchEntry, CannotBegin) as error:
        typer.echo(error, err=True)
        raise typer.Exit(2) from None
    typer.echo(f"written: {there.shown(path)}, listed under {unit} in course.yaml")
    typer.echo(f"next: paroleclinic check --case {name}")
