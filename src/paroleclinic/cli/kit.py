"""The command `paroleclinic kit`: the course for trainees, with every case sealed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from paroleclinic.cli.folder import HERE, Folder, course_at


def kit(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A folder that is new or empty.")], course: Folder = HERE
) -> None:
    """Make the kit for trainees: a folder and a zip without any key, to work in and hand in from."""
    from paroleclinic.kit import CannotMake, make

    try:
        made = make(course_at(course), out.resolve(), typer.echo)
    except CannotMake as error:
        typer.echo(error, err=True)
        raise typer.Exit(2) from None
    size = made.size / 1_000_000
    typer.echo(
        f"written: {made.folder} and {made.archive.name}, {made.files} files, {size:.1f} MB zipped, "
        f"{made.sealed} case{'s' if made.sealed != 1 else ''} sealed, no key found inside"
    )
