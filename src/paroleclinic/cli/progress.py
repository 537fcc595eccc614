"""The command `paroleclinic progress`: what a learner has done, to see, to take along, to delete."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from paroleclinic.cli.folder import HERE, Folder, course_at
from paroleclinic.progress import FILE_NAME, Diary

app = typer.Typer(help="See, copy or delete your own progress.")
Day = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day; else today.")]


@app.callback(invoke_without_command=True)
def show(context: typer.Context, on: Day = None, folder: Folder = HERE) -> None:
    """What is done, due and next, how sure and how right, from progress.jsonl in the course's folder."""
    if context.invoked_subcommand:
        return
    from paroleclinic import review
    from paroleclinic.standing import calibration, hours, steps, terms_met

    course = course_at(folder)
    progress = Diary(course.root / FILE_NAME).progress()
    console = Console()
    if not progress.lines:
        console.print("Nothing has been done in this course yet. `paroleclinic lab` opens it.")
        return
    found = steps(course.outline, progress, course.questions_by_lesson)
    table = Table(
        "Lesson", "State", "Answered right", "Minutes left", title=escape(progress.name) or None, title_justify="left"
    )
    for step in found:
        state = "done" if step.done else "begun" if step.begun else ""
        table.add_row(step.lesson.title, state, f"{step.right} of {step.questions}", str(step.minutes or ""))
    console.print(table)
    questions = [question for asked in course.questions_by_lesson.values() for question in asked]
    deck = review.deck(progress, terms_met(found, course.terms_by_lesson), questions)
    due = review.waiting(progress, deck, on.date() if on else datetime.now().date())
    console.print(
        f"To review: {len(due)} cards. Cases looked at: {len(progress.cases)}. Active: {hours(progress):.1f} hours."
    )
    for sure, share in calibration(progress).items():
        if share.of:
            console.print(f"Right when certainty was {sure}: {share.right} of {share.of}")
    for problem in progress.problems:
        console.print(f"[dim]passed over: {escape(problem)}[/dim]")


@app.command()
def export(file: Annotated[Path, typer.Argument(help="Where the copy goes.")], folder: Folder = HERE) -> None:
    """Copy the progress to a file of your own, line by line as it stands."""
    path = _there(folder)
    if file.exists():
        typer.echo(f"{file} is there already; name another file.", err=True)
        raise typer.Exit(2)
    try:
        shutil.copyfile(path, file)
    except OSError as error:
        typer.echo(f"{file} cannot be written: {error.strerror}", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"copied to {file}")


@app.command()
def delete(
    yes: Annotated[bool, typer.Option("--yes", help="Without asking.")] = False,
    folder: Folder = HERE,
) -> None:
    """Delete the progress. Answers to cases stay; nothing brings the progress back."""
    path = _there(folder)
    if not yes:
        typer.confirm(f"Delete {path}? This cannot be undone", abort=True)
    path.unlink()
    typer.echo("deleted")


def _there(folder: Path) -> Path:
    path = course_at(folder).root / FILE_NAME
    if not path.is_file():
        typer.echo("There is no progress yet.", err=True)
        raise typer.Exit(1)
    return path
