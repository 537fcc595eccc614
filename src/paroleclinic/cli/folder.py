"""The option that says which course is meant, for every command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from paroleclinic.course import Course, NoSuchEntry

Folder = Annotated[Path, typer.Option("--course", help="A folder of the course.")]
HERE = Path()


def course_at(folder: Path) -> Course:
    """The course around the folder; ends the command with a sentence when there is none."""
    try:
        return Course.around(folder.resolve())
    except NoSuchEntry:
        typer.echo(
            f"There is no course.yaml in {folder.resolve()} or above it. Go to the course's folder first.",
            err=True,
        )
        raise typer.Exit(2) from None


def units_of(course: Course, names: list[str] | None) -> list[str]:
    """The units named, or all; ends the command with a sentence for each name that is none."""
    if not names:
        return [unit.id for unit in course.outline.units]
    wrong = []
    for name in names:
        try:
            course.unit(name)
        except NoSuchEntry as error:
            wrong.append(str(error))
    if wrong:
        typer.echo("\n".join(wrong), err=True)
        raise typer.Exit(2)
    return list(dict.fromkeys(names))
