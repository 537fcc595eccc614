"""The command `paroleclinic`: each verb one line to a module that does the work."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Annotated

import typer

from paroleclinic.cli import backup as backups
from paroleclinic.cli import (
    collect,
    doctor,
    effect,
    export,
    feedback,
    grade,
    handouts,
    kit,
    law,
    new,
    progress,
    record,
    regrade,
    spot,
)
from paroleclinic.cli import hub as hubs
from paroleclinic.cli import memos as memo_marks
from paroleclinic.cli import poll as polls
from paroleclinic.cli import purge as purges
from paroleclinic.cli import report as reports
from paroleclinic.cli import restore as restores
from paroleclinic.cli import who as whose
from paroleclinic.cli.folder import HERE, Folder, course_at
from paroleclinic.cli.showing import no_access, shown
from paroleclinic.course import NoSuchEntry
from paroleclinic.reading import Problems

AS_ROOT = "You are root here. Open the course as an ordinary user. In a container that has no other: paroleclinic lab --allow-root"

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(law.app, name="law")
app.add_typer(new.app, name="new")
app.add_typer(progress.app, name="progress")
app.add_typer(record.app, name="record")
app.add_typer(hubs.app, name="hub")
app.add_typer(memo_marks.app, name="memos")
app.command()(spot.spot)
app.command()(kit.kit)
app.command()(handouts.handouts)
app.command()(effect.effect)
app.command()(collect.collect)
app.command()(grade.grade)
app.command()(regrade.regrade)
app.command()(feedback.feedback)
app.command()(export.export)
app.command()(polls.poll)
app.command()(reports.report)
app.command()(backups.backup)
app.command()(restores.restore)
app.command()(doctor.doctor)
app.command()(purges.purge)
app.command()(whose.who)


@app.callback()
def main() -> None:
    """The tools of the immigration parole course. Training, not legal advice."""


@app.command()
def check(
    course: Folder = HERE,
    case: Annotated[str | None, typer.Option(help="Look at this client file only, which is quick.")] = None,
    lesson: Annotated[str | None, typer.Option(help="Look at the questions of this lesson only.")] = None,
    consultation: Annotated[str | None, typer.Option(help="Look at this consultation only.")] = None,
) -> None:
    """Print every problem of the content, each with file, line and cure; nothing when there is none."""
    from paroleclinic.check import problems, problems_of_case, problems_of_consultation, problems_of_lesson

    there = course_at(course)
    try:
        if case:
            found = problems_of_case(there, case)
        elif lesson:
            found = problems_of_lesson(there, lesson)
        else:
            found = problems_of_consultation(there, consultation) if consultation else problems(there)
    except NoSuchEntry as error:
        typer.echo(error, err=True)
        raise typer.Exit(2) from None
    for problem in found:
        typer.echo(problem)
    if found:
        typer.echo(f"\n{len(found)} problem{'s' if len(found) > 1 else ''}.", err=True)
        raise typer.Exit(1)


@app.command()
def build(course: Folder = HERE) -> None:
    """Write everything derived: solutions and exercises, tables, and the notebooks for instructors."""
    from paroleclinic.build import build as write
    from paroleclinic.effect import remember

    there = course_at(course)
    try:
        written = write(there)
        remember(there)
    except NoSuchEntry as error:
        typer.echo(f"{error} `paroleclinic check` says where it is named.", err=True)
        raise typer.Exit(1) from None
    for name in written:
        typer.echo(f"written: {name}")
    if not written:
        typer.echo("Everything derived is up to date.")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(context: typer.Context, course: Folder = HERE) -> None:
    """Open JupyterLab at the first page. Further options go to JupyterLab."""
    from paroleclinic.lab import command, environment

    root = course_at(course).root
    if os.name == "posix" and os.geteuid() == 0 and "--allow-root" not in context.args:
        typer.echo(AS_ROOT, err=True)
        raise typer.Exit(2)
    words = command(root, *context.args)
    if os.name == "posix":
        os.chdir(root)
        os.execve(words[0], words, environment(root))  # signals reach JupyterLab itself
    raise typer.Exit(subprocess.run(words, env=environment(root), cwd=root, check=False).returncode)


def run() -> None:
    """The command; content that cannot be read ends it with file, line and cure instead of a traceback."""
    try:
        app()
    except Problems as error:
        typer.echo(error, err=True)
        sys.exit(1)
    except OSError as error:
        typer.echo(f"Stopped: {shown(no_access(error))}.", err=True)
        sys.exit(1)
