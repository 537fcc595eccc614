"""The command `paroleclinic handouts`: pages to print for a session."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from paroleclinic.cli.folder import HERE, Folder, course_at
from paroleclinic.course import NoSuchEntry


def handouts(
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="The folder to write into; pages of the same name are replaced.")
    ],
    lesson: Annotated[list[str] | None, typer.Option(help="This lesson only; may be given again.")] = None,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Write PDF files too, by the Chromium, Chrome or Edge here.")
    ] = False,
    paper: Annotated[str, typer.Option(help="The paper of the PDF files: letter or a4.")] = "letter",
    course: Folder = HERE,
) -> None:
    """Write what a session needs on paper: flow, checklist, intake questions, words, role-play sheets, slides, notes."""
    from paroleclinic.drawing.handoutpages import PAPERS
    from paroleclinic.handouts import written
    from paroleclinic.pdf import CannotPrint, printer

    there = course_at(course)
    if paper.lower() not in PAPERS:
        typer.echo(f'There is no paper "{paper}". Choose one of {", ".join(PAPERS)}.', err=True)
        raise typer.Exit(2)
    if not there.guide_paths:
        typer.echo(
            "There are no guides in this course: teaching/guides/ is missing. Use the instructor's course.", err=True
        )
        raise typer.Exit(2)
    try:
        lessons = [there.guide(name).lesson for name in dict.fromkeys(lesson or there.guide_paths)]
    except NoSuchEntry as error:
        typer.echo(error, err=True)
        raise typer.Exit(2) from None
    prints = printer() if pdf else None
    if pdf and prints is None:
        typer.echo(
            "No PDF files: neither Chromium nor Chrome nor Edge was found here. Open a page in any browser and print it, "
            "or choose there to save it as PDF.",
            err=True,
        )
    count = 0
    try:
        for path in written(there, out, lessons, paper.lower(), prints):
            count += 1
            if path.suffix == ".pdf":
                typer.echo(f"printed: {path}")
    except CannotPrint as error:
        typer.echo(f"{error}\nThe pages are there as HTML: print them in a browser.", err=True)
        raise typer.Exit(1) from None
    typer.echo(
        f"written: {count} files for {len(lessons)} lesson{'s' if len(lessons) != 1 else ''}. Begin with {out / 'index.html'}"
    )
